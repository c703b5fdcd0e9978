"""The desk of the discussions: communicators see where each stands, move it, date it, and set what it offers."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from cms import terms
from cms.instruments import spaces as desk
from discussions.errors import CivicError
from discussions.models import Event, Phase, Space
from tests import factories
from tests.cms import pages

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def office(client, site, communicator):
    """A communicator in front of the admin."""
    client.force_login(communicator)
    return client


def post(client, name, space, **data):
    return client.post(reverse(name, args=[space.slug]), data)


def filled(space, **changes) -> dict:
    """What the browser sends for the form of instruments."""
    values = {name: value for name, value in terms.initial(space).items() if value is not False}
    return {**values, **changes}


def test_the_menu_leads_to_the_list_and_the_list_to_each_discussion(office, space):
    assert reverse("space_desks") in office.get(reverse("wagtailadmin_home")).content.decode()
    text = office.get(reverse("space_desks")).content.decode()
    assert space.title in text and reverse("space_desk", args=[space.slug]) in text


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_the_desk_speaks_both_languages_and_names_every_way_to_take_part(office, space, language):
    office.cookies["django_language"] = language
    response = office.get(reverse("space_desk", args=[space.slug]), HTTP_ACCEPT_LANGUAGE=language)
    assert response.status_code == 200
    assert response.content.decode().count("<fieldset") >= 7


def test_the_list_costs_the_same_however_many_there_are_and_is_read_in_stretches(office, space, monkeypatch):
    def queries(address):
        with CaptureQueriesContext(connection) as seen:
            assert office.get(address).status_code == 200
        return len(seen)

    address = reverse("space_desks")
    queries(address)
    few = queries(address)
    for number in range(12):
        factories.make_space(title=f"題目{number}", agency=space.agency)
    assert queries(address) == few
    monkeypatch.setattr(desk, "STRETCH", 5)
    text = office.get(address).content.decode()
    assert "題目11" in text and "題目6" not in text
    cursor = Space.objects.get(title="題目7").pk
    assert f"?before={cursor}" in text and "題目6" in office.get(f"{address}?before={cursor}").content.decode()
    assert office.get(f"{address}?before=99999999999999999999x").status_code == 200


def test_a_communicator_moves_a_discussion(office, space):
    assert post(office, "space_move", space, phase="voting", seen="open").status_code == 302
    assert Space.objects.get(pk=space.pk).phase == Phase.VOTING


def test_two_communicators_with_the_same_page_open_do_not_undo_each_other(office, space):
    post(office, "space_move", space, phase="review", seen="open")
    response = office.post(reverse("space_move", args=[space.slug]), {"phase": "voting", "seen": "open"}, follow=True)
    assert Space.objects.get(pk=space.pk).phase == Phase.REVIEW
    assert any("meanwhile" in str(one) or "期間" in str(one) for one in response.context["messages"])


def test_dates_are_set_and_wrong_ones_are_named(office, space):
    tomorrow = timezone.localtime(timezone.now() + DAY).replace(second=0, microsecond=0)
    good = {"voting_at": tomorrow.strftime("%Y-%m-%d %H:%M")}
    assert post(office, "space_schedule", space, **good).status_code == 302
    assert Space.objects.get(pk=space.pk).voting_at == tomorrow
    wrong = {**good, "review_at": (tomorrow - DAY).strftime("%Y-%m-%d %H:%M")}
    response = post(office, "space_schedule", space, **wrong)
    assert response.status_code == 422 and response.context["dates_form"].errors["review_at"]
    assert Space.objects.get(pk=space.pk).review_at is None


def test_ways_to_take_part_are_turned_on_with_their_terms(office, space):
    data = filled(space, offers_proposals="on", proposals_threshold="300", proposals_days="", comments_level="20")
    assert post(office, "space_offer", space, **data).status_code == 302
    found = Space.objects.get(pk=space.pk).instruments
    assert found["proposals"] == {"threshold": 300} and found["comments"] == {"level": 20}
    response = post(office, "space_offer", space, **{**data, "proposals_threshold": "0"})
    assert response.status_code == 422 and response.context["terms_form"].errors["proposals_threshold"]
    del data["offers_statements"]
    post(office, "space_offer", space, **data)
    assert "statements" not in Space.objects.get(pk=space.pk).instruments


def test_a_usual_process_fills_in_dates_and_instruments(office, space):
    first = (timezone.localdate() + DAY).isoformat()
    assert post(office, "space_start", space, process="notice", starts_on=first).status_code == 302
    found = Space.objects.get(pk=space.pk)
    assert set(found.instruments) == {"texts", "comments"}
    assert (found.review_at - found.text_at).days == 60
    assert post(office, "space_start", space, process="magic", starts_on=first).status_code == 422


@pytest.mark.parametrize("role", ["Moderators", "Officers", "Planners", ""])
def test_nobody_else_sees_or_changes_anything_there(client, site, space, role):
    client.force_login(factories.make_member(role=role))
    seen = Event.objects.filter(space=space).count()
    assert client.get(reverse("space_desks")).status_code in (302, 403)
    assert client.get(reverse("space_desk", args=[space.slug])).status_code in (302, 403)
    for name, data in (("space_move", {"phase": "archived", "seen": "open"}), ("space_offer", filled(space))):
        assert post(client, name, space, **data).status_code in (302, 403)
    assert Event.objects.filter(space=space).count() == seen
    assert Space.objects.get(pk=space.pk).phase == Phase.OPEN


def test_a_discussion_that_is_not_there_is_not_found(office):
    assert office.get(reverse("space_desk", args=["nowhere"])).status_code == 404


def test_a_new_page_with_a_process_has_its_dates_and_instruments(office):
    pages.add_space_page(office, phase="draft", process="proposals", starts_on="2099-03-01", **{"action-publish": "1"})
    space = Space.objects.get(slug="bus")
    assert space.phase == Phase.DRAFT and set(space.instruments) == {"proposals", "comments"}
    assert timezone.localtime(space.opens_at).isoformat()[:16] == "2099-03-01T00:00"
    assert space.phase_at(space.opens_at) == Phase.OPEN


def test_a_date_typed_beside_a_process_is_kept(office):
    pages.add_space_page(
        office, phase="draft", process="proposals", starts_on="2099-03-01", opens_at="2099-03-02 08:00"
    )
    space = Space.objects.get(slug="bus")
    assert timezone.localtime(space.opens_at).isoformat()[:16] == "2099-03-02T08:00"


def test_the_page_form_shows_and_sets_what_is_offered(office):
    page, space = pages.published_space_page(office)
    text = office.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    for name in ("process", "starts_on", "archive_at", "offers_budgets", "proposals_threshold", "holds_first_posts"):
        assert f'name="{name}"' in text
    assert 'name="phase-seen" value="open"' in text
    pages.edit_space_page(
        office, page, offers_proposals="on", proposals_threshold="80", holds_first_posts="on", **{"action-publish": "1"}
    )
    space.refresh_from_db()
    assert space.instruments["proposals"] == {"threshold": 80} and space.holds_first_posts


def test_an_edit_form_that_lay_open_over_a_change_of_phase_does_not_undo_it(office):
    page, space = pages.published_space_page(office)
    Space.objects.filter(pk=space.pk).update(phase=Phase.VOTING)
    pages.edit_space_page(office, page, phase="open", **{"phase-seen": "open", "action-publish": "1"})
    assert Space.objects.get(pk=space.pk).phase == Phase.VOTING


def test_a_page_scheduled_for_later_opens_its_discussion_with_it(office):
    pages.add_space_page(office, phase="open", go_live_at="2099-01-01 09:00", **{"action-publish": "1"})
    space = Space.objects.get(slug="bus")
    assert timezone.localtime(space.opens_at).isoformat()[:16] == "2099-01-01T09:00"
    assert space.phase_now == Phase.DRAFT and space.phase_at(space.opens_at) == Phase.OPEN


def test_no_date_opens_a_discussion_before_its_page_is_out(office):
    pages.add_space_page(
        office, phase="draft", opens_at="2026-01-01 09:00", go_live_at="2099-01-01 09:00", **{"action-publish": "1"}
    )
    space = Space.objects.get(slug="bus")
    assert space.phase_now == Phase.DRAFT
    assert timezone.localtime(space.opens_at).isoformat()[:16] == "2099-01-01T09:00"


def test_answered_cannot_be_chosen_on_the_page_while_nobody_has_answered(office):
    page, space = pages.published_space_page(office)
    response = pages.edit_space_page(office, page, phase="answered", **{"action-publish": "1"})
    assert response.status_code == 200 and response.context["form"].errors["phase"]
    assert Space.objects.get(pk=space.pk).phase == Phase.OPEN


def test_the_desk_leads_to_everything_a_communicator_looks_after(office, space):
    text = office.get(reverse("space_desk", args=[space.slug])).content.decode()
    for name in ("space_webhooks", "moderation_desk", "discussions:embed_code"):
        address = reverse(name, args=[space.slug])
        assert f'href="{address}"' in text and office.get(address).status_code == 200
    assert reverse("discussions:make_paper", args=[space.slug]) in text


def test_every_desk_leads_back_to_that_of_its_discussion(office, space):
    back = f'href="{reverse("space_desk", args=[space.slug])}"'
    for name in ("survey_desk", "budget_desk", "texts_desk", "statements_desk", "proposal_desk", "answers_desk"):
        assert back in office.get(reverse(name, args=[space.slug])).content.decode(), name


def test_a_discussion_is_added_from_the_list_and_its_page_leads_to_its_desk(office):
    text = office.get(reverse("space_desks")).content.decode()
    index = pages.space_index()
    add = reverse("wagtailadmin_pages:add", args=["cms", "spacepage", index.pk])
    assert f'href="{add}"' in text and office.get(add).status_code == 200
    page, space = pages.published_space_page(office)
    editor = office.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert reverse("space_desk", args=[space.slug]) in editor


def test_what_was_typed_is_still_there_when_the_action_refuses(office, space, monkeypatch):
    def refuse(**_given):
        raise CivicError("現在不行", code="not_now")

    monkeypatch.setattr(desk.spaces, "arrange", refuse)
    response = post(office, "space_schedule", space, review_at="2031-05-01 10:00")
    assert response.status_code == 422 and "2031-05-01 10:00" in response.content.decode()
    assert "現在不行" in response.content.decode()


def test_the_panels_beside_the_editor_speak_the_language_of_its_pages(office):
    page, _space = pages.published_space_page(office)
    parent = page.get_parent()
    written = {
        "new": office.get(reverse("wagtailadmin_pages:add", args=["cms", "spacepage", parent.pk])),
        "there": office.get(reverse("wagtailadmin_pages:edit", args=[page.pk])),
    }
    said = {key: answer.content.decode() for key, answer in written.items()}
    assert "尚未存檔" in said["new"] and "都能改這份" in said["there"]
    for sentence in ("To be created by", "Anyone can edit", "Choose who can view", "Go-live", "Saving will overwrite"):
        assert not [key for key, words in said.items() if sentence in words], sentence


def test_the_scripts_of_the_admin_speak_the_language_of_its_pages(office, communicator):
    def words():
        page = office.get(reverse("space_desks")).content.decode()
        found = re.search(r'<script id="admin-words" type="application/json">(.*?)</script>', page)
        assert page.index("cms/admin_words.js") < page.index("jsi18n")
        return json.loads(found[1])

    assert words()["Collapse all"] == "全部收合" and words()["%(num)s error"] == ["%(num)s 個錯誤"]
    assert all(re.search("[一-鿿]", str(said)) for said in words().values())
    UserProfile.objects.update_or_create(user=communicator, defaults={"preferred_language": "en"})
    assert words() == {}
