"""Which statement is asked next: the one that still teaches most, in an order of one's own, at a constant cost."""

from collections import Counter

import pytest
from django.contrib.auth.models import AnonymousUser

from discussions import asking, voting
from discussions.models import Phase, Statement
from tests.factories import make_member, make_space, propose

pytestmark = pytest.mark.django_db


def test_the_weight_is_that_of_polis_for_a_statement_nobody_has_seen():
    # p = a = d = 1/2, E = 3: (1/2 * 4 * 1/2 * 9) squared.
    assert asking.weight(0, 0, 0) == pytest.approx(81)


@pytest.mark.parametrize(
    ("more", "less", "why"),
    [
        ((0, 0, 0), (20, 20, 0), "new statements come before those that are heard"),
        ((3, 3, 0), (60, 60, 0), "few votes come before many"),
        ((30, 30, 0), (59, 1, 0), "what parts people comes before what they share"),
        ((30, 30, 0), (1, 59, 0), "and before what all reject"),
        ((30, 10, 0), (10, 30, 0), "what is agreed with comes before what is rejected"),
        ((20, 20, 0), (10, 10, 20), "what people answer comes before what they pass on"),
    ],
)
def test_what_still_teaches_weighs_more(more, less, why):
    assert asking.weight(*more) > asking.weight(*less), why


def test_every_weight_is_above_zero_so_that_nothing_is_never_asked():
    tallies = [(0, 0, 1000), (0, 100_000, 0), (100_000, 0, 0), (0, 0, 0)]
    assert all(asking.weight(*tally) > 0 for tally in tallies)


def test_draws_follow_the_weights_over_many_people(space, member):
    new, old = propose(space, member, "新的主張"), propose(space, member, "聽夠了的主張")
    Statement.objects.filter(pk=old.pk).update(agree=6, disagree=5)
    expected = asking.weight(0, 0, 0) / (asking.weight(0, 0, 0) + asking.weight(6, 5, 0))
    drawn = Counter(asking.next_for(AnonymousUser(), space, seed=str(number)).pk for number in range(400))
    # Four standard deviations of a share of 400 draws.
    assert abs(drawn[new.pk] / 400 - expected) < 4 * (expected * (1 - expected) / 400) ** 0.5


def test_two_tabs_and_a_reload_ask_the_same_and_two_people_do_not(space, member):
    for number in range(12):
        propose(space, member, f"第 {number} 個主張")
    people = [make_member() for _number in range(10)]
    first = [asking.next_for(person, space).pk for person in people]
    assert first == [asking.next_for(person, space).pk for person in people]
    assert len(set(first)) > 2


def test_everything_is_asked_once_and_then_nothing(space, member, neighbour):
    statements = {propose(space, neighbour, f"第 {number} 個主張") for number in range(8)}
    asked = []
    while (found := asking.next_for(member, space)) is not None:
        asked.append(found)
        voting.cast(statement=found, member=member, value=0)
    assert len(asked) == len(statements) and set(asked) == statements
    assert voting.progress(member, space) == (8, 8)


def test_hidden_held_closed_and_other_statements_are_never_asked(space, member, neighbour, communicator):
    propose(make_space(), neighbour, "別處的主張")
    for state in (Statement.State.HIDDEN, Statement.State.HELD, Statement.State.WITHDRAWN):
        Statement.objects.filter(pk=propose(space, neighbour, f"{state} 的主張").pk).update(state=state)
    voting.close(statement=propose(space, neighbour, "停止投票的主張"), editor=communicator)
    assert asking.next_for(member, space) is None


def test_it_costs_two_queries_whatever_the_number_of_votes(space, member, django_assert_num_queries):
    people = [make_member() for _number in range(4)]
    for number in range(30):
        statement = propose(space, people[0], f"第 {number} 個主張")
        for person in people:
            voting.cast(statement=statement, member=person, value=1)
    with django_assert_num_queries(2):
        assert asking.next_for(member, space) is not None


def test_in_a_phase_without_votes_the_question_can_still_be_read(space, member, neighbour):
    statement = propose(space, neighbour, "深夜要有公車")
    space.phase = Phase.REVIEW
    space.save()
    assert asking.next_for(member, space) == statement
