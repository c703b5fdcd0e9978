"""Proposals and signatures through the interface for programs."""

from datetime import datetime

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Path, Query, Router, Schema, Status

from discussions import petitions, proposals, signatures
from discussions.api.access import TokenAccess, space_or_404
from discussions.api.pages import LARGEST_ID, Stretch, stretch
from discussions.api.shapes import CLIENT_ID, Refusal
from discussions.models import Addendum, Channel, Proposal, Space

router = Router(tags=["proposals"])
Pk = Path(..., ge=0, le=LARGEST_ID)
REFUSALS = frozenset({401, 403, 404, 409, 422, 429})


class LevelOut(Schema):
    """How many signers are known this surely."""

    label: str
    signatures: int


class AddendumOut(Schema):
    """What its author added once others had signed."""

    id: int
    text: str
    made_at: datetime


class ProposalOut(Schema):
    """A proposal. `author` is the name its author chose, "" after they have stepped back. Signers are never named."""

    id: int
    author: str = Field(alias="signed_by")
    title: str
    text: str
    stage: str
    state: str
    revision: int
    signatures: int = Field(alias="n_signatures")
    threshold: int
    published_at: datetime | None
    closes_at: datetime | None
    reached_at: datetime | None
    merged_into: int | None = Field(alias="merged_into_id")
    url: str

    @staticmethod
    def resolve_url(proposal: Proposal) -> str:
        return proposal.get_absolute_url()


class ProposalWhole(ProposalOut):
    """A proposal with what was added to it and how surely its signers are known."""

    addenda: list[AddendumOut]
    levels: list[LevelOut]

    @staticmethod
    def resolve_addenda(proposal: Proposal) -> list[Addendum]:
        return list(proposal.addenda.filter(state=Addendum.State.VISIBLE))

    @staticmethod
    def resolve_levels(proposal: Proposal) -> list[dict]:
        counts = signatures.by_level([proposal]).get(proposal.pk, [])
        return [{"label": label, "signatures": number} for label, number in counts]


class ProposalList(Schema):
    """A stretch of proposals, newest first."""

    items: list[ProposalOut]
    before: int | None


class Asked(Stretch):
    """What to read: a stretch, and a stage if only one is wanted."""

    stage: Proposal.Stage | None = Query(None)


class ProposalIn(Schema):
    """A proposal to publish. Sent again with the same `client_id`, the first one comes back."""

    title: str
    text: str
    client_id: str = Field(pattern=CLIENT_ID)


class SignatureIn(Schema):
    """`revision` is that of the words that were read; where they have changed since, the signature is refused."""

    revision: int | None = Field(None, ge=0, le=2**31 - 1)


@router.get("spaces/{slug}/proposals", response=ProposalList, summary=gettext_noop("Proposals of a discussion"))
def index(request, slug: str, asked: Query[Asked]):
    """Published ones, newest first."""
    rows = petitions.readable(space_or_404(slug))
    if asked.stage is not None:
        rows = rows.filter(stage=asked.stage)
    shown, before = stretch(rows, asked)
    return {"items": shown, "before": before}


@router.get(
    "spaces/{slug}/proposals/{pk}",
    response={200: ProposalWhole, 404: Refusal},
    summary=gettext_noop("One proposal with its addenda"),
)
def one(request, slug: str, pk: int = Pk):
    """Words of record, addenda, and signatures split by level."""
    return _proposal(space_or_404(slug), pk)


@router.post(
    "spaces/{slug}/proposals",
    response={201: ProposalOut, REFUSALS: Refusal},
    auth=TokenAccess(),
    summary=gettext_noop("Publish a proposal"),
)
def publish(request, slug: str, sent: ProposalIn):
    """In the name of the member whose token is used, with their signature as the first."""
    draft = proposals.save(
        space=space_or_404(slug),
        author=request.auth,
        title=sent.title,
        text=sent.text,
        client_id=sent.client_id,
        channel=Channel.API,
    )
    return Status(201, proposals.publish(proposal=draft, author=request.auth))


@router.post(
    "spaces/{slug}/proposals/{pk}/signature",
    response={201: ProposalOut, REFUSALS: Refusal},
    auth=TokenAccess(),
    summary=gettext_noop("Co-sign a proposal"),
)
def sign(request, slug: str, sent: SignatureIn, pk: int = Pk):
    """Twice is once. The moment this request arrived decides whether it is in time."""
    received_at = timezone.now()
    proposal = _proposal(space_or_404(slug), pk)
    signatures.sign(
        proposal=proposal, member=request.auth, received_at=received_at, seen=sent.revision, channel=Channel.API
    )
    return Status(201, _proposal(proposal.space, pk))


@router.delete(
    "spaces/{slug}/proposals/{pk}/signature",
    response={200: ProposalOut, REFUSALS: Refusal},
    auth=TokenAccess(),
    summary=gettext_noop("Take a signature back"),
)
def take_back(request, slug: str, pk: int = Pk):
    """While the window is open. Without a signature nothing happens."""
    received_at = timezone.now()
    proposal = _proposal(space_or_404(slug), pk)
    signatures.take_back(proposal=proposal, member=request.auth, received_at=received_at)
    return _proposal(proposal.space, pk)


def _proposal(space: Space, pk: int) -> Proposal:
    proposal = petitions.readable(space).filter(pk=pk).first()
    if proposal is None:
        raise Http404
    return proposal
