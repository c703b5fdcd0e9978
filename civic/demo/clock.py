"""Dates the demo's contributions back, so that a new installation looks as if people had talked for a while.

The public actions stamp everything with the present moment, as they should. Here, and only for sample content, the
stamp is moved afterwards: in the owner's row, and in the opinion stream by taking the utterance out and in again.
"""

from datetime import datetime, timedelta

from discussions import comments, voting
from discussions.models import Comment, Member, Space, Statement, Vote
from nlp import stream
from nlp.models import Opinion


def spread(start: datetime, end: datetime, count: int, *, random) -> list[datetime]:
    """`count` moments between two, in order, unevenly as people write; none at night."""
    moments = sorted(start + (end - start) * random.random() for _turn in range(count))
    return sorted(max(start, _by_day(moment, random)) for moment in moments)


def set_back_comment(comment: Comment, moment: datetime) -> None:
    """Date one comment back. Called after each post, so that its author need not wait for the next one."""
    Comment.objects.filter(pk=comment.pk).update(posted_at=moment)


def set_back_statement(statement: Statement, moment: datetime) -> None:
    """A statement made at `moment`."""
    Statement.objects.filter(pk=statement.pk).update(made_at=moment)


def set_back_stream(space: Space) -> None:
    """Give the opinions of a space the dates their owners have now."""
    said = Comment.objects.published().filter(space=space).values_list("pk", "author_id", "posted_at")
    stated = Statement.objects.published().filter(space=space, is_seed=False)
    stated = stated.values_list("pk", "author_id", "made_at")
    for source, owners in ((comments.SOURCE, said), (voting.SOURCE, stated)):
        opinions = {row.source_key: row for row in Opinion.objects.filter(corpus_id=space.corpus_id, source=source)}
        words = [
            _dated(opinions[str(key)], f"member:{author}", moment) for key, author, moment in owners.order_by("pk")
        ]
        for one in words:
            stream.forget(source, one.key)
        stream.submit_many(corpus_id=space.corpus_id, source=source, rows=words)


def set_back_words(source: str, key: int, author: Member, moment: datetime) -> None:
    """Date one utterance of the opinion stream back, as its owner's row was."""
    opinion = Opinion.objects.get(source=source, source_key=str(key))
    words = _dated(opinion, author.stream_author, moment)
    stream.forget(source, key)
    stream.submit_many(corpus_id=opinion.corpus_id, source=source, rows=[words])


def _dated(opinion: Opinion, author: str, moment: datetime) -> stream.Words:
    return stream.Words(
        key=opinion.source_key,
        text=opinion.text,
        author=author,
        posted_at=moment,
        url=opinion.url,
        lang=opinion.lang,
        channel=opinion.channel,
    )


def set_back_votes(space: Space, start: datetime, end: datetime, *, random) -> None:
    """Spread the statements of a space over its first days and the votes over the time since."""
    statements = list(Statement.objects.filter(space=space).order_by("pk"))
    early = spread(start, start + (end - start) / 4, len(statements), random=random)
    for statement, moment in zip(statements, early, strict=True):
        statement.made_at = moment
    Statement.objects.bulk_update(statements, ["made_at"])
    made = {statement.pk: statement.made_at for statement in statements}
    votes = list(Vote.objects.filter(statement__space=space))
    for vote in votes:
        vote.cast_at = made[vote.statement_id] + (end - made[vote.statement_id]) * random.random()
    Vote.objects.bulk_update(votes, ["cast_at"], batch_size=400)


def _by_day(moment: datetime, random) -> datetime:
    """People write between seven in the morning and eleven at night in Taipei (UTC+8)."""
    hour = (moment.hour + 8) % 24
    return moment if 7 <= hour < 23 else moment - timedelta(hours=random.randint(8, 10))
