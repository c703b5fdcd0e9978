"""A new database can be made by migrations alone, and nothing in the models waits for one."""

import os
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from urllib.parse import urlsplit

import psycopg
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


class Older:
    """A database of its own of the kind the tests run on, at whatever step of the migrations one takes it to."""

    def __init__(self, folder):
        self.places = {"MINYI_VAR": str(folder)}
        self.server = os.environ.get("DATABASE_URL", "")
        if self.server:
            self.name = f"older_{uuid.uuid4().hex}"
            self.of_the_server(f"CREATE DATABASE {self.name}")
            self.places["DATABASE_URL"] = urlsplit(self.server)._replace(path=f"/{self.name}").geturl()

    def of_the_server(self, command):
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(command)

    def migrate(self, *target):
        manage("migrate", "-v", "0", *target, **self.places)

    def connect(self):
        if self.server:
            return psycopg.connect(self.places["DATABASE_URL"])
        return sqlite3.connect(os.path.join(self.places["MINYI_VAR"], "minyi.sqlite3"))

    def write(self, statements):
        with closing(self.connect()) as database, database:
            for statement in statements.split(";\n"):
                database.execute(statement)

    def rows(self, query):
        with closing(self.connect()) as database:
            return [tuple(row) for row in database.execute(query).fetchall()]

    def close(self):
        if self.server:
            self.of_the_server(f"DROP DATABASE {self.name} WITH (FORCE)")


@pytest.fixture
def older(tmp_path):
    house = Older(tmp_path)
    yield house
    house.close()


# One review that was answered and one that runs; a proposal over its threshold; a burst; decisions around a midnight
# between two weeks in Taipei (Sunday 16:30 UTC is Monday there), one of them appealed and overturned.
ROWS_BEFORE_SECOND_REVIEWS = """
INSERT INTO nlp_corpus (id, key, title, topics_dirty, groups_dirty, next_topic_number, changes_since_run)
  VALUES (1, 'bus', '公車', FALSE, FALSE, 1, 0), (2, 'trail', '步道', FALSE, FALSE, 1, 0);
INSERT INTO discussions_agency (id, slug, name, name_en, data_licence) VALUES (1, 'transport', '交通局', '', 'ogdl');
INSERT INTO discussions_member
  (id, password, is_superuser, is_staff, is_active, date_joined, email, display_name, origin, has_news, level,
   session_epoch, agency_id)
  VALUES (1, '!', FALSE, FALSE, TRUE, '2026-01-01 00:00:00+00:00', 'a@example.org', '甲', '', FALSE, 20, 0, NULL),
    (2, '!', FALSE, FALSE, TRUE, '2026-01-01 00:00:00+00:00', 'b@example.org', '乙', '', FALSE, 20, 0, 1);
INSERT INTO discussions_space
  (id, slug, title, title_en, question, question_en, phase, corpus_id, created_at, agency_id, holds_first_posts,
   instruments, plain, plain_en)
  VALUES (1, 'bus', '公車', '', '', '', 'answered', 1, '2026-01-01 00:00:00+00:00', 1, FALSE, '{}', '', ''),
    (2, 'trail', '步道', '', '', '', 'review', 2, '2026-01-01 00:00:00+00:00', 1, FALSE, '{}', '', '');
INSERT INTO discussions_proposal
  (id, level, channel, state, hidden_reason, title, text, stage, client_id, revision, threshold, n_signatures, made_at,
   published_at, closes_at, reached_at, author_id, space_id)
  VALUES (5, 20, 'web', 'visible', '', '夜間公車', '請加開', 'reached', 'p', 1, 3, 3, '2026-01-02 00:00:00+00:00',
    '2026-01-02 00:00:00+00:00', '2026-03-01 00:00:00+00:00', '2026-01-09 00:00:00+00:00', 1, 2);
INSERT INTO discussions_answerclock
  (id, started_at, first_due_at, due_at, answered_at, extensions_allowed, extension_days, agency_id, space_id,
   proposal_id)
  VALUES (1, '2026-01-10 00:00:00+00:00', '2026-03-10 00:00:00+00:00', '2026-03-10 00:00:00+00:00',
    '2026-02-01 00:00:00+00:00', 1, 30, 1, 1, NULL),
  (2, '2026-01-10 00:00:00+00:00', '2026-03-10 00:00:00+00:00', '2026-04-09 00:00:00+00:00', NULL, 1, 30, 1, 2, NULL),
  (3, '2026-01-10 00:00:00+00:00', '2026-03-10 00:00:00+00:00', '2026-03-10 00:00:00+00:00', NULL, 1, 30, 1, 2, 5);
INSERT INTO discussions_handover (id, made_at, posts, people, agency_id, space_id)
  VALUES (1, '2026-01-10 00:00:00+00:00', 12, 7, 1, 1);
INSERT INTO discussions_reply
  (id, topic_label, text, client_id, answered_at, agency_id, officer_id, space_id, version, whole_id, clock_id)
  VALUES (1, '', '加開兩班', 'r', '2026-02-01 00:00:00+00:00', 1, 2, 1, 1, 1, 1);
INSERT INTO discussions_comment
  (id, path, depth, kind, text, state, hidden_reason, client_id, posted_at, author_id, space_id, channel, is_answered,
   level, n_agree, n_doubt, n_replies, n_thanks)
  VALUES (7, '7', 0, 'opinion', '末班車太早', 'visible', '', 'c', '2026-01-04 16:00:00+00:00', 1, 1, 'web', FALSE, 20,
    0, 0, 0, 0);
INSERT INTO discussions_burst (id, kind, key, posts, people, sample, began_at, ended_at, found_at, space_id)
  VALUES (1, 'text', 'k', 9, 9, '7', '2026-01-04 16:00:00+00:00', '2026-01-04 16:09:00+00:00',
    '2026-01-04 16:10:00+00:00', 1);
INSERT INTO discussions_case
  (id, target, target_id, "group", is_held, is_reported, is_scored, is_burst, opened_at, settled_at, author_id,
   space_id)
  VALUES (1, 'comment', 7, 'g', FALSE, FALSE, FALSE, TRUE, '2026-01-04 16:10:00+00:00', NULL, 1, 1);
INSERT INTO discussions_moderationact (id, act, target, target_id, reason, note, at, moderator_id, space_id)
  VALUES (1, 'hide', 'comment', 7, 'spam', '', '2026-01-04 15:30:00+00:00', 2, 1),
    (2, 'restore', 'comment', 7, '', '', '2026-01-04 16:30:00+00:00', 2, 1),
    (3, 'hide', 'comment', 8, 'spam', '', '2026-01-05 09:00:00+00:00', 2, 1),
    (4, 'hide', 'statement', 3, 'insult', '', '2026-01-05 09:00:00+00:00', 2, 2);
INSERT INTO discussions_appeal
  (id, text, made_at, outcome, answer, judged_at, author_id, decision_id, judge_id, space_id)
  VALUES (1, '這不是廣告', '2026-01-04 16:00:00+00:00', 'overturned', '您說得對', '2026-01-04 16:30:00+00:00', 1, 1,
    2, 1)
"""


