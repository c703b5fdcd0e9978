"""Cleaning words never makes them less clean, and never touches ordinary Chinese."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from discussions.errors import InvalidText
from discussions.wording import cleaned, cleaned_line


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing(text):
    try:
        once = cleaned(text, limit=5000)
    except InvalidText:
        return
    assert cleaned(once, limit=5000) == once


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
