"""Answers in the admin: drafted by an officer, approved by a second person, published once by the civic action."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision, WorkflowState

from cms import answer_drafts, corrections
from cms.answer_drafts import AnswerDraft
from discussions import clocks, events, phases, replies
from discussions.errors import NotAllowed
from discussions.models import AnswerClock, AnswerTerms, ClockExtension, Milestone, Phase, Reply
from discussions.replies import Point
from tests.discussions import proposing
from tests.discussions.proposing import proposing_space
from tests.factories import make_agency, make_member, make_space, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
WORDS = "本局決定夜間加開兩班，三月起試辦。"


@pytest.fixture
def reviewed(agency):
    space = make_space(agency=agency, phase=Phase.REVIEW)
    with transaction.atomic():
        clocks.start(space=events.lock(space.pk), now=timezone.now() - timedelta(days=3))
    return space


@pytest.fixture
def approver(roles, agency):
    return make_member(role="Approvers", agency=agency)


@pytest.fixture
def draft(reviewed, officer):
    return answer_drafts.begin(space=reviewed, officer=officer, target="space", points=[Point("夜間班次", "", "")])


def form(**changes):
    """What the browser sends of a draft with one point."""
    data = {
        "text": WORDS,
        "points-count": "1",
        "points-0-deleted": "",
        "points-0-order": "0",
        "points-0-type": "point",
        "points-0-id": "",
        "points-0-value-label": "夜間班次",
        "points-0-value-topic_number": "7",
        "points-0-value-verdict": "accepted",
        "points-0-value-text": "加開兩班。",
        "points-0-value-next_step": "三月起試辦。",
        "documents-count": "0",
        "why": "",
    }
    return {**data, **changes}


def edit(client, draft, member, **changes):
    client.force_login(member)
    return client.post(reverse("wagtailsnippets_cms_answerdraft:edit", args=[draft.pk]), form(**changes))


def publish(client, draft, approver, **changes):
    """The officer who signs writes the words, and a second person publishes them as they are."""
    edit(client, draft, draft.officer, **changes)
    return edit(client, draft, approver, **changes, **{"action-publish": "1"})


def approve(client, draft, member):
    client.force_login(member)
    state = WorkflowState.objects.get(object_id=str(draft.pk), status="in_progress").current_task_state
    address = reverse("wagtailsnippets_cms_answerdraft:workflow_action", args=[draft.pk, "approve", state.pk])
    return client.post(address, {"comment": ""})


def test_an_answer_is_not_public_before_a_second_person_approves(client, draft, officer, approver, reviewed):
    response = edit(client, draft, officer, **{"action-submit": "1"})
    assert response.status_code == 302
    assert not Reply.objects.exists()
    assert WORDS not in client.get(reverse("discussions:answers", args=[reviewed.slug])).content.decode()
    approve(client, draft, approver)
    reply = Reply.objects.get()
    assert (reply.text, reply.officer, reply.whole) == (WORDS, officer, reviewed)
    assert reply.points.get().topic_number == 7
    assert AnswerClock.objects.get().answered_at is not None
    assert WORDS in client.get(reverse("discussions:answers", args=[reviewed.slug])).content.decode()


def test_the_mails_of_a_review_are_written_in_chinese_and_lead_to_the_draft_and_its_preview(
    client, draft, officer, approver, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        edit(client, draft, officer, **{"action-submit": "1"})
    (asked,) = [mail for mail in mailoutbox if mail.to == [approver.email]]
    state = WorkflowState.objects.get().current_task_state
    for name, given in (("edit", [draft.pk]), ("workflow_preview", [draft.pk, state.task_id])):
        assert reverse(f"wagtailsnippets_cms_answerdraft:{name}", args=given) in asked.body, name
    with django_capture_on_commit_callbacks(execute=True):
        approve(client, draft, approver)
    told = [mail for mail in mailoutbox if mail.to == [officer.email]]
    assert told
    for mail in (asked, *told):
        assert not re.search("You can|has been", mail.subject + mail.body) and mail.subject == mail.subject.strip()


@pytest.mark.parametrize("who", ["the signer", "another agency", "no role"])
def test_only_a_colleague_can_approve(client, draft, officer, who, roles):
    edit(client, draft, officer, **{"action-submit": "1"})
    judges = {
        "the signer": lambda: officer,
        "another agency": lambda: make_member(role="Approvers", agency=make_agency("示範觀光處")),
        "no role": lambda: make_member(role="Planners", agency=officer.agency),
    }
    approve(client, draft, judges[who]())
    assert not Reply.objects.exists()


# An approver who changes the words

OTHER_WORDS = "本局決定不加開夜間班次。"


@pytest.fixture
def sent(client, draft, officer):
    edit(client, draft, officer, **{"action-submit": "1"})
    return draft


def approve_in_the_editor(client, draft, member, **changes):
    """The button below the editor: what stands in the form is saved and approved at once."""
    return edit(client, draft, member, **changes, **{"action-workflow-action": "1", "workflow-action-name": "approve"})


@pytest.mark.parametrize("action", [{"action-publish": "1"}, {"action-workflow-action": "1"}])
def test_an_approver_cannot_rewrite_an_answer_and_publish_it_alone(client, sent, approver, action):
    changed = {"text": OTHER_WORDS, "workflow-action-name": "approve", **action}
    refused = edit(client, sent, approver, **changed)
    assert refused.status_code == 200 and "另一位同仁" in refused.content.decode()
    assert OTHER_WORDS in refused.content.decode()
    assert not Reply.objects.exists() and not AnswerDraft.objects.get(pk=sent.pk).live


@pytest.mark.parametrize(
    "changes",
    [{"text": OTHER_WORDS}, {"points-0-value-verdict": "declined"}, {"points-count": "0"}],
    ids=["the text", "a decision", "the points"],
)
def test_saving_the_changes_first_makes_no_difference(client, sent, approver, changes):
    assert edit(client, sent, approver, **changes).status_code == 302
    approve(client, sent, approver)
    for action in ({"action-publish": "1"}, {"action-workflow-action": "1", "workflow-action-name": "approve"}):
        edit(client, sent, approver, **changes, **action)
    with pytest.raises(NotAllowed) as refusal:
        AnswerDraft.objects.get(pk=sent.pk).latest_revision.publish(user=approver, skip_permission_checks=True)
    assert refusal.value.code == "own_changes"
    assert not Reply.objects.exists() and not AnswerDraft.objects.get(pk=sent.pk).live


def test_what_an_approver_changed_is_published_by_another_approver(client, sent, approver, agency, officer):
    edit(client, sent, approver, text=OTHER_WORDS)
    approve(client, sent, make_member(role="Approvers", agency=agency))
    reply = Reply.objects.get()
    assert (reply.text, reply.officer) == (OTHER_WORDS, officer)


def test_once_the_signer_has_sent_the_changed_words_themselves_the_approver_may_publish(
    client, sent, approver, officer
):
    edit(client, sent, approver, text=OTHER_WORDS)
    rejected = {"action-workflow-action": "1", "workflow-action-name": "reject"}
    edit(client, sent, approver, text=OTHER_WORDS, **rejected)
    edit(client, sent, officer, text=OTHER_WORDS, **{"action-submit": "1"})
    assert not Reply.objects.exists()
    approve_in_the_editor(client, sent, approver, text=OTHER_WORDS)
    assert Reply.objects.get().text == OTHER_WORDS


def test_an_approver_who_changes_nothing_approves_in_the_editor(client, sent, approver):
    assert approve_in_the_editor(client, sent, approver).status_code == 302
    assert Reply.objects.get().text == WORDS


def test_published_twice_it_is_one_answer(client, draft, approver):
    for _turn in range(2):
        publish(client, draft, approver)
    reply = Reply.objects.get()
    assert reply.version == 1 and not reply.earlier.exists()


def test_an_older_revision_published_again_gives_no_second_answer(draft, approver):
    first = draft.latest_revision_id
    draft.text = WORDS
    draft.points = []
    revision = draft.save_revision(user=draft.officer)
    revision.publish(user=approver)
    revision.publish(user=approver)
    assert Reply.objects.count() == 1
    fresh = AnswerDraft.objects.get(pk=draft.pk)
    assert Revision.objects.get(pk=first).as_object().reply == fresh.reply == Reply.objects.get()


def test_other_words_are_a_correction_with_its_reason(client, draft, approver):
    publish(client, draft, approver)
    refused = publish(client, draft, approver, text="改為四月起試辦。")
    assert refused.status_code == 200 and Reply.objects.get().text == WORDS
    publish(client, draft, approver, text="改為四月起試辦。", why="車輛交期延後")
    reply = Reply.objects.get()
    assert reply.text == "改為四月起試辦。" and reply.earlier.get().text == WORDS
    assert reply.earlier.get().why == "車輛交期延後"


def test_an_officer_alone_cannot_publish_what_needs_approval(reviewed, officer):
    AnswerTerms.objects.create(space=reviewed, days=60, extensions=1, extension_days=60, needs_approval=True)
    draft = answer_drafts.begin(space=reviewed, officer=officer, target="space")
    draft.text = WORDS
    with pytest.raises(NotAllowed) as refusal:
        draft.save_revision(user=officer).publish(user=officer, skip_permission_checks=True)
    assert refusal.value.code == "needs_approval"
    assert not Reply.objects.exists() and not AnswerDraft.objects.get(pk=draft.pk).live


def test_a_quick_answer_is_refused_where_a_second_person_has_to_agree(client, reviewed, officer, member):
    space = make_space(agency=officer.agency)
    comment = say(space, member, "末班車幾點？")
    AnswerTerms.objects.create(space=space, days=60, extensions=1, extension_days=60, needs_approval=True)
    client.force_login(officer)
    address = reverse("discussions:answer_comment", args=[space.slug, comment.pk])
    response = client.post(address, {"text": "零點。", "client_id": "quick-answer-1"})
    assert response.status_code == 422 and not Reply.objects.exists()


def test_a_published_answer_is_not_taken_off(client, draft, approver):
    publish(client, draft, approver)
    client.post(reverse("wagtailsnippets_cms_answerdraft:unpublish", args=[draft.pk]))
    assert AnswerDraft.objects.get(pk=draft.pk).live and Reply.objects.exists()


def test_points_are_for_the_whole_discussion_and_an_answer_to_one_thing_gets_through(
    client, reviewed, officer, approver, member
):
    comment = say(make_space(agency=officer.agency), member, "末班車幾點？")
    one = answer_drafts.begin(space=comment.space, officer=officer, target="comment", key=comment.pk)
    client.force_login(officer)
    page = client.get(reverse("wagtailsnippets_cms_answerdraft:edit", args=[one.pk])).content.decode()
    assert 'data-contentpath="documents"' in page and 'data-contentpath="points"' not in page
    assert edit(client, one, officer, **{"action-submit": "1"}).status_code == 302
    approve(client, one, approver)
    assert Reply.objects.get(comment=comment).text == WORDS


def test_points_of_an_older_draft_to_one_thing_are_refused_before_anybody_has_to_approve(client, officer, member):
    comment = say(make_space(agency=officer.agency), member, "末班車幾點？")
    points = [Point("夜間班次", "", "")]
    one = answer_drafts.begin(space=comment.space, officer=officer, target="comment", key=comment.pk, points=points)
    assert edit(client, one, officer, **{"action-submit": "1"}).status_code == 200
    assert not WorkflowState.objects.exists()


def test_drafts_are_read_by_their_own_agency_alone(client, draft, roles):
    client.force_login(make_member(role="Officers", agency=make_agency("示範觀光處")))
    assert client.get(reverse("wagtailsnippets_cms_answerdraft:edit", args=[draft.pk])).status_code != 200
    listing = client.get(reverse("wagtailsnippets_cms_answerdraft:list")).content.decode()
    assert str(draft) not in listing


def test_no_page_about_a_draft_is_open_to_another_agency(client, draft, officer, roles):
    """Its history, its previews and its earlier versions hold the same words."""
    draft.text = "還沒公開的答覆"
    revision = draft.save_revision()
    viewset, found = type(draft).snippet_viewset, 0
    fills = {"pk": draft.pk, "revision_id": revision.pk, "revision_id_a": revision.pk, "revision_id_b": "live"}
    fills |= {"action_name": "approve", "task_state_id": 1, "workflow_state_id": 1, "task_id": 1}
    client.force_login(make_member(role="Approvers", agency=make_agency("示範觀光處")))
    for pattern in viewset.get_urlpatterns():
        names = [name for name in fills if name in pattern.pattern.regex.groupindex]
        if "pk" in names:
            found += 1
            address = reverse(viewset.get_url_name(pattern.name), kwargs={name: fills[name] for name in names})
            for send in (client.get, client.post):
                response = send(address)
                assert response.status_code in (302, 403) and "還沒公開的答覆" not in response.content.decode(), address
    assert found > 10
    client.force_login(officer)
    for name in ("history", "usage", "workflow_history"):
        assert client.get(reverse(viewset.get_url_name(name), args=[draft.pk])).status_code == 200
    earlier = reverse(viewset.get_url_name("revisions_revert"), args=[draft.pk, revision.pk])
    assert client.get(earlier).status_code == 200


def test_no_draft_of_an_answer_begins_with_what_a_citizen_has_not_published(client, officer, member):
    space = proposing_space(agency=officer.agency)
    proposal = proposing.draft(space, member, title="還沒送出的提案")
    client.force_login(officer)
    response = client.post(reverse("answer_draft", args=[space.slug]), {"target": "proposal", "key": proposal.pk})
    assert response.status_code == 404 and not AnswerDraft.objects.exists()


def test_a_draft_can_be_saved_half_written_and_looked_at(client, draft, officer):
    response = edit(client, draft, officer, **{"points-0-value-verdict": "", "points-0-value-text": ""})
    assert response.status_code == 302
    client.force_login(officer)
    preview = reverse("wagtailsnippets_cms_answerdraft:preview_on_edit", args=[draft.pk])
    client.post(preview, form())
    assert WORDS in client.get(preview).content.decode()


def test_the_desk_shows_what_is_owed_and_opens_the_draft(client, reviewed, officer, member):
    say(reviewed_talk := make_space(agency=officer.agency), member, "接駁車幾點發車？", kind="question")
    client.force_login(officer)
    page = client.get(reverse("to_answer")).content.decode()
    assert reviewed.title in page and "57" in page
    desk = client.get(reverse("answers_desk", args=[reviewed_talk.slug])).content.decode()
    assert "接駁車幾點發車" in desk
    response = client.post(reverse("answer_draft", args=[reviewed.slug]), {"target": "space"})
    draft = AnswerDraft.objects.get()
    assert response.url == reverse("wagtailsnippets_cms_answerdraft:edit", args=[draft.pk])
    assert client.get(response.url).status_code == 200


def test_the_list_of_what_is_owed_costs_the_same_for_many(client, reviewed, officer, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(officer)
    client.get(reverse("to_answer"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("to_answer"))
    for _number in range(4):
        space = make_space(agency=officer.agency, phase=Phase.REVIEW)
        with transaction.atomic():
            clocks.start(space=events.lock(space.pk), now=timezone.now())
    with django_assert_num_queries(len(few)):
        client.get(reverse("to_answer"))


def test_more_time_is_asked_for_at_the_desk(client, reviewed, officer):
    clock = AnswerClock.objects.get()
    client.force_login(officer)
    until = timezone.localtime(clock.due_at + timedelta(days=20)).date().isoformat()
    address = reverse("extend_clock", args=[reviewed.slug, clock.pk])
    names = {f"clock-{clock.pk}-until": until, f"clock-{clock.pk}-reason": ""}
    assert client.post(address, names).status_code == 422 and not ClockExtension.objects.exists()
    assert client.post(address, {**names, f"clock-{clock.pk}-reason": "會商中"}).status_code == 302
    assert "會商中" in client.get(reverse("discussions:answers", args=[reviewed.slug])).content.decode()


def test_steps_are_announced_and_changed_at_the_desk(client, reviewed, officer):
    client.force_login(officer)
    day = (timezone.localdate() + timedelta(days=40)).isoformat()
    sent = {"what": "公告試辦路線", "due_on": day, "client_id": "step-announced-1", "topic_number": ""}
    assert client.post(reverse("plan_step", args=[reviewed.slug]), sent).status_code == 302
    step = Milestone.objects.get()
    names = {f"step-{step.pk}-state": "dropped", f"step-{step.pk}-due_on": day, f"step-{step.pk}-reason": ""}
    address = reverse("change_step", args=[reviewed.slug, step.pk])
    assert client.post(address, names).status_code == 422
    assert client.post(address, {**names, f"step-{step.pk}-reason": "經費未通過"}).status_code == 302
    assert Milestone.objects.get().state == "dropped"


def test_communicators_set_the_terms_and_others_do_not_see_the_desk(client, reviewed, communicator, planner):
    client.force_login(communicator)
    sent = {"days": 30, "extensions": 0, "extension_days": 10, "needs_approval": "on"}
    assert client.post(reverse("answer_terms", args=[reviewed.slug]), sent).status_code == 302
    assert AnswerTerms.objects.get().needs_approval
    assert client.post(reverse("answer_terms", args=[reviewed.slug]), {**sent, "days": 0}).status_code == 422
    client.force_login(planner)
    assert client.get(reverse("answers_desk", args=[reviewed.slug])).status_code == 403
    assert client.get(reverse("to_answer")).status_code == 403


def test_an_answer_that_was_given_without_a_draft_is_corrected_in_one(client, reviewed, officer, approver, member):
    """At once on a page, or by a program: the draft begins with what is public, and nothing of it is lost."""
    said = replies.answer(
        space=reviewed,
        officer=officer,
        text=WORDS,
        client_id="program-1",
        whole=True,
        points=[Point("夜間班次", "partly", "先加一班。", "四月起。", 7)],
        documents=[replies.Document("班表", "https://example.org/timetable")],
    )
    comment = say(make_space(agency=officer.agency), member, "別的討論")
    client.force_login(officer)
    desk = client.get(reverse("answers_desk", args=[reviewed.slug])).content.decode()
    assert f'name="reply" value="{said.pk}"' in desk
    address = reverse("answer_draft", args=[reviewed.slug])
    opened = client.post(address, {"reply": said.pk})
    draft = AnswerDraft.objects.get()
    assert opened.url == client.post(address, {"reply": said.pk}).url
    assert draft.reply == said and draft.text == WORDS and not draft.live
    words = {"text": "本局決定夜間加開三班。", "points-0-value-verdict": "partly", "points-0-value-text": "先加一班。"}
    assert edit(client, draft, officer, **words, **{"action-publish": "1"}).status_code == 200, "without a reason"
    assert Reply.objects.get().version == 1
    edit(client, draft, officer, **words, why="班次寫錯了")
    edit(client, draft, approver, **words, why="班次寫錯了", **{"action-publish": "1"})
    now = Reply.objects.get()
    assert (now.text, now.version, now.points.get().verdict) == (words["text"], 2, "partly")
    assert now.documents.get().url == "https://example.org/timetable"
    client.force_login(officer)
    assert client.post(reverse("answer_draft", args=[comment.space.slug]), {"reply": said.pk}).status_code == 404


def test_a_single_answer_stands_at_the_desk_with_its_button_and_another_agency_finds_none(
    client, reviewed, officer, member
):
    talk = make_space(agency=officer.agency)
    asked = say(talk, member, "接駁車幾點發車？", kind="question")
    at_once = replies.answer(space=talk, officer=officer, text="六點。", client_id="at-once", comment=asked)
    client.force_login(officer)
    page = client.get(reverse("answers_desk", args=[talk.slug])).content.decode()
    assert "接駁車幾點發車？" in page and f'name="reply" value="{at_once.pk}"' in page
    answer_drafts.begin(space=talk, officer=officer, target="comment", key=asked.pk)
    assert client.post(reverse("answer_draft", args=[talk.slug]), {"reply": at_once.pk}).status_code == 302
    draft = AnswerDraft.objects.get()
    assert (draft.text, draft.reply, draft.target) == ("六點。", at_once, "comment")
    stranger = make_member(role="Officers", agency=make_agency("示範觀光處"))
    client.force_login(stranger)
    assert (
        f'name="reply" value="{at_once.pk}"'
        not in client.get(reverse("answers_desk", args=[talk.slug])).content.decode()
    )
    assert client.post(reverse("answer_draft", args=[talk.slug]), {"reply": at_once.pk}).status_code == 404
    with pytest.raises(NotAllowed):
        corrections.draft_of(reply=at_once, officer=stranger)


def test_correcting_the_first_answer_does_not_lose_the_draft_of_the_second(reviewed, officer, communicator):
    first = replies.answer(space=reviewed, officer=officer, text=WORDS, client_id="first", whole=True)
    phases.move(space=reviewed, editor=communicator, phase=Phase.REVIEW)
    second = answer_drafts.begin(space=reviewed, officer=officer, target="space")
    correction = corrections.draft_of(reply=first, officer=officer)
    assert correction != second
    assert answer_drafts.begin(space=reviewed, officer=officer, target="space") == second


def test_a_second_review_is_answered_in_a_draft_of_its_own_and_the_first_answer_can_still_be_corrected(
    reviewed, officer, approver, communicator
):
    first = answer_drafts.begin(space=reviewed, officer=officer, target="space")
    first.text = WORDS
    first.save_revision(user=officer).publish(user=approver)
    first.refresh_from_db()
    assert answer_drafts.begin(space=reviewed, officer=officer, target="space") == first
    phases.move(space=reviewed, editor=communicator, phase=Phase.REVIEW)
    second = answer_drafts.begin(space=reviewed, officer=officer, target="space")
    assert second.pk != first.pk and second == answer_drafts.begin(space=reviewed, officer=officer, target="space")
    second.text = "本局第二次答覆如下。"
    second.save_revision(user=officer).publish(user=approver)
    first.text, first.why = "本局決定夜間加開三班。", "班次寫錯了"
    first.save_revision(user=officer).publish(user=approver)
    said = list(Reply.objects.filter(whole=reviewed).order_by("pk").values_list("text", "clock__answered_at"))
    assert [text for text, _at in said] == ["本局決定夜間加開三班。", "本局第二次答覆如下。"]
    assert all(at for _text, at in said)


def test_correcting_leads_to_the_public_answer_and_writing_to_the_one_that_is_owed(
    client, reviewed, officer, approver, communicator
):
    first = answer_drafts.begin(space=reviewed, officer=officer, target="space")
    first.text = WORDS
    first.save_revision(user=officer).publish(user=approver)
    first.refresh_from_db()
    phases.move(space=reviewed, editor=communicator, phase=Phase.REVIEW)
    client.force_login(officer)
    desk = client.get(reverse("answers_desk", args=[reviewed.slug])).content.decode()
    assert desk.count('name="reply"') == 1 and desk.count('name="target" value="space"') == 1

    def lands(**sent):
        return client.post(reverse("answer_draft", args=[reviewed.slug]), sent)

    edit = "wagtailsnippets_cms_answerdraft:edit"
    assert lands(reply=first.reply_id).url == reverse(edit, args=[first.pk])
    assert lands(target="space").url != reverse(edit, args=[first.pk])
    assert lands(reply=10**9).status_code == 404
