"""Draft texts: beginning one, and what everybody may read of it."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, instruments, rules, wording
from discussions.errors import Conflict, NotAllowed
from discussions.instruments import Instrument
from discussions.models import Comment, DraftText, Member, ParagraphVote, Passage, Space, State, TextVersion, Wording

TITLE_LIMIT = 200
# What one page of a long text may weigh: about this many bytes of words and marks, the frame of the page apart.
PART_BYTES = 45_000
PASSAGE_BYTES = 650
LONG_CONTENTS = 120


@dataclass(frozen=True, slots=True)
class Counts:
    """What was said about one paragraph. `supports` and `opposes` are about its present words, `earlier` about older
    ones."""

    comments: int = 0
    wordings: int = 0
    supports: int = 0
    opposes: int = 0
    earlier: int = 0

    @property
    def is_silent(self) -> bool:
        """Has nobody said anything about it?"""
        return not (self.comments or self.wordings or self.supports or self.opposes)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents, and the part of the text it is in."""

    passage: Passage
    part: int


def begin(*, space: Space, editor: Member, title: str, client_id: str) -> DraftText:
    """A text without words so far; nobody but editors sees it before its first version. Sent again, it comes back.

    Raises InvalidText, NotAllowed, Conflict.
    """
    title = wording.cleaned_line(title, limit=TITLE_LIMIT, missing=_("Please give the text a title."))
    with transaction.atomic():
        require_editor(editor, space)
        space = events.lock(space.pk)
        text, is_new = DraftText.objects.get_or_create(
            space=space, client_id=client_id, defaults={"title": title, "made_at": timezone.now()}
        )
        if not is_new and text.title != title:
            raise Conflict
    return text


def require_editor(editor: Member, space: Space) -> None:
    """Communicators, in a space that offers draft texts. Raises NotAllowed."""
    rules.require(rules.may_arrange(editor))
    if not instruments.is_on(space, Instrument.TEXTS):
        raise NotAllowed(rules.explained("not_here"), code="not_here")


# Reading


def published(space: Space):
    """The texts of a space that have a version for everybody, oldest first."""
    return DraftText.objects.filter(space=space, versions__published_at__isnull=False).distinct().order_by("pk")


def latest(text: DraftText) -> TextVersion | None:
    """The text as it stands."""
    return text.versions.filter(published_at__isnull=False).order_by("-number").first()


def passages(version: TextVersion) -> list[Passage]:
    """All passages of a version in their order: one query."""
    return list(Passage.objects.filter(version=version).order_by("position"))


def parts(found: list[Passage]) -> list[list[Passage]]:
    """A long text in parts that load quickly on a telephone: cut before chapters where that is possible, else before
    articles. A text that fits one page is one part."""
    if sum(map(_weight, found)) <= PART_BYTES:
        return [found] if found else []
    made: list[list[Passage]] = []
    current: list[Passage] = []
    weight = 0
    for block in _blocks(found):
        heavy = sum(map(_weight, block))
        begins_chapter = block[0].kind == Passage.Kind.CHAPTER
        if current and (weight + heavy > PART_BYTES or begins_chapter and weight > PART_BYTES / 2):
            made.append(current)
            current, weight = [], 0
        current = current + block
        weight += heavy
    return [*made, current]


def contents(pages: list[list[Passage]], *, current: int = 1) -> list[Entry]:
    """Chapters and articles, each once. Where that would be a long list, the articles of the part that is read, and of
    the others their chapters and where they begin."""
    found, seen = [], set()
    for number, part in enumerate(pages, start=1):
        for passage in part:
            key = passage.article or passage.label
            if passage.kind == Passage.Kind.CHAPTER:
                found.append(Entry(passage, number))
            elif passage.article and key not in seen:
                seen.add(key)
                found.append(Entry(passage, number))
    if len(found) <= LONG_CONTENTS:
        return found
    begun: set[int] = set()
    kept = []
    for entry in found:
        if entry.part == current or entry.passage.kind == Passage.Kind.CHAPTER or entry.part not in begun:
            kept.append(entry)
        begun.add(entry.part)
    return kept


def counts(shown: list[Passage]) -> dict[int, Counts]:
    """What was said about these paragraphs, by the id of the paragraph: three queries, however many there are."""
    ids = [passage.paragraph_id for passage in shown]
    changed = {passage.paragraph_id: passage.changed_in for passage in shown}
    comments = dict(
        Comment.objects.published()
        .filter(paragraph__in=ids)
        .order_by()
        .values_list("paragraph")
        .annotate(number=Count("pk"))
    )
    wordings = dict(
        Wording.objects.published()
        .filter(paragraph__in=ids)
        .order_by()
        .values_list("paragraph")
        .annotate(number=Count("pk"))
    )
    votes: dict[int, dict[str, int]] = {pk: {"supports": 0, "opposes": 0, "earlier": 0} for pk in ids}
    cast = ParagraphVote.objects.filter(paragraph__in=ids).order_by().values_list("paragraph", "value", "version")
    for paragraph, value, version, number in cast.annotate(number=Count("pk")):
        name = "earlier" if version < changed[paragraph] else "supports" if value > 0 else "opposes"
        votes[paragraph][name] += number
    return {pk: Counts(comments.get(pk, 0), wordings.get(pk, 0), **votes[pk]) for pk in ids}


def is_in_text(paragraph_id: int) -> bool:
    """Is the paragraph part of the newest published version of its text? One query."""
    newest = TextVersion.objects.filter(text=OuterRef("version__text"), published_at__isnull=False).order_by("-number")
    found = Passage.objects.filter(paragraph=paragraph_id, version__published_at__isnull=False)
    return found.filter(version__number=Subquery(newest.values("number")[:1])).exists()


def readable_cause() -> Q:
    """Causes of published versions that everybody may read: what is hidden or taken back is named no more."""
    is_seen = Q(wording__state=State.VISIBLE) | Q(comment__state=State.VISIBLE)
    return is_seen & Q(version__published_at__isnull=False)


def last_words(paragraph_id: int) -> Passage | None:
    """The paragraph in the newest published version that had it."""
    return (
        Passage.objects.filter(paragraph__pk=paragraph_id, version__published_at__isnull=False)
        .select_related("version__text__space", "paragraph")
        .order_by("-version__number")
        .first()
    )


def _weight(passage: Passage) -> int:
    return PASSAGE_BYTES + len(passage.words.encode())


def _blocks(found: list[Passage]) -> list[list[Passage]]:
    """Passages that stay together: a chapter heading with the article after it, an article with all its paragraphs.

    An article too long for one part is a block of its own paragraph by paragraph.
    """
    blocks: list[list[Passage]] = []
    for passage in found:
        if blocks:
            last = blocks[-1][-1]
            is_same = passage.article and passage.article == last.article
            follows_chapter = last.kind == Passage.Kind.CHAPTER
            fits = sum(map(_weight, blocks[-1])) + _weight(passage) <= PART_BYTES
            if (is_same or follows_chapter) and fits:
                blocks[-1].append(passage)
                continue
        blocks.append([passage])
    return blocks
