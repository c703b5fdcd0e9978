"""The versions of a draft text: pasted, read into paragraphs, aligned with the version before, published.

Only editors come here. What is being prepared is one version beside the published ones and can be thrown away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import alignment, events, regulations, texts, wording, wordings
from discussions.errors import CivicError
from discussions.models import (
    Comment,
    DraftText,
    Member,
    Paragraph,
    Passage,
    State,
    TextVersion,
    VersionCause,
    Wording,
)

SOURCE_LIMIT = 500_000
NOTE_LIMIT = 2000
MOST_PASSAGES = 3000


class Overtaken(CivicError):
    """Somebody else has worked on the same text meanwhile."""

    status = 409
    code = "overtaken"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage of the new version comes from, as the editor says: the paragraph it continues (`same`), or the
    one it was part of (`split_from`), or neither: then it is new. `merged` are paragraphs joined into it."""

    same: int | None = None
    split_from: int | None = None
    merged: frozenset[int] = field(default_factory=frozenset)


def read(source: str) -> regulations.Regulation:
    """How a pasted text would be read; nothing is kept. Raises InvalidText, CivicError when it has too many parts."""
    found = regulations.read(
        wording.cleaned(source, limit=SOURCE_LIMIT, missing=_("Please paste the text of the draft."))
    )
    if len(found.pieces) > MOST_PASSAGES:
        raise CivicError(
            _("This text has %(count)d parts; %(most)d fit. Please divide it into several texts.")
            % {"count": len(found.pieces), "most": MOST_PASSAGES},
            code="too_many_parts",
        )
    return found


def prepare(
    *, text: DraftText, editor: Member, source: str, note: str = "", replaces: int | None = None
) -> TextVersion:
    """Make the next version from a pasted text, aligned with the latest one as well as words can tell.

    `replaces` is the version in preparation that the editor saw, or None when there was none. The same text again is no
    second version. Raises InvalidText, NotAllowed, Overtaken, CivicError (nothing changed).
    """
    found = read(source)
    note = wording.cleaned(note, limit=NOTE_LIMIT) if note.strip() else ""
    with transaction.atomic():
        text = _locked(text, editor)
        current, waiting = texts.latest(text), text.versions.filter(published_at=None).first()
        before = texts.passages(current) if current is not None else []
        if _same(before, found.pieces):
            words = _("These are the words of version %(number)d already. No new version was made.")
            raise CivicError(words % {"number": current.number}, code="no_change")
        if waiting is not None:
            if _same(texts.passages(waiting), found.pieces) and waiting.note == note:
                return waiting
            if waiting.pk != replaces:
                raise Overtaken(_overtaken())
            _throw_away(waiting)
        version = TextVersion.objects.create(
            text=text,
            number=current.number + 1 if current is not None else 1,
            source=source,
            note=note,
            is_parsed=found.is_parsed,
            editor=editor,
            made_at=timezone.now(),
        )
        _write(version, found.pieces, before)
    return version


def align(*, version: TextVersion, editor: Member, places: Mapping[int, Place]) -> TextVersion:
    """Put the alignment right: `places` by the id of the passage; passages that are not named stay as they are.

    Raises NotAllowed, Overtaken (published or replaced meanwhile), CivicError (a paragraph used twice, or not of the
    version before).
    """
    with transaction.atomic():
        version = _in_preparation(version, editor)
        before = {one.paragraph_id: one for one in _before(version)}
        passages = texts.passages(version)
        wanted = {one.pk: places.get(one.pk) or _place_of(one, before) for one in passages}
        _require_sound(wanted, before)
        moving = [one for one in passages if wanted[one.pk].same != _continued(one, before)]
        # Two steps: paragraphs change hands, and no two passages may hold the same one in between.
        fresh = Paragraph.objects.bulk_create(Paragraph(text_id=version.text_id) for _one in moving)
        for one, own in zip(moving, fresh, strict=True):
            one.paragraph = own
        Passage.objects.bulk_update(moving, ["paragraph"], batch_size=500)
        for one in passages:
            place = wanted[one.pk]
            one.paragraph_id = place.same if place.same is not None else one.paragraph_id
            one.split_from_id = place.split_from if place.same is None else None
            one.changed_in = _changed_in(version, before.get(place.same), one.words)
            one.merged.set(place.merged)
        Passage.objects.bulk_update(passages, ["paragraph", "split_from", "changed_in"], batch_size=500)
        held = {one.paragraph_id for one in passages} | set(before)
        VersionCause.objects.filter(version=version).exclude(paragraph__in=held).delete()
        _drop_unused(version.text)
    return version


def attribute(*, version: TextVersion, editor: Member, causes: Mapping[int, Iterable[Wording | Comment]]) -> None:
    """Say which contributions made paragraphs change: all of them, by the id of the paragraph. What is not named for a
    paragraph is not its cause any more; paragraphs that are not named keep their causes.

    Raises NotAllowed, Overtaken, CivicError (a contribution of another discussion, or one nobody can read).
    """
    named = [(paragraph, one) for paragraph, contributions in causes.items() for one in contributions]
    with transaction.atomic():
        version = _in_preparation(version, editor)
        known = {*version.passages.values_list("paragraph", flat=True), *(one.paragraph_id for one in _before(version))}
        if not set(causes) <= known:
            raise CivicError(_("This paragraph is not part of the version before."), code="unknown_paragraph")
        for _paragraph, one in named:
            if one.space_id != version.text.space_id or one.state != State.VISIBLE:
                raise CivicError(_("Only what everybody can read here can be named as a cause."), code="no_cause")
        VersionCause.objects.filter(version=version, paragraph__in=causes).delete()
        VersionCause.objects.bulk_create(
            VersionCause(
                version=version,
                paragraph_id=paragraph,
                wording=one if isinstance(one, Wording) else None,
                comment=one if isinstance(one, Comment) else None,
            )
            for paragraph, one in named
        )


