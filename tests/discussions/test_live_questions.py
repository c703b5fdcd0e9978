"""Questions for the panel: short list, joined with another, put aside, answered in short, held, taken back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from discussions import echoes, events, guests, journeys, live, moderation, questions, queue, tokens
from discussions.errors import NotAllowed, NotFound, TooSoon
from discussions.exports.live import TABLES
from discussions.forms import new_client_id
from discussions.instruments import Instrument
from discussions.models import Channel, Event, Level, Member, Notice, Question, QuestionRaise
from discussions.notices import announcing, words
from discussions.participation import people_in
from discussions.spaces import offer
from nlp import placing, similar
from nlp.models import Corpus, Opinion
from tests import factories

pytestmark = pytest.mark.django_db

QUESTION = "夜間班次會不會增加？"
State = Question.State


@pytest.fixture
def session(space, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    return live.open_session(session=planned, facilitator=facilitator)


def ask(session, author, text=QUESTION, **more):
    return live.ask(session=session, author=author, text=text, client_id=new_client_id(), **more)


@pytest.fixture
def question(session, member):
    return ask(session, member)


@pytest.fixture
def crowd(db):
    return [factories.make_member() for _number in range(4)]


def url(name, session, *args):
    return reverse(f"discussions:{name}", args=[session.code, *args])


def counted(question):
    return questions.with_counts(Question.objects.filter(pk=question.pk)).get().raised


def told(member):
    rows = Notice.objects.filter(member=member).select_related("event__space").order_by("id")
    return [line.sentence for line in words.lines(rows)]


# What the facilitator does


def test_a_question_goes_from_the_short_list_to_the_panel_and_is_answered_in_short(question, session, facilitator):
    live.shortlist(question=question, facilitator=facilitator)
    assert [one.state for one in questions.read(session).waiting] == [State.SHORTLISTED]
    live.mark_current(question=question, facilitator=facilitator)
    answered = live.mark_answered(question=question, facilitator=facilitator, answer=" 明年一月起加開兩班。 ")
    assert (answered.state, answered.answer) == (State.ANSWERED, "明年一月起加開兩班。")
    assert answered.put_at <= answered.answered_at
    again = live.mark_answered(question=question, facilitator=facilitator, answer="明年二月起加開兩班。")
    assert (again.answer, again.answered_at) == ("明年二月起加開兩班。", answered.answered_at)
    assert live.mark_answered(question=question, facilitator=facilitator).answer == "明年二月起加開兩班。"
    back = live.mark_waiting(question=question, facilitator=facilitator)
    assert (back.state, back.answered_at) == (State.ASKED, None)


def test_a_parked_question_stays_readable_and_can_come_back(question, session, facilitator):
    live.park(question=question, facilitator=facilitator)
    shown = questions.read(session)
    assert (shown.parked, shown.waiting) == ([question], [])
    live.shortlist(question=question, facilitator=facilitator)
    assert questions.read(session).waiting == [question]


def test_nobody_else_leads_and_nothing_hidden_or_joined_is_moved(session, question, neighbour, facilitator, moderator):
    other = ask(session, neighbour, "末班車幾點？")
    for act in (live.shortlist, live.park, live.mark_waiting, live.part_question):
        with pytest.raises(NotAllowed) as refusal:
            act(question=question, facilitator=neighbour)
        assert refusal.value.code == "role"
    live.merge_question(question=other, into=question, facilitator=facilitator)
    with pytest.raises(NotAllowed) as refusal:
        live.mark_current(question=other, facilitator=facilitator)
    assert refusal.value.code == "merged"
    moderation.hide(target=question, moderator=moderator, reason="spam")
    with pytest.raises(NotAllowed):
        live.shortlist(question=question, facilitator=facilitator)


# Joining


def test_raises_of_joined_questions_count_together_one_person_once(session, question, neighbour, crowd, facilitator):
    same = ask(session, neighbour, "晚上會加開班次嗎？")
    for member in crowd[:3]:
        live.raise_question(question=question, member=member)
    for member in crowd[1:]:
        live.raise_question(question=same, member=member)

    live.merge_question(question=same, into=question, facilitator=facilitator)

    assert counted(question) == 4
    shown = questions.read(session).waiting
    assert shown == [question]
    assert shown[0].joined == [same]
    live.part_question(question=same, facilitator=facilitator)
    assert (counted(question), counted(same)) == (3, 3)
    same.refresh_from_db()
    assert (same.state, same.merged_into) == (State.ASKED, None)


def test_who_raises_or_lowers_a_joined_question_does_it_where_it_lives_on(
    session, question, neighbour, crowd, facilitator
):
    same = ask(session, neighbour, "晚上會加開班次嗎？")
    live.raise_question(question=same, member=crowd[0])
    live.merge_question(question=same, into=question, facilitator=facilitator)
    assert live.raise_question(question=same, member=crowd[1]) == 2
    assert live.lower_question(question=question, member=crowd[0]) == 1
    live.part_question(question=same, facilitator=facilitator)
    assert (counted(question), counted(same)) == (1, 0)


def test_a_third_question_goes_along_and_each_comes_out_by_itself(session, question, neighbour, crowd, facilitator):
    second, third = ask(session, neighbour, "晚上會加開嗎？"), ask(session, neighbour, "深夜也有車嗎？")
    live.raise_question(question=second, member=crowd[0])
    live.raise_question(question=third, member=crowd[0])
    live.raise_question(question=third, member=crowd[1])
    live.merge_question(question=third, into=second, facilitator=facilitator)
    live.merge_question(question=second, into=question, facilitator=facilitator)
    third.refresh_from_db()
    assert (third.merged_into, counted(question)) == (question, 2)
    live.part_question(question=third, facilitator=facilitator)
    assert (counted(question), counted(third)) == (1, 2)


def test_a_question_is_joined_only_with_another_that_waits_here(session, space, question, neighbour, facilitator):
    elsewhere = live.plan_session(space=space, facilitator=facilitator, title="第二場", starts_at=timezone.now())
    for into in (question, ask(elsewhere, neighbour)):
        with pytest.raises(NotFound) as refusal:
            live.merge_question(question=question, into=into, facilitator=facilitator)
        assert refusal.value.code == "cannot_join"
    other = ask(session, neighbour, "末班車幾點？")
    live.mark_answered(question=question, facilitator=facilitator)
    with pytest.raises(NotAllowed):
        live.merge_question(question=question, into=other, facilitator=facilitator)
    live.merge_question(question=other, into=question, facilitator=facilitator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=other.pk).update(merged_into=None)


def test_a_joined_question_that_was_hidden_comes_back_to_where_it_was(
    session, question, neighbour, facilitator, moderator
):
    same = ask(session, neighbour, "晚上會加開嗎？")
    live.merge_question(question=same, into=question, facilitator=facilitator)
    moderation.hide(target=same, moderator=moderator, reason="spam")
    assert questions.read(session).waiting[0].joined == []
    moderation.restore(target=same, moderator=moderator)
    assert questions.read(session).waiting[0].joined == [same]
    live.mark_answered(question=question, facilitator=facilitator)
    moderation.hide(target=question, moderator=moderator, reason="spam")
    moderation.restore(target=question, moderator=moderator)
    assert questions.read(session).answered == [question]


# Held, taken back, slow


def test_a_first_question_waits_for_a_moderator_where_the_space_says_so(
    client, space, session, member, neighbour, moderator
):
    type(space).objects.filter(pk=space.pk).update(holds_first_posts=True)
    held = ask(session, member)
    assert (held.state, Opinion.objects.get(source="question").state) == (State.HELD, Opinion.State.WITHDRAWN)
    assert events.since(space.pk, 0)[-1].type == "question.held"
    assert questions.read(session, viewer=member).held == [held]
    assert questions.read(session, viewer=neighbour).held == []
    client.force_login(neighbour)
    assert QUESTION not in client.get(session.get_absolute_url()).content.decode()
    with pytest.raises(NotAllowed):
        live.raise_question(question=held, member=neighbour)
    waiting = queue.page(queue.Wanted(), moderator=moderator)
    assert [line.row for group in waiting.groups for line in group.lines] == [held]

    moderation.release(target=held, moderator=moderator)

    assert questions.read(session, viewer=neighbour).waiting == [held]
    assert Opinion.objects.get(source="question").text == QUESTION


def test_ones_own_question_can_be_taken_back_until_others_raise_it(client, session, question, member, neighbour):
    live.raise_question(question=question, member=neighbour)
    with pytest.raises(NotAllowed) as refusal:
        live.withdraw_question(question=question, author=member)
    assert refusal.value.code == "raised_by_others"
    live.lower_question(question=question, member=neighbour)
    with pytest.raises(NotAllowed) as refusal:
        live.withdraw_question(question=question, author=neighbour)
    assert refusal.value.code == "not_yours"

    client.force_login(member)
    assert url("withdraw_question", session, question.pk) in client.get(session.get_absolute_url()).content.decode()
    assert client.post(url("withdraw_question", session, question.pk)).status_code == 302
    question.refresh_from_db()
    assert (question.state, question.text) == (State.WITHDRAWN, "")
    assert QUESTION not in client.get(session.get_absolute_url()).content.decode()
    assert Opinion.objects.get(source="question").state == Opinion.State.WITHDRAWN
    again = live.ask(session=session, author=member, text=QUESTION, client_id=question.client_id)
    assert again == question


def test_slow_mode_says_how_many_seconds_are_left(client, session, member, facilitator):
    live.slow_down(session=session, facilitator=facilitator, seconds=60)
    mine = ask(session, member)
    Question.objects.filter(pk=mine.pk).update(asked_at=timezone.now() - timedelta(seconds=20))
    with pytest.raises(TooSoon) as refusal:
        ask(session, member, "那麼假日呢？")
    assert 38 <= refusal.value.retry_after <= 40
    client.force_login(member)
    page = client.post(url("ask", session), {"text": "那麼假日呢？", "client_id": new_client_id()})
    assert (page.status_code, page["Retry-After"]) == (429, str(refusal.value.retry_after))
    assert "那麼假日呢？" in page.content.decode()
    live.slow_down(session=session, facilitator=facilitator, seconds=0)
    assert ask(session, member, "那麼假日呢？").state == State.ASKED


# Asked already


@pytest.fixture
def read(session, question, neighbour):
    similar.forget_all()
    other = ask(session, neighbour, "票價會不會調漲？")
    placing.embed_new(Corpus.objects.get(pk=session.space.corpus_id), placing.load_encoder(), None)
    return other


def test_what_was_asked_already_is_offered_while_one_writes(client, session, question, read, neighbour, facilitator):
    client.force_login(neighbour)
    page = client.get(url("already_asked", session), {"text": "夜間會增加班次嗎"}).content.decode()
    assert QUESTION in page and "票價" not in page
    assert f"{url('raise_question', session, question.pk)}?raised=1" in page
    assert client.get(url("already_asked", session), {"text": "夜"}).content.decode().strip() == ""
    same = ask(session, neighbour, "晚上的班次呢？")
    live.merge_question(question=question, into=same, facilitator=facilitator)
    assert echoes.already_asked(session, "夜間會增加班次嗎") == [same]


def test_what_is_hidden_or_of_another_session_is_not_offered(session, space, question, read, moderator, facilitator):
    elsewhere = live.plan_session(space=space, facilitator=facilitator, title="第二場", starts_at=timezone.now())
    assert echoes.already_asked(elsewhere, "夜間會增加班次嗎") == []
    moderation.hide(target=question, moderator=moderator, reason="spam")
    assert echoes.already_asked(session, "夜間會增加班次嗎") == []


# Guests


def test_a_guest_asks_and_raises_where_the_space_lets_guests(client, space, session, question, communicator):
    assert client.post(url("ask", session), {"text": "我沒有帳號", "client_id": new_client_id()}).status_code == 401
    offer(space=space, instrument=Instrument.LIVE, editor=communicator, level=int(Level.GUEST))
    page = client.get(session.get_absolute_url())
    assert "data-ask" in page.content.decode()
    client_id = page.context["form"]["client_id"].value()
    assert client.post(url("ask", session), {"text": "我沒有帳號", "client_id": client_id}).status_code == 302
    asked = Question.objects.get(text="我沒有帳號")
    assert (asked.level, asked.author.is_guest) == (Level.GUEST, True)
    assert client.post(f"{url('raise_question', session, question.pk)}?raised=1").status_code == 302
    assert QuestionRaise.objects.get().member == asked.author

    account = factories.make_member()
    guests.join(guest=asked.author, member=account)
    asked.refresh_from_db()
    assert (asked.author, QuestionRaise.objects.get().member) == (account, account)


# Where they go from here


def test_author_and_raisers_hear_of_every_step(session, question, member, neighbour, crowd, facilitator):
    same = ask(session, neighbour, "晚上會加開班次嗎？")
    live.raise_question(question=same, member=crowd[0])
    live.merge_question(question=same, into=question, facilitator=facilitator)
    live.mark_current(question=question, facilitator=facilitator)
    live.mark_answered(question=question, facilitator=facilitator, answer="會。")
    announcing.announce.func(session.space_id)
    with translation.override("en"):
        assert [line.split(":")[0] for line in told(member)] == [
            "Your question is at the panel",
            "Your question was answered in the live session",
        ]
        assert [line.split(":")[0] for line in told(neighbour)] == [
            "Your question was joined with another that asks the same",
            "Your question is at the panel",
            "Your question was answered in the live session",
        ]
        assert [line.split(":")[0] for line in told(crowd[0])] == [
            "A question you raised was joined with another that asks the same",
            "A question you raised is at the panel",
            "A question you raised was answered in the live session",
        ]
    assert all(type(value) is int for event in Event.objects.all() for value in event.data.values())


def test_the_way_of_a_question_stands_on_my_page(client, session, question, member, neighbour, facilitator):
    live.raise_question(question=question, member=neighbour)
    live.mark_current(question=question, facilitator=facilitator)
    live.mark_answered(question=question, facilitator=facilitator, answer="明年一月。")
    with translation.override("en"):
        steps = [(step["label"], step["words"]) for step in journeys.of(member).items[0].more]
    assert steps == [("Raised", "1 person raised it"), ("At the panel", ""), ("Answered in the session", "明年一月。")]
    client.force_login(member)
    assert "明年一月。" in client.get(reverse("discussions:me")).content.decode()
    assert people_in([session.space_id]) == {session.space_id: 2}


# The desk


def test_the_desk_has_columns_and_every_step_is_a_button(client, session, question, neighbour, facilitator):
    other = ask(session, neighbour, "末班車幾點？")
    client.force_login(facilitator)
    desk = url("live_desk", session)

    def press(act, **more):
        assert client.post(desk, {"act": act, "id": question.pk, **more}).status_code == 302, act
        return Question.objects.get(pk=question.pk).state

    assert press("shortlist") == State.SHORTLISTED
    assert press("park") == State.PARKED
    assert press("current") == State.CURRENT
    assert press("answered", answer="是的。") == State.ANSWERED
    assert press("waiting") == State.ASKED
    choosing = client.get(desk, {"join": question.pk}).content.decode()
    assert f'name="into" value="{other.pk}"' in choosing
    assert press("merge", into=other.pk) == State.MERGED
    assert press("part") == State.ASKED
    assert press("hide", reason="spam") == State.HIDDEN
    assert press("restore") == State.ASKED
    assert client.post(desk, {"act": "merge", "id": question.pk, "into": "9" * 30}).status_code == 404
    told = client.post(desk, {"act": "current", "id": question.pk}, headers={"accept": "application/json"})
    assert told.json() == {"ok": True}
    page = client.get(desk).content.decode()
    assert page.count("<kbd>") >= 10 and "style=" not in page


def test_the_desk_is_bounded_and_the_rest_is_behind_a_link(
    client, session, member, facilitator, django_assert_max_num_queries
):
    rows = (
        Question(session=session, author=member, text=f"第{n}題", client_id=f"many-{n:06}", asked_at=timezone.now())
        for n in range(130)
    )
    Question.objects.bulk_create(rows)
    client.force_login(facilitator)
    with django_assert_max_num_queries(40):
        page = client.get(url("live_desk", session)).content.decode()
    assert page.count("data-desk-item") == questions.COLUMN
    address, seen = url("live_desk_column", session, "waiting"), []
    assert address in page
    while address:
        answer = client.get(address)
        seen += [one.pk for one in answer.context["questions"]]
        older = answer.context["older"]
        address = older and f"{url('live_desk_column', session, 'waiting')}?after={older}"
    assert len(seen) == len(set(seen)) == 130
    assert len(client.get(url("live_questions", session, "waiting")).context["questions"]) == questions.PAGE


def test_the_columns_of_the_desk_are_not_for_members(client, session, member, question):
    client.force_login(member)
    assert client.get(url("live_desk_column", session, "waiting")).status_code == 403
    assert client.get(url("live_questions", session, "hidden")).status_code == 404


def test_pages_are_whole_in_both_languages(client, session, question, facilitator):
    live.mark_answered(question=question, facilitator=facilitator, answer="是的。")
    client.force_login(facilitator)
    for language in ("zh-hant", "en"):
        with translation.override(language):
            for name, args in (("live", ()), ("live_desk", ()), ("live_questions", ("answered",))):
                page = client.get(url(name, session, *args))
                assert page.status_code == 200
                assert "是的。" in page.content.decode()


# Programs and open data


def test_programs_read_ask_and_raise(client, session, question, member, neighbour):
    _row, key = tokens.make(member=neighbour, name="script")
    base = f"/api/v1/spaces/{session.space.slug}/sessions"
    assert client.get(base).json()["items"][0]["code"] == session.code
    listed = client.get(f"{base}/{session.code}/questions").json()["items"]
    assert [(one["id"], one["raises"], one["author"]) for one in listed] == [(question.pk, 0, member.display_name)]
    headers = {"authorization": f"Bearer {key}"}
    raised = client.put(f"{base}/{session.code}/questions/{question.pk}/raise", headers=headers)
    assert (raised.status_code, raised.json()["raises"]) == (200, 1)
    sent = {"text": "末班車幾點？", "client_id": "from-script-1"}
    for _again in range(2):
        made = client.post(f"{base}/{session.code}/questions", sent, content_type="application/json", headers=headers)
        assert made.status_code == 201
    asked = Question.objects.get(pk=made.json()["id"])
    assert (asked.author, asked.channel) == (neighbour, Channel.API)
    assert client.post(f"{base}/{session.code}/questions", sent, content_type="application/json").status_code == 401
    assert client.delete(f"{base}/{session.code}/questions/{asked.pk}", headers=headers).status_code == 204


def test_open_data_holds_published_questions_without_names(
    session, question, neighbour, member, facilitator, moderator
):
    hidden = ask(session, neighbour, "這題會被隱藏")
    moderation.hide(target=hidden, moderator=moderator, reason="spam")
    live.raise_question(question=question, member=neighbour)
    rows = {table.name: list(table.rows(session.space)) for table in TABLES}
    assert [row[0] for row in rows["live_questions"]] == [question.pk]
    assert len(rows["live_raises"]) == 1
    for table in TABLES:
        assert all(len(row) == len(table.columns) for row in rows[table.name])
    assert member.display_name not in str(rows) and str(Member) not in str(rows)
