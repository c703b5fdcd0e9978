"""How fast and how much one person may write (figure A1), to one process and to eight at once."""

import json
import os
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from discussions import comments, pace
from discussions.errors import InvalidText, TooSoon
from discussions.models import Comment
from tests.discussions.proposing import draft, proposing_space, published
from tests.factories import make_member, make_space, say

TRIES = 6


@pytest.fixture
def newcomer(db):
    return make_member(date_joined=timezone.now())


def posted(author, *, hours):
    """Set everything an author said back in time."""
    Comment.objects.filter(author=author).update(posted_at=timezone.now() - timedelta(hours=hours))


@pytest.mark.django_db
def test_a_new_account_begins_three_topics_a_day(space, newcomer):
    for number in range(3):
        say(space, newcomer, f"主題 {number}")
    with pytest.raises(TooSoon) as refusal:
        say(space, newcomer, "第四個主題")
    assert 23 * 3600 < refusal.value.retry_after <= 24 * 3600 + 1
    posted(newcomer, hours=25)
    assert say(space, newcomer, "隔天的主題").pk


@pytest.mark.django_db
def test_a_new_account_writes_ten_replies_a_day_beside_its_topics(space, newcomer, member):
    root = say(space, member, "大家怎麼看？")
    for number in range(10):
        say(space, newcomer, f"回覆 {number}", parent_id=root.pk)
    with pytest.raises(TooSoon):
        say(space, newcomer, "第十一則回覆", parent_id=root.pk)
    assert say(space, newcomer, "我的主題").pk


@pytest.mark.django_db
def test_what_was_withdrawn_still_counts_and_another_space_is_no_way_round(space, newcomer):
    for number in range(3):
        comments.withdraw(comment=say(space, newcomer, f"主題 {number}"), author=newcomer)
    with pytest.raises(TooSoon):
        say(make_space(), newcomer, "到別處說")


@pytest.mark.django_db
def test_a_known_account_has_no_day_limit(space, member):
    for number in range(12):
        say(space, member, f"主題 {number}")
    assert Comment.objects.count() == 12


@pytest.mark.django_db
def test_a_resend_is_not_a_second_post(space, newcomer, settings):
    settings.POSTING_INTERVALS = {"new": 30, "known": 5}
    key = uuid.uuid4().hex
    first = comments.post(space=space, author=newcomer, text="只說一次", client_id=key)
    assert comments.post(space=space, author=newcomer, text="只說一次", client_id=key).pk == first.pk


@pytest.mark.django_db
def test_a_new_account_sends_two_links_and_not_three(space, newcomer, member):
    links = "https://a.example https://b.example"
    assert say(space, newcomer, f"兩個連結 {links}").pk
    with pytest.raises(InvalidText) as refusal:
        say(space, newcomer, f"三個連結 {links} www.c.example")
    assert refusal.value.code == "too_many_links"
    assert say(space, member, f"三個連結 {links} www.c.example").pk


@pytest.mark.django_db
def test_links_cannot_be_put_in_by_an_edit(space, newcomer):
    comment = say(space, newcomer, "沒有連結")
    with pytest.raises(InvalidText):
        comments.edit(comment=comment, author=newcomer, text="https://a.example https://b.example https://c.example")


@pytest.mark.django_db
def test_edits_have_a_pace_too(space, member, settings):
    comment = say(space, member, "第一版")
    comments.edit(comment=comment, author=member, text="第二版")
    settings.POSTING_INTERVALS = {"new": 30, "known": 5}
    with pytest.raises(TooSoon):
        comments.edit(comment=comment, author=member, text="第三版")


@pytest.mark.django_db
def test_the_form_is_refused_with_429_and_says_when_to_come_back(client, space, newcomer):
    for number in range(3):
        say(space, newcomer, f"主題 {number}")
    client.force_login(newcomer)
    response = client.post(
        reverse("discussions:post_comment", args=[space.slug]), {"text": "第四個主題", "client_id": uuid.uuid4().hex}
    )
    assert response.status_code == 429 and int(response["Retry-After"]) > 3600
    assert "第四個主題" in response.content.decode()


