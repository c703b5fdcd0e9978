"""A discussion page presents a space; whatever happens to the page, words and votes stay."""

import pytest
from django.apps import apps
from django.urls import reverse
from wagtail.models import Locale

from cms.links import SpaceLink
from cms.models import SpaceIndexPage, SpacePage
from discussions import proposals, signatures, spaces, voting
from discussions.forms import new_client_id
from discussions.models import Event, Phase, Space
from tests import factories
from tests.cms import pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, site, communicator):
    """A communicator in front of the admin."""
    client.force_login(communicator)
    return client


def state_of(space):
    """Everything the civic domain holds: what a page could spoil, the space itself included."""
    models = apps.get_app_config("discussions").get_models()
    held = {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}
    for person in held["discussions.Member"]:
        del person["last_login"]
    return held


def test_publishing_a_new_page_opens_its_discussion(desk):
    page, space = pages.published_space_page(desk)
    assert (space.slug, space.title, space.question, space.phase) == (
        "bus",
        "公車改點",
        "公車班次應該怎麼改？",
        Phase.OPEN,
    )
    assert space.corpus.key == "bus"
    assert page.url == "/p/bus/"


def test_a_saved_draft_is_shown_to_nobody(desk, client):
    pages.add_space_page(desk, phase="open")
    space = Space.objects.get(slug="bus")
    assert space.phase == Phase.DRAFT
    client.logout()
    assert client.get("/p/bus/").status_code == 404


def test_saving_a_draft_does_not_change_a_public_discussion(desk):
    page, space = pages.published_space_page(desk)
    before = state_of(space)
    pages.edit_space_page(desk, page, title="別的題目", question="別的問題？", phase="voting")
    assert state_of(space) == before


def test_publishing_again_changes_the_discussion_and_writes_it_down(desk):
    page, space = pages.published_space_page(desk)
    pages.edit_space_page(desk, page, phase="voting", question="新的問法？", **{"action-publish": "1"})
    space.refresh_from_db()
    assert (space.phase, space.question) == (Phase.VOTING, "新的問法？")
    assert Event.objects.filter(space=space, type="space.changed").count() == 2


def test_a_page_scheduled_for_later_does_not_open_its_discussion_today(desk):
    pages.add_space_page(desk, phase="open", go_live_at="2099-01-01 09:00", **{"action-publish": "1"})
    page = SpacePage.objects.get(slug="bus")
    assert not page.live and page.space.phase == Phase.DRAFT


def test_dates_in_the_wrong_order_are_refused(desk):
    page, space = pages.published_space_page(desk)
    before = state_of(space)
    response = pages.edit_space_page(
        desk, page, opens_at="2026-12-10 09:00", voting_at="2026-12-01 09:00", **{"action-publish": "1"}
    )
    assert response.status_code == 200 and response.context["form"].errors["voting_at"]
    assert state_of(space) == before


def test_an_editor_who_may_not_publish_does_not_touch_the_discussion(desk, client):
    from django.contrib.auth.models import Group, Permission
    from wagtail.models import GroupPagePermission

    page, space = pages.published_space_page(desk)
    helper = factories.make_member()
    group = Group.objects.create(name="Helpers")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page=page.get_parent(), permission=permission)
    helper.groups.add(group)
    client.force_login(helper)
    before = state_of(space)
    response = pages.edit_space_page(client, page, phase="archived", question="改掉", **{"action-publish": "1"})
    assert response.status_code == 302
    assert state_of(space) == before


def test_a_second_page_with_the_same_slug_elsewhere_gets_an_address_of_its_own(desk):
    factories.make_space(slug="bus")
    _page, space = pages.published_space_page(desk)
    assert space.slug == "bus-2"


def test_copy_revert_unpublish_and_delete_leave_the_space_alone(desk, communicator, member, neighbour):
    page, space = pages.published_space_page(desk)
    space = spaces.offer(space=space, editor=communicator, instrument="proposals", threshold=2)
    factories.say(space, member, "末班車太早了")
    voting.cast(statement=factories.propose(space, member, "班次要更密"), member=neighbour, value=1)
    proposal = proposals.save(
        space=space, author=member, title="延後末班車", text="讓大夜班的人回得了家。", client_id=new_client_id()
    )
    proposal = proposals.publish(proposal=proposal, author=member)
    signatures.sign(proposal=proposal, member=neighbour)
    before = state_of(space)
    for noun in ("Comment", "Statement", "Vote", "Proposal", "Signature", "AnswerClock"):
        assert before[f"discussions.{noun}"], noun

    copy = page.copy(update_attrs={"slug": "bus-copy", "title": "副本"}, copy_revisions=True)
    assert copy.specific.space is None
    assert SpaceLink.objects.filter(space=space).count() == 1

    first = page.revisions.order_by("pk").first()
    page.title = "改過的題目"
    page.save_revision().publish()
    first.publish()
    page = SpacePage.objects.get(pk=page.pk)
    assert page.space == space

    page.unpublish()
    assert state_of(space) == before

    page.delete()
    assert not SpaceLink.objects.exists()
    assert state_of(space) == before
    assert desk.get("/p/bus/").status_code == 200


