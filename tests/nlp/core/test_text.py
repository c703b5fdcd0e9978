import pytest

from nlp.core import text


def words(line):
    return [token.surface for token in text.tokens(text.clean(line)) if token.content]


def test_cleaning_takes_out_what_carries_no_meaning():
    dirty = "RT @city_hall: 看\u200b這裡 https://example.org/a?b=1，#停車 真的\u202e很亂\x07"
    assert text.clean(dirty) == "看這裡 , 停車 真的很亂"


@pytest.mark.parametrize("line", ["", "   ", "\u200b\u202e", "https://example.org", "@somebody"])
def test_nothing_is_left_of_nothing(line):
    assert text.clean(line) == ""


def test_emoji_stay_but_are_no_words():
    assert text.clean("😀😀") == "😀😀"
    assert not text.has_words("😀😀!")
    assert text.has_words("好")


def test_a_very_long_text_is_cut():
    assert len(text.clean("民" * 100_000, limit=2000)) == 2000


def test_chinese_words_keep_their_own_characters_and_places():
    line = "臺灣計程車司機的營業車保險理賠問題"
    tokens = text.tokens(line)
    assert "".join(token.surface for token in tokens) == line
    assert all(line[token.start : token.end] == token.surface for token in tokens)
    assert words(line) == ["臺灣", "計程車", "司機", "營業車", "保險", "理賠"]


def test_civic_words_are_not_cut_apart():
    assert "共乘" in words("共乘應該合法") and "長照據點" in words("我們里需要長照據點")


def test_two_spellings_share_one_key():
    keys = [{token.key for token in text.tokens(line)} for line in ("臺灣的軟體", "台灣的軟體", "台湾的软体")]
    assert keys[0] == keys[1] == keys[2]


def test_english_plurals_are_counted_together_and_function_words_are_not():
    assert {token.key for token in text.tokens("The drivers and a driver's taxes") if token.content} == {
        "driver",
        "tax",
    }
