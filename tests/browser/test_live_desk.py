"""A facilitator leads the room from the keyboard while a citizen asks, raises and speaks by phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from discussions import live, moderation
from discussions.forms import new_client_id
from tests.browser.house import EN, PHONE, said
from tests.factories import make_member, make_space

FIRST, SECOND = "夜間班次會不會增加？", "晚上會加開班次嗎？"
MINE = "票價明年會調漲嗎？"


@pytest.fixture
def hearing(house):
    """An open session with two questions that ask the same."""

    def make():
        facilitator = make_member(role="Facilitators")
        planned = live.plan_session(
            space=make_space(), facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now()
        )
        session = live.open_session(session=planned, facilitator=facilitator)
        for text, raises in ((FIRST, 2), (SECOND, 1)):
            question = live.ask(session=session, author=make_member(), text=text, client_id=new_client_id())
            for _one in range(raises):
                live.raise_question(question=question, member=make_member())
        return session, facilitator

    return house.do(make)


def states(session):
    return dict(session.questions.values_list("text", "state"))


def test_a_room_led_from_the_keyboard(house, hearing):
    session, facilitator = hearing
    desk = house.visit(facilitator, language=EN)
    desk.goto(f"/en{session.get_absolute_url()}desk/")
    citizen = house.visit(house.do(make_member), size=PHONE)
    citizen.goto(session.get_absolute_url())
    for page in (desk, citizen):
        expect(page.locator(".connection")).to_have_attribute("data-state", "live")

    # Two that ask the same become one, from the keyboard alone; Escape leaves the choice.
    items = desk.locator(".desk__column--waiting [data-desk-item]")
    desk.keyboard.press("j")
    expect(items.first).to_be_focused()
    desk.keyboard.press("j")
    desk.keyboard.press("m")
    expect(desk.locator("[data-joining]")).to_contain_text(SECOND)
    desk.keyboard.press("Escape")
    expect(desk.locator("[data-joining]")).to_have_count(0)
    desk.keyboard.press("m")
    expect(desk.locator("[data-joining]")).to_be_visible()
    desk.keyboard.press("k")
    desk.keyboard.press("m")
    expect(items).to_have_count(1)
    expect(items.first.locator("[data-raises]")).to_have_text("raised by 3 people")
    expect(citizen.locator('[data-list="asked"] > li')).to_have_count(1)
    expect(citizen.locator(".question__joined")).to_have_count(1)

    # A question of one's own comes, and can be taken back until somebody raises it; the desk does not jump meanwhile.
    desk.keyboard.press("j")
    desk.keyboard.press("w")
    answer = desk.locator("textarea[name=answer]").first
    expect(answer).to_be_focused()
    desk.keyboard.type("japs 明年一月加開")
    citizen.locator("[data-ask] textarea").fill(MINE)
    citizen.get_by_role("button", name=said("Send my question")).click()
    mine = citizen.locator('[data-list="asked"] > li', has_text=MINE)
    expect(mine.get_by_role("button", name=said("Take my question back"))).to_be_visible()
    expect(desk.locator("#desk-news")).to_be_visible()
    expect(answer).to_have_value("japs 明年一月加開")
    expect(items).to_have_count(1)
    answer.fill("明年一月加開兩班。")
    desk.get_by_role("button", name=said("Answered, with these words", EN)).first.click()
    expect(citizen.locator('[data-list="answered"] .question__answer')).to_contain_text("明年一月加開兩班。")
    expect(items).to_have_count(1)
    mine.get_by_role("button", name=said("Take my question back")).click()
    expect(mine).to_have_count(0)

    # Hidden words leave both pages at once, also those that were joined with a question.
    house.do(lambda: moderation.hide(target=session.questions.get(text=SECOND), moderator=facilitator, reason="spam"))
    expect(citizen.get_by_text(SECOND)).to_have_count(0)
    expect(desk.get_by_text(SECOND)).to_have_count(0)
    house.do(lambda: moderation.restore(target=session.questions.get(text=SECOND), moderator=facilitator))

    # Hands.
    desk.get_by_role("button", name=said("Take hands", EN)).click()
    citizen.get_by_role("button", name=said("Raise my hand")).click()
    expect(citizen.locator("[data-hands-place]")).to_contain_text("1")
    desk.mouse.move(2, 2)
    expect(desk.get_by_role("button", name=said("Call the next", EN))).to_be_visible()
    desk.keyboard.press("n")
    expect(citizen.locator("[data-hands-place]")).to_have_text(said("It is your turn: please speak now."))
    assert house.do(states, session) == {FIRST: "answered", SECOND: "merged", "": "withdrawn"}


def test_without_scripts_the_desk_is_led_by_its_buttons(house, hearing):
    session, facilitator = hearing
    desk = house.visit(facilitator, script=False)
    desk.goto(f"{session.get_absolute_url()}desk/")
    desk.locator("[data-desk-item]", has_text=SECOND).get_by_role("link", name=said("Join with another")).click()
    desk.locator("#dq" + desk.locator("[data-desk-item]", has_text=FIRST).get_attribute("data-question")).get_by_role(
        "button", name=said("Join with this one")
    ).click()
    expect(desk.locator(".desk__column--waiting [data-desk-item]")).to_have_count(1)
    desk.get_by_role("button", name=said("To the panel")).click()
    expect(desk.locator(".desk__column--panel [data-desk-item]")).to_contain_text(FIRST)
    assert house.do(states, session) == {FIRST: "current", SECOND: "merged"}
