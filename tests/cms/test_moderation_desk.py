"""The desk of moderation: what waits in one discussion, and whether first contributions wait."""

import pytest
from django.urls import reverse

from cms.instruments import moderation as desk
from discussions import moderation
from tests.factories import make_member, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(space):
    return reverse("moderation_desk", args=[space.slug])


@pytest.mark.parametrize("reader", ["moderator", "communicator"])
def test_moderators_and_communicators_see_what_waits(client, site, request, space, member, neighbour, address, reader):
    moderation.report(target=say(space, member, "有人檢舉的話"), reporter=neighbour, reason="insult")
    client.force_login(request.getfixturevalue(reader))
    page = client.get(address).content.decode()
    assert reverse("discussions:moderation_reasons", args=[space.slug]) in page and "有人檢舉的話" not in page
    assert desk.waiting(space) == 1


def test_a_communicator_lets_first_contributions_wait(client, site, communicator, space, address):
    client.force_login(communicator)
    client.post(address, {"holds_first_posts": "on"})
    space.refresh_from_db()
    assert space.holds_first_posts
    assert say(space, make_member(), "第一次來，想說人行道太窄").state == "held"
    client.post(address, {})
    space.refresh_from_db()
    assert not space.holds_first_posts


def test_others_do_neither(client, site, planner, moderator, space, address):
    client.force_login(planner)
    assert client.get(address).status_code == 403
    client.force_login(moderator)
    assert client.post(address, {"holds_first_posts": "on"}).status_code == 403
    space.refresh_from_db()
    assert not space.holds_first_posts
