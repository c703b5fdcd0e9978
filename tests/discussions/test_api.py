"""The interface for programs: open for reading, a key for writing, no input that breaks it."""

import html
import json
import re

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from discussions import tokens
from discussions.errors import CivicError, NotAllowed
from discussions.models import ApiToken, Channel, Comment, Level, Phase
from tests.factories import make_member, make_space, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture
def key(member):
    return tokens.make(member=member, name="我的程式")[1]


def post(client, path, body, key=""):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_anybody_reads_what_the_public_may_read(client, space, member):
    say(space, member, "末班車太早")
    make_space(phase=Phase.DRAFT, slug="secret-draft")
    spaces = client.get("/api/v1/spaces").json()
    assert [item["slug"] for item in spaces["items"]] == [space.slug]
    comments = client.get(f"/api/v1/spaces/{space.slug}/comments").json()
    assert [item["text"] for item in comments["items"]] == ["末班車太早"]
    assert client.get("/api/v1/spaces/secret-draft").status_code == 404


def test_a_program_writes_in_the_name_of_its_member(client, space, member, key):
    body = {"text": "由程式送出", "client_id": "program-0001"}
    first, again = (post(client, f"spaces/{space.slug}/comments", body, key) for _ in range(2))
    assert first.status_code == again.status_code == 201
    comment = Comment.objects.get()
    assert comment.author == member and comment.channel == Channel.API
    assert first.json()["id"] == again.json()["id"] == comment.pk


@pytest.mark.parametrize("wrong", ["", "minyi_made-up", "Bearer"])
def test_without_a_key_of_ours_nothing_is_written(client, space, wrong):
    response = post(client, f"spaces/{space.slug}/comments", {"text": "沒有金鑰", "client_id": "program-0001"}, wrong)
    assert response.status_code == 401 and not Comment.objects.exists()


def test_a_session_alone_does_not_write(client, space, member):
    client.force_login(member)
    response = post(client, f"spaces/{space.slug}/comments", {"text": "只有登入", "client_id": "program-0001"})
    assert response.status_code == 401 and not Comment.objects.exists()


def test_a_refusal_speaks_to_programs_and_to_people(client, key, member):
    closed = make_space(phase=Phase.ARCHIVED)
    response = post(client, f"spaces/{closed.slug}/comments", {"text": "還能說嗎", "client_id": "program-0001"}, key)
    assert response.status_code == 403 and response.json()["error"] == "phase" and response.json()["message"]


@pytest.mark.parametrize(
    ("address", "body", "with_key", "status", "code"),
    [
        ("spaces/{slug}/comments", '{"text": "沒有金鑰", "client_id": "program-0001"}', False, 401, "no_key"),
        ("spaces/never-was/comments", '{"text": "在哪裡", "client_id": "program-0001"}', True, 404, "not_found"),
        ("spaces/{slug}/comments", "[1, 2", True, 400, "unreadable"),
        ("spaces/{slug}/comments", '{"text": 7, "client_id": "短"}', True, 422, "invalid"),
    ],
)
@pytest.mark.parametrize(("language", "script"), [("zh-TW", "[一-鿿]"), ("en", "^[^一-鿿]+$")])
def test_whatever_is_refused_is_refused_in_one_form(
    client, space, key, address, body, with_key, status, code, language, script
):
    headers = {"Accept-Language": language, **({"Authorization": f"Bearer {key}"} if with_key else {})}
    path = f"/api/v1/{address.format(slug=space.slug)}"
    response = client.post(path, body, content_type="application/json", headers=headers)
    said = response.json()
    assert (response.status_code, said["error"]) == (status, code)
    assert re.search(script, said["message"])
    assert ("WWW-Authenticate" in response) == (status == 401)
    if status == 422:
        assert {tuple(problem["loc"])[-1] for problem in said["detail"]} == {"text", "client_id"}


def test_too_fast_says_how_long_to_wait(client, space, key, settings):
    settings.POSTING_INTERVALS = {"new": 30, "known": 30}
    for number in range(2):
        body = {"text": f"第 {number} 則", "client_id": f"program-000{number}"}
        response = post(client, f"spaces/{space.slug}/comments", body, key)
    assert response.status_code == 429 and int(response["Retry-After"]) > 0


def test_a_key_is_shown_once_and_taken_back_for_good(client, space, member):
    client.force_login(member)
    page = client.post(reverse("discussions:keys"), {"name": "研究用"}).content.decode()
    key = page.split('class="key">')[1].split("<")[0]
    assert key not in client.get(reverse("discussions:keys")).content.decode()
    assert key not in str(list(ApiToken.objects.values()))
    assert tokens.owner(key) == member
    client.post(reverse("discussions:revoke_key", args=[ApiToken.objects.get().pk]))
    assert tokens.owner(key) is None


def test_nobody_takes_back_the_key_of_another(client, member, neighbour, key):
    client.force_login(neighbour)
    client.post(reverse("discussions:revoke_key", args=[ApiToken.objects.get().pk]))
    assert tokens.owner(key) == member


def test_the_key_of_a_closed_account_opens_nothing(member, key):
    member.is_active = False
    member.save()
    assert tokens.owner(key) is None


def test_guests_have_no_keys_and_nobody_has_very_many(member):
    with pytest.raises(NotAllowed):
        tokens.make(member=make_member(level=Level.GUEST), name="訪客的程式")
    for number in range(tokens.MOST):
        tokens.make(member=member, name=f"程式 {number}")
    with pytest.raises(CivicError):
        tokens.make(member=member, name="再一支")


@pytest.mark.parametrize("language", ["", "/en"])
def test_programmers_find_every_operation_on_one_page(client, language):
    page = client.get(f"{language}/interface/").content.decode()
    description = client.get("/api/v1/openapi.json").json()
    assert all(path in page for path in description["paths"])


def test_what_an_operation_does_is_said_in_the_readers_language(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    said = {one["summary"] for verbs in paths.values() for one in verbs.values()}
    chinese, english = (html.unescape(client.get(f"{way}/interface/").content.decode()) for way in ("", "/en"))
    with translation.override("zh-hant"):
        words = {one: gettext(one) for one in said}
    assert len(said) > 40
    assert not [one for one in said if words[one] == one or f"<dd>{words[one]}" not in chinese]
    assert not [one for one in said if f"<dd>{one}" in chinese or f"<dd>{one}" not in english]


def test_every_writing_operation_asks_for_a_key(client):
    description = client.get("/api/v1/openapi.json").json()
    writing = [(path, verb) for path, verbs in description["paths"].items() for verb in verbs if verb != "get"]
    assert writing
    assert not [one for one in writing if not description["paths"][one[0]][one[1]].get("security")]
