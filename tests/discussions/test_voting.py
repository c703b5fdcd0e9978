"""Statements and votes: one person, one answer, and it can change."""

import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from discussions import voting
from discussions.errors import CivicError, Conflict, InvalidText, NotAllowed, SignInNeeded
from discussions.models import Event, Phase, Statement, Vote
from nlp.models import Corpus, Opinion
from tests.factories import make_member, make_space, propose

pytestmark = pytest.mark.django_db


def test_a_statement_is_put_to_the_vote_and_enters_the_stream(space, member):
    statement = propose(space, member, "深夜應該有公車")
    assert voting.next_for(member, space) == statement
    assert Opinion.objects.get(source="statement").url == f"/p/{space.slug}/statements/#s{statement.pk}"
    assert Event.objects.get().type == "statement.made"


def test_a_statement_is_one_line_and_not_longer_than_280_characters(space, member):
    assert propose(space, member, "兩行\n變成一行").text == "兩行 變成一行"
    with pytest.raises(InvalidText):
        propose(space, member, "長" * 281)


def test_a_resent_statement_is_one_statement(space, member):
    key = uuid.uuid4().hex
    first = voting.state(space=space, author=member, text="只說一次", client_id=key)
    assert voting.state(space=space, author=member, text="只說一次", client_id=key) == first
    with pytest.raises(Conflict):
        voting.state(space=space, author=member, text="另一句話", client_id=key)


def test_changing_a_vote_replaces_it(space, member, neighbour):
    statement = propose(space, member, "深夜應該有公車")
    voting.cast(statement=statement, member=neighbour, value=1)
    voting.cast(statement=statement, member=neighbour, value=-1)
    tally = voting.tally(statement)
    assert (tally.agree, tally.disagree, tally.passed, tally.total) == (0, 1, 0, 1)


def test_a_vote_can_be_taken_back(space, member):
    statement = propose(space, member, "深夜應該有公車")
    voting.cast(statement=statement, member=member, value=0)
    voting.take_back(statement=statement, member=member)
    assert voting.tally(statement).total == 0


def test_a_vote_marks_the_groups_for_analysis(space, member):
    statement = propose(space, member, "深夜應該有公車")
    voting.cast(statement=statement, member=member, value=1)
    assert Corpus.objects.get(pk=space.corpus_id).groups_dirty


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.REVIEW, Phase.ANSWERED, Phase.ARCHIVED])
def test_a_vote_is_refused_outside_the_voting_phases(space, member, phase):
    statement = propose(space, member, "深夜應該有公車")
    space.phase = phase
    space.save()
    with pytest.raises(NotAllowed):
        voting.cast(statement=statement, member=member, value=1)
    assert not Vote.objects.exists()


def test_a_vote_on_a_hidden_statement_is_refused(space, member):
    statement = propose(space, member, "深夜應該有公車")
    Statement.objects.update(state=Statement.State.HIDDEN)
    with pytest.raises(NotAllowed):
        voting.cast(statement=statement, member=member, value=1)


@pytest.mark.parametrize("value", [2, -2, 100])
def test_an_unknown_vote_is_refused(space, member, value):
    with pytest.raises(CivicError):
        voting.cast(statement=propose(space, member, "深夜應該有公車"), member=member, value=value)
    assert not Vote.objects.exists()


def test_a_stranger_cannot_vote(space, member):
    from django.contrib.auth.models import AnonymousUser

    with pytest.raises(SignInNeeded):
        voting.cast(statement=propose(space, member, "深夜應該有公車"), member=AnonymousUser(), value=1)


def test_the_database_itself_refuses_a_second_vote_and_an_unknown_value(space, member):
    statement = propose(space, member, "深夜應該有公車")
    Vote.objects.create(statement=statement, member=member, value=1, cast_at=timezone.now())
    for value, voter in ((1, member), (7, make_member())):
        with pytest.raises(IntegrityError), transaction.atomic():
            Vote.objects.create(statement=statement, member=voter, value=value, cast_at=timezone.now())


def test_the_next_statement_is_the_one_fewest_have_judged(space, member, neighbour):
    first, second = propose(space, member, "第一個主張"), propose(space, member, "第二個主張")
    voting.cast(statement=first, member=neighbour, value=1)
    assert voting.next_for(member, space) == second
    voting.cast(statement=second, member=member, value=1)
    assert voting.next_for(member, space) == first
    voting.cast(statement=first, member=member, value=0)
    assert voting.next_for(member, space) is None
    assert voting.progress(member, space) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_eight_simultaneous_votes_of_one_person_leave_one_row():
    space, member = make_space(), make_member()
    statement = propose(space, member, "同時投票")
    failures = []

    def cast():
        try:
            voting.cast(statement=statement, member=member, value=1)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=cast) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Vote.objects.count() == 1
