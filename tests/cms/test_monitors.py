"""Planners watch outside sources from the admin; without a token a source says that it is off."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from discussions.models import Agency, LiveSession
from integrations.models import Monitor
from nlp.models import Opinion
from tests import factories

pytestmark = pytest.mark.django_db


def send_new(client, space, **changes):
    data = {
        "space": space.pk,
        "kind": "x",
        "label": "公車",
        "query": "公車 改點",
        "daily_cap": "100",
        "is_active": "on",
    }
    return client.post(reverse("monitor:add"), {**data, **changes})


def test_a_planner_makes_a_monitor_for_a_discussion(client, site, planner, space):
    client.force_login(planner)
    assert send_new(client, space).status_code == 302
    monitor = Monitor.objects.get()
    assert (monitor.corpus_id, monitor.created_by) == (space.corpus_id, planner.pk)
    assert "公車" in client.get(reverse("monitor:index")).content.decode()


def test_a_monitor_without_search_words_or_with_a_name_taken_is_refused(client, site, planner, space):
    client.force_login(planner)
    assert send_new(client, space, query=" ").status_code == 200
    send_new(client, space)
    assert send_new(client, space).status_code == 200
    assert Monitor.objects.count() == 1


def test_a_monitor_keeps_its_discussion(client, site, planner, space):
    client.force_login(planner)
    send_new(client, space)
    monitor = Monitor.objects.get()
    other = factories.make_space()
    data = {"space": other.pk, "kind": "file", "label": "公車二", "query": "公車", "daily_cap": "50"}
    assert client.post(reverse("monitor:edit", args=[monitor.pk]), data).status_code == 302
    monitor.refresh_from_db()
    assert (monitor.corpus_id, monitor.kind, monitor.label, monitor.is_active) == (
        space.corpus_id,
        "x",
        "公車二",
        False,
    )


def test_without_a_token_the_source_is_off_and_nothing_is_queued(client, site, planner, space, settings):
    settings.X_BEARER_TOKEN = ""
    client.force_login(planner)
    send_new(client, space)
    monitor = Monitor.objects.get()
    text = client.get(reverse("monitor_desk", args=[monitor.pk])).content.decode()
    assert "X_BEARER_TOKEN" in text
    response = client.post(reverse("monitor_fetch", args=[monitor.pk]), follow=True)
    assert "X_BEARER_TOKEN" in response.content.decode()
    assert not monitor.logs.exists()


def test_fetch_now_queues_one_fetch(client, site, planner, space, settings, django_capture_on_commit_callbacks):
    from django_tasks_db.models import DBTaskResult

    settings.X_BEARER_TOKEN = "a-token-for-tests"
    client.force_login(planner)
    send_new(client, space)
    monitor = Monitor.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("monitor_fetch", args=[monitor.pk]))
    queued = DBTaskResult.objects.filter(task_path="integrations.tasks.fetch_monitor")
    assert [task.args_kwargs["args"] for task in queued] == [[monitor.pk]]


def test_a_file_enters_the_discussion_under_its_own_label(client, site, planner, space):
    client.force_login(planner)
    send_new(client, space, kind="file", label="里民大會", query="")
    monitor = Monitor.objects.get()
    content = "內容,編號\n末班車太早了,1\n,2\n".encode("utf-8-sig")
    upload = SimpleUploadedFile("words.csv", content, content_type="text/csv")
    response = client.post(reverse("monitor_import", args=[monitor.pk]), {"file": upload}, follow=True)
    assert response.status_code == 200
    opinion = Opinion.objects.get()
    assert (opinion.text, opinion.channel, opinion.source) == ("末班車太早了", "里民大會", "file")
    assert monitor.logs.get().skipped == 1


def test_a_file_that_is_none_is_refused_with_its_reason(client, site, planner, space):
    client.force_login(planner)
    send_new(client, space, kind="file", label="里民大會", query="")
    monitor = Monitor.objects.get()
    address = reverse("monitor_import", args=[monitor.pk])
    response = client.post(address, {"file": SimpleUploadedFile("a.csv", b"PK\x03\x04")})
    assert response.status_code == 422 and response.context["form"].errors["file"]
    assert client.post(address, {}).status_code == 422
    assert not Opinion.objects.exists()


@pytest.mark.parametrize("role", ["Communicators", "Moderators", "Officers", ""])
def test_others_neither_see_nor_start_a_monitor(client, site, roles, space, role):
    monitor = Monitor.objects.create(corpus=space.corpus, kind="x", label="公車", query="公車")
    client.force_login(factories.make_member(role=role))
    for response in (
        client.get(reverse("monitor_desk", args=[monitor.pk])),
        client.post(reverse("monitor_fetch", args=[monitor.pk])),
        client.post(reverse("monitor_import", args=[monitor.pk])),
        client.get(reverse("monitor:add")),
    ):
        assert response.status_code in (302, 403)
    assert not monitor.logs.exists()


def test_a_communicator_adds_an_agency(client, site, communicator):
    client.force_login(communicator)
    data = {"name": "示範環保局", "name_en": "Sample Environment Bureau", "slug": "env", "data_licence": "cc-by-4"}
    assert client.post(reverse("agency:add"), data).status_code == 302
    assert Agency.objects.get(slug="env").name == "示範環保局"


def test_a_planner_cannot_add_an_agency(client, site, planner):
    client.force_login(planner)
    client.post(reverse("agency:add"), {"name": "某局", "slug": "x"})
    assert not Agency.objects.exists()


def test_a_facilitator_announces_a_session_and_leads_it_at_the_live_desk(client, site, facilitator, space):
    client.force_login(facilitator)
    data = {"space": space.pk, "title": "公車說明會", "starts_at": "2026-12-01 19:00"}
    assert client.post(reverse("livesession:add"), data).status_code == 302
    session = LiveSession.objects.get()
    assert session.title == "公車說明會" and session.space == space
    assert f"/live/{session.code}/desk/" in client.get(reverse("livesession:index")).content.decode()


def test_a_session_without_readable_title_is_refused(client, site, facilitator, space):
    client.force_login(facilitator)
    data = {"space": space.pk, "title": "😀😀", "starts_at": "2026-12-01 19:00"}
    assert client.post(reverse("livesession:add"), data).status_code == 200
    assert not LiveSession.objects.exists()


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        ("Planners", "opinion", "moderation"),
        ("Moderators", "moderation", "opinion"),
        ("Communicators", "explorer", "opinion"),
    ],
)
def test_each_finds_their_own_work_in_the_menu(client, site, roles, role, shown, hidden):
    client.force_login(factories.make_member(role=role))
    text = client.get(reverse("wagtailadmin_home")).content.decode()
    names = {"opinion": "/admin/opinion/", "moderation": "/moderation/", "explorer": "/admin/pages/"}
    assert names[shown] in text and names[hidden] not in text