def publish(*, version: TextVersion, editor: Member) -> TextVersion:
    """Let everybody read it; appends text.version, and for each cause wording.taken or comment.heeded.

    Published twice, by two editors at once, it is published once. Raises NotAllowed, Overtaken (it was replaced).
    """
    with transaction.atomic():
        text = _locked(version.text, editor)
        found = TextVersion.objects.filter(pk=version.pk).first()
        if found is None:
            raise Overtaken(_overtaken())
        if found.published_at is not None:
            return found
        found.published_at = timezone.now()
        found.save(update_fields=["published_at"])
        events.append(text.space, "text.version", {"id": text.pk, "number": found.number})
        for cause in found.causes.select_related("wording", "comment", "version__text__space").order_by("pk"):
            if (cause.wording or cause.comment).state != State.VISIBLE:
                continue
            if cause.wording is not None:
                wordings.note_taken(cause, editor)
            else:
                told = {"id": cause.comment_id, "text": text.pk, "number": found.number}
                events.append(text.space, "comment.heeded", told)
    return found


def discard(*, version: TextVersion, editor: Member) -> None:
    """Throw away what is being prepared. Raises NotAllowed, Overtaken."""
    with transaction.atomic():
        _throw_away(_in_preparation(version, editor))


def _locked(text: DraftText, editor: Member) -> DraftText:
    space = events.lock(text.space_id)
    texts.require_editor(editor, space)
    text = DraftText.objects.get(pk=text.pk)
    text.space = space
    return text


def _in_preparation(version: TextVersion, editor: Member) -> TextVersion:
    text = _locked(version.text, editor)
    found = TextVersion.objects.filter(pk=version.pk, published_at=None).first()
    if found is None:
        raise Overtaken(_overtaken())
    found.text = text
    return found


def _overtaken() -> str:
    return _("Another editor has published or replaced this version meanwhile. Please look at it before you go on.")


def _before(version: TextVersion) -> list[Passage]:
    return list(Passage.objects.filter(version__text=version.text_id, version__number=version.number - 1))


def _same(passages: list[Passage], pieces: list[regulations.Piece]) -> bool:
    return bool(passages) and [(one.kind, one.label, one.words) for one in passages] == [
        (str(piece.kind), piece.label, piece.words) for piece in pieces
    ]


def _write(version: TextVersion, pieces: list[regulations.Piece], before: list[Passage]) -> None:
    """The passages of a version, with the alignment that their words suggest."""
    origins = alignment.align(before, pieces)
    fresh = iter(
        Paragraph.objects.bulk_create(Paragraph(text_id=version.text_id) for one in origins if one.same is None)
    )
    made = []
    for position, (piece, origin) in enumerate(zip(pieces, origins, strict=True)):
        old = before[origin.same] if origin.same is not None else None
        made.append(
            Passage(
                version=version,
                paragraph_id=old.paragraph_id if old is not None else next(fresh).pk,
                position=position,
                kind=piece.kind,
                depth=piece.depth,
                article=piece.article,
                label=piece.label,
                words=piece.words,
                split_from_id=before[origin.split_from].paragraph_id if origin.split_from is not None else None,
                changed_in=_changed_in(version, old, piece.words),
            )
        )
    Passage.objects.bulk_create(made, batch_size=500)
    for passage, origin in zip(made, origins, strict=True):
        if origin.merged:
            passage.merged.set(before[old].paragraph_id for old in origin.merged)


def _changed_in(version: TextVersion, old: Passage | None, words: str) -> int:
    return old.changed_in if old is not None and old.words == words else version.number


def _place_of(passage: Passage, before: Mapping[int, Passage]) -> Place:
    merged = frozenset(passage.merged.values_list("pk", flat=True))
    if passage.paragraph_id in before:
        return Place(same=passage.paragraph_id, merged=merged)
    return Place(split_from=passage.split_from_id, merged=merged)


def _require_sound(places: Mapping[int, Place], before: Mapping[int, Passage]) -> None:
    """Every paragraph is one of the version before, is continued once at most, and is not continued and joined both."""
    continued = [place.same for place in places.values() if place.same is not None]
    joined = [pk for place in places.values() for pk in place.merged]
    split = [place.split_from for place in places.values() if place.split_from is not None]
    if not set(continued) | set(joined) | set(split) <= set(before):
        raise CivicError(_("This paragraph is not part of the version before."), code="unknown_paragraph")
    ended = [*continued, *joined]
    if len(ended) != len(set(ended)):
        twice = next(pk for pk in ended if ended.count(pk) > 1)
        words = _(
            "“%(place)s” of the version before stands at two places. Choose one, and “it was part of” for the other."
        )
        raise CivicError(words % {"place": before[twice].name}, code="used_twice")


def _continued(passage: Passage, before: Mapping[int, Passage]) -> int | None:
    return passage.paragraph_id if passage.paragraph_id in before else None


def _throw_away(version: TextVersion) -> None:
    version.delete()
    _drop_unused(version.text)


def _drop_unused(text: DraftText) -> None:
    """Paragraphs that no version holds any more: nobody but editors ever saw them, so nothing hangs on them."""
    Paragraph.objects.filter(text=text, passages=None).delete()
