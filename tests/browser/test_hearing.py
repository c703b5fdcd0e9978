"""A hearing of ten minutes in fast motion: planned in the admin, led from the desk, followed by phone and on the wall.

Four real browsers: a facilitator, a citizen on a phone, a visitor without an account, and the screen in the hall. Each
function below is an act of it; what they share is in `Hearing`.
"""

from dataclasses import dataclass
from itertools import cycle

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from discussions import live
from discussions.forms import new_client_id
from discussions.models import Event, LiveSession, Member, Question, Space, Vote
from tests.browser.house import PHONE, House, said, until
from tests.browser.test_whole_house import ANALYSIS_PATIENCE
from tests.browser.town import FARES, NIGHT, SEATS
from tests.factories import make_member, make_space, propose, say

OPEN_TO_ALL = {"statements": {"level": 0}, "live": {"level": 0}}
WALL = (1920, 1080)
FIRST, SECOND = "接駁車會不會第二年就停？", "轉乘免費可以兩小時嗎？"
MINE, HALF, REST = "夜間班次什麼時候會增加？", "可以先試辦", "三個月嗎？"
CLAIM = "末班車應該延到十二點"
CHOICE, SEVERAL, SCALE, WORDS = "最想先改哪一樣？", "您何時搭車？", "改點以後方便嗎？", "用幾個字說說公車"
RUDE = "笨蛋"
WITHIN = 1000  # ms in which hidden words leave every screen
# When some words have left the page, by its clock, which is that of the server.
WATCH = """(words) => { window.gone = new Promise((done) => {
  const look = () => document.body.textContent.includes(words) ? setTimeout(look, 10) : done(Date.now());
  look();
}); }"""


@dataclass
class Hearing:
    """The four browsers, the people behind them, and the session."""

    house: House
    space: Space
    facilitator: Member
    citizen: Member
    neighbours: list[Member]
    desk: Page
    phone: Page
    guest: Page
    wall: Page
    session: LiveSession | None = None

    @property
    def rooms(self) -> tuple[Page, Page]:
        """Those who take part."""
        return self.phone, self.guest

    def lead(self, label: str, within: Locator | None = None) -> None:
        """Press a button of the desk."""
        (within or self.desk.locator("#desk-body")).get_by_role("button", name=said(label), exact=True).click()

    def item(self, text: str) -> Locator:
        """A question on the desk, which shows what is new when its facilitator asks for it."""
        self.desk.locator("h1").click()
        self.desk.keyboard.press("r")
        return self.desk.locator("[data-desk-item]", has_text=text)

    def poll(self, question: str) -> Locator:
        """A poll on the desk."""
        return self.desk.locator("#desk-body article", has=self.desk.get_by_role("heading", name=question, exact=True))

    def sees(self, words: str) -> None:
        """The wall shows these words large."""
        expect(self.wall.locator("#wall .wall__words")).to_have_text(words)

    def ask(self, author: Member, text: str) -> Question:
        """A neighbour asks, from elsewhere."""
        return self.house.do(live.ask, session=self.session, author=author, text=text, client_id=new_client_id())


@pytest.fixture
def invited(house):
    """A space that lets everybody in, where people have talked already."""

    def make():
        space = make_space(title="市區公車改點", instruments={"comments": {}, **OPEN_TO_ALL})
        neighbours = [make_member() for _number in range(6)]
        for author, text in zip(cycle(neighbours), [*NIGHT, *SEATS, *FARES], strict=False):
            say(space, author, text)
        propose(space, neighbours[0], CLAIM)
        return {
            "space": space,
            "neighbours": neighbours,
            "citizen": make_member(name="王小華"),
            "facilitator": make_member(role="Facilitators"),
        }

    return house.do(make)


def announce(hearing: Hearing) -> None:
    """The facilitator plans the session and its agenda in the admin."""
    desk = hearing.desk
    desk.goto(f"/admin/spaces/{hearing.space.slug}/live/new/")
    desk.locator("[name=title]").fill("公車改點線上說明會")
    desk.get_by_role("button", name=said("Announce the session")).click()
    for title in ("說明改點", "大家提問"):
        desk.locator("[name=title]").first.fill(title)
        desk.get_by_role("button", name=said("Add this point")).click()
        expect(desk.locator(".desk-table tbody")).to_contain_text(title)
    hearing.session = hearing.house.do(hearing.space.live_sessions.get)
    desk.get_by_role("link", name=said("Lead the session"), exact=True).click()


