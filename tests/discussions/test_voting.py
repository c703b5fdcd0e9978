"""Statements and votes: one person, one answer, and it can change."""

import random
import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from discussions import asking, casting, guests, moderation, voting
from discussions.casting import Casting
from discussions.errors import CivicError, Conflict, InvalidText, NotAllowed, SignInNeeded
from discussions.models import Channel, Event, Level, Member, Phase, Statement, Vote
from discussions.tasks import regroup
from nlp.models import Corpus, Opinion, Run
from tests.factories import make_member, make_space, propose

pytestmark = pytest.mark.django_db


def test_a_statement_is_put_to_the_vote_and_enters_the_stream(space, member):
    statement = propose(space, member, "深夜應該有公車")
    assert asking.next_for(member, space) == statement
    assert Opinion.objects.get(source="statement").url == f"/p/{space.slug}/statements/{statement.pk}/"
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
    statement.refresh_from_db()
    assert (statement.agree, statement.disagree, statement.passed, statement.total) == (0, 1, 0, 1)


def test_a_vote_can_be_taken_back(space, member):
    statement = propose(space, member, "深夜應該有公車")
    voting.cast(statement=statement, member=member, value=0)
    voting.take_back(statement=statement, member=member)
    voting.take_back(statement=statement, member=member)
    statement.refresh_from_db()
    assert statement.total == Vote.objects.count() == 0


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


def test_a_closed_statement_takes_no_votes_and_can_be_opened_again(space, member, communicator):
    statement = propose(space, member, "深夜應該有公車")
    voting.cast(statement=statement, member=member, value=1)
    voting.close(statement=statement, editor=communicator)
    with pytest.raises(NotAllowed) as refusal:
        voting.cast(statement=statement, member=member, value=-1)
    assert refusal.value.code == "vote_closed"
    with pytest.raises(NotAllowed):
        voting.take_back(statement=statement, member=member)
    statement = voting.reopen(statement=statement, editor=communicator)
    assert (statement.agree, statement.disagree) == (1, 0)
    voting.reopen(statement=statement, editor=communicator)
    told = list(Event.objects.order_by("seq").values_list("type", flat=True))
    assert told == ["statement.made", "statement.closed", "statement.reopened"]


def test_only_communicators_close_and_seed(space, member):
    statement = propose(space, member, "深夜應該有公車")
    with pytest.raises(NotAllowed):
        voting.close(statement=statement, editor=member)
    with pytest.raises(NotAllowed):
        voting.seed(space=space, editor=member, text="機關的主張", client_id=uuid.uuid4().hex)


def test_a_seed_is_marked_and_is_no_opinion_of_the_public(space, communicator):
    key = uuid.uuid4().hex
    statement = voting.seed(space=space, editor=communicator, text="幹線應該拉直", client_id=key)
    assert statement.is_seed and not Opinion.objects.exists()
    assert voting.seed(space=space, editor=communicator, text="幹線應該拉直", client_id=key) == statement
    with pytest.raises(Conflict):
        voting.seed(space=space, editor=communicator, text="別的話", client_id=key)


def test_seeds_are_laid_before_a_discussion_opens_and_not_after_it_closed(space, communicator):
    for phase, is_taken in ((Phase.DRAFT, True), (Phase.REVIEW, False), (Phase.ARCHIVED, False)):
        space.phase = phase
        space.save()
        if is_taken:
            voting.seed(space=space, editor=communicator, text="先放一句", client_id=uuid.uuid4().hex)
        else:
            with pytest.raises(NotAllowed):
                voting.seed(space=space, editor=communicator, text="太晚了", client_id=uuid.uuid4().hex)
    assert Statement.objects.count() == 1


