import numpy as np
import pytest

from nlp.core import grams, polarity, sentiment
from nlp.core.descriptions import feelings, summarise
from nlp.core.model_files import DamagedModel
from nlp.core.pipeline import clean_for_encoding
from nlp.core.records import SENTIMENTS

ANGRY = [
    "政府完全無能，公車爛透了，氣死人",
    "你們官員自己來擠擠看這班車好不好，每天都像沙丁魚罐頭",
    "This is terrible, I hate how dirty and unsafe the street is",
]
GLAD = [
    "新的步道太棒了，謝謝市府，我們全家都很喜歡",
    "志工阿姨超有耐心，教到我會為止，揪甘心",
    "I love the new library, the staff are wonderful, thank you",
]
PLAIN = ["會議於週三下午兩點在三樓舉行", "建議把集合點改到東側出口", "Where do I send the form?"]
TORN = [
    "花圃種得很美我很喜歡，但花粉讓我過敏到快瘋掉，超痛苦",
    "老師超好，教室超爛，冬天冷到手發抖",
    "The volunteers were lovely and the food was disgusting",
]


def read(use, head, texts):
    cleaned = [clean_for_encoding(text) for text in texts]
    return head.predict(use.encode(cleaned), cleaned)


@pytest.fixture(scope="module")
def head(use):
    return sentiment.load("use", fingerprint=use.fingerprint)


@pytest.fixture(scope="module")
def words_only():
    return sentiment.load(sentiment.WORDS_ONLY)


@pytest.mark.parametrize(("texts", "label"), [(ANGRY, "negative"), (PLAIN, "neutral"), (GLAD, "positive")])
def test_plain_anger_joy_and_facts_are_told_apart_in_both_languages(use, head, texts, label):
    assert sentiment.labels(read(use, head, texts)) == [label] * len(texts)


def test_praise_and_blame_in_one_breath_are_mixed(use, head):
    assert sentiment.labels(read(use, head, TORN)).count("mixed") >= 2
    assert "mixed" not in sentiment.labels(read(use, head, ANGRY + PLAIN + GLAD))


def test_both_chinese_scripts_mostly_feel_the_same(use, head):
    traditional = [
        "這個設計很用心，長輩走起來安心",
        "排隊兩小時，態度又差，氣死",
        "請問哪一天開始報名",
        "謝謝里長幫忙，太感動了",
    ]
    traditional += ["圍籬倒了三週沒人處理，危險", "目前開放週一到週五借用", "這樣改真的很方便", "騙人，根本沒有改善"]
    simplified = [
        "这个设计很用心，长辈走起来安心",
        "排队两小时，态度又差，气死",
        "请问哪一天开始报名",
        "谢谢里长帮忙，太感动了",
    ]
    simplified += ["围篱倒了三周没人处理，危险", "目前开放周一到周五借用", "这样改真的很方便", "骗人，根本没有改善"]
    pairs = zip(
        sentiment.labels(read(use, head, traditional)), sentiment.labels(read(use, head, simplified)), strict=True
    )
    assert sum(one == other for one, other in pairs) >= 7


def test_probabilities_sum_to_one_and_the_same_words_feel_the_same_twice(use, head):
    chances = read(use, head, ANGRY + GLAD)
    assert chances.shape == (6, 3) and np.allclose(chances.sum(axis=1), 1) and (chances >= 0).all()
    assert np.array_equal(chances, read(use, head, ANGRY + GLAD))


def test_no_words_feel_nothing(head):
    assert head.predict(np.zeros((1, 512)), [""]).tolist() == [[0, 1, 0]]
    assert head.predict(np.zeros((0, 512)), []).shape == (0, 3)


def test_vectors_of_another_size_are_refused(head):
    with pytest.raises(sentiment.WrongSentimentInput, match="512"):
        head.predict(np.zeros((2, 384)), ["好", "壞"])
    with pytest.raises(sentiment.WrongSentimentInput):
        head.predict(np.zeros((1, 512)), ["好", "壞"])


def test_without_a_head_of_its_own_an_encoder_is_served_by_words_alone(words_only):
    assert sentiment.load("nobody") is None
    assert sentiment.load("../../secret") is None
    assert sentiment.choose("nobody", fingerprint="0" * 64) is words_only
    assert words_only.reads("zh-Hant") and words_only.reads("en") and not words_only.reads("th")
    chances = words_only.predict(np.zeros((3, 7)), ["爛透了，氣死人", "太棒了，謝謝你們", "週三下午兩點開會"])
    assert sentiment.labels(chances) == ["negative", "positive", "neutral"]


def test_a_head_trained_on_other_weights_is_not_used():
    assert sentiment.load("use", fingerprint="0" * 64) is None
    assert sentiment.choose("use", fingerprint="0" * 64).encoder == sentiment.WORDS_ONLY


