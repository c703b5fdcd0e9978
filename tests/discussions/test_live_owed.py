"""Questions that a session left open: handed to the agency with a clock, answered one by one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from discussions import clocks, events, live, moderation, owed, replies
from discussions.errors import NotAllowed
from discussions.models import AnswerClock, LiveSession, Notice, OwedQuestion, Question
from discussions.notices import announcing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(space, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    return live.open_session(session=planned, facilitator=facilitator)


@pytest.fixture
def asked(session, member, neighbour, facilitator):
    """Four questions: one waits, one is on the short list, one is put aside, one was answered."""
    waits, short, aside, done = (
        live.ask(session=session, author=author, text=text, client_id=f"asked-{number:04}")
        for number, (author, text) in enumerate(
            [(member, "末班車會延後嗎"), (member, "司機夠不夠"), (neighbour, "經費從哪裡來"), (neighbour, "站牌何時換")]
        )
    )
    live.shortlist(question=short, facilitator=facilitator)
    live.park(question=aside, facilitator=facilitator)
    live.mark_answered(question=done, facilitator=facilitator, answer="下個月。")
    return [waits, short, aside, done]


def close(session, facilitator, **how):
    return live.close_session(session=session, facilitator=facilitator, **how)


def answer(question, officer, number=1, **more):
    return replies.answer(
        space=question.session.space,
        officer=officer,
        text="我們會在下個月公布。",
        client_id=f"answer-{number:04}",
        question=question,
        **more,
    )


def handed():
    return set(OwedQuestion.objects.values_list("question_id", flat=True))


# Handing over


def test_what_is_left_open_goes_to_the_agency_with_a_clock(session, asked, facilitator, agency, space):
    close(session, facilitator)
    clock = AnswerClock.objects.get()
    assert (clock.session, clock.agency, clock.proposal) == (session, agency, None)
    assert clock.due_at - clock.started_at == timedelta(days=clocks.terms(space).days)
    assert handed() == {question.pk for question in asked[:3]}
    assert [event.type for event in events.since(space.pk, 0)][-2:] == ["clock.started", "clock.questions"]


def test_a_session_without_open_questions_starts_no_clock(session, facilitator, member, moderator):
    question = live.ask(session=session, author=member, text="末班車會延後嗎", client_id="asked-0001")
    moderation.hide(target=question, moderator=moderator, reason="insult")
    close(session, facilitator)
    assert not AnswerClock.objects.exists()


def test_opened_again_and_closed_it_is_still_one_clock_and_new_questions_join_it(session, asked, facilitator, member):
    close(session, facilitator)
    before = AnswerClock.objects.get()
    again = live.open_session(session=session, facilitator=facilitator)
    late = live.ask(session=again, author=member, text="補問一題：轉乘呢", client_id="late-00001")
    close(again, facilitator)
    clock = AnswerClock.objects.get()
    assert (clock.pk, clock.due_at) == (before.pk, before.due_at)
    assert handed() == {*(question.pk for question in asked[:3]), late.pk}


def test_the_facilitator_may_put_it_off_and_do_it_later_once(session, asked, facilitator):
    closed = close(session, facilitator, hands_over=False)
    assert not AnswerClock.objects.exists()
    live.hand_questions_over(session=closed, facilitator=facilitator)
    live.hand_questions_over(session=closed, facilitator=facilitator)
    assert AnswerClock.objects.count() == 1 and len(handed()) == 3


def test_only_a_facilitator_hands_over_and_only_after_the_end(session, asked, facilitator, member):
    with pytest.raises(NotAllowed):
        live.hand_questions_over(session=session, facilitator=member)
    with pytest.raises(NotAllowed) as refusal:
        live.hand_questions_over(session=session, facilitator=facilitator)
    assert refusal.value.code == "not_closed"
    assert not AnswerClock.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_close_in_the_same_second_start_one_clock(session, asked, facilitator):
    ready = Barrier(2)

    def one(_number):
        try:
            ready.wait()
            return close(LiveSession.objects.get(pk=session.pk), facilitator).state
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(one, range(2))) == ["closed", "closed"]
    assert AnswerClock.objects.count() == 1 and OwedQuestion.objects.count() == 3


def test_the_clock_of_a_session_is_not_that_of_the_space(session, asked, facilitator, space):
    close(session, facilitator)
    with transaction.atomic():
        whole = clocks.start(space=events.lock(space.pk), now=timezone.now())
    assert whole.session is None and AnswerClock.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerClock.objects.create(
            space=space, session=session, started_at=whole.started_at, first_due_at=whole.due_at, due_at=whole.due_at
        )


# Answering


def test_the_clock_stops_with_the_answer_to_the_last_question(session, asked, facilitator, officer, space):
    close(session, facilitator)
    for number, question in enumerate(asked[:3]):
        assert AnswerClock.objects.get().answered_at is None
        reply = answer(question, officer, number)
    clock = AnswerClock.objects.get()
    assert clock.answered_at is not None and reply.clock == clock
    assert [event.type for event in events.since(space.pk, 0)][-2:] == ["reply.given", "clock.answered"]


def test_another_agency_does_not_answer_what_it_does_not_owe(session, asked, facilitator, officer, roles):
    close(session, facilitator)
    stranger = factories.make_member(role="Officers", agency=factories.make_agency("別的機關"))
    with pytest.raises(NotAllowed) as refusal:
        answer(asked[0], stranger)
    assert refusal.value.code == "other_agency"
    with pytest.raises(NotAllowed):
        answer(asked[0], facilitator)
    assert answer(asked[0], officer).question == asked[0]


def test_nothing_is_waited_for_that_nobody_reads_any_more(
    session, asked, facilitator, officer, moderator, member, space
):
    close(session, facilitator)
    answer(asked[2], officer)
    live.withdraw_question(question=asked[0], author=member)
    assert owed.settle() == 0
    moderation.hide(target=asked[1], moderator=moderator, reason="insult")
    assert owed.settle() == 1 and owed.settle() == 0
    assert AnswerClock.objects.get().answered_at is not None
    assert events.since(session.space_id, 0)[-1].type == "clock.settled"


def test_a_facilitator_cannot_answer_for_the_agency_once_the_session_is_over(session, asked, facilitator, officer):
    closed = close(session, facilitator)
    for question in asked[:3]:
        live.mark_answered(question=question, facilitator=facilitator)
    assert owed.settle() == 0 and AnswerClock.objects.get().answered_at is None
    assert owed.still_open(closed.clock).count() == 3


def test_what_the_panel_answers_when_the_session_goes_on_is_not_waited_for(session, asked, facilitator):
    close(session, facilitator)
    again = live.open_session(session=session, facilitator=facilitator)
    live.mark_current(question=asked[0], facilitator=facilitator)
    for question in asked[1:3]:
        live.mark_answered(question=question, facilitator=facilitator)
    assert owed.settle() == 0
    live.mark_answered(question=asked[0], facilitator=facilitator)
    close(again, facilitator)
    assert owed.settle() == 1


def test_those_who_asked_hear_that_it_was_handed_over(session, asked, facilitator, member, neighbour):
    close(session, facilitator)
    announcing.announce.func(session.space_id)
    told = Notice.objects.filter(event__type="clock.questions").values_list("member", flat=True)
    assert set(told) == {member.pk, neighbour.pk}


# Pages


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_everybody_sees_the_clock(client, session, asked, facilitator, space, prefix):
    close(session, facilitator)
    page = client.get(f"{prefix}/p/{space.slug}/answers/").content.decode()
    assert session.title in page and f"/live/{session.code}/#owed" in page


def test_the_officer_finds_each_question_at_the_desk(client, site, session, asked, facilitator, officer, space):
    close(session, facilitator)
    answer(asked[0], officer)
    client.force_login(officer)
    page = client.get(reverse("answers_desk", args=[space.slug])).content.decode()
    clocks = page.split('id="clocks"')[1].split("</section>")[0]
    assert asked[1].text in clocks and asked[2].text in clocks and asked[0].text not in clocks


def test_the_desk_closes_with_or_without_handing_over(client, session, asked, facilitator):
    client.force_login(facilitator)
    desk = reverse("discussions:live_desk", args=[session.code])
    client.post(desk, {"act": "rest_session"})
    assert LiveSession.objects.get().state == "closed" and not AnswerClock.objects.exists()
    client.post(desk, {"act": "hand_over"})
    assert AnswerClock.objects.count() == 1
    assert "hand_over" not in client.get(desk).content.decode()


def test_closing_takes_as_many_queries_with_many_questions(session, facilitator, member, django_assert_max_num_queries):
    rows = (
        Question(session=session, author=member, text=f"第 {n} 題", client_id=f"many-{n:05}", asked_at=timezone.now())
        for n in range(300)
    )
    Question.objects.bulk_create(rows)
    with django_assert_max_num_queries(25):
        close(session, facilitator)
    assert len(handed()) == 300
