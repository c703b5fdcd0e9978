"""docs/protocol.md, replayed: every example is said to the real consumer, or heard from it."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.utils import timezone

from discussions import allowances, commands, comments, consumers, events, halls, hub, live, moderation, seats, voting
from discussions.models import Comment, Hand, PollWord, Question, Silence, TranscriptLine
from tests.discussions.browsers import Browser, act

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "protocol.md"
# What differs from one conversation to the next; everything else in an example is meant literally.
FREE = {"seq", "space", "html", "message", "at"}


def examples():
    """(side, frame) in the order of the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return [
        (side, json.loads(body)) for side, body in re.findall(r"^```json (client|server)\n(.*?)^```", text, re.M | re.S)
    ]


class House:
    """A space with a session and an open poll, and the hands that make things happen in it."""

    def __init__(self, space, member, facilitator, moderator):
        self.space, self.member, self.facilitator, self.moderator = space, member, facilitator, moderator
        session = live.plan_session(
            space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now()
        )
        self.session = live.open_session(session=session, facilitator=facilitator)
        poll = live.add_poll(session=session, facilitator=facilitator, question="要加開嗎？", options=["要", "不要"])
        self.poll = live.open_poll(poll=poll, facilitator=facilitator)
        self.several = self._opened(kind="multiple", question="何時搭車？", options=["早上", "中午", "晚上"])
        self.words = self._opened(kind="words", question="用幾個字說說夜間公車")
        self.shown = voting.state(
            space=space, author=facilitator, text="末班車要等到最後一班捷運", client_id="shown-001"
        )
        live.put_statement(session=self.session, statement=self.shown, facilitator=facilitator)
        live.open_hands(session=self.session, facilitator=self.facilitator)
        self.statement = self.unseen = None
        member.user_permissions.add(Permission.objects.get(codename="transcribe"))

    def _opened(self, **content):
        poll = live.add_poll(session=self.session, facilitator=self.facilitator, **content)
        return live.open_poll(poll=poll, facilitator=self.facilitator)

    def names(self) -> dict[str, str]:
        """The ids of the document and the real ones."""
        real = {"k7m2qx": self.session.code, "5": str(self.session.pk), "3": str(self.poll.pk)}
        real |= {"13": str(self.several.pk), "14": str(self.words.pk), "20": str(self.shown.pk)}
        if word := PollWord.objects.first():
            real["30"] = str(word.pk)
        for number, question in enumerate(Question.objects.order_by("id"), start=7):
            real[str(number)] = str(question.pk)
        if hand := Hand.objects.first():
            real["4"] = str(hand.pk)
        if silence := Silence.objects.first():
            real["2"] = str(silence.pk)
        if line := TranscriptLine.objects.first():
            real["40"] = str(line.pk)
        if comment := Comment.objects.first():
            real["81604378624"] = str(comment.pk)
        if self.unseen:
            real["31"] = str(self.unseen)
        if self.statement:
            real["21"] = str(self.statement.pk)
        return real

    def cause(self, kind: str) -> None:
        """Make happen what the document says is heard now."""
        if kind == "comment.hidden":
            moderation.hide(target=Comment.objects.get(), moderator=self.moderator, reason="spam")
        elif kind == "question.state":
            live.mark_current(question=Question.objects.earliest("id"), facilitator=self.facilitator)
        elif kind == "question.merged":
            same = live.ask(session=self.session, author=self.member, text="末班車能不能晚一點", client_id="the-same-1")
            into = Question.objects.earliest("id")
            live.merge_question(question=same, into=into, facilitator=self.facilitator)
        elif kind == "silence.set":
            live.silence(session=self.session, member=self.member, facilitator=self.facilitator, reason="spam")
        elif kind == "poll.state":
            live.reveal_poll(poll=self.poll, facilitator=self.facilitator)
        elif kind == "poll.removed":
            unseen = live.copy_poll(poll=self.poll, facilitator=self.facilitator)
            self.unseen = unseen.pk
            live.remove_poll(poll=unseen, facilitator=self.facilitator)
        elif kind == "statement.state":
            live.reveal_statement(session=self.session, facilitator=self.facilitator)
        elif kind == "poll_word.hidden":
            moderation.hide(target=PollWord.objects.first(), moderator=self.moderator, reason="spam")
        elif kind == "session.state":
            live.close_floor(session=self.session, facilitator=self.facilitator)
        elif kind == "lines.imported":
            live.paste_lines(
                session=self.session, author=self.facilitator, text="科長：您好。", client_id="many-lines-1"
            )
        elif kind == "agenda.changed":
            live.add_item(session=self.session, facilitator=self.facilitator, title="提問")
        elif kind == "tally":
            hub.tally(self.space.pk, self.session.code, "clap")
        elif kind == "statement.made":
            self.statement = voting.state(
                space=self.space, author=self.member, text="末班車應該延後", client_id="statement-1"
            )


