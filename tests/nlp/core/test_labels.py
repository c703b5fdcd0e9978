import numpy as np

from nlp.core import labels, text
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
    assert labels.join(["park", "trees"], "en") == "park, trees"


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
