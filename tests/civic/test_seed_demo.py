"""The demo that a newcomer walks through."""

import io
import json
import stat

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from civic.demo import people, seeding
from cms.models import ArticlePage, InfoPage, SpacePage
from discussions import agencies, changes, instruments, records, rules
from discussions.clockfaces import Standing
from discussions.models import (
    Agency,
    AssistedAct,
    Comment,
    Level,
    LiveSession,
    Member,
    Milestone,
    Phase,
    Question,
    QuickPoll,
    Reply,
    ReplyDocument,
    ReplyPoint,
    Report,
    Signature,
    Sitting,
    Space,
    TextVersion,
    Vote,
    Wording,
)
from discussions.tasks import regroup
from integrations.models import SocialPost
from nlp import reports
from nlp.models import Opinion, Run, Topic

# All of one kind, so that they stay together and share the demo.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo, made once for all tests of this module and taken back after them. Gives the folder of its accounts."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("django.conf.settings.VAR_DIR", folder)
        patch.setenv("DEMO_PASSWORD", "for-this-test-only")
        seed(no_analysis=True)
        yield folder
        transaction.set_rollback(True)


def seed(**options) -> str:
    out = io.StringIO()
    call_command("seed_demo", stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def subjects():
    """The discussions people really talked in; beside them stand a few that are over."""
    return Space.objects.filter(slug__in=[subject.slug for subject in seeding.SUBJECTS])


def counts() -> dict[str, int]:
    models = (Space, SpacePage, Comment, Vote, Member, Opinion, Reply, Question, InfoPage, ArticlePage, SocialPost)
    return {model.__name__: model.objects.count() for model in models}


def test_three_discussions_stand_in_three_phases(demo):
    found = dict(subjects().values_list("slug", "phase"))
    assert sorted(found.values()) == sorted([Phase.OPEN, Phase.VOTING, Phase.ANSWERED])
    for space in subjects():
        assert space.title_en and space.question_en and space.agency.name.startswith("示範")
        assert SpacePage.objects.filter(space_link__space=space, live=True).count() == 2


def test_people_talk_in_threads_and_nothing_was_said_in_the_future_or_out_of_order(demo):
    assert 60 <= Comment.objects.count() <= 120
    assert Comment.objects.filter(depth__gte=2).exists()
    for space in subjects():
        times = list(
            Comment.objects.filter(space=space, paragraph=None).order_by("pk").values_list("posted_at", flat=True)
        )
        assert times == sorted(times)
        assert space.opens_at <= times[0] < times[-1] < space.created_at


def test_the_stream_holds_the_words_with_the_dates_and_authors_of_their_owners(demo):
    said = {str(comment.pk): comment for comment in Comment.objects.select_related("space")}
    opinions = Opinion.objects.published().filter(source="comment")
    assert opinions.count() == Comment.objects.published().count()
    for opinion in opinions:
        comment = said[opinion.source_key]
        assert (opinion.text, opinion.posted_at) == (comment.text, comment.posted_at)
        assert opinion.url == comment.space.path(f"c/{comment.pk}/")
    people_seen = opinions.order_by().values("author_key").distinct().count()
    assert people_seen == Comment.objects.published().order_by().values("author").distinct().count()


def test_every_kind_of_user_can_sign_in_and_do_their_work(demo, client):
    written = json.loads((demo / "demo_accounts.json").read_text(encoding="utf-8"))
    assert written["password"] == "for-this-test-only"
    assert [account["role"] for account in written["accounts"]] == [account.role.en for account in people.ACCOUNTS]
    for account in written["accounts"]:
        assert client.login(username=account["email"], password=written["password"])
    who = {account.key: Member.objects.get(email=f"{account.key}@example.org") for account in people.ACCOUNTS}
    assert rules.may_facilitate(who["facilitator"]) and rules.may_moderate(who["moderator"])
    assert rules.may_answer(who["officer"]) and rules.may_read_opinion(who["planner"])
    assert who["communicator"].has_perm("wagtailadmin.access_admin")
    assert rules.may_answer(who["approver"]) and rules.may_assist(who["frontline"])
    assert not rules.may_moderate(who["citizen"])


def test_a_draft_regulation_was_changed_because_of_what_people_said(demo):
    first, second = TextVersion.objects.order_by("number")
    assert first.published_at < second.published_at < second.text.space.created_at
    causes = second.causes.select_related("wording", "comment")
    assert causes.count() == 6
    for cause in causes:
        said_at = cause.wording.made_at if cause.wording else cause.comment.posted_at
        assert first.published_at <= said_at < second.published_at
        assert cause.wording is None or cause.wording.outcome in (Wording.Outcome.TAKEN, Wording.Outcome.PARTLY)
    assert Wording.objects.filter(outcome=Wording.Outcome.DECLINED).exclude(outcome_reason="").exists()
    fates = {change.kind for change in changes.between(first, second)}
    assert {"changed", "new", "gone", "same"} <= fates


def test_somebody_without_a_screen_took_part_on_paper_and_somebody_at_the_counter(demo):
    assert set(Sitting.objects.values_list("channel", flat=True)) == {"paper", "assisted"}
    assert set(AssistedAct.objects.values_list("kind", flat=True)) == {"comment", "vote", "signature", "survey"}
    assert Sitting.objects.get(channel="paper").form is not None
    assert Signature.objects.filter(channel="paper").exists()
    for comment in Comment.objects.filter(channel__in=("paper", "assisted")):
        assert comment.author.origin.startswith("assisted:") and comment.state == Comment.State.VISIBLE


def test_a_visitor_without_an_account_may_write_in_one_discussion_and_others_did(demo, client):
    takes_comments = [phase for phase, verbs in rules.PERMITTED.items() if rules.Verb.COMMENT in verbs]
    found = subjects().filter(phase__in=takes_comments)
    (space,) = [space for space in found if instruments.level(space, "comments") == Level.GUEST]
    assert space.comments.published().filter(level=Level.GUEST, author__level=Level.GUEST).count() == 3
    assert 'id="composer"' in client.get(space.get_absolute_url()).content.decode()
    words = {"text": "請把違約金寫成一張表，阿嬤也看得懂", "client_id": "visitor-1"}
    client.post(reverse("discussions:post_comment", args=[space.slug]), words)
    said = Comment.objects.get(client_id="visitor-1")
    assert said.author.is_guest and said.state == Comment.State.VISIBLE
    assert said.text in client.get(space.get_absolute_url()).content.decode()


def test_the_documents_of_answers_lead_to_pages_that_are_there(demo, client):
    for url in ReplyDocument.objects.values_list("url", flat=True).distinct():
        assert client.get(url).status_code == 200, url


def test_only_the_owner_of_the_machine_can_read_the_password(demo):
    assert stat.S_IMODE((demo / "demo_accounts.json").stat().st_mode) == 0o600


def test_nobody_signs_in_as_the_people_of_the_demo(demo):
    crowd = Member.objects.filter(email=None)
    assert crowd.count() >= 40
    assert not any(member.has_usable_password() for member in crowd)


def test_the_votes_form_two_groups_that_are_really_there(demo):
    for space in subjects():
        regroup(space)
        run = Run.objects.filter(corpus=space.corpus, kind=Run.Kind.GROUPS).latest()
        assert run.result["k"] == 2 and run.quality["stability"] > 0.7


def test_a_live_session_is_open_with_a_question_before_the_panel_and_a_poll(demo):
    session = LiveSession.objects.get(state=LiveSession.State.OPEN)
    assert (session.state, session.floor_open) == (LiveSession.State.OPEN, True)
    assert session.questions.filter(state=Question.State.CURRENT).count() == 1
    assert {poll.kind for poll in session.polls.all()} == set(QuickPoll.Kind.values)
    poll = session.polls.get(state=QuickPoll.State.OPEN)
    assert (poll.kind, poll.votes.count()) == (QuickPoll.Kind.SINGLE, 34)


def test_a_hearing_that_is_over_has_its_whole_record(demo):
    record = records.read(LiveSession.objects.get(state=LiveSession.State.CLOSED))
    assert (record.numbers.asked, record.numbers.answered, record.numbers.lines) == (6, 3, 14)
    assert (record.owed.total, record.owed.answered, record.owed.face.state) == (3, 1, "waiting")
    moments = [(moment.kind, moment.ms) for moment in record.moments]
    assert moments[0] == ("opened", 0) and moments[-1] == ("closed", 52 * 60_000)
    assert {"item", "question", "poll", "statement"} < {kind for kind, _ms in moments}
    on = LiveSession.objects.get(state=LiveSession.State.OPEN)
    assert on.agenda.count() == 3 and on.lines.count() == 5


def test_a_hearing_waits_to_be_opened_with_its_agenda_and_a_poll(demo):
    session = LiveSession.objects.get(state=LiveSession.State.PLANNED)
    assert session.starts_at > timezone.now() and session.agenda.count() == 3
    assert session.polls.get().state == QuickPoll.State.READY
    assert rules.may_ask(Member.objects.get(email="citizen@example.org"), session.space, session)


def test_the_citizen_finds_an_official_answer_and_the_moderator_finds_work(demo):
    citizen = Member.objects.get(email="citizen@example.org")
    assert Reply.objects.filter(comment__author=citizen, agency__slug="demo-transport").exists()
    assert Report.objects.filter(settled=False).exists()
    assert Comment.objects.filter(state=Comment.State.HIDDEN, hidden_reason="spam").count() == 1


def test_open_information_is_there_in_both_languages_and_says_that_it_is_made_up(demo):
    pages = InfoPage.objects.live()
    assert (
        pages.filter(locale__language_code="zh-hant").count() == pages.filter(locale__language_code="en").count() == 3
    )
    for page in pages:
        assert "示範資料" in page.title or "sample data" in page.title
        assert page.rows and page.space is not None
    assert ArticlePage.objects.live().count() == 4


def test_posts_came_in_under_their_own_label(demo):
    posts = Opinion.objects.published().filter(source="file")
    assert posts.count() == SocialPost.objects.count() == 10
    assert set(posts.values_list("channel", flat=True)) == {"示範論壇貼文"}


def test_a_second_run_changes_nothing(demo):
    before, password = counts(), (demo / "demo_accounts.json").read_text(encoding="utf-8")
    seed(no_analysis=True)
    assert counts() == before
    assert (demo / "demo_accounts.json").read_text(encoding="utf-8") == password


def test_again_doubles_nothing_and_gives_a_new_password(demo, client, monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    monkeypatch.delenv("DEMO_PASSWORD")
    before = counts()
    seed(again=True, no_analysis=True)
    assert counts() == before
    password = json.loads((tmp_path / "demo_accounts.json").read_text(encoding="utf-8"))["password"]
    assert password != "for-this-test-only"
    assert client.login(username="citizen@example.org", password=password)


def test_without_a_model_the_demo_is_made_all_the_same(demo, settings, tmp_path):
    settings.VAR_DIR, settings.NLP_ENCODER = tmp_path, str(tmp_path / "no-such-model")
    seed(again=True)
    assert (tmp_path / "demo_accounts.json").exists()
    assert not Topic.objects.exists()


@pytest.mark.slow
def test_with_the_analysis_come_topics_and_an_answer_to_the_largest(demo, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    seed(again=True)
    found = {space.slug: len(reports.topics(space.corpus)) for space in subjects().select_related("corpus")}
    # Few opinions that all turn about one question are not forced apart.
    assert sorted(found.values())[-1] >= 3 and min(found.values()) >= 1
    reply = Reply.objects.get(topic_number__isnull=False)
    assert reply.topic_label == reports.topics(reply.space.corpus)[0].label
    seed(again=True)
    assert Reply.objects.filter(topic_number__isnull=False).count() == 1


def test_one_agency_was_on_time_late_extended_and_is_overdue(demo):
    agency = Agency.objects.get(slug="demo-transport")
    (record,) = agencies.records(agency=agency)
    for key in (Standing.ON_TIME, Standing.LATE, Standing.EXTENDED, Standing.OVERDUE):
        assert record.counts[key] >= 1, key
    assert ReplyPoint.objects.filter(reply__space__agency=agency).count() >= 4
    assert set(Milestone.objects.values_list("state", flat=True)) == {"planned", "done", "dropped"}
