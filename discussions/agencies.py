"""How agencies keep their word: the public table, and the clocks behind each of its numbers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, QuerySet
from django.utils import timezone

from discussions import clockfaces, coverage
from discussions.clockfaces import Standing
from discussions.coverage import Coverage
from discussions.models import Agency, AnswerClock

STRETCH = 30


@dataclass(slots=True)
class Record:
    """One agency: how many of its clocks stand where, how long answers took, how many topics they addressed.

    `coverage` counts the topics of the spaces whose own clock was answered.
    """

    agency: Agency
    counts: dict[Standing, int] = field(default_factory=dict)
    extended: int = 0
    median_days: float | None = None
    coverage: Coverage = Coverage()

    @property
    def total(self) -> int:
        """All clocks that ever started for this agency."""
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        """Those that were answered, in time or not."""
        return sum(self.counts[key] for key in (Standing.ON_TIME, Standing.AFTER_EXTENSION, Standing.LATE))

    @property
    def on_time_percent(self) -> int | None:
        """Of what was answered or should have been by now: the share that was answered by the first date."""
        due = self.answered + self.counts[Standing.OVERDUE]
        return round(100 * self.counts[Standing.ON_TIME] / due) if due else None


def records(*, now: datetime | None = None, agency: Agency | None = None) -> list[Record]:
    """The record of every agency that ever owed an answer, or of one: eight queries, however many there are."""
    now = now or timezone.now()
    agencies = Agency.objects.filter(pk=agency.pk) if agency else Agency.objects.filter(clocks__isnull=False).distinct()
    found = {row.pk: Record(row) for row in agencies}
    clocks = clockfaces.public().filter(agency__in=found).order_by()
    tallies = {key.value: Count("pk", filter=clockfaces.standing_is(key, now)) for key in Standing}
    extended = clocks.filter(extensions__isnull=False).values("agency_id").annotate(n=Count("pk", distinct=True))
    for record in found.values():
        record.counts = dict.fromkeys(Standing, 0)
    for row in clocks.values("agency_id").annotate(**tallies):
        found[row["agency_id"]].counts = {key: row[key.value] for key in Standing}
    for row in extended:
        found[row["agency_id"]].extended = row["n"]
    days: dict[int, list[float]] = defaultdict(list)
    spaces: dict[int, set[int]] = defaultdict(set)
    answered = clocks.filter(answered_at__isnull=False)
    rows = answered.values_list("agency_id", "space_id", "proposal_id", "session_id", "started_at", "answered_at")
    for agency_id, space_id, proposal_id, session_id, started_at, answered_at in rows.iterator(chunk_size=2000):
        days[agency_id].append((answered_at - started_at) / timedelta(days=1))
        if proposal_id is None and session_id is None:
            spaces[agency_id].add(space_id)
    covered = coverage.of_spaces(set().union(*spaces.values()))
    for agency_id, record in found.items():
        record.median_days = round(median(days[agency_id]), 1) if days[agency_id] else None
        record.coverage = sum((covered[space_id] for space_id in spaces[agency_id]), Coverage())
    return list(found.values())


def clocks_of(
    agency: Agency, *, standing: Standing | None = None, before: int = 0, now: datetime | None = None
) -> tuple[list[AnswerClock], int]:
    """The clocks behind a number of the table, newest first, and the cursor of the next stretch (0 at the end)."""
    now = now or timezone.now()
    found: QuerySet[AnswerClock] = clockfaces.public().filter(agency=agency)
    if standing is not None:
        found = found.filter(clockfaces.standing_is(standing, now))
    if before:
        found = found.filter(pk__lt=before)
    found = found.select_related("space", "proposal__space", "session", "agency", "reply__space")
    found = found.prefetch_related("extensions")
    rows = list(found.order_by("-pk")[: STRETCH + 1])
    return rows[:STRETCH], rows[STRETCH - 1].pk if len(rows) > STRETCH else 0


COLUMNS = (
    "agency",
    "agency_en",
    "clocks",
    "on_time",
    "after_extension",
    "late",
    "overdue_now",
    "running",
    "running_extended",
    "ever_extended",
    "median_days",
    "topics",
    "topics_answered",
)


def rows(found: list[Record]) -> Iterator[tuple]:
    """The table as plain values, its columns in the order of COLUMNS."""
    for record in found:
        counts = record.counts
        yield (
            record.agency.name,
            record.agency.name_en,
            record.total,
            counts[Standing.ON_TIME],
            counts[Standing.AFTER_EXTENSION],
            counts[Standing.LATE],
            counts[Standing.OVERDUE],
            counts[Standing.RUNNING],
            counts[Standing.EXTENDED],
            record.extended,
            record.median_days,
            record.coverage.topics,
            record.coverage.answered,
        )
