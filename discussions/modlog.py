"""The public log of moderation: what was decided, when, about which kind of contribution and for which reason.

It never shows the words that were judged, and no names: a moderator is a number.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from discussions import cursors, reasons
from discussions.models import Appeal, ModerationAct, ModerationTally, ModerationWeek, Phase, Space, Target

PAGE = 50
WEEKS = 12
GIVEN_WITH_REASON = ("hide", "reject", "silence")


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision as everybody may read it."""

    id: int
    at: datetime
    space: Space
    kind: str
    kind_label: str
    act: str
    act_label: str
    reason: str
    reason_label: str
    moderator: int
    appeal: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of decisions, and what became of the appeals. `weeks` holds (Monday, decisions), the newest last."""

    decisions: int
    acts: list[tuple[str, int]]
    reasons: list[tuple[str, int]]
    kinds: list[tuple[str, int]]
    weeks: list[tuple[date, int]]
    appeals: int
    overturned: int
    upheld: int

    @property
    def open_appeals(self) -> int:
        return self.appeals - self.overturned - self.upheld


def acts(space: Space | None = None) -> QuerySet:
    """The decisions the public may read about: those of a space, or of all that are not in preparation."""
    found = ModerationAct.objects.select_related("space", "moderator__moderator_number", "appeal")
    return found.filter(space=space) if space is not None else found.exclude(space__phase=Phase.DRAFT)


def entries(space: Space | None = None, *, before: int = 0) -> tuple[list[Entry], int | None]:
    """A page of the log, newest first, and the cursor of the next page or None: one query."""
    rows, older = cursors.stretch(acts(space), before, PAGE)
    return [entry(act) for act in rows], older


def entry(act: ModerationAct) -> Entry:
    """What the public may know of a decision."""
    appeal = getattr(act, "appeal", None)
    return Entry(
        id=act.pk,
        at=act.at,
        space=act.space,
        kind=act.target,
        kind_label=str(act.get_target_display()),
        act=act.act,
        act_label=str(act.get_act_display()),
        reason=act.reason,
        reason_label=reasons.words(act.reason),
        moderator=act.moderator.moderator_number.number,
        appeal="" if appeal is None else str(Appeal.Outcome(appeal.outcome).label),
    )


def count(act: ModerationAct) -> None:
    """Add a decision that was just written down to what `summary` tells. Inside the same transaction."""
    _add(ModerationTally, space_id=act.space_id, act=act.act, reason=act.reason, target=act.target)
    _add(ModerationWeek, space_id=act.space_id, week=_monday(timezone.localdate(act.at)))


def count_appeal(appeal: Appeal) -> None:
    """Add an appeal that was just made, or just brought the words back. Inside the same transaction."""
    what = ModerationTally.OVERTURNED if appeal.outcome == Appeal.Outcome.OVERTURNED else ModerationTally.APPEALED
    _add(ModerationTally, space_id=appeal.space_id, act=what, reason="", target=appeal.decision.target)


def summary(space: Space | None = None) -> Summary:
    """Counts over all decisions and appeals: two queries of a few rows, however long the log is."""
    first = _monday(timezone.localdate()) - timedelta(weeks=WEEKS - 1)
    here = Q(space=space) if space is not None else ~Q(space__phase=Phase.DRAFT)
    tallies = ModerationTally.objects.filter(here).values_list("act", "reason", "target").annotate(Sum("n"))
    weekly = ModerationWeek.objects.filter(here, week__gte=first).values_list("week").annotate(Sum("n"))
    labels, kinds = dict(ModerationAct.Act.choices), dict(Target.choices)
    told = list(tallies)
    cells = [cell for cell in told if cell[0] in labels]
    by_act = dict(_summed((act, n) for act, _reason, _target, n in told))
    return Summary(
        decisions=sum(n for *_names, n in cells),
        acts=_summed((str(labels[act]), n) for act, _reason, _target, n in cells),
        reasons=_summed((reasons.words(reason), n) for act, reason, _target, n in cells if act in GIVEN_WITH_REASON),
        kinds=_summed((str(kinds[target]), n) for _act, _reason, target, n in cells),
        weeks=sorted(weekly),
        appeals=by_act.get(ModerationTally.APPEALED, 0),
        overturned=by_act.get(ModerationTally.OVERTURNED, 0),
        upheld=by_act.get(ModerationAct.Act.UPHOLD, 0),
    )


def _add(model, **key) -> None:
    if not model.objects.filter(**key).update(n=F("n") + 1):
        model.objects.get_or_create(**key, defaults={"n": 0})
        model.objects.filter(**key).update(n=F("n") + 1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _summed(pairs) -> list[tuple[str, int]]:
    total: dict[str, int] = {}
    for name, n in pairs:
        total[name] = total.get(name, 0) + n
    return sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))