def come(hearing: Hearing) -> None:
    """Everybody finds the room before it opens: by the code, by its address; and somebody asks already."""
    session, phone = hearing.session, hearing.phone
    hearing.wall.goto(f"{session.get_absolute_url()}screen/")
    hearing.sees(session.title)
    expect(hearing.wall.locator("[data-code]")).to_have_text(session.code)
    phone.goto("/live/")
    phone.locator("[name=code]").fill(hearing.wall.locator("[data-code]").inner_text().upper())
    phone.get_by_role("button", name=said("Join"), exact=True).click()
    hearing.guest.goto(session.get_absolute_url())
    for page in (*hearing.rooms, hearing.desk, hearing.wall):
        expect(page.locator(".connection")).to_have_attribute("data-state", "live")
    expect(phone.locator("[data-countdown]")).to_be_visible()
    phone.locator("#id_text").fill(MINE)
    phone.get_by_role("button", name=said("Send my question")).click()
    expect(phone.locator("#id_text")).to_have_value("")
    expect(hearing.guest.locator('[data-list="asked"]')).to_contain_text(MINE)
    expect(hearing.wall.locator("[data-presence]")).to_contain_text("2")


def begin(hearing: Hearing) -> None:
    """The session opens, the agenda moves, and people raise the questions of others."""
    hearing.lead("Open the session")
    expect(hearing.phone.locator("[data-countdown]")).to_be_hidden()
    for title in ("說明改點", "大家提問"):
        hearing.lead("Go to this point", hearing.desk.locator(".agenda__item", has_text=title))
        expect(hearing.phone.locator(".agenda__item--now")).to_contain_text(title)
    for author, text in zip(hearing.neighbours, (FIRST, SECOND), strict=False):
        hearing.ask(author, text)
        expect(hearing.phone.locator('[data-list="asked"]')).to_contain_text(text)
    for page in hearing.rooms:
        button = page.locator("[data-question]", has_text=FIRST).locator(".question__raise")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    expect(hearing.item(FIRST).locator("[data-raises]")).to_contain_text("2")


def answer(hearing: Hearing) -> None:
    """One question goes to the panel and is answered, another is put aside for later."""
    hearing.lead("To the panel", hearing.item(FIRST))
    hearing.sees(FIRST)
    for page in hearing.rooms:
        expect(page.locator('[data-list="current"]')).to_contain_text(FIRST)
    item = hearing.item(FIRST)
    item.locator("[data-tool=answer] > summary").click()
    item.locator("[name=answer]").fill("預算已經編到第三年。")
    hearing.lead("Answered, with these words", item)
    for page in hearing.rooms:
        expect(page.locator('[data-list="answered"] .question__answer')).to_contain_text("預算已經編到第三年。")
    hearing.lead("Put aside", hearing.item(SECOND))
    expect(hearing.phone.locator('[data-list="parked"]')).to_contain_text(SECOND)


def slow_down(hearing: Hearing) -> None:
    """Many want to ask: whoever has asked waits, and keeps their words."""
    desk, phone = hearing.desk, hearing.phone
    desk.locator("[data-column=floor] > summary").click()
    set_pace(hearing, 300)
    phone.locator("#id_text").fill("還有一題")
    phone.get_by_role("button", name=said("Send my question")).click()
    expect(phone.locator("[data-ask] [data-refusal]")).to_be_visible()
    expect(phone.locator("#id_text")).to_have_value("還有一題")
    set_pace(hearing, 0)
    phone.locator("#id_text").fill("")
    expect(phone.locator("[data-ask] [data-refusal]")).to_be_hidden()


def set_pace(hearing: Hearing, seconds: int) -> None:
    """Choose the seconds between two questions of one person."""
    choice = hearing.desk.locator("#seconds")
    choice.focus()
    choice.select_option(str(seconds))
    hearing.lead("Set")
    stored = hearing.space.live_sessions.filter(slow_seconds=seconds)
    until(lambda: hearing.house.do(stored.exists), what="the pace was set")


def speak(hearing: Hearing) -> None:
    """A hand goes up and is called."""
    place = hearing.phone.locator("[data-hands-place]")
    hearing.lead("Take hands")
    hearing.phone.get_by_role("button", name=said("Raise my hand")).click()
    expect(place).to_contain_text("1")
    hearing.item(MINE)
    hearing.lead("Call the next")
    expect(place).to_have_text(said("It is your turn: please speak now."))
    hearing.lead("Has spoken")
    expect(hearing.phone.get_by_role("button", name=said("Raise my hand"))).to_be_visible()


