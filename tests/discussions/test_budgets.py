"""Budget choices: one ballot for each person, exact money, and winners found by a rule that was set beforehand."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from discussions import ballots, budgets, exports, instruments, journeys, tallies
from discussions.ballots import InvalidBallot
from discussions.errors import CivicError, NotAllowed
from discussions.exports.table import voter
from discussions.models import Budget, BudgetBallot, BudgetDecision, Event, Phase, Rule
from discussions.participation import people_in
from discussions.questionnaires import Words
from discussions.tables import TableError
from tests.factories import make_member, make_space

pytestmark = pytest.mark.django_db

COSTS = {"步道護欄": 600_000, "接駁車": 500_000, "公廁": 400_000, "導覽牌": 100_000}


@pytest.fixture
def editor(db):
    return make_member(is_superuser=True)


@pytest.fixture
def budget(space, editor):
    return make_budget(space, editor)


def make_budget(space, editor, *, total=1_000_000, is_open=True, costs=COSTS, **terms):
    space.instruments = {**space.instruments, instruments.Instrument.BUDGETS.value: {}}
    space.save(update_fields=["instruments"])
    given = {"title": Words("步道經費", "Money for trails"), "total": total, "rule": Rule.MOST_VOTES}
    made = budgets.create(space=space, editor=editor, terms=budgets.Terms(**{**given, **terms}))
    for title, cost in costs.items():
        budgets.add_project(budget=made, editor=editor, sketch=budgets.Sketch(title=Words(title), cost=cost))
    return budgets.open_now(budget=made, editor=editor) if is_open else made


def ids(budget, *titles):
    by_title = dict(budget.projects.values_list("title", "pk"))
    return [by_title[title] for title in titles]


def vote(budget, *titles, member=None):
    return ballots.cast(budget=budget, member=member or make_member(), projects=ids(budget, *titles))


def close(budget, editor, capture):
    with capture(execute=True):
        return budgets.close_now(budget=budget, editor=editor)


def titles(outcome):
    return [line.project.title for line in outcome.winners]


def told(space):
    return list(Event.objects.filter(space=space).order_by("seq").values_list("type", flat=True))


def rows(space, name):
    return list(next(table for table in exports.TABLES if table.name == name).rows(space))


# Ballots


def test_a_ballot_is_kept_once_and_sending_it_again_changes_nothing(budget, member):
    first = vote(budget, "公廁", "導覽牌", member=member)
    assert vote(budget, "導覽牌", "公廁", member=member) == first
    assert told(budget.space) == ["budget.opened", "budget.ballot"]


def test_a_new_ballot_replaces_the_old_one(budget, member):
    vote(budget, "公廁", member=member)
    ballot = vote(budget, "接駁車", member=member)
    assert BudgetBallot.objects.get() == ballot and ballots.chosen(ballot) == set(ids(budget, "接駁車"))


def test_a_ballot_over_the_total_is_refused_and_the_sum_is_named(space, editor, member):
    budget = make_budget(space, editor, kind=Budget.Kind.KNAPSACK)
    with pytest.raises(InvalidBallot) as refused:
        vote(budget, "步道護欄", "接駁車", member=member)
    assert "NT$1,100,000" in refused.value.message and "NT$100,000" in refused.value.message
    vote(budget, "步道護欄", "公廁", member=member)
    assert not BudgetBallot.objects.exclude(member=member).exists()


def test_a_ballot_takes_no_more_projects_than_it_has_room_for(space, editor, member):
    budget = make_budget(space, editor, most=2)
    with pytest.raises(InvalidBallot) as refused:
        vote(budget, "步道護欄", "公廁", "導覽牌", member=member)
    assert refused.value.code == "too_many" and not BudgetBallot.objects.exists()


def test_an_empty_ballot_and_projects_of_another_choice_are_refused(budget, editor, member):
    other = make_budget(make_space(), editor)
    for projects in ([], ids(other, "公廁"), [0]):
        with pytest.raises(InvalidBallot):
            ballots.cast(budget=budget, member=member, projects=projects)
    assert not BudgetBallot.objects.exists()


def test_no_ballots_after_the_last_moment_nor_in_another_phase(budget, member):
    Budget.objects.filter(pk=budget.pk).update(closes_at=timezone.now())
    with pytest.raises(NotAllowed) as refused:
        vote(budget, "公廁", member=member)
    assert refused.value.code == "budget_closed"
    Budget.objects.filter(pk=budget.pk).update(closes_at=None)
    budget.space.phase = Phase.REVIEW
    budget.space.save()
    with pytest.raises(NotAllowed):
        vote(budget, "公廁", member=member)


def test_two_ballots_of_one_person_cannot_stand_in_the_database(budget, member):
    vote(budget, "公廁", member=member)
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetBallot.objects.create(budget=budget, member=member, cast_at=timezone.now())


# Winners


def test_most_votes_first_passes_over_what_no_longer_fits(budget, editor, django_capture_on_commit_callbacks):
    for _number in range(3):
        vote(budget, "步道護欄", "接駁車")
    vote(budget, "接駁車", "公廁")
    vote(budget, "公廁", "導覽牌")
    budget = close(budget, editor, django_capture_on_commit_callbacks)
    outcome = tallies.outcome(budget)
    assert titles(outcome) == ["接駁車", "公廁", "導覽牌"] and outcome.tally.ballots == 5
    assert (outcome.spent, outcome.left) == (1_000_000, 0)
    assert told(budget.space)[-2:] == ["budget.closed", "budget.tallied"]
    assert outcome.tally.library.startswith("pabutools 1")


def test_equal_shares_gives_a_minority_its_share(space, editor, django_capture_on_commit_callbacks):
    costs = {"北一": 300, "北二": 300, "北三": 300, "南一": 300}
    budget = make_budget(space, editor, total=900, rule=Rule.EQUAL_SHARES, costs=costs)
    for _number in range(6):
        vote(budget, "北一", "北二", "北三")
    for _number in range(3):
        vote(budget, "南一")
    budget = close(budget, editor, django_capture_on_commit_callbacks)
    assert set(titles(tallies.outcome(budget))) == {"北一", "北二", "南一"}
    assert set(titles(tallies.outcome(budget, rule=Rule.MOST_VOTES))) == {"北一", "北二", "北三"}


def test_small_projects_win_when_votes_are_weighed_against_cost(space, editor, django_capture_on_commit_callbacks):
    budget = make_budget(space, editor, total=600_000, rule=Rule.VOTES_PER_COST)
    for _number in range(3):
        vote(budget, "步道護欄")
    vote(budget, "步道護欄", "導覽牌", "公廁")
    budget = close(budget, editor, django_capture_on_commit_callbacks)
    assert titles(tallies.outcome(budget)) == ["公廁", "導覽牌"] or titles(tallies.outcome(budget)) == [
        "導覽牌",
        "公廁",
    ]
    assert titles(tallies.outcome(budget, rule=Rule.MOST_VOTES)) == ["步道護欄"]


@pytest.mark.parametrize("rule", Rule.values)
def test_ties_go_to_the_cheaper_project_and_then_to_the_lower_number(rule):
    class Made:
        def __init__(self, number, cost):
            self.number, self.cost = number, cost

    projects = {11: Made(1, 300), 12: Made(2, 300), 13: Made(3, 200)}
    chosen, votes = {frozenset(projects): 4}, dict.fromkeys(projects, 4)
    assert tallies.winners(rule, 500, projects, chosen, votes) == [13, 11]


@pytest.mark.parametrize("rule", Rule.values)
def test_a_project_without_votes_never_wins_and_no_ballots_give_no_winners(
    space, editor, rule, django_capture_on_commit_callbacks
):
    budget = make_budget(space, editor, rule=rule)
    empty = make_budget(make_space(), editor, rule=rule)
    vote(budget, "公廁")
    budget, empty = (close(one, editor, django_capture_on_commit_callbacks) for one in (budget, empty))
    assert titles(tallies.outcome(budget)) == ["公廁"]
    assert titles(tallies.outcome(empty)) == [] and tallies.outcome(empty).left == empty.total


def test_many_ballots_are_counted_by_the_worker(budget, editor, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(tallies, "AT_ONCE", 1)
    for _number in range(2):
        vote(budget, "公廁")
    budget = close(budget, editor, django_capture_on_commit_callbacks)
    assert tallies.outcome(budget) is None and tallies.left_over() == 1
    tallies.count_ballots.call(budget.pk)
    assert titles(tallies.outcome(budget)) == ["公廁"]
    assert tallies.tally(budget) == 0


def test_nothing_is_counted_while_people_vote(budget):
    vote(budget, "公廁")
    assert tallies.tally(budget) == 0 and tallies.outcome(budget) is None
    assert rows(budget.space, "budget_ballots") == []


# The rule, on the record


def test_the_rule_is_on_the_record_and_fixed_once_voting_opens(space, editor):
    budget = make_budget(space, editor, is_open=False)
    terms = budgets.Terms(title=Words("步道經費"), total=1_000_000, rule=Rule.EQUAL_SHARES)
    budgets.edit(budget=budget, editor=editor, terms=terms)
    acts = list(BudgetDecision.objects.values_list("act", "rule"))
    assert acts == [("rule", "most_votes"), ("rule", "equal_shares")]
    budgets.open_now(budget=budget, editor=editor)
    with pytest.raises(CivicError) as refused:
        budgets.edit(
            budget=budget,
            editor=editor,
            terms=budgets.Terms(title=Words("步道經費"), total=1_000_000, rule=Rule.MOST_VOTES),
        )
    assert refused.value.code == "frozen"


def test_another_rule_needs_a_written_reason_that_stays(budget, editor):
    for reason in ("", "。"):
        with pytest.raises(CivicError):
            budgets.override_rule(budget=budget, editor=editor, rule=Rule.EQUAL_SHARES, reason=reason)
    budgets.override_rule(budget=budget, editor=editor, rule=Rule.EQUAL_SHARES, reason="公告誤植，已於議會說明。")
    decision = BudgetDecision.objects.last()
    assert (decision.act, decision.reason) == ("override", "公告誤植，已於議會說明。")
    assert told(budget.space)[-1] == "budget.decided"
    decision.reason = "別的"
    with pytest.raises(ValueError):
        decision.save()
    with pytest.raises(ValueError):
        decision.delete()


def test_winners_change_only_with_a_reason_and_within_the_total(budget, editor, django_capture_on_commit_callbacks):
    for _number in range(2):
        vote(budget, "步道護欄")
    vote(budget, "公廁")
    budget = close(budget, editor, django_capture_on_commit_callbacks)
    bus, fence = budget.projects.get(title="接駁車"), budget.projects.get(title="步道護欄")
    with pytest.raises(CivicError) as refused:
        budgets.override_winner(project=bus, editor=editor, wins=True, reason="居民陳情")
    assert refused.value.code == "over_total"
    budgets.override_winner(project=fence, editor=editor, wins=False, reason="土地取得未成。")
    budgets.override_winner(project=bus, editor=editor, wins=True, reason="遞補。")
    outcome = tallies.outcome(budget)
    assert set(titles(outcome)) == {"接駁車", "公廁"} and outcome.spent == 900_000
    assert set(outcome.tally.winners) == set(ids(budget, "步道護欄", "公廁"))


def test_only_communicators_set_up_and_decide(budget, member):
    for act in (
        lambda: budgets.close_now(budget=budget, editor=member),
        lambda: budgets.override_rule(budget=budget, editor=member, rule=Rule.EQUAL_SHARES, reason="我想要"),
        lambda: budgets.create(
            space=budget.space, editor=member, terms=budgets.Terms(title=Words("我的"), total=5, rule=Rule.MOST_VOTES)
        ),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Budget.objects.get().state == Budget.State.OPEN


@pytest.mark.parametrize("wrong", [{"total": 0}, {"rule": "coin"}, {"kind": "x"}, {"most": 0}, {"total": 10**16}])
def test_impossible_terms_are_refused(space, editor, wrong):
    with pytest.raises(CivicError):
        make_budget(space, editor, **wrong)


def test_projects_are_fixed_once_voting_opens(budget, editor):
    project = budget.projects.first()
    sketch = budgets.Sketch(title=Words("護欄更新"), cost=project.cost)
    assert budgets.edit_project(project=project, editor=editor, sketch=sketch).title == "護欄更新"
    for act in (
        lambda: budgets.add_project(budget=budget, editor=editor, sketch=sketch),
        lambda: budgets.remove_project(project=project, editor=editor),
        lambda: budgets.edit_project(project=project, editor=editor, sketch=budgets.Sketch(title=Words("a1"), cost=1)),
    ):
        with pytest.raises(CivicError) as refused:
            act()
        assert refused.value.code == "frozen"


def test_budgets_open_and_close_by_the_clock(space, editor):
    now = timezone.now()
    due = make_budget(space, editor, is_open=False, opens_at=now - timedelta(hours=1))
    make_budget(space, editor, is_open=False, opens_at=now - timedelta(hours=1), costs={})
    assert budgets.keep_time() == 1
    assert Budget.objects.get(state=Budget.State.OPEN) == due


# Files


def test_projects_come_from_a_file_and_each_broken_row_is_named(space, editor, tmp_path):
    budget = make_budget(space, editor, is_open=False, costs={})
    path = tmp_path / "projects.csv"
    path.write_text(
        'title,cost,title_en,place\n步道護欄,"NT$600,000",Railings,瀑布口\n公廁,很貴,,\n,5,,\n接駁車,2000000,,\n導覽牌,100000,Signs,\n短\n',
        encoding="utf-8-sig",
    )
    report = budgets.import_projects(budget=budget, editor=editor, path=path)
    assert report.taken == 2 and [row for row, _why in report.broken] == [3, 4, 5, 7]
    assert [(one.number, one.title, one.title_en, one.cost) for one in budget.projects.all()] == [
        (1, "步道護欄", "Railings", 600_000),
        (2, "導覽牌", "Signs", 100_000),
    ]


def test_a_file_without_costs_is_refused_as_a_whole(space, editor, tmp_path):
    budget = make_budget(space, editor, is_open=False, costs={})
    path = tmp_path / "projects.csv"
    path.write_text("title\n步道護欄\n", encoding="utf-8")
    with pytest.raises(TableError):
        budgets.import_projects(budget=budget, editor=editor, path=path)


# Elsewhere


def test_voters_took_part_and_find_what_became_of_their_ballot(
    budget, editor, member, django_capture_on_commit_callbacks
):
    vote(budget, "公廁", "步道護欄", member=member)
    assert people_in([budget.space_id]) == {budget.space_id: 1}
    close(budget, editor, django_capture_on_commit_callbacks)
    item = journeys.of(member).items[0]
    assert item.words == "步道經費" and len(item.steps) == 2 and item.steps[1]["url"]


def test_ballots_are_open_data_once_voting_has_closed(budget, editor, member, django_capture_on_commit_callbacks):
    vote(budget, "公廁", "導覽牌", member=member)
    close(budget, editor, django_capture_on_commit_callbacks)
    [ballot] = rows(budget.space, "budget_ballots")
    assert ballot[1] == voter(budget.space, member.pk) and ballot[-1] == "3 4"
    assert len(rows(budget.space, "budget_projects")) == 4 and len(rows(budget.space, "budget_decisions")) == 1


def test_nobody_is_asked_to_sign_in_for_a_choice_that_is_over(budget, editor, client):
    address = reverse("discussions:budget", args=[budget.space.slug, budget.pk])
    assert reverse("account_login") in client.get(address).content.decode().partition("<main")[2]
    budgets.close_now(budget=budget, editor=editor)
    page = client.get(address).content.decode().partition("<main")[2]
    assert 'name="project"' not in page and f"{reverse('account_login')}?next" not in page
