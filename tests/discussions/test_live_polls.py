"""Quick polls of four kinds: prepared, opened, answered in one press, closed and revealed on cue."""

import threading

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse

from discussions import guests, live, moderation, poll_results, queue, rooms, stages
from discussions.errors import CivicError, InvalidText, NotAllowed, NotFound
from discussions.live import poll_answers, polls
from discussions.models import Event, Member, PollVote, PollWord, QuickPoll, State
from nlp.models import Opinion
from tests.discussions import polling
from tests.discussions.polling import Kind, choose, crowd, say, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(space, facilitator):
    return polling.begin(space, facilitator)


@pytest.fixture
def prepare(session, facilitator):
    """Prepares a poll of any kind."""
    return lambda kind: polling.prepare(session, facilitator, kind)


@pytest.fixture
def opened(prepare, facilitator):
    """Prepares a poll and opens it."""
    return lambda kind: live.open_poll(poll=prepare(kind), facilitator=facilitator)


# Preparing


def test_a_prepared_poll_is_written_anew_copied_and_removed_until_people_have_seen_it(session, prepare, facilitator):
    poll = prepare(Kind.SINGLE)
    live.change_poll(
        poll=poll, facilitator=facilitator, question="等多久可以接受？", kind=Kind.SCALE, options=["短", "長"], steps=7
    )
    poll.refresh_from_db()
    assert (poll.question, poll.kind, poll.options, poll.steps) == ("等多久可以接受？", "scale", ["短", "長"], 7)

    twin = live.copy_poll(poll=poll, facilitator=facilitator)
    assert (twin.question, twin.steps, twin.state) == (poll.question, 7, QuickPoll.State.READY)
    live.remove_poll(poll=poll, facilitator=facilitator)
    assert list(session.polls.all()) == [twin]

    live.open_poll(poll=twin, facilitator=facilitator)
    for attempt in (
        lambda: live.remove_poll(poll=twin, facilitator=facilitator),
        lambda: live.change_poll(poll=twin, facilitator=facilitator, question="改一下？", options=["甲", "乙"]),
    ):
        with pytest.raises(NotAllowed) as refusal:
            attempt()
        assert refusal.value.code == "poll_begun"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"kind": Kind.SCALE, "options": ["短", "長"], "steps": 2}, "scale"),
        ({"kind": Kind.SCALE, "options": ["短", "長"], "steps": 11}, "scale"),
        ({"kind": Kind.SCALE, "options": ["只有一端"], "steps": 5}, "scale"),
        ({"kind": Kind.MULTIPLE, "options": ["只有一個"]}, "choices"),
        ({"kind": Kind.WORDS, "options": ["多餘的選項", "另一個"]}, "choices"),
        ({"kind": "dance", "options": ["甲", "乙"]}, "unknown_kind"),
    ],
)
def test_a_poll_whose_choices_do_not_fit_its_kind_is_refused(session, facilitator, content, code):
    with pytest.raises(CivicError) as refusal:
        live.add_poll(session=session, facilitator=facilitator, question="您的看法？", **content)
    assert refusal.value.code == code
    assert not QuickPoll.objects.exists()


def test_a_session_does_not_fill_up_with_polls(prepare, monkeypatch):
    monkeypatch.setattr(polls, "MOST_POLLS", 2)
    prepare(Kind.SINGLE)
    prepare(Kind.WORDS)
    with pytest.raises(NotAllowed) as refusal:
        prepare(Kind.SCALE)
    assert refusal.value.code == "many_polls"


def test_only_facilitators_prepare_change_and_lead(prepare, member):
    poll = prepare(Kind.SINGLE)
    for act_of in (
        live.copy_poll,
        live.remove_poll,
        live.open_poll,
        live.close_poll,
        live.reveal_poll,
        live.conceal_poll,
    ):
        with pytest.raises(NotAllowed) as refusal:
            act_of(poll=poll, facilitator=member)
        assert refusal.value.code == "role"


# On cue


