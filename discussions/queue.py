"""The moderators' queue: open cases of all kinds, those that say the same in one group, the oldest first."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from discussions import cases, cursors, moderation, reasons, rules, targets
from discussions.errors import CivicError
from discussions.models import Case, Member, ModerationReason, Report, Space, State

GROUPS = 20
SAMPLES = 3
MOST = 200
"""Contributions that one request decides about; the rest of a larger group waits for the next press of the key."""
CAUSES = {"held": "is_held", "reported": "is_reported", "scored": "is_scored", "burst": "is_burst"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the moderator looks at: the slug of a space, a kind, a cause; "" for all."""

    space: str = ""
    kind: str = ""
    cause: str = ""

    def open(self) -> QuerySet:
        """The open cases that fit."""
        found = Case.objects.filter(settled_at=None)
        if self.space:
            found = found.filter(space__slug=self.space)
        if self.kind in targets.KINDS:
            found = found.filter(target=self.kind)
        if self.cause in CAUSES:
            found = found.filter(**{CAUSES[self.cause]: True})
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """One contribution of a group, with its words."""

    case: Case
    row: object
    url: str


@dataclass(slots=True)
class Group:
    """Contributions that say the same. `reasons` is what a moderator may choose from in their space.

    `claimed_by` is another moderator who looks at it now; `is_claimed` says that one does so oneself.
    """

    key: str
    space: Space
    posts: int
    people: int
    oldest: datetime
    causes: list[str]
    abuse: float | None
    spam: float | None
    lines: list[Line]
    is_held: bool
    is_mine: bool
    claimed_by: Member | None
    is_claimed: bool
    reasons: list[reasons.Reason]
    reports: dict[str, int] = field(default_factory=dict)

    @property
    def more(self) -> int:
        """How many posts of the group are not shown."""
        return self.posts - len(self.lines)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some groups, the oldest first; `older` is the cursor of the next page or "". The counts are of all that fits."""

    groups: list[Group]
    next: str
    waiting: int
    oldest: datetime | None


@dataclass(slots=True)
class Outcome:
    """What a decision did: how many were decided, left to others (own words, claimed), or wait for the next request."""

    done: int = 0
    own: int = 0
    claimed: int = 0
    gone: int = 0
    left: int = 0


def page(wanted: Wanted, *, moderator: Member, after: str = "") -> QueuePage:
    """A page of the queue: a fixed number of queries beside those that open new cases."""
    rules.require(rules.may_moderate(moderator))
    cases.catch_up()
    found = wanted.open()
    whole = found.aggregate(n=Count("pk"), oldest=Min("opened_at"))
    rows = _groups(found, after)
    shown = rows[:GROUPS]
    lines = _lines(found, [row["group"] for row in shown])
    own = _own_reasons({row["space"] for row in shown})
    groups = [made for row in shown if (made := _group(row, lines, own, moderator)) is not None]
    _count_reports(groups)
    cursor = f"{shown[-1]['first'].isoformat()},{shown[-1]['group']}" if len(rows) > GROUPS else ""
    return QueuePage(groups, cursor, whole["n"], whole["oldest"])


def decide(*, moderator: Member, groups: list[str], act: str, reason: str = "", note: str = "") -> Outcome:
    """Hide, or release and keep, everything in these groups: each contribution in a transaction of its own, each on
    the record. What is decided already, one's own, or looked at by somebody else stays, so a resend is harmless.

    Raises NotAllowed without the role, NotFound for an unknown reason or act.
    """
    rules.require(rules.may_moderate(moderator))
    if act not in ("hide", "release"):
        raise CivicError(rules.explained("role"), code="unknown_act")
    outcome = Outcome()
    waiting = Case.objects.filter(group__in=groups, settled_at=None).select_related("space").order_by("id")
    if act == "hide":
        for space in Space.objects.filter(pk__in=waiting.order_by().values("space")):
            reasons.require(reason, space)
    found = list(waiting[: MOST + 1])
    outcome.left = max(0, waiting.count() - MOST) if len(found) > MOST else 0
    rows = targets.read((case.target, case.target_id) for case in found[:MOST])
    for case in found[:MOST]:
        row = rows.get((case.target, case.target_id))
        if row is None or row.author_id == moderator.pk:
            outcome.own += 1
        elif cases.is_claimed_by_another(case, moderator):
            outcome.claimed += 1
        else:
            _decide_one(row, moderator, act, reason, note, outcome)
    return outcome


def _decide_one(row, moderator: Member, act: str, reason: str, note: str, outcome: Outcome) -> None:
    is_held = row.state == State.HELD
    try:
        if act == "hide":
            perform = moderation.reject if is_held else moderation.hide
            perform(target=row, moderator=moderator, reason=reason, note=note)
        elif is_held:
            moderation.release(target=row, moderator=moderator)
        else:
            moderation.keep(target=row, moderator=moderator)
    except CivicError:
        # Decided or withdrawn by somebody else a moment ago.
        outcome.gone += 1
    else:
        outcome.done += 1


def _groups(found: QuerySet, after: str) -> list[dict]:
    rows = found.order_by().values("group", "space")
    rows = rows.annotate(
        first=Min("opened_at"),
        posts=Count("pk"),
        people=Count("author", distinct=True),
        unnamed=Count("pk", filter=Q(author=None)),
        worst_abuse=Max("abuse"),
        worst_spam=Max("spam"),
        **{f"any_{cause}": Count("pk", filter=Q(**{column: True})) for cause, column in CAUSES.items()},
    )
    moment, _comma, group = after.partition(",")
    edge = cursors.moment(moment)
    if edge is not None:
        rows = rows.filter(Q(first__gt=edge) | Q(first=edge, group__gt=group))
    return list(rows.order_by("first", "group")[: GROUPS + 1])


def _lines(found: QuerySet, keys: list[str]) -> dict[str, list[Line]]:
    """The first SAMPLES contributions of each group: one query for the cases, one per kind for the words."""
    place = Window(RowNumber(), partition_by=F("group"), order_by=F("id").asc())
    chosen = list(
        found.filter(group__in=keys)
        .annotate(place=place)
        .filter(place__lte=SAMPLES)
        .select_related("space", "claimed_by")
        .order_by("id")
    )
    rows = targets.read((case.target, case.target_id) for case in chosen)
    lines: dict[str, list[Line]] = {}
    for case in chosen:
        row = rows.get((case.target, case.target_id))
        if row is not None:
            lines.setdefault(case.group, []).append(Line(case, row, targets.of(row).address(row)))
    return lines


def _group(row: dict, lines: dict[str, list[Line]], own: dict[int, list], moderator: Member) -> Group | None:
    shown = lines.get(row["group"], [])
    if not shown:
        return None
    first = shown[0]
    others = next((line.case for line in shown if cases.is_claimed_by_another(line.case, moderator)), None)
    return Group(
        key=row["group"],
        space=first.case.space,
        posts=row["posts"],
        people=row["people"] + row["unnamed"],
        oldest=row["first"],
        causes=[cause for cause in CAUSES if row[f"any_{cause}"]],
        abuse=row["worst_abuse"],
        spam=row["worst_spam"],
        lines=shown,
        is_held=bool(row["any_held"]),
        is_mine=any(line.row.author_id == moderator.pk for line in shown),
        claimed_by=others.claimed_by if others else None,
        is_claimed=any(cases.is_claimed_by(line.case, moderator) for line in shown),
        reasons=[*reasons.HOUSE.values(), *own.get(row["space"], [])],
    )


def _own_reasons(spaces: set[int]) -> dict[int, list[reasons.Reason]]:
    found: dict[int, list[reasons.Reason]] = {}
    for row in ModerationReason.objects.filter(space__in=spaces, is_offered=True):
        found.setdefault(row.space_id, []).append(reasons.Reason(row.code, row.words, row.told))
    return found


def _count_reports(groups: list[Group]) -> None:
    """Say of each group what readers reported about the contributions shown: one query."""
    wanted = Q(pk__in=[])
    of: dict[tuple[str, int], Group] = {}
    for group in groups:
        for line in group.lines:
            of[(line.case.target, line.case.target_id)] = group
    for kind in {key for key, _pk in of}:
        wanted |= Q(target=kind, target_id__in=[pk for key, pk in of if key == kind])
    counted = Report.objects.filter(wanted, settled=False).order_by().values_list("target", "target_id", "reason")
    for target, target_id, reason in counted:
        label = str(Report.Reason(reason).label)
        reports = of[(target, target_id)].reports
        reports[label] = reports.get(label, 0) + 1
