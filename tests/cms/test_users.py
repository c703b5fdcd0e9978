"""An administrator makes accounts and gives them their roles in the Wagtail admin."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowPage, WorkflowTask

from discussions.models import Member
from tests.factories import PASSWORD, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


@pytest.fixture
def administrator(client):
    client.force_login(Member.objects.create_superuser("chief@example.org", PASSWORD))
    return client


def test_an_administrator_makes_a_moderator(administrator):
    group = Group.objects.get(name="Moderators")
    assert administrator.get(reverse("wagtailusers_users:add")).status_code == 200
    response = administrator.post(
        reverse("wagtailusers_users:add"),
        {
            "email": "new.moderator@example.org",
            "display_name": "新版主",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "groups": [group.pk],
            "is_active": "on",
        },
    )
    assert response.status_code == 302, response.context["form"].errors
    made = Member.objects.get(email="new.moderator@example.org")
    assert made.display_name == "新版主" and made.has_perm("discussions.moderate")


def test_an_administrator_gives_an_officer_their_agency(administrator, agency):
    officer = make_member(name="承辦人", role="Officers")
    address = reverse("wagtailusers_users:edit", args=[officer.pk])
    assert administrator.get(address).status_code == 200
    response = administrator.post(
        address,
        {
            "email": officer.email,
            "display_name": "承辦人",
            "agency": agency.pk,
            "groups": [Group.objects.get(name="Officers").pk],
            "is_active": "on",
        },
    )
    assert response.status_code == 302, response.context["form"].errors
    officer.refresh_from_db()
    assert officer.agency == agency


def test_a_planner_cannot_make_accounts(client, planner):
    client.force_login(planner)
    assert client.get(reverse("wagtailusers_users:add")).status_code == 302
    assert client.post(reverse("wagtailusers_users:add"), {"email": "x@example.org"}).status_code == 302
    assert not Member.objects.filter(email="x@example.org").exists()


def test_an_address_that_is_taken_is_refused(administrator):
    make_member(email="taken@example.org")
    response = administrator.post(
        reverse("wagtailusers_users:add"),
        {"email": "taken@example.org", "display_name": "重複", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert response.status_code == 200
    assert Member.objects.filter(email="taken@example.org").count() == 1


def test_staff_keep_their_own_name_in_the_admin(client, planner):
    client.force_login(planner)
    page = client.get(reverse("wagtailadmin_account")).content.decode()
    assert "first_name" not in page and "name-display_name" in page
    settings = {
        "name-display_name": "規劃科",
        "locale-preferred_language": "en",
        "locale-current_time_zone": "Asia/Taipei",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
        "theme-keyboard_shortcuts": "on",
        "notifications-updated_comments_notifications": "on",
    }
    response = client.post(reverse("wagtailadmin_account"), settings)
    assert response.status_code == 302
    planner.refresh_from_db()
    assert planner.display_name == "規劃科"


@pytest.mark.parametrize("name", ["", "   ", "\u200b"])
def test_a_name_that_cannot_be_read_is_refused(client, planner, name):
    client.force_login(planner)
    before = planner.display_name
    assert client.post(reverse("wagtailadmin_account"), {"name-display_name": name}).status_code == 200
    planner.refresh_from_db()
    assert planner.display_name == before


@pytest.mark.parametrize("who", [["Moderators"], ["Moderators", "Communicators"]])
def test_pages_are_not_sent_to_those_who_judge_comments_unless_an_administrator_says_so(who):
    task = GroupApprovalTask.objects.create(name="Moderators approval")
    task.groups.set(Group.objects.filter(name__in=who))
    workflow = Workflow.objects.create(name="Moderators approval")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=Page.get_first_root_node())
    call_command("setup_site", verbosity=0)
    workflow.refresh_from_db()
    assert workflow.active == WorkflowPage.objects.exists() == (who != ["Moderators"])
