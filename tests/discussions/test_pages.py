"""The pages of a space as people use them, without JavaScript: forms, refusals, and words that are never lost."""

import re
import uuid

import pytest
from django.core.cache import cache
from django.urls import reverse

from discussions import comments, moderation, reasons, voting
from discussions.models import Comment, Phase, Statement, Vote
from tests.discussions.test_threads import fill
from tests.factories import PASSWORD, make_member, make_space, propose, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture
def citizen(client, member):
    client.force_login(member)
    return client


def send(client, space, text, **fields):
    data = {"text": text, "client_id": uuid.uuid4().hex, **fields}
    return client.post(reverse("discussions:post_comment", args=[space.slug]), data)


def test_a_comment_sent_by_form_stands_on_the_page(citizen, space):
    response = send(citizen, space, "末班車太早，加班的人回不了家")
    assert response.status_code == 302
    assert "末班車太早" in citizen.get(space.get_absolute_url()).content.decode()


def test_a_refused_comment_comes_back_with_every_word(citizen, space):
    words = "很長的意見" * 1100
    response = send(citizen, space, words)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page and "5,500" in page
    assert not Comment.objects.exists()


def test_a_stranger_is_sent_to_sign_in_with_the_words_kept(client, space):
    response = send(client, space, "我還沒登入，但我有話要說")
    assert response.status_code == 401
    assert "我還沒登入，但我有話要說" in response.content.decode()
    assert not Comment.objects.exists()


def test_script_in_a_comment_is_shown_as_words(citizen, space):
    send(citizen, space, "<script>alert('票價')</script> 票價太貴")
    page = citizen.get(space.get_absolute_url()).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_a_resend_of_the_form_is_one_comment(citizen, space):
    key = uuid.uuid4().hex
    for _ in range(3):
        assert send(citizen, space, "只送一次", client_id=key).status_code == 302
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("field", ["client_id", "parent", "kind"])
def test_a_form_bent_by_hand_is_refused_and_not_a_crash(citizen, space, field):
    assert send(citizen, space, "普通的意見", **{field: "<'\">;DROP"}).status_code == 422
    assert not Comment.objects.exists()


def test_htmx_gets_the_comment_and_an_empty_form(citizen, space):
    response = citizen.post(
        reverse("discussions:post_comment", args=[space.slug]),
        {"text": "用 htmx 送出", "client_id": uuid.uuid4().hex},
        headers={"HX-Request": "true"},
    )
    page = response.content.decode()
    assert response.status_code == 201 and "<html" not in page
    assert "用 htmx 送出" in page and 'id="composer"' in page


def test_a_reply_stands_below_its_comment(citizen, space, neighbour):
    root = say(space, neighbour, "幹線要不要加密？")
    send(citizen, space, "要，尤其離峰", parent=root.pk)
    page = citizen.get(root.get_absolute_url()).content.decode()
    assert page.index("幹線要不要加密") < page.index("要，尤其離峰")


def test_every_reply_of_a_long_branch_can_be_reached_by_links(client, space, member):
    fill(space, member, roots=1, replies=120)
    address, seen = Comment.objects.get(parent=None).get_absolute_url(), ""
    for _ in range(3):
        page = client.get(address).content.decode()
        seen += page
        further = re.search(r'class="deed" href="([^"]+\?after=[^"#]+)', page)
        address = further[1] if further else ""
    assert not address
    assert all(f">回覆 0.{number}<" in seen for number in range(120))


def test_a_cursor_bent_by_hand_shows_the_page_all_the_same(client, space, member):
    fill(space, member, roots=1, replies=3)
    address = Comment.objects.get(parent=None).get_absolute_url()
    assert client.get(f"{address}?after=%27%3B--").status_code == 200
    assert client.get(f"{address}?after={'z' * 500}").status_code == 200


def test_a_reply_into_another_space_is_refused(citizen, space, neighbour):
    elsewhere = say(make_space(), neighbour, "別處的意見")
    assert send(citizen, space, "回覆別處", parent=elsewhere.pk).status_code == 404
    assert not Comment.objects.filter(space=space).exists()


def test_a_closed_space_says_so_and_keeps_the_words(citizen):
    closed = make_space(phase=Phase.ARCHIVED)
    response = send(citizen, closed, "還來得及嗎")
    assert response.status_code == 403 and "還來得及嗎" in response.content.decode()


def test_a_draft_does_not_exist_for_citizens(citizen):
    draft = make_space(phase=Phase.DRAFT)
    assert citizen.get(draft.get_absolute_url()).status_code == 404


def test_editing_somebody_elses_words_is_refused(citizen, space, neighbour):
    comment = say(space, neighbour, "鄰居的話")
    address = reverse("discussions:edit_comment", args=[space.slug, comment.pk])
    assert citizen.get(address).status_code == 403
    assert citizen.post(address, {"text": "改掉", "client_id": uuid.uuid4().hex}).status_code == 403
    comment.refresh_from_db()
    assert comment.text == "鄰居的話"