def test_a_held_statement_takes_votes_only_once_it_is_released(space, moderator):
    space.holds_first_posts = True
    space.save()
    newcomer = make_member()
    statement = propose(space, newcomer, "第一次發言")
    assert statement.state == Statement.State.HELD
    with pytest.raises(NotAllowed):
        voting.cast(statement=statement, member=newcomer, value=1)
    assert asking.next_for(moderator, space) is None
    moderation.release(target=statement, moderator=moderator)
    voting.cast(statement=statement, member=moderator, value=1)
    assert asking.next_for(newcomer, space) == statement


def test_votes_carry_the_level_of_the_voter_and_the_door_they_came_by(space, member):
    statement = propose(space, member, "深夜應該有公車")
    voting.cast(statement=statement, member=member, value=1, channel=Channel.API)
    guest = make_member(level=Level.GUEST)
    space.instruments = {"statements": {"level": 0}}
    space.save()
    voting.cast(statement=statement, member=guest, value=-1)
    assert list(Vote.objects.order_by("pk").values_list("level", "channel")) == [(10, "api"), (0, "web")]


def test_votes_of_a_guest_move_to_the_account_and_the_account_s_own_stay(space, member):
    guest = make_member(level=Level.GUEST)
    first, second = propose(space, member, "第一個主張"), propose(space, member, "第二個主張")
    space.instruments = {"statements": {"level": 0}}
    space.save()
    for statement in (first, second):
        voting.cast(statement=statement, member=guest, value=-1)
    voting.cast(statement=first, member=member, value=1)
    guests.join(guest=guest, member=member)
    assert set(Vote.objects.values_list("statement", "member", "value")) == {
        (first.pk, member.pk, 1),
        (second.pk, member.pk, -1),
    }
    assert_counters_equal_rows()


@pytest.mark.django_db(transaction=True)
def test_fifty_simultaneous_votes_of_one_person_leave_one_row():
    space, member = make_space(), make_member()
    statement = propose(space, member, "同時投票")
    answers = at_once(50, lambda number: voting.cast(statement=statement, member=member, value=1))
    assert {answer.pk for answer in answers} == {Vote.objects.get().pk}
    assert_counters_equal_rows()


@pytest.mark.django_db(transaction=True)
def test_forty_people_who_vote_at_once_share_transactions_and_each_is_stored_when_answered(monkeypatch):
    space, people = make_space(), [make_member() for _ in range(40)]
    statements = [propose(space, people[0], f"第 {number} 個主張") for number in range(4)]
    groups, write = [], casting._write
    monkeypatch.setattr(casting, "_write", lambda votes: (groups.append(len(votes)), write(votes)))

    def vote(number):
        for statement in statements:
            made = voting.cast(statement=statement, member=people[number], value=number % 3 - 1)
            # What was answered is there for everybody: another connection reads it.
            assert Vote.objects.filter(pk=made.pk, member=people[number], value=number % 3 - 1).exists()

    at_once(40, vote)
    assert sum(groups) == Vote.objects.count() == 160 and len(groups) < 160
    assert_counters_equal_rows()


@pytest.mark.django_db(transaction=True)
def test_of_those_who_vote_together_one_refusal_is_nobody_else_s():
    """A closed statement, one that is gone and a broken row stand in line with votes that are fine."""
    space, people = make_space(), [make_member() for _ in range(6)]
    fine, closed = propose(space, people[0], "開放中的主張"), propose(space, people[0], "停止投票的主張")
    Statement.objects.filter(pk=closed.pk).update(closed_at=timezone.now())
    stranger = Member(pk=2**40, email=None, display_name="沒有這個人", level=Level.ACCOUNT)
    votes = [
        Casting(fine.pk, people[0], 1),
        Casting(closed.pk, people[1], 1),
        Casting(2**40, people[2], 1),
        Casting(fine.pk, stranger, 1),
        Casting(fine.pk, people[3], -1),
        Casting(fine.pk, people[4], 1, slug="elsewhere"),
    ]
    casting._carry_out(votes)
    assert [str(vote.verdict.code) for vote in votes] == ["", "vote_closed", "gone", "", "", "gone"]
    assert [type(vote.error) for vote in votes] == [type(None)] * 3 + [IntegrityError] + [type(None)] * 2
    assert set(Vote.objects.values_list("member", "value")) == {(people[0].pk, 1), (people[3].pk, -1)}
    assert_counters_equal_rows()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_answer_at_the_same_moment_leave_one_vote():
    space, member = make_space(), make_member()
    statement = propose(space, member, "兩個分頁同時按下")
    address = reverse("discussions:vote", args=[space.slug, statement.pk])
    tabs = [Client(), Client()]
    for tab in tabs:
        tab.force_login(member)
    answers = at_once(2, lambda number: tabs[number].post(address, {"value": [1, -1][number]}).status_code)
    assert answers == [302, 302]
    assert Vote.objects.get().value in (1, -1)
    assert_counters_equal_rows()