def vote(hearing: Hearing) -> None:
    """A poll of each kind is prepared, opened, answered, closed and shown on cue; then a statement and signs."""
    for kind, question, options in (
        ("single", CHOICE, "班次\n路線"),
        ("multiple", SEVERAL, "早\n午\n晚"),
        ("scale", SCALE, "不方便\n方便"),
        ("words", WORDS, ""),
    ):
        prepare(hearing, kind, question, options)
        hearing.lead("Open the poll", hearing.poll(question))
        hearing.sees(question)
        card = hearing.phone.locator("[data-poll]", has_text=question)
        if kind == "words":
            card.locator("[name=words]").first.fill("準時")
        elif kind == "multiple":
            card.locator("[name=option][value='0']").check()
        if kind != "words":
            card.locator("[name=option][value='1']").check()
        card.get_by_role("button", name=said("Send my words" if kind == "words" else "Send my answer")).click()
        expect(card.locator("[data-answered]")).to_be_visible()
        expect(hearing.wall.locator("[data-wall-total]")).to_have_text("1")
        if kind == "words":
            # What one person alone said is not shown.
            poll = hearing.house.do(hearing.session.polls.get, question=question)
            hearing.house.do(live.answer_poll, poll=poll, member=hearing.neighbours[0], words=["準時"])
        hearing.lead("Show the result", hearing.poll(question))
        result = "strong" if kind == "words" else ".poll__mine"
        expect(card.locator(result).first).to_be_visible()
        if kind != "words":
            hearing.lead("Close the poll", hearing.poll(question))
            expect(card.locator("form")).to_have_count(0)
    guest_votes(hearing)
    hearing.phone.locator("[data-reaction=clap]").click()
    expect(hearing.wall.locator("[data-reaction=clap][data-shown] strong")).to_have_text("1")


def prepare(hearing: Hearing, kind: str, question: str, options: str) -> None:
    """Write a poll on the desk."""
    form = hearing.desk.locator("section", has=hearing.desk.locator("#new-poll-title"))
    form.locator("[name=question]").fill(question)
    form.locator("[name=kind]").select_option(kind)
    form.locator("[name=options]").fill(options)
    form.get_by_role("button", name=said("Prepare the poll")).click()


def guest_votes(hearing: Hearing) -> None:
    """A statement is put to the vote; who has no account votes as well."""
    form = hearing.desk.locator("section", has=hearing.desk.locator("#new-statement-title"))
    form.locator("[name=statement]").select_option(label=CLAIM)
    form.get_by_role("button", name=said("Put it to the vote")).click()
    hearing.sees(CLAIM)
    for page, value in ((hearing.phone, "1"), (hearing.guest, "-1")):
        button = page.locator(f"[data-statement] button[value='{value}']")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    expect(hearing.wall.locator("[data-wall-votes]")).to_have_text("2")
    hearing.lead("Show the result")
    expect(hearing.wall.locator("#wall")).to_contain_text("50%")
    hearing.lead("Take it off the screens")
    expect(hearing.phone.locator("[data-statement]")).to_have_count(0)


def see_topics(hearing: Hearing) -> None:
    """What was said forms topics, on phone and wall."""
    patience = ANALYSIS_PATIENCE * 1000
    for page in (hearing.wall, hearing.phone):
        expect(page.locator("[data-topics] g[data-topic]").first).to_be_visible(timeout=patience)
    expect(hearing.wall.locator(".topicmap__list")).to_contain_text("博愛座")


