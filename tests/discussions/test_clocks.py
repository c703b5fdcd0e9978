"""The answer clock: it starts once, is extended only in the open, and tells for ever how the agency kept its word."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from discussions import clockfaces, clocks, events, replies
from discussions.clockfaces import Standing
from discussions.errors import InvalidText, NotAllowed
from discussions.forms import new_client_id
from discussions.models import AnswerClock, ClockExtension, Event, Phase, Proposal
from tests.factories import make_agency, make_member, make_space

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture
def reviewed(agency):
    """A discussion whose review has begun today."""
    return make_space(agency=agency, phase=Phase.REVIEW)


def start(space, *, now=NOW, proposal=None):
    with transaction.atomic():
        return clocks.start(space=events.lock(space.pk), now=now, proposal=proposal)


def extend(clock, officer, *, days=30, reason="仍在會商相關機關", now=NOW):
    return clocks.extend(clock=clock, officer=officer, until=clock.due_at + days * DAY, reason=reason, now=now)


def answer(space, officer, *, now=NOW, **target):
    target = target or {"whole": True}
    return replies.answer(
        space=space, officer=officer, text="本局決定試辦。", client_id=new_client_id(), now=now, **target
    )


def over_the_threshold(space, author):
    return Proposal.objects.create(
        space=space,
        author=author,
        title="夜間公車",
        text="每晚加開兩班夜間公車",
        stage=Proposal.Stage.REACHED,
        client_id=new_client_id(),
        threshold=1,
        n_signatures=1,
        made_at=NOW,
        published_at=NOW,
        reached_at=NOW,
        closes_at=NOW + 60 * DAY,
    )


def told(space, type):
    return Event.objects.filter(space=space, type=type)


def test_a_review_starts_a_clock_of_sixty_days(reviewed):
    clock = start(reviewed)
    assert clock.due_at == NOW + 60 * DAY and clock.agency == reviewed.agency
    assert told(reviewed, "clock.started").get().data == {"id": clock.pk}


def test_the_date_a_space_has_announced_counts(agency):
    space = make_space(agency=agency, phase=Phase.REVIEW, answer_due_at=NOW + 12 * DAY)
    assert start(space).due_at == NOW + 12 * DAY


def test_a_space_can_promise_other_terms_and_running_clocks_keep_theirs(reviewed, communicator, member):
    first = start(reviewed)
    promised = {"days": 20, "extensions": 0, "extension_days": 10, "needs_approval": False}
    clocks.set_terms(space=reviewed, editor=communicator, **promised)
    second = start(reviewed, proposal=over_the_threshold(reviewed, member))
    assert second.due_at == NOW + 20 * DAY and second.extensions_allowed == 0
    assert AnswerClock.objects.get(pk=first.pk).extensions_allowed == 1
    with pytest.raises(NotAllowed):
        clocks.set_terms(space=reviewed, editor=member, **promised)


def test_two_people_who_reach_the_threshold_at_once_start_one_clock(reviewed, member):
    proposal = over_the_threshold(reviewed, member)
    assert start(reviewed, proposal=proposal) == start(reviewed, proposal=proposal)
    assert AnswerClock.objects.count() == told(reviewed, "clock.started").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerClock.objects.create(
            space=reviewed, proposal=proposal, started_at=NOW, first_due_at=NOW + DAY, due_at=NOW + DAY
        )


def test_more_time_is_asked_for_in_the_open(reviewed, officer):
    clock = start(reviewed)
    extend(clock, officer)
    clock.refresh_from_db()
    assert clock.due_at == NOW + 90 * DAY and clock.first_due_at == NOW + 60 * DAY
    assert clock.extensions.get().reason == "仍在會商相關機關"
    assert told(reviewed, "clock.extended").exists()


@pytest.mark.parametrize("reason", ["", "   ", "…！"])
def test_no_extension_without_a_reason(reviewed, officer, reason):
    with pytest.raises(InvalidText):
        extend(start(reviewed), officer, reason=reason)
    assert not ClockExtension.objects.exists()


def test_no_extension_by_another_agency_or_by_somebody_without_the_role(reviewed, roles, member):
    stranger = make_member(role="Officers", agency=make_agency("示範觀光處"))
    for person in (stranger, member):
        with pytest.raises(NotAllowed):
            extend(start(reviewed), person)


@pytest.mark.parametrize(("days", "code"), [(0, "not_later"), (-5, "not_later"), (61, "too_far")])
def test_no_extension_backwards_or_beyond_what_was_stated(reviewed, officer, days, code):
    with pytest.raises(InvalidText) as refusal:
        extend(start(reviewed), officer, days=days)
    assert refusal.value.code == code


def test_no_second_extension(reviewed, officer):
    clock = start(reviewed)
    extend(clock, officer)
    with pytest.raises(NotAllowed) as refusal:
        extend(AnswerClock.objects.get(pk=clock.pk), officer)
    assert refusal.value.code == "extensions_used"


def test_no_extension_once_the_date_is_over_or_the_answer_given(reviewed, officer):
    clock = start(reviewed, now=NOW - 61 * DAY)
    with pytest.raises(NotAllowed) as refusal:
        extend(clock, officer)
    assert refusal.value.code == "clock_overdue"
    answer(reviewed, officer)
    with pytest.raises(NotAllowed) as refusal:
        extend(clock, officer)
    assert refusal.value.code == "clock_answered"


def test_answered_late_stays_late(reviewed, officer):
    clock = start(reviewed, now=NOW - 64 * DAY)
    answer(reviewed, officer)
    clock.refresh_from_db()
    face = clockfaces.face(clock, now=NOW + 1000 * DAY)
    assert face.standing == Standing.LATE and "4" in face.words
    assert told(reviewed, "clock.answered").exists()


def test_nobody_can_hush_a_clock_up(reviewed, officer):
    clock = start(reviewed, now=NOW - 64 * DAY)
    for deed in (clock.delete, AnswerClock.objects.all().delete, clock.save):
        with pytest.raises(ValueError, match="never deleted|only gets"):
            deed()
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerClock.objects.filter(pk=clock.pk).update(due_at=clock.first_due_at - DAY)


def test_what_was_said_of_an_extension_is_never_changed(reviewed, officer):
    extension = extend(start(reviewed), officer)
    for deed in (extension.save, extension.delete, ClockExtension.objects.all().delete):
        with pytest.raises(ValueError, match="never"):
            deed()


def test_a_clock_stops_with_the_answer_to_its_own_proposal(reviewed, officer, member):
    proposal = over_the_threshold(reviewed, member)
    own, whole = start(reviewed, proposal=proposal), start(reviewed)
    reply = answer(reviewed, officer, proposal=proposal)
    own.refresh_from_db()
    whole.refresh_from_db()
    assert own.answered_at == NOW and own.reply == reply and whole.answered_at is None
    proposal.refresh_from_db()
    assert proposal.stage == Proposal.Stage.ANSWERED


def test_an_answer_by_another_agency_stops_nothing(reviewed, roles):
    clock = start(reviewed)
    with pytest.raises(NotAllowed) as refusal:
        answer(reviewed, make_member(role="Officers", agency=make_agency("示範觀光處")))
    clock.refresh_from_db()
    assert refusal.value.code == "other_agency" and clock.answered_at is None


@pytest.mark.parametrize(
    ("days_left", "type", "data"),
    [
        (14, "clock.due_soon", {"days": 14}),
        (5, "clock.due_soon", {"days": 7}),
        (1, "clock.due_soon", {"days": 1}),
        (-1, "clock.overdue", {}),
    ],
)
def test_officers_are_reminded_once_at_each_distance(reviewed, days_left, type, data):
    clock = start(reviewed)
    moment = clock.due_at - days_left * DAY
    assert [clocks.remind(now=moment) for _turn in range(3)] == [1, 0, 0]
    assert told(reviewed, type).get().data == {"id": clock.pk, **data}


def test_nobody_is_reminded_long_before_or_after_the_answer(reviewed, officer):
    clock = start(reviewed)
    assert clocks.remind(now=clock.due_at - 15 * DAY) == 0
    answer(reviewed, officer)
    assert clocks.remind(now=clock.due_at) == 0


def test_a_new_date_is_reminded_of_anew(reviewed, officer):
    clock = start(reviewed)
    clocks.remind(now=clock.due_at - DAY)
    extend(clock, officer)
    clock.refresh_from_db()
    assert clocks.remind(now=clock.due_at - DAY) == 1


def test_the_words_of_a_clock_count_years_as_the_house_does(reviewed, officer, settings):
    settings.CALENDAR = "roc"
    clock = start(reviewed, now=datetime(2026, 10, 1, 4, tzinfo=UTC))
    extend(clock, officer, now=datetime(2026, 10, 5, tzinfo=UTC))
    clock.refresh_from_db()
    assert "民國115年" in clockfaces.face(clock).extended_words
    with translation.override("en"):
        assert "2026" in clockfaces.face(clock).extended_words
