"""The notices of a member on the site itself."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone

from discussions import cursors
from discussions.models import Member, Notice, Phase
from discussions.notices import words

STRETCH = 30


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some notices, newest first; `older` is the cursor of the next stretch, None at the end."""

    lines: list[words.Line]
    older: int | None


def of(member: Member, *, before: int = 0) -> Stretch:
    """A stretch of a member's notices, those behind the notice `before` if given."""
    found, older = cursors.stretch(readable(member), before, STRETCH)
    return Stretch(words.lines(found), older)


def readable(member: Member):
    """A member's notices of what the public may see, with what their words need."""
    rows = Notice.objects.filter(member=member).exclude(event__space__phase=Phase.DRAFT)
    return rows.select_related("event__space__agency")


def read_all(member: Member, *, up_to: int) -> None:
    """What the member has seen is read: every notice up to this one."""
    Notice.objects.filter(member=member, pk__lte=up_to, read_at=None).update(read_at=timezone.now())
    _settle(member.pk)


def read_one(notice: Notice) -> None:
    """One notice is read."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    _settle(notice.member_id)


def _settle(member_id: int) -> None:
    """The bell falls silent when nothing unread is left."""
    unread = Notice.objects.filter(member=OuterRef("pk"), read_at=None)
    Member.objects.filter(~Exists(unread), pk=member_id).update(has_news=False)
