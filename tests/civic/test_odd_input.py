"""Whatever stands in an address, a cookie or a hidden field: an answer, never a crash, on both databases."""

import pytest
from django.urls import get_resolver, reverse

from discussions.instruments import KINDS
from tests.discussions import drafts, proposing, questionnaire
from tests.factories import make_member, make_space, propose, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site", "roles")]
LONG = "1" * 5000  # more digits than Python turns into a number
BEYOND = [
    "5",
    LONG,
    "²",
    "9999-12-31T23:59:59-23:59,comment,1",
    "0001-01-01T00:00:00+23:00,comment,1",
    "2026-01-01T00:00:00+00:00,comment,1",
    "x~y",
]
ODD = {
    **dict.fromkeys(("before", "after"), BEYOND),
    **dict.fromkeys(("just", "from", "part", "proposal", "comment", "into"), [LONG, "²", str(2**63), "0", "-1"]),
    **dict.fromkeys(("voter", "form", "sort", "kind", "state", "space", "cause", "view"), ["'", "é:é:é", "字" * 400]),
    **dict.fromkeys(("q", "text"), ["字" * 3000, "é", "%"]),
}
ROUNDS = max(map(len, ODD.values()))


@pytest.fixture
def house(agency):
    """A discussion with something of every kind in it: its address, its numbers, and who may see all."""
    space = make_space(agency=agency, instruments={kind.value: {} for kind in KINDS})
    member, editor = make_member(), make_member(is_superuser=True, agency=agency)
    version = drafts.publish(drafts.begin(space, editor), editor)
    paragraph = drafts.paragraph(version, "第三條")
    things = [
        say(space, member, "末班車太早"),
        propose(space, member, "深夜要有公車"),
        proposing.published(space, member),
        version.text,
        questionnaire.make_survey(space),
        drafts.suggest(paragraph, member),
    ]
    return space.slug, sorted({thing.pk for thing in things}), paragraph.pk, editor


def addresses(slug: str, numbers: list[int], paragraph: int):
    """Every address of the discussions with each of these numbers in its place."""
    for pattern in get_resolver("discussions.urls").url_patterns:
        named = pattern.pattern.converters
        for number in numbers if "pk" in named else numbers[:1]:
            fills = {"paragraph": paragraph, "kind": "comment", "name": "comments", "form": "csv", "slug": slug}
            fills |= dict.fromkeys(("code", "given"), slug) | dict.fromkeys(
                ("pk", "survey_pk", "question", "space_id"), number
            )
            fills |= {"number": 1, "column": "asked"}
            yield reverse(f"discussions:{pattern.name}", kwargs={name: fills[name] for name in named})


def broken(client, sent) -> list[str]:
    """The addresses that answered with a crash. `sent` are pairs of address and query."""
    client.raise_request_exception = False
    found = []
    for address, query in sent:
        response = client.get(address, query)
        if response.status_code >= 500:
            found.append(f"{address} {str(query)[:200]}")
    return found


@pytest.mark.parametrize("number", [0, 2**63, 10**40])
def test_no_number_in_an_address_is_too_large(client, house, number):
    slug, _numbers, _paragraph, editor = house
    client.force_login(editor)
    assert not broken(client, ((address, {}) for address in addresses(slug, [number], number)))
    for address in addresses(slug, [number], number):
        assert client.post(address).status_code < 500, address


def test_nothing_behind_the_question_mark_breaks_a_page(client, house):
    slug, numbers, paragraph, editor = house
    client.force_login(editor)
    rounds = [{key: values[turn % len(values)] for key, values in ODD.items()} for turn in range(ROUNDS)]
    assert not broken(client, ((place, query) for place in addresses(slug, numbers, paragraph) for query in rounds))


@pytest.mark.parametrize(
    "address", ["/p/a%00b/", "/en/p/a%00b/thread/", "/agencies/%00/", "/spaces/%00/", "/paper/%00/"]
)
def test_an_address_with_a_nul_leads_nowhere(client, address):
    assert client.get(address).status_code == 400


@pytest.mark.parametrize(
    "address", ["/api/v1/clocks?agency=%00", "/search/?q=a%00", "/moderation/?space=%00", "/me/?space=%00"]
)
def test_neither_does_one_behind_the_question_mark(client, house, address):
    client.force_login(house[-1])
    assert client.get(address).status_code == 400


def test_nor_one_in_a_cookie(client):
    client.cookies["sessionid"] = "abcdefgh\0"
    assert client.get("/").status_code == 400


def test_a_form_that_a_nul_slipped_into_keeps_its_words(client, house):
    slug, numbers, paragraph, editor = house
    client.force_login(editor)
    client.raise_request_exception = False
    names = (
        "text",
        "title",
        "group",
        "note",
        "reason",
        "act",
        "query",
        "back",
        "endpoint",
        "label",
        "document",
        "code",
    )
    fields = dict.fromkeys((*names, "receipt", "kind", "parent", "words", "answer", "outcome", "q1"), "字\x00字")
    for address in addresses(slug, numbers, paragraph):
        assert client.post(address, {**fields, "client_id": "abcdefgh12"}).status_code < 500, address
