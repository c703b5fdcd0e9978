"""Reactions: one press, counted once, never for one's own words, and the counters are the rows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from discussions import comments, moderation, reactions
from discussions.errors import NotAllowed, NotFound, SignInNeeded
from discussions.models import Channel, Comment, Event, Level, Phase, Reaction
from tests.factories import make_member, make_space, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment(space, neighbour):
    return say(space, neighbour, "末班車太早")


def counters_are_rows():
    rows = Reaction.objects.values("comment", "kind").annotate(n=Count("pk")).order_by()
    counted = {(row["comment"], row["kind"]): row["n"] for row in rows}
    return all(
        getattr(comment, column) == counted.get((comment.pk, kind), 0)
        for comment in Comment.objects.all()
        for kind, column in reactions.COLUMNS.items()
    )


def test_agreeing_counts_once_however_often_it_is_pressed(comment, member):
    for _turn in range(3):
        reactions.give(comment=comment, member=member, kind="agree")
    comment.refresh_from_db()
    assert comment.n_agree == 1 and Reaction.objects.count() == 1 and counters_are_rows()


def test_a_reaction_says_how_surely_its_giver_is_known_and_by_which_door_it_came(comment):
    reactions.give(comment=comment, member=make_member(level=Level.PHONE), kind="thanks", channel=Channel.API)
    row = Reaction.objects.get()
    assert (row.level, row.channel) == (Level.PHONE, Channel.API)


def test_a_reaction_is_taken_back_once(comment, member):
    reactions.give(comment=comment, member=member, kind="agree")
    for _turn in range(2):
        reactions.take_back(comment=comment, member=member, kind="agree")
    comment.refresh_from_db()
    assert comment.n_agree == 0 and not Reaction.objects.exists()


def test_agreeing_and_doubting_take_each_others_place_and_thanks_stand_beside(comment, member):
    reactions.give(comment=comment, member=member, kind="thanks")
    reactions.give(comment=comment, member=member, kind="agree")
    fresh = reactions.give(comment=comment, member=member, kind="doubt")
    assert (fresh.n_agree, fresh.n_thanks, fresh.n_doubt) == (0, 1, 1) and counters_are_rows()


def test_ones_own_words_take_no_reaction(comment, neighbour):
    with pytest.raises(NotAllowed) as refusal:
        reactions.give(comment=comment, member=neighbour, kind="agree")
    assert refusal.value.code == "yours" and not Reaction.objects.exists()


def test_a_stranger_is_asked_to_sign_in(comment):
    with pytest.raises(SignInNeeded):
        reactions.give(comment=comment, member=AnonymousUser(), kind="agree")


def test_a_reaction_that_does_not_exist_is_refused(comment, member):
    with pytest.raises(NotFound):
        reactions.give(comment=comment, member=member, kind="angry")


def test_hidden_and_withdrawn_words_take_no_reaction(space, comment, member, neighbour, moderator):
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    with pytest.raises(NotAllowed):
        reactions.give(comment=comment, member=member, kind="agree")
    other = say(space, neighbour, "收回的話")
    comments.withdraw(comment=other, author=neighbour)
    with pytest.raises(NotAllowed):
        reactions.give(comment=other, member=member, kind="agree")
    assert not Reaction.objects.exists()


@pytest.mark.parametrize("phase", [Phase.REVIEW, Phase.ARCHIVED])
def test_a_closed_discussion_takes_no_reaction(neighbour, member, phase):
    space = make_space()
    comment = say(space, neighbour, "趁還開放時說的")
    space.phase = phase
    space.save()
    with pytest.raises(NotAllowed):
        reactions.give(comment=comment, member=member, kind="agree")


def test_the_database_itself_refuses_a_second_row_and_an_unknown_kind(comment, member):
    reactions.give(comment=comment, member=member, kind="agree")
    for kind in ("agree", "angry"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reaction.objects.create(comment=comment, member=member, kind=kind, made_at=timezone.now())


def test_reacting_appends_no_event_and_takes_no_lock_of_the_space(comment, member):
    before = Event.objects.count()
    reactions.give(comment=comment, member=member, kind="agree")
    assert Event.objects.count() == before


def test_counters_can_be_set_right_from_the_rows(comment, member):
    reactions.give(comment=comment, member=member, kind="agree")
    Comment.objects.update(n_agree=7, n_doubt=3)
    reactions.recount([comment.pk])
    assert counters_are_rows()


@pytest.mark.django_db(transaction=True)
def test_many_people_pressing_at_once_are_all_counted_once():
    comment = say(make_space(), make_member(), "大家同意嗎")
    people = [make_member() for _turn in range(8)]

    def press(number):
        try:
            for kind in ("agree", "agree", "doubt", "thanks", "agree"):
                reactions.give(comment=comment, member=people[number % 8], kind=kind)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(press, range(16)))
    comment.refresh_from_db()
    assert (comment.n_agree, comment.n_thanks, comment.n_doubt) == (8, 8, 0) and counters_are_rows()


def press(client, space, **fields):
    return client.post(reverse("discussions:react", args=[space.slug]), fields)


def test_pressing_on_the_page_leads_back_to_the_comment_and_is_shown_as_pressed(client, space, comment, member):
    client.force_login(member)
    response = client.post(
        reverse("discussions:react", args=[space.slug]),
        {"agree": comment.pk},
        headers={"Referer": f"http://testserver/p/{space.slug}/?sort=agreed"},
    )
    assert response["Location"] == f"http://testserver/p/{space.slug}/?sort=agreed#c{comment.pk}"
    page = client.get(space.get_absolute_url()).content.decode()
    assert f'name="agree" value="-{comment.pk}" aria-pressed="true"' in page
    press(client, space, agree=-comment.pk)
    assert (
        f'name="agree" value="{comment.pk}" aria-pressed="false"'
        in client.get(space.get_absolute_url()).content.decode()
    )


def test_the_way_back_is_never_to_another_site(client, space, comment, member):
    client.force_login(member)
    response = client.post(
        reverse("discussions:react", args=[space.slug]),
        {"agree": comment.pk},
        headers={"Referer": "https://elsewhere.example/trap"},
    )
    assert response["Location"] == comment.get_absolute_url()


def test_htmx_gets_the_buttons_with_their_counts(client, space, comment, member):
    client.force_login(member)
    response = client.post(
        reverse("discussions:react", args=[space.slug]), {"thanks": comment.pk}, headers={"HX-Request": "true"}
    )
    page = response.content.decode()
    assert "<html" not in page and f'hx-swap-oob="outerHTML:#c{comment.pk} > .comment .reactions"' in page
    assert f'name="thanks" value="-{comment.pk}" aria-pressed="true"' in page and "<b>1</b>" in page


@pytest.mark.parametrize("fields", [{}, {"agree": "x"}, {"agree": "9" * 40}, {"angry": "1"}, {"agree": "1"}])
def test_a_press_that_is_none_is_refused_and_not_a_crash(client, space, comment, member, fields):
    client.force_login(member)
    assert press(client, space, **fields).status_code == 404
    assert not Reaction.objects.exists()


def test_a_comment_of_another_space_cannot_be_reached(client, comment, member):
    client.force_login(member)
    assert press(client, make_space(), agree=comment.pk).status_code == 404


def test_a_stranger_pressing_is_asked_to_sign_in(client, space, comment):
    assert press(client, space, agree=comment.pk).status_code == 401 and not Reaction.objects.exists()


def test_own_comments_show_counts_and_no_buttons(client, space, comment, member, neighbour):
    reactions.give(comment=comment, member=member, kind="agree")
    client.force_login(neighbour)
    page = client.get(space.get_absolute_url()).content.decode()
    assert f'value="{comment.pk}" aria-pressed' not in page and "<b>1</b>" in page
