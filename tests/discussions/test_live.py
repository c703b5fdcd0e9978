"""A live session: people ask, raise and vote; a facilitator leads; every page works by plain forms."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone, translation

from discussions import events, live, moderation, rooms, stages
from discussions.errors import CivicError, Conflict, InvalidText, NotAllowed, NotFound, SignInNeeded, TooSoon
from discussions.forms import new_client_id
from discussions.models import Event, LiveSession, ModerationAct, Phase, PollVote, Question, QuestionRaise, QuickPoll
from nlp.models import Opinion
from tests import factories

pytestmark = pytest.mark.django_db

QUESTION = "夜間班次會不會增加？"


@pytest.fixture
def session(space, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    return live.open_session(session=planned, facilitator=facilitator)


@pytest.fixture
def question(session, member):
    return live.ask(session=session, author=member, text=QUESTION, client_id=new_client_id())


@pytest.fixture
def poll(session, facilitator):
    made = live.add_poll(
        session=session, facilitator=facilitator, question="您常搭夜間公車嗎？", options=["常", "偶爾"]
    )
    return live.open_poll(poll=made, facilitator=facilitator)


def types(space):
    return [event.type for event in events.since(space.pk, 0)]


# Asking


def test_a_question_is_stored_counted_in_the_stream_and_told(session, space, member):
    asked = live.ask(session=session, author=member, text=f"  {QUESTION}\n", client_id="first-time-1")

    assert asked.text == QUESTION
    opinion = Opinion.objects.get(source="question", source_key=str(asked.pk))
    assert opinion.text == QUESTION
    assert opinion.url == f"/live/{session.code}/#q{asked.pk}"
    told = events.since(space.pk, 0)[-1]
    assert (told.type, told.data) == ("question.asked", {"id": asked.pk, "session": session.pk})


def test_a_question_sent_twice_is_one_question_even_after_the_floor_closed(session, facilitator, member):
    first = live.ask(session=session, author=member, text=QUESTION, client_id="same-paper")
    live.close_floor(session=session, facilitator=facilitator)

    again = live.ask(session=session, author=member, text=QUESTION, client_id="same-paper")

    assert again == first
    assert Question.objects.count() == 1


def test_other_words_under_the_same_id_are_refused(session, member):
    live.ask(session=session, author=member, text=QUESTION, client_id="same-paper")
    with pytest.raises(Conflict):
        live.ask(session=session, author=member, text="那麼假日呢？", client_id="same-paper")


def test_nobody_asks_once_the_floor_is_closed(session, facilitator, member):
    live.close_floor(session=session, facilitator=facilitator)
    with pytest.raises(NotAllowed) as refusal:
        live.ask(session=session, author=member, text=QUESTION, client_id=new_client_id())
    assert refusal.value.code == "floor_closed"
    assert not Question.objects.exists()


@pytest.mark.parametrize(("words", "code"), [("", "empty"), ("？" * 9, "no_words"), ("問" * 281, "too_long")])
def test_a_question_that_cannot_be_read_is_refused(session, member, words, code):
    with pytest.raises(InvalidText) as refusal:
        live.ask(session=session, author=member, text=words, client_id=new_client_id())
    assert refusal.value.code == code


def test_guests_and_people_in_a_hurry_are_refused(session, member, settings):
    settings.POSTING_INTERVALS = {"new": 30, "known": 5}
    live.ask(session=session, author=member, text=QUESTION, client_id=new_client_id())
    with pytest.raises(TooSoon) as refusal:
        live.ask(session=session, author=member, text="還有一題想問", client_id=new_client_id())
    assert 0 < refusal.value.retry_after <= 5

    with pytest.raises(SignInNeeded):
        live.ask(session=session, author=AnonymousUser(), text=QUESTION, client_id=new_client_id())


# Raising


def test_raising_twice_counts_once_and_can_be_taken_back(question, space, neighbour, member):
    assert live.raise_question(question=question, member=neighbour) == 1
    assert live.raise_question(question=question, member=neighbour) == 1
    assert live.raise_question(question=question, member=member) == 2
    assert live.lower_question(question=question, member=neighbour) == 1
    assert live.lower_question(question=question, member=neighbour) == 1

    assert QuestionRaise.objects.count() == 1
    raised = [event.data["raises"] for event in events.since(space.pk, 0) if event.type == "question.raised"]
    assert raised == [1, 2, 1]


def test_a_hidden_question_cannot_be_raised(question, moderator, neighbour):
    moderation.hide(target=question, moderator=moderator, reason="spam")
    with pytest.raises(NotAllowed):
        live.raise_question(question=question, member=neighbour)


def test_nothing_is_raised_when_the_space_is_in_the_archive(question, space, neighbour):
    space.phase = Phase.ARCHIVED
    space.save()
    with pytest.raises(NotAllowed):
        live.raise_question(question=question, member=neighbour)


# Leading


def test_one_question_at_a_time_is_at_the_panel(session, question, member, facilitator):
    other = live.ask(session=session, author=member, text="票價會調漲嗎？", client_id=new_client_id())

    live.mark_current(question=question, facilitator=facilitator)
    live.mark_current(question=other, facilitator=facilitator)
    live.mark_answered(question=other, facilitator=facilitator)

    states = dict(Question.objects.values_list("pk", "state"))
    assert states == {question.pk: "asked", other.pk: "answered"}
    assert types(session.space).count("question.state") == 4


def test_the_end_of_a_session_does_not_pretend_that_a_question_was_answered(session, question, facilitator):
    live.mark_current(question=question, facilitator=facilitator)
    live.close_session(session=session, facilitator=facilitator)
    question.refresh_from_db()
    assert question.state == Question.State.ASKED


def test_the_wall_shows_what_came_last(session, question, poll, facilitator):
    def stage():
        return stages.on_the_wall(rooms.read(session))

    assert stage().poll == poll
    live.close_poll(poll=poll, facilitator=facilitator)
    assert stage() is None
    live.mark_current(question=question, facilitator=facilitator)
    live.reveal_poll(poll=poll, facilitator=facilitator)
    assert stage().poll == poll
    live.mark_answered(question=question, facilitator=facilitator)
    assert stage().poll == poll
    live.mark_current(question=question, facilitator=facilitator)
    assert stage() is None


def test_members_cannot_lead(session, question, poll, neighbour):
    for act, target in (
        (live.mark_current, {"question": question}),
        (live.mark_answered, {"question": question}),
        (live.close_session, {"session": session}),
        (live.close_floor, {"session": session}),
        (live.reveal_poll, {"poll": poll}),
    ):
        with pytest.raises(NotAllowed) as refusal:
            act(**target, facilitator=neighbour)
        assert refusal.value.code == "role"


def test_an_act_done_twice_is_one_event(session, facilitator):
    before = types(session.space)
    live.open_session(session=session, facilitator=facilitator)
    live.open_floor(session=session, facilitator=facilitator)
    assert types(session.space) == before


def test_a_hidden_question_leaves_the_screens_and_the_analysis_on_the_record(question, session, moderator, space):
    moderation.hide(target=question, moderator=moderator, reason="insult")

    assert not rooms.read(session).questions.waiting
    assert Opinion.objects.get(source="question").state == Opinion.State.WITHDRAWN
    act = ModerationAct.objects.get()
    assert (act.act, act.target, act.target_id, act.reason) == ("hide", "question", question.pk, "insult")

    moderation.restore(target=question, moderator=moderator)

    assert [shown.pk for shown in rooms.read(session).questions.waiting] == [question.pk]
    assert Opinion.objects.get(source="question").text == QUESTION


def test_hiding_needs_the_role_and_a_known_reason(question, moderator, neighbour):
    with pytest.raises(NotAllowed):
        moderation.hide(target=question, moderator=neighbour, reason="spam")
    with pytest.raises(NotFound):
        moderation.hide(target=question, moderator=moderator, reason="dislike")
    question.refresh_from_db()
    assert question.state == Question.State.ASKED


# Polls


def test_a_new_answer_replaces_the_old_one(poll, member, neighbour, space):
    assert live.answer_poll(poll=poll, member=member, options=[0]).total == 1
    assert live.answer_poll(poll=poll, member=neighbour, options=[1]).total == 2
    assert live.answer_poll(poll=poll, member=member, options=[1]).total == 2
    assert live.answer_poll(poll=poll, member=member, options=[1]).total == 2

    assert sorted(PollVote.objects.values_list("member_id", "option")) == sorted([(member.pk, 1), (neighbour.pk, 1)])
    voted = [event.data["total"] for event in events.since(space.pk, 0) if event.type == "poll.voted"]
    assert voted == [1, 2, 2]


def test_a_closed_poll_and_an_unknown_choice_are_refused(poll, facilitator, member):
    with pytest.raises(CivicError) as refusal:
        live.answer_poll(poll=poll, member=member, options=[2])
    assert refusal.value.code == "unknown_choice"
    live.close_poll(poll=poll, facilitator=facilitator)
    with pytest.raises(NotAllowed) as refusal:
        live.answer_poll(poll=poll, member=member, options=[0])
    assert refusal.value.code == "poll_closed"


def test_counts_are_nobodys_business_until_they_are_revealed(poll, session, member, facilitator):
    live.answer_poll(poll=poll, member=member, options=[0])
    view = rooms.read(session, viewer=member).polls[0]
    assert (view.total, [option["votes"] for option in view.options]) == (1, [0, 0])
    assert view.answered

    live.reveal_poll(poll=poll, facilitator=facilitator)

    assert [option["votes"] for option in rooms.read(session).polls[0].options] == [1, 0]


@pytest.mark.parametrize("options", [["只有一個"], ["同樣的", "同樣的"], [f"選項{number}" for number in range(9)]])
def test_a_poll_needs_two_to_eight_different_choices(session, facilitator, options):
    with pytest.raises(CivicError) as refusal:
        live.add_poll(session=session, facilitator=facilitator, question="要選哪一個？", options=options)
    assert refusal.value.code == "choices"
    assert not QuickPoll.objects.exists()


def test_a_choice_may_be_a_single_sign(session, facilitator):
    made = live.add_poll(
        session=session, facilitator=facilitator, question="要不要加開？", options=["要", "不\u200b", "3"]
    )
    assert made.options == ["要", "不", "3"]
    with pytest.raises(InvalidText):
        live.add_poll(session=session, facilitator=facilitator, question="要不要？", options=["要", "！！"])


def test_the_end_of_a_session_closes_its_polls(session, poll, facilitator, member):
    live.close_session(session=session, facilitator=facilitator)
    poll.refresh_from_db()
    assert poll.state == QuickPoll.State.CLOSED
    with pytest.raises(NotAllowed):
        live.open_poll(poll=poll, facilitator=facilitator)
    assert types(session.space)[-2:] == ["poll.state", "session.state"]


def test_events_hold_ids_and_counts_and_never_words(session, question, poll, neighbour, facilitator):
    live.raise_question(question=question, member=neighbour)
    live.answer_poll(poll=poll, member=neighbour, options=[0])
    for event in Event.objects.all():
        assert all(isinstance(value, int) for value in event.data.values()), event.type


# Reading


def test_a_room_costs_the_same_however_full_it_is(session, poll, member, neighbour, django_assert_num_queries):
    for number in range(30):
        asked = live.ask(session=session, author=member, text=f"第{number}題", client_id=new_client_id())
        if number % 3:
            live.raise_question(question=asked, member=neighbour)
    with django_assert_num_queries(6):
        room = rooms.read(session, viewer=neighbour)
    assert [question.raised for question in room.questions.waiting] == [1] * 20 + [0] * 10
    assert room.questions.waiting[0].pressed and not room.questions.waiting[-1].pressed


def test_sessions_are_listed_by_what_one_can_do_now(space, facilitator, session):
    now = timezone.now()
    later = live.plan_session(space=space, facilitator=facilitator, title="第三場", starts_at=now + timedelta(days=9))
    next_one = live.plan_session(
        space=space, facilitator=facilitator, title="第二場", starts_at=now + timedelta(days=2)
    )
    over = live.plan_session(space=space, facilitator=facilitator, title="場前會", starts_at=now - timedelta(days=2))
    live.close_session(session=over, facilitator=facilitator)
    secret = factories.make_space(phase=Phase.DRAFT)
    live.plan_session(space=secret, facilitator=facilitator, title="還沒公開", starts_at=now)

    assert rooms.sessions() == [session, next_one, later, over]


# Pages


def url(name, session, *args):
    return reverse(f"discussions:{name}", args=[session.code, *args])


def test_without_javascript_one_asks_raises_and_votes_by_forms(client, session, poll, member, neighbour):
    client.force_login(member)
    page = client.get(session.get_absolute_url())
    assert page.status_code == 200
    client_id = page.context["form"]["client_id"].value()

    sent = client.post(url("ask", session), {"text": QUESTION, "client_id": client_id})
    asked = Question.objects.get()
    assert sent.url == f"{session.get_absolute_url()}#q{asked.pk}"

    client.force_login(neighbour)
    page = client.get(session.get_absolute_url()).content.decode()
    assert QUESTION in page
    raise_url = f"{url('raise_question', session, asked.pk)}?raised=1"
    assert f'action="{raise_url}"' in page
    assert client.post(raise_url).status_code == 302
    assert client.post(raise_url).status_code == 302
    assert asked.raises.count() == 1
    assert "?raised=0" in client.get(session.get_absolute_url()).content.decode()

    assert client.post(url("answer_poll", session, poll.pk), {"option": "1"}).status_code == 302
    assert PollVote.objects.get().option == 1


def test_a_question_that_cannot_be_taken_comes_back_with_its_words(client, session, member, facilitator):
    client.force_login(member)
    long = "很長" * 200
    page = client.post(url("ask", session), {"text": long, "client_id": new_client_id()})
    assert page.status_code == 422
    assert long in page.content.decode()

    live.close_floor(session=session, facilitator=facilitator)
    page = client.post(url("ask", session), {"text": QUESTION, "client_id": new_client_id()})
    assert page.status_code == 403
    assert not Question.objects.exists()


def test_guests_read_the_room_and_are_told_how_to_take_part(client, session, question, poll):
    page = client.get(session.get_absolute_url())
    assert page.status_code == 200
    assert QUESTION in page.content.decode()
    assert f"{reverse('account_login')}?next={session.get_absolute_url()}" in page.content.decode()
    refused = client.post(url("answer_poll", session, poll.pk), {"option": "0"}, headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["error"]) == (401, "sign_in_needed")


def test_a_page_that_polls_is_told_only_what_is_new(client, session, question, neighbour):
    address = f"{url('live_state', session)}?part=room"
    first = client.get(address)
    assert QUESTION in first.content.decode()
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    live.raise_question(question=question, member=neighbour)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_browser_without_sockets_gets_the_same_frames_by_asking(client, session, space, question):
    address = reverse("discussions:space_live", args=[space.slug])
    answer = client.get(address, {"after": "0"})
    frame = answer.json()["frames"][-1]
    assert (frame["type"], frame["id"], frame["session"]) == ("question.asked", str(question.pk), session.code)
    assert QUESTION in frame["html"]

    seq = answer.json()["seq"]
    quiet = client.get(address, {"after": seq})
    assert quiet.json() == {"seq": seq, "frames": []}
    assert client.get(address, {"after": seq}, headers={"if-none-match": quiet["ETag"]}).status_code == 304


def test_the_desk_is_led_by_buttons(client, session, question, facilitator):
    client.force_login(facilitator)
    desk = url("live_desk", session)
    poll = {"act": "add_poll", "question": "要不要加開？", "options": "要\n\n不要\n"}
    for data in (
        {"act": "current", "id": question.pk},
        poll,
        {"act": "close_floor"},
    ):
        assert client.post(desk, data).status_code == 302, data
    made = QuickPoll.objects.get()
    assert made.options == ["要", "不要"]
    for act in ("open_poll", "close_poll", "reveal_poll"):
        assert client.post(desk, {"act": act, "id": made.pk}).status_code == 302
    page = client.get(desk).content.decode()
    assert QUESTION in page

    assert made.question in client.get(url("live_screen", session)).content.decode()
    for act in ("answered", "current"):
        client.post(desk, {"act": act, "id": question.pk})
    wall = client.get(url("live_screen", session)).content.decode()
    assert QUESTION in wall
    assert "<svg" in wall and 'class="wall__qr"' in wall and "style=" not in wall
    assert not LiveSession.objects.get().floor_open


def test_the_desk_is_closed_to_members_and_keeps_a_broken_poll_in_the_form(client, session, member, facilitator):
    client.force_login(member)
    assert client.get(url("live_desk", session)).status_code == 403
    assert client.get(f"{url('live_state', session)}?part=desk").status_code == 403

    client.force_login(facilitator)
    page = client.post(url("live_desk", session), {"act": "add_poll", "question": "要不要？", "options": "只有一個"})
    assert page.status_code == 422
    assert "只有一個" in page.content.decode()
    assert client.post(url("live_desk", session), {"act": "dance", "id": 1}).status_code == 400
    assert client.post(url("live_desk", session), {"act": "open_poll", "id": "9" * 30}).status_code == 404


def test_a_facilitator_announces_a_session_and_a_member_cannot(client, space, facilitator, member):
    address = reverse("discussions:space_live", args=[space.slug])
    data = {"title": "線上說明會", "starts_at": "2031-05-01T14:00"}
    client.force_login(member)
    assert client.post(address, data).status_code == 403
    client.force_login(facilitator)
    sent = client.post(address, data)
    made = LiveSession.objects.get()
    assert sent.url == url("live_desk", made)
    assert "線上說明會" in client.get(address).content.decode()
    assert "線上說明會" in client.get(reverse("discussions:live_index")).content.decode()


def test_the_room_of_a_draft_does_not_exist_for_readers(client, session, space):
    space.phase = Phase.DRAFT
    space.save()
    assert client.get(session.get_absolute_url()).status_code == 404
    assert client.get(url("live_screen", session)).status_code == 404
    assert client.get(f"{url('live_state', session)}?part=room").status_code == 404


def test_the_room_speaks_english(client, session, question):
    with translation.override("en"):
        page = client.get(session.get_absolute_url())
    assert page.status_code == 200
    assert "Questions, most raised first" in page.content.decode()
