"""Taking part before there is an account, and keeping what one gave."""

import uuid

import pytest
from django.urls import reverse

from discussions import comments, guests, moderation, voting
from discussions.models import (
    Comment,
    Follow,
    Level,
    Member,
    NoticeSettings,
    Phase,
    PushSubscription,
    Report,
    Vote,
)
from discussions.notices import following
from nlp.models import Opinion
from tests.discussions.drafts import begin, make_draft_space, paragraph, publish
from tests.discussions.proposing import proposing_space, published
from tests.factories import PASSWORD, make_member, make_space, propose
from tests.factories import say as post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture
def open_house(agency):
    """A space where guests may comment and vote."""
    return make_space(agency=agency, instruments={"comments": {"level": 0}, "statements": {"level": 0}})


def say(client, space, text, key=None):
    data = {"text": text, "client_id": key or uuid.uuid4().hex}
    return client.post(reverse("discussions:post_comment", args=[space.slug]), data)


def sign_up(client, email="later@example.org"):
    data = {"email": email, "display_name": "後來註冊的人", "password1": PASSWORD}
    return client.post(reverse("account_signup"), data)


def test_a_visitor_comments_as_a_guest_and_stays_the_same_guest(client, open_house):
    assert say(client, open_house, "我沒有帳號，但我住這裡").status_code == 302
    assert say(client, open_house, "再補充一點").status_code == 302
    authors = {comment.author for comment in Comment.objects.select_related("author")}
    assert len(authors) == 1 and authors.pop().is_guest
    assert set(Comment.objects.values_list("level", flat=True)) == {Level.GUEST}
    assert "我沒有帳號，但我住這裡" in client.get(reverse("discussions:me")).content.decode()


def test_where_guests_may_not_a_visitor_is_asked_to_sign_in_and_no_guest_is_made(client, space):
    assert say(client, space, "我沒有帳號").status_code == 401
    assert not Member.objects.exists()


def test_a_guest_is_refused_where_an_account_is_needed(client, open_house, space):
    say(client, open_house, "先在這裡說")
    response = say(client, space, "再去別處說")
    assert response.status_code == 403 and "再去別處說" in response.content.decode()
    assert not Comment.objects.filter(space=space).exists()


def test_no_guest_is_made_once_the_discussion_is_over(client, agency):
    closed = make_space(agency=agency, instruments={"comments": {"level": 0}}, phase=Phase.ARCHIVED)
    assert say(client, closed, "還能說嗎").status_code in (401, 403)
    assert not Member.objects.exists()


def test_signing_up_keeps_everything_the_guest_gave(client, open_house, neighbour):
    statement = propose(open_house, make_member(), "深夜要有公車")
    say(client, open_house, "我先說，再註冊")
    client.post(reverse("discussions:vote", args=[open_house.slug, statement.pk]), {"value": "1"})
    assert sign_up(client).status_code == 302
    member = Member.objects.get(email="later@example.org")
    assert member.level == Level.ACCOUNT and not member.is_guest
    assert member.comments.get().text == "我先說，再註冊" and member.votes.get().value == 1
    assert "我先說，再註冊" in client.get(reverse("discussions:me")).content.decode()


def test_signing_in_brings_the_guests_words_along_and_counts_a_double_vote_once(client, open_house, member):
    statement = propose(open_house, make_member(), "深夜要有公車")
    voting.cast(statement=statement, member=member, value=-1)
    say(client, open_house, "忘了登入")
    client.post(reverse("discussions:vote", args=[open_house.slug, statement.pk]), {"value": "1"})
    statement.refresh_from_db()
    assert statement.total == 2
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    assert Comment.objects.get().author == member
    assert Vote.objects.get().value == -1 and Vote.objects.get().member == member
    statement.refresh_from_db()
    assert statement.total == 1
    keys = set(Opinion.objects.filter(source="comment").values_list("author_key", flat=True))
    mine = say(client, open_house, "登入之後又說")
    assert mine.status_code == 302
    assert set(Opinion.objects.filter(source="comment").values_list("author_key", flat=True)) == keys


def test_a_closed_guest_cannot_act_again(client, open_house, member):
    say(client, open_house, "忘了登入")
    guest = Member.objects.get(level=Level.GUEST)
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    guest.refresh_from_db()
    assert not guest.is_active


def test_a_form_sent_as_guest_and_again_after_signing_in_is_no_crash(client, open_house, member):
    key = uuid.uuid4().hex
    say(client, open_house, "同一張表單", key)
    first = client.session.session_key
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    assert client.session.session_key != first
    assert say(client, open_house, "同一張表單", key).status_code == 302
    assert Comment.objects.count() == 1