def test_a_refusal_leads_back_to_our_own_pages_only(citizen, space, neighbour):
    address = reverse("discussions:hide_comment", args=[space.slug, say(space, neighbour, "鄰居的話").pk])
    ours = citizen.get(address, headers={"Referer": f"http://testserver/p/{space.slug}/"}).content.decode()
    theirs = citizen.get(address, headers={"Referer": "https://elsewhere.example/trap"}).content.decode()
    assert f'href="http://testserver/p/{space.slug}/"' in ours
    assert "elsewhere.example" not in theirs


def test_editing_and_withdrawing_ones_own_words(citizen, space, member):
    comment = say(space, member, "原來的話")
    edit = reverse("discussions:edit_comment", args=[space.slug, comment.pk])
    assert "原來的話" in citizen.get(edit).content.decode()
    citizen.post(edit, {"text": "改過的話", "client_id": uuid.uuid4().hex})
    assert "改過的話" in citizen.get(comment.get_absolute_url()).content.decode()
    withdraw = reverse("discussions:withdraw_comment", args=[space.slug, comment.pk])
    assert citizen.get(withdraw).status_code == 200
    citizen.post(withdraw)
    page = citizen.get(space.get_absolute_url()).content.decode()
    assert "改過的話" not in page


def test_hidden_words_leave_the_page_at_once_and_the_reason_stays(client, space, member, moderator):
    comment = say(space, member, "這句會被隱藏")
    say(space, member, "這句留著")
    assert "這句會被隱藏" in client.get(space.get_absolute_url()).content.decode()
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    for address in (space.get_absolute_url(), comment.get_absolute_url()):
        page = client.get(address).content.decode()
        assert "這句會被隱藏" not in page
        assert reasons.words("spam") in page


def test_the_moderators_queue_is_for_moderators(client, citizen, space, neighbour, moderator, member):
    comment = say(space, neighbour, "被檢舉的話")
    moderation.report(target=comment, reporter=member, reason="spam")
    queue = reverse("discussions:moderation")
    assert citizen.get(queue).status_code == 403
    client.force_login(moderator)
    assert "被檢舉的話" in client.get(queue).content.decode()
    client.post(reverse("discussions:hide_comment", args=[space.slug, comment.pk]), {"reason": "spam"})
    comment.refresh_from_db()
    assert comment.state == Comment.State.HIDDEN
    client.post(reverse("discussions:moderate", args=[space.slug, "comment", comment.pk]), {"act": "restore"})
    comment.refresh_from_db()
    assert comment.state == Comment.State.VISIBLE


def test_citizens_cannot_hide_or_answer(citizen, space, neighbour):
    comment = say(space, neighbour, "鄰居的話")
    for name in ("hide_comment", "answer_comment"):
        assert citizen.post(reverse(f"discussions:{name}", args=[space.slug, comment.pk])).status_code == 403
    comment.refresh_from_db()
    assert comment.state == Comment.State.VISIBLE


def test_voting_shows_the_result_at_once_and_then_the_next_statement(citizen, space, neighbour):
    first, second = propose(space, neighbour, "深夜要有公車"), propose(space, neighbour, "票價要降")
    page = citizen.get(reverse("discussions:statements", args=[space.slug])).content.decode()
    assert "深夜要有公車" in page
    response = citizen.post(reverse("discussions:vote", args=[space.slug, first.pk]), {"value": "1"}, follow=True)
    assert "100%" in response.content.decode()
    page = citizen.get(reverse("discussions:statements", args=[space.slug])).content.decode()
    assert page.index("票價要降") < page.index("深夜要有公車")
    citizen.post(reverse("discussions:undo_vote", args=[space.slug, first.pk]))
    assert not Vote.objects.exists()
    assert second in Statement.objects.all()


@pytest.mark.parametrize("value", ["", "2", "yes"])
def test_a_vote_that_is_none_is_refused(citizen, space, neighbour, value):
    statement = propose(space, neighbour, "深夜要有公車")
    response = citizen.post(reverse("discussions:vote", args=[space.slug, statement.pk]), {"value": value})
    assert response.status_code == 400 and not Vote.objects.exists()


def test_a_stranger_voting_is_asked_to_sign_in(client, space, neighbour):
    statement = propose(space, neighbour, "深夜要有公車")
    response = client.post(reverse("discussions:vote", args=[space.slug, statement.pk]), {"value": "1"})
    assert response.status_code == 401 and not Vote.objects.exists()


def test_a_statement_is_added_by_form_and_refused_when_empty(citizen, space):
    address = reverse("discussions:make_statement", args=[space.slug])
    assert citizen.post(address, {"text": "", "client_id": uuid.uuid4().hex}).status_code == 422
    assert citizen.post(address, {"text": "站牌要有座位", "client_id": uuid.uuid4().hex}).status_code == 302
    assert Statement.objects.get().text == "站牌要有座位"


