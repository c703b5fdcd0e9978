"""Statements and the votes on them."""

from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from discussions import events, holding, rules, wording
from discussions.errors import CivicError, Conflict
from discussions.models import Channel, Member, Space, State, Statement, Vote
from discussions.tasks import group_space
from nlp import stream
from nlp.tasks import enqueue_analysis

SOURCE = "statement"


@dataclass(frozen=True, slots=True)
class Tally:
    """How a statement stands."""

    agree: int
    disagree: int
    passed: int

    @property
    def total(self) -> int:
        return self.agree + self.disagree + self.passed

    @property
    def agree_share(self) -> int:
        """Per cent of those who voted, whole."""
        return round(100 * self.agree / self.total) if self.total else 0


def state(*, space: Space, author: Member, text: str, client_id: str, channel: str = Channel.WEB) -> Statement:
    """Put a statement to the vote; appends statement.made, or statement.held when a moderator looks first. A resend
    returns the first one.

    Raises InvalidText, NotAllowed, Conflict.
    """
    words = wording.cleaned_line(text, limit=wording.STATEMENT_LIMIT)
    with transaction.atomic():
        space = events.lock(space.pk)
        rules.require(rules.may_contribute(author, space, rules.Verb.STATE))
        scoped_id = f"{author.pk}:{client_id}"
        earlier = Statement.objects.filter(space=space, client_id=scoped_id).first()
        if earlier is not None:
            if earlier.text != words:
                raise Conflict
            return earlier
        statement = Statement.objects.create(
            space=space,
            author=author,
            text=words,
            client_id=scoped_id,
            made_at=timezone.now(),
            level=author.level,
            channel=channel,
            state=holding.state_for(space=space, author=author, text=words),
        )
        became_dirty = stream.submit(
            corpus_id=space.corpus_id,
            source=SOURCE,
            key=statement.pk,
            text=words,
            author=author.stream_author,
            posted_at=statement.made_at,
            url=space.path(f"statements/#s{statement.pk}"),
            visible=statement.state == State.VISIBLE,
        )
        told = "statement.made" if statement.state == State.VISIBLE else "statement.held"
        events.append(space, told, {"id": statement.pk})
        if became_dirty:
            enqueue_analysis(space.corpus_id)
    return statement


def cast(*, statement: Statement, member: Member, value: int, channel: str = Channel.WEB) -> Vote:
    """Vote on a statement, or change one's vote. Raises NotAllowed, CivicError for an unknown value."""
    if value not in Vote.Value.values:
        raise CivicError(rules.explained("withdrawn"), code="unknown_vote")
    with transaction.atomic():
        space = events.lock(statement.space_id)
        statement = Statement.objects.get(pk=statement.pk)
        rules.require(rules.may_vote(member, space, statement))
        vote = Vote(
            statement=statement,
            member=member,
            value=value,
            cast_at=timezone.now(),
            level=member.level,
            channel=channel,
        )
        Vote.objects.bulk_create(
            [vote],
            update_conflicts=True,
            unique_fields=["statement", "member"],
            update_fields=["value", "cast_at", "level", "channel"],
        )
        if stream.mark(space.corpus_id, groups=True):
            transaction.on_commit(partial(group_space.enqueue, space.pk))
    return vote


def take_back(*, statement: Statement, member: Member) -> None:
    """Undo one's vote while voting is on."""
    with transaction.atomic():
        space = events.lock(statement.space_id)
        rules.require(rules.may_vote(member, space, statement))
        Vote.objects.filter(statement=statement, member=member).delete()
        if stream.mark(space.corpus_id, groups=True):
            transaction.on_commit(partial(group_space.enqueue, space.pk))


def next_for(member, space: Space) -> Statement | None:
    """The statement that still teaches most: not yet voted on by this member, fewest votes first."""
    statements = Statement.objects.published().filter(space=space)
    if getattr(member, "is_authenticated", False):
        statements = statements.exclude(votes__member=member)
    return statements.annotate(n_votes=Count("votes")).order_by("n_votes", "id").first()


def tally(statement: Statement) -> Tally:
    """Count the votes of one statement."""
    counts = statement.votes.aggregate(
        agree=Count("pk", filter=Q(value=1)),
        disagree=Count("pk", filter=Q(value=-1)),
        passed=Count("pk", filter=Q(value=0)),
    )
    return Tally(**counts)


def with_tallies(space: Space):
    """Published statements of a space, each with agree, disagree and passed counts: one query."""
    return (
        Statement.objects.published()
        .filter(space=space)
        .annotate(
            agree=Count("votes", filter=Q(votes__value=1)),
            disagree=Count("votes", filter=Q(votes__value=-1)),
            passed=Count("votes", filter=Q(votes__value=0)),
        )
    )


def progress(member, space: Space) -> tuple[int, int]:
    """How many statements this member has voted on, of how many."""
    total = Statement.objects.published().filter(space=space).count()
    if not getattr(member, "is_authenticated", False):
        return 0, total
    voted = Vote.objects.filter(member=member, statement__space=space, statement__state="visible").count()
    return voted, total
