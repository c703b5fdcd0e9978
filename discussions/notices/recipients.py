"""Who hears of an event. Authors, co-signers and those who took part hear of every later step without asking for it.

Each function takes an event and says who is concerned and who of them directly: named, answered, or judged.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from discussions import targets
from discussions.models import (
    AnswerClock,
    BudgetBallot,
    Comment,
    Event,
    Follow,
    Member,
    Milestone,
    Proposal,
    Question,
    QuestionRaise,
    Reply,
    Signature,
    Silence,
    Space,
    Statement,
    SurveyResponse,
    Vote,
    Wording,
    WordingSupport,
)
from nlp.models import Opinion

BATCH = 500
AUTHORED = {"comment": Comment, "statement": Statement, "proposal": Proposal, "wording": Wording, "question": Question}


@dataclass(slots=True)
class Hearers:
    """Ids of members. `direct` are also concerned; `topic` is the topic the event is about, `but` those who know."""

    concerned: set[int] = field(default_factory=set)
    direct: set[int] = field(default_factory=set)
    topic: int | None = None
    but: set[int] = field(default_factory=set)

    @property
    def everybody(self) -> set[int]:
        return (self.concerned | self.direct) - self.but


def of(event: Event) -> Hearers:
    """Who hears of this event; nobody, where the type is not in the table."""
    noun, _dot, verb = event.type.partition(".")
    if verb in JUDGED and noun in targets.KINDS:
        return _judged(event, noun)
    found = HEARD.get(event.type)
    return found(event) if found is not None else Hearers()


def _ids(rows: QuerySet, column: str) -> set[int]:
    return {pk for pk in rows.order_by().values_list(column, flat=True).distinct() if pk is not None}


def participants(space_id: int) -> set[int]:
    """Everybody who took part in a space in any way, and everybody who follows it."""
    return (
        _ids(Comment.objects.published().filter(space=space_id), "author_id")
        | _ids(Statement.objects.published().filter(space=space_id), "author_id")
        | _ids(Vote.objects.filter(statement__space=space_id), "member_id")
        | _ids(Proposal.objects.published().filter(space=space_id), "author_id")
        | _ids(Signature.objects.filter(proposal__space=space_id), "member_id")
        | _ids(Wording.objects.published().filter(space=space_id), "author_id")
        | _ids(WordingSupport.objects.filter(wording__space=space_id), "member_id")
        | _ids(SurveyResponse.objects.filter(survey__space=space_id), "member_id")
        | _ids(BudgetBallot.objects.filter(budget__space=space_id), "member_id")
        | _ids(Question.objects.published().filter(session__space=space_id), "author_id")
        | _ids(QuestionRaise.objects.filter(question__session__space=space_id), "member_id")
        | followers(space_id)
    )


def followers(space_id: int) -> set[int]:
    """Those who follow the space itself."""
    whole = Follow.objects.filter(space=space_id, proposal=None, comment=None, topic_number=None)
    return _ids(whole, "member_id")


def behind(proposal_id: int) -> set[int]:
    """The author, the co-signers and the followers of a proposal."""
    return (
        _ids(Proposal.objects.filter(pk=proposal_id, author_left_at=None), "author_id")
        | _ids(Signature.objects.filter(proposal=proposal_id), "member_id")
        | _ids(Follow.objects.filter(proposal=proposal_id), "member_id")
    )


def in_topic(space_id: int, number: int) -> set[int]:
    """Those whose words are in a topic now, and those who follow it."""
    in_it = Opinion.objects.published().filter(corpus__in=_corpus(space_id), topic_number=number)
    keys: dict[str, list[int]] = {}
    for source, key in in_it.filter(source__in=AUTHORED).values_list("source", "source_key"):
        keys.setdefault(source, []).append(int(key))
    found = _ids(Follow.objects.filter(space=space_id, topic_number=number), "member_id")
    for source, pks in keys.items():
        for start in range(0, len(pks), BATCH):
            found |= _ids(AUTHORED[source].objects.filter(pk__in=pks[start : start + BATCH]), "author_id")
    return found


def _corpus(space_id: int) -> QuerySet:
    return Space.objects.filter(pk=space_id).values("corpus")


def _commented(event: Event) -> Hearers:
    """The person who is answered, those who are named, and those who follow the branch."""
    comment = Comment.objects.published().filter(pk=event.data["id"]).select_related("parent").first()
    if comment is None:
        return Hearers()
    direct = set()
    if comment.parent is not None and comment.parent.state == Comment.State.VISIBLE:
        direct.add(comment.parent.author_id)
    direct |= _named(comment)
    followed = Q(comment=comment.root_id) if comment.root_id else Q(pk__in=[])
    if comment.proposal_id is not None:
        followed |= Q(proposal=comment.proposal_id)
    concerned = _ids(Follow.objects.filter(followed), "member_id")
    return Hearers(concerned, direct, but={comment.author_id})


def _named(comment: Comment) -> set[int]:
    """Members of the same branch whose name stands behind an @."""
    if "@" not in comment.text and "＠" not in comment.text:
        return set()
    words = comment.text.replace("＠", "@")
    branch = Comment.objects.published().filter(Q(root=comment.root_id) | Q(pk=comment.root_id))
    people = Member.objects.filter(pk__in=branch.values("author_id"))
    return {pk for pk, name in people.values_list("pk", "display_name") if name and f"@{name}" in words}


def _judged(event: Event, noun: str) -> Hearers:
    """A moderator decided about somebody's words, or about their appeal."""
    row = targets.KINDS[noun].model.objects.filter(pk=event.data["id"]).first()
    author = getattr(row, "author_id", None)
    return Hearers(direct={author} if author else set())


