import pytest

from nlp.core import languages


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("臺灣的計程車應該納保", "zh-Hant"),
        ("请问这个软件什么时候更新", "zh-Hans"),
        ("你好", "zh-Hant"),
        ("Uber的出現讓叫車更方便", "zh-Hant"),
        ("I think drivers should pay taxes", "en"),
        ("これは日本語の文章です", "ja"),
        ("Bonjour tout le monde, je suis content", "other"),
        ("Tôi nghĩ xe buýt quá đắt", "other"),
        ("ขึ้นราคาอีกแล้ว", "other"),
        ("123 !!", ""),
    ],
)
def test_languages_are_told_apart(line, language):
    assert languages.identify(line) == language
