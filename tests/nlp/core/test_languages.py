from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.core import languages

HELD_OUT = Path(__file__).parent / "data" / "languages-heldout.tsv"


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("臺灣的計程車應該納保", "zh-Hant"),
        ("请问这个软件什么时候更新", "zh-Hans"),
        ("你知道什么地方有吗", "zh-Hans"),
        ("你好", "zh-Hant"),
        ("Uber的出現讓叫車更方便", "zh-Hant"),
        ("台灣の未來", "zh-Hant"),
        ("ㄏㄏ", "zh-Hant"),
        ("我家附近的ドン・キホーテ很好逛", "zh-Hant"),
        ("I think drivers should pay taxes", "en"),
        ("これは日本語の文章です", "ja"),
        ("再生可能エネルギー推進", "ja"),
        ("税金の使い道", "ja"),
        ("Bonjour tout le monde, je suis content", "other"),
        ("Der Bus kommt nie", "other"),
        ("Hindi ko alam", "other"),
        ("버스가 너무 늦어요", "other"),
        ("Tôi nghĩ xe buýt quá đắt", "vi"),
        ("khong dong y", "vi"),
        ("Saya tidak setuju", "id"),
        ("ขึ้นราคาอีกแล้ว", "th"),
        ("123 !!", ""),
        ("😀", ""),
        ("https://example.org/news", ""),
    ],
)
def test_languages_are_told_apart(line, language):
    assert languages.identify(line) == language


@pytest.mark.parametrize("code", ["zh-Hant", "zh-Hans", "ja", "en", "vi", "vi-plain", "id", "th", "other"])
def test_a_few_words_are_enough(code):
    """Sentences that were written before the lists of words and never looked at while those were made."""
    lines = [line.split("\t") for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]
    found = Counter(languages.identify(words) == code.removesuffix("-plain") for kind, words in lines if kind == code)
    assert found[True] >= (0.95 if found.total() > 20 else 0.9) * found.total()


def test_a_letter_typed_in_two_parts_is_the_same_letter():
    assert languages.identify("Tôi không đồng ý".replace("ô", "o\u0302")) == "vi"


def test_mixed_text_tells_its_parts():
    shares = languages.mixture("I think 政府應該多聽 people")
    assert shares == {"zh-Hant": 6 / 9, "en": 3 / 9}
    assert languages.identify("Please call 陳小姐 about the housing subsidy") == "en"


def test_where_two_languages_weigh_the_same_chinese_is_named():
    assert languages.mixture("支持 open data") == {"zh-Hant": 0.5, "en": 0.5}
    assert languages.identify("open data 支持") == "zh-Hant"


def test_addresses_say_nothing_about_the_language():
    assert languages.mixture("看這裡 https://www.example.org/kiosk/news @city_hall") == {"zh-Hant": 1.0}


def test_a_word_is_written_as_its_readers_write():
    assert languages.written("年轻人", "zh-Hant") == "年輕人" and languages.written("年輕人", "zh-Hans") == "年轻人"
    assert languages.written("软件", "zh-Hant") == "軟件"


@pytest.mark.parametrize("word", ["夜市", "里民", "占用", "台北", "TNR", "night market", ""])
def test_what_is_written_alike_everywhere_stays(word):
    assert languages.written(word, "zh-Hant") == word == languages.written(word, "zh-Hans")


def test_readers_of_other_languages_see_words_as_they_were_written():
    assert languages.written("年轻人", "en") == "年轻人" and languages.written("図書館", "ja") == "図書館"


@given(st.text())
def test_any_text_has_a_language_or_none(text):
    shares = languages.mixture(text)
    assert languages.identify(text) in {*languages.CODES, ""}
    assert not shares or sum(shares.values()) == pytest.approx(1)
    assert set(shares) <= set(languages.CODES)


def test_lone_surrogates_and_very_long_texts_do_no_harm():
    assert languages.identify("好\ud800\x00") == "zh-Hant"
    assert languages.identify("民" * 100_000) == "zh-Hant"
