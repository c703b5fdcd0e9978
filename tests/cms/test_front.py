"""The front door says what can be decided now, what was answered, what is new; setup makes it from nothing."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site

from cms import front, roles
from cms.models import HomePage
from discussions import replies, voting
from discussions.forms import new_client_id
from discussions.models import Phase
from tests import factories
from tests.cms import pages

pytestmark = pytest.mark.django_db


def fill(agency, member, neighbour, officer, number):
    """One open question with words, a vote and an answer."""
    space = factories.make_space(
        agency=agency, slug=f"q{number}", review_at=timezone.now() + timedelta(days=2, hours=1)
    )
    comment = factories.say(space, member, "末班車可以晚一點嗎")
    statement = factories.propose(space, member, "末班車延後到十二點")
    voting.cast(statement=statement, member=neighbour, value=1)
    replies.answer(space=space, officer=officer, text="我們會研究", client_id=new_client_id(), comment=comment)
    return space


def test_the_front_page_says_what_is_open_what_was_answered_and_what_is_new(
    client, site, agency, member, neighbour, officer
):
    fill(agency, member, neighbour, officer, 1)
    pages.info_page()
    text = client.get("/").content.decode()
    for words in ("公車班次應該怎麼改？", agency.name, "我們會研究", "公車站牌", 'role="search"'):
        assert words in text
    card = front.open_spaces(limit=6)[0]
    assert (card.people, card.posts, card.answered, card.soon) == (2, 2, False, True)


def test_the_front_page_costs_the_same_however_much_is_open(
    client, site, agency, member, neighbour, officer, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    fill(agency, member, neighbour, officer, 1)
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/")
    for number in range(2, 7):
        fill(agency, member, neighbour, officer, number)
    with django_assert_num_queries(len(one)):
        client.get("/")


def test_drafts_and_closed_questions_are_not_on_the_front_page(client, site):
    factories.make_space(phase=Phase.DRAFT, question="還沒公開？")
    factories.make_space(phase=Phase.ARCHIVED, question="已經結束？")
    text = client.get("/").content.decode()
    assert "還沒公開？" not in text and "已經結束？" not in text
    listed = client.get("/spaces/").content.decode()
    assert "還沒公開？" not in listed and "已經結束？" in listed


def test_the_list_of_discussions_is_read_by_phase_and_in_stretches(client, site, monkeypatch):
    monkeypatch.setattr(front, "STRETCH", 2)
    for number in range(3):
        factories.make_space(title=f"題目{number}")
    factories.make_space(title="結束的題目", phase=Phase.ARCHIVED)
    listing = front.spaces(phase="open")
    assert [card.space.title for card in listing.cards] == ["題目2", "題目1"]
    assert [card.space.title for card in front.spaces(phase="open", before=listing.older).cards] == ["題目0"]
    assert "結束的題目" not in client.get("/spaces/?phase=open").content.decode()
    assert client.get("/spaces/?phase=draft&before=x").status_code == 200


def test_a_new_site_has_its_pages_in_both_languages(client, site, settings):
    assert {page.locale.language_code for page in HomePage.objects.all()} == {"zh-hant", "en"}
    record = Site.objects.get(is_default_site=True)
    assert (record.hostname, record.port) == ("localhost", 8000)
    for address in ("/", "/en/", "/spaces/", "/en/spaces/", "/info/", "/en/info/"):
        assert client.get(address).status_code == 200, address


def test_setting_up_again_changes_nothing_an_editor_did(site):
    home = HomePage.objects.get(locale__language_code="zh-hant")
    home.title = "我們的家"
    home.save()
    before = set(Page.objects.values_list("pk", "title"))
    call_command("setup_site", verbosity=0)
    assert set(Page.objects.values_list("pk", "title")) == before


def test_each_kind_of_user_may_do_its_work_and_no_more(communicator, planner, facilitator, moderator, officer):
    may = {
        role: {permission for permission in wanted if person.has_perm(permission)}
        for role, person in (("c", communicator), ("p", planner), ("f", facilitator), ("m", moderator), ("o", officer))
        for wanted in [
            (
                "discussions.moderate",
                "discussions.facilitate",
                "discussions.answer",
                "discussions.read_opinion",
                "integrations.add_monitor",
            )
        ]
    }
    assert may == {
        "c": set(),
        "p": {"discussions.read_opinion", "integrations.add_monitor"},
        "f": {"discussions.moderate", "discussions.facilitate"},
        "m": {"discussions.moderate"},
        "o": {"discussions.answer", "discussions.read_opinion"},
    }


def test_roles_can_be_made_twice(roles):
    from cms import roles as cms_roles

    change = cms_roles.sync()
    assert not change.made and not change.missing
    assert Group.objects.filter(name__in=[role.name for role in cms_roles.ROLES]).count() == len(cms_roles.ROLES)


def test_moderators_do_not_inherit_what_wagtail_gives_a_group_of_that_name(site):
    group = Group.objects.get(name="Moderators")
    publish = Permission.objects.get(content_type__app_label="wagtailcore", codename="publish_page")
    GroupPagePermission.objects.create(group=group, page=Page.get_first_root_node(), permission=publish)
    add_image = Permission.objects.get(codename="add_image")
    GroupCollectionPermission.objects.create(
        group=group, collection=Collection.get_first_root_node(), permission=add_image
    )
    call_command("setup_site", verbosity=0)
    moderator = factories.make_member(role="Moderators")
    assert not HomePage.objects.first().permissions_for_user(moderator).can_publish()
    assert not GroupCollectionPermission.objects.filter(group=group).exists()
    assert moderator.has_perm("discussions.moderate")


def test_only_communicators_edit_pages(site, communicator, planner):
    home = HomePage.objects.get(locale__language_code="en")
    assert home.permissions_for_user(communicator).can_publish()
    assert not home.permissions_for_user(planner).can_edit()
    assert roles.shown_name("Planners") and roles.shown_name("自訂") == "自訂"


def test_what_takes_contributions_stands_above_what_is_over(db):
    for title, phase in (("開放中", Phase.OPEN), ("已答覆", Phase.ANSWERED), ("研議中", Phase.REVIEW)):
        factories.make_space(title=title, phase=phase)
    assert [card.space.title for card in front.spaces().cards] == ["開放中", "研議中", "已答覆"]