def test_a_poll_opened_again_keeps_its_votes_and_a_result_can_be_hidden_again(opened, facilitator, member, neighbour):
    poll = opened(Kind.SINGLE)
    choose(poll, member, 1)
    live.close_poll(poll=poll, facilitator=facilitator)
    live.reveal_poll(poll=poll, facilitator=facilitator)
    assert [option["votes"] for option in seen(poll).options] == [0, 1]

    live.conceal_poll(poll=poll, facilitator=facilitator)
    assert [option["votes"] for option in seen(poll).options] == [0, 0]
    live.open_poll(poll=poll, facilitator=facilitator)
    choose(poll, neighbour, 1)
    live.reveal_poll(poll=poll, facilitator=facilitator)
    assert (seen(poll).total, [option["votes"] for option in seen(poll).options]) == (2, [0, 2])


def test_several_polls_may_be_open_at_once(opened, member):
    first, second = opened(Kind.SINGLE), opened(Kind.SCALE)
    assert choose(first, member, 0).total == choose(second, member, 4).total == 1


def test_a_poll_that_was_never_open_has_no_result_to_show(prepare, facilitator):
    poll = prepare(Kind.WORDS)
    for act_of in (live.close_poll, live.reveal_poll, live.conceal_poll):
        with pytest.raises(NotAllowed) as refusal:
            act_of(poll=poll, facilitator=facilitator)
        assert refusal.value.code == "poll_closed"


# Several choices


def test_several_choices_are_sent_in_one_press_and_replaced_as_a_whole(opened, facilitator, member, neighbour, space):
    poll = opened(Kind.MULTIPLE)
    assert choose(poll, member, 0, 2).options == (0, 2)
    assert choose(poll, member, 1, 2).options == (1, 2)
    assert choose(poll, neighbour, 2).total == 2
    live.reveal_poll(poll=poll, facilitator=facilitator)
    view = seen(poll, member)
    assert [option["votes"] for option in view.options] == [0, 1, 2]
    assert [option["mine"] for option in view.options] == [False, True, True]
    assert view.total == 2

    told = len(Event.objects.filter(space=space, type="poll.voted"))
    choose(poll, member, 2, 1)
    assert len(Event.objects.filter(space=space, type="poll.voted")) == told


@pytest.mark.parametrize(
    ("kind", "options", "code"),
    [
        (Kind.MULTIPLE, (), "nothing_chosen"),
        (Kind.MULTIPLE, (0, 3), "unknown_choice"),
        (Kind.SINGLE, (0, 1), "unknown_choice"),
        (Kind.SCALE, (5,), "unknown_choice"),
        (Kind.SCALE, (-1,), "unknown_choice"),
    ],
)
def test_choices_that_a_poll_does_not_have_are_refused_and_change_nothing(opened, member, kind, options, code):
    poll = opened(kind)
    choose(poll, member, 1)
    with pytest.raises(CivicError) as refusal:
        choose(poll, member, *options)
    assert refusal.value.code == code
    assert list(PollVote.objects.values_list("option", flat=True)) == [1]


# A scale


def test_a_scale_is_told_by_its_distribution_mean_and_median(opened, facilitator):
    poll = opened(Kind.SCALE)
    for person, step in zip(crowd(5), (0, 1, 1, 4, 4), strict=True):
        choose(poll, person, step)
    assert seen(poll).mean is None
    live.reveal_poll(poll=poll, facilitator=facilitator)
    view = seen(poll)
    assert [(option["label"], option["votes"]) for option in view.options] == [(1, 1), (2, 2), (3, 0), (4, 0), (5, 2)]
    assert (view.mean, view.median, view.total) == (3.0, 2, 5)


@pytest.mark.parametrize(
    ("counts", "middle"),
    [([1], 1), ([1, 1], 1.5), ([2, 0, 0, 2], 2.5), ([0, 3, 1], 2), ([1, 2, 3], 2.5), ([0, 0, 9], 3)],
)
def test_the_median_stands_where_half_of_the_people_are_passed(counts, middle):
    assert poll_results.median(counts) == middle


# Words


