"""Draft texts for programs, in open data and on a member's own page."""

import json
import uuid

import pytest
from django.urls import reverse

from discussions import comments, journeys, moderation, paragraphs, participation, tokens, versions, wordings
from discussions.exports import TABLES
from discussions.models import Channel, ParagraphVote, Wording, WordingSupport
from tests.discussions.drafts import SECOND, begin, make_draft_space, paragraph, publish, suggest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture
def first(agency, communicator):
    return publish(begin(make_draft_space(agency=agency), communicator), communicator)


@pytest.fixture
def fee(first):
    return paragraph(first, "第三條")


@pytest.fixture
def key(member):
    return tokens.make(member=member, name="我的程式")[1]


def read(client, path):
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 200, response.content
    return response.json()


def write(client, method, path, body, key):
    call = getattr(client, method)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return call(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


def table(name, space):
    return list(next(one for one in TABLES if one.name == name).rows(space))


def changed_by(first, communicator, member, neighbour):
    """A second version that a suggestion and a comment led to."""
    where = paragraph(first, "第二條第一項")
    made = suggest(where, member, reason="簽約當天才拿到來不及看。")
    said = comments.post(
        space=made.space, author=neighbour, text="簽約前要看得到", client_id=uuid.uuid4().hex, paragraph=where
    )
    second = versions.prepare(text=first.text, editor=communicator, source=SECOND)
    versions.attribute(version=second, editor=communicator, causes={where.pk: [made, said]})
    return versions.publish(version=second, editor=communicator), made, said


def test_a_program_reads_texts_versions_and_changes(client, first, communicator, member, neighbour):
    _second, made, said = changed_by(first, communicator, member, neighbour)
    base = f"spaces/{made.space.slug}"
    assert read(client, f"{base}/texts")["items"][0]["versions"] == [1, 2]
    passages = read(client, f"{base}/texts/{first.text_id}/versions/2")["passages"]
    where = next(one for one in passages if one["label"] == "第二條第一項")
    assert (where["paragraph"], where["changed_in"], where["wordings"], where["comments"]) == (
        made.paragraph_id,
        2,
        1,
        1,
    )
    found = read(client, f"{base}/texts/{first.text_id}/versions/2/changes")
    change = next(one for one in found if one["paragraph"] == made.paragraph_id)
    assert {(cause["wording"], cause["comment"]) for cause in change["causes"]} == {(made.pk, None), (None, said.pk)}
    assert "".join(one["text"] for one in change["words"] if one["kind"] != "gone") == where["words"]
    assert read(client, f"{base}/wordings?paragraph={made.paragraph_id}")["items"][0]["outcome"] == "taken"
    assert read(client, f"{base}/texts/{first.text_id}/versions/1/changes") == []


@pytest.mark.parametrize("rest", ["texts/{text}/versions/3", "texts/9/versions/1", "texts/{text}/versions/2/changes"])
def test_what_is_not_published_is_not_found(client, first, communicator, rest):
    versions.prepare(text=first.text, editor=communicator, source=SECOND)
    path = rest.format(text=first.text_id)
    assert client.get(f"/api/v1/spaces/{first.text.space.slug}/{path}").status_code == 404


def test_a_program_suggests_supports_and_votes(client, fee, member, neighbour, key):
    base, other = f"spaces/{fee.text.space.slug}", suggest(fee, neighbour, text="漫遊費用上限三千元。")
    body = {"text": "漫遊費用應設每日上限。", "client_id": "program-0001"}
    answers = [write(client, "post", f"{base}/paragraphs/{fee.pk}/wordings", body, key) for _turn in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    made = Wording.objects.get(author=member)
    assert made.channel == Channel.API and answers[1].json()["id"] == made.pk
    answer = write(client, "put", f"{base}/wordings/{other.pk}/support", {"supports": True}, key)
    assert answer.json()["supports"] == 1 and WordingSupport.objects.get().channel == Channel.API
    assert write(client, "put", f"{base}/wordings/{other.pk}/support", {"supports": False}, key).json()["supports"] == 0
    assert write(client, "put", f"{base}/paragraphs/{fee.pk}/vote", {"value": -1}, key).status_code == 204
    assert ParagraphVote.objects.get().value == -1
    assert write(client, "put", f"{base}/paragraphs/{fee.pk}/vote", {"value": 0}, key).status_code == 204
    assert not ParagraphVote.objects.exists()


def test_a_program_is_refused_as_a_person_would_be(client, fee, communicator, key):
    base = f"spaces/{fee.text.space.slug}/paragraphs/{fee.pk}"
    body = {"text": "漫遊費用應設每日上限。", "client_id": "program-0001"}
    assert write(client, "post", f"{base}/wordings", body, "").status_code == 401
    assert write(client, "put", f"{base}/vote", {"value": 2}, key).status_code == 422
    publish(fee.text, communicator, SECOND)
    answer = write(client, "post", f"{base}/wordings", body, key)
    assert (answer.status_code, answer.json()["error"]) == (403, "paragraph_gone")
    elsewhere = make_draft_space().slug
    assert write(client, "put", f"spaces/{elsewhere}/paragraphs/{fee.pk}/vote", {"value": 1}, key).status_code == 404


def test_open_data_holds_published_words_and_no_names(first, communicator, member, neighbour, moderator):
    _second, made, _said = changed_by(first, communicator, member, neighbour)
    space, where = made.space, made.paragraph
    wordings.support(wording=made, member=neighbour)
    paragraphs.cast(paragraph=where, member=neighbour, value=1)
    hidden = suggest(where, member, text="這一句會被收起來的文字。")
    moderation.hide(target=hidden, moderator=moderator, reason="off_topic")
    tables = ("paragraphs", "wordings", "paragraph_votes", "wording_supports", "version_causes")
    found = {name: table(name, space) for name in tables}
    assert {row[2] for row in found["paragraphs"]} == {1, 2}
    assert [row[4] for row in found["wordings"]] == [made.text] and found["wordings"][0][7:9] == (1, "taken")
    assert found["paragraph_votes"][0][2:4] == (1, 2) and len(found["wording_supports"]) == 1
    assert len(found["version_causes"]) == 2
    everything = str(found)
    assert "這一句會被收起來" not in everything and member.display_name not in everything
    moderation.hide(target=made, moderator=moderator, reason="off_topic")
    assert len(table("version_causes", space)) == 1 and not table("wording_supports", space)


def test_authors_see_on_their_own_page_what_they_changed(client, first, communicator, member, neighbour):
    _second, made, said = changed_by(first, communicator, member, neighbour)
    wordings.support(wording=made, member=neighbour)
    steps = journeys.of(member).items[0].steps
    address = reverse("discussions:text_changes", args=[made.space.slug, first.text_id, 2]) + f"#p{made.paragraph_id}"
    assert address in {one["url"] for one in steps}
    made.refresh_from_db()
    assert any(one["label"] == made.get_outcome_display() and one["state"] == "done" for one in steps)
    assert address in {one["url"] for one in journeys.of(neighbour).items[0].steps}
    client.force_login(member)
    assert address in client.get(reverse("discussions:me")).content.decode()


def test_an_undecided_wording_waits_for_the_agency_and_a_hidden_one_says_why(fee, member, moderator):
    made = suggest(fee, member, text="漫遊費用應設每日上限。")
    assert [one["state"] for one in journeys.of(member).items[0].more] == ["next", "next"]
    moderation.hide(target=made, moderator=moderator, reason="off_topic")
    assert journeys.of(member).items[0].hidden_reason


def test_everybody_who_voted_or_suggested_is_counted_once(fee, member, neighbour):
    space = fee.text.space
    made = suggest(fee, member, text="漫遊費用應設每日上限。")
    paragraphs.cast(paragraph=fee, member=member, value=1)
    wordings.support(wording=made, member=neighbour)
    assert participation.people_in([space.pk]) == {space.pk: 2}
    assert participation.contributions_in([space.pk]) == {space.pk: 1}