def test_one_address_cannot_make_guests_without_end(client, open_house, monkeypatch):
    monkeypatch.setattr(guests, "PER_HOUR", 2)
    for number in range(2):
        client.cookies.clear()
        assert say(client, open_house, f"訪客 {number} 的話").status_code == 302
    client.cookies.clear()
    refused = say(client, open_house, "第三位訪客的話")
    assert refused.status_code == 429 and refused["Retry-After"]
    assert Member.objects.count() == 2


@pytest.mark.parametrize("name", ["account_email", "account_change_password"])
def test_the_pages_of_accounts_lead_a_guest_to_sign_up(client, open_house, name):
    say(client, open_house, "我是訪客")
    response = client.get(reverse(name))
    assert response.status_code == 302 and response["Location"] == reverse("account_signup")


def test_a_member_who_is_signed_in_is_not_asked_to_sign_in_again(client, member):
    client.force_login(member)
    assert client.get(reverse("account_login")).status_code == 302
    assert client.get(reverse("account_signup")).status_code == 302


def test_open_forms_go_on_working_after_a_visitor_became_a_guest(open_house):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    page = browser.get(open_house.get_absolute_url()).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    address = reverse("discussions:post_comment", args=[open_house.slug])
    for text in ("第一則", "第二則"):
        data = {"text": text, "client_id": uuid.uuid4().hex, "csrfmiddlewaretoken": token}
        assert browser.post(address, data).status_code == 302
    assert Comment.objects.count() == 2


def test_every_kind_of_row_that_belongs_to_a_person_is_moved_or_left_on_purpose():
    """A new model that hangs on a person has to be thought of here."""
    from django.apps import apps

    # Of the account itself, of helpers and staff.
    left = {
        "ApiToken.member",
        "Sitting.helper", "Sitting.person", "Receipt.member", "PhoneProof.member", "ModeratorNumber.member",
        "Appeal.judge", "BudgetDecision.editor", "Burst.seen_by", "Case.claimed_by",
        "ClockExtension.officer", "Milestone.planned_by", "MilestoneChange.officer", "ModerationAct.moderator",
        "PaperForm.made_by", "Reply.officer", "ReplyVersion.corrected_by", "Silence.by", "TextVersion.editor",
        "TranscriptLine.author", "Wording.judged_by",
    }  # fmt: skip
    moved = {f"{given.model.__name__}.{given.field}" for given in guests.GIVEN}
    hanging = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("discussions").get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Member
    }
    assert sorted(hanging - moved - left) == []


# What a guest chose to hear of


def test_signing_in_brings_along_what_a_guest_follows(client, open_house, member, neighbour):
    comment = post(open_house, neighbour, "路口要有庇護島")
    say(client, open_house, "忘了登入")
    address = reverse("discussions:follow", args=[open_house.slug])
    for sent in ({"kind": "space"}, {"kind": "comment", "target": comment.pk}, {"kind": "topic", "target": 7}):
        assert client.post(address, {"verb": "follow", **sent}).status_code == 302
    following.follow(member=member, space=open_house)
    following.follow(member=member, space=open_house, topic_number=8)
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    topics = {("topic", 7), ("topic", 8)}
    assert following.followed(member, open_house) == {("space", open_house.pk), ("comment", comment.pk)} | topics
    assert Follow.objects.count() == 4


def test_what_an_account_has_muted_stays_muted_though_the_guest_followed_it(open_house, member):
    elsewhere, guest = make_space(), make_member(level=Level.GUEST)
    following.mute(member=member, space=open_house)
    following.follow(member=guest, space=open_house)
    following.follow(member=guest, space=open_house, topic_number=3)
    following.follow(member=member, space=elsewhere, topic_number=5)
    for topic in (5, 6):
        following.mute(member=guest, space=elsewhere, topic_number=topic)
    guests.join(guest=guest, member=member)
    assert following.followed(member, open_house) == set()
    assert following.muted(member, open_house) == {("space", open_house.pk)}
    assert following.followed(member, elsewhere) == {("topic", 5)}
    assert following.muted(member, elsewhere) == {("topic", 6)}


