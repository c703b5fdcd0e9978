"""The stages of a policy: each begins at its moment, by itself or by hand, and nothing is missed or undone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from discussions import clocks, events, phases, rules, timelines
from discussions.errors import CivicError, NotAllowed
from discussions.models import AnswerClock, Event, Phase, Space
from tests import factories

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
START = datetime(2030, 3, 1, tzinfo=UTC)


@pytest.fixture
def planned(agency):
    """A space whose every phase has a date, a month ahead of each other; nothing has begun."""
    return factories.make_space(
        phase=Phase.DRAFT,
        agency=agency,
        text_at=START,
        voting_at=START + 40 * DAY,
        review_at=START + 60 * DAY,
        answer_due_at=START + 90 * DAY,
        follow_up_at=START + 120 * DAY,
        archive_at=START + 365 * DAY,
        runs_since=START - DAY,
    )


@pytest.fixture
def running(planned):
    """The same, with the opening of the discussion ahead too."""
    planned.opens_at = START + 10 * DAY
    planned.save()
    return planned


def told(space) -> list[str]:
    """The phases the event log tells of."""
    return [event.data["phase"] for event in Event.objects.filter(space=space, type="phase.changed").order_by("seq")]


@pytest.mark.parametrize(
    ("days", "phase"),
    [(0, Phase.TEXT), (10, Phase.OPEN), (40, Phase.VOTING), (60, Phase.REVIEW)],
)
def test_a_phase_begins_at_its_very_moment(running, days, phase):
    moment = START + days * DAY
    before = phases.advance(space=running, now=moment - SECOND).phase
    assert before != phase
    assert phases.advance(space=running, now=moment).phase == phase
    assert told(running)[-1] == phase


def test_advancing_again_does_nothing(running):
    for _turn in range(3):
        phases.advance(space=running, now=START + DAY)
    assert told(running) == [Phase.TEXT]


def test_several_missed_phases_are_caught_up_in_one_step(running):
    space = phases.advance(space=running, now=START + 45 * DAY)
    assert (space.phase, space.runs_since) == (Phase.VOTING, running.voting_at)
    assert told(running) == [Phase.VOTING]


def test_phases_without_a_date_are_left_out(running):
    Space.objects.filter(pk=running.pk).update(voting_at=None, review_at=None, follow_up_at=None)
    assert phases.advance(space=running, now=START + 300 * DAY).phase == Phase.OPEN
    assert phases.advance(space=running, now=START + 365 * DAY).phase == Phase.ARCHIVED


def test_a_review_starts_the_clock_at_its_own_moment_and_ends_only_with_an_answer(running):
    late = START + 400 * DAY
    assert phases.advance(space=running, now=late).phase == Phase.REVIEW
    clock = AnswerClock.objects.get(space=running)
    assert (clock.started_at, clock.due_at) == (running.review_at, running.answer_due_at)
    assert phases.advance(space=running, now=late + DAY).phase == Phase.REVIEW


def test_after_the_answer_the_dates_go_on(running):
    space = phases.advance(space=running, now=running.review_at)
    with_lock(space, Phase.ANSWERED, START + 80 * DAY)
    assert phases.advance(space=space, now=START + 120 * DAY - SECOND).phase == Phase.ANSWERED
    assert phases.advance(space=space, now=START + 120 * DAY).phase == Phase.FOLLOW_UP
    assert phases.advance(space=space, now=START + 365 * DAY).phase == Phase.ARCHIVED


def with_lock(space, phase, at):
    from django.db import transaction

    with transaction.atomic():
        phases.enter(events.lock(space.pk), phase, at)


def test_what_was_never_published_is_not_opened_by_its_dates(running):
    Space.objects.filter(pk=running.pk).update(runs_since=None)
    assert phases.advance(space=running, now=START + 20 * DAY).phase == Phase.DRAFT
    assert phases.advance_due(START + 20 * DAY) == 0


def test_a_phase_chosen_by_hand_is_not_undone_by_the_next_tick(running, communicator):
    now = timezone.now()
    Space.objects.filter(pk=running.pk).update(
        phase=Phase.VOTING, voting_at=now - DAY, review_at=now + DAY, opens_at=now - 9 * DAY, runs_since=now - 9 * DAY
    )
    phases.move(space=running, editor=communicator, phase=Phase.OPEN)
    assert phases.advance_due(now + SECOND * 30) == 0
    assert Space.objects.get(pk=running.pk).phase_now == Phase.OPEN
    assert phases.advance_due(now + DAY) == 1
    assert Space.objects.get(pk=running.pk).phase == Phase.REVIEW


def test_dates_never_lead_backwards(running, communicator):
    phases.move(space=running, editor=communicator, phase=Phase.REVIEW)
    assert phases.advance(space=running, now=running.voting_at).phase == Phase.REVIEW
    assert phases.advance_due(running.voting_at) == 0


def test_the_clockwork_moves_exactly_the_spaces_whose_date_has_come(running, agency):
    other = factories.make_space(agency=agency, voting_at=START + 50 * DAY)
    assert phases.advance_due(START - SECOND) == 0
    assert phases.advance_due(START + 40 * DAY) == 1
    assert phases.advance_due(START + 40 * DAY) == 0
    assert phases.advance_due(START + 50 * DAY) == 1
    assert Space.objects.get(pk=other.pk).phase == Phase.VOTING


def test_the_clockwork_has_the_job():
    from civic import ticks

    assert next(job for job in ticks.JOBS if job.name == "phases due").run() == 0


def test_only_communicators_move_a_discussion(running, member, moderator):
    for nobody in (member, moderator):
        with pytest.raises(NotAllowed):
            phases.move(space=running, editor=nobody, phase=Phase.OPEN)
    assert told(running) == []


def test_a_decision_taken_on_an_old_page_changes_nothing(running, communicator):
    phases.move(space=running, editor=communicator, phase=Phase.OPEN, seen=Phase.DRAFT)
    with pytest.raises(CivicError) as refused:
        phases.move(space=running, editor=communicator, phase=Phase.ARCHIVED, seen=Phase.DRAFT)
    assert refused.value.code == "moved_meanwhile"
    with pytest.raises(CivicError):
        phases.move(space=running, editor=communicator, phase="nowhere")
    assert told(running) == [Phase.OPEN]


def test_answered_is_what_an_agency_says_not_what_an_editor_chooses(running, communicator):
    with pytest.raises(NotAllowed) as refused:
        phases.move(space=running, editor=communicator, phase=Phase.ANSWERED)
    assert refused.value.code == "unanswered"


def test_a_review_by_hand_starts_the_clock_too_and_only_once(running, communicator):
    phases.move(space=running, editor=communicator, phase=Phase.REVIEW)
    phases.move(space=running, editor=communicator, phase=Phase.OPEN)
    phases.move(space=running, editor=communicator, phase=Phase.REVIEW)
    assert AnswerClock.objects.filter(space=running).count() == 1
    assert Event.objects.filter(space=running, type="clock.started").count() == 1


def test_what_is_said_after_the_end_of_a_phase_is_refused_before_the_clockwork_has_run(space, member):
    now = timezone.now()
    Space.objects.filter(pk=space.pk).update(runs_since=now - DAY, review_at=now + DAY)
    factories.say(space, member, "還來得及")
    Space.objects.filter(pk=space.pk).update(review_at=now - SECOND)
    with pytest.raises(NotAllowed) as refused:
        factories.say(space, member, "來不及了")
    assert refused.value.code == "phase"
    assert Space.objects.get(pk=space.pk).phase == Phase.OPEN  # nobody has written it down yet


def test_a_discussion_takes_the_first_words_at_the_second_it_opens(space, member):
    now = timezone.now()
    Space.objects.filter(pk=space.pk).update(phase=Phase.DRAFT, opens_at=now - SECOND, runs_since=now - DAY)
    assert rules.may_see(None, Space.objects.get(pk=space.pk))
    factories.say(space, member, "第一個")


def test_the_wrong_order_of_dates_is_named():
    dates = {"opens_at": START, "voting_at": START - DAY, "review_at": START + DAY, "archive_at": START}
    assert phases.out_of_order(dates) == ["voting_at", "archive_at"]
    assert phases.out_of_order({"opens_at": START, "voting_at": START, "review_at": None}) == []


def test_the_timeline_shows_what_was_what_is_and_what_comes(running):
    steps = timelines.of(phases.advance(space=running, now=START + 40 * DAY), START + 41 * DAY)
    assert [(step.key, step.state) for step in steps] == [
        ("text", "done"),
        ("open", "done"),
        ("voting", "now"),
        ("review", "next"),
        ("answered", "next"),
        ("follow_up", "next"),
        ("archived", "next"),
    ]
    voting, answered = steps[2], steps[4]
    assert (voting.at, voting.until) == (running.voting_at, running.review_at)
    assert answered.is_promise and answered.at == running.answer_due_at


def test_a_timeline_holds_only_the_stages_a_policy_has():
    space = factories.make_space()
    assert [step.key for step in timelines.of(space, timezone.now())] == [Phase.OPEN]


def test_a_phase_that_ends_at_midnight_is_open_until_the_day_before():
    midnight = datetime(2030, 5, 1, tzinfo=UTC)
    assert timelines.last_moment(midnight).date() == datetime(2030, 4, 30, tzinfo=UTC).date()


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_every_phase_says_in_words_what_may_be_done(space, phase, language):
    space.phase = phase
    with translation.override(language):
        words = timelines.sentence(space, timezone.now())
    assert words.endswith("." if language == "en" else "。")
    assert bool(timelines.deeds(space, timezone.now())) == bool(
        rules.PERMITTED[phase] & {rules.Verb.COMMENT, rules.Verb.VOTE, rules.Verb.STATE, rules.Verb.ASK}
    )


def test_only_what_the_space_offers_is_promised(space):
    space.instruments = {"statements": {}}
    with translation.override("en"):
        assert timelines.sentence(space, timezone.now()) == "You can now vote on statements and make statements."


def test_clocks_count_from_the_day_the_review_began(running):
    space = phases.advance(space=running, now=START + 61 * DAY)
    clock = clocks.start(space=space, now=START + 70 * DAY)
    assert clock.started_at == START + 60 * DAY
