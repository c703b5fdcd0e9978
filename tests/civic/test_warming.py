"""The model that looks at what people write is read when a web process starts, and only then."""

import asyncio
import subprocess
import sys
import threading

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from civic import warming
from nlp.core import abuse, encoders

DEADLINE = 10.0

WHAT_WAS_READ = """
import threading
from civic import warming
from nlp.core import abuse
assert not [thread for thread in threading.enumerate() if thread.name == warming.NAME]
assert not abuse.load.cache_info().currsize
"""


@pytest.fixture
def unread():
    """A process that has not read the model yet."""
    try:
        encoders.require("use")
    except encoders.EncoderUnavailable as missing:
        pytest.skip(str(missing))
    abuse.load.cache_clear()


def warmers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == warming.NAME]


async def start_and_stop(meanwhile) -> None:
    from civic.asgi import application

    server = ApplicationCommunicator(application, {"type": "lifespan"})
    await server.send_input({"type": "lifespan.startup"})
    assert await server.receive_output(DEADLINE) == {"type": "lifespan.startup.complete"}
    meanwhile()
    await server.send_input({"type": "lifespan.shutdown"})
    assert await server.receive_output(DEADLINE) == {"type": "lifespan.shutdown.complete"}
    await server.wait(DEADLINE)


def test_a_web_process_takes_requests_before_the_model_is_read_and_reads_it_beside_them(unread):
    reading = []

    def still_reading():
        reading.extend(warmers())
        assert reading and not abuse.load.cache_info().currsize

    with abuse.reading:
        # As long as this is held, nobody can read the model: whoever waited for it would wait for ever.
        asyncio.run(start_and_stop(still_reading))
    for thread in reading:
        thread.join(DEADLINE)
    assert not warmers()
    assert abuse.load.cache_info().currsize == 1


@pytest.mark.parametrize(
    "begun",
    ["import civic.asgi", "from django.core.management import call_command; call_command('check', verbosity=0)"],
    ids=["imported", "management command"],
)
def test_nothing_else_reads_it(begun):
    code = f"import django; django.setup()\n{begun}\n{WHAT_WAS_READ}"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
