from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlp.core import languages, lexicon, text


def words(line):
    return [token.surface for token in text.tokens(text.clean(line)) if token.content]


def test_cleaning_takes_out_what_carries_no_meaning():
    dirty = "RT @city_hall: 看\u200b這裡 https://example.org/a?b=1，#停車 真的\u202e很亂\x07"
    assert text.clean(dirty) == "看這裡 , 停車 真的很亂"


@pytest.mark.parametrize("line", ["", "   ", "\u200b\u202e", "https://example.org", "@somebody"])
def test_nothing_is_left_of_nothing(line):
    assert text.clean(line) == ""


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("看 https://example.org/kiosk?s=1，好", "看 ,好"),
        ("ht\u200btps://example.org 好", "好"),
        ("ｈｔｔｐｓ：／／example.org 好", "好"),
        ("@小明 你好", "你好"),
        ("@somebody@example.social: 好", "好"),
        ("@台北市政府請改善路面積水問題好嗎拜託了", "台北市政府請改善路面積水問題好嗎拜託了"),
        ("信箱 lin@example.org", "信箱 lin@example.org"),
        ("好#停車 ＃公車", "好 停車 公車"),
        ("(02)27208889#123", "(02)27208889#123"),
        ("C# 很難", "C# 很難"),
        ("RT RT: 好", "好"),
        ("RT-PCR 檢測", "RT-PCR 檢測"),
        ("ＡＢＣ１２３，㍿", "ABC123,株式会社"),
        ("Z" + "\u0335" * 300 + "ALGO", "Z" + "\u0335" * 4 + "ALGO"),
        ("ดี" + "\u0e48" * 50, "ดี" + "\u0e48" * 3),
        ("好\x00\ud800不\ue000好", "好不好"),
        ("\u202eمرحبا\u202c 好", "مرحبا 好"),
        ("葛\U000e0100城", "葛城"),
    ],
)
def test_cleaning_keeps_the_words(written, cleaned):
    assert text.clean(written) == cleaned


@given(st.text())
@example("##a")
@example("RT @a: RT b")
@example("@a#@b http://@c www.www.d")
@example("@" + "a" * 41)
def test_cleaning_what_is_clean_changes_nothing(written):
    cleaned = text.clean(written)
    assert text.clean(cleaned) == cleaned


@given(st.text(), st.integers(1, 20))
def test_cleaning_to_a_limit_holds_it(written, limit):
    cleaned = text.clean(written, limit=limit)
    assert len(cleaned) <= limit
    assert text.clean(cleaned, limit=limit) == cleaned


@pytest.mark.parametrize("unit", ["RT ", "@a ", "@a@", "#", "@", "\u0301", "ht\u200btps://", "@民", "a.@"])
def test_a_very_long_text_is_cleaned_in_one_go(unit):
    written = unit * (100_000 // len(unit))
    assert len(text.clean(written)) <= len(written)


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


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("共乘應該合法", "共乘"),
        ("我們里需要長照據點", "長照據點"),
        ("請問數發部什麼時候回覆", "數發部"),
        ("依道路交通管理處罰條例要罰多少", "道路交通管理處罰條例"),
        ("臺北捷運太擠", "臺北捷運"),
        ("台北捷運太擠", "台北捷運"),
        ("這裡的行人專用時相太短", "行人專用時相"),
        ("我覺得長照2.0還不夠", "長照2.0"),
        ("今天PM2.5超標", "PM2.5"),
        ("學校旁的5G基地台", "5G"),
        ("走實價登錄2.0就好", "實價登錄2.0"),
        ("臉書上的人臉辨識", "人臉辨識"),
    ],
)
def test_civic_words_are_not_cut_apart(line, word):
    assert word in words(line)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [("運動部分很重要", "部分"), ("教育部分要改", "部分"), ("台灣大選", "大選"), ("意義有三重意思", "三重")],
)
def test_names_do_not_cut_other_words_apart(line, wanted):
    assert wanted in [token.surface for token in text.tokens(line)]


def test_a_term_inside_a_longer_word_is_no_term():
    assert "5G" not in words("型號 A5G 和 15G")


@given(st.text())
@example("好\ud800長照2.0PM2.5")
def test_tokens_stand_where_they_say(line):
    found = text.tokens(line)
    assert all(line[token.start : token.end] == token.surface for token in found)
    assert all(left.end <= right.start for left, right in zip(found, found[1:], strict=False))


def test_the_lexicon_is_traditional_and_says_nothing_twice():
    lines = files("nlp.core").joinpath("data/lexicon.txt").read_text(encoding="utf-8").splitlines()
    entries = [word for line in lines if not line.startswith("#") for word in line.split()]
    assert len(entries) == len(set(entries)) > 2000
    assert sorted(lexicon.words() + lexicon.terms()) == sorted(entries)
    assert not [word for word in entries if languages.identify(word) == "zh-Hans"]


def test_two_spellings_share_one_key():
    keys = [{token.key for token in text.tokens(line)} for line in ("臺灣的軟體", "台灣的軟體", "台湾的软体")]
    assert keys[0] == keys[1] == keys[2]


def test_english_plurals_are_counted_together_and_function_words_are_not():
    assert {token.key for token in text.tokens("The drivers and a driver's taxes") if token.content} == {
        "driver",
        "tax",
    }
