"""The pages of statements: vote, see the result, see where one stands; with and without a name of one's own."""

import uuid

import pytest
from django.urls import reverse
from django.utils import translation

from discussions import voting
from discussions.models import Level, Statement, Vote
from discussions.tasks import regroup
from tests.factories import make_member, make_space, propose

pytestmark = pytest.mark.django_db
FIRST_CAMP = {"幹線應該拉直": 1, "社區要有接駁車": 1, "票價可以調漲": 1, "站距應該拉長": 1}
OTHER = {"幹線應該拉直": -1, "社區要有接駁車": 1, "票價可以調漲": -1, "站距應該拉長": -1}


@pytest.fixture
def citizen(client, member):
    client.force_login(member)
    return client


def address(name, space, *args, language="zh-hant"):
    with translation.override(language):
        return reverse(f"discussions:{name}", args=[space.slug, *args])


def of(statement, language="zh-hant"):
    return address("statement", statement.space, statement.pk, language=language)


def camps(space, size=9):
    """Two camps that agree on one statement and part on three, and the map of them."""
    authors = [make_member() for _number in range(2 * size)]
    statements = {text: propose(space, authors[0], text) for text in FIRST_CAMP}
    for number, person in enumerate(authors):
        for text, value in (FIRST_CAMP if number < size else OTHER).items():
            voting.cast(statement=statements[text], member=person, value=value)
    regroup(space)
    return statements


def test_where_i_stand_is_said_at_once_in_words_and_then_drawn(citizen, member, space):
    statements = camps(space)
    for text in ("幹線應該拉直", "社區要有接駁車", "票價可以調漲"):
        citizen.post(address("vote", space, statements[text].pk), {"value": str(OTHER[text])})
    front = citizen.get(address("statements", space)).content.decode()
    assert 'id="where"' in front and "社區要有接駁車" in front.partition('id="where"')[2]
    page = citizen.get(address("my_position", space, language="en")).content.decode()
    assert "You agree with most people on “社區要有接駁車” (100% answered as you did)." in page
    assert "votes most like you" in page and "group B (9 people)" in page
    assert 'role="img"' in page and "<title" in page and "<desc" in page and "standing-map__me" in page
    assert page.count("standing-map__group--nearest") == 1
    names = [person.display_name for person in {vote.member for vote in Vote.objects.select_related("member")}]
    assert not [name for name in names if name != member.display_name and name in page]


def test_the_first_voter_is_told_when_the_page_will_say_more(citizen, space, neighbour):
    statement = propose(space, neighbour, "深夜要有公車")
    page = citizen.get(address("my_position", space, language="en")).content.decode()
    assert "You have not answered a statement yet" in page
    citizen.post(address("vote", space, statement.pk), {"value": "1"})
    page = citizen.get(address("my_position", space, language="en")).content.decode()
    assert "You are among the first here" in page and "深夜要有公車" in page and "standing-map" not in page


def test_shares_of_few_people_and_small_groups_are_not_shown(citizen, space):
    statements = camps(space, size=3)
    other = propose(space, make_member(), "只有三個人投過的主張")
    for person in [make_member() for _number in range(3)]:
        voting.cast(statement=other, member=person, value=1)
    for statement in (*statements.values(), other):
        citizen.post(address("vote", space, statement.pk), {"value": "1"})
    page = citizen.get(address("my_position", space, language="en")).content.decode()
    assert "standing-map" not in page and "votes most like you" not in page
    row = page.partition("只有三個人投過的主張")[2].partition("</tr>")[0]
    assert "–" in row and "%" not in row


def test_a_guest_votes_and_sees_where_they_stand(client, space):
    statements = camps(space)
    space.instruments = {"statements": {"level": Level.GUEST}}
    space.save()
    client.post(address("vote", space, statements["幹線應該拉直"].pk), {"value": "1"})
    assert Vote.objects.latest("pk").member.is_guest
    assert "53%" in client.get(address("my_position", space)).content.decode()


def test_two_tabs_leave_one_vote_and_a_changed_mind_counts(citizen, member, space, neighbour):
    statement = propose(space, neighbour, "深夜要有公車")
    for value in ("1", "1", "-1"):
        citizen.post(address("vote", space, statement.pk), {"value": value})
    statement.refresh_from_db()
    assert (statement.agree, statement.disagree) == (0, 1)
    citizen.post(address("undo_vote", space, statement.pk))
    citizen.post(address("undo_vote", space, statement.pk))
    statement.refresh_from_db()
    assert statement.total == 0


