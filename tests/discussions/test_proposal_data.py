"""Proposals beyond their pages: the interface for programs, the open data, one's own page, the counts."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from discussions import journeys, merges, moderation, participation, proposals, replies, signatures, tokens
from discussions.exports import TABLES
from discussions.forms import new_client_id
from discussions.models import Channel, Level, Proposal, Signature
from tests.discussions.proposing import TEXT, draft, proposing_space, published, signed
from tests.factories import make_member, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]
Stage = Proposal.Stage


@pytest.fixture
def space(agency):
    return proposing_space(agency=agency)


@pytest.fixture
def key(member):
    return tokens.make(member=member, name="我的程式")[1]


def send(client, method, path, body=None, key=""):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    act = getattr(client, method)
    if body is None:
        return act(f"/api/v1/{path}", headers=headers)
    return act(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


# Interface for programs


def test_a_program_reads_proposals_and_never_drafts_or_names(client, space, member):
    proposal = published(space, member)
    people = signed(proposal, 5, level=Level.EID) + signed(proposal, 4)
    draft(space, member, "只有我看得到")
    listed = send(client, "get", f"spaces/{space.slug}/proposals").json()["items"]
    assert [item["title"] for item in listed] == [proposal.title]
    assert send(client, "get", f"spaces/{space.slug}/proposals?stage=draft").json()["items"] == []
    whole = send(client, "get", f"spaces/{space.slug}/proposals/{proposal.pk}")
    assert whole.json()["signatures"] == 10
    assert [part["signatures"] for part in whole.json()["levels"]] == [5, 5]
    assert not [one for one in people if one.display_name in whole.content.decode()]


def test_a_program_publishes_signs_and_takes_back_for_its_member(client, space, member, neighbour, key):
    body = {"title": "由程式提案", "text": TEXT, "client_id": "program-0001"}
    first, again = (send(client, "post", f"spaces/{space.slug}/proposals", body, key) for _turn in range(2))
    assert first.status_code == again.status_code == 201 and first.json()["id"] == again.json()["id"]
    assert Proposal.objects.get().channel == Channel.API
    other = published(space, neighbour)
    path = f"spaces/{space.slug}/proposals/{other.pk}/signature"
    assert send(client, "post", path, {"revision": 0}, key).json()["signatures"] == 2
    assert send(client, "delete", path, key=key).json()["signatures"] == 1
    assert send(client, "delete", path, key=key).status_code == 200


def test_a_program_is_refused_in_words(client, space, neighbour, key):
    proposal = published(space, neighbour)
    path = f"spaces/{space.slug}/proposals/{proposal.pk}/signature"
    assert send(client, "post", path, {}).status_code == 401
    proposals.revise(proposal=proposal, author=neighbour, title="換了標題", text="換了內容")
    refused = send(client, "post", path, {"revision": 0}, key)
    assert refused.status_code == 403 and refused.json()["error"] == "text_changed"
    assert send(
        client, "post", f"spaces/{space.slug}/proposals", {"title": "缺內容", "text": "", "client_id": "p" * 8}, key
    )
    assert not Signature.objects.exclude(member=neighbour).exists()


@pytest.mark.parametrize("number", ["0", "9223372036854775807", "9223372036854775808", "-1", "x"])
def test_no_number_breaks_the_interface(client, space, key, number):
    for method, path in (("get", number), ("post", f"{number}/signature"), ("delete", f"{number}/signature")):
        body = {} if method == "post" else None
        answer = send(client, method, f"spaces/{space.slug}/proposals/{path}", body, key)
        assert answer.status_code in (404, 422), path


# Open data


def table(name, space) -> list[dict]:
    found = next(one for one in TABLES if one.name == name)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows(space)]


def test_signatures_are_open_data_without_a_way_to_names(space, member, neighbour):
    first, second = published(space, member), published(space, neighbour, "第二個提案")
    for proposal in (first, second):
        signatures.sign(proposal=proposal, member=make_member())
    signatures.sign(proposal=second, member=member)
    say(space, member, "我署名發言")
    rows = table("signatures", space)
    assert len(rows) == 5 and {row["day"] for row in rows} == {timezone.localdate().isoformat()}
    named = {row["person"] for name in ("proposals", "comments") for row in table(name, space)}
    assert len({row["signer"] for row in rows}) == 5 and not named & {row["signer"] for row in rows}


def test_drafts_hidden_and_withdrawn_proposals_leave_the_open_data_with_their_signatures(space, member):
    draft(space, member)
    Proposal.objects.filter(pk=published(space, member).pk).update(state="hidden", hidden_reason="spam")
    proposals.withdraw(proposal=published(space, make_member()), author=Proposal.objects.last().author)
    assert not table("proposals", space) and not table("signatures", space)


def test_who_stepped_back_has_no_pseudonym_any_more(space, member):
    proposal = published(space, member)
    signed(proposal, 2)
    assert table("proposals", space)[0]["person"]
    proposals.step_back(proposal=proposal, author=member)
    assert table("proposals", space)[0]["person"] == ""


# One's own page


def steps(member) -> list[str]:
    with translation.override("en"):
        return [str(step["label"]) for item in journeys.of(member).items for step in item.steps]


def test_author_and_cosigner_see_every_step_up_to_the_answer(space, member, officer):
    draft(space, member, "還在寫的不算")
    proposal = published(space, member)
    signer = signed(proposal, 2)[0]
    for person in (member, signer):
        said = steps(person)
        assert "Over the threshold" in said and "The agency’s clock is running" in said
    replies.answer(space=space, officer=officer, text="照辦。", client_id=new_client_id(), proposal=proposal)
    proposal.refresh_from_db()
    assert proposal.stage == Stage.ANSWERED
    for person in (member, signer):
        assert "Answered" in steps(person) and "The agency’s clock is running" not in steps(person)
        assert [reply.text for item in journeys.of(person).items for reply in item.replies] == ["照辦。"]


def test_a_cosigner_of_a_merged_proposal_follows_it_into_the_other_one(space, member, neighbour):
    source, target = published(space, member, "行人時段"), published(space, neighbour, "禁止汽車")
    signer = signed(source, 1)[0]
    merge = merges.ask(source=source, target=target, member=member, reason="同一件事", client_id=new_client_id())
    merges.accept(merge=merge, member=neighbour)
    items = journeys.of(signer).items
    assert len(items) == 1 and "Became part of another proposal" in steps(signer)
    assert items[0].subject == ("proposal", target.pk) and "Over the threshold" in steps(signer)


def test_of_a_hidden_proposal_a_cosigner_reads_the_reason_and_no_word(client, space, member, moderator):
    proposal = published(space, member)
    signer = signed(proposal, 1)[0]
    moderation.hide(target=proposal, moderator=moderator, reason="personal")
    client.force_login(signer)
    page = client.get(reverse("discussions:me")).content.decode()
    assert proposal.title not in page and TEXT not in page
    assert "The proposal was hidden by a moderator" in steps(signer)


def test_my_page_costs_the_same_however_much_was_signed(space, member, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def sign_another():
        signatures.sign(proposal=published(space, make_member()), member=member)

    sign_another()
    with CaptureQueriesContext(connection) as few:
        steps(member)
    for _number in range(5):
        sign_another()
    with django_assert_num_queries(len(few)):
        steps(member)


def test_signers_count_as_people_and_proposals_as_contributions(space, member):
    draft(space, make_member())
    signed(published(space, member), 3)
    assert participation.people_in([space.pk]) == {space.pk: 4}
    assert participation.contributions_in([space.pk]) == {space.pk: 1}


def test_an_answer_to_what_still_collects_signatures_does_not_end_that(space, member, officer):
    proposal = published(space, member)
    signatures.answered(proposal)
    proposal.refresh_from_db()
    assert proposal.stage == Stage.OPEN
    Proposal.objects.update(stage=Stage.CLOSED)
    signatures.answered(proposal)
    proposal.refresh_from_db()
    assert proposal.stage == Stage.ANSWERED


# Search


def found(client, query: str) -> list[str]:
    page = client.get(reverse("search"), {"q": query}).content.decode()
    return re.findall(r'href="([^"]*/proposals/\d+/)"', page)


def test_search_finds_what_is_published_and_forgets_what_is_hidden(client, site, space, member, moderator):
    draft(space, member, "草稿裡的獨木舟")
    proposal = published(space, member, "河岸要有獨木舟停泊處")
    assert len(found(client, "獨木舟")) == 1
    signed(proposal, 1)
    moderation.hide(target=proposal, moderator=moderator, reason="off_topic")
    assert found(client, "獨木舟") == []
