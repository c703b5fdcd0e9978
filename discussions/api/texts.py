"""Draft texts through the interface for programs."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import Http404
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from discussions import changes, paragraphs, texts, wordings
from discussions.api.access import TokenAccess, space_or_404
from discussions.api.pages import LARGEST_ID, Stretch, stretch
from discussions.api.shapes import CLIENT_ID, Refusal
from discussions.models import Channel, DraftText, Paragraph, Space, TextVersion, Wording

router = Router(tags=["texts"])

Id = Annotated[int, Field(ge=0, le=LARGEST_ID)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
REFUSALS = frozenset({401, 403, 404, 409, 422, 429})


class TextOut(Schema):
    """A text with its published versions."""

    id: int
    title: str
    versions: list[int]
    url: str

    @staticmethod
    def resolve_versions(text: DraftText) -> list[int]:
        return [one.number for one in text.versions.all() if one.published_at is not None]

    @staticmethod
    def resolve_url(text: DraftText) -> str:
        return text.get_absolute_url()


class TextList(Schema):
    """A stretch of texts, newest first."""

    items: list[TextOut]
    before: int | None


class PassageOut(Schema):
    """A paragraph in one version. `paragraph` is its lasting number; the counts are of today, `supports` and `opposes`
    of its present words."""

    paragraph: int
    kind: str
    depth: int
    label: str
    article: str
    words: str
    changed_in: int
    split_from: int | None
    comments: int
    wordings: int
    supports: int
    opposes: int


class VersionOut(Schema):
    """One version, whole. `is_parsed` is false when it was divided at blank lines."""

    text: int = Field(alias="text_id")
    number: int
    note: str
    is_parsed: bool
    published_at: datetime
    passages: list[PassageOut]


class CauseOut(Schema):
    """A contribution that led to a change: one of the two is set."""

    wording: int | None = Field(alias="wording_id")
    comment: int | None = Field(alias="comment_id")


class PieceOut(Schema):
    """A stretch of words that is `same`, `gone` or `new`."""

    kind: str
    text: str


class ChangeOut(Schema):
    """What became of one paragraph. `into` is the paragraph a merged one went into."""

    paragraph: int
    kind: str
    label: str
    label_before: str
    into: int | None
    words: list[PieceOut]
    causes: list[CauseOut]


class WordingOut(Schema):
    """A published suggestion. `version` is the version whose words it would change."""

    id: int
    paragraph: int = Field(alias="paragraph_id")
    version: int
    author: str
    text: str
    reason: str
    state: str
    outcome: str
    outcome_reason: str
    supports: int
    made_at: datetime
    url: str

    @staticmethod
    def resolve_version(wording: Wording) -> int:
        return wording.version.number

    @staticmethod
    def resolve_author(wording: Wording) -> str:
        return wording.author.display_name

    @staticmethod
    def resolve_supports(wording: Wording) -> int:
        return wording.n_supports

    @staticmethod
    def resolve_url(wording: Wording) -> str:
        return wording.get_absolute_url()


class WordingList(Schema):
    """A stretch of suggestions, newest first."""

    items: list[WordingOut]
    before: int | None


class WordingStretch(Stretch):
    """Those for one paragraph, if it is named."""

    paragraph: int | None = Query(None, ge=0, le=LARGEST_ID)


class WordingIn(Schema):
    """Words to suggest. Sent again with the same `client_id`, the first suggestion comes back."""

    text: str
    reason: str = ""
    client_id: str = Field(pattern=CLIENT_ID)


class VoteIn(Schema):
    """1 supports, -1 opposes, 0 takes the vote back."""

    value: Literal[-1, 0, 1]


class SupportIn(Schema):
    """Whether one wants these words."""

    supports: bool


@router.get("spaces/{slug}/texts", response=TextList, summary=gettext_noop("Draft texts of a discussion"))
def index(request, slug: str, asked: Query[Stretch]):
    """Newest first, without those that have no published version."""
    found = texts.published(space_or_404(slug)).select_related("space").prefetch_related("versions")
    rows, before = stretch(found, asked)
    return {"items": rows, "before": before}


@router.get(
    "spaces/{slug}/texts/{id}/versions/{number}", response=VersionOut, summary=gettext_noop("One version of a text")
)
def version(request, slug: str, id: Id, number: Number):
    """Its passages in their order."""
    found = _version(space_or_404(slug), id, number)
    passages = texts.passages(found)
    counts = texts.counts(passages)
    return {
        **{name: getattr(found, name) for name in ("text_id", "number", "note", "is_parsed", "published_at")},
        "passages": [_passage(passage, counts[passage.paragraph_id]) for passage in passages],
    }


@router.get(
    "spaces/{slug}/texts/{id}/versions/{number}/changes",
    response=list[ChangeOut],
    summary=gettext_noop("What changed in a version"),
)
def changed(request, slug: str, id: Id, number: Number):
    """Against the version before it, with what people said that led to it. Empty for the first version."""
    space = space_or_404(slug)
    new = _version(space, id, number)
    if number == 1:
        return []
    found = changes.between(_version(space, id, number - 1), new)
    return [_change(change) for change in found if change.kind != changes.Kind.SAME]


@router.get("spaces/{slug}/wordings", response=WordingList, summary=gettext_noop("Suggested wording in a discussion"))
def suggested(request, slug: str, asked: Query[WordingStretch]):
    """Published ones, newest first."""
    found = wordings.with_support(Wording.objects.published().filter(space=space_or_404(slug)))
    if asked.paragraph is not None:
        found = found.filter(paragraph=asked.paragraph)
    rows, before = stretch(found.select_related("author", "space", "version"), asked)
    return {"items": rows, "before": before}


@router.post(
    "spaces/{slug}/paragraphs/{id}/wordings",
    response={201: WordingOut, REFUSALS: Refusal},
    auth=TokenAccess(),
    summary=gettext_noop("Suggest words for a paragraph"),
)
def suggest(request, slug: str, id: Id, sent: WordingIn):
    """In the name of the member whose token is used. `state` is "held" when a moderator looks first."""
    made = wordings.suggest(
        paragraph=_paragraph(slug, id),
        author=request.auth,
        text=sent.text,
        reason=sent.reason,
        client_id=sent.client_id,
        channel=Channel.API,
    )
    return Status(201, _shown(made.pk))


@router.put(
    "spaces/{slug}/paragraphs/{id}/vote",
    response={204: None, REFUSALS: Refusal},
    auth=TokenAccess(),
    summary=gettext_noop("Support or oppose a paragraph"),
)
def vote(request, slug: str, id: Id, sent: VoteIn):
    """One vote for each member; a new one replaces the old one."""
    paragraph = _paragraph(slug, id)
    if sent.value:
        paragraphs.cast(paragraph=paragraph, member=request.auth, value=sent.value, channel=Channel.API)
    else:
        paragraphs.take_back(paragraph=paragraph, member=request.auth)
    return Status(204, None)


@router.put(
    "spaces/{slug}/wordings/{id}/support",
    response={200: WordingOut, REFUSALS: Refusal},
    auth=TokenAccess(),
    summary=gettext_noop("Support suggested words"),
)
def support(request, slug: str, id: Id, sent: SupportIn):
    """Sent again, it changes nothing."""
    wording = Wording.objects.published().filter(pk=id, space=space_or_404(slug)).first()
    if wording is None:
        raise Http404
    if sent.supports:
        wordings.support(wording=wording, member=request.auth, channel=Channel.API)
    else:
        wordings.take_back_support(wording=wording, member=request.auth)
    return _shown(wording.pk)


def _version(space: Space, text_id: int, number: int) -> TextVersion:
    found = TextVersion.objects.filter(
        text=text_id, text__space=space, number=number, published_at__isnull=False
    ).first()
    if found is None:
        raise Http404
    return found


def _paragraph(slug: str, pk: int) -> Paragraph:
    """A paragraph that the public has seen."""
    found = texts.last_words(pk)
    if found is None or found.version.text.space_id != space_or_404(slug).pk:
        raise Http404
    return found.paragraph


def _shown(pk: int) -> Wording:
    return wordings.with_support(Wording.objects.filter(pk=pk)).select_related("author", "space", "version").get()


def _passage(passage, counts: texts.Counts) -> dict:
    names = ("kind", "depth", "label", "article", "words", "changed_in")
    return {
        **{name: getattr(passage, name) for name in names},
        "paragraph": passage.paragraph_id,
        "split_from": passage.split_from_id,
        "comments": counts.comments,
        "wordings": counts.wordings,
        "supports": counts.supports,
        "opposes": counts.opposes,
    }


def _change(change: changes.Change) -> dict:
    return {
        "paragraph": change.passage.paragraph_id,
        "kind": change.kind.value,
        "label": change.after.label if change.after else "",
        "label_before": change.before.label if change.before else "",
        "into": change.host.paragraph_id if change.host else None,
        "words": [{"kind": str(kind), "text": piece} for kind, piece in change.words],
        "causes": change.causes,
    }
