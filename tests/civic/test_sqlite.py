"""SQLite as we set it up lets eight writers wait for each other; as it comes, it turns them away (figure A21)."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings


def drill(which, seconds, path):
    environment = {**os.environ, "SQLITE_OPTIONS": json.dumps(settings.SQLITE_OPTIONS)}
    command = [sys.executable, "-m", "tests.civic.sqlite_drill", which, str(seconds), str(path)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.slow
def test_eight_writers_for_a_minute_are_never_turned_away(tmp_path):
    report = drill("tuned", 60, tmp_path / "tuned.sqlite3")
    assert report["writers"] == 8 and report["done"] > 200
    assert (report["errors"], report["lost"], report["missing"]) == (0, 0, 0)
    assert report["p99"] <= 4


@pytest.mark.slow
def test_without_our_settings_writers_are_turned_away(tmp_path):
    """Guards the settings: if this passes without errors one day, they may no longer be needed."""
    assert drill("defaults", 8, tmp_path / "defaults.sqlite3")["errors"] > 0
