"""What only the Elasticsearch backend has to get right: the server goes away, comes back, is slow, forgets."""

import time
from datetime import UTC, datetime

import pytest
from django.utils import translation

from integrations import tasks
from integrations.models import SearchDocument
from integrations.search.elastic import ElasticBackend
from integrations.search.port import Document, get_backend
from tests.integrations import engines
from tests.integrations.replay import Answer, serve

pytestmark = [pytest.mark.scale, pytest.mark.django_db]
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def document(number: int, body: str, **fields) -> Document:
    return Document(f"page:{number}", "page", "", body, "", "", datetime(2026, 11, 1, tzinfo=UTC), **fields)


def keys(results) -> set[str]:
    return {hit.key for hit in results.hits}


def test_while_it_is_away_the_database_answers_and_says_so():
    backend = ElasticBackend(url=NOBODY)
    backend.index([document(1, "觀光署")])
    results = backend.search("觀光")
    assert keys(results) == {"page:1"}
    assert "simple form" in results.notice


def test_while_it_is_away_what_is_removed_is_gone():
    backend = ElasticBackend(url=NOBODY)
    backend.index([document(1, "觀光署")])
    backend.delete(["page:1"])
    assert keys(backend.search("觀光")) == set()
    assert not SearchDocument.objects.filter(body__contains="觀光").exists()


def test_posting_never_fails_and_never_waits_long(django_capture_on_commit_callbacks):
    with serve() as silent:
        silent.says(Answer({}, pause=30))
        backend = ElasticBackend(url=silent.base, quick=0.3)
        started = time.monotonic()
        for number in range(5):
            with django_capture_on_commit_callbacks(execute=True):
                backend.index([document(number, "觀光署")])
        assert time.monotonic() - started < 10
        assert len(silent.asked) <= 1
    assert SearchDocument.objects.filter(indexed_at=None).count() == 5


@pytest.mark.parametrize("answer", [Answer({}, 500), Answer(b"<html>", 502), Answer({"error": "x"}, 429)])
def test_a_server_that_answers_nonsense_is_like_one_that_is_away(answer):
    with serve() as broken:
        broken.says(answer)
        backend = ElasticBackend(url=broken.base, quick=2)
        backend.index([document(1, "觀光署")])
        results = backend.search("觀光")
    assert keys(results) == {"page:1"} and results.notice


def test_after_commit_a_document_is_sent_at_once(elastic, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        elastic.index([document(1, "觀光署")])
    assert not SearchDocument.objects.filter(indexed_at=None).exists()
    assert elastic.client.count(index=elastic.alias, query={"match_all": {}})["count"] in (0, 1)
    elastic.client.indices.refresh(index=elastic.alias)
    assert keys(elastic.search("觀光")) == {"page:1"}


def test_when_it_comes_back_it_is_told_what_it_missed(search_server, tmp_path, db):
    server = engines.Server(search_server.binary, tmp_path)
    server.start()
    try:
        backend = ElasticBackend(url=server.url, index="house", quick=5)
        backend.index(document(number, f"第{number}則 觀光署") for number in range(20))
        assert backend.drain() == 20
        server.stop()
        backend.index([document(3, "改成電信"), document(20, "新的觀光")])
        backend.delete(["page:4"])
        away = backend.search("觀光", limit=100)
        assert away.notice and len(away.hits) == 19
        assert backend.drain() == 0
        server.start()
        assert backend.drain() == 3
        back = backend.search("觀光", limit=100)
        assert back.notice == "" and keys(back) == keys(away)
        assert back.total == 19
        there = backend.client.search(index="house", size=100, source=False)["hits"]["hits"]
        assert {hit["_id"] for hit in there} == set(SearchDocument.objects.values_list("key", flat=True))
        assert not SearchDocument.objects.filter(indexed_at=None).exists()
    finally:
        server.stop()


def test_a_document_that_is_gone_from_the_record_is_no_result(elastic):
    elastic.index([document(1, "觀光署"), document(2, "觀光客")])
    elastic.drain()
    SearchDocument.objects.filter(key="page:1").delete()
    results = elastic.search("觀光")
    assert keys(results) == {"page:2"} and results.total == 1


def test_a_slow_worker_does_not_undo_a_quick_one(elastic):
    elastic.index([document(1, "舊的意見")])
    slow = list(SearchDocument.objects.all())
    elastic.index([document(1, "新的意見")])
    elastic.drain()
    elastic._send(slow, elastic.client)
    elastic.client.indices.refresh(index=elastic.alias)
    assert keys(elastic.search("新的")) == {"page:1"}
    assert keys(elastic.search("舊的")) == set()


def test_an_index_that_was_lost_is_never_replaced_by_one_without_analyzers(elastic):
    elastic.index([document(1, "觀光署")])
    elastic.drain()
    for name in list(elastic.client.indices.get_alias(name=elastic.alias)):
        elastic.client.indices.delete(index=name)
    assert keys(elastic.search("觀光")) == {"page:1"}
    assert elastic.rebuild() == 1
    elastic.away_until = 0
    results = elastic.search("觀光")
    assert keys(results) == {"page:1"} and not results.notice
    assert keys(elastic.search("光觀")) == set()


def test_a_rebuild_leaves_one_index_behind_both_aliases(elastic):
    elastic.index(document(number, "觀光署") for number in range(30))
    elastic.drain()
    for _turn in range(2):
        assert elastic.rebuild() == 30
    found = elastic.client.indices.get_alias(index=f"{elastic.alias}-v1-*")
    assert len(found) == 1
    assert set(next(iter(found.values()))["aliases"]) == {elastic.alias, elastic.write_alias}


def test_the_clock_queues_what_is_waiting(search_server, settings, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as queued:
        assert not tasks.enqueue_drain()
    options = {"url": search_server.url, "index": "clock"}
    settings.SEARCH_BACKEND = {"BACKEND": "integrations.search.elastic.ElasticBackend", "OPTIONS": options}
    get_backend().index(document(number, "觀光署") for number in range(3))
    with django_capture_on_commit_callbacks() as queued:
        assert tasks.enqueue_drain()
    assert len(queued) == 1
    assert tasks.drain_search.call() == 3
    assert not tasks.enqueue_drain()
