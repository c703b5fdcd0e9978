"""Official answers: an officer answers one thing under the agency's name; a correction leaves the earlier words."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import answer_rules, clocks, events, owed, phases, rules, signatures
from discussions.errors import CivicError, Conflict, InvalidText, NotAllowed, NotFound
from discussions.models import (
    Comment,
    Member,
    Phase,
    Proposal,
    Question,
    Reply,
    ReplyDocument,
    ReplyPoint,
    ReplyVersion,
    Space,
    Statement,
    Wording,
)
from discussions.wording import REPLY_LIMIT, cleaned, cleaned_line

MOST_POINTS = 60
MOST_DOCUMENTS = 20
LABEL_LIMIT = 200
WHY_LIMIT = 2000
ANSWERABLE = (Phase.REVIEW, Phase.ANSWERED, Phase.FOLLOW_UP, Phase.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of an answer to a whole space. `topic_number` joins it to a topic, `verdict` is one of ReplyPoint's."""

    label: str
    verdict: str
    text: str
    next_step: str = ""
    topic_number: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """Something that belongs to an answer: an address on this site or on the web."""

    title: str
    url: str


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
    proposal: Proposal | None = None,
    statement: Statement | None = None,
    wording: Wording | None = None,
    whole: bool = False,
    points: Sequence[Point] = (),
    documents: Sequence[Document] = (),
    is_approved: bool = False,
    now: datetime | None = None,
) -> Reply:
    """Publish an official answer to exactly one target, signed by the officer's agency; appends reply.given, and
    clock.answered when a clock stops by it.

    A proposal is answered once and the space as a whole once for each of its reviews, by the agency that owes the
    answer; with the answer to the whole a review is over. Sent again with the same `client_id`, the first answer comes
    back. `is_approved`: a second person has agreed, as some spaces demand.

    Raises InvalidText, NotAllowed (no role, no agency, another agency, not approved, too early, answered already),
    NotFound (target elsewhere or hidden), Conflict.
    """
    target = {
        "comment": comment,
        "question": question,
        "topic_number": topic_number,
        "proposal": proposal,
        "statement": statement,
        "wording": wording,
        "whole": space if whole else None,
    }
    target = {column: thing for column, thing in target.items() if thing is not None}
    if len(target) != 1 or (points and not whole):
        raise CivicError(rules.explained("one_target"), code="one_target")
    (column, thing) = next(iter(target.items()))
    words = _words(text)
    points, documents = _clean_points(points), _clean_documents(documents)
    now = now or timezone.now()
    with transaction.atomic():
        space = events.lock(space.pk)
        rules.require(rules.may_answer(officer))
        earlier = Reply.objects.filter(officer=officer, client_id=client_id).first()
        if earlier is not None:
            return _same_or_conflict(earlier, space, column, thing, words, points)
        _require_reachable(space, column, thing)
        require_approval_of(space, is_approved=is_approved)
        clock = None
        if column in ("whole", "proposal"):
            # A review whose date has come has its clock, also where the clockwork has not run since.
            space = phases.settled(space, timezone.now())
            _require_owed(space, officer, column, thing)
            clock = clocks.stop(space=space, proposal=proposal, now=now)
        elif question is not None:
            owed.require_owner(officer, question)
            clock = owed.stop(question=question, now=now)
        reply = Reply.objects.create(
            space=space,
            agency_id=officer.agency_id,
            officer=officer,
            text=words,
            topic_label=cleaned_line(topic_label, limit=LABEL_LIMIT, least=1) if topic_label.strip() else "",
            client_id=client_id,
            answered_at=now,
            clock=clock,
            **target,
        )
        _write_parts(reply, points, documents)
        if proposal is not None:
            signatures.answered(proposal)
        key = thing if column == "topic_number" else thing.pk
        events.append(space, "reply.given", {"id": reply.pk, reply.target: key})
        if clock is not None:
            events.append(space, "clock.answered", {"id": clock.pk, "reply": reply.pk})
        if whole and space.phase == Phase.REVIEW:
            phases.enter(space, Phase.ANSWERED, now)
    return reply


def correct(
    *,
    reply: Reply,
    officer: Member,
    text: str,
    why: str,
    points: Sequence[Point] | None = None,
    documents: Sequence[Document] | None = None,
    is_approved: bool = False,
) -> Reply:
    """Replace the words of an answer, with the reason; what it said before stays readable. Appends reply.corrected.

    `points` and `documents` that are not given stay as they are. Without any change nothing is written.

    Raises InvalidText (also without a reason), NotAllowed (no role, another agency, not approved).
    """
    words = _words(text)
    with transaction.atomic():
        space = events.lock(reply.space_id)
        reply = Reply.objects.get(pk=reply.pk)
        rules.require(answer_rules.may_answer_for(officer, reply.agency_id))
        require_approval_of(space, is_approved=is_approved)
        said = _points_of(reply), _documents_of(reply)
        points = said[0] if points is None else _clean_points(points)
        documents = said[1] if documents is None else _clean_documents(documents)
        if (words, points, documents) == (reply.text, *said):
            return reply
        if points and reply.whole_id is None:
            raise CivicError(rules.explained("one_target"), code="one_target")
        missing = _("This answer is public. Please say why it is corrected.")
        _replace(reply, officer, words, cleaned(why, limit=WHY_LIMIT, missing=missing), points, documents)
        events.append(space, "reply.corrected", {"id": reply.pk, "version": reply.version})
    return reply


def check(*, text: str, whole: bool = True, points: Sequence[Point] = (), documents: Sequence[Document] = ()) -> None:
    """Would these words be taken? Raises InvalidText and CivicError (points to one thing) as `answer` does."""
    if points and not whole:
        raise CivicError(rules.explained("one_target"), code="one_target")
    _words(text)
    _clean_points(points)
    _clean_documents(documents)


