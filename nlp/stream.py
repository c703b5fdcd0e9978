"""The opinion stream: the only writer of Opinion.

Every utterance, whatever door it came in by, enters through `submit` or `submit_many` and leaves through `withdraw`
or `forget`. Both are safe to repeat: (source, key) names an utterance for ever. Call them inside the transaction that
writes the owner, so that an opinion exists exactly when its owner does.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import connection
from django.utils import timezone

from nlp import conf
from nlp.models import Corpus, Opinion

BATCH = 1000
PATIENCE = 10.0  # seconds that an analysis waits for those who are about to commit
LOOK_AGAIN = 0.02


@dataclass(frozen=True, slots=True)
class Words:
    """One utterance on its way into the stream. `author` is a raw stable string and is never stored."""

    key: str | int
    text: str
    posted_at: datetime
    author: str | None = None
    url: str = ""
    lang: str = ""
    channel: str = ""
    visible: bool = True


def submit(
    *,
    corpus_id: int,
    source: str,
    key: str | int,
    text: str,
    posted_at: datetime,
    author: str | None = None,
    url: str = "",
    lang: str = "",
    channel: str = "",
    visible: bool = True,
) -> bool:
    """Take one utterance in. True when the corpus was clean before: the caller then queues its analysis.

    Said again with the same (source, key), it changes nothing.
    """
    words = Words(
        key=key, text=text, posted_at=posted_at, author=author, url=url, lang=lang, channel=channel, visible=visible
    )
    Opinion.objects.bulk_create([_row(corpus_id, source, words)], ignore_conflicts=True)
    return mark(corpus_id, topics=True)


def submit_many(*, corpus_id: int, source: str, rows: Iterable[Words]) -> bool:
    """Take many utterances in, in batches of constant memory. Same promises as `submit`."""
    batches: Iterator[Words] = iter(rows)
    arrived = False
    while batch := list(islice(batches, BATCH)):
        Opinion.objects.bulk_create([_row(corpus_id, source, words) for words in batch], ignore_conflicts=True)
        arrived = True
    return mark(corpus_id, topics=True) if arrived else False


def revise(source: str, key: str | int, *, text: str) -> bool:
    """Replace the words of an utterance; they are analysed anew. True as in `submit`."""
    return _rewrite(source, key, Opinion.State.VISIBLE, text)


def withdraw(source: str, key: str | int) -> bool:
    """Take an utterance out of analysis, counts, quotes and search at once.

    Its words are wiped here; the owner keeps them.
    """
    return _rewrite(source, key, Opinion.State.WITHDRAWN, "")


def restore(source: str, key: str | int, *, text: str) -> bool:
    """Bring a withdrawn utterance back with the words its owner kept."""
    return _rewrite(source, key, Opinion.State.VISIBLE, text)


def withdraw_many(*, corpus_id: int, source: str, keys: Iterable[str | int]) -> bool:
    """As `withdraw`, for many utterances of one corpus."""
    rest = iter(keys)
    while batch := [str(key) for key in islice(rest, BATCH)]:
        found = Opinion.objects.filter(corpus_id=corpus_id, source=source, source_key__in=batch)
        found.update(**_emptied(Opinion.State.WITHDRAWN, ""))
    return mark(corpus_id, topics=True)


def restore_many(*, corpus_id: int, source: str, texts: Iterable[tuple[str | int, str]]) -> bool:
    """As `restore`, for many (key, text) of one corpus."""
    rest = iter(texts)
    while batch := {str(key): text for key, text in islice(rest, BATCH)}:
        opinions = list(Opinion.objects.filter(corpus_id=corpus_id, source=source, source_key__in=batch))
        columns = list(_emptied(Opinion.State.VISIBLE, ""))
        for opinion in opinions:
            for name, value in _emptied(Opinion.State.VISIBLE, batch[opinion.source_key]).items():
                setattr(opinion, name, value)
        Opinion.objects.bulk_update(opinions, columns)
    return mark(corpus_id, topics=True)


def forget(source: str, key: str | int) -> None:
    """Remove an utterance without a trace."""
    Opinion.objects.filter(source=source, source_key=str(key)).delete()


def forget_author(author: str) -> int:
    """Cut the tie between a person and what they said: words go, counts stay. Returns how many opinions were wiped."""
    opinions = Opinion.objects.filter(author_key=conf.author_key(author))
    corpora = list(opinions.values_list("corpus_id", flat=True).distinct())
    wiped = opinions.update(author_key="", **_emptied(Opinion.State.WITHDRAWN, ""))
    for corpus_id in corpora:
        mark(corpus_id, topics=True)
    return wiped


def change_author(old: str, new: str) -> int:
    """Count the utterances of one author as those of another: a guest who turns out to have an account. Returns how
    many there were."""
    opinions = Opinion.objects.filter(author_key=conf.author_key(old))
    corpora = list(opinions.values_list("corpus_id", flat=True).distinct())
    changed = opinions.update(author_key=conf.author_key(new))
    for corpus_id in corpora:
        mark(corpus_id, topics=True)
    return changed


def mark(corpus_id: int, *, topics: bool = False, groups: bool = False) -> bool:
    """Say that a corpus has changed. True only for the call that found it clean."""
    found_clean = False
    for changed, field in ((topics, "topics_dirty"), (groups, "groups_dirty")):
        if changed:
            now_dirty = Corpus.objects.filter(pk=corpus_id, **{field: False})
            found_clean |= bool(now_dirty.update(**{field: True}, dirty_since=timezone.now()))
    return found_clean


def redeem(corpus_id: int, *, topics: bool = False, groups: bool = False) -> None:
    """Give the tickets of a corpus back, before reading what they stand for: whatever was marked until now is readable
    when this returns, and what comes later makes a new ticket.

    Where transactions run side by side, somebody may have found the corpus marked, and so marked it no second time,
    without having committed yet: they are waited for. Whoever takes too long makes a new ticket necessary.
    """
    fields = [field for wanted, field in ((topics, "topics_dirty"), (groups, "groups_dirty")) if wanted]
    Corpus.objects.filter(pk=corpus_id).update(**dict.fromkeys(fields, False))
    side_by_side = connection.vendor == "postgresql" and not connection.in_atomic_block
    if side_by_side and not _all_before_have_ended():
        mark(corpus_id, topics=topics, groups=groups)


def _all_before_have_ended() -> bool:
    """Wait until each transaction that wrote before this moment has ended, at most PATIENCE seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        (here,) = cursor.fetchone()
        ends = time.monotonic() + PATIENCE
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::text::xid8", [here])
            if cursor.fetchone()[0]:
                return True
            if time.monotonic() > ends:
                return False
            time.sleep(LOOK_AGAIN)


def _row(corpus_id: int, source: str, words: Words) -> Opinion:
    return Opinion(
        corpus_id=corpus_id,
        source=source,
        source_key=str(words.key),
        channel=words.channel,
        url=words.url,
        text=words.text if words.visible else "",
        lang=words.lang,
        author_key=conf.author_key(words.author),
        posted_at=words.posted_at,
        state=Opinion.State.VISIBLE if words.visible else Opinion.State.WITHDRAWN,
    )


def _emptied(state: str, text: str) -> dict:
    """Column values of an utterance whose words have changed: nothing derived from the old words survives."""
    places = {"topic_number": None, "subtopic_number": None, "duplicate_of": None}
    derived = {"vector": None, "encoder": "", "sentiment": "", **places}
    chances = {"p_negative": None, "p_neutral": None, "p_positive": None}
    return {"state": state, "text": text, **derived, **chances}


def _rewrite(source: str, key: str | int, state: str, text: str) -> bool:
    opinions = Opinion.objects.filter(source=source, source_key=str(key))
    corpus_id = opinions.values_list("corpus_id", flat=True).first()
    if corpus_id is None:
        return False
    opinions.update(**_emptied(state, text))
    return mark(corpus_id, topics=True)
