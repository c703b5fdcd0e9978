"""What people made of the comments in the demo, and one comment that its author has changed."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from civic.demo import buses, telecom, tourism
from civic.demo.town import Town
from discussions import comments, counting, reactions
from discussions.models import Comment, CommentEdit, Reaction, Space, State

# How likely a member of the town reacts to a comment at all, and how.
REACTS = 0.35
WEIGHTS = {"agree": 6, "thanks": 2, "doubt": 2}
# The comment of the demo's citizen that was changed, and how it reads now.
CHANGED = (
    "原來如此，那至少把表定時間改成做得到的，等的人心裡有數。",
    "原來如此，那至少把表定時間改成司機做得到的，站牌也一起換，等的人心裡有數。",
)


def add(town: Town) -> None:
    """React and change unless it was done, and count the replies of every discussion of the demo."""
    slugs = [subject.slug for subject in (buses.SUBJECT, telecom.SUBJECT, tourism.SUBJECT)]
    for space in Space.objects.filter(slug__in=slugs):
        _react(space, town)
        counting.catch_up_space(space.pk)
    _change(town.space(buses.SUBJECT.slug))


def _react(space: Space, town: Town) -> None:
    """Written as rows at once: the discussions that are over take no reaction any more, but took them once."""
    if Reaction.objects.filter(comment__space=space).exists():
        return
    random = Random(f"{space.slug} reactions")
    said = list(Comment.objects.published().filter(space=space).order_by("id"))
    rows = []
    for comment in said:
        liked = REACTS * random.random()
        for member in town.crowd:
            if member.pk == comment.author_id or random.random() > liked:
                continue
            (kind,) = random.choices(list(WEIGHTS), WEIGHTS.values())
            later = comment.posted_at + (timezone.now() - comment.posted_at) * random.random()
            rows.append(Reaction(comment=comment, member=member, kind=kind, made_at=later, level=member.level))
    Reaction.objects.bulk_create(rows, batch_size=500)
    reactions.recount([comment.pk for comment in said])


def _change(space: Space) -> None:
    before, after = CHANGED
    comment = Comment.objects.filter(space=space, text=before, state=State.VISIBLE).first()
    if comment is None:
        return
    comments.edit(comment=comment, author=comment.author, text=after)
    moment = comment.posted_at + timedelta(minutes=25)
    Comment.objects.filter(pk=comment.pk).update(edited_at=moment)
    CommentEdit.objects.filter(comment=comment).update(until=moment)
