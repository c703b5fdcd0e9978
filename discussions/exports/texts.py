"""Draft texts as open data: every published version paragraph by paragraph, suggested wording, and the votes."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from discussions import texts, wordings
from discussions.exports.table import LEVEL, Row, Table, person, voter
from discussions.models import ParagraphVote, Passage, Space, VersionCause, Wording, WordingSupport


def _passages(space: Space) -> Iterator[Row]:
    found = (
        Passage.objects.filter(version__text__space=space, version__published_at__isnull=False)
        .order_by("version__text_id", "version__number", "position")
        .values_list(
            "version__text_id",
            "version__text__title",
            "version__number",
            "version__published_at",
            "paragraph_id",
            "position",
            "kind",
            "label",
            "words",
            "changed_in",
            "split_from_id",
        )
    )
    yield from found.iterator(chunk_size=1000)


def _wordings(space: Space) -> Iterator[Row]:
    found = wordings.with_support(Wording.objects.published().filter(space=space)).select_related("version")
    for wording in found.order_by("pk").iterator(chunk_size=1000):
        yield (
            wording.pk,
            wording.paragraph_id,
            wording.version.number,
            person(space, wording.author_id),
            wording.text,
            wording.reason,
            wording.made_at,
            wording.n_supports,
            wording.outcome,
            wording.outcome_reason,
            wording.get_level_display(),
            wording.get_channel_display(),
        )


def paragraph_votes(space: Space):
    """Votes on the paragraphs of draft texts."""
    return ParagraphVote.objects.filter(paragraph__text__space=space)


def published_supports(space: Space):
    """Support of published suggestions."""
    return WordingSupport.objects.filter(wording__space=space, wording__state=Wording.State.VISIBLE)


def _votes(space: Space) -> Iterator[Row]:
    cast = paragraph_votes(space).order_by("pk")
    rows = cast.values_list("paragraph_id", "member_id", "value", "version", "cast_at")
    for paragraph, member, value, version, cast_at in rows.iterator(chunk_size=5000):
        # The day, not the second: exact moments of many votes would tell people apart.
        yield paragraph, voter(space, member), value, version, cast_at.date().isoformat()


def _supports(space: Space) -> Iterator[Row]:
    rows = published_supports(space).order_by("pk").values_list("wording_id", "member_id", "made_at")
    for wording, member, made_at in rows.iterator(chunk_size=5000):
        yield wording, voter(space, member), made_at.date().isoformat()


def _causes(space: Space) -> Iterator[Row]:
    found = VersionCause.objects.filter(texts.readable_cause(), version__text__space=space).order_by("pk")
    yield from found.values_list("version__text_id", "version__number", "paragraph_id", "wording_id", "comment_id")


TABLES = (
    Table(
        name="paragraphs",
        title=_("Draft texts, version by version"),
        columns={
            "text": _("number of the text"),
            "title": _("title of the text"),
            "version": _("number of the version"),
            "published_at": _("when the version was published"),
            "paragraph": _("lasting number of the paragraph, the same in every version"),
            "position": _("its place in the version, from 0"),
            "kind": _("chapter, heading or paragraph"),
            "label": _("how it is cited in this version"),
            "words": _("the words"),
            "changed_in": _("the version that gave it these words"),
            "split_from": _("the paragraph it was part of before"),
        },
        rows=_passages,
    ),
    Table(
        name="wordings",
        title=_("Suggested wording"),
        columns={
            "id": _("number of the suggestion"),
            "paragraph": _("number of the paragraph"),
            "version": _("the version whose words it would change"),
            "person": _("pseudonym of its author"),
            "text": _("the suggested words"),
            "reason": _("why its author wants them"),
            "made_at": _("when it was sent"),
            "supports": _("how many people want these words"),
            "outcome": _("open, taken, partly or declined"),
            "outcome_reason": _("the reason of the agency"),
            "level": LEVEL,
            "channel": _("the door it came in by"),
        },
        rows=_wordings,
    ),
    Table(
        name="paragraph_votes",
        title=_("Votes on paragraphs"),
        columns={
            "paragraph": _("number of the paragraph"),
            "person": _("pseudonym of the voter"),
            "value": _("1 support, -1 oppose"),
            "version": _("the version the voter had read"),
            "day": _("the day it was cast"),
        },
        rows=_votes,
    ),
    Table(
        name="wording_supports",
        title=_("Support of suggested wording"),
        columns={
            "wording": _("number of the suggestion"),
            "person": _("pseudonym of the voter"),
            "day": _("the day it was cast"),
        },
        rows=_supports,
    ),
    Table(
        name="version_causes",
        title=_("What people said that changed a text"),
        columns={
            "text": _("number of the text"),
            "version": _("number of the version"),
            "paragraph": _("number of the paragraph"),
            "wording": _("number of the suggestion that led to it"),
            "comment": _("number of the comment that led to it"),
        },
        rows=_causes,
    ),
)
