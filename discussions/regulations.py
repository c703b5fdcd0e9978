"""Reads a regulation as plain text into chapters, articles and paragraphs. Pure: no database, no settings.

Taiwan's way of writing laws (章 / 條 / 項 / 款 / 目, Chinese or Arabic numerals, half or full width) and the English
one ("Article 3", "§ 3", (1), (a), (i)). What is neither falls back to paragraphs between blank lines. Nothing is lost:
each character of the source that is not a space stands in a piece, in its order.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a piece of a regulation is; the values are those of `Passage.Kind`."""

    CHAPTER = "chapter"
    HEADING = "heading"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the text. `label` is how it is cited ("第三條第二項", "Article 3(2)"), "" where it has no number.

    `depth` is 0 for a paragraph (項), 1 for an item (款), 2 for what stands below an item (目).
    """

    kind: Kind
    label: str
    words: str
    article: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Regulation:
    """`is_parsed` is False when neither articles nor chapters were found and blank lines decided."""

    pieces: list[Piece]
    is_parsed: bool


_DIGITS = "0-9０-９"
_HAN = "一二三四五六七八九十百千零〇○兩"
_NUMBER = f"(?:[{_DIGITS}]+|[{_HAN}]+)"
_GAP = r"[ \t\u3000\xa0]"
_ZH_ARTICLE = re.compile(
    f"^第{_GAP}*(?P<number>{_NUMBER}){_GAP}*(?P<inner>(?:[-－‐–]|之){_GAP}*{_NUMBER}{_GAP}*)?條"
    f"(?P<branch>{_GAP}*之{_GAP}*{_NUMBER})?(?P<sign>[：:、.．]?)(?P<gap>{_GAP}*)(?P<rest>.*)$"
)
_ZH_CHAPTER = re.compile(f"^(?P<label>第{_GAP}*{_NUMBER}{_GAP}*[編章節])(?P<gap>{_GAP}*)(?P<rest>.*)$")
_EN_ARTICLE = re.compile(
    r"^(?P<word>Article|Art\.|Section|Sec\.|§+)\s*(?P<number>\d+[a-zA-Z]?(?:[-.]\d+)*|[IVXLC]+)\b(?P<sign>[.:)]?)(?P<gap>\s*[-–—]?\s*)(?P<rest>.*)$",
    re.IGNORECASE,
)
_EN_CHAPTER = re.compile(
    r"^(?P<label>(?:Chapter|Part|Title)\s+(?:\d+|[IVXLC]+))\b[.:]?(?P<gap>\s*[-–—]?\s*)(?P<rest>.*)$", re.IGNORECASE
)
_ZH_ITEM = re.compile(f"^(?P<number>[{_HAN}]+|[{_DIGITS}]+)(?:、|[.．](?![{_DIGITS}]))")
_ZH_SUBITEM = re.compile(f"^[（(]{_GAP}*(?P<number>[{_HAN}]+|[{_DIGITS}]+){_GAP}*[）)]")
_EN_PARAGRAPH = re.compile(r"^(?:\((?P<number>\d+)\)|(?P<bare>\d+)\.(?!\d))")
_EN_LETTER = re.compile(r"^\((?P<number>[a-z]{1,4})\)")
_ROMAN = re.compile(r"^[ivxl]+$")
_TITLE_IN_BRACKETS = re.compile(rf"^[（(【〔](?P<title>[^（）()【】〔〕]{{1,40}})[）)】〕]{_GAP}*(?P<rest>.*)$")
_ENDS = tuple("。；：！？.;:!?」』）)】]")
_ENDS_WORDS = tuple("。；：！？，.;:!?,")
LONGEST_TITLE_ZH, LONGEST_TITLE_EN = 20, 80
_TO_HALF = str.maketrans("０１２３４５６７８９－", "0123456789-")
_VALUES = {**{character: value for value, character in enumerate("零一二三四五六七八九")}, "〇": 0, "○": 0, "兩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def read(source: str) -> Regulation:
    """The pieces of `source` in their order."""
    lines = [line.strip(" \t\u3000\xa0") for line in source.split("\n")]
    is_loose = not any(_is_article_set_apart(line) for line in lines)
    reader = _Reader(is_loose)
    for position, line in enumerate(lines):
        following = next((later for later in lines[position + 1 :] if later), "")
        reader.take(line, following)
    pieces = reader.finished()
    if reader.has_structure:
        return Regulation(pieces, True)
    return Regulation(_by_blank_lines(source), False)


def numeral(text: str) -> int:
    """The value of a number in Chinese or Arabic numerals: 十二, 一百零三, 二〇, 12, １２. 0 when it is none."""
    text = text.translate(_TO_HALF)
    if text.isascii() and text.isdigit():
        return int(text)
    if not any(character in _UNITS for character in text):
        digits = [_VALUES.get(character) for character in text]
        return int("".join(map(str, digits))) if digits and None not in digits else 0
    total, pending = 0, 0
    for character in text:
        if character in _UNITS:
            total += (pending or 1) * _UNITS[character]
            pending = 0
        elif character in _VALUES:
            pending = _VALUES[character]
        else:
            return 0
    return total + pending


def in_han(number: int) -> str:
    """12 as 十二, 103 as 一百零三; above 9,999 in digits."""
    digits = "零一二三四五六七八九"
    if number > 9999:
        return str(number)
    if number < 10:
        return digits[number]
    written, rest = "", number
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十")):
        figure, rest = divmod(rest, unit)
        if figure:
            written += digits[figure] + sign
        elif written and rest and not written.endswith("零"):
            written += "零"
    written += digits[rest] if rest else ""
    return written.removeprefix("一") if 10 <= number < 20 else written


@dataclass(slots=True)
class _Line:
    """A paragraph of an article while it is read. `number` is the one its line begins with."""

    words: str
    depth: int
    number: str = ""


@dataclass(slots=True)
class _Article:
    label: str = ""
    is_english: bool = False
    title: str | None = None
    lines: list[_Line] = field(default_factory=list)


class _Reader:
    """Takes line after line. `is_loose`: article numbers are not set apart from their words anywhere in this text."""

    def __init__(self, is_loose: bool):
        self.has_structure = False
        self._is_loose = is_loose
        self._pieces: list[Piece] = []
        self._article = _Article()
        self._count = 0
        self._may_join = False

    def take(self, line: str, following: str) -> None:
        if not line:
            self._may_join = False
            return
        if not (self._chapter(line) or self._begins_article(line, following)):
            self._continue(line)

    def finished(self) -> list[Piece]:
        self._close()
        return self._pieces

    def _chapter(self, line: str) -> bool:
        found = _ZH_CHAPTER.match(line) or _EN_CHAPTER.match(line)
        if found is None:
            return False
        rest = found["rest"]
        is_sentence = rest.endswith(_ENDS_WORDS) or len(rest) > LONGEST_TITLE_EN
        if is_sentence or (rest and not found["gap"] and len(rest) > LONGEST_TITLE_ZH) or rest[:1].islower():
            return False
        self._close()
        self._pieces.append(Piece(Kind.CHAPTER, _without_gaps(found["label"]), rest))
        self._article, self.has_structure = _Article(), True
        return True

    def _begins_article(self, line: str, following: str) -> bool:
        chinese = _ZH_ARTICLE.match(line)
        found = chinese or _EN_ARTICLE.match(line)
        if found is None or not self._is_heading(found, bool(chinese)):
            return False
        self._close()
        self.has_structure = True
        value = numeral(found["number"])
        self._count = value or self._count + 1
        self._article = _Article(_article_label(found, bool(chinese)), is_english=not chinese)
        rest = found["rest"]
        bracketed = _TITLE_IN_BRACKETS.match(rest) if chinese else None
        if bracketed:
            self._article.title, rest = bracketed["title"], bracketed["rest"]
        elif rest and self._is_title(rest, following, bool(chinese)):
            self._article.title, rest = rest, ""
        if rest:
            self._continue(rest)
        return True

    def _is_heading(self, found: re.Match, is_chinese: bool) -> bool:
        """A line may also begin with the number of an article it only speaks of."""
        rest = found["rest"]
        if not rest or found["sign"]:
            return True
        if is_chinese:
            is_apart = bool(found["gap"]) or rest[0] in "（(【〔"
            return is_apart or self._is_loose and numeral(found["number"]) == self._count + 1
        return not rest[0].islower() and rest[0] not in ",;"

    def _is_title(self, rest: str, following: str, is_chinese: bool) -> bool:
        longest = LONGEST_TITLE_ZH if is_chinese else LONGEST_TITLE_EN
        # A title is short and no sentence; lines that a word processor broke are longer.
        if len(rest) > longest or "，" in rest or rest.endswith(_ENDS_WORDS) or _marker(rest, not is_chinese, None):
            return False
        # Words of an article may be one short line; a title has words below it, or is one of many titles.
        return not following or not _is_wrapped(rest, following)

    def _continue(self, line: str) -> None:
        article = self._article
        last = article.lines[-1] if article.lines else None
        marker = _marker(line, article.is_english, last) if article.label else None
        if marker is None and last is not None and self._may_join and not last.words.endswith(_ENDS):
            last.words += (" " if _needs_space(last.words, line) else "") + line
            return
        depth, number = marker or (0, "")
        article.lines.append(_Line(line, depth, number))
        self._may_join = True

    def _close(self) -> None:
        self._pieces += _pieces_of(self._article)
        self._article, self._may_join = _Article(), False


def _is_article_set_apart(line: str) -> bool:
    found = _ZH_ARTICLE.match(line)
    return found is not None and (
        not found["rest"] or bool(found["gap"] or found["sign"]) or found["rest"][0] in "（(【〔"
    )


def _is_wrapped(line: str, following: str) -> bool:
    """Does the next line go on with the sentence of this one?"""
    begins_anew = _ZH_ARTICLE.match(following) or _ZH_CHAPTER.match(following) or _marker(following, False, None)
    return not begins_anew and following[:1].islower()


def _marker(line: str, is_english: bool, last: _Line | None) -> tuple[int, str] | None:
    """The depth and number a line declares, if it does."""
    if is_english:
        if found := _EN_PARAGRAPH.match(line):
            return 0, found["number"] or found["bare"]
        if found := _EN_LETTER.match(line):
            letters = found["number"]
            is_roman = _ROMAN.match(letters) and last is not None and last.depth >= 1 and last.number != "h"
            return (2, letters) if is_roman or len(letters) > 1 else (1, letters)
        return None
    if found := _ZH_ITEM.match(line):
        return 1, found["number"].translate(_TO_HALF)
    if found := _ZH_SUBITEM.match(line):
        return 2, found["number"].translate(_TO_HALF)
    return None


def _pieces_of(article: _Article) -> Iterator[Piece]:
    if article.title is not None or (article.label and not article.lines):
        yield Piece(Kind.HEADING, article.label, article.title or "", article.label)
    cite = _cite_english if article.is_english else _cite_chinese
    for label, line in zip(cite(article), article.lines, strict=True):
        yield Piece(Kind.PARAGRAPH, label, line.words, article.label, line.depth)


def _cite_chinese(article: _Article) -> Iterator[str]:
    """第三條第二項第一款; a single paragraph of an article is cited by the article alone."""
    several = sum(line.depth == 0 for line in article.lines) > 1
    written = str if re.search("[0-9]", article.label) else in_han
    paragraph = item = 0
    for line in article.lines:
        if not article.label:
            yield ""
            continue
        if line.depth == 0:
            paragraph, item = paragraph + 1, 0
        elif line.depth == 1:
            item = numeral(line.number)
        label = article.label + (f"第{written(paragraph)}項" if several and paragraph else "")
        label += f"第{written(item)}款" if item and line.depth else ""
        yield label + (f"第{written(numeral(line.number))}目" if line.depth == 2 else "")


def _cite_english(article: _Article) -> Iterator[str]:
    several = sum(line.depth == 0 for line in article.lines) > 1
    count, paragraph, letter = 0, "", ""
    for line in article.lines:
        if line.depth == 0:
            count += 1
            paragraph, letter = (f"({line.number or count})" if several or line.number else ""), ""
        elif line.depth == 1:
            letter = f"({line.number})"
        yield article.label + paragraph + letter * (line.depth > 0) + (f"({line.number})" if line.depth == 2 else "")


def _article_label(found: re.Match, is_chinese: bool) -> str:
    if is_chinese:
        number = found["number"] + (found["inner"] or "")
        return _without_gaps(f"第{number}條{found['branch'] or ''}")
    word = found["word"]
    return f"{word if word.startswith('§') else word.capitalize()} {found['number']}"


def _without_gaps(label: str) -> str:
    if label.isascii():
        return " ".join(label.split())
    return re.sub(_GAP, "", label).translate(_TO_HALF)


def _needs_space(before: str, after: str) -> bool:
    return before[-1:].isascii() and after[:1].isascii()


def _by_blank_lines(source: str) -> list[Piece]:
    """Paragraphs between blank lines; where there are none, every line is one."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", source)]
    parts = [part for part in parts if part]
    if len(parts) == 1:
        parts = [line.strip() for line in parts[0].split("\n") if line.strip()]
    return [Piece(Kind.PARAGRAPH, str(number), part) for number, part in enumerate(parts, start=1)]
