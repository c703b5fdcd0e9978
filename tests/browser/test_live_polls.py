"""Polls, a statement and signs in three browsers: two tabs of a phone, and the wall."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from discussions import live, moderation
from discussions.models import PollWord, QuickPoll, Vote
from tests.browser.house import PHONE, said
from tests.factories import make_member, make_space, propose

CLAIM = "末班車應該延到十二點"
LIVE = ("data-state", "live")


@pytest.fixture
def hearing(house):
    """An open session with a poll of several choices and one for words; somebody has said two words."""

    def make():
        facilitator = make_member(role="Facilitators")
        space = make_space()
        planned = live.plan_session(space=space, facilitator=facilitator, title="公車說明會", starts_at=timezone.now())
        session = live.open_session(session=planned, facilitator=facilitator)
        polls = [
            live.add_poll(
                session=session,
                facilitator=facilitator,
                kind="multiple",
                question="何時搭車？",
                options=["早", "午", "晚"],
            ),
            live.add_poll(session=session, facilitator=facilitator, kind="words", question="用幾個字說說公車"),
        ]
        for poll in polls:
            live.open_poll(poll=poll, facilitator=facilitator)
        live.answer_poll(poll=polls[1], member=make_member(), words=["準時", "笨蛋"])
        return session, facilitator, polls, propose(space, make_member(), CLAIM)

    return house.do(make)


def test_polls_a_statement_and_signs_over_the_line(house, hearing):
    session, facilitator, (several, words), statement = hearing
    member = house.do(make_member)
    phone, tab = house.visit(member, size=PHONE), house.visit(member, size=PHONE)
    wall = house.visit()
    for page, address in ((phone, ""), (tab, ""), (wall, "screen/")):
        page.goto(session.get_absolute_url() + address)
        expect(page.locator(".connection")).to_have_attribute(*LIVE)

    # One press sends the whole set; the other tab replaces it.
    poll = f'[data-poll="{several.pk}"]'
    for page, choices in ((phone, ("0", "1")), (tab, ("2",))):
        for value in choices:
            page.locator(f'{poll} input[value="{value}"]').check()
        page.locator(poll).get_by_role("button", name=said("Send my answer")).click()
        expect(page.locator(f"{poll} [data-answered]")).to_be_visible()
    house.do(lambda: live.reveal_poll(poll=several, facilitator=facilitator))
    expect(phone.locator(f"{poll} .poll__result strong")).to_have_text(["0", "0", "1"])
    assert house.do(lambda: list(several.votes.values_list("option", flat=True))) == [2]

    # Words half typed stay when a result comes; a hidden word leaves room and wall.
    fields = phone.locator(f'[data-poll="{words.pk}"] input[name=words]')
    fields.nth(0).fill("準時")
    fields.nth(1).fill("笨蛋")
    send = phone.locator(f'[data-poll="{words.pk}"]').get_by_role("button", name=said("Send my words"))
    send.click()
    expect(phone.locator(f'[data-poll="{words.pk}"] [data-answered]')).to_be_visible()
    fields.nth(2).fill("還沒打完")
    house.do(lambda: live.reveal_poll(poll=words, facilitator=facilitator))
    expect(wall.locator("#wall")).to_contain_text("笨蛋")
    expect(phone.locator(f'[data-poll="{words.pk}"] .poll__said')).to_contain_text("笨蛋")
    expect(fields.nth(2)).to_have_value("還沒打完")

    def hide():
        moderator = make_member(role="Moderators")
        said = PollWord.objects.filter(poll__session=session, text="笨蛋")
        moderation.hide(target=said.first(), moderator=moderator, reason="insult")

    house.do(hide)
    expect(wall.locator("#wall")).not_to_contain_text("笨蛋", timeout=1000)
    expect(phone.locator(f'[data-poll="{words.pk}"] .poll__said')).not_to_contain_text("笨蛋", timeout=1000)
    expect(wall.locator("#wall")).to_contain_text("準時")
    expect(fields.nth(2)).to_have_value("還沒打完")

    # A statement comes, is voted on with one press, and its result waits for the cue.
    house.do(lambda: live.put_statement(session=session, statement=statement, facilitator=facilitator))
    expect(wall.locator("#wall")).to_contain_text(CLAIM)
    agree = phone.locator("[data-statement] button[value='1']")
    agree.click()
    expect(agree).to_have_attribute("aria-pressed", "true")
    expect(wall.locator("[data-wall-votes]")).to_have_text("1")
    house.do(lambda: live.reveal_statement(session=session, facilitator=facilitator))
    expect(wall.locator("#wall")).to_contain_text("100%")
    expect(agree).to_have_attribute("aria-pressed", "true")
    assert house.do(lambda: Vote.objects.get(member=member).value) == 1
    house.do(lambda: live.take_statement(session=session, facilitator=facilitator))
    expect(phone.locator("[data-statement]")).to_have_count(0)

    # A sign is counted on the wall, and nothing of it is kept.
    phone.locator("button[data-reaction=clap]").click()
    tab.locator("button[data-reaction=clap]").click()
    expect(wall.locator("[data-reaction=clap][data-shown] strong")).to_have_text("2")

    # A closed poll takes its form away.
    house.do(lambda: live.close_poll(poll=several, facilitator=facilitator))
    expect(phone.locator(f"{poll} form")).to_have_count(0)
    assert house.do(lambda: QuickPoll.objects.get(pk=several.pk).state) == "closed"
