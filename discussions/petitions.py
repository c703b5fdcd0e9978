"""Reading proposals: lists by key, how far one has come in words, and what was proposed already.

Each list is a constant number of queries; a page begins where the signed cursor of the last one ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from discussions import clockfaces, cursors, rules, signatures
from discussions.clockfaces import Face
from discussions.models import Proposal, Signature, Space, State
from nlp import similar

PAGE = 20
SOON = timedelta(days=7)
ALIKE = 0.6
Stage = Proposal.Stage


class Sort(TextChoices):
    """The orders a reader may choose from."""

    NEWEST = "newest", gettext_lazy("Newest")
    SIGNED = "signed", gettext_lazy("Most signed")
    CLOSING = "closing", gettext_lazy("Closing soon")


COLUMNS = {Sort.NEWEST: "published_at", Sort.SIGNED: "n_signatures", Sort.CLOSING: "closes_at"}
SHOWN_STAGES = (Stage.OPEN, Stage.REACHED, Stage.ANSWERED, Stage.CLOSED, Stage.MERGED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a proposal has come: `words` for people, `rest` without the count, `share` (0 to 100) for the bar."""

    n: int
    of: int
    share: int
    words: str
    rest: str
    is_soon: bool = False


@dataclass(slots=True)
class Card:
    """One proposal in a list: with its progress, its clock, and the reader's own signature if there is one."""

    proposal: Proposal
    progress: Progress
    clock: Face | None = None
    mine: Signature | None = None
    levels: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """Some cards in the order asked for. `older` is the cursor of the next page or None."""

    cards: list[Card]
    older: str | None


def page(
    space: Space,
    *,
    now: datetime,
    sort: str = Sort.NEWEST,
    stage: str = "",
    before: str = "",
    viewer=None,
    split: bool = False,
) -> ProposalPage:
    """PAGE proposals of a space: at most four queries. `before` is the cursor that the previous page gave as `older`;
    one of another order begins anew. The order "closing soon" shows those that still collect signatures.
    """
    sort = Sort(sort)
    column = COLUMNS[sort]
    is_rising = sort == Sort.CLOSING
    found = readable(space)
    if is_rising:
        stage = Stage.OPEN
        found = found.filter(closes_at__gt=now)
    if stage:
        found = found.filter(stage=stage)
    order = f"proposals:{sort.value}:{stage}"
    if edge := cursors.read(order, before, 2):
        found = found.filter(_behind(column, *edge, is_rising=is_rising))
    sign = "" if is_rising else "-"
    rows = list(found.order_by(f"{sign}{column}", f"{sign}id")[: PAGE + 1])
    shown = rows[:PAGE]
    older = cursors.made(order, _number(getattr(shown[-1], column)), shown[-1].pk) if len(rows) > PAGE else None
    return ProposalPage(cards(shown, now, viewer=viewer, split=split), older)


def chosen(asked) -> tuple[str, str]:
    """The order and stage that an address asks for; what does not exist is the default."""
    sort, stage = asked.get("sort", ""), asked.get("stage", "")
    return (
        sort if sort in Sort.values else Sort.NEWEST.value,
        stage if stage in SHOWN_STAGES else "",
    )


def readable(space: Space) -> QuerySet[Proposal]:
    """Published proposals of a space that everybody may read."""
    return published().filter(space=space).select_related("author", "space")


def published() -> QuerySet[Proposal]:
    """What is no draft, and neither held nor hidden nor withdrawn."""
    return Proposal.objects.published().exclude(stage=Stage.DRAFT)


def drafts(space: Space, author) -> list[Proposal]:
    """What the author has not published yet, and what waits for a moderator."""
    if not getattr(author, "is_authenticated", False):
        return []
    own = Proposal.objects.filter(space=space, author=author)
    return list(own.filter(Q(stage=Stage.DRAFT) | Q(state=State.HELD)).select_related("space").order_by("-made_at"))


def cards(proposals: Iterable[Proposal], now: datetime, *, viewer=None, split: bool = False) -> list[Card]:
    """Proposals as they are shown; `split` counts their signatures by level as well. At most three queries."""
    shown = list(proposals)
    clocks = clockfaces.of_proposals([proposal.pk for proposal in shown], now=now)
    mine = signatures.signed_among(viewer, shown)
    levels = signatures.by_level(shown) if split else {}
    return [
        Card(
            proposal,
            progress(proposal, now),
            clock=clocks.get(proposal.pk),
            mine=mine.get(proposal.pk),
            levels=levels.get(proposal.pk, []),
        )
        for proposal in shown
    ]


def progress(proposal: Proposal, now: datetime) -> Progress:
    """As in: 1,204 of 5,000 signatures, 12 days left; or what else there is to say."""
    n, of = proposal.n_signatures, proposal.threshold
    counted = ngettext("%(n)s of %(of)s signature", "%(n)s of %(of)s signatures", of) % {"n": f"{n:,}", "of": f"{of:,}"}
    left = proposal.closes_at - now
    takes = rules.permits(proposal.space, rules.Verb.COSIGN)  # a review ends the signing before the window does
    is_open = takes and proposal.stage == Stage.OPEN and left > timedelta(0)
    rest = _rest(proposal, left, is_open=is_open)
    words = _("%(counted)s, %(rest)s") % {"counted": counted, "rest": rest}
    return Progress(n, of, min(100, 100 * n // of), words, rest, is_soon=is_open and left < SOON)


def alike(space: Space, words: str, *, but: Proposal | None = None, limit: int = 3) -> list[Proposal]:
    """What was proposed here already in nearly the same sense, the nearest first."""
    found = similar.nearest(space.corpus_id, words, k=limit + 1, sources=("proposal",), least=ALIKE)
    keys = [int(key) for _source, key, _likeness in found]
    rows = {row.pk: row for row in readable(space).exclude(stage=Stage.MERGED).filter(pk__in=keys)}
    return [rows[key] for key in keys if key in rows and (but is None or key != but.pk)][:limit]


def _rest(proposal: Proposal, left: timedelta, *, is_open: bool) -> str:
    if is_open:
        days = left.days
        if days == 0:
            return _("until midnight today")
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    if proposal.reached_at is not None:
        return _("threshold reached")
    if proposal.stage == Stage.MERGED:
        return _("carried over")
    if proposal.stage == Stage.WITHDRAWN:
        return _("withdrawn")
    return _("the time for signing is over")


def _behind(column: str, number: int, pk: int, *, is_rising: bool) -> Q:
    """Rows behind (column, id), as one index range."""
    value = number if column == "n_signatures" else datetime.fromtimestamp(0, UTC) + timedelta(microseconds=number)
    beyond, reach = ("gt", "gte") if is_rising else ("lt", "lte")
    return Q(**{f"{column}__{reach}": value}) & (Q(**{f"{column}__{beyond}": value}) | Q(**{f"id__{beyond}": pk}))


def _number(value: int | datetime) -> int:
    if isinstance(value, datetime):
        return (value - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
    return value
