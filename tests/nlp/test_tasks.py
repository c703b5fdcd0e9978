"""Work left by a crash is queued again, once."""

import pytest
from django_tasks_db.models import DBTaskResult

from discussions import voting
from discussions.tasks import requeue_dirty as requeue_groups
from nlp.models import Corpus
from nlp.tasks import requeue_dirty
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
