import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.core import duplicates

PETITION = "政府應該針對外送平台的保險制度進行全面檢討與改善，保障外送員的權益與勞動條件"


def groups(texts, **options):
    """The folded groups by their words, so that rows may change places."""
    first = duplicates.fold(texts, **options).tolist()
    found = {}
    for row, standing in enumerate(first):
        found.setdefault(row if standing < 0 else standing, []).append(texts[row])
    return sorted(sorted(members) for members in found.values())


def test_repeats_are_folded_whatever_their_punctuation():
    lines = ["我覺得計程車太貴了應該要降價", "我觉得计程车太贵了，应该要降价！！", "公車太少", "同意", "同意。"]
    assert duplicates.fold(lines).tolist() == [-1, 0, -1, -1, 3]


def test_near_repeats_are_folded():
    first = "政府應該針對外送平台的保險制度進行全面檢討與改善，保障外送員權益"
    assert duplicates.fold([first, first.replace("進行全面", "進行全面的")]).tolist() == [-1, 0]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            "我認為政府應該全面開放自用車載客營業並且納入管理制度",
            "我認為政府不應該全面開放自用車載客營業並且納入管理制度",
        ),
        (
            "這個路口每天塞車塞到晚上八點大家都很辛苦請改善 30 秒",
            "這個路口每天塞車塞到晚上八點大家都很辛苦請改善 90 秒",
        ),
        (
            "I support the plan to build a new library near the station",
            "I don't support the plan to build a new library near the station",
        ),
        (
            "Until wages rise, housing will remain affordable for many of us here",
            "Until wages rise, housing will remain unaffordable for many of us here",
        ),
        ("票價應該調漲 1.5 倍", "票價應該調漲 15 倍"),
        (
            "夜間的加班費請依照勞動基準法的規定給到三倍才算合理",
            "夜間的加班費請依照勞動基準法的規定給到兩倍才算合理",
        ),
        (
            "Tôi nghĩ thành phố nên xây thêm nhà máy ở khu vực này trong năm nay",
            "Tôi nghĩ thành phố không nên xây thêm nhà máy ở khu vực này trong năm nay",
        ),
    ],
)
def test_a_turned_sense_is_never_folded(left, right):
    assert duplicates.fold([left, right]).tolist() == [-1, -1]


def test_empty_texts_are_nobodys_repeat():
    assert duplicates.fold(["", "", "！！"]).tolist() == [-1, -1, -1]


def test_one_thousand_may_be_written_with_a_comma():
    assert duplicates.fold(["補助 1,000 元", "補助1000元"]).tolist() == [-1, 0]


def test_short_texts_are_only_folded_when_they_are_the_same():
    assert duplicates.fold(["公車太少了吧", "公車太少了啦"]).tolist() == [-1, -1]


def test_the_first_row_stands_for_its_group():
    longer = PETITION.replace("全面", "全面的")
    assert duplicates.fold([longer, "公車太少", PETITION, PETITION]).tolist() == [-1, -1, 0, 0]


def test_nothing_drifts_along_a_chain():
    """Each step is near the one before, the last is far from the first."""
    letters = [chr(0x4E00 + 7 * i) for i in range(60)]
    chain = []
    for step in range(12):
        letters[step * 2] = "民"
        chain.append("".join(letters))
    first = duplicates.fold(chain)
    assert (first >= 0).any() and (first < 0).sum() > 1


def test_a_stricter_threshold_folds_less():
    pair = [PETITION, PETITION.replace("全面", "全面的").replace("權益", "全部權益")]
    assert duplicates.fold(pair, threshold=0.7).tolist() == [-1, 0]
    assert duplicates.fold(pair, threshold=0.95).tolist() == [-1, -1]


def test_thousands_of_variants_are_one_opinion():
    variants = [f"{PETITION[:i]}啊{PETITION[i:]}" for i in range(len(PETITION) + 1)] * 50
    assert (duplicates.fold(variants) < 0).sum() == 1


def test_broken_and_very_long_texts_do_no_harm():
    lines = [
        "好\ud800" * 10,
        "",
        "\x00",
        "民" * 100_000,
        "😀" * 50,
        "مرحبا بالعالم كله",
        "Z" + "\u0335" * 500,
        "好" * 10,
    ]
    assert duplicates.fold(lines).tolist() == [-1, -1, -1, -1, -1, -1, -1, 0]
    assert duplicates.fold([]).tolist() == []


WORDS = st.sampled_from(
    "公車 捷運 太貴 不 應該 便宜 保險 外送員 政府 檢討 全面 權益 請 改善 30 90 the bus is not too late".split()
)


@settings(deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=9).map("".join), max_size=30), st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order_of_rows(texts, shuffler):
    shuffled = list(texts)
    shuffler.shuffle(shuffled)
    assert groups(texts, threshold=0.5) == groups(shuffled, threshold=0.5)


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_texts_can_be_folded(texts):
    first = duplicates.fold(texts)
    assert first.dtype == np.int64 and first.shape == (len(texts),)
    assert all(standing == -1 or (standing < row and first[standing] == -1) for row, standing in enumerate(first))
