import numpy as np
import pytest

from nlp.core import stance
from nlp.core.votes import VoteTable

QUESTION = "舊市場要不要改建成長照中心？"


def told(texts, question=None):
    return stance.labels(stance.of(texts, question=question))


def test_outright_words_tell_a_stance_in_both_scripts_and_english():
    assert told(["我贊成改建，長輩需要", "支持", "我赞成，早该做了", "I fully support this plan"]) == ["for"] * 4
    assert told(["堅決反對", "我們不支持這個案子", "我反对", "We oppose the bypass"]) == ["against"] * 4


def test_feelings_questions_and_requests_are_no_stance():
    silent = [
        "市場好臭，每天都想吐",
        "太棒了",
        "請問什麼時候投票？",
        "應該先公布報告",
        "Lovely idea, terrible traffic",
        "",
    ]
    assert told(silent) == ["neither"] * len(silent)


def test_words_of_others_hedges_and_half_agreement_are_no_stance():
    others = ["居民都反對這個案子", "市長說他支持", "贊成與反對的人各半", "Most people support it"]
    hedged = ["如果有停車場我就支持", "若議會同意，我贊成", "你支持嗎？", "I support it if the rent stays low"]
    halved = ["我支持改建，但是地點不對", "I support the goal but not the price", "我不反對", "我反對的是程序"]
    for texts in (others, hedged, halved):
        assert told(texts) == ["neither"] * 4


def test_agreeing_with_one_another_is_not_agreeing_with_the_proposal():
    assert told(["我同意樓上說的", "I agree."]) == ["neither"] * 2
    assert told(["我同意這個提案", "I agree with the proposal", "我無法認同這個做法"]) == ["for", "for", "against"]


def test_a_stance_on_something_else_does_not_count(question=QUESTION):
    assert told(["我反對核四", "我反對改建", "反對！", "我支持這個想法"], question) == [
        "neither",
        "against",
        "against",
        "for",
    ]


def test_rows_sum_to_one():
    rows = stance.of(["我贊成", "我反對", "天氣很好"])
    assert rows.shape == (3, 3) and np.allclose(rows.sum(axis=1), 1)
    assert stance.of([]).shape == (0, 3)


@pytest.fixture
def votes():
    cast = [("ann", "a", 1), ("ann", "b", -1), ("bo", "a", -1), ("cy", "a", 0), ("dee", "c", 1)]
    return VoteTable.from_rows(cast)


def test_votes_on_the_deciding_statements_tell_a_stance(votes):
    rows = stance.from_votes(["ann", "bo", "cy", "ann"], votes, {"a": 1, "b": -1})
    assert stance.labels(rows) == ["for", "against", "neither", "for"]
    assert np.allclose(rows.sum(axis=1), 1)


def test_who_did_not_vote_on_them_has_no_stance(votes):
    rows = stance.from_votes(["dee", "nobody"], votes, {"a": 1})
    assert np.isnan(rows).all() and stance.labels(rows) == ["", ""]
    assert np.isnan(stance.from_votes(["ann"], VoteTable.from_rows([]), {"a": 1})).all()


def test_a_statement_that_lies_on_no_side_is_refused(votes):
    with pytest.raises(ValueError, match="side"):
        stance.from_votes(["ann"], votes, {"a": 0})