def saved(tmp_path, monkeypatch, head):
    head.save(tmp_path / "sentiment-mine.npz")
    monkeypatch.setattr(sentiment, "DATA", tmp_path)
    sentiment._read.cache_clear()
    return sentiment.load("mine")


@pytest.fixture
def flat():
    tones = len(polarity.FEATURES)
    parts = {"mean": np.zeros(2), "weights": np.ones((2, 4)), "centre": np.zeros(tones), "spread": np.ones(tones)}
    parts |= {"tone": np.zeros((tones, 4)), "spelling": np.zeros((grams.BUCKETS, 4)), "bias": np.zeros(4)}
    yield sentiment.Head("mine", "f" * 64, **parts)
    sentiment._read.cache_clear()


def test_a_head_survives_saving(tmp_path, monkeypatch, flat):
    stored = saved(tmp_path, monkeypatch, flat)
    assert stored.fingerprint == "f" * 64 and np.allclose(
        stored.predict(np.ones((1, 2)), ["好"]), [3 / 8, 1 / 4, 3 / 8]
    )


def test_a_head_for_other_features_is_not_used(tmp_path, monkeypatch, flat):
    with monkeypatch.context() as patch:
        patch.setattr(polarity, "FEATURES", ("one", "two"))
        flat.save(tmp_path / "sentiment-mine.npz")
    monkeypatch.setattr(sentiment, "DATA", tmp_path)
    sentiment._read.cache_clear()
    assert sentiment.load("mine") is None


@pytest.mark.parametrize("damage", [lambda whole: b"", lambda whole: b"garbage", lambda whole: whole[:-300],
                                    lambda whole: whole[:400] + bytes(64) + whole[464:]])  # fmt: skip
def test_a_damaged_head_is_told_with_what_to_do(tmp_path, monkeypatch, flat, damage):
    saved(tmp_path, monkeypatch, flat)
    path = tmp_path / "sentiment-mine.npz"
    path.write_bytes(damage(path.read_bytes()))
    sentiment._read.cache_clear()
    with pytest.raises(DamagedModel, match="Install Minyi again"):
        sentiment.load("mine")


def test_labels_follow_the_likeliest_side_unless_both_sides_weigh():
    rows = [[0.6, 0.3, 0.1], [0.2, 0.6, 0.2], [0.1, 0.2, 0.7], [0.5, 0.1, 0.4], [np.nan] * 3]
    assert sentiment.labels(np.array(rows)) == [*SENTIMENTS, "mixed", ""]
    assert sentiment.labels(np.zeros((0, 3))) == []


def sides(text):
    return [(mark.kind, mark.side) for mark in polarity.marks(text) if mark.side]


def test_a_negation_turns_praise_and_blame_but_not_across_a_comma():
    assert sides("我不覺得這樣有比較好") == [("positive", -1)]
    assert sides("This is not good") == [("positive", -1)]
    assert sides("不，很好") == [("positive", 1)]
    assert sides("no, it is great") == [("positive", 1)]
    assert sides("服務不錯") == [("positive", 1)]


def test_a_character_inside_a_word_is_no_praise():
    assert sides("他好像是好人家的孩子") == []
    assert sides("") == []


def test_what_is_wished_for_is_not_praised():
    names = dict(zip(polarity.FEATURES, polarity.features(["Housing should be fair and safe."])[0], strict=True))
    assert names["positive"] == 0 and names["wished_positive"] > 0 and names["wish"] > 0


def test_grams_are_the_same_in_both_scripts_and_have_length_one():
    assert grams.found("讓車子慢下來") == grams.found("让车子慢下来")
    assert grams.found("Slow down!") == {"slow", "^ slow", "down", "slow down", "!", "down !"}
    rows = grams.hashed(["公車太少", "", "bus"])
    assert np.allclose(np.sqrt(rows.multiply(rows).sum(axis=1)).ravel(), [1, 0, 1])


def test_a_loud_person_counts_once_in_the_mean():
    chances = np.array([[1.0, 0, 0]] * 9 + [[0, 0, 1.0]])
    summary = summarise(chances, feelings(chances, 10), np.array([0] * 9 + [1]), np.arange(10))
    assert (summary.negative, summary.positive, summary.mixed, summary.mean) == (9, 1, 0, 0.0)
    assert summary.interval.low == -1 and summary.interval.high == 1
    assert summarise(None, feelings(None, 3), np.arange(3), np.arange(3)) is None


def test_a_torn_post_is_counted_as_mixed():
    chances = np.array([[0.45, 0.1, 0.45], [0.9, 0.1, 0.0]])
    summary = summarise(chances, feelings(chances, 2), np.arange(2), np.arange(2))
    assert (summary.negative, summary.neutral, summary.positive, summary.mixed) == (1, 0, 0, 1)
