"""Who speaks: hands in order, the floor taken with a reason and given back."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from discussions import events, frames, guests, live, modlog, queues
from discussions.errors import CivicError, NotAllowed, NotFound, SignInNeeded
from discussions.forms import new_client_id
from discussions.models import Hand, Level, ModerationAct, Notice, Question, Silence
from discussions.notices import announcing, words
from tests import factories
from tests.discussions.browsers import Browser, act

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(space, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    opened = live.open_session(session=planned, facilitator=facilitator)
    return live.open_hands(session=opened, facilitator=facilitator)


@pytest.fixture
def crowd(db):
    return [factories.make_member(name=f"聽眾{number}") for number in range(3)]


def url(name, session, *args):
    return reverse(f"discussions:{name}", args=[session.code, *args])


def last_frame(space):
    import json

    return json.loads(frames.load(space.pk, 0).frames[-1].texts["en"])


# Hands


def test_hands_are_called_in_the_order_in_which_they_were_raised(session, crowd, facilitator):
    hands = [live.raise_hand(session=session, member=member) for member in crowd]
    assert live.raise_hand(session=session, member=crowd[0]) == hands[0]
    assert [queues.standing(session, member).place for member in crowd] == [1, 2, 3]
    assert live.call_next(session=session, facilitator=facilitator) == hands[0]
    assert [queues.standing(session, member).place for member in crowd] == [0, 1, 2]
    live.lower_hand(session=session, member=crowd[1])
    assert live.call_next(session=session, facilitator=facilitator) == hands[2]
    live.end_speech(session=session, facilitator=facilitator)
    assert live.call_next(session=session, facilitator=facilitator) is None
    states = list(Hand.objects.order_by("id").values_list("state", flat=True))
    assert states == [Hand.State.DONE, Hand.State.DOWN, Hand.State.DONE]


def test_no_hand_goes_up_while_the_queue_is_closed(session, crowd, facilitator):
    live.raise_hand(session=session, member=crowd[0])
    live.close_hands(session=session, facilitator=facilitator)
    with pytest.raises(NotAllowed) as refusal:
        live.raise_hand(session=session, member=crowd[1])
    assert refusal.value.code == "hands_closed"
    assert queues.standing(session, crowd[0]).waiting == 1
    with pytest.raises(SignInNeeded):
        live.raise_hand(session=session, member=AnonymousUser())


def test_only_the_facilitator_calls_and_one_person_speaks_at_a_time(session, crowd, facilitator):
    for member in crowd[:2]:
        live.raise_hand(session=session, member=member)
    for perform in (live.call_next, live.end_speech, live.open_hands, live.close_hands):
        with pytest.raises(NotAllowed):
            perform(session=session, facilitator=crowd[0])
    live.call_next(session=session, facilitator=facilitator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hand.objects.filter(member=crowd[1]).update(state=Hand.State.SPEAKING)


def test_the_end_of_the_session_clears_the_queue(session, crowd, facilitator):
    for member in crowd:
        live.raise_hand(session=session, member=member)
    live.call_next(session=session, facilitator=facilitator)
    live.close_session(session=session, facilitator=facilitator)
    assert not Hand.objects.filter(state__in=[Hand.State.UP, Hand.State.SPEAKING]).exists()


def test_a_frame_tells_the_order_by_numbers_and_nobodys_name(session, space, crowd, facilitator):
    hands = [live.raise_hand(session=session, member=member) for member in crowd]
    live.call_next(session=session, facilitator=facilitator)
    frame = last_frame(space)
    assert (frame["type"], frame["waiting"], frame["speaking"]) == ("hands.changed", 2, str(hands[0].pk))
    assert frame["order"] == f"{hands[1].pk} {hands[2].pk}"
    assert "聽眾" not in str(frame)


def test_the_queue_is_read_at_the_same_cost_however_long(session, facilitator, crowd, django_assert_num_queries):
    for member in [*crowd, *(factories.make_member() for _number in range(70))]:
        live.raise_hand(session=session, member=member)
    with django_assert_num_queries(2):
        queue = queues.read(session)
    assert (queue.waiting, len(queue.hands), queue.has_more) == (73, queues.NAMED, True)
    with django_assert_num_queries(2):
        line = queues.lines({session.pk: session})[session.pk]
    assert (line.waiting, len(line.ids)) == (73, queues.TOLD)


def test_without_javascript_one_raises_a_hand_and_sees_ones_place(client, session, crowd, facilitator):
    live.raise_hand(session=session, member=crowd[0])
    client.force_login(crowd[1])
    page = client.get(session.get_absolute_url()).content.decode()
    assert f"{url('raise_hand', session)}?raised=1" in page and crowd[0].display_name not in page
    for _again in range(2):
        assert client.post(f"{url('raise_hand', session)}?raised=1").status_code == 302
    with translation.override("en"):
        assert "You are number 2." in client.get(session.get_absolute_url()).content.decode()
    client.force_login(facilitator)
    desk = client.get(url("live_desk", session)).content.decode()
    assert crowd[0].display_name in desk and crowd[1].display_name in desk
    assert client.post(url("live_desk", session), {"act": "call_next"}).status_code == 302
    second = Hand.objects.get(member=crowd[1])
    assert client.post(url("live_desk", session), {"act": "pass_over", "id": second.pk}).status_code == 302
    second.refresh_from_db()
    assert second.state == Hand.State.DOWN


@pytest.mark.django_db(transaction=True)
async def test_a_hand_goes_up_over_the_wire_once_however_often_it_is_sent(session, space, member):
    async with Browser(space, member) as browser:
        await browser.sit()
        for _again in range(2):
            answer = await browser.ask_for(type="hand", id="hand-0001", session=session.code, raised=True)
            assert (answer["ok"], answer["place"], answer["waiting"]) == (True, 1, 1)
        assert await act(Hand.objects.count)() == 1
        answer = await browser.ask_for(type="hand", id="hand-0002", session=session.code, raised=False)
        assert (answer["hand"], answer["place"], answer["waiting"]) == (None, 0, 0)


# The floor


def test_who_lost_the_floor_neither_asks_nor_speaks_and_reads_why(client, session, member, facilitator):
    live.raise_hand(session=session, member=member)
    live.silence(session=session, member=member, facilitator=facilitator, reason="insult")
    assert queues.standing(session, member).hand is None
    for perform in (
        lambda: live.ask(session=session, author=member, text="還有一題", client_id=new_client_id()),
        lambda: live.raise_hand(session=session, member=member),
    ):
        with pytest.raises(NotAllowed) as refusal:
            perform()
        assert refusal.value.code == "silenced" and "辱罵" in refusal.value.message
    client.force_login(member)
    page = client.get(session.get_absolute_url()).content.decode()
    assert live.explained_silence(Silence.objects.get()) in page and "data-ask" not in page
    announcing.announce.func(session.space_id)
    lines = words.lines(Notice.objects.filter(member=member).select_related("event__space"))
    assert [line.url for line in lines] == [session.get_absolute_url()]


def test_the_floor_is_given_back_and_the_log_names_nobody(client, session, space, member, facilitator):
    silence = live.silence(session=session, member=member, facilitator=facilitator, reason="spam")
    assert live.silence(session=session, member=member, facilitator=facilitator, reason="insult") == silence
    live.lift(silence=silence, facilitator=facilitator)
    live.lift(silence=silence, facilitator=facilitator)
    assert (
        live.ask(session=session, author=member, text="謝謝", client_id=new_client_id()).state == Question.State.ASKED
    )
    entries, _older = modlog.entries(space)
    assert [(entry.act, entry.kind, entry.reason) for entry in entries] == [
        ("lift", "session", "spam"),
        ("silence", "session", "spam"),
    ]
    page = client.get(reverse("discussions:space_moderation_log", args=[space.slug])).content.decode()
    assert member.display_name not in page and str(entries[0].act_label) in page
    assert [event.type for event in events.since(space.pk, 0)].count("silence.set") == 1
    assert "silence" not in [event["type"] for event in [last_frame(space)] if "name" in event]


def test_the_floor_is_not_taken_without_role_reason_or_from_a_colleague(session, member, neighbour, facilitator, roles):
    colleague = factories.make_member(role="Facilitators")
    for who, whom, code in (
        (neighbour, member, "role"),
        (facilitator, facilitator, "yourself"),
        (facilitator, colleague, "colleague"),
    ):
        with pytest.raises(NotAllowed) as refusal:
            live.silence(session=session, member=whom, facilitator=who, reason="spam")
        assert refusal.value.code == code
    with pytest.raises(NotFound):
        live.silence(session=session, member=member, facilitator=facilitator, reason="dislike")
    assert not Silence.objects.exists() and not ModerationAct.objects.exists()


def test_a_guest_keeps_hand_and_silence_when_they_sign_in(session, facilitator, member):
    guest = factories.make_member()
    live.raise_hand(session=session, member=guest)
    live.silence(session=session, member=guest, facilitator=facilitator, reason="spam")
    guest.level = Level.GUEST
    guest.save()
    guests.join(guest=guest, member=member)
    assert live.silence_of(session, member) == Silence.objects.get()
    assert Hand.objects.get().member == member


def test_slow_mode_and_silence_are_buttons_of_the_desk(client, session, member, facilitator):
    question = live.ask(session=session, author=member, text="一直插話", client_id=new_client_id())
    client.force_login(facilitator)
    desk = url("live_desk", session)
    assert client.post(desk, {"act": "slow_down", "seconds": "60"}).status_code == 302
    session.refresh_from_db()
    assert session.slow_seconds == 60
    for wrong in ("-1", "601", "soon"):
        assert client.post(desk, {"act": "slow_down", "seconds": wrong}).status_code == 400
    assert client.post(desk, {"act": "silence", "id": question.pk, "reason": "spam"}).status_code == 302
    silence = Silence.objects.get()
    assert member.display_name in client.get(desk).content.decode()
    assert client.post(desk, {"act": "lift", "id": silence.pk}).status_code == 302
    with pytest.raises(CivicError):
        live.slow_down(session=session, facilitator=facilitator, seconds=9000)