def test_equal_words_are_counted_together_and_shown_once_two_people_said_them(opened, facilitator):
    poll = opened(Kind.WORDS)
    people = crowd(4)
    say(poll, people[0], "準時", "ＷｉＦｉ")
    say(poll, people[1], "wifi!", "便宜")
    say(poll, people[2], "WiFi", "準時")
    say(poll, people[3], "只有我說")
    assert seen(poll).words == ()

    live.reveal_poll(poll=poll, facilitator=facilitator)
    view = seen(poll)
    assert [(poll_answers.folded(word.text), word.people) for word in view.words] == [("wifi", 3), ("準時", 2)]
    assert (view.total, view.rest) == (4, 2)
    assert not Opinion.objects.exists()


def test_words_are_replaced_as_a_whole(opened, member):
    poll = opened(Kind.WORDS)
    say(poll, member, "準時", "便宜")
    answer = say(poll, member, "便宜", "安全")
    assert answer.words == ("便宜", "安全")
    assert set(PollWord.objects.values_list("text", flat=True)) == {"便宜", "安全"}
    assert seen(poll, member).fields == ["便宜", "安全", ""]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("一", "二", "三", "四"), "too_many"),
        (("字" * 41,), "too_long"),
        (("", "  "), "empty"),
        (("！！",), "no_words"),
        (("ﷺ" * 5,), "too_long"),
    ],
)
def test_words_that_cannot_be_counted_are_refused(opened, member, words, code):
    poll = opened(Kind.WORDS)
    with pytest.raises(InvalidText) as refusal:
        say(poll, member, *words)
    assert refusal.value.code == code
    assert not PollWord.objects.exists()


def test_a_hidden_word_stays_off_the_screens_whoever_says_it_again(opened, facilitator, moderator):
    poll = opened(Kind.WORDS)
    people = crowd(4)
    for person in people[:2]:
        say(poll, person, "笨蛋", "準時")
    live.reveal_poll(poll=poll, facilitator=facilitator)
    assert len(seen(poll).words) == 2

    word = PollWord.objects.filter(text="笨蛋").first()
    moderation.hide(target=word, moderator=moderator, reason="insult")
    for person in people[2:]:
        say(poll, person, "笨蛋")
    assert [shown.text for shown in seen(poll).words] == ["準時"]
    say(poll, word.author, "笨蛋", "準時")
    word.refresh_from_db()
    assert word.state == State.HIDDEN

    moderation.restore(target=word, moderator=moderator)
    assert {shown.text for shown in seen(poll).words} == {"準時", "笨蛋"}


def test_words_that_wait_for_a_moderator_are_told_to_nobody(opened, facilitator, space, member, moderator):
    space.holds_first_posts = True
    space.save()
    poll = opened(Kind.WORDS)
    assert say(poll, member, "準時").held == 1
    live.reveal_poll(poll=poll, facilitator=facilitator)
    word = PollWord.objects.get()
    assert (word.state, seen(poll).total, seen(poll).rest) == (State.HELD, 1, 0)
    waiting = queue.page(queue.Wanted(), moderator=moderator).groups
    assert [line.row for group in waiting for line in group.lines] == [word]
    moderation.release(target=word, moderator=moderator)
    assert seen(poll).rest == 1


def test_hiding_words_needs_the_role_and_a_reason(opened, member, neighbour, moderator):
    say(opened(Kind.WORDS), member, "準時")
    word = PollWord.objects.get()
    with pytest.raises(NotAllowed):
        moderation.hide(target=word, moderator=neighbour, reason="spam")
    with pytest.raises(NotFound):
        moderation.hide(target=word, moderator=moderator, reason="dislike")


# Who answered


def test_levels_are_told_apart_when_a_poll_is_closed_and_never_below_five_people(opened, facilitator):
    poll = opened(Kind.SINGLE)
    for number, person in enumerate(crowd(13)):
        person.level = 10 if number < 6 else 20 if number < 11 else 30
        person.save()
        choose(poll, person, number % 2)
    live.reveal_poll(poll=poll, facilitator=facilitator)
    assert seen(poll).split == ()
    live.close_poll(poll=poll, facilitator=facilitator)
    split = seen(poll).split
    assert sum(part.people for part in split) == 13
    assert all(part.people >= 5 for part in split)
    assert [sum(part.counts) for part in split] == [part.people for part in split]
    assert set(PollVote.objects.values_list("channel", flat=True)) == {"web"}


