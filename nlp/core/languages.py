"""Which language a short text is in."""

from __future__ import annotations

import re
from functools import lru_cache

from nlp.core.stopwords import ENGLISH

LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+(?:['\u2019-][A-Za-z\u00c0-\u024f\u1e00-\u1eff]+)*")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]")
KANA = re.compile(r"[\u3041-\u30ff]")


def identify(text: str) -> str:
    """One of "zh-Hant", "zh-Hans", "en", "ja", "other", or "" where there is no letter.

    By script: kana makes Japanese; Han characters that only one of Big5 and GB 2312 can write decide between
    Traditional and Simplified (Traditional where nothing decides); Latin text is English when it uses English
    function words or plain ASCII throughout.
    """
    han = HAN.findall(text)
    kana = KANA.findall(text)
    words = LATIN_WORD.findall(text)
    letters = sum(1 for character in text if character.isalpha())
    if not letters:
        return ""
    if len(kana) >= 2 and len(kana) >= 0.15 * (len(kana) + len(han)):
        return "ja"
    if han and len(han) >= len(words):
        traditional = sum(_writable(character, "big5") and not _writable(character, "gb2312") for character in han)
        simplified = sum(_writable(character, "gb2312") and not _writable(character, "big5") for character in han)
        return "zh-Hans" if simplified > traditional else "zh-Hant"
    latin = sum(len(word) for word in words)
    if latin < 0.5 * letters:
        return "other"
    lowered = [word.lower() for word in words]
    known = sum(word in ENGLISH for word in lowered)
    if known >= max(1, 0.15 * len(lowered)):
        return "en"
    return "en" if len(lowered) <= 3 and all(word.isascii() for word in lowered) else "other"


@lru_cache(maxsize=65536)
def _writable(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
