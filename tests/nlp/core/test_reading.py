from dataclasses import replace

import numpy as np
import pytest

from nlp.core import reading
from nlp.core.records import (
    Edit,
    EditOutcome,
    Group,
    GroupResult,
    Interval,
    SentimentSummary,
    Text,
    Topic,
    TopicResult,
)


def topic(number, members, label, tone=None):
    centroid = np.eye(3, dtype=np.float32)[number]
    feeling = tone and SentimentSummary(3, 1, 2, tone, Interval(tone - 0.1, tone + 0.1))
    return Topic(
        number, label, (label,), members, len(members), len(members), len(members) / 10, feeling, (), (), centroid
    )


@pytest.fixture
def result():
    """Ten opinions by ten people: six on buses, three on schools, one that fits nowhere."""
    labels = np.array([0] * 6 + [1] * 3 + [-1])
    return TopicResult(
        assignments=labels,
        confidence=np.ones(10),
        topics=(topic(0, (0, 1, 2, 3, 4, 5), "公車", -0.4), topic(1, (6, 7, 8), "學校", 0.05)),
        sentiments=np.full((10, 3), 1 / 3),
        languages=("zh-Hant",) * 10,
        duplicate_of=np.full(10, -1),
        vectors=np.eye(3, dtype=np.float32)[[0] * 6 + [1] * 3 + [2]],
        quality={"coherence": 1.0, "separation": 1.0, "silhouette": 1.0, "left_over": 0.1, "stability": 0.9},
        timings={},
        counts={"posts": 10, "people": 10, "analysed": 10, "duplicates": 0, "topics": 2, "left_over": 1, "errors": 0},
        errors=(),
    )


def text(result, language="zh-Hant", **more):
    return "\n".join(reading.how_to_read(result, **more)[language])


def test_it_is_said_first_that_this_is_no_poll_and_of_how_many(result):
    first = reading.how_to_read(result)
    assert "10 人的 10 則意見，不是民意調查" in first["zh-Hant"][0]
    assert "10 opinions by 10 people, not a poll" in first["en"][0]
    assert len(first["zh-Hant"]) == len(first["en"])


def test_only_what_is_true_is_said(result):
    plain = text(result)
    for absent in ("來源", "語言：", "相同或幾乎相同", "沒有可以分析", "人工整理", "群", "沒有作者"):
        assert absent not in plain
    fuller = replace(
        result,
        languages=("zh-Hant",) * 8 + ("en", "vi"),
        counts={**result.counts, "duplicates": 2, "errors": 1},
        edits=(EditOutcome(Edit("move", 1), True, 0.5), EditOutcome(Edit("pin", 9), False, 0.0)),
    )
    said = text(fuller)
    for present in (
        "正體中文 8 則、英文 1 則、越南文 1 則",
        "2 則和別則相同",
        "1 則沒有可以分析",
        "1 項人工整理",
        "1 項因為",
    ):
        assert present in said
    assert "Vietnamese 1" in text(fuller, "en")


def test_few_people_and_many_are_told_apart(result):
    assert "只有 10 人" in text(result)
    hundred = replace(result, counts={**result.counts, "people": 100})
    assert "± 10 個百分點" in text(hundred) and "只有" not in text(hundred)
    assert "±" not in text(replace(result, counts={**result.counts, "people": 5000}))


def test_sources_stand_with_their_shares(result):
    texts = [Text(i, "x", author="a" if i < 3 else f"p{i}", source="留言" if i < 6 else "紙本") for i in range(9)]
    said = text(result, origin=reading.Origin.of([*texts, Text(9, "x")]))
    assert "留言 6 則（60 %）、紙本 3 則（30 %）；1 則來源不明" in said
    assert "1 則沒有作者資料" in said and "有一個人說了 3 則（30 %）" in said
    alone = reading.Origin({"留言": 10})
    assert "同一個管道：留言" in text(result, origin=alone)


@pytest.mark.parametrize(("value", "says"), [(0.9, "大致相同"), (0.6, "邊界會移動"), (0.2, "不要當作結論")])
def test_stability_is_told_in_words(result, value, says):
    assert says in text(replace(result, quality={**result.quality, "stability": value}))


