"""A discussion that is reviewed again: each review has its own clock, its own hand-over, and an answer that ends it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from discussions import agencies, clockfaces, clocks, events, phases, replies
from discussions.errors import CivicError, NotAllowed
from discussions.forms import new_client_id
from discussions.models import AnswerClock, Event, HandOver, Phase, Reply, Space
from discussions.views.frame import space_or_404
from tests.discussions.test_overreach import at_once
from tests.factories import make_agency, make_member, make_space, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]
DAY = timedelta(days=1)


@pytest.fixture
def answered(agency, communicator, officer):
    """A discussion whose first review ended with an answer."""
    space = make_space(agency=agency, phase=Phase.OPEN)
    move(space, communicator, Phase.REVIEW)
    answer(space, officer)
    return Space.objects.get(pk=space.pk)


def move(space, editor, phase):
    return phases.move(space=space, editor=editor, phase=phase)


def answer(space, officer, text="本局決定試辦。"):
    return replies.answer(space=space, officer=officer, text=text, client_id=new_client_id(), whole=True)


def test_a_second_review_starts_a_second_clock_and_the_first_stays_in_the_record(
    client, rf, answered, communicator, officer
):
    first = AnswerClock.objects.get(space=answered)
    move(answered, communicator, Phase.OPEN)
    move(answered, communicator, Phase.REVIEW)
    second = AnswerClock.objects.get(space=answered, answered_at=None)
    assert second.started_at > first.answered_at and second.due_at == second.started_at + 60 * DAY
    assert AnswerClock.objects.get(pk=first.pk).answered_at == first.answered_at
    assert Event.objects.filter(space=answered, type="clock.started").count() == 2

    request = rf.get("/")
    request.user = officer
    assert clockfaces.of_space(space_or_404(request, answered.slug)).state == "waiting"
    assert clockfaces.of_spaces([answered.pk])[answered.pk].clock == second
    [record] = agencies.records()
    assert (record.total, record.answered, record.counts["running"]) == (2, 1, 1)

    again = answer(answered, officer, text="本局第二次答覆如下。")
    assert again.clock == second
    answered.refresh_from_db()
    assert answered.phase == Phase.ANSWERED and not AnswerClock.objects.filter(answered_at=None).exists()
    page = client.get(reverse("discussions:answers", args=[answered.slug])).content.decode()
    assert page.index("本局決定試辦。") < page.index("本局第二次答覆如下。")
    [record] = agencies.records()
    assert (record.total, record.answered) == (2, 2)


def test_a_review_that_was_answered_is_not_owed_again_by_being_noticed_twice(answered, officer):
    clock = AnswerClock.objects.get(space=answered)
    with transaction.atomic():
        assert clocks.start(space=events.lock(answered.pk), now=clock.started_at) == clock
    assert phases.advance_due() == 0
    with pytest.raises(NotAllowed) as refusal:
        answer(answered, officer, text="再說一次。")
    assert refusal.value.code == "answered_already"
    assert AnswerClock.objects.count() == Reply.objects.count() == 1


def test_going_back_before_the_answer_does_not_wind_the_clock_up_again(agency, communicator):
    space = move(make_space(agency=agency, phase=Phase.OPEN), communicator, Phase.REVIEW)
    clock = AnswerClock.objects.get()
    move(space, communicator, Phase.OPEN)
    move(space, communicator, Phase.REVIEW)
    assert AnswerClock.objects.get() == clock and HandOver.objects.count() == 1


def test_the_date_of_a_second_review_starts_it_also_when_nobody_was_there(answered, officer, communicator):
    move(answered, communicator, Phase.OPEN)
    begun = timezone.now()
    Space.objects.filter(pk=answered.pk).update(review_at=begun)
    reply = answer(Space.objects.get(pk=answered.pk), officer, text="本局第二次答覆如下。")
    assert reply.clock.started_at == begun and AnswerClock.objects.count() == 2


def test_an_answer_of_the_first_review_does_not_end_the_second(answered, communicator, officer):
    move(answered, communicator, Phase.REVIEW)
    with pytest.raises(NotAllowed) as refusal:
        move(answered, communicator, Phase.ANSWERED)
    assert refusal.value.code == "unanswered"
    stranger = make_member(role="Officers", agency=make_agency("示範觀光處"))
    with pytest.raises(NotAllowed) as refusal:
        answer(answered, stranger)
    assert refusal.value.code == "other_agency"
    assert AnswerClock.objects.filter(answered_at=None).count() == 1


def test_a_second_review_hands_over_what_came_since_and_nothing_twice(client, agency, communicator, officer, member):
    space = make_space(agency=agency, phase=Phase.OPEN)
    say(space, member, "末班車可以晚一點嗎", kind="question")
    move(space, communicator, Phase.REVIEW)
    answer(space, officer)
    move(space, communicator, Phase.OPEN)
    say(space, member, "假日也加班嗎", kind="question")
    move(space, communicator, Phase.REVIEW)
    first, second = HandOver.objects.order_by("pk")
    assert (first.posts, second.posts) == (1, 1)
    assert second.groups.get().items.get().comment.text == "假日也加班嗎"
    page = client.get(reverse("discussions:handover", args=[space.slug])).content.decode()
    for group in (first.groups.get(), second.groups.get()):
        assert reverse("discussions:handover_group", args=[space.slug, group.pk]) in page
    answer(space, officer, text="本局第二次答覆如下。")
    move(space, communicator, Phase.REVIEW)
    assert HandOver.objects.count() == 2


def test_the_database_itself_keeps_one_running_clock_for_a_space(answered, communicator):
    move(answered, communicator, Phase.REVIEW)
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerClock.objects.create(space=answered, started_at=now, first_due_at=now + DAY, due_at=now + DAY)


@pytest.mark.django_db(transaction=True)
def test_two_people_and_the_clockwork_in_the_same_second_start_one_clock(agency, communicator, officer):
    space = make_space(agency=agency, phase=Phase.OPEN)
    for text in ("第一次答覆如下。", "第二次答覆如下。"):
        past = timezone.now()
        Space.objects.filter(pk=space.pk).update(review_at=past)

        def begin(number, past=past):
            if number % 2:
                return phases.advance(space=Space.objects.get(pk=space.pk), now=past)
            return move(space, communicator, Phase.REVIEW)

        outcomes = at_once(begin)
        assert not [one for one in outcomes if isinstance(one, CivicError)]
        assert AnswerClock.objects.filter(space=space, answered_at=None).count() == 1
        answer(space, officer, text=text)
        phases.move(space=space, editor=communicator, phase=Phase.OPEN)
    assert AnswerClock.objects.filter(space=space).count() == 2
    assert Event.objects.filter(space=space, type="clock.started").count() == 2
