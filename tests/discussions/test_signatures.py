"""Co-signing: one person, one signature, at the moment it arrived, and one clock at the threshold."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from discussions import guests, signatures
from discussions.errors import NotAllowed, SignInNeeded
from discussions.models import AnswerClock, Event, Level, Phase, Proposal, Signature, State
from tests.discussions.proposing import proposing_space, published, signed
from tests.factories import make_member

pytestmark = pytest.mark.django_db
Stage = Proposal.Stage
SECOND = timedelta(seconds=1)


@pytest.fixture
def space(agency):
    return proposing_space(agency=agency)


@pytest.fixture
def proposal(space, member):
    return published(space, member)


def told(space, type: str) -> int:
    return Event.objects.filter(space=space, type=type).count()


def agrees_with_its_rows(proposal) -> bool:
    proposal.refresh_from_db()
    return proposal.n_signatures == Signature.objects.filter(proposal=proposal).count()


def test_a_signature_counts_once_however_often_it_is_given(space, proposal, neighbour):
    for _turn in range(3):
        signatures.sign(proposal=proposal, member=neighbour)
    assert agrees_with_its_rows(proposal) and proposal.n_signatures == 2
    assert told(space, "proposal.signed") == 1


def test_a_signature_can_be_taken_back_and_given_again(space, proposal, neighbour):
    signatures.sign(proposal=proposal, member=neighbour)
    for _turn in range(2):
        signatures.take_back(proposal=proposal, member=neighbour)
    assert agrees_with_its_rows(proposal) and proposal.n_signatures == 1
    assert told(space, "proposal.unsigned") == 1
    signatures.sign(proposal=proposal, member=neighbour)
    assert agrees_with_its_rows(proposal) and proposal.n_signatures == 2


def test_strangers_and_people_not_known_surely_enough_do_not_sign(member):
    proposal = published(proposing_space(level=Level.PHONE), make_member(level=Level.PHONE))
    with pytest.raises(SignInNeeded):
        signatures.sign(proposal=proposal, member=AnonymousUser())
    with pytest.raises(NotAllowed) as refusal:
        signatures.sign(proposal=proposal, member=member)
    assert refusal.value.code == "level_30" and agrees_with_its_rows(proposal)


@pytest.mark.parametrize("phase", [Phase.REVIEW, Phase.ANSWERED, Phase.ARCHIVED])
def test_nobody_signs_in_a_phase_without_signatures(space, proposal, neighbour, phase):
    space.phase = phase
    space.save()
    with pytest.raises(NotAllowed):
        signatures.sign(proposal=proposal, member=neighbour)


def test_a_hidden_proposal_takes_no_signatures(proposal, neighbour):
    Proposal.objects.update(state=State.HIDDEN, hidden_reason="spam")
    with pytest.raises(NotAllowed):
        signatures.sign(proposal=proposal, member=neighbour)


def test_the_authors_own_signature_stays_with_the_proposal(proposal, member):
    with pytest.raises(NotAllowed) as refusal:
        signatures.take_back(proposal=proposal, member=member)
    assert refusal.value.code == "own_signature"


# The window


def test_a_signature_at_the_last_second_counts_and_at_midnight_is_refused_kindly(proposal, neighbour):
    late = make_member()
    signatures.sign(proposal=proposal, member=neighbour, received_at=proposal.closes_at - SECOND)
    with pytest.raises(NotAllowed) as refusal, translation.override("en"):
        signatures.sign(proposal=proposal, member=late, received_at=proposal.closes_at)
    assert refusal.value.code == "window_over" and "midnight" in refusal.value.message
    assert agrees_with_its_rows(proposal) and proposal.n_signatures == 2
    assert timezone.localtime(proposal.closes_at).strftime("%H:%M:%S") == "00:00:00"


def test_a_signature_that_arrived_in_time_counts_although_its_turn_came_after_midnight(proposal, neighbour):
    """The clockwork leaves signatures that wait for the lock their time."""
    assert signatures.close_windows(proposal.closes_at + SECOND) == 0
    signatures.sign(proposal=proposal, member=neighbour, received_at=proposal.closes_at - SECOND)
    assert signatures.close_windows(proposal.closes_at + signatures.GRACE) == 1
    assert agrees_with_its_rows(proposal) and proposal.n_signatures == 2


def test_after_the_window_nothing_is_signed_or_taken_back(proposal, neighbour):
    signatures.sign(proposal=proposal, member=neighbour)
    with pytest.raises(NotAllowed):
        signatures.take_back(proposal=proposal, member=neighbour, received_at=proposal.closes_at)
    assert agrees_with_its_rows(proposal) and proposal.n_signatures == 2


def test_the_clockwork_closes_a_window_once_and_leaves_open_ones_alone(space, proposal):
    assert signatures.close_windows() == 0
    over = proposal.closes_at + timedelta(minutes=5)
    assert [signatures.close_windows(over) for _turn in range(2)] == [1, 0]
    proposal.refresh_from_db()
    assert proposal.stage == Stage.CLOSED and told(space, "proposal.closed") == 1


def test_a_signature_in_time_for_a_closed_window_is_refused_kindly(proposal, neighbour):
    signatures.close_windows(proposal.closes_at + timedelta(minutes=5))
    with pytest.raises(NotAllowed) as refusal:
        signatures.sign(proposal=proposal, member=neighbour)
    assert refusal.value.code == "window_over"


# The threshold


def test_at_the_threshold_the_clock_starts_once(space, proposal):
    signed(proposal, 3)
    assert proposal.stage == Stage.REACHED and proposal.reached_at is not None
    clock = AnswerClock.objects.get()
    assert (clock.proposal, clock.agency) == (proposal, space.agency)
    assert told(space, "proposal.reached") == 1


def test_a_threshold_that_was_reached_stays_reached(space, proposal):
    first, *_others = signed(proposal, 2)
    signatures.take_back(proposal=proposal, member=first)
    signatures.sign(proposal=proposal, member=first)
    proposal.refresh_from_db()
    assert proposal.stage == Stage.REACHED
    assert AnswerClock.objects.count() == 1 and told(space, "proposal.reached") == 1


def test_a_reached_proposal_is_not_closed_by_the_end_of_its_window(proposal):
    signed(proposal, 2)
    assert signatures.close_windows(proposal.closes_at + timedelta(days=1)) == 0
    proposal.refresh_from_db()
    assert proposal.stage == Stage.REACHED


def test_signing_costs_the_same_however_many_have_signed(proposal, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    Proposal.objects.update(threshold=5000)
    with CaptureQueriesContext(connection) as few:
        signatures.sign(proposal=proposal, member=make_member())
    signed(proposal, 30)
    newcomer = make_member()
    with django_assert_num_queries(len(few) - 1):  # the member was made inside the first measurement
        signatures.sign(proposal=proposal, member=newcomer)


def test_counts_are_split_by_how_surely_people_are_known(proposal):
    signed(proposal, 6, level=Level.EID)
    signed(proposal, 4)
    assert signatures.by_level([proposal])[proposal.pk] == [(str(Level.EID.label), 6), (str(Level.ACCOUNT.label), 5)]


def test_levels_of_few_signers_are_not_told_apart(proposal):
    signed(proposal, 6, level=Level.PHONE)
    signed(proposal, 4)
    signed(proposal, 1, level=Level.EID)
    # The one with an electronic ID stands with the five that are nearest: alone, anybody could be sure who it is.
    assert signatures.by_level([proposal])[proposal.pk] == [(str(Level.PHONE.label), 6), ("其他", 6)]


def test_few_signers_are_not_parted_at_all(client, proposal):
    signed(proposal, 2, level=Level.EID)
    assert signatures.by_level([proposal])[proposal.pk] == []
    assert "signing__levels" not in client.get(proposal.get_absolute_url()).content.decode()


def test_a_guest_who_signed_with_their_account_too_counts_once():
    proposal = published(proposing_space(level=Level.GUEST, threshold=9), make_member())
    guest, account = make_member(level=Level.GUEST), make_member()
    for one in (guest, account):
        signatures.sign(proposal=proposal, member=one)
    guests.join(guest=guest, member=account)
    assert agrees_with_its_rows(proposal) and proposal.n_signatures == 2


def test_the_database_itself_refuses_a_second_signature(proposal, member):
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(proposal=proposal, member=member, signed_at=timezone.now())


# At the same moment


def at_once(acts) -> list:
    """Run all of them at the same moment; returns what they raised."""
    failures, start = [], threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(10)
            act()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


@pytest.mark.django_db(transaction=True)
def test_fifty_signatures_of_one_person_at_once_are_one_row():
    proposal, person = published(proposing_space(), make_member()), make_member()
    assert at_once([lambda: signatures.sign(proposal=proposal, member=person)] * 50) == []
    assert Signature.objects.filter(member=person).count() == 1
    assert agrees_with_its_rows(proposal) and proposal.n_signatures == 2


@pytest.mark.django_db(transaction=True)
def test_two_people_who_reach_the_threshold_in_the_same_second_start_one_clock():
    space = proposing_space(threshold=4)
    proposal = published(space, make_member())
    signed(proposal, 1)
    people = [make_member() for _number in range(8)]
    moment = timezone.now()
    acts = [lambda one=one: signatures.sign(proposal=proposal, member=one, received_at=moment) for one in people]
    assert at_once(acts) == []
    assert agrees_with_its_rows(proposal) and proposal.n_signatures == 10
    assert proposal.stage == Stage.REACHED and AnswerClock.objects.count() == 1
    assert told(space, "proposal.reached") == 1 and told(space, "proposal.signed") == 9


@pytest.mark.django_db(transaction=True)
def test_signing_and_taking_back_at_once_leave_a_true_count():
    proposal = published(proposing_space(threshold=99), make_member())
    people = signed(proposal, 6)
    acts = [lambda one=one: signatures.take_back(proposal=proposal, member=one) for one in people[:3]]
    acts += [lambda one=one: signatures.sign(proposal=proposal, member=one) for one in people[3:]]
    acts += [lambda: signatures.sign(proposal=proposal, member=make_member()) for _number in range(3)]
    assert at_once(acts) == []
    assert agrees_with_its_rows(proposal) and proposal.n_signatures == 7
