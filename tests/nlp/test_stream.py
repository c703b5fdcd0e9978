"""The opinion stream: everything said enters once, leaves at once, and names nobody."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from nlp import stream
from nlp.models import Corpus, Opinion

pytestmark = pytest.mark.django_db


@pytest.fixture
def corpus():
    return Corpus.objects.create(key="bus", title="公車")


def submit(corpus, key, text="班次太少了", author="member:1"):
    return stream.submit(
        corpus_id=corpus.pk, source="comment", key=key, text=text, author=author, posted_at=timezone.now()
    )


def test_an_utterance_enters_and_marks_the_corpus(corpus):
    assert submit(corpus, 1) is True
    opinion = Opinion.objects.get()
    corpus.refresh_from_db()
    assert (opinion.text, corpus.topics_dirty) == ("班次太少了", True)


def test_only_the_first_utterance_finds_the_corpus_clean(corpus):
    assert submit(corpus, 1) is True
    assert submit(corpus, 2) is False


def test_the_same_utterance_twice_is_one_opinion(corpus):
    submit(corpus, 1, "第一次")
    submit(corpus, 1, "第二次")
    assert Opinion.objects.get().text == "第一次"


def test_the_author_is_a_pseudonym_that_counts_but_does_not_name(corpus):
    submit(corpus, 1, author="member:77")
    submit(corpus, 2, author="member:77")
    submit(corpus, 3, author="member:78")
    keys = list(Opinion.objects.order_by("id").values_list("author_key", flat=True))
    assert keys[0] == keys[1] != keys[2]
    assert "77" not in keys[0] or len(keys[0]) == 32
    assert "member" not in "".join(keys)


def test_many_go_and_come_back_together_and_those_of_others_stay(corpus, monkeypatch):
    monkeypatch.setattr(stream, "BATCH", 2)
    for key in range(4):
        submit(corpus, key)
    Corpus.objects.update(topics_dirty=False)
    assert stream.withdraw_many(corpus_id=corpus.pk, source="comment", keys=range(3)) is True
    assert [opinion.source_key for opinion in Opinion.objects.published()] == ["3"]
    assert set(Opinion.objects.exclude(source_key="3").values_list("text", flat=True)) == {""}
    texts = [(key, f"第{key}句") for key in range(2)]
    assert stream.restore_many(corpus_id=corpus.pk, source="comment", texts=texts) is False
    assert {opinion.text for opinion in Opinion.objects.published()} == {"第0句", "第1句", "班次太少了"}


def test_withdrawn_words_are_gone_and_come_back_from_their_owner(corpus):
    submit(corpus, 1)
    stream.withdraw("comment", 1)
    assert not Opinion.objects.published().exists()
    assert Opinion.objects.get().text == ""
    stream.restore("comment", 1, text="班次太少了")
    assert Opinion.objects.published().get().text == "班次太少了"


def test_revised_words_lose_what_was_derived_from_the_old_ones(corpus):
    submit(corpus, 1)
    Opinion.objects.update(encoder="use:1", sentiment="negative", topic_number=3, vector=b"12")
    stream.revise("comment", 1, text="班次夠了")
    opinion = Opinion.objects.get()
    assert (opinion.text, opinion.encoder, opinion.sentiment, opinion.topic_number) == ("班次夠了", "", "", None)


def test_many_utterances_enter_with_the_same_promises(corpus):
    rows = [
        stream.Words(key=number, text=f"意見{number}", posted_at=timezone.now(), visible=number != 3)
        for number in range(5)
    ]
    assert stream.submit_many(corpus_id=corpus.pk, source="file", rows=rows) is True
    assert stream.submit_many(corpus_id=corpus.pk, source="file", rows=rows) is False
    assert (Opinion.objects.count(), Opinion.objects.published().count()) == (5, 4)
    assert Opinion.objects.get(source_key="3").text == ""


def test_a_forgotten_author_leaves_no_words(corpus):
    submit(corpus, 1, author="member:5")
    submit(corpus, 2, author="member:6")
    assert stream.forget_author("member:5") == 1
    assert [opinion.text for opinion in Opinion.objects.published()] == ["班次太少了"]
    assert Opinion.objects.filter(author_key="").count() == 1


def test_the_database_refuses_withdrawn_opinions_with_words(corpus):
    submit(corpus, 1)
    with pytest.raises(IntegrityError):
        Opinion.objects.update(state=Opinion.State.WITHDRAWN)
