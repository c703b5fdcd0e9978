"""Fixtures of outside sources: a corpus, monitors, a replay server."""

import pytest

from integrations.models import Monitor
from nlp.models import Corpus
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
