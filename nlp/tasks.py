"""Background work of the opinion stream.

Bodies may run twice: they clear the ticket first and save one Run at the end.
"""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from nlp import analysis
from nlp.models import Corpus

LEAST_APART = 15.0
"""Seconds between two Runs of a corpus: what people watch live holds still long enough to be read."""


@task(queue_name="nlp")
def analyse_corpus(corpus_id: int) -> dict:
    """Bring topics and sentiment of a corpus up to date. Returns counts for the task log.

    When it is too early for a new Run, the new opinions are placed in the topics there are, and this comes back later.
    """
    done = analysis.refresh_topics(corpus_id, least_apart=LEAST_APART)
    if done["again_in"]:
        _come_back(corpus_id, done["again_in"])
    return done


def _come_back(corpus_id: int, seconds: float) -> None:
    """Queue the analysis for later, unless it waits already: whoever comes first looks at the clock anew."""
    if not is_queued(analyse_corpus, corpus_id):
        analyse_corpus.using(run_after=timezone.now() + timedelta(seconds=seconds)).enqueue(corpus_id)


def enqueue_analysis(corpus_id: int) -> None:
    """Queue the analysis of a corpus once the present transaction is safe.

    Call it only when the corpus became dirty.
    """
    transaction.on_commit(partial(analyse_corpus.enqueue, corpus_id))


def requeue_dirty() -> int:
    """Queue what a crash left waiting. Returns how many corpora were queued."""
    dirty = Corpus.objects.filter(topics_dirty=True).values_list("pk", flat=True)
    waiting = [corpus_id for corpus_id in dirty if not is_queued(analyse_corpus, corpus_id)]
    for corpus_id in waiting:
        enqueue_analysis(corpus_id)
    return len(waiting)


def is_queued(job, *args) -> bool:
    """Does a task with these arguments already wait for a worker? A second one would only do the work twice."""
    same = {"args": list(args), "kwargs": {}}
    waiting = DBTaskResult.objects.filter(task_path=job.module_path, status=TaskResultStatus.READY)
    return any(found == same for found in waiting.values_list("args_kwargs", flat=True))
