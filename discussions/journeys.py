"""Where did my words go: every contribution of a member with the steps it has taken so far.

received -> checked (with the reason when hidden) -> in topic T -> votes -> answered
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions.models import Comment, Member, Question, Reply, Space, Statement
from discussions.moderation import REASONS
from nlp.models import Opinion, Run, Topic

PAGE = 30


@dataclass(slots=True)
class Contribution:
    """One thing a member said. `steps` are inputs of components/timeline.html."""

    source: str
    key: int
    space: Space
    words: str
    at: datetime
    url: str
    hidden_reason: str = ""
    is_gone: bool = False
    votes: int | None = None
    agree: int = 0
    topic: Topic | None = None
    is_read: bool = False
    replies: list[Reply] = field(default_factory=list)

    @property
    def steps(self) -> list[dict]:
        """The way of these words, step by step."""
        return [
            step
            for step in (self._received(), self._checked(), self._placed(), self._voted(), self._answered())
            if step
        ]

    def _received(self):
        return _step(_("Received"), "done", at=self.at)

    def _checked(self):
        if self.hidden_reason:
            return _step(
                _("Hidden by a moderator"), "now", words=_("Reason: %(reason)s") % {"reason": self.hidden_reason}
            )
        if self.is_gone:
            return _step(_("Withdrawn by you"), "done", words=_("The words are erased everywhere."))
        return _step(_("Published"), "done", words=_("Everybody can read it here"), url=self.url)

    def _placed(self):
        if self.is_gone or self.hidden_reason:
            return None
        if self.topic is not None:
            address = reverse("discussions:results", args=[self.space.slug]) + f"#topic-{self.topic.number}"
            words = _("Read as part of the topic “%(label)s”") % {"label": self.topic.label}
            return _step(_("In a topic"), "done", words=words, url=address)
        if self.is_read:
            return _step(_("Read"), "done", words=_("It fits no larger topic and is shown to the planners on its own."))
        return _step(_("To be read into the topics"), "now", words=_("This usually takes less than a minute."))

    def _voted(self):
        if self.votes is None or self.is_gone:
            return None
        words = ngettext("%(agree)s of %(n)s person agrees", "%(agree)s of %(n)s people agree", self.votes)
        state = "done" if self.votes else "next"
        return _step(_("Votes"), state, words=words % {"agree": self.agree, "n": self.votes} if self.votes else "")

    def _answered(self):
        if self.is_gone or self.hidden_reason:
            return None
        if not self.replies:
            return _step(_("Official answer"), "next")
        latest = self.replies[-1]
        address = reverse("discussions:answers", args=[self.space.slug]) + f"#a{latest.pk}"
        words = _("%(agency)s has answered") % {"agency": latest.agency}
        return _step(_("Answered"), "done", at=latest.answered_at, words=words, url=address)


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """Contributions, newest first; `older` is the cursor of the next page or empty."""

    items: list[Contribution]
    older: str


def of(member: Member, *, before: str = "") -> JourneyPage:
    """The contributions of a member: a constant number of queries."""
    edge = _moment(before)
    items = sorted(
        [*_comments(member, edge), *_statements(member, edge), *_questions(member, edge)],
        key=lambda item: item.at,
        reverse=True,
    )
    shown = items[:PAGE]
    _find_topics(shown)
    _find_replies(shown)
    return JourneyPage(shown, shown[-1].at.isoformat() if len(items) > PAGE else "")


def _step(label, state, *, at=None, words="", url=""):
    return {"label": label, "state": state, "at": at, "words": words, "url": url}


def _moment(cursor: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cursor)
    except ValueError:
        return None


def _comments(member, edge):
    found = member.comments.select_related("space").order_by("-posted_at")
    for comment in (found.filter(posted_at__lt=edge) if edge else found)[: PAGE + 1]:
        yield Contribution(
            source="comment",
            key=comment.pk,
            space=comment.space,
            words=comment.text,
            at=comment.posted_at,
            url=comment.get_absolute_url(),
            hidden_reason=str(REASONS.get(comment.hidden_reason, "")),
            is_gone=comment.state == Comment.State.WITHDRAWN,
        )


def _statements(member, edge):
    found = (
        Statement.objects.filter(author=member)
        .select_related("space")
        .annotate(n_votes=Count("votes"), n_agree=Count("votes", filter=Q(votes__value=1)))
        .order_by("-made_at")
    )
    for statement in (found.filter(made_at__lt=edge) if edge else found)[: PAGE + 1]:
        yield Contribution(
            source="statement",
            key=statement.pk,
            space=statement.space,
            words=statement.text,
            at=statement.made_at,
            url=reverse("discussions:statements", args=[statement.space.slug]) + f"#s{statement.pk}",
            is_gone=statement.state == Statement.State.HIDDEN,
            votes=statement.n_votes,
            agree=statement.n_agree,
        )


def _questions(member, edge):
    found = Question.objects.filter(author=member).select_related("session__space").order_by("-asked_at")
    for question in (found.filter(asked_at__lt=edge) if edge else found)[: PAGE + 1]:
        yield Contribution(
            source="question",
            key=question.pk,
            space=question.session.space,
            words=question.text,
            at=question.asked_at,
            url=question.session.get_absolute_url() + f"#q{question.pk}",
            is_gone=question.state == Question.State.HIDDEN,
        )


def _find_topics(items: list[Contribution]) -> None:
    """Say of each item whether it was read and which topic of the latest Run it is in: three queries."""
    wanted = Q(pk__in=[])
    for source in {item.source for item in items}:
        wanted |= Q(source=source, source_key__in=[str(item.key) for item in items if item.source == source])
    opinions = {
        (opinion.source, opinion.source_key): opinion
        for opinion in Opinion.objects.published().filter(wanted).defer("vector")
    }
    corpora = {item.space.corpus_id for item in items}
    latest = dict(
        Run.objects.filter(corpus__in=corpora, kind=Run.Kind.TOPICS).values_list("corpus_id").annotate(newest=Max("pk"))
    )
    topics = {
        (topic.run_id, topic.number): topic for topic in Topic.objects.filter(run__in=latest.values()).defer("centroid")
    }
    for item in items:
        opinion = opinions.get((item.source, str(item.key)))
        if opinion is not None:
            item.is_read = bool(opinion.encoder)
            item.topic = topics.get((latest.get(item.space.corpus_id), opinion.topic_number))


def _find_replies(items: list[Contribution]) -> None:
    """Official answers to the items themselves and to the topics they are in: one query."""
    keys = {source: [item.key for item in items if item.source == source] for source in ("comment", "question")}
    topics = Q(pk__in=[])
    for item in items:
        if item.topic is not None:
            topics |= Q(space=item.space, topic_number=item.topic.number)
    found = list(
        Reply.objects.filter(Q(comment__in=keys["comment"]) | Q(question__in=keys["question"]) | topics)
        .select_related("agency", "officer")
        .order_by("answered_at")
    )
    for item in items:
        number = item.topic.number if item.topic else None
        item.replies = [
            reply
            for reply in found
            if (item.source == "comment" and reply.comment_id == item.key)
            or (item.source == "question" and reply.question_id == item.key)
            or (number is not None and reply.space_id == item.space.pk and reply.topic_number == number)
        ]
