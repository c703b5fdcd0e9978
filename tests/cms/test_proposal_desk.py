"""The desk of proposals, as communicators, facilitators and moderators use it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.instruments import proposals as proposal_desk
from discussions.models import Event, Level, Proposal, Space
from nlp import similar
from tests.discussions.proposing import draft, proposing_space, published, signed
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def space(agency):
    return proposing_space(agency=agency)


@pytest.fixture
def desk(space):
    return reverse("proposal_desk", args=[space.slug])


def text_of(response) -> str:
    return response.content.decode()


def test_a_communicator_sees_how_many_signed_and_how_surely_they_are_known(client, site, communicator, space, desk):
    proposal = published(space, make_member())
    signed(proposal, 5, level=Level.EID)
    signed(proposal, 4, level=Level.ACCOUNT)
    draft(space, make_member(), "只有作者看得到的草稿")
    client.force_login(communicator)
    text = text_of(client.get(desk))
    assert proposal.title in text and "只有作者看得到的草稿" not in text
    assert f"{Level.EID.label} 5" in text and f"{Level.ACCOUNT.label} 5" in text
    assert proposal_desk.DESK.waiting(space) == 1


def test_a_few_who_are_known_more_surely_are_not_told_apart(client, site, communicator, space, desk):
    proposal = published(space, make_member())
    signed(proposal, 2, level=Level.EID)
    client.force_login(communicator)
    text = text_of(client.get(desk))
    assert proposal.title in text and f"{Level.EID.label} 2" not in text


@pytest.mark.parametrize("role", ["Facilitators", "Moderators"])
def test_who_keeps_the_room_may_look_and_ask_but_not_set_terms(client, site, roles, space, desk, role):
    client.force_login(make_member(role=role))
    assert client.get(desk).status_code == 200
    terms = {"threshold": 9, "days": 9, "level": 10}
    assert client.post(reverse("proposal_terms", args=[space.slug]), terms).status_code == 403


@pytest.mark.parametrize("role", ["Officers", "Planners"])
def test_others_have_no_business_here(client, site, roles, desk, role):
    client.force_login(make_member(role=role))
    assert client.get(desk).status_code == 403


def test_new_terms_count_from_now_on(client, site, communicator, space, desk):
    before = published(space, make_member())
    client.force_login(communicator)
    sent = {"threshold": 120, "days": 30, "level": int(Level.EMAIL)}
    assert client.post(reverse("proposal_terms", args=[space.slug]), sent).url == desk
    after = published(Space.objects.get(pk=space.pk), make_member(level=Level.EMAIL))
    before.refresh_from_db()
    assert (before.threshold, after.threshold) == (3, 120)
    assert Event.objects.filter(space=space, type="space.changed").exists()


@pytest.mark.parametrize("wrong", [{"threshold": 0}, {"days": 10**9}, {"level": 7}, {"threshold": "viele"}])
def test_terms_that_make_no_sense_come_back(client, site, communicator, space, wrong):
    client.force_login(communicator)
    sent = {"threshold": 120, "days": 30, "level": 10, **wrong}
    assert client.post(reverse("proposal_terms", args=[space.slug]), sent).status_code == 422
    assert Space.objects.get(pk=space.pk).instruments["proposals"]["threshold"] == 3


def test_what_might_belong_together_is_found_by_meaning(client, site, facilitator, space, monkeypatch):
    fewer = published(space, make_member(), "行人時段")
    more = published(space, make_member(), "禁止汽車")
    signed(more, 1)
    found = [("proposal", str(one.pk), 0.91) for one in (fewer, more)]
    monkeypatch.setattr(similar, "nearest", lambda *args, **named: found)
    client.force_login(facilitator)
    text = text_of(client.get(reverse("proposal_pairs", args=[space.slug])))
    asking = f"{reverse('discussions:merge_proposal', args=[space.slug, fewer.pk])}?into={more.pk}"
    assert asking in text and text.count("?into=") == 1
    assert more.title in text_of(client.get(asking))


def test_the_desk_costs_the_same_however_long_the_list(client, site, communicator, space, desk):
    client.force_login(communicator)
    published(space, make_member())
    client.get(desk)
    with CaptureQueriesContext(connection) as few:
        client.get(desk)
    for number in range(6):
        signed(published(space, make_member(), f"又一個提案{number}"), 1)
    with CaptureQueriesContext(connection) as many:
        client.get(desk)
    assert len(many) == len(few) and Proposal.objects.count() == 7
