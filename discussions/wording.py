"""What people typed, made safe to keep: normal form, no invisible or direction-changing characters, a sane length."""

import re
import unicodedata

from django.utils.translation import gettext as _

from discussions.errors import InvalidText
from nlp.core.text import URL

COMMENT_LIMIT = 5000
STATEMENT_LIMIT = 280
QUESTION_LIMIT = 280
REPLY_LIMIT = 10000
MARKS_PER_LETTER = 4

_BIDI_AND_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]"
)
# Invisible letters that spell the name of a region behind a black flag, and hide words anywhere else.
_TAGS = re.compile("(\U0001f3f4[\U000e0030-\U000e007a]{3,6}\U000e007f)|[\U000e0000-\U000e007f]")
_JOINERS = "\u200c\u200d"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_MANY_LINES = re.compile(r"\n{3,}")


def cleaned(text: str, *, limit: int, least: int = 2, missing: str = "") -> str:
    """`text` in NFC without controls, trimmed.

    Raises InvalidText when fewer than `least` letters or digits are left or it is over `limit` characters. What is
    asked for where it is not somebody's opinion (a reason, a title) is said in the words of `missing`.
    """
    words = _CONTROL.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n"))
    words = _TAGS.sub(r"\1", _BIDI_AND_INVISIBLE.sub("", words))
    words = _settled(unicodedata.normalize("NFC", words))
    words = _MANY_LINES.sub("\n\n", words).strip()
    letters = sum(1 for character in words if unicodedata.category(character)[0] in "LN")
    if not words:
        raise InvalidText(missing or _("There is nothing to read here yet. Please write what you think."), code="empty")
    if letters == 0:
        raise InvalidText(
            missing
            or _("Please add a few words: pictures and signs alone cannot be read aloud, searched or answered."),
            code="no_words",
        )
    if letters < least:
        raise InvalidText(
            missing or _("Please write at least two characters, so that others can follow you."), code="too_short"
        )
    if len(words) > limit:
        raise InvalidText(
            _("This has %(length)s characters; %(limit)s fit. Nothing was cut off: shorten it or send it in parts.")
            % {"length": f"{len(words):,}", "limit": f"{limit:,}"},
            code="too_long",
        )
    return words


def cleaned_line(text: str, *, limit: int, least: int = 2, missing: str = "") -> str:
    """As `cleaned`, on one line."""
    return cleaned(" ".join((text or "").split()), limit=limit, least=least, missing=missing)


def links(text: str) -> int:
    """How many addresses of the web there are in these words."""
    return len(URL.findall(text))


def _settled(words: str) -> str:
    """With sane marks and in normal form: what stood between a letter and its mark is gone, and they become one sign,
    which may leave another joiner without anything to join. Each round makes the text shorter.
    """
    while (again := unicodedata.normalize("NFC", _with_sane_marks(words))) != words:
        words = again
    return words


def _with_sane_marks(text: str) -> str:
    """Drop stacked combining marks beyond a few per letter, and joiners that join nothing.

    Joiners stay between letters of scripts that need them and inside emoji.
    """
    kept: list[str] = []
    marks = 0
    for character in text:
        if unicodedata.category(character).startswith("M"):
            marks += 1
            if marks > MARKS_PER_LETTER:
                continue
        elif character not in _JOINERS:
            marks = 0
        kept.append(character)
    return _with_sane_joiners("".join(kept))


def _with_sane_joiners(text: str) -> str:
    kept: list[str] = []
    for position, character in enumerate(text):
        if character in _JOINERS:
            following = text[position + 1 : position + 2]
            if not kept or not following or not _may_be_joined(kept[-1]) or not _may_be_joined(following):
                continue
        kept.append(character)
    return "".join(kept)


def _may_be_joined(character: str) -> bool:
    """True for marks and signs of Indic, Arabic and similar scripts, and for emoji (symbols and their selectors)."""
    category = unicodedata.category(character)
    point = ord(character)
    return category in {"So", "Sk", "Mn", "Mc"} or 0x0600 <= point <= 0x0DFF or 0x1000 <= point <= 0x109F
