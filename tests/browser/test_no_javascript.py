"""Without JavaScript everything a citizen or a moderator does works by plain pages and forms."""

import pytest
from playwright.sync_api import expect

from discussions import reasons
from tests.browser.house import said
from tests.browser.test_whole_house import open_session
from tests.factories import PASSWORD, make_member, make_space, propose, say


@pytest.fixture
def space(house):
    """A discussion in which a neighbour has spoken and made a statement."""
    made = house.do(make_space)
    neighbour = house.do(make_member, name="林大同")
    house.do(say, made, neighbour, "幹線要加密，接駁要準時")
    house.do(propose, made, neighbour, "深夜要有公車")
    return made


def test_a_citizen_signs_in_comments_replies_votes_states_asks_and_finds(house, space):
    citizen = house.do(make_member, name="陳小明")
    session = house.do(open_session, space)
    page = house.visit(script=False)

    page.goto(space.get_absolute_url())
    page.locator("#id_text").fill("還沒登入就先寫好的話")
    page.locator("#composer button[type=submit]").click()
    expect(page.locator("#id_text")).to_have_value("還沒登入就先寫好的話")

    page.goto(f"/accounts/login/?next={space.get_absolute_url()}")
    page.locator("[name=login]").fill(citizen.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=said("Sign in"), exact=True).click()
    expect(page).to_have_url(f"{house.url}{space.get_absolute_url()}")

    page.locator("#id_text").fill("沒有程式也能說的意見")
    page.locator("#composer button[type=submit]").click()
    expect(page.locator("#thread .comment__words", has_text="沒有程式也能說的意見")).to_have_count(1)

    neighbours = page.locator("#thread > li", has_text="幹線要加密")
    neighbours.get_by_role("link", name=said("Reply"), exact=True).click()
    page.locator("#id_text").fill("同意，尤其離峰")
    page.locator("#composer button[type=submit]").click()
    expect(page.locator("main .thread .comment__words", has_text="同意，尤其離峰")).to_have_count(1)

    page.goto(f"{space.get_absolute_url()}statements/")
    page.locator("#ballot-agree").click()
    expect(page.locator("#ballot-agree")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#ballot .ballot__result")).to_contain_text("100")
    page.locator("#id_text").fill("站牌要有座位")
    page.get_by_role("button", name=said("Put it to the vote")).click()
    expect(page.locator("main").get_by_text("站牌要有座位").first).to_be_visible()

    page.goto(session.get_absolute_url())
    page.locator("#id_text").fill("沒有程式也能問嗎？")
    page.get_by_role("button", name=said("Send my question")).click()
    question = page.locator("[data-question]", has_text="沒有程式也能問嗎？")
    expect(question).to_have_count(1)
    question.locator(".question__raise").click()
    expect(
        page.locator("[data-question]", has_text="沒有程式也能問嗎？").locator(".question__raise")
    ).to_have_attribute("aria-pressed", "true")

    page.locator("#search-bar").fill("接駁")
    page.locator("#search-bar").press("Enter")
    expect(page.locator(".result", has_text="接駁要準時")).to_have_count(1)


def test_a_moderator_hides_what_a_reader_reported_and_brings_it_back(house, space):
    comment = house.do(say, space, house.do(make_member), "隔壁的貓今天又跑來了")
    reader = house.visit(house.do(make_member), script=False)
    reader.goto(comment.get_absolute_url())
    reader.get_by_role("link", name=said("Report to the moderators")).click()
    reader.locator("[name=reason]").select_option("spam")
    reader.get_by_role("button", name=said("Send report")).click()

    page = house.visit(house.do(make_member, role="Moderators"), script=False)
    page.goto("/moderation/")
    reported = page.locator("[data-group]", has_text="隔壁的貓今天")
    reported.locator("select").select_option("spam")
    reported.get_by_role("button", name=said("Hide"), exact=True).click()
    page.goto("/moderation/log/")
    expect(page.locator("main")).to_contain_text(reasons.words("spam"))

    reader.goto(space.get_absolute_url())
    expect(reader.get_by_text("隔壁的貓")).to_have_count(0)
    expect(reader.locator(f"#c{comment.pk}")).to_contain_text(reasons.words("spam"))

    page.goto(comment.get_absolute_url())
    page.get_by_role("link", name=said("Moderate"), exact=True).click()
    page.get_by_role("button", name=said("Bring it back")).click()
    reader.reload()
    expect(reader.get_by_text("隔壁的貓")).to_have_count(1)