@pytest.mark.django_db(transaction=True)
def test_groups_are_found_from_every_vote_that_was_announced_before():
    """Somebody voted while the groups were waiting for analysis already, and is stored a moment after it began."""
    space, early, late = make_space(), make_member(), make_member()
    statement = propose(space, early, "分群開始前一刻投的票")
    voting.cast(statement=statement, member=early, value=1)
    voted, may_commit = threading.Event(), threading.Event()

    def vote(_number):
        with transaction.atomic():
            voting.cast(statement=statement, member=late, value=-1)
            voted.set()
            assert may_commit.wait(20)

    def analyse(_number):
        assert voted.wait(20)
        threading.Timer(0.3, may_commit.set).start()
        regroup(space)

    at_once(2, lambda number: [vote, analyse][number](number))
    seen = Run.objects.get(kind=Run.Kind.GROUPS).counts["votes"]
    assert seen == 2 or Corpus.objects.get(pk=space.corpus_id).groups_dirty


@pytest.mark.django_db(transaction=True)
def test_votes_changes_and_undoing_at_once_leave_counters_that_equal_the_rows():
    space = make_space()
    people = [make_member() for _ in range(10)]
    statements = [propose(space, people[0], f"第 {number} 個主張") for number in range(3)]

    def act(number):
        chance = random.Random(number)
        for _turn in range(6):
            statement, member = chance.choice(statements), chance.choice(people)
            if chance.random() < 0.25:
                voting.take_back(statement=statement, member=member)
            else:
                voting.cast(statement=statement, member=member, value=chance.choice([1, 0, -1]))

    at_once(16, act)
    assert Vote.objects.count() > 10
    assert_counters_equal_rows()


@pytest.mark.django_db(transaction=True)
def test_a_vote_that_is_refused_at_the_last_moment_leaves_nothing(monkeypatch):
    """The statement is hidden between the first look and the count: the vote is undone with it."""
    space, member = make_space(), make_member()
    statement = propose(space, member, "快要被收起來的主張")
    put = casting._put

    def put_then_hide(votes):
        changes = put(votes)
        Statement.objects.filter(pk=statement.pk).update(state=Statement.State.HIDDEN)
        return changes

    monkeypatch.setattr(casting, "_put", put_then_hide)
    with pytest.raises(NotAllowed):
        voting.cast(statement=statement, member=member, value=1)
    assert not Vote.objects.exists()
    assert_counters_equal_rows()


def at_once(number: int, act) -> list:
    """Call `act` in so many threads that start together; what any of them raises fails the test."""
    gate, answers, failures = threading.Barrier(number), [], []

    def run(position):
        gate.wait()
        try:
            answers.append(act(position))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(position,)) for position in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
    return answers


def assert_counters_equal_rows() -> None:
    """What each statement says of its votes is what is there."""
    for statement in Statement.objects.all():
        counted = {value: statement.votes.filter(value=value).count() for value in (1, -1, 0)}
        assert counted == {1: statement.agree, -1: statement.disagree, 0: statement.passed}
