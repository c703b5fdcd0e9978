"""Statements and votes of an earlier consultation, taken in by the thousand.

The same promises as `voting.state` and `voting.cast`: a statement and its opinion exist together, one vote for each
pair, one event at the end, and the corpus knows that it has to be analysed again. Taking the same export in twice
changes nothing. Each batch is a transaction of its own: a broken import is finished by starting it again.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, polis, voting
from discussions.models import Channel, Level, Member, Phase, Space, Statement, Vote
from discussions.tasks import group_space
from nlp import stream
from nlp.models import Corpus
from nlp.tasks import enqueue_analysis

SOURCE = "statement"
IMPORTED = "imported"  # the reason of statements that were hidden where they come from
BATCH = 500
VOTE_BATCH = 5000
COLUMNS = ("statement_id", "member_id", "value", "cast_at")

Row = tuple[int, int, int, datetime]


@dataclass(slots=True)
class Count:
    """What became of one kind of thing. `changed` and `known` were here before."""

    read: int = 0
    added: int = 0
    changed: int = 0
    known: int = 0

    @property
    def taken(self) -> int:
        return self.added + self.changed + self.known


@dataclass(slots=True)
class Outcome:
    """What an import did. `repeated` votes were replaced by a later vote on the same statement by the same person."""

    statements: Count = field(default_factory=Count)
    hidden: int = 0
    participants: Count = field(default_factory=Count)
    votes: Count = field(default_factory=Count)
    repeated: int = 0
    problems: polis.Problems = field(default_factory=polis.Problems)
    notes: list[str] = field(default_factory=list)

    @property
    def has_changed_anything(self) -> bool:
        return bool(self.statements.added or self.votes.added or self.votes.changed)

    @property
    def has_taken_nothing(self) -> bool:
        return not self.statements.taken


def open_space(export: polis.Export, *, slug: str, title: str, phase: str = Phase.REVIEW) -> Space:
    """A space for an earlier consultation. In the phase of review nobody adds votes to what was counted elsewhere."""
    with transaction.atomic():
        corpus = Corpus.objects.create(key=slug, title=title)
        return Space.objects.create(slug=slug, title=title, question=export.question, phase=phase, corpus=corpus)


def take_in(export: polis.Export, *, space: Space, progress: polis.Progress) -> Outcome:
    """Bring statements, participants and votes of an export into `space`; appends statements.imported when it has news.

    `progress` is called with ("reading" | "participants" | "statements" | "votes", done, total). What cannot be taken
    is told in `problems` and `notes` of the outcome. An Export is taken in once: make a new one to import again.
    """
    outcome = Outcome(problems=export.problems, notes=export.notes)
    sentences = export.sentences
    ballots = export.ballots({sentence.number for sentence in sentences}, progress)
    voters = set(ballots.participants)
    authors = {sentence.author for sentence in sentences if sentence.author is not None}
    members = _participants(export, sorted(voters | authors), outcome, progress)
    statements = _statements(export, space, sentences, members, outcome, progress)
    _votes(space, ballots, statements, members, outcome, progress)
    if outcome.has_changed_anything:
        with transaction.atomic():
            events.lock(space.pk)
            counts = {"statements": outcome.statements.added, "votes": outcome.votes.added + outcome.votes.changed}
            events.append(space, "statements.imported", counts)
    return outcome


def _participants(export, numbers: list[int], outcome: Outcome, progress) -> dict[int, int]:
    """Participant number -> primary key of the member who stands for them. Nobody can sign in as these members."""
    outcome.participants.read = len(numbers)
    known = _known_participants(export)
    missing = [number for number in numbers if number not in known]
    for start in range(0, len(missing), BATCH):
        progress("participants", start, len(missing))
        batch = [_member(export, number) for number in missing[start : start + BATCH]]
        Member.objects.bulk_create(batch, ignore_conflicts=True)
    if missing:
        progress("participants", len(missing), len(missing))
        known = _known_participants(export)
    outcome.participants.added = len(missing)
    outcome.participants.known = len(numbers) - len(missing)
    return known


def _known_participants(export) -> dict[int, int]:
    prefix = export.origin("")
    found = Member.objects.filter(origin__startswith=prefix).values_list("origin", "pk")
    return {int(origin.removeprefix(prefix)): pk for origin, pk in found.iterator(chunk_size=5000)}


def _member(export, number: int) -> Member:
    name = _("Participant %(number)d") % {"number": number}
    member = Member(
        email=None, display_name=name[:40], origin=export.origin(number), is_active=False, level=Level.GUEST
    )
    member.set_unusable_password()
    return member


def _statements(export, space, sentences, members, outcome: Outcome, progress) -> dict[int, Statement]:
    """Comment number -> statement, for all sentences; those not yet here are made, together with their opinions."""
    taken: dict[int, Statement] = {}
    outcome.statements.read = len(sentences)
    for start in range(0, len(sentences), BATCH):
        progress("statements", start, len(sentences))
        batch = {export.origin(sentence.number): sentence for sentence in sentences[start : start + BATCH]}
        with transaction.atomic():
            space = events.lock(space.pk)
            here = {
                statement.client_id: statement
                for statement in Statement.objects.filter(space=space, client_id__in=list(batch))
            }
            fresh = [
                _statement(space, client_id, sentence, members)
                for client_id, sentence in batch.items()
                if client_id not in here
            ]
            Statement.objects.bulk_create(fresh)
            words = (_words(space, statement) for statement in fresh)
            if stream.submit_many(corpus_id=space.corpus_id, source=SOURCE, rows=words):
                enqueue_analysis(space.corpus_id)
        here |= {statement.client_id: statement for statement in fresh}
        taken |= {sentence.number: here[client_id] for client_id, sentence in batch.items()}
        outcome.statements.added += len(fresh)
        outcome.statements.known += len(batch) - len(fresh)
        outcome.hidden += sum(statement.state == Statement.State.HIDDEN for statement in fresh)
    progress("statements", len(sentences), len(sentences))
    return taken


def _statement(space: Space, client_id: str, sentence: polis.Sentence, members: dict[int, int]) -> Statement:
    return Statement(
        space=space,
        author_id=members.get(sentence.author),
        text=sentence.text,
        state=Statement.State.HIDDEN if sentence.is_hidden else Statement.State.VISIBLE,
        hidden_reason=IMPORTED if sentence.is_hidden else "",
        level=Level.GUEST,
        channel=Channel.IMPORT,
        client_id=client_id,
        made_at=sentence.made_at or timezone.now(),
    )


def _words(space: Space, statement: Statement) -> stream.Words:
    return stream.Words(
        key=statement.pk,
        text=statement.text,
        posted_at=statement.made_at,
        author=f"member:{statement.author_id}" if statement.author_id else None,
        url=space.path(f"statements/{statement.pk}/"),
        visible=statement.state == Statement.State.VISIBLE,
    )


def _votes(space, ballots: polis.Ballots, statements, members, outcome: Outcome, progress) -> None:
    """Write each person's last vote on each statement; a vote that is here with another value is replaced."""
    columns = [column.tolist() for column in ballots.last_of_each_pair()]
    total = len(columns[0])
    outcome.votes.read = len(ballots)
    outcome.repeated = len(ballots) - total
    became_dirty = False
    for start in range(0, total, VOTE_BATCH):
        progress("votes", start, total)
        part = (column[start : start + VOTE_BATCH] for column in columns)
        votes = [
            (statements[number].pk, members[participant], value, polis.moment(time) or statements[number].made_at)
            for number, participant, time, value in zip(*part, strict=True)
        ]
        with transaction.atomic():
            space = events.lock(space.pk)
            here = _values_here(votes)
            written = [vote for vote in votes if here.get(vote[:2]) != vote[2]]
            changed = sum(vote[:2] in here for vote in written)
            _write(written)
            _count(written, here)
            if written:
                became_dirty |= stream.mark(space.corpus_id, groups=True)
        outcome.votes.added += len(written) - changed
        outcome.votes.changed += changed
        outcome.votes.known += len(votes) - len(written)
    progress("votes", total, total)
    if became_dirty:
        transaction.on_commit(partial(group_space.enqueue, space.pk))


