"""Votes for and against the paragraphs of a draft text."""

from django.db import transaction
from django.utils import timezone

from discussions import events, rules, texts
from discussions.errors import CivicError
from discussions.models import Channel, Member, Paragraph, ParagraphVote, Space


def cast(*, paragraph: Paragraph, member: Member, value: int, channel: str = Channel.WEB) -> ParagraphVote:
    """Support (1) or oppose (-1) a paragraph as it stands; a new vote replaces the old one.

    Raises NotAllowed (also when the paragraph was taken out meanwhile), CivicError for an unknown value.
    """
    if value not in ParagraphVote.Value.values:
        raise CivicError(rules.explained("withdrawn"), code="unknown_vote")
    with transaction.atomic():
        _require(paragraph, member)
        vote = ParagraphVote(
            paragraph=paragraph,
            member=member,
            value=value,
            version=texts.latest(paragraph.text).number,
            cast_at=timezone.now(),
            level=member.level,
            channel=channel,
        )
        ParagraphVote.objects.bulk_create(
            [vote],
            update_conflicts=True,
            unique_fields=["paragraph", "member"],
            update_fields=["value", "version", "cast_at", "level", "channel"],
        )
    return vote


def take_back(*, paragraph: Paragraph, member: Member) -> None:
    """Undo one's vote while votes are taken."""
    with transaction.atomic():
        _require(paragraph, member)
        ParagraphVote.objects.filter(paragraph=paragraph, member=member).delete()


def _require(paragraph: Paragraph, member: Member) -> Space:
    space = events.lock(paragraph.text.space_id)
    rules.require(rules.may_weigh(member, space, is_in_text=texts.is_in_text(paragraph.pk)))
    return space
