"""Cleaning words never makes them less clean, and never touches ordinary Chinese."""

import csv
import unicodedata
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from discussions.errors import InvalidText
from discussions.wording import MARKS_PER_LETTER, cleaned, cleaned_line, links

WRITTEN = Path(settings.BASE_DIR) / "nlp" / "training" / "data" / "written_zh.csv"
NEWS = Path(settings.BASE_DIR).parent / "shared" / "data" / "topics_zh_tnews.csv"
ANYTHING = st.text(max_size=300) | st.text(alphabet="e\u0301\u200d\u200b\u0323👩\ufe0fक्\u202e字 \n", max_size=40)


def unchanged_by_a_second_time(text):
    try:
        once = cleaned(text, limit=5000)
    except InvalidText:
        return
    assert cleaned(once, limit=5000) == once


@examples(max_examples=300, deadline=None)
@given(ANYTHING)
def test_cleaning_twice_changes_nothing(text):
    unchanged_by_a_second_time(text)


@pytest.mark.slow
@examples(max_examples=10_000, deadline=None)
@given(ANYTHING)
def test_cleaning_twice_changes_nothing_in_ten_thousand_texts(text):
    unchanged_by_a_second_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "我覺得「末班車」太早，應延到 23:30。",
        "臺北—高雄（來回）NT$1,490",
        "第一行\n\n第二行",
        "ไทยและภาษาไทย",
        "Tiếng Việt có dấu",
        "हिन्दी",
    ],
)
def test_ordinary_words_of_any_language_are_kept(text):
    assert cleaned(text, limit=5000) == text


def test_a_line_is_a_line():
    assert cleaned_line("  多行\n\n的  主張 ", limit=280) == "多行 的 主張"


def test_the_limit_is_told_and_nothing_is_cut():
    with pytest.raises(InvalidText, match="281"):
        cleaned_line("長" * 281, limit=280)


@pytest.mark.parametrize("source", [WRITTEN, NEWS], ids=["what citizens write", "titles of news"])
def test_a_thousand_texts_in_chinese_stay_as_they_are(source):
    if not source.is_file():
        pytest.skip("the sample of news titles is not on this machine")
    with source.open(encoding="utf-8") as file:
        texts = [row["text"].strip() for row in csv.DictReader(file)]
    texts = [text for text in texts if sum(character.isalnum() for character in text) > 1]
    assert len(texts) >= 1000
    assert [text for text in texts if cleaned(text, limit=5000) != text] == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ce\u200b\u0301", "cé"),
        ("甲\u2066乙\u2069丙", "甲乙丙"),
        ("票\u200d價", "票價"),
        ("第A\u200c\u0300\u200c\u00b4", "第À\u00b4"),
        ("第0\u0300\u0300\u0300\u0300\u200c\u0300", "第0\u0300\u0300\u0300\u0300"),
        ("結尾👍\u200d", "結尾👍"),
        ("空\u3164白", "空白"),
        ("藏\U000e0041\U000e0042字", "藏字"),
        ("क्\u200dष 是印地文", "क्\u200dष 是印地文"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("家人👨\u200d👩\u200d👧\u200d👦", "家人👨\u200d👩\u200d👧\u200d👦"),
        (
            "旗子\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
            "旗子\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        ),
    ],
)
def test_what_cannot_be_seen_is_taken_out_unless_a_script_or_an_emoji_needs_it(text, kept):
    assert cleaned(text, limit=5000) == kept


@examples(max_examples=200, deadline=None)
@given(st.text(alphabet="aé字\u0301\u0302\u0323\u20dd\u0e31\u200d", max_size=60))
def test_no_letter_carries_more_than_four_marks_and_all_is_in_normal_form(text):
    try:
        words = cleaned(text, limit=5000)
    except InvalidText:
        return
    assert unicodedata.is_normalized("NFC", words)
    run = 0
    for character in words:
        run = run + 1 if unicodedata.category(character).startswith("M") else 0
        assert run <= MARKS_PER_LETTER


def test_links_are_counted():
    assert links("看 https://a.example/x 和 www.b.example，還有 HTTP://C.example") == 3
    assert links("沒有連結，只有 3.5 和 a.b") == 0