def _of_space(event: Event) -> Hearers:
    return Hearers(participants(event.space_id))


def _to_followers(event: Event) -> Hearers:
    return Hearers(followers(event.space_id))


def _proposed(event: Event) -> Hearers:
    return Hearers(followers(event.space_id), but=_ids(Proposal.objects.filter(pk=event.data["id"]), "author_id"))


def _of_proposal(event: Event) -> Hearers:
    return Hearers(behind(event.data["id"]))


def _merging(event: Event) -> Hearers:
    """Both authors are asked; what comes of it concerns everybody behind the two."""
    both = [event.data[name] for name in ("id", "source", "target", "into") if isinstance(event.data.get(name), int)]
    authors = _ids(Proposal.objects.filter(pk__in=both), "author_id")
    if event.type != "proposal.merged":
        return Hearers(direct=authors)
    return Hearers(set().union(*(behind(pk) for pk in both)), authors)


def _clock(event: Event) -> Hearers:
    clock = AnswerClock.objects.filter(pk=event.data["id"]).first()
    if clock is None:
        return Hearers()
    if clock.session_id and event.type == "clock.started":
        return Hearers()  # those who asked hear that their questions were handed over
    if clock.session_id:
        asked = Question.objects.filter(owed__clock=clock)
        return Hearers(_ids(asked, "author_id") | _ids(QuestionRaise.objects.filter(question__in=asked), "member_id"))
    return Hearers(behind(clock.proposal_id) if clock.proposal_id else participants(event.space_id))


def _clock_presses(event: Event) -> Hearers:
    """The officers who owe the answer; once it is late, everybody who waits for it hears as well."""
    clock = AnswerClock.objects.filter(pk=event.data["id"]).first()
    if clock is None:
        return Hearers()
    officers = Member.objects.filter(agency=clock.agency_id, is_active=True, groups__permissions__codename="answer")
    direct = _ids(officers, "pk") if clock.agency_id else set()
    return Hearers(_clock(event).concerned if event.type == "clock.overdue" else set(), direct)


def _replied(event: Event) -> Hearers:
    """Those who are answered, directly; those behind them; for a topic, everybody whose words are in it."""
    reply = Reply.objects.filter(pk=event.data["id"]).first()
    if reply is None:
        return Hearers()
    heard = Hearers(topic=reply.topic_number)
    if reply.topic_number is not None:
        heard.direct = in_topic(reply.space_id, reply.topic_number)
    elif reply.whole_id:
        heard.concerned = participants(reply.space_id)
    elif reply.proposal_id:
        heard.concerned = behind(reply.proposal_id)
        heard.direct = _ids(Proposal.objects.filter(pk=reply.proposal_id), "author_id")
    else:
        answered = reply.comment or reply.question or reply.statement or reply.wording
        heard.direct = {answered.author_id} - {None}
        if reply.comment_id:
            heard.concerned = _ids(
                Follow.objects.filter(comment=reply.comment.root_id or reply.comment_id), "member_id"
            )
        if reply.wording_id:
            heard.concerned = _ids(WordingSupport.objects.filter(wording=reply.wording_id), "member_id")
    if event.type == "reply.corrected":
        heard.concerned, heard.direct = heard.concerned | heard.direct, set()
    return heard


