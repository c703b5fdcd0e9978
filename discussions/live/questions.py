"""Questions for the panel: ask, raise, take back. One function is one citizen's action is one transaction."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from discussions import events, holding, pace, rules, wording
from discussions.errors import Conflict
from discussions.live.fairness import require_heard, require_slow
from discussions.models import Channel, LiveSession, Member, Question, QuestionRaise, Space, State
from nlp import stream
from nlp.tasks import enqueue_analysis

SOURCE = "question"


def ask(*, session: LiveSession, author: Member, text: str, client_id: str, channel: str = Channel.WEB) -> Question:
    """Put a question to the panel; appends question.asked, or question.held when a moderator looks first.

    Sent again with the same `client_id`, the first one comes back, even when the floor has closed meanwhile: what was
    taken is safe.

    Raises InvalidText, NotAllowed (also for somebody whose floor was taken), TooSoon, Conflict (same client id, other
    words or another session).
    """
    ahead = holding.read_ahead(text)
    with transaction.atomic():
        space, session = pace.turn(session.space_id, author), LiveSession.objects.get(pk=session.pk)
        mine = Question.objects.filter(author_id=author.pk)
        earlier = mine.filter(client_id=client_id).first()
        if earlier is None:
            rules.require(rules.may_ask(author, space, session))
            require_heard(session, author)
        words = wording.cleaned_line(text, limit=wording.QUESTION_LIMIT)
        if earlier is not None:
            return _same_or_conflict(earlier, session, words)
        now = timezone.now()
        lately = dict(mine.order_by().values_list("session_id").annotate(latest=Max("asked_at")))
        pace.require(author, max(lately.values(), default=None), now)
        require_slow(session, lately.get(session.pk), now)
        question = Question.objects.create(
            session=session,
            author=author,
            text=words,
            client_id=client_id,
            asked_at=now,
            item_id=session.current_item_id,
            level=author.level,
            channel=channel,
            state=_first_state(space, author, words, ahead),
        )
        is_held = question.state == Question.State.HELD
        became_dirty = stream.submit(
            corpus_id=space.corpus_id,
            source=SOURCE,
            key=question.pk,
            text=words,
            author=author.stream_author,
            posted_at=now,
            url=f"/live/{session.code}/#q{question.pk}",
            visible=not is_held,
        )
        told = "question.held" if is_held else "question.asked"
        events.append(space, told, {"id": question.pk, "session": session.pk})
        if became_dirty:
            enqueue_analysis(space.corpus_id)
    return question


def withdraw_question(*, question: Question, author: Member) -> Question:
    """Take one's own question back while nobody else raised it; its words are erased. Appends question.withdrawn.

    Raises NotAllowed.
    """
    with transaction.atomic():
        space, question = locked_question(question)
        rules.require(rules.may_withdraw_question(author, question))
        others = QuestionRaise.objects.filter(question=question).exclude(member=author)
        if others.exists() or question.merged.exists():
            rules.require(rules.Verdict(False, "raised_by_others"))
        question.raises.all().delete()
        question.state, question.text = Question.State.WITHDRAWN, ""
        question.save(update_fields=["state", "text"])
        if stream.withdraw(SOURCE, question.pk):
            enqueue_analysis(space.corpus_id)
        tell_question(space, question, "withdrawn")
    return question


def raise_question(*, question: Question, member: Member, channel: str = Channel.WEB) -> int:
    """Want this question answered too; appends question.raised when it is news. Returns how many people raise it.

    Whoever raises a question that was joined with another raises that one.
    """
    with transaction.atomic():
        space, question = _raisable(question, member)
        _raised, is_new = QuestionRaise.objects.get_or_create(
            question=question, member=member, defaults={"level": member.level, "channel": channel}
        )
        return _raises(space, question, changed=is_new)


def lower_question(*, question: Question, member: Member) -> int:
    """Take one's raise back, also those of questions joined with it; appends question.raised when it is news."""
    with transaction.atomic():
        space, question = _raisable(question, member)
        mine = QuestionRaise.objects.filter(Q(question=question) | Q(question__merged_into=question), member=member)
        removed, _by_model = mine.delete()
        return _raises(space, question, changed=bool(removed))


def locked_question(question: Question) -> tuple[Space, Question]:
    """The space, locked, and the question as it stands now."""
    space = events.lock(question.session.space_id)
    return space, Question.objects.select_related("session", "merged_into").get(pk=question.pk)


def tell_question(space: Space, question: Question, verb: str, **more: int) -> None:
    """Append an event about a question."""
    events.append(space, f"question.{verb}", {"id": question.pk, "session": question.session_id, **more})


def _first_state(space: Space, author: Member, words: str, ahead: Mapping[str, bool]) -> str:
    is_held = holding.state_for(space=space, author=author, text=words, ahead=ahead) == State.HELD
    return Question.State.HELD if is_held else Question.State.ASKED


def _same_or_conflict(earlier: Question, session: LiveSession, words: str) -> Question:
    is_same = earlier.state == Question.State.WITHDRAWN or earlier.text == words
    if not is_same or earlier.session_id != session.pk:
        raise Conflict
    return earlier


def _raisable(question: Question, member: Member) -> tuple[Space, Question]:
    space, question = locked_question(question)
    question = question.carrier
    rules.require(rules.may_raise(member, space, question.session, question))
    return space, question


def _raises(space: Space, question: Question, *, changed: bool) -> int:
    raises = question.raises.count()
    if changed:
        tell_question(space, question, "raised", raises=raises)
    return raises