def test_left_over_and_doubt_are_told_in_figures(result):
    assert "10 % 的意見不屬於任何主題" in text(result)
    assert "一樣近" not in text(result)
    muddled = replace(result, vectors=np.eye(3, dtype=np.float32)[[0] * 5 + [1] + [1] * 3 + [2]])
    assert reading.low_confidence(muddled) == pytest.approx(1 / 9)
    assert "11 % 的意見離另一個主題一樣近" in text(muddled)


def test_a_tone_that_may_be_nothing_is_called_so(result):
    assert "2 個主題中有 1 個的語氣區間跨過 0" in text(result)
    assert "沒有判讀語氣" in text(replace(result, sentiments=None))


def test_one_topic_is_not_sold_as_a_finding(result):
    together = replace(result, topics=result.topics[:1], notes=("one_topic",))
    assert "全部放在一起" in text(together) and "個主題是程式" not in text(together)
    assert "沒有硬分主題" in "".join(reading.headline(together)["zh-Hant"])


def test_groups_and_people_too_thin_are_explained(result):
    sizes = (Group(0, 15, (), (0, 0), ()), Group(1, 10, (), (0, 0), ()))
    people, thin, places = tuple(range(30)), tuple(range(5)), np.zeros((30, 2))
    two = GroupResult(2, {2: 0.4}, 0.9, people, places, np.zeros(30), sizes, (), (), (), thin)
    said = text(result, groups=two)
    assert "分成 2 群（15、10 人）" in said and "5 人投的票太少" in said
    assert "30 people who voted form 2 groups" in text(result, "en", groups=two)
    assert "票數還不足以分群" in text(result, groups=replace(two, k=0, groups=()))


def test_the_headline_has_a_number_in_each_sentence(result):
    for sentences in reading.headline(result).values():
        assert len(sentences) == 3 and all(any(c.isdigit() for c in one) for one in sentences)
    assert "「公車」語氣最低：平均 −0.40（−0.50 … −0.30" in reading.headline(result)["zh-Hant"][2]


def test_one_loud_author_does_not_make_a_topic_that_of_most_people(result):
    loud = replace(result.topics[0], size_people=2)
    chinese, english = (
        reading.headline(replace(result, topics=(loud, result.topics[1])))[language][1]
        for language in ("zh-Hant", "en")
    )
    assert "最多人談「學校」：3 人" in chinese and "most people speak of “學校”: 3 people" in english


def test_the_quality_card_leaves_out_what_was_not_measured(result):
    card = {one.code: one for one in reading.quality_card(result)}
    assert set(card) == {"coherence", "separation", "low_confidence", "stability", "left_over"}
    assert card["left_over"].shown == "10 %" and card["coherence"].shown == "1.00"
    edited = replace(
        result, edits=(EditOutcome(Edit("move", 1), True, 0.5), EditOutcome(Edit("rename", 1), True, float("nan")))
    )
    assert {one.code: one.shown for one in reading.quality_card(edited)}["human_agreement"] == "50 %"
    unmeasured = replace(result, quality={"coherence": 0.5}, topics=result.topics[:1])
    assert {one.code for one in reading.quality_card(unmeasured)} == {"coherence"}


def test_nothing_yet_is_one_sentence(result):
    empty = replace(result, counts={"posts": 0}, topics=())
    assert reading.how_to_read(empty)["zh-Hant"] == ("還沒有意見，所以還沒有結果。",)
    assert reading.headline(empty) == {"zh-Hant": (), "en": ()}


def test_shares_never_claim_none_or_all():
    assert [reading.percent(x) for x in (0, 0.001, 0.5, 0.999, 1, float("nan"))] == [
        "0 %", "< 1 %", "50 %", "> 99 %", "100 %", "–",
    ]  # fmt: skip
    assert [reading.signed(x) for x in (0.001, -0.2, 0.3)] == ["0.00", "−0.20", "+0.30"]