def require_approval_of(space: Space, *, is_approved: bool) -> None:
    """Raises NotAllowed where a second person has to agree and nobody has."""
    if not is_approved and clocks.terms(space).needs_approval:
        raise NotAllowed(rules.explained("needs_approval"), code="needs_approval")


def _replace(reply: Reply, officer: Member, words: str, why: str, points, documents) -> None:
    now = timezone.now()
    ReplyVersion.objects.create(
        reply=reply,
        number=reply.version,
        text=reply.text,
        points=[asdict(point) for point in _points_of(reply)],
        documents=[asdict(document) for document in _documents_of(reply)],
        valid_from=reply.corrected_at or reply.answered_at,
        corrected_at=now,
        corrected_by=officer,
        why=why,
    )
    reply.text, reply.version, reply.corrected_at = words, reply.version + 1, now
    reply.save(update_fields=["text", "version", "corrected_at"])
    reply.points.all().delete()
    reply.documents.all().delete()
    _write_parts(reply, points, documents)


def _write_parts(reply: Reply, points: list[Point], documents: list[Document]) -> None:
    ReplyPoint.objects.bulk_create(
        ReplyPoint(reply=reply, position=position, **asdict(point)) for position, point in enumerate(points)
    )
    ReplyDocument.objects.bulk_create(
        ReplyDocument(reply=reply, position=position, **asdict(document)) for position, document in enumerate(documents)
    )


def _points_of(reply: Reply) -> list[Point]:
    return [
        Point(point.label, point.verdict, point.text, point.next_step, point.topic_number)
        for point in reply.points.order_by("position")
    ]


def _documents_of(reply: Reply) -> list[Document]:
    return [Document(document.title, document.url) for document in reply.documents.order_by("position")]


def _words(text: str) -> str:
    return cleaned(text, limit=REPLY_LIMIT, missing=_("Please write the answer."))


def _clean_points(points: Sequence[Point]) -> list[Point]:
    """The points with their words made safe. Raises InvalidText."""
    numbers = [point.topic_number for point in points if point.topic_number is not None]
    if len(points) > MOST_POINTS or len(numbers) != len(set(numbers)):
        raise InvalidText(rules.explained("points"), code="points")
    if any(point.verdict not in ReplyPoint.Verdict.values for point in points):
        raise InvalidText(rules.explained("points"), code="points")
    return [
        Point(
            label=cleaned_line(point.label, limit=LABEL_LIMIT, missing=_("Please say what each point is about.")),
            verdict=point.verdict,
            text=cleaned(point.text, limit=REPLY_LIMIT, missing=_("Please give the reasons for each point.")),
            next_step=cleaned(point.next_step, limit=REPLY_LIMIT) if point.next_step.strip() else "",
            topic_number=point.topic_number,
        )
        for point in points
    ]


def _clean_documents(documents: Sequence[Document]) -> list[Document]:
    """The documents, each with an address that leads to a page or a file. Raises InvalidText."""
    for document in documents:
        is_here = document.url.startswith("/") and not document.url.startswith(("//", "/\\"))
        # Browsers drop such signs: what looks like a path of this site may lead elsewhere.
        is_odd = any(sign <= " " or sign == "\x7f" for sign in document.url)
        is_address = is_here or document.url.startswith(("https://", "http://"))
        if is_odd or len(document.url) > 500 or not is_address:
            raise InvalidText(rules.explained("documents"), code="documents")
    if len(documents) > MOST_DOCUMENTS:
        raise InvalidText(rules.explained("documents"), code="documents")
    missing = _("Please give each document a title.")
    return [
        Document(cleaned_line(document.title, limit=LABEL_LIMIT, missing=missing), document.url)
        for document in documents
    ]


def _same_or_conflict(earlier: Reply, space: Space, column: str, thing, words: str, points: list[Point]) -> Reply:
    """The first answer, if this is the same one sent again. A correction since then does not make it another one."""
    first = earlier.earlier.order_by("number").first()
    text, said = (first.text, [Point(**point) for point in first.points]) if first else (earlier.text, None)
    said = _points_of(earlier) if said is None else said
    if earlier.space_id != space.pk or getattr(earlier, column) != thing or (text, said) != (words, points):
        raise Conflict
    return earlier


def _require_owed(space: Space, officer: Member, column: str, thing) -> None:
    """May this officer answer the whole of this space, or this proposal, now?"""
    if column == "whole" and space.phase_now not in ANSWERABLE:
        raise NotAllowed(rules.explained("too_early"), code="too_early")
    proposal = thing if column == "proposal" else None
    clock = space.clocks.filter(proposal=proposal, session=None).order_by("-pk").first()
    rules.require(answer_rules.may_answer_for(officer, clock.agency_id if clock else space.agency_id))
    # A clock of the whole that runs is that of another review than the one that was answered.
    is_owed_anew = column == "whole" and clock is not None and clock.answered_at is None
    if not is_owed_anew and Reply.objects.filter(space=space, agency_id=officer.agency_id, **{column: thing}).exists():
        raise NotAllowed(rules.explained("answered_already"), code="answered_already")


def _require_reachable(space: Space, column: str, thing) -> None:
    """Only what the public can read here is answered."""
    reachable = {
        "comment": Comment.objects.published().filter(space=space),
        "question": Question.objects.published().filter(session__space=space),
        "statement": Statement.objects.published().filter(space=space),
        "wording": Wording.objects.published().filter(space=space),
        "proposal": Proposal.objects.published().filter(space=space).exclude(stage=Proposal.Stage.DRAFT),
    }.get(column)
    if reachable is not None and not reachable.filter(pk=thing.pk).exists():
        raise NotFound(rules.explained("withdrawn"), code="target_gone")
