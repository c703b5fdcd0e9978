import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.core import labels, terms, text
from tests.nlp.core.conftest import BUSES, RUBBISH, SCHOOLS, TREES


def name(groups):
    lines = [text.clean(line) for group in groups for line in group]
    truth = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    people = [str(i) for i in range(len(lines))]
    return labels.keywords(lines, [text.tokens(line) for line in lines], truth, len(groups), people)


def test_topics_are_named_by_their_own_words():
    buses, schools, rubbish, trees = name([BUSES, SCHOOLS, RUBBISH, TREES])
    assert buses[0].startswith("公車")
    assert "孩子" in schools or "學校" in schools
    assert rubbish[0] in ("垃圾", "資源回收")
    assert "park" in trees[:2] or "park trees" in trees[:2]


def test_what_every_topic_says_names_none():
    groups = [[f"台北市民都說{line}" for line in group] for group in (BUSES, SCHOOLS, RUBBISH)]
    assert not [word for words in name(groups) for word in words if "台北" in word]


def test_no_keyword_is_a_single_character_or_a_function_word():
    found = [word for words in name([BUSES, SCHOOLS, RUBBISH, TREES]) for word in words]
    assert found and all(len(word) > 1 for word in found)
    assert not {"應該", "沒有", "我們", "the", "and", "in"} & set(found)


def test_keywords_of_a_topic_do_not_repeat_one_another():
    for words in name([BUSES, SCHOOLS, RUBBISH]):
        assert not [(a, b) for a in words for b in words if a != b and a in b]


def test_one_person_cannot_make_a_keyword_alone():
    lines = [*BUSES, *["噴水池噴水池噴水池很美"] * 5, *SCHOOLS]
    truth = np.array([0] * 15 + [1] * 10)
    people = [*map(str, range(10)), *["same"] * 5, *map(str, range(20, 30))]
    found = labels.keywords(lines, [text.tokens(line) for line in lines], truth, 2, people)
    assert "噴水池" not in found[0]


def test_labels_are_joined_as_the_language_does():
    assert labels.join(["保險", "理賠", "乘客", "司機"], "zh-Hant") == "保險、理賠、乘客"
    assert labels.join(["park", "trees"], "en") == "Park, trees"
    assert labels.join(["iPhone", "GST"], "en") == "iPhone, GST"


def test_quotes_come_from_different_people_near_the_centre():
    vectors = np.eye(4, dtype=np.float32)[[0, 0, 0, 1]]
    centre = np.eye(4, dtype=np.float32)[0]
    chosen = labels.representatives(vectors, [0, 1, 2, 3], centre, ["a", "a", "b", "c"], [20] * 4, count=2)
    assert chosen[0] == 0 and chosen[1] == 2


def test_a_shout_is_not_a_quote_when_a_sentence_is_there():
    vectors = np.ones((2, 2), dtype=np.float32)
    assert labels.representatives(vectors, [0, 1], vectors[0], ["a", "b"], [2, 30], count=1) == [1]


def test_dissent_is_the_other_side_of_the_majority():
    chances = np.array([[0.9, 0.1, 0], [0.8, 0.1, 0.1], [0.1, 0.1, 0.8], [0, 0.2, 0.8], [0.7, 0.2, 0.1]])
    assert labels.dissenters(chances, range(5), np.array([1, 1, 0.5, 0.9, 1]), list("abcde")) == [3, 2]
    assert labels.dissenters(chances[:2], range(2), np.ones(2), list("ab")) == []
    assert labels.dissenters(None, range(5), np.ones(5), list("abcde")) == []


def test_parts_of_a_topic_are_named_by_what_parts_them():
    late = [f"公車末班車太早，{place}的人回不了家" for place in ("車站", "學校", "醫院", "工廠", "夜市")]
    fare = [f"公車票價太貴，{place}的人坐不起" for place in ("車站", "學校", "醫院", "工廠", "夜市")]
    lines = [*late, *fare, *RUBBISH]
    read = terms.read(lines, [text.tokens(line) for line in lines])
    people = [str(i) for i in range(len(lines))]
    parts = np.array([0] * 5 + [1] * 5 + [-1] * 10)
    first, second = labels.choose(read, parts, 2, people, parents=np.array([7, 7]))
    assert "末班車" in first[0] and "票價" in "".join(second)
    assert not {"公車", "回家"} & ({*first} & {*second})
    whole = labels.choose(read, np.array([0] * 10 + [1] * 10), 2, people)
    assert whole[0][0].startswith("公車")


def test_a_name_of_two_words_is_not_cut_in_two():
    lines = [f"New Zealand should tax capital gains on {what}" for what in ("land", "homes", "shares", "farms")]
    lines += [f"The council must repair {what}" for what in ("roads", "bridges", "pipes", "schools")]
    lines = [text.clean(line) for line in lines]
    truth, people = np.repeat([0, 1], 4), [str(i) for i in range(8)]
    found = labels.keywords(lines, [text.tokens(line) for line in lines], truth, 2, people)
    assert "New Zealand" in found[0] and "Zealand" not in found[0]


def test_equal_labels_of_siblings_are_told_apart():
    words = [("公車", "票價"), ("公車", "班次"), ("公車",)]
    assert labels.distinct(["公車"] * 3, words, ["zh-Hant"] * 3) == ["公車", "公車、班次", "公車（2）"]
    assert labels.distinct(["Tax", "tax"], [(), ()], ["en", "en"]) == ["Tax", "tax (2)"]


def test_a_label_keeps_to_the_language_of_its_topic():
    assert labels.join(["buses", "公車", "票價"], "zh-Hant") == "公車、票價"
    assert labels.join(["Uber", "公車"], "zh-Hant") == "Uber、公車"
    assert labels.join(["公車"], "en") == "公車"
    assert labels.join(["公車", "票價"], "zh") == "公車、票價"


def test_the_sentence_that_speaks_of_the_topic_is_shown():
    long = "先說結論。" + "前言" * 60 + "。公車票價應該凍漲！其他再說。"
    assert labels.sentence(long, ["公車", "票價"]) == "公車票價應該凍漲！"
    assert labels.sentence("公車太少", ["垃圾"]) == "公車太少"
    assert len(labels.sentence("字" * 500, [])) == 120


def test_rows_that_do_not_fit_together_are_refused():
    read = terms.read(["公車太少"], [text.tokens("公車太少")])
    with pytest.raises(ValueError, match="1 texts, 2 topic numbers"):
        labels.choose(read, np.zeros(2, int), 1, ["a"])
    assert labels.choose(terms.read([], []), np.zeros(0, int), 2, []) == [(), ()]


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(20)))
def test_keywords_do_not_depend_on_the_order_of_opinions(order):
    lines, truth = [*BUSES, *SCHOOLS], np.repeat([0, 1], 10)
    words, people = [text.tokens(line) for line in lines], [str(i) for i in range(20)]
    again = labels.keywords(
        [lines[i] for i in order], [words[i] for i in order], truth[order], 2, [people[i] for i in order]
    )
    assert again == labels.keywords(lines, words, truth, 2, people)


def test_a_topic_without_shared_words_is_called_by_its_first_clause():
    assert labels.excerpt("核電廠全部關掉卻沒有替代電力,夏天一定會缺電") == "核電廠全部關掉卻沒有替代電力"
    assert labels.excerpt("好,公車太少") == "好,公車太少"
    english = labels.excerpt("How much is the exemption for dependants this year and the next one")
    assert english == "How much is the exemption for dependants this…"
    assert labels.excerpt("字" * 99) == "字" * 23 + "…"
