"""Words are looked at before the space is locked: nobody waits at the lock for a model."""

import pytest
from django.db import connection
from django.utils import timezone

from discussions import comments, proposals, responses, voting
from discussions.forms import new_client_id
from discussions.models import Comment, State
from nlp.core import abuse
from tests.discussions.drafts import begin, make_draft_space, paragraph, publish, suggest
from tests.discussions.proposing import draft, proposing_space, published, signed
from tests.discussions.questionnaire import make_survey
from tests.factories import make_member, make_space, say

WORDS = "  末班車再晚半小時，\r\n下班的人才回得了家。\r\n\r\n\r\n請試辦三個月  "
AD = "加LINE領飆股明牌，保證獲利，月入十萬 https://shop.example.top/a"


def a_comment(member):
    space = make_space()
    return lambda: comments.post(space=space, author=member, text=WORDS, client_id=new_client_id())


def an_edit_of_a_comment(member):
    comment = say(make_space(), member, "末班車太早")
    Comment.objects.update(posted_at=timezone.now())
    return lambda: comments.edit(comment=comment, author=member, text=WORDS)


def a_statement(member):
    space = make_space()
    return lambda: voting.state(space=space, author=member, text="末班車再晚半小時", client_id=new_client_id())


def a_proposal(member):
    proposal = draft(proposing_space(), member)
    return lambda: proposals.publish(proposal=proposal, author=member)


def a_change_of_a_proposal(member):
    proposal = published(proposing_space(), member)
    return lambda: proposals.revise(proposal=proposal, author=member, title="末班車再晚半小時", text=WORDS)


def an_addition_to_a_proposal(member):
    proposal = published(proposing_space(), member)
    signed(proposal, 1)
    return lambda: proposals.add(proposal=proposal, author=member, text=WORDS, client_id=new_client_id())


def a_suggested_wording(member):
    editor = make_member(is_superuser=True)
    where = paragraph(publish(begin(make_draft_space(), editor), editor), "第三條")
    return lambda: suggest(where, member, text=WORDS, reason="長者不看簡訊。")


def an_answer_in_own_words(member):
    survey = make_survey(make_space())
    return lambda: responses.respond(survey=survey, member=member, answers={1: 3, 2: WORDS})


EVERY_WAY_TO_SPEAK = (
    a_comment,
    an_edit_of_a_comment,
    a_statement,
    a_proposal,
    a_change_of_a_proposal,
    an_addition_to_a_proposal,
    a_suggested_wording,
    an_answer_in_own_words,
)


def looks() -> int:
    """How often the score was asked since the model was forgotten."""
    known = abuse.load.cache_info()
    return known.hits + known.misses


@pytest.mark.django_db
@pytest.mark.parametrize("begun", EVERY_WAY_TO_SPEAK, ids=lambda way: way.__name__.replace("_", " "))
def test_words_are_looked_at_once_and_before_the_space_is_locked(begun):
    act = begun(make_member())
    looked = []

    def note(execute, *rest):
        looked.append(looks())
        return execute(*rest)

    # The process has just begun: whoever speaks first also waits for the model.
    abuse.load.cache_clear()
    with connection.execute_wrapper(note):
        act()
    assert set(looked) == {1}, "the first word to the database came before the score was asked, or it was asked again"


@pytest.mark.django_db
def test_what_is_looked_at_ahead_is_what_holds():
    space, member = make_space(), make_member()
    held = say(space, member, f"\r\n {AD}  \r\n")
    assert Comment.objects.get(pk=held.pk).state == State.HELD
    assert say(make_space(), make_member(), WORDS).state == State.VISIBLE
