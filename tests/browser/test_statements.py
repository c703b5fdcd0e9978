"""A citizen votes through the statements on a phone with the keys alone, sees where they stand, and takes the data."""

import io
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from discussions import voting
from discussions.models import Level, Vote
from discussions.tasks import regroup
from tests.browser.house import EN, PHONE, said
from tests.browser.test_keyboard import press_tab_until
from tests.factories import make_member, make_space, propose

TEXTS = ("幹線應該拉直", "社區要有接駁車", "票價可以調漲", "站距應該拉長")
SIZE = 7


def made_up() -> tuple:
    """A space whose statements two camps have voted on, with its map."""
    space = make_space(title="市區公車改點", instruments={"comments": {}, "statements": {"level": int(Level.GUEST)}})
    people = [make_member() for _number in range(2 * SIZE)]
    statements = [propose(space, people[0], text) for text in TEXTS]
    for number, person in enumerate(people):
        for place, statement in enumerate(statements):
            voting.cast(statement=statement, member=person, value=1 if number < SIZE or place == 1 else -1)
    regroup(space)
    return space, statements


def vote_through(page: Page) -> None:
    """Disagree with everything but the shuttle, without touching the screen."""
    for turn in range(len(TEXTS)):
        words = page.locator("#ballot-statement").inner_text()
        press_tab_until(page, "#ballot-agree", most=60)
        page.keyboard.press("1" if words == TEXTS[1] else "2")
        expect(page.locator("#ballot .ballot__result")).to_be_visible()
        expect(page.locator("#where h2")).to_be_visible()
        if turn < len(TEXTS) - 1:
            press_tab_until(page, ".ballot__after a.button--primary")
            with page.expect_navigation():
                page.keyboard.press("Enter")


def test_a_guest_votes_on_a_phone_sees_where_they_stand_and_takes_the_data(house, tmp_path: Path):
    space, _statements = house.do(made_up)
    page = house.visit(size=PHONE)
    page.goto(f"{space.get_absolute_url()}statements/")
    vote_through(page)
    assert house.do(Vote.objects.filter(member__level=Level.GUEST, statement__space=space).count) == len(TEXTS)

    expect(page.locator("#where")).to_contain_text(TEXTS[1])
    press_tab_until(page, "#where a", most=60)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=said("Where you stand"), exact=True)).to_be_visible()
    picture = page.get_by_role("img", name=said("You among the opinion groups"))
    expect(picture).to_be_visible()
    expect(page.locator(".standing-map__group--nearest")).to_have_count(1)
    expect(page.get_by_role("row")).to_have_count(len(TEXTS) + 1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.goto(f"{space.get_absolute_url()}data/")
    link = page.get_by_role("link", name=said("Download everything (zip)"))
    with page.expect_download() as download:
        link.press("Enter")
    download.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.testzip() is None
        votes = io.TextIOWrapper(archive.open("csv/votes.csv"), "utf-8-sig").read().splitlines()
    assert len(votes) == 1 + (2 * SIZE + 1) * len(TEXTS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_vote_is_taken_back_and_changed_in_english_without_script(house):
    space, statements = house.do(made_up)
    page = house.visit(house.do(make_member), language=EN, script=False)
    page.goto(f"/en/p/{space.slug}/statements/{statements[0].pk}/")
    page.get_by_role("button", name="Disagree").click()
    page.get_by_role("button", name="Take my answer back").click()
    page.goto(f"/en/p/{space.slug}/statements/{statements[0].pk}/")
    page.get_by_role("button", name="Agree", exact=True).click()
    found = house.do(
        lambda: list(Vote.objects.filter(statement=statements[0]).order_by("-pk")[:1].values_list("value"))
    )
    assert found == [(1,)]
    page.goto(f"/en/p/{space.slug}/statements/me/")
    expect(page.get_by_role("cell", name="Agree", exact=True)).to_be_visible()
