"""Somebody who has to come in first finds the way, and their words when they are back."""

import json
import uuid

import pytest
from django.urls import reverse

from discussions.models import Comment, Level, Phase
from tests.factories import PASSWORD, make_member, make_space, propose, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]

WORDS = "末班車太早，加班的人回不了家"


@pytest.fixture
def guest(client, agency):
    """A browser that took part as a guest, and the space where comments ask for an account."""
    space = make_space(agency=agency, instruments={"comments": {}, "statements": {"level": Level.GUEST}})
    statement = propose(space, make_member(name="提案人"), "幹線應該拉直")
    client.post(reverse("discussions:vote", args=[space.slug, statement.pk]), {"value": "1"})
    return client, space


def post(client, name, *args, **fields):
    return client.post(reverse(f"discussions:{name}", args=args), {"client_id": uuid.uuid4().hex, **fields})


def sign_in(client, member, onward):
    return client.post(
        f"{reverse('account_login')}?next={onward}", {"login": member.email, "password": PASSWORD}, follow=True
    )


def test_words_sent_before_signing_in_wait_in_the_form(client, space):
    page = post(client, "post_comment", space.slug, text=WORDS, kind="concern").content.decode()
    assert f"{reverse('account_login')}?next=%2Fp%2F{space.slug}%2F%23composer" in page
    back = sign_in(client, make_member(email="rider@example.org"), space.get_absolute_url()).content.decode()
    assert f">\n{WORDS}</textarea>" in back and '<option value="concern" selected>' in back
    assert WORDS not in client.get(space.get_absolute_url()).content.decode(), "they are given back once"
    assert not Comment.objects.exists()


def test_a_reply_waits_below_what_it_answers(client, space, member):
    asked = say(space, member, "要不要延後末班車？")
    post(client, "post_comment", space.slug, text=WORDS, parent=asked.pk)
    page = reverse("discussions:comment", args=[space.slug, asked.pk])
    other = make_member(email="rider@example.org")
    assert WORDS not in sign_in(client, other, space.get_absolute_url()).content.decode()
    assert f">\n{WORDS}</textarea>" in client.get(page).content.decode()


def test_a_statement_waits_too(client, space):
    page = post(client, "make_statement", space.slug, text="幹線應該拉直").content.decode()
    assert reverse("account_login") in page and "幹線應該拉直" in page
    address = reverse("discussions:statements", args=[space.slug])
    assert "幹線應該拉直</textarea>" in sign_in(client, make_member(email="a@example.org"), address).content.decode()


def test_a_guest_is_led_to_an_account_and_not_told_that_the_discussion_is_closed(guest):
    client, space = guest
    page = client.get(space.get_absolute_url()).content.decode()
    assert f'href="{reverse("account_signup")}?next=' in page
    assert "目前不接受留言" not in page and 'id="composer"' not in page


def test_the_words_of_a_guest_wait_when_they_sign_in_to_the_account_they_have(guest):
    client, space = guest
    page = post(client, "post_comment", space.slug, text=WORDS, kind="concern")
    assert page.status_code == 403
    member = make_member(email="rider@example.org")
    back = sign_in(client, member, space.get_absolute_url())
    assert back.context["user"] == member
    assert f">\n{WORDS}</textarea>" in back.content.decode()
    assert WORDS not in client.get(space.get_absolute_url()).content.decode(), "they are given back once"


def test_words_that_waited_for_one_person_do_not_wait_for_the_next(guest):
    client, space = guest
    post(client, "post_comment", space.slug, text=WORDS)
    client.logout()
    assert WORDS not in sign_in(client, make_member(email="b@example.org"), space.get_absolute_url()).content.decode()


def test_a_closed_discussion_asks_nobody_for_an_account(guest):
    client, space = guest
    space.phase = Phase.ANSWERED
    space.save(update_fields=["phase"])
    page = client.get(space.get_absolute_url()).content.decode()
    assert "目前不接受留言" in page and f'href="{reverse("account_signup")}?next=' not in page


def test_a_press_that_is_refused_in_the_page_says_why_and_where_to_go(client, space, member):
    comment = say(space, member, WORDS)
    address = reverse("discussions:react", args=[space.slug])
    response = client.post(address, {"agree": comment.pk}, headers={"HX-Request": "true"})
    told = json.loads(response.headers["HX-Trigger"])["minyi:toast"]
    assert response.status_code == 401
    assert told["words"] and told["url"].startswith(reverse("account_login"))


def test_a_refusal_without_a_way_in_offers_none(client, space, member):
    client.force_login(member)
    comment = say(space, member, WORDS)
    response = client.post(reverse("discussions:react", args=[space.slug]), {"agree": comment.pk})
    assert response.status_code == 403 and reverse("account_login") not in response.content.decode()


def test_an_address_for_forms_opened_as_a_page_says_so(client, space):
    response = client.get(reverse("discussions:post_comment", args=[space.slug]))
    assert response.status_code == 405 and response.headers["Allow"] == "POST"
    assert "這個網址只接收表單送出的內容" in response.content.decode()


def test_a_comment_sent_in_the_open_page_is_thanked_for(client, space, member):
    client.force_login(member)
    data = {"text": WORDS, "client_id": uuid.uuid4().hex}
    response = client.post(reverse("discussions:post_comment", args=[space.slug]), data, headers={"HX-Request": "true"})
    assert json.loads(response.headers["HX-Trigger"])["minyi:toast"]["words"].startswith("您的意見已公開")


def test_a_guest_finds_their_votes_among_their_own_things(guest):
    client, space = guest
    page = client.get(reverse("discussions:me")).content.decode()
    assert "已表態 1 則主張" in page and reverse("discussions:my_position", args=[space.slug]) in page
    assert "您還沒有發言" not in page
