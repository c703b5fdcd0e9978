"""Statements, votes and the links to the open data through the interface for programs."""

from datetime import datetime

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from discussions import asking, splits, voting
from discussions.api.access import TokenAccess, space_or_404
from discussions.api.pages import LARGEST_ID, Stretch, stretch
from discussions.api.shapes import CLIENT_ID, Refusal
from discussions.exports import TABLES, bundle
from discussions.models import Channel, Space, State, Statement

router = Router(tags=["statements"])
data = Router(tags=["open data"])
REFUSED = {frozenset({401, 403, 404, 409, 422, 429}): Refusal}


class StatementOut(Schema):
    """A statement with its tally. `by_agency`: the agency wrote it. `closed`: it takes no more votes."""

    id: int
    text: str
    state: str
    by_agency: bool = Field(alias="is_seed")
    closed: bool
    agree: int
    disagree: int
    passed: int
    made_at: datetime
    url: str

    @staticmethod
    def resolve_closed(statement: Statement) -> bool:
        return statement.closed_at is not None

    @staticmethod
    def resolve_url(statement: Statement) -> str:
        return statement.get_absolute_url()


class PartOut(Schema):
    """The votes of one level or channel; `key` is "" where parts of fewer than five people stand together."""

    key: str
    agree: int
    disagree: int
    passed: int


class StatementWithParts(StatementOut):
    """A statement with its tally split by level and by channel."""

    by_level: list[PartOut]
    by_channel: list[PartOut]

    @staticmethod
    def resolve_by_level(statement: Statement) -> list[splits.Part]:
        return splits.by(statement, "level")

    @staticmethod
    def resolve_by_channel(statement: Statement) -> list[splits.Part]:
        return splits.by(statement, "channel")


class StatementList(Schema):
    """A stretch of statements, newest first."""

    items: list[StatementOut]
    before: int | None


class NextOut(Schema):
    """The statement to ask about now; null when everything is answered."""

    statement: StatementOut | None
    voted: int
    total: int


class StatementIn(Schema):
    """A statement to put to the vote. Sent again with the same `client_id`, the first one comes back."""

    text: str
    client_id: str = Field(pattern=CLIENT_ID)


class VoteIn(Schema):
    """1 agree, -1 disagree, 0 pass."""

    value: int = Field(ge=-1, le=1)


class VoteOut(Schema):
    """One's vote as it stands now, and the statement with it."""

    value: int | None
    statement: StatementOut


class TableOut(Schema):
    """One table of the open data and where it is."""

    name: str
    title: str
    columns: dict[str, str]
    csv: str
    json_: str = Field(alias="json")


class DataOut(Schema):
    """What the open data of a discussion holds, and on what terms."""

    licence: str
    licence_url: str
    zip: str
    polis: str
    tables: list[TableOut]


@router.get("spaces/{slug}/statements", response=StatementList, summary=gettext_noop("Statements of a discussion"))
def index(request, slug: str, asked: Query[Stretch]):
    """Published ones with their tallies, newest first."""
    space = space_or_404(slug)
    rows, before = stretch(voting.with_tallies(space).select_related("space"), asked)
    return {"items": rows, "before": before}


@router.get(
    "spaces/{slug}/statements/next",
    response={200: NextOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("The statement to ask about now"),
)
def upcoming(request, slug: str):
    """The one on which a vote of this member teaches most."""
    space = space_or_404(slug)
    voted, total = voting.progress(request.auth, space)
    return {"statement": asking.next_for(request.auth, space), "voted": voted, "total": total}


@router.get("spaces/{slug}/statements/{int:pk}", response=StatementWithParts, summary=gettext_noop("One statement"))
def one(request, slug: str, pk: int):
    """Its tally, split by level and by channel."""
    return _found(space_or_404(slug), pk)


@router.post(
    "spaces/{slug}/statements",
    response={201: StatementOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Put a statement to the vote"),
)
def state(request, slug: str, sent: StatementIn):
    """In the name of the member whose token is used. `state` is "held" when a moderator looks first."""
    made = voting.state(
        space=space_or_404(slug),
        author=request.auth,
        text=sent.text,
        client_id=sent.client_id,
        channel=Channel.API,
    )
    return Status(201, made)


@router.put(
    "spaces/{slug}/statements/{int:pk}/vote",
    response={200: VoteOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Vote, or change one's vote"),
)
def vote(request, slug: str, pk: int, sent: VoteIn):
    """Sent twice it is one vote."""
    space = space_or_404(slug)
    cast = voting.cast(statement=_found(space, pk), member=request.auth, value=sent.value, channel=Channel.API)
    return {"value": cast.value, "statement": _found(space, pk)}


@router.delete(
    "spaces/{slug}/statements/{int:pk}/vote",
    response={200: VoteOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Take one's vote back"),
)
def take_back(request, slug: str, pk: int):
    """Harmless without a vote."""
    space = space_or_404(slug)
    voting.take_back(statement=_found(space, pk), member=request.auth)
    return {"value": None, "statement": _found(space, pk)}


@data.get("spaces/{slug}/data", response=DataOut, summary=gettext_noop("The open data of a discussion"))
def open_data(request, slug: str):
    """Where its files are, what their columns mean, on what terms they may be used."""
    space = space_or_404(slug)
    licence = bundle.licence_of(space)
    return {
        "licence": licence.short,
        "licence_url": licence.url,
        "zip": _address("open_data_zip", space),
        "polis": _address("open_data_polis", space),
        "tables": [
            {
                "name": table.name,
                "title": str(table.title),
                "columns": {name: str(words) for name, words in table.columns.items()},
                "csv": _address("open_data_table", space, table.name, "csv"),
                "json": _address("open_data_table", space, table.name, "json"),
            }
            for table in TABLES
        ],
    }


def _found(space: Space, pk: int) -> Statement:
    """A published statement of this space, fresh. Raises Http404."""
    found = None
    if pk <= LARGEST_ID:
        found = Statement.objects.select_related("space").filter(space=space, pk=pk, state=State.VISIBLE).first()
    if found is None:
        raise Http404
    return found


def _address(name: str, space: Space, *args: str) -> str:
    return settings.SITE_URL + reverse(f"discussions:{name}", args=[space.slug, *args])