def translated(frame: dict, names: dict[str, str]) -> dict:
    """The frame with the real ids. Numbers of events are left to the conversation."""
    return {key: names.get(value, value) if isinstance(value, str) else value for key, value in frame.items()}


def agree(example: dict, heard: dict) -> None:
    """The same fields of the same kinds, and the same values wherever the document fixes them."""
    assert list(heard) == list(example)
    for name, value in example.items():
        assert type(heard[name]) is type(value), (name, heard)
        if name not in FREE:
            assert heard[name] == value, (name, heard)
    if "html" in example:
        opening = example["html"].split(">")[0].split()[1]
        assert heard["html"].startswith(example["html"].split()[0]) and opening.split("=")[0] in heard["html"]


def apart(heard: list[dict], example: dict) -> dict | None:
    """Take the frame an example speaks of out of those heard so far."""
    for place, frame in enumerate(heard):
        if all(frame.get(name) == example.get(name) for name in ("type", "re")):
            return heard.pop(place)
    return None


@pytest.mark.django_db(transaction=True)
async def test_the_document_is_what_happens(space, member, facilitator, moderator):
    house = await act(House)(space, member, facilitator, moderator)
    async with Browser(space, member) as browser:
        heard = [browser.hello]
        for side, example in examples():
            if side == "client":
                now = {"seq": browser.hello["seq"]} if "seq" in example else {}
                await browser.send(**{**translated(example, await act(house.names)()), **now})
                continue
            kind = example.get("type")
            if kind in {"gap", "signed_out"}:
                continue  # these two have tests of their own below
            frame = apart(heard, example)
            if frame is None:
                await act(house.cause)(kind)
                while frame is None:
                    heard.append(await browser.next())
                    frame = apart(heard, example)
            agree(translated(example, await act(house.names)()), frame)


@pytest.mark.django_db(transaction=True)
async def test_the_gap_and_the_last_word_are_as_documented(space, member, monkeypatch):
    documented = {example["type"]: example for side, example in examples() if side == "server" and "type" in example}
    monkeypatch.setattr(events, "PAGE", 2)
    for number in range(4):
        await act(comments.post)(space=space, author=member, text=f"第{number}則意見", client_id=f"comment-{number}")
    browser = Browser(space, member)
    await browser.connect()
    agree(documented["gap"], (await browser.sit(0))[0])
    await act(browser.client.logout)()
    assert await browser.closed_with() == hub.SIGNED_OUT
    agree(documented["signed_out"], browser.heard[-1])
    await browser.leave()


def test_every_verb_and_limit_is_documented():
    text = DOCUMENT.read_text(encoding="utf-8")
    said = {frame["type"] for side, frame in examples() if side == "client"}
    assert {*commands.COMMANDS, "hello", "ping"} <= said
    assert f"{consumers.FRAME_LIMIT // 1024} KiB" in text
    assert f"{allowances.FRAMES_ALLOWED} frames in {allowances.WINDOW:.0f} seconds" in text
    assert f"closes with {hub.SIGNED_OUT}" in text
    assert f"{events.PAGE} events" in text
    assert f"{allowances.FRAMES_OF_ADDRESS:,} frames in {allowances.WINDOW:.0f} seconds" in text
    assert f"at most {allowances.LINES_OF_PERSON} lines" in text
    assert f"{seats.QUEUE_BYTES // 1024} KiB" in text
    assert f"at least {halls.TICK} seconds apart" in text
