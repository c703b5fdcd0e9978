"""The demo is made in an empty house, or not at all."""

import io

import pytest
from django.core.management import CommandError, call_command

from civic.demo import seeding
from discussions.models import Comment, LiveSession, Member, Space


def seed() -> None:
    call_command("seed_demo", no_analysis=True, stdout=io.StringIO(), stderr=io.StringIO())


def test_a_site_served_over_https_is_never_seeded(db, settings):
    settings.SERVED_SECURELY, settings.DEBUG, settings.SITE_URL = True, False, "https://minyi.example.org"
    with pytest.raises(CommandError) as refusal:
        seed()
    assert "https://minyi.example.org" in str(refusal.value)
    assert not Space.objects.exists() and not Member.objects.exists()


def test_what_an_interruption_left_undone_is_finished_by_the_next_run(db, settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    # One discussion and one of its parts say as much as all of them, and sooner.
    monkeypatch.setattr(seeding, "PARTS", seeding.PARTS[:1])
    with monkeypatch.context() as patch:
        patch.setattr(seeding, "SUBJECTS", seeding.SUBJECTS[:1])
        patch.setattr(seeding, "_live_session", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            seed()
    assert Space.objects.count() == 1 and not (tmp_path / "demo_accounts.json").exists()
    said = Comment.objects.count()
    monkeypatch.setattr(seeding, "SUBJECTS", seeding.SUBJECTS[:1])
    seed()
    assert Comment.objects.count() == said
    assert LiveSession.objects.count() == 1 and (tmp_path / "demo_accounts.json").exists()


def _interrupted(*_arguments):
    raise KeyboardInterrupt
