"""What somebody tries who wants to read what is not public: drafts, hidden words, results that wait for their day."""

import pytest
from django.urls import reverse
from django.utils import timezone

from discussions import merges, moderation, proposals, responses
from discussions.forms import new_client_id
from discussions.models import Comment, FreeAnswer, Phase, State, Survey
from discussions.notices import following
from discussions.questionnaires import Draft
from tests.discussions import proposing, questionnaire
from tests.discussions.proposing import proposing_space
from tests.factories import make_member, make_space, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]
SECRET = "沒有人該讀到的標題"


@pytest.fixture
def space(agency):
    return proposing_space(agency=agency, threshold=2)


@pytest.fixture
def draft(space, member):
    return proposing.draft(space, member, title=SECRET)


@pytest.fixture
def reader(client, neighbour):
    client.force_login(neighbour)
    return client


def read(client, name, *args, query="", follow=True):
    return client.get(reverse(f"discussions:{name}", args=args) + query, follow=follow)


def words(response) -> str:
    return response.content.decode()


# Drafts of proposals are read by their author alone.


def test_the_page_about_following_names_no_draft(reader, space, draft):
    assert SECRET not in words(read(reader, "hear", space.slug, query=f"?proposal={draft.pk}"))


def test_a_draft_cannot_be_followed(reader, space, draft):
    sent = {"verb": "follow", "kind": "proposal", "target": draft.pk}
    response = reader.post(reverse("discussions:follow", args=[space.slug]), sent, follow=True)
    assert response.status_code == 404
    assert SECRET not in words(read(reader, "notice_settings"))


def test_a_draft_can_be_neither_reported_nor_judged(reader, client, space, draft, moderator):
    assert read(reader, "report", space.slug, "proposal", draft.pk).status_code == 404
    client.force_login(moderator)
    assert read(client, "moderate", space.slug, "proposal", draft.pk).status_code == 404


def test_a_draft_is_in_no_output(client, space, draft, moderator, officer):
    for person in (None, moderator, officer):
        if person is not None:
            client.force_login(person)
        for name, args in (
            ("proposals", [space.slug]),
            ("proposal", [space.slug, draft.pk]),
            ("check_proposal", [space.slug, draft.pk]),
            ("edit_proposal", [space.slug, draft.pk]),
            ("merge_proposal", [space.slug, draft.pk]),
            ("older_proposal_comments", [space.slug, draft.pk]),
            ("space_feed", [space.slug]),
            ("space_calendar", [space.slug]),
            ("open_data_table", [space.slug, "proposals", "csv"]),
        ):
            response = read(client, name, *args)
            content = b"".join(response) if response.streaming else response.content
            assert SECRET not in content.decode(), (person, name)


# What a moderator has hidden is told nowhere, not even by what it hangs together with.


def test_the_title_of_a_hidden_proposal_stands_nowhere(client, space, member, neighbour, moderator):
    hidden = proposing.published(space, member, title=SECRET)
    proposing.signed(hidden, 2)  # the clock of the agency runs
    following.follow(member=neighbour, space=space, proposal=hidden)
    moderation.hide(target=hidden, moderator=moderator, reason="insult")
    client.force_login(neighbour)
    for name, args in (
        ("proposals", [space.slug]),
        ("proposal", [space.slug, hidden.pk]),
        ("older_proposal_comments", [space.slug, hidden.pk]),
        ("hear", [space.slug]),
        ("notice_settings", []),
        ("space_calendar", [space.slug]),
        ("site_calendar", []),
        ("space_feed", [space.slug]),
        ("site_feed", []),
        ("agencies", []),
        ("agency", [space.agency.slug]),
        ("answers", [space.slug]),
        ("results", [space.slug]),
        ("notices", []),
        ("me", []),
    ):
        query = f"?proposal={hidden.pk}" if name == "hear" else ""
        assert SECRET not in words(read(client, name, *args, query=query)), name