def test_a_guest_answers_where_the_room_lets_guests_in_and_keeps_it_as_a_member(client, opened, space, session, member):
    space.instruments = {**(space.instruments or {}), "live": {"level": 0}}
    space.save()
    poll, words = opened(Kind.SINGLE), opened(Kind.WORDS)
    address = reverse("discussions:answer_poll", args=[session.code, poll.pk])
    assert client.post(address, {"option": "1"}).status_code == 302
    vote = PollVote.objects.get()
    assert vote.level == 0
    guest = Member.objects.get(pk=vote.member_id)
    say(words, guest, "準時")
    choose(poll, member, 0)

    guests.join(guest=guest, member=member)

    assert list(PollVote.objects.values_list("member_id", "option")) == [(member.pk, 0)]
    assert PollWord.objects.get().author == member


# Two tabs


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [Kind.SINGLE, Kind.MULTIPLE, Kind.SCALE, Kind.WORDS])
def test_two_tabs_at_once_leave_one_answer_of_one_person(opened, member, kind):
    poll = opened(kind)
    answers = (
        [{"words": ["準時", "便宜"]}, {"words": ["安全"]}]
        if kind == Kind.WORDS
        else [{"options": [0]}, {"options": [1]}]
    )
    refused = []

    def answer(given):
        try:
            live.answer_poll(poll=poll, member=member, **given)
        except (CivicError, DatabaseError) as error:
            refused.append(error)
        finally:
            connection.close()

    tabs = [threading.Thread(target=answer, args=[given]) for given in answers]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert refused == []
    assert poll_answers.people(poll) == 1
    if kind == Kind.WORDS:
        assert set(PollWord.objects.values_list("text", flat=True)) in ({"準時", "便宜"}, {"安全"})
    else:
        assert PollVote.objects.count() == 1
    assert Event.objects.filter(type="poll.voted").count() == 2


# Reading


def test_a_room_full_of_polls_costs_the_same(session, opened, facilitator, member, django_assert_num_queries):
    def fill():
        for kind in Kind:
            poll = opened(kind)
            say(poll, member, "準時") if kind == Kind.WORDS else choose(poll, member, 1)
            live.reveal_poll(poll=poll, facilitator=facilitator)
            live.close_poll(poll=poll, facilitator=facilitator)

    fill()
    rows = QuickPoll.objects.filter(session=session)
    with django_assert_num_queries(10):
        assert len(poll_results.polls(rows, viewer=member)) == 4
    fill()
    with django_assert_num_queries(10):
        assert len(poll_results.polls(rows, viewer=member)) == 8


def test_events_hold_ids_and_counts_and_never_words(opened, member, moderator):
    say(opened(Kind.WORDS), member, "準時")
    moderation.hide(target=PollWord.objects.get(), moderator=moderator, reason="spam")
    for event in Event.objects.all():
        assert all(isinstance(value, int) for value in event.data.values()), event.type


def test_the_wall_follows_the_last_cue(session, opened, facilitator):
    def stage():
        return stages.on_the_wall(rooms.read(session))

    first, second = opened(Kind.SINGLE), opened(Kind.SCALE)
    assert stage().poll == second
    live.reveal_poll(poll=first, facilitator=facilitator)
    assert stage().poll == first
    live.close_poll(poll=second, facilitator=facilitator)
    live.conceal_poll(poll=first, facilitator=facilitator)
    assert stage().poll == first
    live.close_poll(poll=first, facilitator=facilitator)
    assert stage() is None


def test_somebody_without_the_floor_answers_and_their_words_wait(session, opened, facilitator, member):
    live.silence(session=session, member=member, facilitator=facilitator, reason="insult")
    assert choose(opened(Kind.SINGLE), member, 0).total == 1
    assert say(opened(Kind.WORDS), member, "準時").held == 1
