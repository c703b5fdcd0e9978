"""Work left by a crash is queued again, once."""

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from discussions import voting
from discussions.tasks import requeue_dirty as requeue_groups
from nlp import stream
from nlp.models import Corpus, Opinion, Run
from nlp.tasks import LEAST_APART, analyse_corpus, requeue_dirty
from tests.factories import propose

pytestmark = pytest.mark.django_db


def test_a_waiting_corpus_is_queued_once_however_often_the_clock_ticks(django_capture_on_commit_callbacks):
    Corpus.objects.create(key="bus", title="公車", topics_dirty=True)
    for expected in (1, 0, 0):
        with django_capture_on_commit_callbacks(execute=True):
            assert requeue_dirty() == expected
    assert DBTaskResult.objects.count() == 1


def test_a_clean_corpus_is_left_alone():
    Corpus.objects.create(key="bus", title="公車")
    assert requeue_dirty() == 0


def test_votes_left_waiting_are_queued_once(space, member, django_capture_on_commit_callbacks):
    voting.cast(statement=propose(space, member, "深夜要有公車"), member=member, value=1)
    for expected in (1, 0):
        with django_capture_on_commit_callbacks(execute=True):
            assert requeue_groups() == expected


def test_what_is_said_right_after_a_run_is_placed_at_once_and_the_map_waits_its_turn(corpus):
    analyse_corpus.call(corpus.pk)
    formed = Run.objects.get()
    stream.submit(
        corpus_id=corpus.pk,
        source="question",
        key=1,
        text="末班公車可以晚一點嗎",
        author="a:9",
        posted_at=timezone.now(),
    )

    for _time in range(2):
        analyse_corpus.call(corpus.pk)

    assert Run.objects.get() == formed
    assert Opinion.objects.get(source="question").encoder
    later = DBTaskResult.objects.get()
    assert 0 < (later.run_after - formed.finished_at).total_seconds() <= LEAST_APART + 1