@pytest.mark.parametrize("which", ["source", "target"])
def test_a_merge_does_not_tell_the_title_of_the_one_that_was_hidden(
    client, agency, member, neighbour, moderator, which
):
    space = proposing_space(agency=agency, threshold=100)
    titles = {"source": "巷口加裝反射鏡", "target": "校門口設行人時段", which: SECRET}
    source = proposing.published(space, neighbour, title=titles["source"])
    target = proposing.published(space, member, title=titles["target"])
    asked = merges.ask(
        source=source, target=target, member=neighbour, reason="說的是同一件事", client_id=new_client_id()
    )
    merges.accept(merge=asked, member=member)
    hidden, other = (source, target) if which == "source" else (target, source)
    moderation.hide(target=hidden, moderator=moderator, reason="insult")
    client.force_login(neighbour if which == "target" else member)
    assert SECRET not in words(read(client, "proposal", space.slug, other.pk))
    assert SECRET not in words(read(client, "me"))
    assert SECRET not in words(read(client, "proposal_merge", space.slug, asked.pk))


# A discussion in preparation


def test_a_members_own_page_does_not_name_a_discussion_in_preparation(reader):
    space = make_space(phase=Phase.DRAFT, title=SECRET)
    response = read(reader, "me", query=f"?space={space.slug}")
    assert SECRET not in words(response) and response.status_code == 404


def test_a_feed_that_a_moderator_fetched_is_kept_by_nobody_else(client, moderator):
    space = make_space(phase=Phase.DRAFT, title=SECRET)
    client.force_login(moderator)
    for name in ("space_feed", "space_calendar"):
        response = read(client, name, space.slug)
        assert "public" not in response["Cache-Control"], name


def test_a_feed_is_kept_by_language(client, space):
    """Who reads Chinese does not get the English feed from a cache on the way."""
    for name in ("space_feed", "site_feed"):
        response = read(client, name, *([space.slug] if name == "space_feed" else []))
        assert "private" in response["Cache-Control"] or "Accept-Language" in response.get("Vary", "")


# Results that wait for their day


def test_free_answers_cannot_be_read_by_reporting_them_before_the_results_are_shown(reader, agency, member):
    space = make_space(agency=agency)
    survey = questionnaire.make_survey(
        space, (Draft(kind="text", text=questionnaire.WHY.text),), results=Survey.Results.CLOSED
    )
    responses.respond(survey=survey, member=member, answers={1: SECRET})
    answer = FreeAnswer.objects.get()
    response = read(reader, "report", space.slug, "survey", answer.pk)
    assert response.status_code == 404 and SECRET not in words(response)


def test_an_addendum_of_a_hidden_proposal_cannot_be_read_by_reporting_it(reader, space, member, moderator):
    proposal = proposing.published(space, member)
    proposing.signed(proposal, 1)
    addendum = proposals.add(proposal=proposal, author=member, text=SECRET, client_id=new_client_id())
    moderation.hide(target=proposal, moderator=moderator, reason="insult")
    response = read(reader, "report", space.slug, "addendum", addendum.pk)
    assert response.status_code == 404 and SECRET not in words(response)


# What waits for a moderator


def test_a_refused_reply_does_not_show_what_waits_for_a_moderator(reader, agency):
    space = make_space(agency=agency, holds_first_posts=True)
    held = say(space, make_member(name="還沒公開的人"), SECRET)
    sent = {"text": "", "client_id": new_client_id(), "parent": held.pk}
    response = reader.post(reverse("discussions:post_comment", args=[space.slug]), sent)
    assert SECRET not in words(response) and "還沒公開的人" not in words(response)


def test_new_words_that_wait_for_a_moderator_stand_nowhere(reader, space, member, neighbour):
    comment = say(space, member, "最初的話")
    reply = say(space, neighbour, "我的回覆", parent_id=comment.pk)
    Comment.objects.filter(pk=comment.pk).update(text=SECRET, edited_at=timezone.now(), state=State.HELD)
    for name, args in (
        ("space", []),
        ("comment", [comment.pk]),
        ("comment", [reply.pk]),
        ("comment_history", [comment.pk]),
        ("edit_comment", [comment.pk]),
        ("withdraw_comment", [comment.pk]),
        ("report_comment", [comment.pk]),
        ("report", ["comment", comment.pk]),
        ("answer_comment", [comment.pk]),
        ("older_comments", []),
    ):
        assert SECRET not in words(read(reader, name, space.slug, *args)), name
