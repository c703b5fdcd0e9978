"""The planner's hand on the topics, through the forms of the desk."""

import pytest
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from nlp import reports
from nlp.models import Opinion, Topic, TopicEdit
from tests import factories
from tests.cms import opinions

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(space, monkeypatch):
    """Eight people about two things: topic 1 is the last bus, topic 2 the seats."""
    monkeypatch.setattr(reports, "model_notice", lambda: "")
    for place in range(8):
        factories.say(space, factories.make_member(), f"末班車太早了，第{place}個理由")
    run = opinions.analysed(space)
    Topic.objects.create(
        run=run, number=2, rank=2, label="座位", size_posts=3, size_people=3, share=0.4, centroid=b"", keywords=["座位"]
    )
    Topic.objects.create(
        run=run, number=5, parent_number=1, rank=3, label="夜班", size_posts=4, size_people=4, share=0.5, centroid=b""
    )
    keys = list(Opinion.objects.order_by("pk").values_list("pk", flat=True))
    Opinion.objects.filter(pk__in=keys[5:]).update(topic_number=2)
    Opinion.objects.filter(pk__in=keys[:4]).update(subtopic_number=5)
    type(space.corpus).objects.filter(pk=space.corpus_id).update(next_topic_number=6)
    DBTaskResult.objects.all().delete()
    return space


def said(client, space, kind, data, *, number=1):
    return client.post(reverse(f"topic_{kind}", args=[space.slug, number]), data, follow=True)


def waiting():
    return DBTaskResult.objects.filter(task_path="nlp.tasks.analyse_corpus").count()


@pytest.fixture
def desk(client, site, planner):
    client.force_login(planner)
    return client


def test_a_planner_renames_a_topic_and_sees_the_name_at_once(desk, talk, planner, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = said(desk, talk, "rename", {"label": "末班車的時間"})
    assert "末班車的時間" in response.content.decode() and waiting() == 1
    edit = TopicEdit.objects.get()
    assert (edit.kind, edit.number, edit.made_by) == ("rename", 1, planner.stream_author)
    listing = desk.get(reverse("opinion_space", args=[talk.slug])).content.decode()
    assert "末班車的時間" in listing and planner.display_name in listing


def test_topics_are_merged_and_kept(desk, talk):
    said(desk, talk, "merge", {"others": ["2"]})
    said(desk, talk, "keep", {})
    merged, kept = TopicEdit.objects.order_by("pk")
    assert (merged.kind, merged.number, merged.topics, len(merged.members)) == ("merge", 1, [2], 3)
    assert (kept.kind, kept.number, kept.label, len(kept.members)) == ("pin", 1, opinions.LABEL, 5)


def test_chosen_words_are_moved_or_become_a_new_topic(desk, talk):
    keys = list(Opinion.objects.filter(topic_number=1).order_by("pk").values_list("pk", flat=True))
    said(desk, talk, "move", {"opinion": keys[:2], "target": "2"})
    said(desk, talk, "move", {"opinion": [keys[3], "x", "-1"], "target": "new", "label": "夜間工作"})
    moved, split = TopicEdit.objects.order_by("pk")
    assert (moved.kind, moved.number, moved.members) == ("move", 2, keys[:2])
    assert (split.kind, split.number, split.members, split.label) == ("split", 6, [keys[3]], "夜間工作")


def test_an_edit_is_taken_back_from_the_desk(desk, talk):
    said(desk, talk, "rename", {"label": "別的名字"})
    edit = TopicEdit.objects.get()
    response = desk.post(reverse("topic_edit_undo", args=[talk.slug, edit.pk]), follow=True)
    assert response.status_code == 200 and TopicEdit.objects.get().undone_at
    assert "別的名字" not in desk.get(reverse("opinion_topic", args=[talk.slug, 1])).content.decode()


def test_parts_of_a_topic_are_shown_and_lead_to_their_words(desk, talk):
    text = desk.get(reverse("opinion_space", args=[talk.slug])).content.decode()
    assert "夜班" in text and "?part=5" in text
    response = desk.get(reverse("opinion_topic", args=[talk.slug, 1]) + "?part=5")
    assert len(response.context["quotes"]) == 4 and response.context["part"].label == "夜班"
    everything = desk.get(reverse("opinion_topic", args=[talk.slug, 1]) + "?part=77")
    assert len(everything.context["quotes"]) == 5


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("rename", {"label": " "}),
        ("merge", {"others": ["1"]}),
        ("merge", {}),
        ("move", {"opinion": ["1"], "target": "77"}),
        ("move", {"target": "2"}),
    ],
)
def test_what_does_not_fit_is_explained_and_changes_nothing(desk, talk, kind, data):
    response = said(desk, talk, kind, data)
    assert response.status_code == 200 and not TopicEdit.objects.exists()
    assert [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize("role", ["Officers", "Moderators", "Communicators", ""])
def test_others_may_not(client, site, roles, talk, role):
    agency = factories.make_agency()
    client.force_login(factories.make_member(role=role, agency=agency))
    for kind in ("rename", "merge", "move", "keep"):
        response = client.post(reverse(f"topic_{kind}", args=[talk.slug, 1]), {"label": "x", "others": ["2"]})
        assert response.status_code in (302, 403)
    assert not TopicEdit.objects.exists()


def test_an_officer_reads_the_desk_without_the_forms(client, site, officer, talk):
    client.force_login(officer)
    response = client.get(reverse("opinion_topic", args=[talk.slug, 1]))
    assert response.status_code == 200 and response.context["rename_form"] is None


def test_a_link_alone_changes_nothing(desk, talk):
    for kind in ("rename", "merge", "move", "keep"):
        assert desk.get(reverse(f"topic_{kind}", args=[talk.slug, 1])).status_code == 405
