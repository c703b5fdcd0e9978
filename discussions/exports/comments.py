"""Comments as open data."""

from django.utils.translation import gettext_lazy as _

from discussions.exports.table import LEVEL, Table, person, voter
from discussions.models import Comment, Reaction


def _rows(space):
    found = Comment.objects.published().filter(space=space).order_by("id")
    for comment in found.iterator(chunk_size=1000):
        yield (
            comment.pk,
            comment.parent_id,
            comment.proposal_id,
            comment.paragraph_id,
            person(space, comment.author_id),
            comment.kind,
            comment.text,
            comment.posted_at,
            comment.get_level_display(),
            comment.get_channel_display(),
        )


def published_reactions(space):
    """Reactions to published comments."""
    return Reaction.objects.filter(comment__space=space, comment__state=Comment.State.VISIBLE)


def _reactions(space):
    rows = published_reactions(space).order_by("id").values_list("comment_id", "member_id", "kind", "made_at")
    for comment, member, kind, made_at in rows.iterator(chunk_size=5000):
        # The day, not the second: exact moments of many presses would tell people apart.
        yield comment, voter(space, member), kind, made_at.date().isoformat()


TABLES = (
    Table(
        name="comments",
        title=_("Comments"),
        columns={
            "id": _("number of the comment"),
            "parent": _("number of the comment it answers"),
            "proposal": _("number of the proposal it stands under"),
            "paragraph": _("number of the paragraph it stands under"),
            "person": _("pseudonym of its author"),
            "kind": _("opinion, question, concern, support or suggestion"),
            "text": _("the words"),
            "posted_at": _("when it was sent"),
            "level": LEVEL,
            "channel": _("the door it came in by"),
        },
        rows=_rows,
    ),
    Table(
        name="reactions",
        title=_("Reactions to comments"),
        columns={
            "comment": _("number of the comment"),
            "person": _("pseudonym of who reacted"),
            "kind": _("agree, thanks or doubt"),
            "day": _("the day it was given"),
        },
        rows=_reactions,
    ),
)
