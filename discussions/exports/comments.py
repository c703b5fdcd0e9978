"""Comments as open data."""

from django.utils.translation import gettext_lazy as _

from discussions.exports.table import Table, person
from discussions.models import Comment


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
            "level": _("how surely its author is known"),
            "channel": _("the door it came in by"),
        },
        rows=_rows,
    ),
)
