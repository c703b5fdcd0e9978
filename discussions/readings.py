"""What the page of one paragraph shows: its suggestions with their differences, its history, its neighbours."""

from dataclasses import dataclass

from django.db.models import Q

from discussions import differences, wordings
from discussions.models import Paragraph, Passage, State, VersionCause, Wording, WordingSupport

WORDINGS = 20


@dataclass(frozen=True, slots=True)
class WordingLine:
    """A suggestion as a reader meets it: what it would change, who stands behind it, and what came of it.

    `is_older`: it was written for words that have changed since. `effects`: the versions it led to.
    """

    wording: Wording
    words: list[tuple[str, str]]
    supports: int
    is_mine: bool
    is_supported: bool
    is_older: bool
    effects: list[VersionCause]


@dataclass(frozen=True, slots=True)
class WordingPage:
    """Some suggestions, most supported first; `older` is the cursor of the next page or empty."""

    lines: list[WordingLine]
    older: str


def wordings_of(
    paragraph: Paragraph, passage: Passage, reader, *, after: str = "", only: Wording | None = None
) -> WordingPage:
    """The suggestions for a paragraph that this reader may see: everybody's visible ones, and their own that wait.

    `only` shows one of them. Four queries, however many there are.
    """
    is_known = getattr(reader, "is_authenticated", False)
    seen = Q(state=State.VISIBLE)
    if is_known:
        seen |= Q(state=State.HELD, author=reader)
    if only is not None:
        seen |= Q(pk=only.pk, state__in=(State.HIDDEN, State.WITHDRAWN))
    rows = wordings.with_support(Wording.objects.filter(seen, paragraph=paragraph)).select_related("author", "space")
    if only is not None:
        rows = rows.filter(pk=only.pk)
    supports, _dash, key = after.partition("-")
    if all(part.isascii() and part.isdigit() and len(part) < 19 for part in (supports, key)):
        rows = rows.filter(Q(n_supports__lt=int(supports)) | Q(n_supports=int(supports), pk__lt=int(key)))
    found = list(rows.order_by("-n_supports", "-pk")[: WORDINGS + 1])
    shown = found[:WORDINGS]
    last = shown[-1] if len(found) > WORDINGS else None
    return WordingPage(_lines(shown, passage, reader), f"{last.n_supports}-{last.pk}" if last else "")


def history(paragraph: Paragraph) -> list[Passage]:
    """The published versions that gave the paragraph new words, newest first."""
    found = Passage.objects.filter(paragraph=paragraph, version__published_at__isnull=False).select_related("version")
    return [passage for passage in found.order_by("-version__number") if passage.changed_in == passage.version.number]


def neighbours(passage: Passage) -> tuple[Passage | None, Passage | None]:
    """The passages before and after it: one query."""
    around = Passage.objects.filter(
        version=passage.version_id, position__in=(passage.position - 1, passage.position + 1)
    )
    found = {one.position: one for one in around}
    return found.get(passage.position - 1), found.get(passage.position + 1)


def _lines(shown: list[Wording], passage: Passage, reader) -> list[WordingLine]:
    ids = [one.pk for one in shown]
    bases = {
        one.version_id: one.words
        for one in Passage.objects.filter(paragraph=passage.paragraph_id, version__in={one.version_id for one in shown})
    }
    supported = set()
    if getattr(reader, "is_authenticated", False):
        given = WordingSupport.objects.filter(wording__in=ids, member=reader)
        supported = set(given.values_list("wording_id", flat=True))
    effects: dict[int, list[VersionCause]] = {pk: [] for pk in ids}
    causes = VersionCause.objects.filter(wording__in=ids, version__published_at__isnull=False)
    for cause in causes.select_related("version").order_by("version__number"):
        effects[cause.wording_id].append(cause)
    return [
        WordingLine(
            wording=one,
            words=differences.words(bases.get(one.version_id, ""), one.text)
            if one.state in (State.VISIBLE, State.HELD)
            else [],
            supports=one.n_supports,
            is_mine=getattr(reader, "pk", None) == one.author_id,
            is_supported=one.pk in supported,
            is_older=bases.get(one.version_id) != passage.words,
            effects=effects[one.pk],
        )
        for one in shown
    ]