@pytest.mark.django_db
def test_htmx_is_refused_with_429_too_and_the_form_comes_back_in_its_place(client, space, newcomer):
    for number in range(3):
        say(space, newcomer, f"主題 {number}")
    client.force_login(newcomer)
    response = client.post(
        reverse("discussions:post_comment", args=[space.slug]),
        {"text": "第四個主題", "client_id": uuid.uuid4().hex},
        headers={"HX-Request": "true"},
    )
    assert response.status_code == 429 and int(response["Retry-After"]) > 3600
    assert response["HX-Retarget"] and "第四個主題" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_below_a_proposal_too_the_answer_says_when_to_come_back(client, newcomer, member, settings, headers):
    proposal = published(proposing_space(), member)
    settings.POSTING_INTERVALS = {"new": 30, "known": 5}
    client.force_login(newcomer)
    address = reverse("discussions:comment_on_proposal", args=[proposal.space.slug, proposal.pk])
    answers = [
        client.post(address, {"text": text, "client_id": uuid.uuid4().hex}, headers=headers)
        for text in ("第一句", "太快的第二句")
    ]
    assert answers[0].status_code in (201, 302) and "Retry-After" not in answers[0]
    assert answers[1].status_code == 429 and 0 < int(answers[1]["Retry-After"]) <= 30
    assert "太快的第二句" in answers[1].content.decode()


@pytest.mark.django_db
def test_changing_and_proposing_too_soon_say_when_to_come_back_and_keep_the_words(client, member, settings):
    space = proposing_space(instruments={"comments": {}})
    comment = say(space, member, "第一版")
    comments.edit(comment=comment, author=member, text="第二版")
    published(space, member)
    second = draft(space, member, "太快的第二份提案")
    client.force_login(member)
    settings.POSTING_INTERVALS = {"new": 3600, "known": 3600}
    edit = reverse("discussions:edit_comment", args=[space.slug, comment.pk])
    check = reverse("discussions:check_proposal", args=[space.slug, second.pk])
    for address, words in ((edit, "太快的第三版"), (check, second.title)):
        response = client.post(address, {"text": words, "client_id": uuid.uuid4().hex})
        assert response.status_code == 429 and 0 < int(response["Retry-After"]) <= 3600
        assert words in response.content.decode()


def test_what_costs_time_is_asked_for_so_often_and_no_more():
    cache.clear()
    for _turn in range(3):
        pace.require_calm("somebody", most=3, seconds=60)
    with pytest.raises(TooSoon) as refusal:
        pace.require_calm("somebody", most=3, seconds=60)
    assert refusal.value.retry_after == 60
    pace.require_calm("somebody-else", most=3, seconds=60)


def drill(author, intervals) -> None:
    """Let eight processes post for one person to eight discussions at once."""
    spaces = [make_space().pk for _turn in range(8)]
    orders = {
        "database": connections["default"].settings_dict["NAME"],
        "member": author.pk,
        "spaces": spaces,
        "tries": TRIES,
        "intervals": intervals,
    }
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "civic.settings"}
    command = [sys.executable, "-m", "tests.discussions.pace_drill", json.dumps(orders, default=str)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db(transaction=True)
def test_eight_processes_exceed_no_limit_of_a_new_account_by_even_one():
    newcomer = make_member(date_joined=timezone.now())
    drill(newcomer, {"new": 0, "known": 0})
    assert Comment.objects.filter(author=newcomer).count() == 3


@pytest.mark.django_db(transaction=True)
def test_eight_processes_post_once_in_the_interval_of_a_known_account():
    member = make_member()
    drill(member, {"new": 3600, "known": 600})
    assert Comment.objects.filter(author=member).count() == 1