def _stepped(event: Event) -> Hearers:
    milestone = Milestone.objects.filter(pk=event.data["id"]).first()
    return Hearers(participants(event.space_id), topic=milestone.topic_number if milestone else None)


def _wording(event: Event) -> Hearers:
    supporters = _ids(WordingSupport.objects.filter(wording=event.data["id"]), "member_id")
    return Hearers(supporters, _ids(Wording.objects.filter(pk=event.data["id"]), "author_id"))


def _heeded(event: Event) -> Hearers:
    return Hearers(direct=_ids(Comment.objects.filter(pk=event.data["id"]), "author_id"))


def _version(event: Event) -> Hearers:
    """Those who worked on the text, and those who follow the space."""
    on_it = Wording.objects.published().filter(paragraph__text=event.data["id"])
    said = Comment.objects.published().filter(paragraph__text=event.data["id"])
    return Hearers(_ids(on_it, "author_id") | _ids(said, "author_id") | followers(event.space_id))


def _surveyed(event: Event) -> Hearers:
    responded = SurveyResponse.objects.filter(survey=event.data["id"])
    return Hearers(_ids(responded, "member_id") | followers(event.space_id))


def _budgeted(event: Event) -> Hearers:
    voted = BudgetBallot.objects.filter(budget=event.data["id"])
    return Hearers(_ids(voted, "member_id") | followers(event.space_id))


def _asked(event: Event) -> Hearers:
    """A live question took a step: its author, directly, those of what was joined with it, and those who raise it."""
    question = Question.objects.published().filter(pk=event.data["id"]).first()
    if question is None or not QUESTION_STEPS & event.data.keys():
        return Hearers()
    direct = _ids(Question.objects.filter(Q(pk=question.pk) | Q(merged_into=question)), "author_id")
    return Hearers(_ids(QuestionRaise.objects.filter(question=question), "member_id"), direct)


def _joined(event: Event) -> Hearers:
    """A live question was joined with another, or taken out again."""
    question = Question.objects.published().filter(pk=event.data["id"]).first()
    if question is None:
        return Hearers()
    return Hearers(_ids(QuestionRaise.objects.filter(question=question), "member_id"), {question.author_id})


def _silenced(event: Event) -> Hearers:
    return Hearers(direct=_ids(Silence.objects.filter(pk=event.data["id"]), "member_id"))


# The steps of a live question of which people hear, as its events mark them.
QUESTION_STEPS = frozenset({"put", "answered", "written", "parked"})
JUDGED = frozenset({"hidden", "restored", "released", "upheld"})
HEARD: dict[str, Callable[[Event], Hearers]] = {
    "comment.posted": _commented,
    "comment.heeded": _heeded,
    "phase.changed": _of_space,
    "handover.made": _of_space,
    "milestone.changed": _stepped,
    "proposal.published": _proposed,
    **dict.fromkeys(
        ("proposal.reached", "proposal.closed", "proposal.withdrawn", "proposal.author_left", "proposal.addendum"),
        _of_proposal,
    ),
    **dict.fromkeys(
        ("proposal.merge_asked", "proposal.merge_refused", "proposal.merge_expired", "proposal.merged"), _merging
    ),
    **dict.fromkeys(("clock.started", "clock.questions", "clock.extended", "clock.answered"), _clock),
    **dict.fromkeys(("clock.due_soon", "clock.overdue"), _clock_presses),
    **dict.fromkeys(("reply.given", "reply.corrected"), _replied),
    "text.version": _version,
    **dict.fromkeys(("wording.judged", "wording.taken"), _wording),
    **dict.fromkeys(("survey.opened", "budget.opened"), _to_followers),
    "survey.closed": _surveyed,
    **dict.fromkeys(("budget.tallied", "budget.decided"), _budgeted),
    "question.state": _asked,
    **dict.fromkeys(("question.merged", "question.parted"), _joined),
    **dict.fromkeys(("silence.set", "silence.lifted"), _silenced),
}