def test_a_guests_reports_browser_and_way_of_hearing_come_along_and_the_accounts_stay(open_house, member, neighbour):
    first, second = post(open_house, neighbour, "第一句"), post(open_house, neighbour, "第二句")
    guest, newcomer = make_member(level=Level.GUEST), make_member()
    for reporter, comment in ((guest, first), (guest, second), (member, first)):
        moderation.report(target=comment, reporter=reporter, reason="spam")
    for somebody, rhythm in ((guest, "weekly"), (member, "never")):
        NoticeSettings.objects.create(member=somebody, rhythm=rhythm)
    PushSubscription.objects.create(member=guest, endpoint="https://push.example.org/1", key="k", secret="s")
    guests.join(guest=guest, member=member)
    assert set(Report.objects.values_list("reporter", "target_id")) == {(member.pk, first.pk), (member.pk, second.pk)}
    assert NoticeSettings.objects.get().rhythm == "never" and PushSubscription.objects.get().member == member
    other = make_member(level=Level.GUEST)
    NoticeSettings.objects.create(member=other, rhythm="weekly")
    guests.join(guest=other, member=newcomer)
    assert NoticeSettings.objects.get(member=newcomer).rhythm == "weekly"


# The first act of a visitor below something


def test_a_visitors_first_act_may_be_a_comment_on_a_proposal(client, agency, member):
    space = proposing_space(agency=agency, level=Level.GUEST)
    proposal = published(space, member)
    address = reverse("discussions:comment_on_proposal", args=[space.slug, proposal.pk])
    assert "送出時會請您登入" not in client.get(proposal.get_absolute_url()).content.decode()
    assert client.post(address, {"text": "校門口真的很亂", "client_id": uuid.uuid4().hex}).status_code == 302
    said = Comment.objects.get()
    assert said.proposal == proposal and said.author.is_guest and said.level == Level.GUEST
    client.logout()
    page = reverse("discussions:post_comment", args=[space.slug])
    answer = {"text": "我也這樣覺得", "parent": said.pk, "client_id": uuid.uuid4().hex}
    assert client.post(page, answer).status_code == 302
    assert Comment.objects.get(parent=said).author.is_guest


def test_a_visitors_first_act_may_be_a_comment_on_a_paragraph(client, roles, communicator):
    space = make_draft_space(phase=Phase.TEXT)
    space.instruments = {"texts": {"level": int(Level.GUEST)}, "comments": {}}
    space.save()
    where = paragraph(publish(begin(space, communicator), communicator), "第三條")
    address = reverse("discussions:comment_paragraph", args=[space.slug, where.text_id, where.pk])
    assert client.post(address, {"text": "上限是多少？", "client_id": uuid.uuid4().hex}).status_code == 302
    said = Comment.objects.get()
    assert said.paragraph == where and said.author.is_guest
    client.logout()
    react = reverse("discussions:react", args=[space.slug])
    assert client.post(react, {"thanks": said.pk}).status_code == 302
    assert Member.objects.filter(level=Level.GUEST).count() == 2


def test_below_a_proposal_its_own_level_counts_and_not_that_of_the_discussion(client, agency, member):
    """Guests may comment in the discussion, but what stands below a proposal asks for an account, and the reverse."""
    space = proposing_space(agency=agency, instruments={"comments": {"level": 0}})
    proposal = published(space, member)
    below = {"text": "我沒有帳號", "client_id": uuid.uuid4().hex}
    address = reverse("discussions:comment_on_proposal", args=[space.slug, proposal.pk])
    refused = client.post(address, below)
    assert refused.status_code == 401 and "我沒有帳號" in refused.content.decode()
    said = comments.post(space=space, author=member, text="下方的話", client_id="below-0001", proposal=proposal)
    page = reverse("discussions:post_comment", args=[space.slug])
    assert client.post(page, {**below, "parent": said.pk}).status_code == 401
    assert client.post(reverse("discussions:react", args=[space.slug]), {"thanks": said.pk}).status_code == 401
    assert not Member.objects.filter(level=Level.GUEST).exists()


def test_a_survey_answered_as_guest_and_as_member_counts_once(client, agency, member):
    from discussions import responses
    from discussions.models import FreeAnswer, SurveyResponse
    from tests.discussions.questionnaire import make_survey

    space = make_space(agency=agency, instruments={"surveys": {"level": 0}})
    survey = make_survey(space)
    space.refresh_from_db()
    space.instruments["surveys"] = {"level": 0}
    space.save()
    guest = make_member(level=Level.GUEST)
    for somebody, words in ((guest, "訪客的話"), (member, "會員的話")):
        responses.respond(survey=survey, member=somebody, answers={1: 3, 2: words, 3: [1], 4: "none"})
    guests.join(guest=guest, member=member)
    assert SurveyResponse.objects.get().member == member
    assert FreeAnswer.objects.get().text == "會員的話"
    assert list(Opinion.objects.values_list("text", flat=True)) == ["會員的話"]
