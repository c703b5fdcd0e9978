"""Bursts: a campaign of many accounts is found, and people who happen to say alike are not.

Votes by one script are in test_lockstep.py.
"""

import csv
import os
from pathlib import Path
from random import Random

import pytest

from nlp.core import bursts

HOUR = 3600.0
SCRIPT = "反對公車幹線改道，請交通局立刻撤回草案，還給居民直達醫院的路線"
TRIMMINGS = ["", "！", "！！", "，謝謝", "，拜託", "。", " ", "～", "轉貼：", "請轉傳"]


def organic(count: int, random: Random):
    """People who write about one subject in their own words over three days; some of them write the same few words."""
    places = ["醫院", "市場", "學校", "車站", "圖書館", "公園", "里辦公處", "捷運站", "夜市", "體育館", "溪北", "山腳"]
    wishes = ["多一班車", "留下站牌", "裝候車亭", "準時一點", "不要轉車", "可以轉乘", "有無障礙坡道", "票價打折"]
    people = ["我媽", "我阿公", "夜班的同事", "推輪椅的鄰居", "小學生", "我自己", "開店的人", "外地來的朋友"]
    texts = []
    for number in range(count):
        if number % 10 == 0:
            texts.append(random.choice(["支持", "+1", "同意樓上", "反對", "我也這樣想"]))
        else:
            texts.append(
                f"{random.choice(people)}每個星期{random.randint(1, 7)}去{random.choice(places)}，"
                f"希望{random.choice(wishes)}，第 {number} 次說了"
            )
    return texts, [f"person {number}" for number in range(count)], [random.random() * 72 * HOUR for _ in texts]


def test_a_planted_campaign_of_a_hundred_accounts_is_found_and_others_are_not():
    random = Random(7)
    texts, people, seconds = organic(1500, random)
    planted = [f"{random.choice(TRIMMINGS)}{SCRIPT}{random.choice(TRIMMINGS)}" for _ in range(100)]
    at = 30 * HOUR
    texts += planted
    people += [f"planted {number}" for number in range(100)]
    seconds += [at + random.random() * 3 * HOUR for _ in planted]
    found = bursts.find(texts, people, seconds)
    flagged = {people[row] for burst in found for row in burst.rows}
    assert sum(name.startswith("planted") for name in flagged) >= 95
    assert sum(name.startswith("person") for name in flagged) <= 15
    assert found[0].people == len(found[0].rows) >= 95


def test_the_same_words_over_weeks_or_from_few_people_are_no_burst():
    weeks = [number * 24 * HOUR for number in range(30)]
    assert not bursts.find([SCRIPT] * 30, range(30), weeks)
    assert not bursts.find([SCRIPT] * 30, [number % 4 for number in range(30)], [0.0] * 30)


def test_few_words_that_anybody_might_say_are_no_burst():
    for words in ("支持", "+1", "我也反對", "I agree", ""):
        assert not bursts.find([words] * 50, range(50), [0.0] * 50)


def test_opposite_opinions_in_nearly_the_same_words_are_two_bursts():
    texts = ["我支持公車幹線改道，請盡快實施不要再拖"] * 6 + ["我反對公車幹線改道，請盡快停止不要再拖"] * 6
    assert [burst.people for burst in bursts.find(texts, range(12), [0.0] * 12)] == [6, 6]


def test_a_burst_goes_on_while_accounts_join_and_ends_with_a_gap():
    seconds = [number * HOUR for number in range(12)] + [60 * HOUR + number for number in range(6)]
    found = bursts.find([SCRIPT] * 18, range(18), seconds)
    assert [(burst.people, burst.began) for burst in found] == [(12, 0.0), (6, 60 * HOUR)]


def test_many_new_accounts_in_one_hour_are_noticed_unless_many_others_write_too():
    people = list(range(30))
    seconds = [float(number) for number in range(30)]
    assert [burst.people for burst in bursts.floods(people, seconds, [True] * 30)] == [30]
    assert not bursts.floods(list(range(80)), [float(n) for n in range(80)], [True] * 30 + [False] * 50)
    assert not bursts.floods(people[:10], seconds[:10], [True] * 10)


def test_the_order_of_the_rows_does_not_matter():
    random = Random(3)
    rows = [(SCRIPT + random.choice(TRIMMINGS), number, random.random() * HOUR) for number in range(20)]
    shuffled = random.sample(rows, len(rows))
    first = bursts.find(*zip(*rows, strict=True))
    second = bursts.find(*zip(*shuffled, strict=True))
    assert [(burst.people, burst.began, burst.ended) for burst in first] == [
        (burst.people, burst.began, burst.ended) for burst in second
    ]


@pytest.mark.skipif("MINYI_DATA" not in os.environ, reason="MINYI_DATA names no folder with Polis conversations")
def test_in_real_conversations_hardly_anybody_is_in_a_burst():
    for path in sorted(Path(os.environ["MINYI_DATA"]).glob("polis/*/comments.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        found = bursts.find(
            [row["comment-body"] for row in rows],
            [row["author-id"] for row in rows],
            [float(row["timestamp"]) / 1000 for row in rows],
        )
        assert sum(len(burst.rows) for burst in found) <= 0.01 * len(rows), path
