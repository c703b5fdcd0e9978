"""Showing an electronic ID: the whole OpenID Connect dance against a provider on this machine."""

import uuid

import pytest
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse

from discussions.models import Comment, Level, Member
from tests.discussions.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.factories import PASSWORD, make_space, propose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture
def provider(settings):
    running = Provider()
    app = {
        "provider_id": "eid",
        "name": "eID",
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "settings": {"server_url": running.url, "fetch_userinfo": False},
    }
    settings.OIDC_URL = running.url
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "SCOPE": ["openid"], "APPS": [app]}
    }
    yield running
    running.close()


def show_id(client, provider, *, process="connect"):
    """Press the button, agree at the provider, come back."""
    address = reverse("openid_connect_login", args=["eid"]) + (f"?process={process}" if process else "")
    leads = client.post(address)
    assert leads.status_code == 302 and leads["Location"].startswith(provider.url)
    return client.get(reverse("openid_connect_callback", args=["eid"]), provider.show(leads["Location"]))


def test_showing_an_id_raises_the_level_and_keeps_nothing_it_says(client, provider, member):
    client.force_login(member)
    assert "eID" in client.get(reverse("discussions:identity")).content.decode()
    assert show_id(client, provider)["Location"] == reverse("discussions:identity")
    member.refresh_from_db()
    assert member.level == Level.EID and member.display_name == "陳小明"
    account = SocialAccount.objects.get()
    assert account.uid == "person-1" and account.extra_data == {}
    kept = str(list(Member.objects.values())) + str(list(SocialAccount.objects.values()))
    assert not [words for words in ("王大明", "real.name@example.org", "1980-01-01") if words in kept]


def test_one_id_is_one_account(client, provider, member, neighbour):
    client.force_login(member)
    show_id(client, provider)
    client.force_login(neighbour)
    show_id(client, provider)
    neighbour.refresh_from_db()
    assert neighbour.level == Level.ACCOUNT and SocialAccount.objects.get().user == member


def test_a_guest_who_shows_an_id_has_an_account_with_everything_they_gave(client, provider, agency):
    space = make_space(agency=agency, instruments={"comments": {"level": 0}})
    data = {"text": "先說，再證明我是誰", "client_id": uuid.uuid4().hex}
    client.post(reverse("discussions:post_comment", args=[space.slug]), data)
    show_id(client, provider)
    member = Member.objects.get()
    assert member.level == Level.EID and member.comments.get().text == "先說，再證明我是誰"


def test_the_words_of_a_guest_wait_when_they_sign_in_by_id(client, provider, member, agency):
    client.force_login(member)
    show_id(client, provider)
    client.logout()
    instruments = {"comments": {}, "statements": {"level": 0}}
    space = make_space(agency=agency, instruments=instruments)
    statement = propose(space, member, "幹線應該拉直")
    client.post(reverse("discussions:vote", args=[space.slug, statement.pk]), {"value": "1"})
    data = {"text": "末班車太早，加班的人回不了家", "client_id": uuid.uuid4().hex}
    assert client.post(reverse("discussions:post_comment", args=[space.slug]), data).status_code == 403
    show_id(client, provider, process="")
    page = client.get(space.get_absolute_url())
    assert page.context["user"] == member and data["text"] in page.content.decode()


def test_signing_in_by_id_finds_the_account_again(client, provider, member):
    client.force_login(member)
    show_id(client, provider)
    client.logout()
    show_id(client, provider, process="")
    assert client.get(reverse("discussions:me")).context["user"] == member


def test_a_stranger_with_an_id_gets_an_account_without_a_name_of_theirs(client, provider):
    show_id(client, provider, process="")
    member = Member.objects.get()
    assert member.level == Level.EID and member.email is None and "王" not in member.display_name


def test_a_provider_that_is_down_changes_nothing_and_says_so(client, provider, member):
    client.force_login(member)
    provider.is_down = True
    response = client.post(reverse("openid_connect_login", args=["eid"]) + "?process=connect", follow=True)
    assert response.status_code == 503 and "<main" in response.content.decode()
    member.refresh_from_db()
    assert member.level == Level.ACCOUNT


def test_an_answer_nobody_asked_for_is_refused(client, provider, member):
    client.force_login(member)
    response = client.get(reverse("openid_connect_callback", args=["eid"]), {"code": "x" * 16, "state": "made-up"})
    assert response.status_code < 500
    member.refresh_from_db()
    assert member.level == Level.ACCOUNT and not SocialAccount.objects.exists()


def test_without_a_provider_the_button_is_not_there(client, member):
    client.force_login(member)
    assert "openid" not in client.get(reverse("discussions:identity")).content.decode()
    assert client.post(reverse("openid_connect_login", args=["eid"])).status_code == 404
    assert client.login(email=member.email, password=PASSWORD)


def test_a_comment_asked_for_an_id_is_taken_from_those_who_showed_one(client, provider, member):
    space = make_space(instruments={"comments": {"level": 40}})
    address, data = (
        reverse("discussions:post_comment", args=[space.slug]),
        {"text": "我證明了", "client_id": uuid.uuid4().hex},
    )
    client.force_login(member)
    assert client.post(address, data).status_code == 403
    show_id(client, provider)
    assert client.post(address, data).status_code == 302
    assert Comment.objects.get().level == Level.EID
