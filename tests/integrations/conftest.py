"""Fixtures of outside sources: a corpus, monitors, a replay server."""

import shutil
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from integrations.models import Monitor
from integrations.search.elastic import ElasticBackend
from nlp.models import Corpus
from tests.conftest import require_tool
from tests.integrations import engines
from tests.integrations import replay as replay_server


@pytest.fixture
def corpus(db):
    return Corpus.objects.create(key="metro", title="捷運")


@pytest.fixture
def replay(settings):
    """X as a local server, with a token that opens it."""
    with replay_server.serve() as server:
        settings.X_BEARER_TOKEN = "token-of-the-test"
        settings.X_API_BASE = server.base
        server.says(replay_server.Answer(replay_server.page()))
        yield server


@pytest.fixture
def x_monitor(corpus):
    return Monitor.objects.create(corpus=corpus, kind="x", label="X 捷運", query="捷運 lang:zh")


@pytest.fixture
def file_monitor(corpus):
    return Monitor.objects.create(corpus=corpus, kind="file", label="論壇匯出")


@pytest.fixture(scope="session")
def search_server(tmp_path_factory):
    """A search server that speaks Elasticsearch's protocol, one per test process."""
    beside = Path(sys.executable).parent / "noida-db"
    binary = require_tool(str(beside) if beside.exists() else shutil.which("noida-db"), "noida-db")
    with engines.serve(binary, tmp_path_factory.mktemp("search")) as server:
        yield server


@pytest.fixture
def elastic(search_server, db):
    """The Elasticsearch backend with an index of its own."""
    backend = ElasticBackend(url=search_server.url, index=f"test-{uuid4().hex[:12]}", quick=5)
    yield backend
    backend.client.close()
