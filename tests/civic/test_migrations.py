"""A new database can be made by migrations alone, and nothing in the models waits for one."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command


def manage(*arguments, **environment):
    """Run manage.py in a process of its own; returns what it printed."""
    command = [sys.executable, "manage.py", *arguments]
    environment = {**os.environ, **environment}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_a_new_database_is_made_by_migrations_and_takes_the_first_pages(tmp_path):
    manage("migrate", "-v", "0", MINYI_VAR=str(tmp_path))
    manage("setup_site", "-v", "0", MINYI_VAR=str(tmp_path))
    assert "(no migrations)" not in manage("showmigrations", "discussions", "nlp", "cms", MINYI_VAR=str(tmp_path))
    assert "[ ]" not in manage("showmigrations", MINYI_VAR=str(tmp_path))


@pytest.mark.django_db
def test_no_model_waits_for_a_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_site_served_over_https_has_no_deployment_warning(tmp_path):
    said = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        MINYI_VAR=str(tmp_path),
        SITE_URL="https://minyi.example.org",
        SECRET_KEY="k7" + "Zq9vW3xR5tY8uI1oP4aS6dF0gH2jK" * 2,
    )
    assert "no issues" in said