def _count(written: list[Row], here: dict[tuple[int, int], int]) -> None:
    """Bring the counters of the statements up to what was written. Nobody else votes for people of an import."""
    changes: Counter[tuple[int, int]] = Counter()
    for statement, member, value, _moment in written:
        changes[statement, value] += 1
        if (statement, member) in here:
            changes[statement, here[statement, member]] -= 1
    for (statement, value), number in sorted(changes.items()):
        voting.add_to_counts(statement, value, number)


def _values_here(votes: list[Row]) -> dict[tuple[int, int], int]:
    """(statement, member) -> value for a batch sorted by statement; reads no more rows than it has to."""
    statements = {vote[0] for vote in votes}
    people = [vote[1] for vote in votes]
    found = Vote.objects.filter(statement__in=statements, member__gte=min(people), member__lte=max(people))
    return {(statement, member): value for statement, member, value in found.values_list(*COLUMNS[:3])}


def _write(votes: list[Row]) -> None:
    """One statement prepared once and run for each vote: `bulk_create` takes three times as long to put it together."""
    adapted = connection.ops.adapt_datetimefield_value
    rows = [(statement, member, value, adapted(moment)) for statement, member, value, moment in votes]
    sql = (
        f"INSERT INTO {Vote._meta.db_table} ({', '.join(COLUMNS)}, level, channel) "
        f"VALUES (%s, %s, %s, %s, {Level.GUEST:d}, '{Channel.IMPORT.value}') "
        "ON CONFLICT (statement_id, member_id) DO UPDATE SET value = excluded.value, cast_at = excluded.cast_at"
    )
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