def test_a_vote_by_htmx_brings_the_card_and_where_one_stands(citizen, space, neighbour):
    statement = propose(space, neighbour, "深夜要有公車")
    answer = citizen.post(
        address("vote", space, statement.pk), {"value": "1"}, follow=True, HTTP_HX_REQUEST="true"
    ).content.decode()
    assert "<html" not in answer and 'id="ballot"' in answer and 'hx-swap-oob="true"' in answer


def test_a_statement_has_a_page_of_its_own(citizen, client, space, neighbour, communicator):
    statement = propose(space, neighbour, "深夜要有公車")
    seed = voting.seed(space=space, editor=communicator, text="幹線應該拉直", client_id=uuid.uuid4().hex)
    assert "深夜要有公車" in citizen.get(of(statement)).content.decode()
    assert "Written by the agency" in citizen.get(of(seed, "en")).content.decode()
    voting.close(statement=seed, editor=communicator)
    page = citizen.get(of(seed, "en")).content.decode()
    assert "Voting on this statement is closed." in page and "disabled" in page


def test_a_hidden_or_held_statement_is_gone_for_others(citizen, client, space, neighbour):
    statement = propose(space, neighbour, "要被收起來的主張")
    Statement.objects.update(state=Statement.State.HIDDEN)
    response = citizen.get(of(statement))
    assert response.status_code == 410 and "要被收起來的主張" not in response.content.decode()
    assert citizen.post(address("vote", space, statement.pk), {"value": "1"}).status_code == 404
    assert "要被收起來的主張" not in citizen.get(address("statements", space)).content.decode()
    client.force_login(neighbour)
    assert client.get(of(statement)).status_code == 200


def test_the_same_words_of_the_agency_are_found_before_they_are_put_again(citizen, space, communicator):
    voting.seed(space=space, editor=communicator, text="幹線應該拉直。", client_id=uuid.uuid4().hex)
    form = {"text": "幹線應該拉直", "client_id": uuid.uuid4().hex}
    page = citizen.post(address("make_statement", space, language="en"), form)
    assert page.status_code == 422 and "Somebody already put this to the vote" in page.content.decode()
    assert citizen.post(address("make_statement", space), {**form, "anyway": "on"}).status_code == 302
    assert Statement.objects.count() == 2
    found = citizen.get(address("similar_statements", space, language="en"), {"text": "幹線應該拉直"})
    assert "Somebody already put this to the vote" in found.content.decode()


@pytest.mark.parametrize("count", [3, 60])
def test_the_page_takes_the_same_queries_for_few_and_many_statements(
    citizen, space, member, count, django_assert_max_num_queries
):
    people = [make_member() for _number in range(3)]
    for number in range(count):
        statement = propose(space, people[0], f"第 {number} 個主張")
        for person in (*people, *([member] if number % 2 else [])):
            voting.cast(statement=statement, member=person, value=1)
    with django_assert_max_num_queries(24):
        page = citizen.get(address("statements", space))
    assert ("before=" in page.content.decode()) == (count > 20)


def test_older_statements_are_reached_by_their_number(citizen, space, neighbour):
    for number in range(25):
        propose(space, neighbour, f"第 {number} 個主張")
    first = citizen.get(address("statements", space)).content.decode()
    edge = first.partition("before=")[2].partition("#")[0]
    older = citizen.get(address("statements", space), {"before": edge}).content.decode()
    assert 'id="s' in older and older.count('<li class="stack') == 5
    assert citizen.get(address("statements", space), {"before": "9" * 40}).status_code == 200


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_of_statements_speaks_both_languages(citizen, space, neighbour, language):
    statement = propose(space, neighbour, "語言主張")
    for path in ("", "me/", f"{statement.pk}/", "similar/?text=語言主張"):
        assert citizen.get(f"{language}/p/{space.slug}/statements/{path}").status_code == 200, path


def test_the_votes_of_another_space_are_no_part_of_where_i_stand(citizen, member, space, neighbour):
    elsewhere = make_space()
    voting.cast(statement=propose(elsewhere, neighbour, "別處的主張"), member=member, value=1)
    assert "別處的主張" not in citizen.get(address("my_position", space)).content.decode()


def test_under_me_a_statement_tells_its_votes_and_that_voting_is_closed(
    citizen, member, space, neighbour, communicator
):
    statement = propose(space, member, "深夜要有公車")
    voting.cast(statement=statement, member=neighbour, value=1)
    voting.close(statement=statement, editor=communicator)
    page = citizen.get("/en/me/").content.decode()
    assert "深夜要有公車" in page and "1 of 1 person agrees" in page and "Voting on it is closed" in page
