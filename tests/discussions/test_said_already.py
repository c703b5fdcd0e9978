"""Somebody already said this: found by meaning while one writes, and never words that are gone."""

import pytest
from django.urls import reverse

from discussions import comments, echoes, moderation, reactions
from discussions.pace import SEARCHES
from nlp import placing, similar
from nlp.models import Corpus
from tests.factories import make_member, make_space, propose, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]
WRITTEN = "深夜沒有公車，末班車可以晚一點嗎"


def embed(space):
    """Give what was said its vectors, as the analysis does first."""
    placing.embed_new(Corpus.objects.get(pk=space.corpus_id), placing.load_encoder(), None)


@pytest.fixture
def read(space, neighbour):
    """Two comments and a statement that the analysis has read."""
    similar.forget_all()
    say(space, neighbour, "晚上十點以後幾乎沒有公車")
    say(space, neighbour, "博愛座常常被年輕人占走")
    propose(space, neighbour, "末班車應該延到半夜十二點")
    embed(space)
    return space


def ask(client, space, words, **headers):
    return client.get(reverse("discussions:similar_comments", args=[space.slug]), {"q": words}, headers=headers)


def test_what_means_the_same_is_shown_with_ways_to_join_it(client, read, member):
    client.force_login(member)
    page = ask(client, read, WRITTEN).content.decode()
    assert "晚上十點以後幾乎沒有公車" in page and "博愛座" not in page and "<html" not in page
    assert 'name="agree"' in page and "/statements/" in page


def test_words_that_are_hidden_or_withdrawn_are_never_suggested(client, read, moderator, neighbour):
    assert "晚上十點" in ask(client, read, WRITTEN).content.decode()
    comment = read.comments.get(text__contains="晚上十點")
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    assert "晚上十點" not in ask(client, read, WRITTEN).content.decode()
    moderation.restore(target=read.comments.get(pk=comment.pk), moderator=moderator)
    embed(read)
    assert "晚上十點" in ask(client, read, WRITTEN).content.decode()
    comments.withdraw(comment=read.comments.get(pk=comment.pk), author=neighbour)
    assert "晚上十點" not in ask(client, read, WRITTEN).content.decode()


def test_held_words_are_not_suggested(client):
    space = make_space(holds_first_posts=True)
    say(space, make_member(), "晚上十點以後幾乎沒有公車")
    embed(space)
    assert echoes.already_said(space, WRITTEN) == []


@pytest.mark.parametrize("words", ["", "公車", "！？……。。。", "👍" * 20])
def test_a_few_letters_ask_nothing(client, read, words):
    response = ask(client, read, words)
    assert response.status_code == 200 and not response.content.strip()


def test_another_discussion_is_not_searched(client, read):
    assert not ask(client, make_space(), WRITTEN).content.strip()


def test_nothing_breaks_without_an_encoder(client, read, settings):
    settings.NLP_ENCODER = "no-such-model"
    response = ask(client, read, WRITTEN)
    assert response.status_code == 200 and not response.content.strip()


def test_asking_too_often_is_refused_and_says_when_to_come_back(client, space):
    for _turn in range(SEARCHES["most"]):
        assert ask(client, space, "公車").status_code == 200
    refused = ask(client, space, "公車")
    assert refused.status_code == 429 and int(refused["Retry-After"]) == SEARCHES["seconds"]


def test_ones_agreement_is_shown_as_given(client, read, member):
    comment = read.comments.get(text__contains="晚上十點")
    reactions.give(comment=comment, member=member, kind="agree")
    client.force_login(member)
    assert f'value="-{comment.pk}" aria-pressed="true"' in ask(client, read, WRITTEN).content.decode()


def test_a_very_long_text_is_compared_by_its_beginning(client, read):
    assert ask(client, read, WRITTEN + "。" + "很長" * 2000).status_code == 200


def test_what_others_said_comes_below_the_button_and_pushes_it_nowhere(client, site, space, member):
    client.force_login(member)
    form = client.get(space.get_absolute_url()).content.decode().partition('id="composer"')[2].partition("</form>")[0]
    assert form.index("button--primary") < form.index("data-similar")
