"""The score for attacks and advertisements: what it must hold, what it must leave alone, and how it fails."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from nlp.core import abuse, encoders

FROZEN = Path(__file__).parent / "data" / "abuse_frozen.csv"

# Anger, sarcasm and dialect about a policy, an office or a situation: never an attack.
HARD_WORDS = """
政府無能，這個政策爛透了
市長下台！說話不算話
幹，又漲價，薪水都沒漲
他媽的這條路補了又挖
靠北，等公車等了四十分鐘
白痴設計，電梯出口對著快車道
腦殘政策，只會苦到守法的人
這草案根本垃圾，請重寫
氣死我了，申訴三次沒有一次回電
官員腦袋到底在想什麼
財團吃肉，我們連湯都沒得喝
我強烈反對，這會害死很多小店家
再不做人行道，下一個躺在那裡的就是我女兒
阮庄跤所在，一工才兩班車，是欲按怎去看醫生
恁攏講會改，講三冬矣，敢有改？
袂曉用手機仔的老大人欲按怎
詐騙廣告滿天飛，平台應該負責
娛樂城廣告貼到學校門口，請取締
學貸利息能不能再降
用 LINE 通知停水，里民才看得到
資料在 https://data.gov.tw/dataset/6068 ，請看第三欄
上次有人罵我白痴，主持人沒有制止
This policy is garbage and the mayor should resign
Damn, the fare went up again and my wage did not
Stop lying to us about the budget
It is an idiotic rule and it only hurts people who obey it
My mother lost her savings to an investment scam
Ban gambling adverts on buses
You are wrong about the figures, see page 9
""".strip().splitlines()
PLAIN = """
加LINE領飆股明牌，保證獲利，月入十萬 https://shop.example.top/a
身分證借錢免聯徵，當日放款，來電 0912-345-678
娛樂城首儲一千送一千，註冊加賴領體驗金
Make $5000 a week from home, click here https://bit.ly/abc123
你這個白痴，怎麼不去死
You are a worthless piece of trash, kill yourself
""".strip().splitlines()


@pytest.fixture(scope="module")
def model():
    try:
        encoders.require("use")
    except encoders.EncoderUnavailable as missing:
        pytest.skip(str(missing))
    found = abuse.load()
    assert found is not None
    return found


def frozen(label):
    with FROZEN.open(encoding="utf-8", newline="") as stream:
        return [row["text"] for row in csv.DictReader(stream) if row["label"] == label]


def held(texts, model):
    return [text for text, one in zip(texts, abuse.judge_many(texts, model=model), strict=True) if one.holds]


def test_anger_criticism_and_dialect_are_not_held(model):
    assert held(HARD_WORDS, model) == []


def test_what_is_plain_is_held(model):
    assert held(PLAIN, model) == PLAIN


def test_the_frozen_advertisements_are_held_and_fair_sentences_are_not(model):
    """Figure A11. Its other half, what is held of real civic texts, is at the end of this file."""
    spam, attacks, fair = (frozen(label) for label in ("spam", "abuse", "fair"))
    assert len(held(spam, model)) >= 0.95 * len(spam)
    assert len(held(attacks, model)) >= 0.75 * len(attacks)
    # Written to be mistaken; on real civic comments the share is below, see docs/models/abuse.md.
    assert len(held(fair, model)) <= 0.05 * len(fair)


def test_without_a_model_rules_hold_what_is_plain_and_never_everything(tmp_path):
    assert abuse.load.__wrapped__(tmp_path / "none.npz") is None
    assert held(HARD_WORDS, None) == []
    assert len(held(PLAIN, None)) >= 4
    # Words about public affairs, and words of offers, are for the model to weigh: alone they mark nothing.
    assert not abuse.judge("市長應該說明報名的名額", model=None).marks
    marked = [one.marks for one in abuse.judge_many([*HARD_WORDS, *PLAIN], model=None)]
    assert any(marked) and not all(marked)


def test_a_damaged_model_is_none(tmp_path):
    broken = tmp_path / "abuse.npz"
    broken.write_bytes(b"not an archive")
    assert abuse.load.__wrapped__(broken) is None
    np.savez_compressed(broken, known=np.array(["other", "signs"]))
    assert abuse.load.__wrapped__(broken) is None


def test_separators_and_fullwidth_letters_hide_nothing():
    assert "insult" in abuse.judge("白 痴 你", model=None).signs
    assert "insult" in abuse.judge("白*痴，你閉嘴", model=None).signs
    assert "contact" in abuse.judge("ＬＩＮＥ　ＩＤ：ａｂｃ１２３", model=None).signs


def test_any_text_is_judged():
    for text in ("", " ", "\x00", "👍" * 5000, "a" * 100_000, "哈" * 4000, "\ud800", "١٢٣"):
        one = abuse.judge(text, model=None)
        assert isinstance(one.holds, bool) and isinstance(one.marks, bool)
    assert abuse.judge_many([]) == []


def test_a_judgement_does_not_depend_on_its_neighbours(model):
    alone = [abuse.judge(text, model=model) for text in PLAIN]
    together = abuse.judge_many(PLAIN, model=model)
    assert [one.holds for one in alone] == [one.holds for one in together]
    assert np.allclose([one.spam for one in alone], [one.spam for one in together], atol=1e-4)


@pytest.mark.skipif("MINYI_DATA" not in os.environ, reason="MINYI_DATA names no folder with Polis conversations")
def test_real_civic_comments_are_held_at_most_once_in_a_hundred(model):
    data = Path(os.environ["MINYI_DATA"])
    texts = []
    for name in ("vtaiwan.uberx", "scoop-hivemind.taxes"):
        with (data / "polis" / name / "comments.csv").open(encoding="utf-8-sig", newline="") as stream:
            texts += [row["comment-body"] for row in csv.DictReader(stream)]
    with (data / "civic.csv").open(encoding="utf-8-sig", newline="") as stream:
        texts += [words for row in csv.DictReader(stream) for words in (row["zh"], row["en"])]
    assert len(held(texts, model)) <= 0.01 * len(texts)
