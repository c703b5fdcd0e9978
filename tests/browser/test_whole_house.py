"""The whole house in one walk: from a citizen's first visit to the answer they were given."""

import csv
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import expect

from discussions import live
from discussions.models import LiveSession, Space
from nlp.models import Opinion, Run
from tests.browser.house import said, until
from tests.browser.town import FARES, NIGHT, SEATS
from tests.factories import PASSWORD, make_agency, make_member, make_space, propose, say

ANALYSIS_PATIENCE = 120.0  # a worker starts, loads its model and analyses, on a machine that does other things too


def open_session(space: Space) -> LiveSession:
    """A live session that takes questions now."""
    facilitator = make_member(role="Facilitators")
    session = live.plan_session(
        space=space, facilitator=facilitator, title="線上說明會", starts_at=timezone.now() - timedelta(minutes=1)
    )
    return live.open_session(session=session, facilitator=facilitator)


def write_posts(path: Path) -> Path:
    """A file as a monitoring service hands it over."""
    posts = [*NIGHT[2:], *SEATS[2:], *FARES[2:]]
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        sheet = csv.writer(file)
        sheet.writerow(["id", "text", "author", "created_at", "url"])
        for number, text in enumerate(posts, start=1):
            sheet.writerow(
                [number, text, f"user{number}", "2026-03-12T08:00:00Z", f"https://example.org/posts/{number}"]
            )
    return path


def is_read(space: Space) -> bool:
    """Has everything that was said here been analysed?"""
    said_here = Opinion.objects.published().filter(corpus=space.corpus_id)
    runs = Run.objects.filter(corpus=space.corpus_id, kind=Run.Kind.TOPICS)
    return runs.exists() and not said_here.filter(encoder="").exists()


def test_from_a_citizens_first_visit_to_the_answer_they_were_given(house, worker, tmp_path):
    agency = house.do(make_agency)
    space = house.do(make_space, agency=agency, title="市區公車改點", question="市區公車該怎麼改？")
    neighbours = [house.do(make_member) for _number in range(6)]
    for neighbour, text in zip(neighbours, [*NIGHT[:2], *SEATS[:2], *FARES[:2]], strict=True):
        house.do(say, space, neighbour, text)
    house.do(propose, space, neighbours[0], "末班車應該延到半夜十二點")
    session = house.do(open_session, space)

    # A citizen makes an account and says something.
    citizen = house.visit()
    citizen.goto(f"/accounts/signup/?next={space.get_absolute_url()}")
    citizen.locator("[name=email]").fill("walker@example.org")
    citizen.locator("[name=display_name]").fill("王小華")
    citizen.locator("[name=password1]").fill(PASSWORD)
    citizen.get_by_role("button", name=said("Make my account")).click()
    expect(citizen).to_have_url(f"{house.url}{space.get_absolute_url()}")
    words = "進修部下課以後末班車已經開走，請把末班車延後"
    citizen.locator("#id_text").fill(words)
    citizen.locator("#composer button[type=submit]").click()
    expect(citizen.locator("#thread .comment__words", has_text=words)).to_have_count(1)

    # They vote and ask a live question.
    citizen.goto(f"{space.get_absolute_url()}statements/")
    citizen.locator("#ballot-agree").click()
    expect(citizen.locator("#ballot .ballot__result")).to_be_visible()
    citizen.goto(session.get_absolute_url())
    expect(citizen.locator(".connection[data-state=live]")).to_be_visible()
    citizen.locator("#id_text").fill("延後末班車要多少經費？")
    citizen.get_by_role("button", name=said("Send my question")).click()
    expect(citizen.locator("[data-question]", has_text="延後末班車要多少經費？")).to_have_count(1)
    expect(citizen.locator("#id_text")).to_have_value("")

    # A planner sets up a monitor and brings in a file of posts.
    planner = house.visit(house.do(make_member, role="Planners"))
    planner.goto("/admin/monitor/new/")
    planner.locator("[name=space]").select_option(str(space.pk))
    planner.locator("[name=kind]").select_option("file")
    planner.locator("[name=label]").fill("公車社團")
    planner.locator("form:has([name=label]) [type=submit]").first.click()
    planner.get_by_role("link", name="公車社團", exact=True).click()
    planner.locator("[name=file]").set_input_files(write_posts(tmp_path / "posts.csv"))
    planner.get_by_role("button", name=said("Read the file")).click()
    expect(planner.locator(".desk-table tbody tr")).to_contain_text("posts.csv")

    # The worker reads all of it.
    until(lambda: house.do(is_read, space), what="the worker read everything", patience=ANALYSIS_PATIENCE)

    # The planner sees numbers, topics and where the words came from.
    planner.goto("/admin/opinion/")
    planner.get_by_role("link", name="市區公車改點", exact=True).first.click()
    expect(planner.locator(".desk-stat__number").first).to_have_text("27")
    topics = planner.locator(".desk-topics tbody tr")
    topic = topics.filter(has_text="末班車").first
    expect(topic).to_contain_text("公車社團")
    expect(topic).to_contain_text(said("Comments on this site"))
    topic.get_by_role("link").click()
    sources = planner.locator(".desk-sources li")
    expect(sources.filter(has_text="公車社團")).to_contain_text(said("(outside this site)"))
    expect(sources.filter(has_text=said("Comments on this site"))).to_have_count(1)
    outside = planner.locator(".desk-quote a[href^='https://example.org/posts/']")
    expect(outside.first).to_be_visible()
    planner.locator("select[name=source]").select_option("comment")
    planner.locator("form[method=get] button").click()
    expect(outside).to_have_count(0)
    address = planner.url
    planner.locator(".desk-quote", has_text=words).get_by_role("link").click()
    expect(planner.locator("main .comment__words", has_text=words)).to_have_count(1)

    # An officer answers the topic.
    officer = house.visit(house.do(make_member, role="Officers", agency=agency))
    officer.goto(address)
    officer.locator("form textarea[name=text]").fill("十二月起末班車延到零點，經費已編列。")
    officer.get_by_role("button", name=said("Publish the answer")).click()
    expect(officer.locator(".desk-quote", has_text="十二月起末班車延到零點")).to_have_count(1)

    # The citizen finds the answer beside their own words, and the words by two characters.
    citizen.goto("/me/")
    mine = citizen.locator("main article", has_text=words).first
    expect(mine).to_contain_text("十二月起末班車延到零點，經費已編列。")
    expect(mine).to_contain_text(str(agency))
    citizen.locator("#search-bar").fill("進修")
    citizen.locator("#search-bar").press("Enter")
    found = citizen.locator(".result", has_text="進修部下課以後")
    expect(found).to_have_count(1)
    found.get_by_role("link").click()
    expect(citizen.locator("main .comment__words", has_text=words)).to_have_count(1)
