"""The pages of proposals as people use them, without JavaScript."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from discussions import merges, moderation, petitions, proposals, signatures
from discussions.models import Comment, Level, Merge, Phase, Proposal, Signature
from nlp import similar
from tests.discussions.proposing import TEXT, draft, proposing_space, published, signed
from tests.factories import make_member, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]
Stage = Proposal.Stage


@pytest.fixture
def space(agency):
    return proposing_space(agency=agency)


@pytest.fixture
def citizen(client, member):
    client.force_login(member)
    return client


@pytest.fixture
def near(monkeypatch):
    """What the encoder would find: everything that was proposed, the oldest first."""

    def nearest(corpus_id, words, k=3, sources=(), least=0.6):
        keys = Proposal.objects.filter(space__corpus=corpus_id).exclude(stage=Stage.DRAFT).order_by("pk")
        return [("proposal", str(key), 0.9) for key in keys.values_list("pk", flat=True)[:k]]

    monkeypatch.setattr(similar, "nearest", nearest)


def at(name, space, *more) -> str:
    return reverse(f"discussions:{name}", args=[space.slug, *more])


def english(address: str) -> str:
    """The same page in English."""
    return f"/en{address.removeprefix('/en')}"


def text_of(response) -> str:
    return response.content.decode()


def write(client, space, **fields):
    sent = {"title": "校門口設行人時段", "text": TEXT, "client_id": uuid.uuid4().hex, **fields}
    return client.post(at("save_proposal", space), sent)


def test_from_the_draft_to_the_published_page(citizen, space, member):
    response = write(citizen, space)
    proposal = Proposal.objects.get()
    assert response.url == at("check_proposal", space, proposal.pk)
    page = text_of(citizen.get(response.url))
    assert proposal.title in page and "3" in page
    response = citizen.post(response.url)
    assert response.url == proposal.get_absolute_url()
    page = text_of(citizen.get(response.url))
    assert TEXT in page and member.display_name in page


def test_a_draft_is_not_found_by_anybody_else(client, space, member, neighbour):
    proposal = draft(space, member)
    addresses = [at(name, space, proposal.pk) for name in ("proposal", "check_proposal", "edit_proposal")]
    for reader in (None, neighbour):
        if reader:
            client.force_login(reader)
        assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
        assert client.post(at("sign_proposal", space, proposal.pk)).status_code == 404
        assert proposal.title not in text_of(client.get(at("proposals", space)))


def test_refused_words_come_back_with_every_character(citizen, space):
    response = write(citizen, space, text="很長的內容" * 2000)
    assert response.status_code == 422 and "很長的內容" * 2000 in text_of(response)
    assert not Proposal.objects.exists()


def test_a_stranger_is_sent_to_sign_in_with_the_words_kept(client, space):
    response = write(client, space)
    assert response.status_code == 401 and TEXT in text_of(response)
    assert "login" in client.get(at("save_proposal", space)).url


def test_what_was_proposed_already_is_shown_and_can_be_signed_instead(citizen, space, member, neighbour, near):
    earlier = published(space, neighbour, "放學時段校門口禁止汽車")
    mine = draft(space, member)
    page = text_of(citizen.get(at("check_proposal", space, mine.pk)))
    assert earlier.title in page and at("sign_proposal", space, earlier.pk) in page
    response = citizen.post(at("sign_proposal", space, earlier.pk), {"seen": 0, "draft": mine.pk})
    assert response.url == earlier.get_absolute_url()
    assert Signature.objects.filter(proposal=earlier, member=member).exists()
    assert Proposal.objects.get(pk=mine.pk).stage == Stage.DRAFT
    written = citizen.post(
        at("alike_proposals", space), {"title": "汽車", "text": "校門口"}, headers={"HX-Request": "true"}
    )
    assert earlier.title in text_of(written)


def test_one_click_signs_and_another_takes_it_back(client, space, member, neighbour):
    proposal = published(space, member)
    client.force_login(neighbour)
    assert "Co-sign" in text_of(client.get(english(proposal.get_absolute_url())))
    client.post(at("sign_proposal", space, proposal.pk), {"seen": proposal.revision})
    page = text_of(client.get(english(proposal.get_absolute_url())))
    assert "of 3 signatures needed" in page and "Take my signature back" in page
    panel = client.post(at("unsign_proposal", space, proposal.pk), headers={"HX-Request": "true"})
    assert 'id="signing"' in text_of(panel) and "<html" not in text_of(panel)
    assert Signature.objects.filter(proposal=proposal).count() == 1


@pytest.mark.parametrize("seen", ["<script>", "-1", "9" * 40, ""])
def test_a_bent_form_signs_or_refuses_and_never_breaks(client, space, member, neighbour, seen):
    proposal = published(space, member)
    client.force_login(neighbour)
    assert client.post(at("sign_proposal", space, proposal.pk), {"seen": seen}).status_code in (302, 403)


def test_names_of_signers_stand_nowhere(client, space, member):
    proposal = published(space, member)
    people = signed(proposal, 4)
    for address in (proposal.get_absolute_url(), at("proposals", space)):
        page = text_of(client.get(address))
        assert not [one.display_name for one in people if one.display_name in page]


def test_at_midnight_the_page_says_kindly_that_it_is_over(client, space, member, neighbour):
    proposal = published(space, member)
    Proposal.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    client.force_login(neighbour)
    page = text_of(client.get(english(proposal.get_absolute_url())))
    assert "The time for signing this proposal is over" in page and ">Co-sign<" not in page
    response = client.post(at("sign_proposal", space, proposal.pk), {"seen": 0})
    assert response.status_code == 403


def test_when_the_review_begins_no_page_promises_further_days(client, space, member):
    proposal = published(space, member)
    space.phase = Phase.REVIEW
    space.save()
    for address in (proposal.get_absolute_url(), at("proposals", space)):
        page = text_of(client.get(english(address)))
        assert "the time for signing is over" in page and "Sign in to co-sign" not in page


def test_who_may_not_sign_is_told_what_is_missing(client, member):
    space = proposing_space(level=Level.PHONE)
    proposal = published(space, make_member(level=Level.PHONE))
    assert "Sign in to co-sign" in text_of(client.get(english(proposal.get_absolute_url())))
    client.force_login(member)
    assert "confirmed telephone number" in text_of(client.get(english(proposal.get_absolute_url())))


def test_a_guest_signs_where_guests_may(client):
    space = proposing_space(level=Level.GUEST)
    proposal = published(space, make_member())
    assert client.post(at("sign_proposal", space, proposal.pk), {"seen": 0}).status_code == 302
    assert Signature.objects.filter(member__level=Level.GUEST).count() == 1


def test_over_the_threshold_the_clock_is_shown_and_the_author_can_only_step_back(citizen, space, member):
    proposal = published(space, member)
    signed(proposal, 2)
    page = text_of(citizen.get(english(proposal.get_absolute_url())))
    assert "needs the agency" in page and 'class="clock' in page and "Step back as its author" in page
    response = citizen.get(english(at("withdraw_proposal", space, proposal.pk)))
    assert "one person cannot take it back" in text_of(response)
    citizen.post(at("withdraw_proposal", space, proposal.pk))
    page = text_of(citizen.get(english(proposal.get_absolute_url())))
    assert "stepped back" in page and proposal.title in page
    assert f"{member.display_name} ·" not in page


def test_a_withdrawn_proposal_still_shows_count_and_discussion(citizen, space, member, neighbour):
    proposal = published(space, member)
    signatures.sign(proposal=proposal, member=neighbour)
    say(space, neighbour, "可惜，我很支持", proposal=proposal)
    citizen.post(at("withdraw_proposal", space, proposal.pk))
    page = text_of(citizen.get(proposal.get_absolute_url()))
    assert "可惜，我很支持" in page and proposal.title in page and TEXT not in page
    assert "2" in re.search(r"signing__count.*?</p>", page, re.S)[0]


def test_a_hidden_proposal_shows_its_reason_and_no_word(client, space, member, moderator):
    proposal = published(space, member)
    moderation.hide(target=proposal, moderator=moderator, reason="personal")
    page = text_of(client.get(english(proposal.get_absolute_url())))
    assert proposal.title not in page and TEXT not in page and "personal data" in page
    assert proposal.title not in text_of(client.get(at("proposals", space)))


def test_an_addendum_is_dated_and_apart(citizen, space, member):
    proposal = published(space, member)
    assert citizen.get(at("add_to_proposal", space, proposal.pk)).status_code == 403
    signed(proposal, 1)
    sent = {"text": "補充：里長也同意了。", "client_id": uuid.uuid4().hex}
    assert citizen.post(at("add_to_proposal", space, proposal.pk), sent).status_code == 302
    page = text_of(citizen.get(proposal.get_absolute_url()))
    assert page.index(TEXT) < page.index("addendum__head") < page.index("補充：里長也同意了。")
    assert citizen.post(at("add_to_proposal", space, proposal.pk), {**sent, "text": ""}).status_code == 422


# Merging


def test_two_authors_merge_on_their_pages(client, space, member, neighbour, near):
    source, target = published(space, member, "行人時段"), published(space, neighbour, "禁止汽車")
    client.force_login(member)
    assert target.title in text_of(client.get(at("merge_proposal", space, source.pk)))
    sent = {"into": target.pk, "reason": "說的是同一件事。", "client_id": uuid.uuid4().hex}
    asked = client.post(at("merge_proposal", space, source.pk), sent)
    client.force_login(neighbour)
    assert at("proposal_merge", space, Merge.objects.get().pk) in text_of(client.get(at("proposals", space)))
    assert client.post(asked.url, {"answer": "no", "words": ""}).status_code == 422
    assert client.post(asked.url, {"answer": "yes"}).url == target.get_absolute_url()
    page = text_of(client.get(source.get_absolute_url()))
    assert source.title in page and target.get_absolute_url() in page
    assert source.title in text_of(client.get(target.get_absolute_url()))


def test_a_request_to_merge_is_not_shown_to_others(client, space, member, neighbour):
    source, target = published(space, member, "行人時段"), published(space, neighbour, "禁止汽車")
    merge = merges.ask(source=source, target=target, member=member, reason="只給作者看的話", client_id=uuid.uuid4().hex)
    client.force_login(make_member())
    assert client.get(at("proposal_merge", space, merge.pk)).status_code == 404
    assert client.get(at("merge_proposal", space, source.pk)).status_code == 403
    assert "只給作者看的話" not in text_of(client.get(source.get_absolute_url()))


# Discussion


def test_a_comment_below_a_proposal_stands_there_and_not_in_the_space(citizen, space, member):
    proposal = published(space, member)
    address = at("comment_on_proposal", space, proposal.pk)
    sent = {"text": "我每天接送，完全同意", "client_id": uuid.uuid4().hex}
    assert citizen.post(address, sent).status_code == 302
    comment = Comment.objects.get()
    assert comment.proposal == proposal
    assert "完全同意" in text_of(citizen.get(proposal.get_absolute_url()))
    assert "完全同意" not in text_of(citizen.get(space.get_absolute_url()))
    assert proposal.get_absolute_url() in text_of(citizen.get(comment.get_absolute_url()))


def test_a_reply_on_the_comments_own_page_stays_below_the_proposal(citizen, space, member, neighbour):
    proposal = published(space, member)
    comment = say(space, neighbour, "行人時段要多長？", proposal=proposal)
    sent = {"text": "十五分鐘就好", "client_id": uuid.uuid4().hex, "parent": comment.pk}
    assert citizen.post(at("post_comment", space), sent).status_code == 302
    assert Comment.objects.get(parent=comment).proposal == proposal


def test_a_refused_comment_comes_back_and_a_closed_discussion_takes_none(citizen, space, member):
    proposal = published(space, member)
    address = at("comment_on_proposal", space, proposal.pk)
    words = "很長的意見" * 1100
    response = citizen.post(address, {"text": words, "client_id": uuid.uuid4().hex})
    assert response.status_code == 422 and words in text_of(response)
    proposals.withdraw(proposal=proposal, author=member)
    assert citizen.post(address, {"text": "太晚了", "client_id": uuid.uuid4().hex}).status_code == 403
    assert not Comment.objects.exists()


# Lists


def spread(space, count: int) -> list[Proposal]:
    """Proposals of one author with different dates, counts and ends."""
    author, now = make_member(), timezone.now()
    made = []
    for number in range(count):
        proposal = published(space, author, f"提案第{number:03}號")
        Proposal.objects.filter(pk=proposal.pk).update(
            published_at=now - timedelta(hours=number % 7),
            n_signatures=number % 5,
            closes_at=now + timedelta(days=1 + number % 3),
        )
        made.append(Proposal.objects.get(pk=proposal.pk))
    return made


@pytest.mark.parametrize("sort", petitions.Sort.values)
def test_every_order_shows_each_proposal_once(space, sort):
    made = spread(space, 2 * petitions.PAGE + 3)
    seen, before = [], ""
    while before is not None:
        page = petitions.page(space, now=timezone.now(), sort=sort, before=before)
        seen += [card.proposal for card in page.cards]
        before = page.older
    key = {
        "newest": lambda one: (-one.published_at.timestamp(), -one.pk),
        "signed": lambda one: (-one.n_signatures, -one.pk),
        "closing": lambda one: (one.closes_at, one.pk),
    }[sort]
    assert [one.pk for one in seen] == [one.pk for one in sorted(made, key=key)]


def test_a_list_costs_the_same_however_long_and_never_counts_rows_off(citizen, space):
    spread(space, 3)
    address = at("proposals", space)
    citizen.get(address)
    with CaptureQueriesContext(connection) as few:
        citizen.get(address)
    spread(space, petitions.PAGE)
    with CaptureQueriesContext(connection) as many:
        page = text_of(citizen.get(address))
    assert len(many) == len(few) and not [query for query in many if "OFFSET" in query["sql"]]
    older = re.search(r'href="(\?[^"]*before=[^"]+)"', page)[1].replace("&amp;", "&")
    assert citizen.get(address + older).status_code == 200


def test_the_page_of_a_proposal_costs_the_same_however_many_signed(citizen, space, member):
    space.instruments["proposals"]["threshold"] = 500
    space.save()
    proposal = published(space, member)

    def support(people: int) -> None:
        for person in signed(proposal, people):
            comment = say(space, person, "我也這樣想", proposal=proposal)
            say(space, member, "謝謝您", proposal=proposal, parent_id=comment.pk)

    support(2)
    address = proposal.get_absolute_url()
    citizen.get(address)
    with CaptureQueriesContext(connection) as few:
        citizen.get(address)
    support(10)
    with CaptureQueriesContext(connection) as many:
        citizen.get(address)
    assert len(many) == len(few) <= 18


@pytest.mark.parametrize("bent", ["?sort=x", "?stage=draft", "?before=x~y", "?sort=signed&before=1.2~ab"])
def test_a_bent_address_shows_a_list(client, space, member, bent):
    draft(space, member, "還沒公布的草稿")
    page = client.get(at("proposals", space) + bent)
    assert page.status_code == 200 and "還沒公布的草稿" not in text_of(page)


@pytest.mark.parametrize("is_english", [False, True])
def test_all_pages_speak_both_languages(client, space, member, neighbour, is_english):
    first, second = published(space, member, "行人時段"), published(space, neighbour, "禁止汽車")
    signed(first, 1)
    mine = draft(space, member, "還在寫")
    merge = merges.ask(source=first, target=second, member=member, reason="同一件事", client_id=uuid.uuid4().hex)
    client.force_login(member)
    addresses = [at("proposals", space), at("save_proposal", space), at("proposal_merge", space, merge.pk)]
    addresses += [
        at(name, space, first.pk) for name in ("proposal", "add_to_proposal", "merge_proposal", "withdraw_proposal")
    ]
    addresses += [at(name, space, mine.pk) for name in ("check_proposal", "edit_proposal", "withdraw_proposal")]
    for address in addresses:
        page = client.get(english(address) if is_english else address.removeprefix("/en"))
        assert page.status_code == 200, address
        assert f'<html lang="{"en" if is_english else "zh-Hant-TW"}"' in text_of(page), address
        words = ("roposal", "draft") if is_english else ("提案", "草稿")
        assert any(word in text_of(page) for word in words), address
        assert "style=" not in text_of(page), address