def test_an_officer_answers_and_the_citizen_sees_it_under_me(client, space, member, officer):
    comment = say(space, member, "末班車太早")
    client.force_login(officer)
    address = reverse("discussions:answer_comment", args=[space.slug, comment.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": "", "client_id": uuid.uuid4().hex}).status_code == 422
    client.post(address, {"text": "十二月起延後到零點。", "client_id": uuid.uuid4().hex})
    client.force_login(member)
    assert "十二月起延後到零點。" in client.get(reverse("discussions:me")).content.decode()
    assert "十二月起延後到零點。" in client.get(reverse("discussions:answers", args=[space.slug])).content.decode()


def test_me_is_for_members(client):
    assert client.get(reverse("discussions:me")).status_code == 302


def test_an_unread_result_page_promises_nothing(client, space):
    assert client.get(reverse("discussions:results", args=[space.slug])).status_code == 200


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_of_a_space_speaks_both_languages(citizen, space, member, language):
    comment = say(space, member, "語言測試")
    propose(space, member, "語言主張")
    for path in ("", "statements/", "results/", "answers/", "thread/", f"c/{comment.pk}/", f"c/{comment.pk}/edit/"):
        response = citizen.get(f"{language}/p/{space.slug}/{path}")
        assert response.status_code == 200, path
        assert f'lang="{"en" if language else "zh-Hant-TW"}"' in response.content.decode()


@pytest.mark.parametrize(("roots", "replies"), [(1, 9), (100, 9), (1000, 9)])
def test_the_front_takes_at_most_twelve_queries_cold_and_six_warm(
    client, space, member, roots, replies, django_assert_max_num_queries
):
    fill(space, member, roots=roots, replies=replies)
    client.force_login(member)
    client.get(space.get_absolute_url())
    cache.clear()
    with django_assert_max_num_queries(12):
        page = client.get(space.get_absolute_url())
    with django_assert_max_num_queries(6):
        client.get(space.get_absolute_url())
    assert len(page.content) <= 100_000


def test_signing_up_asks_for_a_name_and_signs_in(client):
    response = client.post(
        reverse("account_signup"),
        {"email": "new@example.org", "display_name": "新來的", "password1": PASSWORD},
    )
    assert response.status_code == 302
    assert client.get(reverse("discussions:me")).status_code == 200


def test_signing_up_twice_with_one_address_makes_one_account(client):
    from discussions.models import Member

    make_member(email="taken@example.org")
    client.post(
        reverse("account_signup"), {"email": "taken@example.org", "display_name": "又來了", "password1": PASSWORD}
    )
    assert Member.objects.filter(email="taken@example.org").count() == 1


def test_a_forgotten_password_can_be_set_anew(client, member, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": member.email})
    link = next(word for word in mailoutbox[0].body.split() if "/accounts/password/reset/key/" in word)
    form = client.get("/" + link.split("/", 3)[3], follow=True)
    assert form.status_code == 200
    client.post(form.redirect_chain[-1][0], {"password1": "another-long-secret", "password2": "another-long-secret"})
    member.refresh_from_db()
    assert member.check_password("another-long-secret")


def test_tallies_are_counted_for_all_statements_at_once(space, member, neighbour, django_assert_num_queries):
    for text in ("主張一", "主張二", "主張三"):
        voting.cast(statement=propose(space, member, text), member=neighbour, value=1)
    with django_assert_num_queries(1):
        assert [statement.agree for statement in voting.with_tallies(space)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("phase", "words", "room"),
    [
        (Phase.OPEN, "說說您的看法", "space"),
        (Phase.VOTING, "對主張表態", "statements"),
        (Phase.REVIEW, "看大家說了什麼", "results"),
        (Phase.ANSWERED, "看答覆", "answers"),
    ],
)
def test_the_front_asks_for_the_one_thing_of_its_phase(client, space, phase, words, room):
    space.phase = phase
    space.save(update_fields=["phase"])
    front = client.get(space.get_absolute_url()).content.decode()
    head = front.partition('class="space-head__deed"')[2].partition("</div>")[0]
    assert words in head and f'href="{reverse(f"discussions:{room}", args=[space.slug])}' in head
    elsewhere = client.get(reverse("discussions:answers", args=[space.slug])).content.decode()
    assert "space-head__deed" not in elsewhere and f'<a href="{space.get_absolute_url()}">' in elsewhere


def test_a_withdrawn_parent_keeps_its_place_over_living_replies(citizen, space, member, neighbour):
    parent = say(space, member, "我收回這句話")
    reply = say(space, neighbour, "末班車真的太早", parent_id=parent.pk)
    comments.withdraw(comment=parent, author=member)
    for address in (space.get_absolute_url(), reply.get_absolute_url()):
        page = citizen.get(address).content.decode()
        assert "末班車真的太早" in page and "我收回這句話" not in page
        assert page.index(f'id="c{parent.pk}"') < page.index(f'id="c{reply.pk}"')
    assert send(citizen, space, "我也這麼想，謝謝您說出來", parent=reply.pk).status_code == 302
    rows = citizen.get(f"/api/v1/spaces/{space.slug}/comments").json()
    assert "我收回這句話" not in str(rows)
    # The branch ends with its last living reply; nothing of it was lost before.
    comments.withdraw(comment=reply, author=neighbour)
    assert "我也這麼想，謝謝您說出來" in citizen.get(space.get_absolute_url()).content.decode()
