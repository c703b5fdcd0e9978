"""What changed between two versions of a draft text, paragraph by paragraph, and what changed because of whom."""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

from discussions import differences
from discussions.models import Passage, State, TextVersion, VersionCause


class Kind(StrEnum):
    """What became of a paragraph."""

    SAME = "same"
    RENUMBERED = "renumbered"
    CHANGED = "changed"
    NEW = "new"
    SPLIT = "split"
    GONE = "gone"
    MERGED = "merged"


@dataclass(slots=True)
class Change:
    """One paragraph in two versions. `before` is None for a new one, `after` for one that was taken out.

    `host` is the passage that a merged paragraph went into; `origin` the one that a piece was split from.
    `words` is the difference as `differences.words` gives it.
    """

    kind: Kind
    before: Passage | None
    after: Passage | None
    host: Passage | None = None
    origin: Passage | None = None
    words: list[tuple[str, str]] = field(default_factory=list)
    causes: list[VersionCause] = field(default_factory=list)

    @property
    def passage(self) -> Passage:
        """The paragraph as it stands, or as it last stood."""
        return self.after or self.before

    @property
    def is_change(self) -> bool:
        """False for paragraphs whose words are the same; a new number alone is no change of words."""
        return self.kind not in (Kind.SAME, Kind.RENUMBERED)


def between(old: TextVersion | None, new: TextVersion) -> list[Change]:
    """Every paragraph of both versions in reading order; what was taken out stands where it stood.

    Causes are named where `old` is the version right before `new`. Four queries, however long the text is.
    """
    before = list(Passage.objects.filter(version=old).order_by("position")) if old is not None else []
    after = list(Passage.objects.filter(version=new).order_by("position").prefetch_related("merged"))
    olds = {passage.paragraph_id: passage for passage in before}
    hosts = {paragraph.pk: passage for passage in after for paragraph in passage.merged.all()}
    kept = {passage.paragraph_id for passage in after}
    changes: list[Change] = []
    left = [passage for passage in before if passage.paragraph_id not in kept]
    for passage in after:
        earlier = olds.get(passage.paragraph_id)
        if earlier is not None:
            while left and left[0].position < earlier.position:
                changes.append(_ended(left.pop(0), hosts))
        changes.append(_standing(earlier, passage, olds))
    changes += [_ended(passage, hosts) for passage in left]
    if old is not None and old.number == new.number - 1:
        _name_causes(changes, new)
    return changes


def causes_of(version: TextVersion) -> dict[int, list[VersionCause]]:
    """What people said that made this version, by paragraph; only what everybody may read: one query."""
    found: dict[int, list[VersionCause]] = defaultdict(list)
    rows = version.causes.select_related("wording__author", "comment__author", "wording__space", "comment__space")
    for cause in rows.order_by("pk"):
        if (cause.wording or cause.comment).state == State.VISIBLE:
            found[cause.paragraph_id].append(cause)
    return found


def tally(changes: list[Change]) -> dict[str, int]:
    """How many paragraphs met each fate."""
    return {kind.value: sum(change.kind == kind for change in changes) for kind in Kind}


def _standing(earlier: Passage | None, passage: Passage, olds: dict[int, Passage]) -> Change:
    if earlier is None:
        origin = olds.get(passage.split_from_id)
        kind = Kind.SPLIT if origin is not None else Kind.NEW
        return Change(kind, None, passage, origin=origin, words=[(differences.Kind.NEW, passage.words)])
    if earlier.words != passage.words:
        return Change(Kind.CHANGED, earlier, passage, words=differences.words(earlier.words, passage.words))
    kind = Kind.SAME if earlier.label == passage.label else Kind.RENUMBERED
    return Change(kind, earlier, passage, words=[(differences.Kind.SAME, passage.words)])


def _ended(passage: Passage, hosts: dict[int, Passage]) -> Change:
    host = hosts.get(passage.paragraph_id)
    gone = [(differences.Kind.GONE, passage.words)]
    return Change(Kind.MERGED if host is not None else Kind.GONE, passage, None, host=host, words=gone)


def _name_causes(changes: list[Change], version: TextVersion) -> None:
    causes = causes_of(version)
    for change in changes:
        change.causes = causes.get(change.passage.paragraph_id, [])
