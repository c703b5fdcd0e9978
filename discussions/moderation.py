"""Hiding and restoring: always with a reason, always on the record."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from discussions import events, rules
from discussions.errors import NotAllowed, NotFound
from discussions.models import Comment, Member, ModerationAct, Report, Space
from nlp import stream
from nlp.tasks import enqueue_analysis

REASONS = {
    "insult": _("Insult or threat"),
    "spam": _("Advertisement or spam"),
    "personal": _("Somebody's personal data"),
    "off_topic": _("Not about this subject"),
    "illegal": _("Against the law"),
    "mistake": _("Hidden by mistake"),
    "imported": _("Hidden in the consultation it comes from"),
}


def hide(*, comment: Comment, moderator: Member, reason: str) -> Comment:
    """Take a comment off every page, analysis and search; its words are kept. Appends comment.hidden.

    Raises NotAllowed without the role or when it is not visible, NotFound for an unknown reason.
    """
    with transaction.atomic():
        space, comment = _locked(comment, moderator, reason)
        if comment.state != Comment.State.VISIBLE:
            raise NotAllowed(rules.explained("withdrawn"), code="withdrawn")
        comment.state, comment.hidden_reason = Comment.State.HIDDEN, reason
        comment.save(update_fields=["state", "hidden_reason"])
        comment.reports.update(settled=True)
        _record(space, ModerationAct.Act.HIDE, comment, moderator, reason)
        if stream.withdraw("comment", comment.pk):
            enqueue_analysis(space.corpus_id)
        events.append(space, "comment.hidden", {"id": comment.pk})
    return comment


def restore(*, comment: Comment, moderator: Member, reason: str = "mistake") -> Comment:
    """Bring a hidden comment back everywhere. Appends comment.restored."""
    with transaction.atomic():
        space, comment = _locked(comment, moderator, reason)
        if comment.state != Comment.State.HIDDEN:
            raise NotAllowed(rules.explained("withdrawn"), code="withdrawn")
        comment.state, comment.hidden_reason = Comment.State.VISIBLE, ""
        comment.save(update_fields=["state", "hidden_reason"])
        _record(space, ModerationAct.Act.RESTORE, comment, moderator, reason)
        if stream.restore("comment", comment.pk, text=comment.text):
            enqueue_analysis(space.corpus_id)
        events.append(space, "comment.restored", {"id": comment.pk})
    return comment


def keep(*, comment: Comment, moderator: Member) -> None:
    """Settle the reports about a comment that may stay."""
    rules.require(rules.may_moderate(moderator))
    Report.objects.filter(comment=comment, settled=False).update(settled=True)


def waiting():
    """Comments with open reports, most reported first."""
    return (
        Comment.objects.published()
        .filter(reports__settled=False)
        .select_related("author", "space")
        .prefetch_related("reports")
        .distinct()
        .order_by("id")
    )


def _locked(comment: Comment, moderator: Member, reason: str) -> tuple[Space, Comment]:
    rules.require(rules.may_moderate(moderator))
    if reason not in REASONS:
        raise NotFound(rules.explained("role"), code="unknown_reason")
    space = events.lock(comment.space_id)
    return space, Comment.objects.get(pk=comment.pk)


def _record(space: Space, act: str, comment: Comment, moderator: Member, reason: str) -> None:
    ModerationAct.objects.create(
        space=space,
        act=act,
        target=ModerationAct.Target.COMMENT,
        target_id=comment.pk,
        reason=reason,
        moderator=moderator,
    )
