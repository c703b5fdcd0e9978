import numpy as np
import pytest

from nlp.core import sentiment
from nlp.core.descriptions import summarise_sentiment

ANGRY = ["政府完全無能，公車爛透了，氣死人", "This is terrible, I hate how dirty and unsafe the street is"]
GLAD = ["新的步道太棒了，謝謝市府，我們全家都很喜歡", "I love the new library, the staff are wonderful, thank you"]


@pytest.fixture(scope="module")
def head(use):
    return sentiment.load("use", fingerprint=use.fingerprint)


def test_plain_anger_and_plain_joy_are_told_apart_in_both_languages(use, head):
    assert head.predict(use.encode(ANGRY)).argmax(axis=1).tolist() == [0, 0]
    assert head.predict(use.encode(GLAD)).argmax(axis=1).tolist() == [2, 2]


def test_a_plain_fact_is_neutral(use, head):
    assert head.predict(use.encode(["會議於週三下午兩點在三樓舉行"])).argmax() == 1


def test_probabilities_sum_to_one(use, head):
    chances = head.predict(use.encode(ANGRY + GLAD))
    assert chances.shape == (4, 3) and np.allclose(chances.sum(axis=1), 1)


def test_an_encoder_without_a_head_has_no_sentiment():
    assert sentiment.load("nobody") is None
    assert sentiment.load("../../secret") is None


def test_a_head_trained_on_other_weights_is_not_used():
    assert sentiment.load("use", fingerprint="0" * 64) is None


def test_a_head_survives_saving(tmp_path, monkeypatch):
    head = sentiment.Head("mine", "f" * 64, np.ones((2, 3)), np.zeros(3), np.zeros(2))
    head.save(tmp_path / "sentiment-mine.npz")
    monkeypatch.setattr(sentiment, "DATA", tmp_path)
    stored = sentiment.load("mine")
    assert stored.fingerprint == "f" * 64 and np.allclose(stored.predict(np.ones((1, 2))), 1 / 3)


def test_a_loud_person_counts_once_in_the_mean():
    chances = np.array([[1.0, 0, 0]] * 9 + [[0, 0, 1.0]])
    summary = summarise_sentiment(chances, range(10), ["loud"] * 9 + ["quiet"])
    assert (summary.negative, summary.positive, summary.mean) == (9, 1, 0.0)
    assert summary.interval.low == -1 and summary.interval.high == 1
    assert summarise_sentiment(None, range(3), ["a", "b", "c"]) is None
