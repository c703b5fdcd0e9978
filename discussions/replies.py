"""Official answers: an officer replies to a comment, a live question or a topic."""

from django.db import transaction
from django.utils import timezone

from discussions import events, rules, wording
from discussions.errors import CivicError, Conflict, NotFound
from discussions.models import Comment, Member, Question, Reply, Space


def answer(
    *,
    space: Space,
    officer: Member,
    text: str,
    client_id: str,
    comment: Comment | None = None,
    question: Question | None = None,
    topic_number: int | None = None,
    topic_label: str = "",
) -> Reply:
    """Publish an official answer to exactly one target, signed by the officer's agency; appends reply.given.

    Raises InvalidText, NotAllowed (no role, no agency), NotFound (target elsewhere or hidden), Conflict.
    """
    targets = [target for target in (comment, question, topic_number) if target is not None]
    if len(targets) != 1:
        raise CivicError(rules.explained("withdrawn"), code="one_target")
    words = wording.cleaned(text, limit=wording.REPLY_LIMIT)
    with transaction.atomic():
        space = events.lock(space.pk)
        rules.require(rules.may_answer(officer))
        _require_reachable(space, comment, question)
        earlier = Reply.objects.filter(officer=officer, client_id=client_id).first()
        if earlier is not None:
            if earlier.text != words:
                raise Conflict
            return earlier
        reply = Reply.objects.create(
            space=space,
            agency_id=officer.agency_id,
            officer=officer,
            comment=comment,
            question=question,
            topic_number=topic_number,
            topic_label=topic_label,
            text=words,
            client_id=client_id,
            answered_at=timezone.now(),
        )
        target = {"comment": reply.comment_id, "question": reply.question_id, "topic": topic_number}
        events.append(space, "reply.given", {"id": reply.pk, **{k: v for k, v in target.items() if v is not None}})
    return reply


def _require_reachable(space: Space, comment: Comment | None, question: Question | None) -> None:
    gone = NotFound(rules.explained("withdrawn"), code="target_gone")
    if comment is not None:
        found = Comment.objects.published().filter(pk=comment.pk, space=space)
        if not found.exists():
            raise gone
    if question is not None:
        found = Question.objects.published().filter(pk=question.pk, session__space=space)
        if not found.exists():
            raise gone