def test_a_copy_gets_a_discussion_of_its_own_when_it_is_saved(desk):
    page, space = pages.published_space_page(desk)
    copy = page.copy(update_attrs={"slug": "night-bus"}, keep_live=False).specific
    pages.edit_space_page(desk, copy, title="夜間公車", slug="night-bus")
    copy = SpacePage.objects.get(pk=copy.pk)
    assert copy.space != space and copy.space.slug == "night-bus" and copy.space.phase == Phase.DRAFT


def test_two_languages_share_one_discussion(desk):
    page, space = pages.published_space_page(desk)
    english = Locale.objects.get(language_code="en")
    response = desk.post(
        reverse("simple_translation:submit_page_translation", args=[page.pk]), {"locales": [english.pk]}
    )
    assert response.status_code == 302
    translated = SpacePage.objects.get(locale=english)
    assert translated.space == space
    pages.edit_space_page(
        desk,
        translated,
        title="Bus timetable",
        question="How should buses run?",
        phase="open",
        **{"action-publish": "1"},
    )
    space.refresh_from_db()
    assert (space.title, space.title_en, space.question_en) == ("公車改點", "Bus timetable", "How should buses run?")
    assert SpacePage.objects.get(pk=translated.pk).url == "/en/p/bus/"
    translated.delete()
    assert SpacePage.objects.get(pk=page.pk).space == space


def test_the_page_leads_to_the_discussion(desk):
    page, _space = pages.published_space_page(desk)
    response = desk.get("/spaces/bus/")
    assert response.status_code == 302 and response["Location"] == "/p/bus/"


def test_what_editors_wrote_stands_above_the_discussion(desk):
    page, _space = pages.published_space_page(desk)
    page.body = [("heading", "為什麼要改"), ("paragraph", "<p>乘客變少了。</p>")]
    page.save_revision().publish()
    text = desk.get("/p/bus/").content.decode()
    assert "為什麼要改" in text and "乘客變少了" in text


def test_an_unpublished_page_is_not_shown_and_the_discussion_goes_on(desk):
    page, _space = pages.published_space_page(desk)
    page.body = [("heading", "為什麼要改")]
    page.save_revision().publish()
    SpacePage.objects.get(pk=page.pk).unpublish()
    response = desk.get("/p/bus/")
    assert response.status_code == 200 and "為什麼要改" not in response.content.decode()


def test_the_editor_sees_a_preview_without_leaving_the_form(desk):
    page, _space = pages.published_space_page(desk)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    data = pages.form_of_space_page(
        **{
            "body-count": "1",
            "body-0-deleted": "",
            "body-0-order": "0",
            "body-0-type": "heading",
            "body-0-value": "草稿標題",
        }
    )
    assert desk.post(address, data).json()["is_valid"]
    preview = desk.get(address)
    assert "草稿標題" in preview.content.decode()
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in desk.get("/p/bus/")["Content-Security-Policy"]


def test_the_preview_shows_the_question_and_the_dates_of_the_chosen_process(desk):
    index = SpaceIndexPage.objects.get(locale=Locale.get_default())
    address = reverse("wagtailadmin_pages:preview_on_add", args=["cms", "spacepage", index.pk])
    data = pages.form_of_space_page(question="圖書館要開到幾點？", process="agency", starts_on="2027-03-01")
    assert desk.post(address, data).json()["is_valid"]
    preview = desk.get(address).content.decode()
    assert "圖書館要開到幾點？" in preview and "2027年3月1日" in preview
    assert not Space.objects.exists()


def test_the_text_of_editors_costs_no_query_of_its_own_beyond_one(desk, client):
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page, _space = pages.published_space_page(desk)
    page.body = [("heading", "為什麼要改")]
    page.save_revision().publish()
    client.logout()

    def queries():
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/p/bus/").status_code == 200
        return len(seen)

    queries()
    with_text = queries()
    SpacePage.objects.get(pk=page.pk).delete()
    assert with_text <= queries() + 1


def test_copying_and_deleting_in_the_admin_touches_nothing_of_the_citizens(desk, client, space_with_words):
    page, space = space_with_words
    before, links = state_of(space), SpaceLink.objects.count()
    copied = desk.post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {
            "new_title": "副本",
            "new_slug": "bus-copy",
            "new_parent_page": page.get_parent().pk,
            "publish_copies": "on",
            "alias": "on",
        },
    )
    assert copied.status_code == 302 and SpacePage.objects.get(slug="bus-copy").alias_of_id == page.pk
    assert state_of(space) == before and SpaceLink.objects.filter(space=space).count() == links
    desk.get("/spaces/bus-copy/")
    assert desk.get("/p/bus/").status_code == 200

    # The original goes, and even the list above both of them.
    above = page.get_parent()
    assert desk.post(reverse("wagtailadmin_pages:delete", args=[page.pk])).status_code == 302
    assert not SpacePage.objects.filter(pk=page.pk).exists() and state_of(space) == before
    above.delete()
    assert not SpacePage.objects.exists() and state_of(space) == before
    client.logout()
    shown = client.get("/p/bus/").content.decode()
    assert "末班車太早了" in shown


@pytest.fixture
def space_with_words(desk, member, neighbour):
    """A published discussion in which people have spoken and voted."""
    page, space = pages.published_space_page(desk)
    factories.say(space, member, "末班車太早了")
    voting.cast(statement=factories.propose(space, member, "班次要更密"), member=neighbour, value=1)
    return page, space
