"""The desk of a discussion: the questions that wait for an answer, and what people agree with most."""

import pytest
from django.urls import reverse

from cms.instruments import comments as desk
from discussions import counting, moderation
from tests.discussions.test_threads import fill
from tests.factories import make_space, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(space):
    return reverse("comments_desk", args=[space.slug])


def test_unanswered_questions_stand_first_and_leave_when_somebody_replies(
    client, site, communicator, space, member, neighbour, address
):
    question = say(space, member, "末班車到底幾點？", kind="question")
    say(space, member, "普通的意見")
    counting.catch_up()
    client.force_login(communicator)
    page = client.get(address).content.decode()
    assert "末班車到底幾點？" in page and "普通的意見" not in page and desk.waiting(space) == 1
    say(space, neighbour, "十一點半。", parent_id=question.pk)
    counting.catch_up()
    assert "末班車到底幾點？" not in client.get(address).content.decode() and desk.waiting(space) == 0
    assert "普通的意見" in client.get(address, {"sort": "new"}).content.decode()


def test_officers_find_the_way_to_answer(client, site, officer, space, member, address):
    question = say(space, member, "經費從哪裡來？", kind="question")
    client.force_login(officer)
    page = client.get(address).content.decode()
    assert reverse("discussions:answer_comment", args=[space.slug, question.pk]) in page


def test_citizens_and_moderators_without_the_role_are_turned_away(client, site, member, moderator, address):
    for person in (member, moderator):
        client.force_login(person)
        assert client.get(address).status_code in (302, 403)


def test_hidden_words_are_not_read_here(client, site, communicator, moderator, space, member, address):
    comment = say(space, member, "這句會被隱藏")
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    client.force_login(communicator)
    assert "這句會被隱藏" not in client.get(address, {"sort": "new"}).content.decode()


def test_a_space_that_does_not_exist_and_an_order_that_does_not(client, site, communicator, space, address):
    client.force_login(communicator)
    assert client.get(address, {"sort": "'; DROP", "before": "nonsense"}).status_code == 200
    assert client.get(reverse("comments_desk", args=["no-such-space"])).status_code == 404


def test_the_desk_costs_the_same_for_many_comments(client, site, communicator, member, django_assert_max_num_queries):
    space = make_space()
    fill(space, member, roots=300, replies=2)
    client.force_login(communicator)
    address = reverse("comments_desk", args=[space.slug])
    client.get(address, {"sort": "new"})
    with django_assert_max_num_queries(25):
        page = client.get(address, {"sort": "new"}).content.decode()
    assert "before=" in page
