"""A summary is taken apart as its readers would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.core import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("公車太少。票價太高！該怎麼辦？", ["公車太少。", "票價太高！", "該怎麼辦？"]),
        ("Buses are rare. Fares are high.", ["Buses are rare.", "Fares are high."]),
        ("It costs 3.50 dollars, e.g. for students.", ["It costs 3.50 dollars, e.g. for students."]),
        ("他說：「不要漲價。」大家都同意。", ["他說：「不要漲價。」", "大家都同意。"]),
        ("一、加開夜車\n二、降低票價\n", ["加開夜車", "降低票價"]),
        ("- more buses\n- lower fares", ["more buses", "lower fares"]),
        ("(1) 加班車\n(2) 候車亭", ["加班車", "候車亭"]),
        ("。。。\n\n!!!", []),
        ("", []),
    ],
)
def test_sentences_are_told_apart(text, expected):
    assert sentences.split(text) == expected


@given(st.text(max_size=300))
def test_no_word_is_lost(text):
    def letters(words):
        return [character for character in words if character.isalpha()]

    found = sentences.split(text)
    assert all(sum(character.isalnum() for character in one) >= sentences.LEAST for one in found)
    kept = iter(letters(text))
    assert all(any(letter == other for other in kept) for letter in letters("".join(found)))
