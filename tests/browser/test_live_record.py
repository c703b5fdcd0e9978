"""The transcript by keyboard in two browsers, and the record afterwards, with its slider and without JavaScript."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from discussions import live, moderation
from discussions.models import TranscriptLine
from tests.browser.house import PHONE, said, until
from tests.factories import make_member, make_space

LIVE = ("data-state", "live")


@pytest.fixture
def hearing(house):
    """An open session, its facilitator and its stenographer, and a question at the panel."""

    def make():
        facilitator, writer = make_member(role="Facilitators"), make_member(role="Stenographers")
        space = make_space()
        planned = live.plan_session(space=space, facilitator=facilitator, title="公車說明會", starts_at=timezone.now())
        session = live.open_session(session=planned, facilitator=facilitator)
        asked = live.ask(session=session, author=make_member(), text="末班車會延後嗎", client_id="asked-0001")
        live.ask(session=session, author=make_member(), text="經費從哪裡來", client_id="asked-0002")
        live.mark_current(question=asked, facilitator=facilitator)
        return session, facilitator, writer

    return house.do(make)


def line_of(session, number):
    return TranscriptLine.objects.select_related("session__space").get(session=session, number=number)


def test_a_transcript_is_written_by_keyboard_and_the_session_becomes_its_record(house, hearing):
    session, facilitator, writer = hearing
    desk, phone = house.visit(writer), house.visit(size=PHONE)
    desk.goto(session.get_absolute_url() + "transcript/")
    phone.goto(session.get_absolute_url())
    for page in (desk, phone):
        expect(page.locator(".connection")).to_have_attribute(*LIVE)

    # Enter sends, the speaker stays, a digit with Alt brings the first one back.
    words = desk.locator("[data-write] [name=text]")
    for speaker, text in (("主席", "大家好。"), ("", "現在開會。"), ("科長", "謝謝主席。")):
        if speaker:
            desk.locator("[data-write] [name=speaker]").fill(speaker)
        words.fill(text)
        words.press("Enter")
        expect(words).to_have_value("")
    words.press("Alt+Digit1")
    words.fill("請說。")
    words.press("Enter")
    heard = phone.locator("#transcript [data-line]")
    expect(heard.locator(".spoken__who")).to_have_text(["主席", "主席", "科長", "主席"])
    expect(desk.locator(".spoken--sending")).to_have_count(0)

    # The up key corrects the last line in place; a line taken back and a hidden one leave the room.
    words.press("ArrowUp")
    last = desk.locator("[data-lines] [data-line]").last
    last.locator('[name="text"]').fill("請說明。")
    last.locator('[name="text"]').press("Enter")
    expect(heard.last.locator(".spoken__words")).to_have_text("請說明。")
    second = desk.locator("[data-lines] [data-line]").nth(1)
    second.locator("summary").click()
    second.get_by_role("button", name=said("Take the line back")).click()
    expect(heard).to_have_count(3)
    moderator = house.do(make_member, role="Moderators")
    third = house.do(line_of, session, 3)
    house.do(moderation.hide, target=third, moderator=moderator, reason="personal")
    expect(heard).to_have_count(2)

    # What was written without a connection goes out once it is back.
    house.expect_complaint("ERR_INTERNET_DISCONNECTED")
    desk.context.set_offline(True)
    words.fill("斷線時說的。")
    words.press("Enter")
    expect(desk.locator(".spoken--sending")).to_have_count(1)
    desk.context.set_offline(False)
    expect(heard.last.locator(".spoken__words")).to_have_text("斷線時說的。")
    until(lambda: house.do(session.lines.filter(number=5).count) == 1, what="the line arrived once")

    # The session ends: the same address shows the record.
    house.do(live.close_session, session=session, facilitator=facilitator)
    phone.goto(session.get_absolute_url())
    expect(phone.locator("#owed")).to_contain_text("經費從哪裡來")
    slider = phone.locator("#replay-at")
    expect(slider).to_be_visible()
    slider.focus()
    slider.press("End")
    expect(phone.locator(".replay__moment[aria-current]")).to_contain_text(said("The session ends"))
    slider.press("Home")
    expect(phone.locator("[data-said]")).to_contain_text("大家好。")
    first = house.do(line_of, session, 1)
    house.do(moderation.hide, target=first, moderator=moderator, reason="personal")
    expect(phone.locator("#record-body")).not_to_contain_text("大家好。")
    phone.locator(".replay__moment--question a").first.click()
    phone.wait_for_url("**/lines/?at=*")
    expect(phone.locator("ol.transcript [data-line]")).to_have_count(2)
    fourth = house.do(line_of, session, 4)
    house.do(moderation.hide, target=fourth, moderator=moderator, reason="personal")
    expect(phone.locator("ol.transcript [data-line]")).to_have_count(1)
