"""What somebody tries who wants more than one person's share: more words, more votes, what is others'."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from discussions import assistance, moderation, pace, proposals, tokens, voting
from discussions.errors import CivicError, Conflict, NotAllowed, TooSoon
from discussions.forms import new_client_id
from discussions.models import Channel, Member, NoticeSettings, Proposal, Sitting, State, Statement, Vote
from nlp.models import Opinion
from tests.discussions import proposing, questionnaire
from tests.discussions.proposing import proposing_space
from tests.discussions.test_moderation import AD
from tests.factories import make_member, make_space, propose, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]
AT_ONCE = 8


def at_once(act, count: int = AT_ONCE) -> list:
    """What `act` gave or raised, for so many who do it in the same moment."""
    ready = Barrier(count)

    def one(number: int):
        try:
            ready.wait()
            return act(number)
        except CivicError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


# Words


def test_a_published_proposal_cannot_be_turned_into_an_advertisement(agency, member):
    proposal = proposing.published(proposing_space(agency=agency), member)
    assert proposal.state == State.VISIBLE
    revised = proposals.revise(proposal=proposal, author=member, title=proposal.title, text=AD)
    assert revised.state == State.HELD and not Opinion.objects.published().filter(source="proposal").exists()


def test_statements_have_a_pace_through_every_door_together(settings, client, space, member):
    settings.POSTING_INTERVALS = {"new": 300, "known": 300}
    propose(space, member, "深夜要有公車")
    with pytest.raises(TooSoon):
        propose(make_space(), member, "清晨也要有公車")
    _row, key = tokens.make(member=member, name="試驗")
    sent = {"text": "假日也要有公車", "client_id": new_client_id()}
    response = client.post(
        f"/api/v1/spaces/{space.slug}/statements",
        sent,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert response.status_code == 429 and response["Retry-After"]
    client.force_login(member)
    assert client.post(reverse("discussions:make_statement", args=[space.slug]), sent).status_code == 429
    assert Statement.objects.count() == 1


@pytest.mark.parametrize("length", [8, 64])
def test_the_longest_id_of_a_form_fits(space, member, length):
    made = voting.state(space=space, author=member, text="深夜要有公車", client_id="x" * length)
    assert voting.state(space=space, author=member, text="深夜要有公車", client_id="x" * length) == made
    assert len(made.client_id) <= 64


def test_all_fields_that_look_for_the_same_words_share_one_pace(client, space, member):
    client.force_login(member)
    space.instruments = {**space.instruments, "proposals": {}}
    space.save()
    address = reverse("discussions:similar_statements", args=[space.slug])
    for _turn in range(pace.SEARCHES["most"]):
        assert client.get(address, {"text": "夜"}).status_code == 200
    for name, send in (
        ("similar_statements", client.get),
        ("similar_comments", client.get),
        ("alike_proposals", client.post),
    ):
        assert send(reverse(f"discussions:{name}", args=[space.slug])).status_code == 429, name


# Others' words


@pytest.fixture
def helper(roles):
    return make_member(role="Frontline")


def sitting(helper, space, **fields):
    return assistance.begin(
        helper=helper, space=space, channel=Channel.ASSISTED, consent=Sitting.Consent.SPOKEN, **fields
    )


def test_a_helper_cannot_take_what_they_entered_for_somebody(helper, space, member):
    statement = propose(space, member, "深夜要有公車")
    begun = sitting(helper, space)
    voting.cast(statement=statement, member=helper, value=-1)
    assistance.enter(sitting=begun.sitting, helper=helper, client_id=new_client_id(), votes={statement.pk: 1})
    with pytest.raises(NotAllowed):
        assistance.claim(receipt=begun.receipt, member=helper)
    assert Vote.objects.count() == 2
    assistance.claim(receipt=begun.receipt, member=make_member())


def test_a_survey_in_preparation_is_not_there_for_helpers(client, helper, space):
    survey = questionnaire.make_survey(space, is_open=False)
    begun = sitting(helper, space)
    client.force_login(helper)
    assert client.get(reverse("discussions:sitting_survey", args=[begun.sitting.pk, survey.pk])).status_code == 404


# The same moment


@pytest.mark.django_db(transaction=True)
def test_one_document_at_many_counters_at_once_is_one_person(helper, space):
    begun = at_once(lambda number: sitting(helper, space, document="A123456789"))
    assert len({one.sitting.person_id for one in begun}) == 1
    assert Member.objects.filter(origin__startswith=assistance.ORIGIN).count() == 1
    assert [one.receipt for one in begun if one.receipt] and sum(bool(one.receipt) for one in begun) == 1


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_into_many_discussions_at_once_is_one_draft(agency, member):
    spaces = [proposing_space(agency=agency) for _number in range(AT_ONCE)]
    fields = {"author": member, "title": "延後末班車", "text": proposing.TEXT, "client_id": new_client_id()}
    outcomes = at_once(lambda number: proposals.save(space=spaces[number], **fields))
    assert sum(isinstance(one, Proposal) for one in outcomes) == 1
    assert sum(isinstance(one, Conflict) for one in outcomes) == AT_ONCE - 1


@pytest.mark.django_db(transaction=True)
def test_settings_saved_twice_at_once_are_saved(client, member):
    def save(number: int):
        browser = Client()
        browser.force_login(member)
        return browser.post(reverse("discussions:notice_settings"), {"rhythm": "never", "language": "en"}).status_code

    assert set(at_once(save, 4)) == {302}
    assert NoticeSettings.objects.get(member=member).rhythm == "never"


def test_nobody_fills_the_moderators_queue_alone(space, member, neighbour, monkeypatch):
    monkeypatch.setattr(moderation, "REPORTS_PER_HOUR", 3)
    said = [say(space, member, f"第 {number} 則意見") for number in range(4)]
    for comment in said[:3]:
        moderation.report(target=comment, reporter=neighbour, reason="spam")
    with pytest.raises(TooSoon):
        moderation.report(target=said[3], reporter=neighbour, reason="spam")
    moderation.report(target=said[3], reporter=make_member(), reason="spam")
