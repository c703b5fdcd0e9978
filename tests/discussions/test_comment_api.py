"""Comments for programs: one, its replies, reactions and history; changing and withdrawing one's own."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from discussions import comments, exports, guests, journeys, moderation, proposals, reactions, tokens
from discussions.models import Channel, Comment, Level, Reaction
from tests.discussions.drafts import FIRST, begin, make_draft_space, paragraph, publish
from tests.discussions.proposing import draft, proposing_space, published
from tests.factories import make_member, make_space, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture
def key(member):
    return tokens.make(member=member, name="我的程式")[1]


@pytest.fixture
def comment(space, neighbour):
    return say(space, neighbour, "末班車太早")


def call(client, method, space, path, body=None, key=""):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    address = f"/api/v1/spaces/{space.slug}/comments/{path}"
    address = address.rstrip("/") if not path else address
    return client.generic(method, address, json.dumps(body or {}), content_type="application/json", headers=headers)


def test_one_comment_its_replies_and_its_history_are_open(client, space, member, neighbour, comment):
    say(space, member, "我也覺得", parent_id=comment.pk)
    comments.edit(comment=comment, author=neighbour, text="末班車太早了")
    one = call(client, "GET", space, comment.pk).json()
    assert (one["text"], one["agree"]) == ("末班車太早了", 0) and one["edited_at"]
    assert [row["text"] for row in call(client, "GET", space, f"{comment.pk}/replies").json()["items"]] == ["我也覺得"]
    assert [row["text"] for row in call(client, "GET", space, f"{comment.pk}/history").json()["items"]] == [
        "末班車太早"
    ]


def test_a_hidden_comment_and_one_of_another_space_are_not_there(client, space, comment, moderator):
    assert call(client, "GET", make_space(), comment.pk).status_code == 404
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    for path in (comment.pk, f"{comment.pk}/replies", f"{comment.pk}/history", 2**63 - 1, 10**30):
        assert call(client, "GET", space, path).status_code == 404


def test_a_program_reacts_and_takes_back_in_the_name_of_its_member(client, space, comment, member, key):
    for _turn in range(2):
        response = call(client, "PUT", space, f"{comment.pk}/reactions/agree", key=key)
        assert response.status_code == 200 and response.json()["agree"] == 1
    row = Reaction.objects.get()
    assert (row.member, row.channel) == (member, Channel.API)
    assert call(client, "DELETE", space, f"{comment.pk}/reactions/agree", key=key).json()["agree"] == 0


def test_reactions_are_refused_without_a_key_of_an_unknown_kind_and_to_oneself(client, space, comment, member, key):
    assert call(client, "PUT", space, f"{comment.pk}/reactions/agree").status_code == 401
    assert call(client, "PUT", space, f"{comment.pk}/reactions/angry", key=key).status_code == 422
    mine = say(space, member, "我自己的話")
    assert call(client, "PUT", space, f"{mine.pk}/reactions/agree", key=key).status_code == 403


def test_a_program_changes_and_withdraws_its_members_words_alone(client, space, comment, member, key):
    mine = say(space, member, "第一版")
    assert call(client, "PATCH", space, mine.pk, {"text": "第二版"}, key).json()["text"] == "第二版"
    assert call(client, "DELETE", space, mine.pk, key=key).json()["state"] == "withdrawn"
    assert call(client, "PATCH", space, comment.pk, {"text": "改別人的"}, key).status_code == 403
    assert call(client, "DELETE", space, comment.pk, key=key).status_code == 403
    comment.refresh_from_db()
    assert comment.text == "末班車太早"


def post(client, space, key="", **body):
    sent = {"text": "由程式說的話", "client_id": uuid.uuid4().hex, **body}
    return call(client, "POST", space, "", sent, key)


@pytest.fixture
def proposal(neighbour):
    return published(proposing_space(), neighbour)


@pytest.fixture
def where(communicator):
    return paragraph(publish(begin(make_draft_space(), communicator), communicator), "第三條")


def test_a_program_comments_below_a_proposal(client, proposal, member, key):
    sent = {"proposal": proposal.pk, "client_id": "below-0001"}
    first, again = (post(client, proposal.space, key, **sent) for _turn in range(2))
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    said = Comment.objects.get()
    assert (said.proposal, said.author, said.channel) == (proposal, member, Channel.API)
    assert first.json()["proposal"] == proposal.pk and first.json()["paragraph"] is None
    Comment.objects.update(posted_at=timezone.now() - timedelta(hours=1))
    reply = post(client, proposal.space, key, parent=said.pk, text="再補充一點")
    assert reply.status_code == 201 and reply.json()["proposal"] == proposal.pk


def test_a_program_comments_below_a_paragraph(client, where, member, key):
    made = post(client, where.text.space, key, paragraph=where.pk)
    assert made.status_code == 201 and made.json()["paragraph"] == where.pk
    said = Comment.objects.get()
    assert (said.paragraph, said.author, said.channel) == (where, member, Channel.API)


def test_a_program_is_refused_below_what_is_not_there_or_over(client, space, proposal, member, neighbour, key):
    at = proposal.space
    assert post(client, at, proposal=proposal.pk).status_code == 401
    assert post(client, space, key, proposal=proposal.pk).status_code == 404
    hidden = draft(at, member, "只有我看得到")
    for pk in (hidden.pk, 0, 2**63 - 1):
        assert post(client, at, key, proposal=pk).status_code == 404
    assert post(client, at, key, proposal=2**63).status_code == 422
    assert post(client, at, key, proposal=proposal.pk, paragraph=1).status_code == 422
    assert post(client, at, key, proposal=proposal.pk, text=" ").status_code == 422
    proposals.withdraw(proposal=proposal, author=neighbour)
    assert post(client, at, key, proposal=proposal.pk).status_code in (403, 404)
    assert not Comment.objects.exists()


def test_a_program_is_refused_below_a_paragraph_that_left_the_text(client, where, communicator, key):
    publish(where.text, communicator, FIRST.replace("第三條　漫遊費用應設上限。\n", ""))
    answer = post(client, where.text.space, key, paragraph=where.pk)
    assert (answer.status_code, answer.json()["error"]) == (403, "paragraph_gone")
    elsewhere = make_draft_space()
    assert post(client, elsewhere, key, paragraph=where.pk).status_code == 404
    assert not Comment.objects.exists()


def test_below_a_proposal_the_level_of_proposals_is_asked_for(client, member, neighbour, key):
    strict = proposing_space(level=Level.EMAIL, instruments={"comments": {}})
    below = published(strict, make_member(level=Level.EMAIL))
    refused = post(client, strict, key, proposal=below.pk)
    assert (refused.status_code, refused.json()["error"]) == (403, "level_20")
    assert post(client, strict, key).status_code == 201


def test_the_open_data_holds_reactions_by_day_and_pseudonym_to_published_comments(space, comment, member, moderator):
    reactions.give(comment=comment, member=member, kind="agree")
    (table,) = [table for table in exports.TABLES if table.name == "reactions"]
    ((number, person, kind, day),) = table.rows(space)
    assert (number, kind, len(day)) == (comment.pk, "agree", 10) and person and str(member.pk) != person
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    assert list(table.rows(space)) == []


def test_its_author_sees_what_others_made_of_it(space, comment, member, neighbour):
    reactions.give(comment=comment, member=member, kind="agree")
    say(space, member, "我也覺得", parent_id=comment.pk)
    say(space, neighbour, "補充一點", parent_id=comment.pk)
    (mine,) = [item for item in journeys.of(neighbour).items if item.key == comment.pk]
    told = " ".join(str(step["words"]) for step in mine.more)
    assert "1" in told and len(mine.more) == 2 and "2" not in told


def test_a_guests_reactions_go_with_them_and_count_once(space, comment, member):
    guest = make_member(level=Level.GUEST)
    for person, kind in ((guest, "agree"), (guest, "thanks"), (member, "agree")):
        Reaction.objects.create(comment=comment, member=person, kind=kind, made_at=comment.posted_at)
    reactions.recount([comment.pk])
    guests.join(guest=guest, member=member)
    comment.refresh_from_db()
    assert (comment.n_agree, comment.n_thanks) == (1, 1)
    assert set(Reaction.objects.values_list("member", flat=True)) == {member.pk}
