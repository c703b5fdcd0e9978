"""The desk of statements, as communicators, planners and moderators use it."""

import uuid

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from discussions import voting
from discussions.models import Statement, Vote
from tests.factories import make_member, propose

pytestmark = pytest.mark.django_db
COMMENTS = "timestamp,comment-id,author-id,moderated,comment-body\n1435700001000,0,5,1,公車應該準時\n"
VOTES = "timestamp,comment-id,voter-id,vote\n1435700011000,0,5,1\n1435700013000,0,7,-1\n1435700014000,9,7,1\n"
WIDE = "participant,group-id,n-comments,n-votes,0\n5,0,1,1,1\n7,1,0,1,-1\n"


@pytest.fixture
def desk(space):
    return reverse("statements_desk", args=[space.slug])


def at(name, space, *args):
    return reverse(f"statements_{name}", args=[space.slug, *args])


def test_a_communicator_lays_the_statements_of_the_agency(client, site, communicator, space, desk):
    client.force_login(communicator)
    assert client.get(desk).status_code == 200
    form = {"text": "幹線應該拉直", "client_id": uuid.uuid4().hex}
    for _turn in range(2):
        assert client.post(at("seed", space), form).status_code in (302, 422)
    assert Statement.objects.get().is_seed
    page = client.get(desk).content.decode()
    assert "幹線應該拉直" in page


def test_the_same_statement_is_put_twice_only_on_purpose(client, site, communicator, space):
    client.force_login(communicator)
    client.post(at("seed", space), {"text": "幹線應該拉直", "client_id": uuid.uuid4().hex})
    again = {"text": "幹線應該拉直。", "client_id": uuid.uuid4().hex}
    answer = client.post(at("seed", space), again)
    assert answer.status_code == 422 and Statement.objects.count() == 1
    assert client.post(at("seed", space), {**again, "anyway": "on"}).status_code == 302
    assert Statement.objects.count() == 2


def test_a_statement_is_closed_and_opened_again(client, site, communicator, space, member, desk):
    statement = propose(space, member, "深夜要有公車")
    voting.cast(statement=statement, member=member, value=1)
    client.force_login(communicator)
    client.post(at("close", space, statement.pk))
    statement.refresh_from_db()
    assert statement.closed_at and statement.agree == 1
    client.post(at("reopen", space, statement.pk))
    statement.refresh_from_db()
    assert statement.closed_at is None
    assert client.get(desk, {"before": "9" * 30}).status_code == 200


def test_empty_words_come_back_with_their_reason(client, site, communicator, space):
    client.force_login(communicator)
    answer = client.post(at("seed", space), {"text": "", "client_id": uuid.uuid4().hex})
    assert answer.status_code == 422 and "error-message" in answer.content.decode()
    assert not Statement.objects.exists()


@pytest.mark.parametrize("votes", [VOTES, WIDE], ids=["one line a vote", "one line a person"])
def test_a_planner_brings_in_an_earlier_vote(client, site, planner, space, votes):
    client.force_login(planner)
    for _turn in range(2):
        answer = client.post(
            at("import", space),
            {
                "comments": SimpleUploadedFile("c.csv", COMMENTS.encode()),
                "votes": SimpleUploadedFile("v.csv", votes.encode()),
            },
        )
        assert answer.status_code == 200
    statement = Statement.objects.get()
    assert (statement.text, statement.agree, statement.disagree) == ("公車應該準時", 1, 1)
    assert Vote.objects.count() == 2
    assert ("votes.csv 4" in answer.content.decode()) == (votes == VOTES)


def test_files_that_are_no_export_are_refused(client, site, planner, space):
    client.force_login(planner)
    nothing = {"comments": SimpleUploadedFile("c.csv", b"a,b\n1,2\n"), "votes": SimpleUploadedFile("v.csv", b"x\n1\n")}
    assert client.post(at("import", space), nothing).status_code == 422
    assert client.post(at("import", space), {}).status_code == 422
    large = {
        "comments": SimpleUploadedFile("c.csv", b"x" * (10 * 1024 * 1024 + 1)),
        "votes": SimpleUploadedFile("v.csv", VOTES.encode()),
    }
    assert client.post(at("import", space), large).status_code == 422
    assert not Statement.objects.exists()


def test_others_are_refused(client, site, planner, moderator, space, desk, member):
    client.force_login(member)
    assert client.get(desk).status_code in (302, 403)
    client.force_login(moderator)
    assert client.get(desk).status_code == 403
    client.force_login(planner)
    assert client.post(at("seed", space), {"text": "計畫的主張", "client_id": uuid.uuid4().hex}).status_code == 403
    assert not Statement.objects.exists()


def test_the_desk_takes_the_same_queries_for_few_and_many(client, site, communicator, space, desk):
    client.force_login(communicator)
    people = [make_member() for _number in range(2)]
    taken = []
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for count in (2, 40):
        for number in range(count):
            voting.cast(statement=propose(space, people[0], f"{count} {number} 主張"), member=people[1], value=1)
        client.get(desk)
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(desk)
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_what_nobody_may_tell_apart_is_not_called_other(client, site, communicator, space, member, desk):
    statement = propose(space, member, "深夜要有公車")
    for level in [10] * 6 + [20] * 6:
        voting.cast(statement=statement, member=make_member(level=level), value=1)
    client.force_login(communicator)
    shown = [label for label, _part in client.get(desk).context["parts"]]
    assert len(shown) == 3 and "其他" not in shown
    Vote.objects.filter(pk__in=Vote.objects.values("pk")[:2]).update(channel="paper")
    cache.clear()
    assert len(client.get(desk).context["parts"]) == 2
