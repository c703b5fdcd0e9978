"""The watch: reads what was said since it last looked, marks what a moderator should see, and notices crowds.

It follows the event log, so that edits are read too and nothing that publishes words has to know of it. It hides
nothing: marks and bursts are hints, and people decide.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from discussions import cases, events, folds, targets
from discussions.models import Burst, Case, Event, Member, Space, Watch
from nlp import reports
from nlp.core import abuse, bursts
from nlp.models import Opinion, Run

LOOKS_BACK = timedelta(hours=24)
MOST = 20_000
"""Contributions of a day that are compared with each other; of more, the newest."""
SILENT = frozenset({"hidden", "withdrawn", "held", "rejected"})
REWORDED = frozenset({"edited", "released"})


def run() -> int:
    """Look at every space in which something happened. Returns how many cases were opened. For the clockwork."""
    newest = Event.objects.filter(space=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    seen = Watch.objects.filter(space=OuterRef("pk")).values("seq")
    behind = Space.objects.annotate(newest=Subquery(newest), seen=Coalesce(Subquery(seen), 0))
    opened = cases.catch_up()
    for space in behind.filter(newest__gt=F("seen")):
        opened += look(space)
    return opened


def look(space: Space) -> int:
    """Read what is new in a space. Returns how many contributions it marked."""
    watch, _is_new = Watch.objects.get_or_create(space=space)
    marked, said_something = 0, False
    while news := events.since(space.pk, watch.seq):
        wanted = {
            (family, int(event.data["id"]))
            for event in news
            for family, _dot, verb in [event.type.partition(".")]
            if family in targets.KINDS and verb not in SILENT and "id" in event.data
        }
        said_something |= bool(wanted)
        reworded = {
            (f, int(e.data["id"])) for e in news for f, _dot, verb in [e.type.partition(".")] if verb in REWORDED
        }
        with transaction.atomic():
            folds.unlink(reworded & wanted)
            marked += _mark(wanted)
            Watch.objects.filter(pk=watch.pk).update(seq=news[-1].seq)
        watch.seq = news[-1].seq
    if said_something:
        marked += notice(space)
    folds.renew(space)
    _votes(space)
    if marked:
        cases.regroup(space.pk)
    return marked


def notice(space: Space) -> int:
    """Find bursts of the last day and open cases for their posts. Returns how many posts are in one."""
    said = list(
        Opinion.objects.published()
        .filter(corpus=space.corpus_id, source__in=targets.KINDS, posted_at__gte=timezone.now() - LOOKS_BACK)
        .order_by("-id")
        .values_list("source", "source_key", "text", "author_key", "posted_at")[:MOST]
    )[::-1]
    people = [author or f"unnamed {position}" for position, (_s, _k, _t, author, _at) in enumerate(said)]
    seconds = [at.timestamp() for _s, _k, _t, _a, at in said]
    found = bursts.find([text for _s, _k, text, _a, _at in said], people, seconds)
    told = 0
    for burst in found:
        members = [(said[row][0], int(said[row][1])) for row in burst.rows]
        told += _tell(space, burst, members)
    rows = targets.read((source, int(key)) for source, key, *_rest in said)
    fresh = [_is_new_account(rows.get((source, int(key)))) for source, key, *_rest in said]
    for burst in bursts.floods(people, seconds, fresh):
        _write(space, Burst.Kind.ACCOUNTS, datetime.fromtimestamp(burst.began, UTC).date().isoformat(), burst, "")
    return told


def public(space: Space, *, limit: int = 20) -> list[dict]:
    """What many accounts said alike, folded: {"words", "url", "posts", "people", "at"}. Only what is visible now."""
    found = list(Burst.objects.filter(space=space, kind=Burst.Kind.TEXT).order_by("-id")[:limit])
    keys = {burst.pk: ("comment", burst.first_id) if burst.first_id else _key(burst.sample) for burst in found}
    rows = targets.read(keys.values())
    told = []
    for burst in found:
        row = rows.get(keys[burst.pk])
        if row is not None and targets.is_visible(row):
            address = targets.of(row).address(row)
            told.append(
                {"words": row.words, "url": address, "posts": burst.posts, "people": burst.people, "at": burst.began_at}
            )
    return told


def waiting():
    """Patterns that no moderator has seen yet."""
    return Burst.objects.filter(seen_at=None).select_related("space")


def see(*, burst: Burst, moderator: Member) -> None:
    """A moderator has seen the pattern: it leaves the queue and stays on record."""
    Burst.objects.filter(pk=burst.pk, seen_at=None).update(seen_by=moderator, seen_at=timezone.now())


def _mark(wanted: Iterable[tuple[str, int]]) -> int:
    """Open cases for visible words that the score marks and nobody has judged with these words."""
    rows = [row for row in targets.read(wanted).values() if targets.is_visible(row) and row.words]
    judged = abuse.judge_many([row.words for row in rows])
    marked = [row for row, one in zip(rows, judged, strict=True) if one.marks]
    cases.open_for(marked, is_scored=True)
    for row, one in zip(rows, judged, strict=True):
        if one.marks:
            Case.objects.filter(target=targets.of(row).key, target_id=row.pk).update(abuse=one.abuse, spam=one.spam)
    return len(marked)


def _tell(space: Space, burst: bursts.Burst, members: list[tuple[str, int]]) -> int:
    """Record a burst of words, or that an earlier one goes on; new posts of it become cases."""
    sample = f"{members[0][0]} {members[0][1]}"
    earlier = folds.earliest(members)
    written = _write(space, Burst.Kind.TEXT, earlier.key if earlier else sample, burst, sample)
    found = Case.objects.filter(folds.among(members)).filter(Q(is_burst=True) | Q(burst__isnull=False))
    known = set(found.values_list("target", "target_id"))
    rows = targets.read(member for member in members if member not in known)
    cases.open_for([row for row in rows.values() if targets.is_visible(row)], is_burst=True)
    folds.link(written, members)
    return len(rows)


def _write(space: Space, kind: str, key: str, burst: bursts.Burst, sample: str) -> Burst:
    began, ended = (datetime.fromtimestamp(moment, UTC) for moment in (burst.began, burst.ended))
    posts = len(burst.rows) if kind == Burst.Kind.TEXT else 0
    return _save(space, kind, key, posts=posts, people=burst.people, began=began, ended=ended, sample=sample)


def _save(space: Space, kind: str, key: str, *, posts: int, people: int, began, ended, sample: str = "") -> Burst:
    values = {"posts": posts, "people": people, "ended_at": ended}
    made, is_new = Burst.objects.get_or_create(
        space=space, kind=kind, key=key, defaults={**values, "began_at": began, "sample": sample}
    )
    if not is_new and people > made.people:
        # A pattern that goes on growing is news again once it has doubled.
        again = {"seen_at": None, "seen_by": None} if people >= 2 * made.people else {}
        Burst.objects.filter(pk=made.pk).update(**values, **again)
    return made


def _votes(space: Space) -> None:
    """Scripts that the latest analysis of the votes noticed (nlp.core.lockstep)."""
    run = reports.latest_run(space.corpus, Run.Kind.GROUPS)
    conduct = (run.result.get("conduct") or {}) if run else {}
    for script in conduct.get("lockstep", ()):
        name = blake2b(repr(sorted(script["statements"])).encode(), digest_size=16).hexdigest()
        people = len(script["participants"])
        _save(space, Burst.Kind.VOTES, name, posts=0, people=people, began=run.started_at, ended=run.finished_at)


def _is_new_account(row) -> bool:
    author = getattr(row, "author", None)
    if author is None:
        return False
    said_at = targets.said_at(row)
    return said_at is not None and author.date_joined > said_at - timedelta(hours=settings.NEW_ACCOUNT_HOURS)


def _key(sample: str) -> tuple[str, int]:
    kind, _gap, number = sample.partition(" ")
    return kind, int(number)
