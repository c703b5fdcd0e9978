"""Sample budget choice in the discussion about crowded sights: projects, ballots of the crowd, and a result."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

from django.utils import timezone

from civic.demo import clock, tourism
from civic.demo.town import Town
from discussions import ballots, budgets, tallies
from discussions.budgets import Sketch, Terms
from discussions.instruments import Instrument
from discussions.models import Budget, BudgetBallot, BudgetDecision, BudgetTally, Member, Phase, Rule, Space
from discussions.models.openings import Opening
from discussions.questionnaires import Words

OPENED, CLOSED = 70, 52  # days ago
TERMS = Terms(
    title=Words("瀑布步道改善經費 300 萬元", "3 million for the waterfall trail"),
    introduction=Words(
        "（示範內容）今年有 300 萬元可以改善步道與老街。勾選您願意付錢的項目，合計不能超過總額。",
        "(Sample content) There are 3 million for the trail and the old street this year. Tick what you would pay for; "
        "together it may not cost more than the total.",
    ),
    total=3_000_000,
    kind=Budget.Kind.KNAPSACK,
    rule=Rule.EQUAL_SHARES,
)
SAFETY = Words("安全", "Safety")
COMFORT = Words("服務", "Comfort")
NATURE = Words("生態", "Nature")
# Each project with how much the two camps want it (out of ten).
PROJECTS: tuple[tuple[Sketch, int, int], ...] = (
    (
        Sketch(
            title=Words("瓶頸段木棧道加寬", "Wider boardwalk at the bottleneck"),
            cost=1_600_000,
            description=Words(
                "1.2 公里處僅一公尺寬，擔架無法會車。加寬為兩公尺，長 40 公尺。",
                "At 1.2 km it is one metre wide and a stretcher cannot pass. Two metres over a length of 40.",
            ),
            category=SAFETY,
            place=Words("步道 1.2K", "Trail, km 1.2"),
        ),
        9,
        4,
    ),
    (
        Sketch(
            title=Words("救護與志工站", "First-aid and volunteers' post"),
            cost=650_000,
            description=Words(
                "假日派駐，備有擔架與心臟電擊器。", "Staffed on holidays, with stretcher and defibrillator."
            ),
            category=SAFETY,
            place=Words("步道口", "Trailhead"),
        ),
        8,
        5,
    ),
    (
        Sketch(
            title=Words("路口即時人數看板", "Live visitor sign before the turn-off"),
            cost=480_000,
            description=Words(
                "接上既有計數器，人多時在岔路前就看得到。", "Shows the counter's number before one turns off."
            ),
            category=COMFORT,
            place=Words("縣道岔路", "Turn-off"),
        ),
        7,
        7,
    ),
    (
        Sketch(
            title=Words("假日接駁車（一季）", "Holiday shuttle, one season"),
            cost=700_000,
            description=Words("車站到步道口，每 20 分鐘一班。", "Station to trailhead every 20 minutes."),
            category=COMFORT,
            place=Words("車站至步道口", "Station to trailhead"),
        ),
        4,
        9,
    ),
    (
        Sketch(
            title=Words("老街公廁整修", "Repair of the old street's toilets"),
            cost=720_000,
            description=Words("增設無障礙廁間與尿布檯。", "With an accessible cubicle and a changing table."),
            category=COMFORT,
            place=Words("老街", "Old street"),
        ),
        3,
        8,
    ),
    (
        Sketch(
            title=Words("蕨類保護區護欄", "Railing for the fern reserve"),
            cost=260_000,
            description=Words("擋住為了拍照踩出來的捷徑。", "Closes the short cuts trodden for photographs."),
            category=NATURE,
            place=Words("步道 0.8K", "Trail, km 0.8"),
        ),
        6,
        2,
    ),
    (
        Sketch(
            title=Words("多語導覽牌 12 面", "Twelve signs in several languages"),
            cost=180_000,
            description=Words("中、英、日、越語與點字。", "Chinese, English, Japanese, Vietnamese and Braille."),
            category=COMFORT,
            place=Words("全線", "Whole trail"),
        ),
        4,
        4,
    ),
)
FIRST_CAMP = 0.58  # of the voters


def add(town: Town) -> None:
    """Make the budget choice with its ballots and its result unless it is there."""
    space = town.space(tourism.SUBJECT.slug, offering=Instrument.BUDGETS)
    if Budget.objects.filter(space=space).exists():
        return
    random, editor = Random("demo budget"), town.accounts["communicator"]
    budget = budgets.create(space=space, editor=editor, terms=TERMS)
    for sketch, _first, _second in PROJECTS:
        budgets.add_project(budget=budget, editor=editor, sketch=sketch)
    with _while_voting(space):
        budget = budgets.open_now(budget=budget, editor=editor)
        for member in random.sample(town.crowd, len(town.crowd) * 9 // 10):
            _vote(budget, member, random)
    budget = budgets.close_now(budget=budget, editor=editor)
    tallies.tally(budget)
    _set_back(budget, random)


@contextmanager
def _while_voting(space: Space) -> Iterator[None]:
    """The discussion is over; its people voted while it was not."""
    Space.objects.filter(pk=space.pk).update(phase=Phase.VOTING)
    yield
    Space.objects.filter(pk=space.pk).update(phase=space.phase)


def _vote(budget: Budget, member: Member, random: Random) -> None:
    is_first = random.random() < FIRST_CAMP
    wanted, left = [], budget.total
    rows = list(zip(budget.projects.all(), PROJECTS, strict=True))
    for project, (_sketch, first, second) in random.sample(rows, len(rows)):
        if project.cost <= left and random.random() * 10 < (first if is_first else second):
            wanted.append(project.pk)
            left -= project.cost
    if wanted:
        ballots.cast(budget=budget, member=member, projects=wanted)


def _set_back(budget: Budget, random: Random) -> None:
    start, end = (timezone.now() - timedelta(days=days) for days in (OPENED, CLOSED))
    Budget.objects.filter(pk=budget.pk).update(
        opens_at=start, opened_at=start, closes_at=end, closed_at=end, state=Opening.State.CLOSED
    )
    found = list(BudgetBallot.objects.filter(budget=budget).order_by("pk"))
    for ballot, moment in zip(found, clock.spread(start, end, len(found), random=random), strict=True):
        ballot.cast_at = moment
    BudgetBallot.objects.bulk_update(found, ["cast_at"])
    BudgetDecision.objects.filter(budget=budget).update(at=start - timedelta(days=9))
    BudgetTally.objects.filter(budget=budget).update(made_at=end + timedelta(minutes=1))