def lose_the_line(hearing: Hearing) -> None:
    """The citizen loses the network while writing. Nothing is lost: what they sent, what they write, what happens."""
    phone, field = hearing.phone, hearing.phone.locator("#id_text")
    field.click()
    phone.keyboard.type(HALF)
    phone.context.set_offline(True)
    line = phone.locator(".connection")
    expect(line).to_have_attribute("data-state", "lost")
    expect(line).to_have_text(said("Connection lost. What you sent is safe; we are trying again"))
    phone.locator("[data-question]", has_text=SECOND).locator(".question__raise").click()
    field.click()
    phone.keyboard.type(REST)

    asked = hearing.ask(hearing.neighbours[2], "司機夠嗎？")
    hearing.desk.locator("[data-column=parked] > summary").click()
    hearing.lead("To the panel", hearing.item(SECOND))
    hearing.sees(SECOND)
    hearing.house.do(lambda: live.raise_question(question=asked, member=hearing.neighbours[3]))
    assert not hearing.house.do(lambda: hearing.session.questions.get(text=SECOND).raises.exists())
    expect(phone.locator("[data-question]", has_text="司機夠嗎？")).to_have_count(0)

    phone.context.set_offline(False)
    expect(line).to_have_attribute("data-state", "live")
    expect(phone.locator('[data-list="current"]')).to_contain_text(SECOND)
    expect(phone.locator("[data-question]", has_text="司機夠嗎？").locator(".question__raise")).to_contain_text("1")
    button = phone.locator("[data-question]", has_text=SECOND).locator(".question__raise")
    expect(button).to_have_attribute("aria-pressed", "true")
    until(
        lambda: hearing.house.do(lambda: hearing.session.questions.get(text=SECOND).raises.count()) == 1,
        what="the raise came through",
    )
    expect(field).to_be_focused()
    expect(field).to_have_value(HALF + REST)
    phone.get_by_role("button", name=said("Send my question")).click()
    expect(hearing.guest.locator('[data-list="asked"]')).to_contain_text(HALF + REST)


def hide_a_word(hearing: Hearing) -> None:
    """Two people say a rude word; hidden on the desk it leaves every screen at once."""
    poll = hearing.house.do(hearing.session.polls.get, question=WORDS)
    for author in hearing.neighbours[1:3]:
        hearing.house.do(lambda author=author: live.answer_poll(poll=poll, member=author, words=[RUDE]))
    hearing.house.do(lambda: live.conceal_poll(poll=poll, facilitator=hearing.facilitator))
    hearing.house.do(lambda: live.reveal_poll(poll=poll, facilitator=hearing.facilitator))
    others = (*hearing.rooms, hearing.wall)
    for page in others:
        expect(page.locator("body")).to_contain_text(RUDE)
        page.evaluate(WATCH, RUDE)
    hearing.item(MINE)
    card = hearing.poll(WORDS)
    card.locator("label", has_text=RUDE).locator("input").check()
    card.locator("[name=reason]").select_option("insult")
    hearing.lead("Hide the chosen words", card)
    expect(card).not_to_contain_text(RUDE)
    gone = [page.evaluate("() => window.gone") for page in others]
    hidden = hearing.house.do(Event.objects.filter(space=hearing.space, type="poll_word.hidden").earliest, "seq")
    late = [moment - hidden.at.timestamp() * 1000 for moment in gone]
    assert max(late) < WITHIN, late


def end(hearing: Hearing) -> None:
    """The floor closes, the session ends, and its page is the record."""
    phone = hearing.phone
    phone.locator("#id_text").fill("這一題還沒寫完")
    hearing.lead("It is answered", hearing.item(SECOND))
    hearing.lead("Take no more questions")
    expect(phone.locator("[data-takes=waiting]").first).to_be_visible()
    expect(phone.locator("#id_text")).to_be_hidden()
    expect(phone.locator("#id_text")).to_have_value("這一題還沒寫完")
    hearing.lead("End the session")
    for page in (*hearing.rooms, hearing.wall):
        expect(page.locator(".connection")).to_have_attribute("data-state", "ended")
    expect(hearing.wall.locator("#wall")).to_contain_text(said("This session is over. Thank you for taking part."))
    expect(phone.locator("[data-takes=ended]").first).to_be_visible()
    phone.reload()
    record = phone.locator("#record-body")
    expect(record).to_contain_text("預算已經編到第三年。")
    for words in (MINE, HALF + REST, CHOICE, SEVERAL, SCALE, WORDS, CLAIM, "準時"):
        expect(record).to_contain_text(words)
    expect(record).not_to_contain_text(RUDE)


def test_a_hearing_from_its_announcement_to_its_record(house, invited, worker):
    # Without a network nothing is fetched, neither a line nor what was asked already.
    house.expect_complaint("ERR_INTERNET_DISCONNECTED|htmx:(sendError|afterRequest)")
    hearing = Hearing(
        house=house,
        desk=house.visit(invited["facilitator"]),
        phone=house.visit(invited["citizen"], size=PHONE),
        guest=house.visit(size=PHONE),
        wall=house.visit(size=WALL),
        **invited,
    )
    for act in (announce, come, begin, answer, slow_down, speak, vote, see_topics, lose_the_line, hide_a_word, end):
        act(hearing)
    assert house.do(Vote.objects.filter(statement__text=CLAIM, statement__space=hearing.space).count) == 2
    assert house.do(lambda: LiveSession.objects.get(pk=hearing.session.pk).closed_at) <= timezone.now()