@pytest.mark.slow
def test_reviews_bursts_and_the_moderation_log_of_an_older_house_are_carried_over(older):
    """Clocks, hand-overs and answers stay as they are, a second review finds room, and old decisions are counted."""
    older.migrate("discussions", "0004")
    older.write(ROWS_BEFORE_SECOND_REVIEWS)
    kept = (
        "SELECT id, space_id, proposal_id, due_at, answered_at FROM discussions_answerclock ORDER BY id",
        "SELECT id, space_id, posts, people FROM discussions_handover",
        "SELECT id, text, whole_id, clock_id FROM discussions_reply",
        "SELECT id, key, posts, people, sample FROM discussions_burst",
        "SELECT id, target_id, settled_at FROM discussions_case",
        "SELECT id, act, reason, at FROM discussions_moderationact ORDER BY id",
        "SELECT id, outcome, answer FROM discussions_appeal",
    )
    before = [older.rows(query) for query in kept]
    assert all(before)
    older.migrate("discussions")
    assert [older.rows(query) for query in kept] == before
    assert older.rows("SELECT b.first_id, c.burst_id FROM discussions_burst b, discussions_case c") == [(None, None)]

    tallies = "SELECT space_id, act, reason, target, n FROM discussions_moderationtally ORDER BY space_id, act, target"
    assert older.rows(tallies) == [
        (1, "appealed", "", "comment", 1),
        (1, "hide", "spam", "comment", 2),
        (1, "overturned", "", "comment", 1),
        (1, "restore", "", "comment", 1),
        (2, "hide", "insult", "statement", 1),
    ]
    weeks = older.rows("SELECT space_id, week, n FROM discussions_moderationweek ORDER BY space_id, week")
    expected = [(1, "2025-12-29", 1), (1, "2026-01-05", 2), (2, "2026-01-05", 1)]
    assert [(space, str(week), n) for space, week, n in weeks] == expected

    later = """INSERT INTO discussions_answerclock
      (started_at, first_due_at, due_at, extensions_allowed, extension_days, agency_id, space_id)
      VALUES ('2026-05-0{day} 00:00:00+00:00', '2026-07-01 00:00:00+00:00', '2026-07-01 00:00:00+00:00', 1, 30, 1, 1)"""
    if older.server:
        # Rows that were written with their numbers do not move the counters of PostgreSQL.
        older.write("SELECT setval(pg_get_serial_sequence('discussions_answerclock', 'id'), 100)")
    older.write(later.format(day=1))
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        older.write(later.format(day=2))
