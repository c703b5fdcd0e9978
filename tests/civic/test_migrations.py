"""A new database can be made by migrations alone, and nothing in the models waits for one."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

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


OLD_ROWS = """
INSERT INTO nlp_corpus (id, key, title, topics_dirty, groups_dirty, next_topic_number, changes_since_run)
  VALUES (1, 'bus', '公車', 0, 0, 1, 0);
INSERT INTO discussions_member
  (id, password, is_superuser, is_staff, is_active, date_joined, email, display_name, origin)
  VALUES (1, '!', 0, 0, 1, '2026-01-01', 'a@example.org', '甲', ''),
    (2, '!', 0, 0, 0, '2026-01-01', NULL, '乙', 'polis:x:2');
INSERT INTO account_emailaddress (email, verified, "primary", user_id) VALUES ('a@example.org', 1, 1, 1);
INSERT INTO discussions_space
  (id, slug, title, title_en, question, question_en, phase, review_at, answer_due_at, corpus_id, created_at)
  VALUES (1, 'bus', '公車', '', '', '', 'review', '2026-01-10', '2026-03-10', 1, '2026-01-01');
INSERT INTO discussions_comment
  (id, space_id, path, depth, author_id, kind, text, state, hidden_reason, client_id, posted_at)
  VALUES (7, 1, '7', 0, 1, 'opinion', '末班車太早', 'visible', '', 'c', '2026-01-02');
INSERT INTO discussions_report (comment_id, reporter_id, reason, made_at, settled)
  VALUES (7, 2, 'spam', '2026-01-03', 0);
INSERT INTO discussions_statement (id, space_id, text, state, client_id, made_at)
  VALUES (3, 1, '深夜要有公車', 'visible', 's', '2026-01-02'), (4, 1, '收起的', 'hidden', 't', '2026-01-02');
INSERT INTO discussions_vote (statement_id, member_id, value, cast_at)
  VALUES (3, 1, 1, '2026-01-02'), (3, 2, -1, '2026-01-02');
INSERT INTO discussions_event (space_id, seq, type, data, at)
  VALUES (1, 5, 'comment.posted', '{"id": 7}', '2026-01-02');
"""


@pytest.mark.slow
def test_what_an_older_house_held_is_carried_over(tmp_path):
    """Reports, votes, levels, dates of answers and what members were told of survive the step to many instruments."""
    manage("migrate", "-v", "0", "nlp", "0002", MINYI_VAR=str(tmp_path))
    manage("migrate", "-v", "0", "account", MINYI_VAR=str(tmp_path))
    manage("migrate", "-v", "0", "discussions", "0001", MINYI_VAR=str(tmp_path))
    with closing(sqlite3.connect(tmp_path / "minyi.sqlite3")) as old, old:
        old.executescript(OLD_ROWS)
    manage("migrate", "-v", "0", "discussions", MINYI_VAR=str(tmp_path))
    with closing(sqlite3.connect(tmp_path / "minyi.sqlite3")) as new:

        def rows(query):
            return new.execute(query).fetchall()

        assert rows("SELECT space_id, target, target_id FROM discussions_report") == [(1, "comment", 7)]
        tallies = "SELECT agree, disagree, passed, hidden_reason FROM discussions_statement ORDER BY id"
        assert rows(tallies) == [(1, 1, 0, ""), (0, 0, 0, "imported")]
        assert rows("SELECT level FROM discussions_member ORDER BY id") == [(20,), (0,)]
        assert rows("SELECT level, channel FROM discussions_vote ORDER BY id") == [(10, "web"), (0, "import")]
        assert rows("SELECT seq FROM discussions_noticecursor") == [(5,)]
        assert [due[:10] for (due,) in rows("SELECT due_at FROM discussions_answerclock")] == ["2026-03-10"]
