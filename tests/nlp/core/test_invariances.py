"""What may not change a result: the order of rows, what people are called, saying the same again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.core import pipeline
from nlp.core.records import LEFT_OVER, Text
from tests.nlp.core.conftest import BUSES, RUBBISH, SCHOOLS, BagEncoder

WORDS = [*BUSES, *SCHOOLS, *RUBBISH, "公車太少。", "Trees", "trees!", "？", ""]
opinions = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from(["", "ann", "bo", "cy"])), min_size=0, max_size=40
).map(lambda pairs: [Text(id=i, text=words, author=author) for i, (words, author) in enumerate(pairs)])


def analysed(texts):
    return pipeline.analyse(texts, encoder=BagEncoder())


def divided(texts, assignments):
    """The ids of each topic, without the numbers, and those of what is left over."""
    groups = {}
    for one, number in zip(texts, assignments.tolist(), strict=True):
        groups.setdefault(number, set()).add(one.id)
    left_over = groups.pop(LEFT_OVER, set())
    return {frozenset(ids) for ids in groups.values()}, left_over


@settings(max_examples=15, deadline=None)
@given(opinions, st.randoms(use_true_random=False))
def test_the_order_of_rows_divides_nobody_differently(texts, lots):
    shuffled = list(texts)
    lots.shuffle(shuffled)
    assert divided(texts, analysed(texts).assignments) == divided(shuffled, analysed(shuffled).assignments)


@settings(max_examples=15, deadline=None)
@given(opinions)
def test_what_people_are_called_changes_nothing(texts):
    names = {"": "", "ann": "zoe", "bo": "王小明", "cy": "a:1"}
    renamed = [Text(id=one.id, text=one.text, author=names[one.author]) for one in texts]
    one, two = analysed(texts), analysed(renamed)
    assert one.assignments.tobytes() == two.assignments.tobytes() and one.counts == two.counts
    assert [(t.label, t.size_people, t.quotes) for t in one.topics] == [
        (t.label, t.size_people, t.quotes) for t in two.topics
    ]


@settings(max_examples=15, deadline=None)
@given(opinions, st.data())
def test_who_says_the_same_again_is_still_one_person(texts, data):
    known = [one for one in texts if one.author and pipeline.clean_for_encoding(one.text)]
    if not known:
        return
    again = data.draw(st.sampled_from(known))
    louder = [*texts, *(Text(id=f"again {i}", text=again.text, author=again.author) for i in range(5))]
    one, two = analysed(texts), analysed(louder)
    assert two.counts["people"] == one.counts["people"] and two.counts["posts"] == one.counts["posts"] + 5
    assert [topic.size_people for topic in sorted(one.topics, key=lambda topic: min(topic.members))] == [
        topic.size_people for topic in sorted(two.topics, key=lambda topic: min(topic.members))
    ]
    assert divided(texts, one.assignments) == divided(texts, two.assignments[: len(texts)])


def test_a_large_corpus_is_divided_alike_in_any_order():
    lots = np.random.default_rng(3)
    texts = [
        Text(id=f"{subject}{i}", text=f"{words[i % 10][:9]}{lots.integers(10**6)}", author=f"p{i}")
        for subject, words in (("bus", BUSES), ("school", SCHOOLS), ("rubbish", RUBBISH))
        for i in range(60)
    ]
    shuffled = [texts[i] for i in lots.permutation(len(texts))]
    one, two = analysed(texts), analysed(shuffled)
    assert len(one.topics) > 2 and divided(texts, one.assignments) == divided(shuffled, two.assignments)


@pytest.mark.parametrize("count", [1, 2, 7, 60])
def test_one_sentence_said_by_all_is_one_topic_and_one_opinion(count):
    result = analysed([Text(id=i, text="公車班次太少", author=f"p{i}") for i in range(count)])
    (topic,) = result.topics
    assert topic.size_posts == topic.size_people == count and result.counts["duplicates"] == count - 1
    assert topic.quotes == (0,)


def test_one_author_of_everything_is_one_person():
    result = analysed([Text(id=i, text=words, author="ann") for i, words in enumerate(BUSES + SCHOOLS + RUBBISH)])
    assert result.counts["people"] == 1 and all(topic.size_people == 1 for topic in result.topics)


@pytest.mark.parametrize(
    "strange",
    [
        "😀😀",
        "\u202e\u202d",
        "שלום לכולם, יש בעיה",
        "مرحبا بالجميع",
        "公車 bus バス 버스 รถเมล์",
        "\ud800",
        "a" * 100_000,
        "\0\0",
    ],
)
def test_strange_texts_are_analysed_or_told_and_stop_nothing(strange):
    texts = [Text(id=i, text=words) for i, words in enumerate([*BUSES, strange])]
    result = analysed(texts)
    assert result.counts["analysed"] + result.counts["errors"] == 11 and result.counts["analysed"] >= 10
    assert all(error.id == 10 for error in result.errors)
