"""What changed between two versions: nothing is lost, nothing invented, and Chinese is cut at words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from discussions import differences

WORDS = st.lists(
    st.sampled_from(["公車", "班次", "，", "。", "的", "bus ", "every ", "10 ", "\n", "捷運"]), max_size=25
)


def kinds(changes):
    return [(kind.value, text) for kind, text in changes]


def test_a_chinese_word_is_replaced_as_a_word():
    changes = differences.words("我建議尖峰時間增加公車班次。", "我建議離峰時間增加公車班次。")
    assert kinds(changes) == [
        ("same", "我建議"),
        ("gone", "尖峰"),
        ("new", "離峰"),
        ("same", "時間增加公車班次。"),
    ]


def test_an_english_word_is_replaced_as_a_word():
    changes = differences.words("The bus comes too late.", "The bus comes too early.")
    assert kinds(changes) == [("same", "The bus comes too "), ("gone", "late"), ("new", "early"), ("same", ".")]


def test_the_same_words_have_no_changes():
    assert kinds(differences.words("一樣", "一樣")) == [("same", "一樣")]
    assert differences.words("", "") == []


def test_from_nothing_and_to_nothing():
    assert kinds(differences.words("", "新的一句。")) == [("new", "新的一句。")]
    assert kinds(differences.words("舊的一句。", "")) == [("gone", "舊的一句。")]


def test_a_moved_paragraph_keeps_its_neighbours_whole():
    changes = differences.words("第一段。\n第二段。\n第三段。", "第一段。\n第三段。")
    assert kinds(changes) == [("same", "第一段。\n"), ("gone", "第二段。\n"), ("same", "第三段。")]


@settings(max_examples=150, deadline=None)
@given(WORDS, WORDS)
def test_both_versions_can_be_read_back(before, after):
    before, after = "".join(before), "".join(after)
    changes = differences.words(before, after)
    assert "".join(text for kind, text in changes if kind != "new") == before
    assert "".join(text for kind, text in changes if kind != "gone") == after
    assert all(text for _kind, text in changes)
    assert all(left[0] != right[0] for left, right in zip(changes, changes[1:], strict=False))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_pieces_are_the_text(text):
    assert "".join(differences.pieces(text)) == text
