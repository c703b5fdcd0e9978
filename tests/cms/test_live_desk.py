"""The desk of live sessions: a facilitator announces one and writes its agenda; nobody else gets in."""

import pytest
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from discussions import live
from discussions.models import AgendaDocument, AgendaItem, LiveSession

pytestmark = pytest.mark.django_db

BEGINS, ENDS = "2027-03-01T19:00", "2027-03-01T21:00"


@pytest.fixture
def desk(client, space, facilitator):
    client.force_login(facilitator)
    return client


def announced(space, facilitator):
    begins = parse_datetime(f"{BEGINS}:00+08:00")
    return live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=begins)


def address(name, session, *more):
    return reverse(name, args=[session.space.slug, session.code, *more])


def test_a_facilitator_announces_a_session_and_writes_its_agenda(desk, space):
    form = {"title": "公車改點說明會", "starts_at": BEGINS, "ends_at": ENDS, "about": "", "video_url": ""}
    made = desk.post(reverse("live_create", args=[space.slug]), form)
    session = LiveSession.objects.get()
    assert made.url == address("live_plan", session)

    for title in ("開場", "提問"):
        desk.post(address("live_item_new", session), {"title": title, "speakers": "局長", "minutes": "10"})
    first, second = AgendaItem.objects.all()
    desk.post(address("live_item_move", session, second.pk), {"up": "1"})
    document = {"act": "document", "title": "時刻表", "url": "https://example.gov.tw/a.pdf"}
    desk.post(address("live_item", session, first.pk), document)

    page = desk.get(address("live_plan", session)).content.decode()
    assert page.index("提問") < page.index("開場")
    assert AgendaDocument.objects.get().item == first
    assert "公車改點說明會" in desk.get(reverse("live_sessions_desk", args=[space.slug])).content.decode()

    desk.post(address("live_document_remove", session, first.pk, AgendaDocument.objects.get().pk))
    desk.post(address("live_item_remove", session, first.pk))
    assert [item.title for item in AgendaItem.objects.all()] == ["提問"]
    assert not AgendaDocument.objects.exists()


def test_what_cannot_be_saved_comes_back_with_every_word(desk, space, facilitator):
    form = {
        "title": "說明會",
        "starts_at": ENDS,
        "ends_at": BEGINS,
        "about": "請來",
        "video_url": "https://example.org/v",
    }
    answer = desk.post(reverse("live_create", args=[space.slug]), form)
    assert answer.status_code == 422
    assert "https://example.org/v" in answer.content.decode()
    assert not LiveSession.objects.exists()

    session = announced(space, facilitator)
    answer = desk.post(address("live_item_new", session), {"title": "開場", "minutes": "9999"})
    assert answer.status_code == 422 and "開場" in answer.content.decode()


def test_the_desk_is_closed_to_members_and_knows_no_session_of_another_space(client, space, facilitator, member):
    session = announced(space, facilitator)
    client.force_login(member)
    assert client.get(address("live_plan", session)).status_code in {302, 403}
    client.force_login(facilitator)
    assert client.get(reverse("live_plan", args=["elsewhere", session.code])).status_code == 404


def test_the_list_in_the_admin_announces_and_changes_by_the_same_actions(desk, space, facilitator):
    type(facilitator).objects.filter(pk=facilitator.pk).update(is_superuser=True)
    form = {"space": space.pk, "title": "公車改點說明會", "starts_at": "2027-03-01 19:00", "about": "", "video_url": ""}
    desk.post("/admin/livesession/new/", form | {"ends_at": "2027-03-01 18:00"})
    assert not LiveSession.objects.exists()

    desk.post("/admin/livesession/new/", form | {"ends_at": "2027-03-01 21:00"})
    session = LiveSession.objects.get()
    desk.post(f"/admin/livesession/edit/{session.pk}/", form | {"ends_at": "", "title": "公車改點公聽會"})
    assert [row.title for row in LiveSession.objects.all()] == ["公車改點公聽會"]
