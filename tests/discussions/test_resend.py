"""A thousand comments, each sent up to five times at once over a line that breaks: a thousand rows (figure A13)."""

import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from discussions import comments, events
from discussions.errors import Conflict
from discussions.models import Comment, Event
from nlp.models import Opinion
from tests.factories import make_member, make_space

COMMENTS = 1000
SENDERS = 8


class LineCut(Exception):
    """The connection broke before the answer arrived."""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_thousand_comments_over_a_broken_line_are_a_thousand_rows(monkeypatch):
    space = make_space()
    authors = [make_member() for _ in range(SENDERS)]
    chance = random.Random(7)
    keys = [(uuid.uuid4().hex, authors[number % SENDERS], f"第 {number} 則意見") for number in range(COMMENTS)]
    tries = [key for key in keys for _ in range(chance.randint(1, 5))]
    chance.shuffle(tries)
    breaking = threading.local()
    append = events.append

    def append_or_break(*args):
        if getattr(breaking, "before_commit", False):
            raise LineCut
        return append(*args)

    monkeypatch.setattr(events, "append", append_or_break)
    answers: dict[str, set[int]] = {}
    guard = threading.Lock()

    def send(key, author, text, *, cut=""):
        breaking.before_commit = cut == "before"
        try:
            comment = comments.post(space=space, author=author, text=text, client_id=key)
        except LineCut:
            return
        finally:
            breaking.before_commit = False
            connection.close()
        if cut != "after":
            with guard:
                answers.setdefault(key, set()).add(comment.pk)

    cuts = [chance.choice(["", "", "before", "after"]) for _ in tries]
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(lambda job: send(*job[0], cut=job[1]), zip(tries, cuts, strict=True)))
        # Whoever got no answer sends again, as the browser does.
        list(pool.map(lambda key: send(*key), [key for key in keys if key[0] not in answers]))

    assert Comment.objects.count() == Opinion.objects.count() == Event.objects.count() == COMMENTS
    assert len(answers) == COMMENTS and all(len(found) == 1 for found in answers.values())
    assert sorted(Event.objects.values_list("seq", flat=True)) == list(range(1, COMMENTS + 1))
    key, author, _text = keys[0]
    with pytest.raises(Conflict):
        comments.post(space=space, author=author, text="同一個代號，不同的話", client_id=key)
