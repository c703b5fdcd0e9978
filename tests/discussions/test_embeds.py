"""The ballot on somebody else's page: no cookie of ours is at hand, and the voter is remembered all the same."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from discussions import embeds, guests
from discussions.models import Channel, Level, Member, Vote
from tests.factories import make_space, propose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture
def open_house(agency):
    return make_space(agency=agency, instruments={"statements": {"level": 0}})


@pytest.fixture
def statement(open_house, member):
    open_house.instruments["statements"]["level"] = 0
    return propose(open_house, member, "深夜要有公車")


def visit(space, given=""):
    """A page load in a frame: a browser that brings no cookies along."""
    address = reverse("discussions:embed", args=[space.slug])
    page = Client(enforce_csrf_checks=True).get(address, {"voter": given} if given else {})
    return page, re.search(r'data-voter="([^"]+)"', page.content.decode())[1]


def vote(space, statement, given, value="1"):
    address = reverse("discussions:embed_vote", args=[space.slug, statement.pk])
    return Client(enforce_csrf_checks=True).post(f"{address}?voter={given}", {"value": value})


def test_a_visitor_of_another_site_votes_and_is_remembered_without_cookies(open_house, statement):
    page, given = visit(open_house)
    assert "深夜要有公車" in page.content.decode() and not page.cookies
    assert vote(open_house, statement, given).status_code == 302
    assert vote(open_house, statement, given, "-1").status_code == 302
    cast = Vote.objects.get()
    assert cast.value == -1 and cast.channel == Channel.EMBED and cast.level == Level.GUEST
    again, same = visit(open_house, given)
    assert same == given and "深夜要有公車" not in again.content.decode()


def test_looking_makes_nobody(open_house, statement):
    for _ in range(3):
        visit(open_house)
    assert Member.objects.filter(level=Level.GUEST).count() == 0


@pytest.mark.parametrize("given", ["", "made-up", "abc:def:ghi"])
def test_without_a_pass_of_ours_no_vote_counts(open_house, statement, given):
    assert vote(open_house, statement, given).status_code == 403
    assert not Vote.objects.exists()


def test_a_pass_opens_the_ballot_of_its_own_space_only(open_house, statement, agency, member):
    other = make_space(agency=agency, instruments={"statements": {"level": 0}})
    _page, given = visit(other)
    assert vote(open_house, statement, given).status_code == 403
    assert embeds.voter(other, given) and not embeds.voter(open_house, given)


def test_where_an_account_is_needed_the_frame_leads_to_the_page(space, member):
    statement = propose(space, member, "票價要降")
    page, given = visit(space)
    assert space.get_absolute_url() in page.content.decode() and "<form" not in page.content.decode()
    assert vote(space, statement, given).status_code == 400
    assert not Vote.objects.exists()


def test_one_address_does_not_make_voters_without_end(open_house, statement, monkeypatch):
    monkeypatch.setattr(guests, "PER_HOUR", 2)
    answers = [vote(open_house, statement, visit(open_house)[1]).status_code for _ in range(3)]
    statement.refresh_from_db()
    assert answers == [302, 302, 429] and statement.total == 2


def test_other_sites_may_frame_the_ballot_and_no_other_page(open_house, statement):
    framed, _given = visit(open_house)
    assert "frame-ancestors *" in framed["Content-Security-Policy"] and "X-Frame-Options" not in framed
    plain = Client().get(reverse("discussions:statements", args=[open_house.slug]))
    assert "frame-ancestors 'none'" in plain["Content-Security-Policy"] and plain["X-Frame-Options"] == "DENY"


def test_a_vote_is_taken_back_with_its_pass(open_house, statement):
    _page, given = visit(open_house)
    vote(open_house, statement, given)
    undo = reverse("discussions:embed_undo", args=[open_house.slug, statement.pk])
    assert Client().post(f"{undo}?voter={visit(open_house)[1]}").status_code == 302
    assert Vote.objects.count() == 1
    assert Client().post(f"{undo}?voter={given}").status_code == 302
    assert not Vote.objects.exists()


def test_whoever_wants_to_show_it_finds_the_lines_to_copy(client, open_house):
    page = client.get(reverse("discussions:embed_code", args=[open_house.slug])).content.decode()
    assert "&lt;iframe" in page and reverse("discussions:embed", args=[open_house.slug]) in page
