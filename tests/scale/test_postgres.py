"""The PostgreSQL that `scripts/with_postgres.py` lends to one command."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from scripts import with_postgres
from tests.conftest import require_tool
from tests.scale.processes import answers, until

LEND = [sys.executable, "-m", "scripts.with_postgres"]
# What a test process is, up to the first question it asks.
TELL_VENDOR = """
import os, sys
import tests.environment
os.environ["DJANGO_SETTINGS_MODULE"] = "civic.settings"
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT version()")
    print(connection.vendor, cursor.fetchone()[0], os.environ["TEST_DATABASE_URL"])
sys.exit(7)
"""


@pytest.fixture(autouse=True)
def _programs():
    require_tool(with_postgres.find_programs(), "postgresql")


def test_tests_under_it_ask_postgresql_and_their_result_is_passed_on():
    done = subprocess.run(
        [*LEND, sys.executable, "-c", TELL_VENDOR], cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 7, done.stderr
    assert done.stdout.startswith("postgresql PostgreSQL ")
    assert not answers(urlsplit(done.stdout.split()[-1]).port)


@pytest.fixture
def open_folder():
    """A temporary folder that the user who runs PostgreSQL may walk through; `tmp_path` is for its owner alone."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def test_stopped_in_the_middle_it_leaves_neither_server_nor_folder(open_folder):
    command = 'echo "$TEST_DATABASE_URL"; exec sleep 600'
    lending = subprocess.Popen(
        [*LEND, "sh", "-c", command],
        cwd=settings.BASE_DIR,
        env=os.environ | {"TMPDIR": str(open_folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    port = urlsplit(lending.stdout.readline().strip()).port
    assert answers(port) and list(open_folder.iterdir())
    lending.send_signal(signal.SIGTERM)
    assert lending.wait(30) == 128 + signal.SIGTERM
    until(lambda: not answers(port), what="the server was gone", patience=10)
    assert not list(open_folder.iterdir())


def test_a_temporary_folder_that_root_keeps_to_itself_does_not_stop_it(tmp_path):
    command = [*LEND, "sh", "-c", 'test -n "$TEST_DATABASE_URL"']
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=os.environ | {"TMPDIR": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_without_a_command_it_says_how_it_is_used():
    done = subprocess.run(LEND, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 2
    assert "usage" in done.stderr
