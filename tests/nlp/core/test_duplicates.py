import pytest

from nlp.core import duplicates


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
    ],
)
def test_a_turned_sense_is_never_folded(left, right):
    assert duplicates.fold([left, right]).tolist() == [-1, -1]


def test_empty_texts_are_nobodys_repeat():
    assert duplicates.fold(["", "", "！！"]).tolist() == [-1, -1, -1]
