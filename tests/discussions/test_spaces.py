"""Setting up a space: what it is about, its dates, what it offers; and the usual processes that fill all of it in."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from discussions import processes, rules, spaces
from discussions.errors import CivicError, NotAllowed
from discussions.exports.space import TABLES
from discussions.instruments import KINDS, OPTION_WORDS, Instrument, checked
from discussions.models import AnswerClock, Comment, Event, Phase, Space, Vote
from tests import factories

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def unpublished(agency):
    """A space whose page was never published."""
    return factories.make_space(phase=Phase.DRAFT, agency=agency, runs_since=None)


def told(space) -> list[str]:
    return list(Event.objects.filter(space=space).order_by("seq").values_list("type", flat=True))


def test_several_things_change_in_one_step_and_are_told_once(space, communicator):
    review = timezone.now() + 9 * DAY
    spaces.arrange(
        space=space,
        editor=communicator,
        facts={"question": "新的問法？", "review_at": review, "holds_first_posts": True},
        offered={"comments": {"level": 20}, "proposals": {"threshold": 300, "days": 60}},
    )
    found = Space.objects.get(pk=space.pk)
    assert (found.question, found.review_at, found.holds_first_posts) == ("新的問法？", review, True)
    assert found.instruments == {"comments": {"level": 20}, "proposals": {"threshold": 300}}
    assert told(space) == ["space.changed"]


def test_nothing_changed_is_nothing_told(space, communicator):
    spaces.arrange(space=space, editor=communicator, facts={"title": space.title}, offered=space.instruments)
    assert told(space) == []


def test_only_communicators_set_up_a_space(space, member, moderator):
    for nobody in (member, moderator):
        with pytest.raises(NotAllowed):
            spaces.arrange(space=space, editor=nobody, facts={"title": "別的"})
    with pytest.raises(NotAllowed):
        spaces.offer(space=space, editor=member, instrument="proposals")
    assert told(space) == []


def test_dates_out_of_order_change_nothing(space, communicator):
    now = timezone.now()
    with pytest.raises(CivicError) as refused:
        spaces.arrange(space=space, editor=communicator, facts={"voting_at": now + 5 * DAY, "review_at": now + 2 * DAY})
    assert refused.value.code == "dates"
    assert Space.objects.get(pk=space.pk).voting_at is None and told(space) == []


@pytest.mark.parametrize(
    "offered",
    [
        {"telepathy": {}},
        {"comments": {"level": 7}},
        {"comments": {"level": "20"}},
        {"proposals": {"threshold": 0}},
        {"proposals": {"days": 10**9}},
        {"proposals": {"days": True}},
        {"comments": {"threshold": 5}},
    ],
)
def test_terms_that_do_not_exist_are_refused(space, communicator, offered):
    with pytest.raises(CivicError) as refused:
        spaces.arrange(space=space, editor=communicator, offered=offered)
    assert refused.value.code == "unknown_instrument"
    assert told(space) == []


def test_an_instrument_turned_off_keeps_what_was_given_and_takes_nothing_new(space, communicator, member):
    statement = factories.propose(space, member, "班次要更密")
    spaces.take_away(space=space, editor=communicator, instrument=Instrument.STATEMENTS)
    with pytest.raises(NotAllowed) as refused:
        factories.propose(Space.objects.get(pk=space.pk), member, "再一個")
    assert refused.value.code == "not_here"
    spaces.offer(space=space, editor=communicator, instrument="statements")
    assert statement.space.statements.count() == 1
    factories.propose(Space.objects.get(pk=space.pk), member, "再一個")


def test_publishing_lets_the_dates_count(unpublished, communicator):
    opens = timezone.now() + DAY
    spaces.arrange(space=unpublished, editor=communicator, facts={"opens_at": opens})
    assert Space.objects.get(pk=unpublished.pk).phase_at(opens) == Phase.DRAFT
    spaces.arrange(space=unpublished, editor=communicator, publish=True)
    found = Space.objects.get(pk=unpublished.pk)
    assert (found.phase_now, found.phase_at(opens)) == (Phase.DRAFT, Phase.OPEN)


def test_a_discussion_whose_first_day_has_come_opens_with_its_publication(unpublished, communicator):
    spaces.arrange(space=unpublished, editor=communicator, facts={"opens_at": timezone.now() - DAY / 24}, publish=True)
    assert Space.objects.get(pk=unpublished.pk).phase == Phase.OPEN


def test_a_date_set_into_the_past_takes_effect_at_once(space, communicator):
    now = timezone.now()
    spaces.arrange(space=space, editor=communicator, facts={"voting_at": now - 2 * DAY, "archive_at": now + DAY})
    assert Space.objects.get(pk=space.pk).phase == Phase.VOTING


@pytest.mark.parametrize("ago", [DAY, 2 * DAY])
def test_a_phase_chosen_by_hand_overrules_dates_that_have_passed(space, communicator, ago):
    now = timezone.now()
    Space.objects.filter(pk=space.pk).update(runs_since=now - DAY * 3 / 2)
    spaces.arrange(space=space, editor=communicator, facts={"voting_at": now - ago}, phase=Phase.OPEN)
    assert Space.objects.get(pk=space.pk).phase_now == Phase.OPEN


def test_dates_set_into_the_past_do_not_hide_an_answer_that_is_owed(space, communicator):
    now = timezone.now()
    spaces.arrange(space=space, editor=communicator, facts={"review_at": now - 3 * DAY, "archive_at": now - DAY})
    assert Space.objects.get(pk=space.pk).phase == Phase.REVIEW
    assert AnswerClock.objects.filter(space=space).count() == 1


def test_what_citizens_gave_is_untouched_by_every_change_of_the_setting(space, communicator, member, neighbour):
    said = factories.say(space, member, "末班車太早")
    vote_on = factories.propose(space, member, "班次要更密")
    from discussions import voting

    voting.cast(statement=vote_on, member=neighbour, value=1)
    spaces.arrange(
        space=space,
        editor=communicator,
        facts=processes.dates(processes.PROCESSES["survey"], timezone.localdate() + 30 * DAY),
        offered=processes.terms(processes.PROCESSES["survey"]),
        phase=Phase.DRAFT,
    )
    assert Comment.objects.get(pk=said.pk).text == "末班車太早"
    assert Vote.objects.filter(statement=vote_on).count() == 1


@pytest.mark.parametrize("process", processes.PROCESSES.values(), ids=lambda process: process.key)
def test_every_usual_process_can_be_set_up_and_lets_people_take_part(process, unpublished, communicator):
    start = timezone.localdate() + timedelta(days=1)
    spaces.arrange(
        space=unpublished,
        editor=communicator,
        facts=processes.dates(process, start),
        offered=processes.terms(process),
        publish=True,
    )
    found = Space.objects.get(pk=unpublished.pk)
    first = processes.dates(process, start)[min(process.days, key=process.days.get)]
    for key in process.instruments:
        verbs = {verb for verb, instrument in rules.INSTRUMENT_OF.items() if instrument == key}
        phases_open = {found.phase_at(first + timedelta(days=day)) for day in range(max(process.days.values()))}
        assert any(verbs & rules.PERMITTED[phase] for phase in phases_open), key
    assert found.phase_at(first - timedelta(seconds=1)) == Phase.DRAFT
    assert found.phase_at(first) != Phase.DRAFT


def test_a_draft_regulation_is_open_for_sixty_days():
    found = processes.dates(processes.PROCESSES["notice"], date(2030, 3, 1))
    assert (found["review_at"] - found["text_at"]).days == 60
    assert timezone.localtime(found["text_at"]).time().hour == 0


def test_every_option_has_words():
    assert {option for kind in KINDS.values() for option in kind.options} <= set(OPTION_WORDS)
    for kind in KINDS.values():
        assert checked(kind.key, kind.options) == {}


def test_the_open_data_tell_what_the_discussion_is_and_how_it_went(space, communicator):
    spaces.arrange(space=space, editor=communicator, phase=Phase.VOTING)
    facts, stages, moves = (
        list(table.rows(Space.objects.select_related("agency").get(pk=space.pk))) for table in TABLES
    )
    assert facts[0][:2] == (space.slug, space.title) and facts[0][6] == Phase.VOTING
    assert [row[0] for row in stages] == ["open", "voting"]
    assert [row[1] for row in moves] == [Phase.VOTING]
    for table in TABLES:
        for row in table.rows(space):
            assert len(row) == len(table.columns)


def test_programs_read_the_timeline(space, client):
    Space.objects.filter(pk=space.pk).update(review_at=timezone.now() + DAY)
    found = client.get(f"/api/v1/spaces/{space.slug}").json()
    assert [(step["key"], step["state"]) for step in found["timeline"]] == [
        ("open", "now"),
        ("review", "next"),
        ("answered", "next"),
    ]
    assert "comment" in found["may_now"] and "propose" not in found["may_now"]
