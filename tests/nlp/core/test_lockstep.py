import numpy as np
import pytest

from nlp.core import groups, lockstep
from nlp.core.records import Conduct
from nlp.core.votes import VoteTable


def town(people=400, statements=60, seed=0):
    """Two camps with conviction of very different strength, who saw 10 to 60 statements each."""
    generator = np.random.default_rng(seed)
    popular, divides = generator.normal(0.4, 1, statements), generator.normal(0, 1, statements)
    camp, conviction = np.where(np.arange(people) % 3, 1, -1), generator.gamma(2, 1, people)
    seen = [generator.choice(statements, generator.integers(10, statements + 1), replace=False) for _ in range(people)]
    rows, columns = np.repeat(np.arange(people), [len(one) for one in seen]), np.concatenate(seen)
    lean = popular[columns] + (camp * conviction)[rows] * divides[columns]
    agrees = generator.random(len(rows)) < 1 / (1 + np.exp(-lean))
    values = np.where(generator.random(len(rows)) < 0.12, 0, np.where(agrees, 1, -1))
    return rows, columns, values


def with_burst(columns, *, accounts=100, length=25, noise=0.0, coverage=1.0, seed=0):
    """The same votes and those of accounts 10,000 and up, all of which follow one script."""
    generator = np.random.default_rng(seed)
    script = generator.choice(60, length, replace=False)
    votes = generator.choice([-1, 1], length)
    rows, statements, values = (list(column) for column in columns)
    for account in range(10_000, 10_000 + accounts):
        for statement, vote in zip(script, votes, strict=True):
            if generator.random() < coverage:
                rows.append(account)
                statements.append(statement)
                values.append(vote if generator.random() >= noise else generator.choice([-1, 0, 1]))
    return VoteTable.from_arrays(rows, statements, values)


def flagged(votes):
    result = groups.find_groups(votes)
    conduct = lockstep.notice(votes, result.assignment)
    return {who for cluster in conduct.lockstep for who in cluster.participants}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("style", [{}, {"noise": 0.05}, {"coverage": 0.8}, {"noise": 0.05, "coverage": 0.85}], ids=str)
def test_a_hundred_accounts_on_one_script_are_seen(style, seed):
    found = flagged(with_burst(town(seed=seed), seed=seed, **style))
    bots = {who for who in found if who >= 10_000}
    assert len(bots) >= 95 and len(found - bots) <= 4


@pytest.mark.parametrize("seed", range(4))
def test_people_who_think_alike_are_left_alone(seed):
    assert len(flagged(VoteTable.from_arrays(*town(seed=seed)))) <= 4


def test_the_script_is_told_with_what_chance_would_have_done():
    votes = with_burst(town(), length=20)
    (cluster,) = lockstep.notice(votes, groups.find_groups(votes).assignment).lockstep
    assert len(cluster.statements) == len(cluster.script) == 20 and set(cluster.script) <= {-1, 1}
    assert cluster.match == 1 and cluster.expected < 1 and cluster.p < 1e-20
    assert np.isnan(cluster.seconds)


def test_a_burst_in_time_is_told():
    votes = with_burst(town())
    bots = np.array([who >= 10_000 for who in votes.participants])[votes.rows]
    times = np.where(bots, 5_000 + np.arange(len(votes)) % 60, np.arange(len(votes)) * 40)
    ids = np.array(votes.participants)[votes.rows], np.array(votes.statements)[votes.columns], votes.values
    timed = VoteTable.from_arrays(*ids, cast_at=times)
    (cluster,) = lockstep.notice(timed, groups.find_groups(timed).assignment).lockstep
    assert cluster.seconds <= 60


def test_groups_are_found_again_without_the_marked_and_nobody_is_removed():
    votes = with_burst(town(), length=40)
    before = groups.find_groups(votes)
    after = lockstep.mark(votes, before)
    assert after.assignment.tolist() == before.assignment.tolist() and before.conduct is None
    assert after.conduct.k_without == 2 and 0 <= after.conduct.agreement <= 1


def test_nobody_marked_leaves_nothing_to_compare():
    votes = VoteTable.from_arrays(*town(people=60))
    conduct = lockstep.mark(votes, groups.find_groups(votes)).conduct
    assert conduct.lockstep == () and conduct.k_without is None and np.isnan(conduct.agreement)


@pytest.mark.parametrize(
    ("pattern", "cast"), [("agree", [1]), ("disagree", [-1]), ("pass", [0]), ("alternating", [1, -1])]
)
def test_votes_that_do_not_depend_on_the_statements_are_marked(pattern, cast):
    rows, statements, values = town(people=100)
    votes = VoteTable.from_arrays([*rows, *[999] * 40], [*statements, *range(40)], [*values, *(cast * 40)[:40]])
    straight = lockstep.notice(votes, groups.find_groups(votes).assignment).straight
    assert [(one.participant, one.pattern, one.n_votes) for one in straight if one.participant == 999] == [
        (999, pattern, 40)
    ]
    assert len(straight) <= 2


def test_agreeing_with_what_all_agree_on_is_no_pattern():
    votes = VoteTable.from_rows((person, statement, 1) for person in range(40) for statement in range(12))
    assert lockstep.notice(votes, np.zeros(40, dtype=np.int64)).straight == ()


@pytest.mark.parametrize("rows", [[], [(1, 1, 1)], [(1, s, 1) for s in range(30)]], ids=["none", "one", "one person"])
def test_small_tables_are_harmless(rows):
    votes = VoteTable.from_rows(rows)
    assert lockstep.mark(votes, groups.find_groups(votes)).conduct == Conduct() or rows
