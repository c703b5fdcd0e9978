"""An agency answers: point by point, to a proposal, once; it corrects itself in the open; steps follow."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from discussions import clocks, coverage, events, handovers, milestones, moderation, replies, tokens
from discussions.errors import CivicError, Conflict, InvalidText, NotAllowed, NotFound
from discussions.exports import answers as exported
from discussions.forms import new_client_id
from discussions.models import (
    AnswerTerms,
    Event,
    HandOver,
    HandOverGroup,
    Milestone,
    MilestoneChange,
    Phase,
    Proposal,
    Reply,
    ReplyVersion,
    Space,
)
from discussions.replies import Document, Point
from nlp.models import Opinion, Run, Topic
from tests.factories import make_agency, make_member, make_space, propose, say

pytestmark = pytest.mark.django_db
NIGHT = Point("夜間班次", "accepted", "加開兩班。", "三月起試辦。", topic_number=1)
SEATS = Point("博愛座", "declined", "法規未授權。", topic_number=2)


@pytest.fixture
def reviewed(agency):
    return make_space(agency=agency, phase=Phase.REVIEW)


@pytest.fixture
def stranger(roles):
    """An officer of another agency."""
    return make_member(role="Officers", agency=make_agency("示範觀光處"))


def answer(space, officer, text="本局決定如下。", **target):
    target = target or {"whole": True}
    key = target.pop("client_id", None) or new_client_id()
    return replies.answer(space=space, officer=officer, text=text, client_id=key, **target)


def read(space, topics: dict[int, list], *, people=5):
    """A finished analysis: each topic with the things said in it."""
    now = timezone.now()
    run = Run.objects.create(
        corpus_id=space.corpus_id, kind=Run.Kind.TOPICS, seed=0, code_version="test", started_at=now, finished_at=now
    )
    for rank, (number, said) in enumerate(topics.items()):
        Topic.objects.create(
            run=run,
            number=number,
            rank=rank,
            label=f"主題{number}",
            size_posts=len(said),
            size_people=people,
            share=0.5,
            centroid=b"",
        )
        for thing in said:
            Opinion.objects.filter(source="comment", source_key=str(thing.pk)).update(
                topic_number=number, encoder="test"
            )
    return run


def in_review(space):
    with transaction.atomic():
        return clocks.start(space=events.lock(space.pk), now=timezone.now())


# Point by point


def test_a_discussion_is_answered_point_by_point_with_documents(client, reviewed, officer):
    paper = Document("會議紀錄", "/documents/1/minutes.pdf")
    reply = answer(reviewed, officer, whole=True, points=[NIGHT, SEATS], documents=[paper])
    assert [point.verdict for point in reply.points.all()] == ["accepted", "declined"]
    for language, address in (("zh-hant", "answers"), ("en", "answers")):
        with translation.override(language):
            page = client.get(reverse(f"discussions:{address}", args=[reviewed.slug])).content.decode()
        for words in ("夜間班次", "法規未授權", "三月起試辦", "會議紀錄", reply.officer.display_name):
            assert words in page, words


def test_the_answer_to_the_whole_ends_the_review(reviewed, officer):
    answer(reviewed, officer)
    assert Space.objects.get(pk=reviewed.pk).phase == Phase.ANSWERED
    assert Event.objects.filter(space=reviewed, type="phase.changed").exists()


@pytest.mark.parametrize(
    "points",
    [
        [NIGHT, NIGHT],
        [Point("夜間班次", "perhaps", "再看看。")],
        [Point("", "accepted", "加開。")],
        [Point("夜間班次", "accepted", " ")],
    ],
    ids=["one topic twice", "no decision", "no name", "no reasons"],
)
def test_points_that_are_none_are_refused(reviewed, officer, points):
    with pytest.raises(InvalidText):
        answer(reviewed, officer, whole=True, points=points)
    assert not Reply.objects.exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example/x", "ftp://example.org/a"])
def test_a_document_leads_to_a_page_or_a_file(reviewed, officer, url):
    with pytest.raises(InvalidText):
        answer(reviewed, officer, whole=True, documents=[Document("會議紀錄", url)])


def test_a_discussion_is_not_answered_as_a_whole_before_its_review(space, officer):
    with pytest.raises(NotAllowed) as refusal:
        answer(space, officer)
    assert refusal.value.code == "too_early"


def test_a_discussion_is_answered_once_and_only_by_its_own_agency(reviewed, officer, stranger):
    answer(reviewed, officer)
    with pytest.raises(NotAllowed) as refusal:
        answer(reviewed, officer)
    assert refusal.value.code == "answered_already"
    with pytest.raises(NotAllowed) as refusal:
        answer(reviewed, stranger)
    assert refusal.value.code == "other_agency"


def test_a_resend_is_one_answer_also_after_a_correction(reviewed, officer):
    key = new_client_id()
    first = answer(reviewed, officer, whole=True, points=[NIGHT], client_id=key)
    replies.correct(reply=first, officer=officer, text="更正後的說明。", why="錯字")
    assert answer(reviewed, officer, whole=True, points=[NIGHT], client_id=key) == first
    with pytest.raises(Conflict):
        answer(reviewed, officer, whole=True, points=[SEATS], client_id=key)


def test_points_belong_to_the_answer_to_a_discussion(space, officer, member):
    with pytest.raises(CivicError):
        answer(space, officer, comment=say(space, member, "末班車太早"), points=[NIGHT])


def test_a_statement_is_answered_and_a_hidden_one_is_not(space, officer, member):
    statement = propose(space, member, "末班車應該延到零點")
    assert answer(space, officer, statement=statement).target == "statement"
    type(statement).objects.filter(pk=statement.pk).update(state="hidden", hidden_reason="spam")
    with pytest.raises(NotFound):
        answer(space, officer, statement=statement)


def test_the_database_knows_one_answer_to_a_discussion_and_one_target(reviewed, officer):
    answer(reviewed, officer)
    columns = {"space": reviewed, "agency": officer.agency, "officer": officer, "text": "又一則", "client_id": "again"}
    for target in ({"whole": reviewed}, {}, {"whole": reviewed, "topic_number": 1}, {"whole": make_space()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reply.objects.create(**columns, **target, answered_at=timezone.now())


# Corrections


def test_a_correction_keeps_the_earlier_version_with_its_reason(client, reviewed, officer):
    reply = answer(reviewed, officer, text="三月起試辦。", whole=True, points=[NIGHT])
    replies.correct(reply=reply, officer=officer, text="四月起試辦。", why="車輛交期延後", points=[SEATS])
    page = client.get(reply.get_absolute_url()).content.decode()
    for words in ("四月起試辦", "三月起試辦", "車輛交期延後", "博愛座", "夜間班次"):
        assert words in page, words
    assert Event.objects.filter(space=reviewed, type="reply.corrected").get().data == {"id": reply.pk, "version": 2}


def test_a_correction_without_reason_or_by_another_agency_is_refused(reviewed, officer, stranger):
    reply = answer(reviewed, officer)
    with pytest.raises(InvalidText):
        replies.correct(reply=reply, officer=officer, text="別的說明。", why=" ")
    with pytest.raises(NotAllowed):
        replies.correct(reply=reply, officer=stranger, text="別的說明。", why="錯字")
    assert not ReplyVersion.objects.exists()


def test_an_earlier_version_is_never_changed(reviewed, officer):
    reply = answer(reviewed, officer)
    replies.correct(reply=reply, officer=officer, text="別的說明。", why="錯字")
    for deed in (ReplyVersion.objects.get().save, ReplyVersion.objects.get().delete):
        with pytest.raises(ValueError, match="never"):
            deed()


def test_where_a_second_person_has_to_agree_nobody_answers_alone(reviewed, officer):
    AnswerTerms.objects.create(space=reviewed, days=60, extensions=1, extension_days=60, needs_approval=True)
    with pytest.raises(NotAllowed) as refusal:
        answer(reviewed, officer)
    assert refusal.value.code == "needs_approval"
    reply = answer(reviewed, officer, whole=True, is_approved=True)
    with pytest.raises(NotAllowed):
        replies.correct(reply=reply, officer=officer, text="別的說明。", why="錯字")


# Hand-over


def test_what_has_no_answer_is_handed_over_by_topic(client, reviewed, officer, member, neighbour, moderator):
    space = reviewed
    Space.objects.filter(pk=space.pk).update(phase=Phase.OPEN)
    asked = say(space, member, "末班車可以晚一點嗎", kind="question")
    wished = say(space, neighbour, "請加開夜間公車", kind="suggestion")
    hidden = say(space, member, "隔壁鄰居很吵", kind="suggestion")
    say(space, member, "我覺得很好")
    moderation.hide(target=hidden, moderator=moderator, reason="spam")
    answered = say(space, member, "票價會漲嗎", kind="question")
    answer(space, officer, comment=answered)
    read(space, {1: [asked, wished]})
    in_review(space)
    handed = HandOver.objects.get()
    group = handed.groups.get(topic_number=1)
    assert (handed.posts, handed.people, group.posts, group.people, group.label) == (2, 2, 2, 2, "主題1")
    page = client.get(reverse("discussions:handover", args=[space.slug])).content.decode()
    assert "主題1" in page
    items = client.get(reverse("discussions:handover_group", args=[space.slug, group.pk])).content.decode()
    assert "請加開夜間公車" in items and "隔壁鄰居" not in items and "票價會漲嗎" not in items
    assert Event.objects.filter(space=space, type="handover.made").count() == 1


def test_proposals_under_their_threshold_are_handed_over_with_their_signers(reviewed, member, neighbour):
    now = timezone.now()
    proposal = Proposal.objects.create(
        space=reviewed,
        author=member,
        title="夜間公車",
        text="加開兩班",
        stage=Proposal.Stage.CLOSED,
        client_id="handed-over",
        threshold=50,
        n_signatures=1,
        made_at=now,
        published_at=now,
        closes_at=now,
    )
    proposal.signatures.create(member=neighbour, signed_at=now)
    in_review(reviewed)
    assert (HandOver.objects.get().posts, HandOver.objects.get().people) == (1, 2)


def test_what_was_handed_over_is_a_record_and_hides_what_was_hidden_since(client, reviewed, member, moderator):
    Space.objects.filter(pk=reviewed.pk).update(phase=Phase.OPEN)
    asked = say(reviewed, member, "末班車可以晚一點嗎", kind="question")
    in_review(reviewed)
    handed = HandOver.objects.get()
    for deed in (handed.save, handed.delete):
        with pytest.raises(ValueError, match="never"):
            deed()
    moderation.hide(target=asked, moderator=moderator, reason="spam")
    group = HandOverGroup.objects.get()
    assert handovers.items_of(group) == ([], 0) and group.posts == 1
    in_review(reviewed)
    assert HandOver.objects.count() == 1


# Coverage


def test_a_topic_counts_as_answered_by_its_own_answer_or_by_a_point(client, reviewed, officer):
    read(reviewed, {1: [], 2: [], 3: []})
    answer(reviewed, officer, topic_number=3, topic_label="主題3")
    assert coverage.of_spaces([reviewed.pk])[reviewed.pk] == coverage.Coverage(3, 1)
    whole = answer(reviewed, officer, whole=True, points=[NIGHT])
    assert coverage.of_spaces([reviewed.pk])[reviewed.pk].percent == 67
    found = coverage.of_topics(reviewed)
    assert set(found) == {1, 3} and found[1].url.endswith(f"/answers/{whole.pk}/#point-0")


def test_topics_of_few_people_do_not_count(reviewed):
    read(reviewed, {1: [], 2: []}, people=2)
    assert coverage.of_spaces([reviewed.pk])[reviewed.pk] == coverage.Coverage(0, 0)


# Steps after the decision


def plan(space, officer, what="公告試辦路線", days=30, **fields):
    due_on = timezone.localdate() + timedelta(days=days)
    key = fields.pop("client_id", None) or new_client_id()
    return milestones.plan(space=space, officer=officer, what=what, due_on=due_on, client_id=key, **fields)


def test_a_step_and_every_change_of_it_is_public(client, reviewed, officer):
    answer(reviewed, officer)
    step = plan(reviewed, officer)
    milestones.change(milestone=step, officer=officer, state="dropped", reason="經費未通過")
    assert [change.state for change in step.changes.all()] == ["planned", "dropped"]
    page = client.get(reverse("discussions:answers", args=[reviewed.slug])).content.decode()
    assert "公告試辦路線" in page and "經費未通過" in page
    assert Event.objects.filter(space=reviewed, type="milestone.changed").count() == 2


@pytest.mark.parametrize(("state", "days"), [("dropped", 0), ("planned", 9)])
def test_dropping_a_step_or_moving_its_date_needs_a_reason(reviewed, officer, state, days):
    step = plan(reviewed, officer)
    with pytest.raises(InvalidText):
        milestones.change(
            milestone=step, officer=officer, state=state, due_on=step.due_on + timedelta(days=days), reason=" "
        )
    assert MilestoneChange.objects.count() == 1


def test_a_step_that_is_done_needs_no_reason_and_resends_are_one_step(reviewed, officer):
    step = plan(reviewed, officer, client_id="step-sent-twice")
    assert plan(reviewed, officer, client_id="step-sent-twice") == step
    assert milestones.change(milestone=step, officer=officer, state="done").state == "done"
    with pytest.raises(Conflict):
        plan(reviewed, officer, what="別的步驟", client_id="step-sent-twice")


@pytest.mark.parametrize(("is_done", "days", "code"), [(False, -1, "day_is_over"), (True, 1, "day_to_come")])
def test_what_is_over_is_not_promised_and_what_is_to_come_is_not_done(reviewed, officer, is_done, days, code):
    with pytest.raises(InvalidText) as refusal:
        plan(reviewed, officer, days=days, is_done=is_done)
    assert refusal.value.code == code and not Milestone.objects.exists()


def test_a_step_that_was_taken_before_it_was_told_is_recorded_with_its_day(client, reviewed, officer):
    answer(reviewed, officer)
    step = plan(reviewed, officer, days=-20, is_done=True)
    assert step.state == "done" and step.is_record
    assert not plan(reviewed, officer, days=0).is_record
    page = client.get(reverse("discussions:answers", args=[reviewed.slug]), headers={"accept-language": "en"})
    assert "公告試辦路線" in page.content.decode()


def test_no_date_is_moved_to_a_day_that_is_over(reviewed, officer):
    step = plan(reviewed, officer)
    with pytest.raises(InvalidText) as refusal:
        milestones.change(
            milestone=step,
            officer=officer,
            state="planned",
            due_on=timezone.localdate() - timedelta(days=1),
            reason="改期",
        )
    assert refusal.value.code == "day_is_over"
    step.refresh_from_db()
    assert step.due_on > timezone.localdate()


def test_steps_are_announced_by_the_agency_once_the_review_has_begun(space, reviewed, officer, stranger, member):
    for where, who in ((space, officer), (reviewed, stranger), (reviewed, member)):
        with pytest.raises(NotAllowed):
            plan(where, who)
    with pytest.raises(InvalidText):
        milestones.change(milestone=plan(reviewed, officer), officer=officer, state="perhaps")
    assert Milestone.objects.count() == 1


# Programs and open data


def test_an_officers_program_answers_and_everybodys_reads(client, reviewed, officer, member):
    in_review(reviewed)
    address = f"/api/v1/spaces/{reviewed.slug}/answers"
    sent = {
        "target": "space",
        "text": "本局決定如下。",
        "client_id": "program-answer-1",
        "points": [{"label": "夜間班次", "verdict": "accepted", "text": "加開兩班。", "topic": 1}],
    }
    for author, status in ((None, 401), (member, 403), (officer, 201), (officer, 201)):
        headers = {"Authorization": f"Bearer {tokens.make(member=author, name='程式')[1]}"} if author else {}
        assert client.post(address, sent, content_type="application/json", headers=headers).status_code == status
    found = client.get(address).json()["items"]
    assert len(found) == 1 and found[0]["points"][0]["label"] == "夜間班次"
    clock = client.get(f"/api/v1/spaces/{reviewed.slug}/clocks").json()["items"][0]
    assert clock["standing"] == "on_time" and clock["agency"] == reviewed.agency.slug


@pytest.mark.parametrize("key", ["0", str(2**63), str(10**40), "-1"])
def test_numbers_nobody_has_are_not_found(client, reviewed, key):
    assert client.get(f"/api/v1/spaces/{reviewed.slug}/answers/{key}").status_code in (404, 422)


def test_the_open_data_tells_answers_points_clocks_and_steps(reviewed, officer):
    in_review(reviewed)
    answer(reviewed, officer, whole=True, points=[NIGHT])
    plan(reviewed, officer)
    for table in exported.TABLES:
        rows = list(table.rows(reviewed))
        assert all(len(row) == len(table.columns) for row in rows), table.name
    by_name = {table.name: list(table.rows(reviewed)) for table in exported.TABLES}
    assert by_name["answers"][0][2] == "space" and by_name["answer_points"][0][3] == "夜間班次"
    assert by_name["clocks"][0][7] == "on_time" and by_name["milestones"][0][3] == "planned"
