"""People and spaces for tests, made as the product makes them."""

import itertools
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from discussions import comments, voting
from discussions.forms import new_client_id
from discussions.models import Agency, Member, Phase, Space
from nlp.models import Corpus

PASSWORD = "correct-horse-battery"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_numbers = itertools.count(1)


def make_member(*, name: str = "", role: str = "", agency: Agency | None = None, **fields) -> Member:
    """A member of long standing, in the group `role` when one is named."""
    number = next(_numbers)
    member = Member.objects.create_user(
        fields.pop("email", f"person{number}@example.org"),
        PASSWORD,
        display_name=name or f"市民{number}",
        agency=agency,
        date_joined=fields.pop("date_joined", LONG_AGO),
        **fields,
    )
    if role:
        member.groups.add(Group.objects.get(name=role))
    return member


def make_agency(name: str = "示範交通局") -> Agency:
    """A public body."""
    return Agency.objects.get_or_create(slug=f"agency-{next(_numbers)}", defaults={"name": name})[0]


def make_space(*, phase: str = Phase.OPEN, title: str = "公車改點", **fields) -> Space:
    """A policy under discussion."""
    slug = fields.pop("slug", f"space-{next(_numbers)}")
    corpus = Corpus.objects.create(key=slug, title=title)
    now = timezone.now()
    return Space.objects.create(
        slug=slug,
        title=title,
        question=fields.pop("question", "公車班次應該怎麼改？"),
        phase=phase,
        corpus=corpus,
        opens_at=now - timedelta(days=3),
        **fields,
    )


def say(space: Space, author: Member, text: str, **fields):
    """Post a comment through the public action."""
    return comments.post(space=space, author=author, text=text, client_id=new_client_id(), **fields)


def propose(space: Space, author: Member, text: str):
    """Put a statement to the vote through the public action."""
    return voting.state(space=space, author=author, text=text, client_id=new_client_id())
