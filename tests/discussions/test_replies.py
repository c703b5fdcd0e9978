"""Official answers: signed by an agency, to exactly one thing, and found by the person who asked."""

import uuid

import pytest
from django.db import IntegrityError
from django.utils import timezone

from discussions import journeys, moderation, replies
from discussions.errors import CivicError, Conflict, NotAllowed, NotFound
from discussions.models import Reply
from tests.factories import make_member, make_space, say

pytestmark = pytest.mark.django_db


def answer(space, officer, text="我們會在十二月調整末班車時間。", **target):
    return replies.answer(space=space, officer=officer, text=text, client_id=uuid.uuid4().hex, **target)


def test_the_author_finds_the_answer_under_their_words(space, member, officer):
    comment = say(space, member, "末班車太早")
    answer(space, officer, comment=comment)
    item = journeys.of(member).items[0]
    assert item.replies[0].text == "我們會在十二月調整末班車時間。"
    assert item.steps[-1]["state"] == "done"


def test_a_resend_is_one_answer_and_other_words_are_refused(space, member, officer):
    comment, key = say(space, member, "末班車太早"), uuid.uuid4().hex
    for _ in range(2):
        replies.answer(space=space, officer=officer, text="我們會調整。", client_id=key, comment=comment)
    assert Reply.objects.count() == 1
    with pytest.raises(Conflict):
        replies.answer(space=space, officer=officer, text="我們不調整。", client_id=key, comment=comment)


def test_only_an_officer_of_an_agency_can_answer(space, member, roles):
    comment = say(space, member, "末班車太早")
    with pytest.raises(NotAllowed):
        answer(space, member, comment=comment)
    with pytest.raises(NotAllowed) as refusal:
        answer(space, make_member(role="Officers"), comment=comment)
    assert refusal.value.code == "no_agency"


def test_an_answer_has_exactly_one_target(space, member, officer):
    comment = say(space, member, "末班車太早")
    with pytest.raises(CivicError):
        answer(space, officer)
    with pytest.raises(CivicError):
        answer(space, officer, comment=comment, topic_number=1)


def test_hidden_words_and_words_elsewhere_cannot_be_answered(space, member, officer, moderator):
    comment = say(space, member, "末班車太早")
    with pytest.raises(NotFound):
        answer(make_space(), officer, comment=comment)
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    with pytest.raises(NotFound):
        answer(space, officer, comment=comment)


def test_the_database_refuses_an_answer_without_a_target(space, officer):
    with pytest.raises(IntegrityError):
        Reply.objects.create(
            space=space,
            agency=officer.agency,
            officer=officer,
            text="給誰的？",
            client_id="x",
            answered_at=timezone.now(),
        )
