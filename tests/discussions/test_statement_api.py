"""Statements and votes through the interface for programs."""

import json

import pytest

from discussions import tokens, voting
from discussions.exports import TABLES
from discussions.models import Channel, Level, Phase, Statement, Vote
from tests.factories import make_member, make_space, propose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture
def key(member):
    return tokens.make(member=member, name="我的程式")[1]


@pytest.fixture
def ask(client, key):
    def send(method, path, body=None, *, with_key=True):
        return client.generic(
            method,
            f"/api/v1/spaces/{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"} if with_key else {},
        )

    return send


def test_anybody_reads_statements_with_their_tallies(ask, space, member, neighbour):
    statement = propose(space, member, "深夜要有公車")
    voting.cast(statement=statement, member=neighbour, value=-1)
    held = propose(space, member, "還沒看過的主張")
    Statement.objects.filter(pk=held.pk).update(state=Statement.State.HELD)
    found = ask("GET", f"{space.slug}/statements", with_key=False).json()
    assert [(one["text"], one["disagree"]) for one in found["items"]] == [("深夜要有公車", 1)]
    assert ask("GET", f"{space.slug}/statements/{held.pk}", with_key=False).status_code == 404


def test_a_tally_is_split_by_level_and_channel_without_small_parts(ask, space):
    people = [make_member() for _number in range(6)] + [make_member(level=Level.EID) for _number in range(5)]
    statement = propose(space, people[0], "深夜要有公車")
    for number, person in enumerate(people):
        channel = Channel.PAPER if number == 3 else Channel.WEB
        voting.cast(statement=statement, member=person, value=1, channel=channel)
    found = ask("GET", f"{space.slug}/statements/{statement.pk}", with_key=False).json()
    assert {part["key"]: part["agree"] for part in found["by_level"]} == {"10": 6, "40": 5}
    assert found["by_channel"] == [{"key": "", "agree": 11, "disagree": 0, "passed": 0}]


def test_a_program_puts_statements_and_votes_in_the_name_of_its_member(ask, space, member, neighbour):
    other = propose(space, neighbour, "鄰居的主張")
    assert ask("GET", f"{space.slug}/statements/next").json()["statement"]["id"] == other.pk
    for _turn in range(2):
        cast = ask("PUT", f"{space.slug}/statements/{other.pk}/vote", {"value": -1})
        assert cast.status_code == 200 and cast.json()["statement"]["disagree"] == 1
    assert Vote.objects.get().channel == Channel.API and Vote.objects.get().member == member
    done = ask("GET", f"{space.slug}/statements/next").json()
    assert done == {"statement": None, "voted": 1, "total": 1}
    assert ask("DELETE", f"{space.slug}/statements/{other.pk}/vote").json()["statement"]["disagree"] == 0
    body = {"text": "程式放的主張", "client_id": "program-0001"}
    made, again = (ask("POST", f"{space.slug}/statements", body) for _turn in range(2))
    assert made.status_code == 201 and made.json()["id"] == again.json()["id"]


@pytest.mark.parametrize("value", [2, -2, None, "yes", 10**30])
def test_a_vote_that_is_none_is_refused(ask, space, neighbour, value):
    statement = propose(space, neighbour, "鄰居的主張")
    assert ask("PUT", f"{space.slug}/statements/{statement.pk}/vote", {"value": value}).status_code == 422
    assert not Vote.objects.exists()


def test_refusals_have_their_codes(ask, space, neighbour, communicator):
    statement = propose(space, neighbour, "鄰居的主張")
    vote = f"{space.slug}/statements/{statement.pk}/vote"
    assert ask("PUT", vote, {"value": 1}, with_key=False).status_code == 401
    voting.close(statement=statement, editor=communicator)
    refused = ask("PUT", vote, {"value": 1})
    assert (refused.status_code, refused.json()["error"]) == (403, "vote_closed")
    assert ask("PUT", f"{space.slug}/statements/{10**40}/vote", {"value": 1}).status_code == 404
    assert ask("PUT", f"{make_space().slug}/statements/{statement.pk}/vote", {"value": 1}).status_code == 404
    done = make_space(phase=Phase.ARCHIVED)
    refused = ask("POST", f"{done.slug}/statements", {"text": "太晚了", "client_id": "program-0001"})
    assert (refused.status_code, refused.json()["error"]) == (403, "phase")


def test_the_open_data_is_found_with_its_terms(ask, client, space, member):
    propose(space, member, "深夜要有公車")
    found = ask("GET", f"{space.slug}/data", with_key=False).json()
    assert found["licence"] == "CC-BY-4.0" and len(found["tables"]) == len(TABLES)
    path = next(table["csv"] for table in found["tables"] if table["name"] == "statements").partition("localhost:8000")[
        2
    ]
    assert "深夜要有公車" in b"".join(client.get(path)).decode()
