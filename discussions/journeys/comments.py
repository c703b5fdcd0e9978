"""Comments of a member, the replies to them and what others made of them."""

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import reasons
from discussions.journeys.contribution import Contribution, step
from discussions.models import Comment


def of(member, cut, limit: int):
    """The newest `limit` of them behind the cut."""
    found = list(cut.of(member.comments.select_related("space"), source="comment", at="posted_at")[:limit])
    replies = Comment.objects.published().filter(parent__in=[comment.pk for comment in found]).exclude(author=member)
    counted = dict(replies.order_by().values_list("parent").annotate(n=Count("pk"))) if found else {}
    for comment in found:
        yield Contribution(
            source="comment",
            key=comment.pk,
            space=comment.space,
            words=comment.text,
            at=comment.posted_at,
            url=comment.get_absolute_url(),
            hidden_reason=reasons.words(comment.hidden_reason),
            is_gone=comment.state == Comment.State.WITHDRAWN,
            is_held=comment.state == Comment.State.HELD,
            more=list(_more(comment, counted.get(comment.pk, 0))),
        )


def _more(comment: Comment, replies: int):
    """What others did with it, as far as somebody did."""
    if comment.state != Comment.State.VISIBLE:
        return
    reacted = [
        ngettext("%(n)s person agrees", "%(n)s people agree", comment.n_agree) % {"n": comment.n_agree}
        if comment.n_agree
        else "",
        ngettext("%(n)s person thanks you", "%(n)s people thank you", comment.n_thanks) % {"n": comment.n_thanks}
        if comment.n_thanks
        else "",
        ngettext("%(n)s person is not convinced", "%(n)s people are not convinced", comment.n_doubt)
        % {"n": comment.n_doubt}
        if comment.n_doubt
        else "",
    ]
    if any(reacted):
        yield step(_("Reactions"), "done", words=_("; ").join(filter(None, reacted)))
    if replies:
        words = ngettext("%(n)s reply from others", "%(n)s replies from others", replies) % {"n": replies}
        yield step(_("Replies received"), "done", words=words, url=comment.get_absolute_url())
