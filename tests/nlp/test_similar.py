"""What was already said: the nearest by meaning, always fresh, and never what was taken away."""

import pytest

from nlp import placing, similar, stream
from nlp.models import Opinion
from tests.nlp.conftest import LATE_BUSES

pytestmark = pytest.mark.django_db
QUESTION = "深夜沒有公車，末班車可以晚一點嗎"


def embed(corpus):
    placing.embed_new(corpus, placing.load_encoder(), None)


@pytest.fixture
def read(corpus):
    similar.forget_all()
    embed(corpus)
    return corpus


def texts(found):
    return [Opinion.objects.get(source=source, source_key=key).text for source, key, _score in found]


def test_what_means_the_same_is_found_in_other_words(read):
    found = similar.nearest(read.pk, QUESTION, k=3)
    assert texts(found) and set(texts(found)) <= set(LATE_BUSES)
    scores = [score for _source, _key, score in found]
    assert scores == sorted(scores, reverse=True) and all(0.6 <= score <= 1.001 for score in scores)


def test_the_same_words_are_found_first(read):
    (found,) = similar.nearest(read.pk, LATE_BUSES[1], k=1)
    assert found[:2] == ("comment", "1") and found[2] > 0.99


def test_what_nobody_speaks_of_finds_nothing(read):
    assert similar.nearest(read.pk, "核能電廠延役的安全審查程序") == []


@pytest.mark.parametrize("words", ["", "   ", "👍👍", "https://example.org/only-a-link"])
def test_nothing_that_can_be_read_finds_nothing(read, words):
    assert similar.nearest(read.pk, words) == []


def test_only_the_sources_asked_for_are_searched(read):
    assert similar.nearest(read.pk, QUESTION, sources=("proposal",)) == []
    assert {source for source, _key, _score in similar.nearest(read.pk, QUESTION, sources=("x",))} == {"x"}


def test_withdrawn_words_are_never_suggested_although_the_shelf_still_has_them(read):
    assert similar.nearest(read.pk, LATE_BUSES[1], k=1)[0][1] == "1"
    stream.withdraw("comment", 1)
    assert "1" not in [key for _source, key, _score in similar.nearest(read.pk, LATE_BUSES[1], k=5)]
    stream.restore("comment", 1, text=LATE_BUSES[1])
    embed(read)
    assert similar.nearest(read.pk, LATE_BUSES[1], k=1)[0][1] == "1"


def test_words_that_were_changed_are_found_by_their_new_meaning(read):
    similar.nearest(read.pk, QUESTION)
    stream.revise("comment", 1, text="站牌的動態資訊應該準確一點")
    assert "1" not in [key for _source, key, _score in similar.nearest(read.pk, LATE_BUSES[1], k=5)]
    embed(read)
    assert similar.nearest(read.pk, "公車站牌動態資訊不準確", k=1)[0][1] == "1"


def test_what_was_read_since_the_last_look_is_found(read):
    asked = "希望每個站牌都有遮雨棚"
    assert similar.nearest(read.pk, asked, sources=("comment",)) == []
    moment = Opinion.objects.latest("posted_at").posted_at
    stream.submit(corpus_id=read.pk, source="comment", key="new", text="站牌應該加裝遮雨棚", posted_at=moment)
    embed(read)
    assert [key for _source, key, _score in similar.nearest(read.pk, asked, sources=("comment",))] == ["new"]


def test_another_corpus_is_not_searched(read, django_assert_num_queries):
    assert similar.nearest(read.pk + 1, QUESTION) == []


def test_a_warm_search_takes_three_statements_for_one_source(read, django_assert_num_queries):
    similar.nearest(read.pk, QUESTION, sources=("comment",))
    with django_assert_num_queries(3):
        assert similar.nearest(read.pk, QUESTION, sources=("comment",))


def test_without_an_encoder_nothing_is_found_and_nothing_breaks(read, settings, caplog):
    settings.NLP_ENCODER = "no-such-model"
    assert similar.nearest(read.pk, QUESTION) == []
    assert "no-such-model" in caplog.text


def test_many_opinions_gone_at_once_do_not_hide_those_that_stay(read):
    similar.nearest(read.pk, QUESTION, sources=("comment",))
    for number in range(1, 8, 2):
        stream.withdraw("comment", number)
    found = similar.nearest(read.pk, QUESTION, sources=("comment",), least=0.0, k=3)
    assert len(found) == 3
