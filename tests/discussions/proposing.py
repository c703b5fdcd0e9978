"""Proposals for tests, made through the public actions."""

from discussions import proposals, signatures
from discussions.forms import new_client_id
from discussions.instruments import Instrument
from discussions.models import Proposal, Space
from tests.factories import make_member, make_space

TEXT = "放學時間校門口的車流很亂，請在門口五十公尺內設行人專用時段。"


def proposing_space(*, threshold: int = 3, days: int = 60, level: int = 10, **fields) -> Space:
    """A space that takes proposals on these terms."""
    space = make_space(**fields)
    space.instruments = {
        **space.instruments,
        Instrument.PROPOSALS.value: {"threshold": threshold, "days": days, "level": level},
    }
    space.save(update_fields=["instruments"])
    return space


def draft(space, author, title="校門口設行人專用時段", text=TEXT) -> Proposal:
    return proposals.save(space=space, author=author, title=title, text=text, client_id=new_client_id())


def published(space, author, title="校門口設行人專用時段", text=TEXT) -> Proposal:
    return proposals.publish(proposal=draft(space, author, title, text), author=author)


def signed(proposal, number: int, **fields) -> list:
    """So many new people co-sign."""
    people = [make_member(**fields) for _number in range(number)]
    for person in people:
        signatures.sign(proposal=proposal, member=person)
    proposal.refresh_from_db()
    return people
