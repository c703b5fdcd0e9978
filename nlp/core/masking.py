"""Personal data that people write into an opinion, found and put out of sight.

Meant for Taiwan: national ID and resident certificate, telephone, e-mail, licence plate, card and account number, LINE
ID. What has a check digit is checked; what looks like any other number (an account, an old plate) is believed only
beside a word that says so. Years, dates, prices, articles of law, votes, postal codes and bus numbers stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from nlp.core.languages import identify


@dataclass(frozen=True, slots=True)
class Span:
    """text[start:end] is personal data; `kind` is a key of NAMES."""

    kind: str
    start: int
    end: int


NAMES = MappingProxyType(
    {
        "id": ("證號", "证号", "ID number"),
        "phone": ("電話", "电话", "phone"),
        "email": ("電子郵件", "电子邮件", "e-mail"),
        "plate": ("車牌", "车牌", "plate"),
        "card": ("卡號", "卡号", "card number"),
        "account": ("帳號", "账号", "account"),
        "line": ("LINE ID", "LINE ID", "LINE ID"),
    }
)
"""What is said in place of each kind: Traditional Chinese, Simplified Chinese, any other language."""

HIDDEN = "\x00"
"""Stands for what is masked already; no rule looks across it."""
MASKED = re.compile(
    "|".join(
        re.escape(form) for names in NAMES.values() for form in (*(f"〔{name}〕" for name in names), f"[{names[2]}]")
    )
)
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"

NOT_AFTER = r"(?<![A-Za-z0-9])"
NOT_BEFORE = r"(?![A-Za-z0-9])"
NO_DIGIT_BEFORE = r"(?<![0-9])(?<![0-9]\.)"
NO_DIGIT_AFTER = r"(?![0-9]|\.[0-9])"

EMAIL = re.compile(
    r"[A-Za-z0-9_%+-](?:\.?[A-Za-z0-9_%+-]){0,63}(?:@| ?[(\[]at[)\]] ?)"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.| ?[(\[]dot[)\]] ?)){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
SPELT_AT = re.compile(r"[(\[]at[)\]]", re.IGNORECASE)
IDENTITY = re.compile(rf"{NOT_AFTER}[A-Za-z][ -]?[0-9A-Da-d](?:[ -]?[0-9]){{8}}{NOT_BEFORE}")
SAID_IDENTITY = re.compile(
    rf"(?:身[分份]證|身[分份]证|居留[證证]|[證证][號号]|護照|护照|健保卡|passport|\bID (?:no|number)\b)"
    rf"[^\x000-9A-Za-z]{{0,8}}([A-Za-z]{{0,2}}[0-9]{{8,9}}|[0-9]{{4}}(?:[ -]?[0-9]{{4}}){{2}}){NOT_BEFORE}",
    re.IGNORECASE,
)
LETTER_VALUES = MappingProxyType(dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True)))
"""The number of each first letter, in the order in which the counties were given theirs."""

GAP = r"[ .-]?"
EXTENSION = r"(?: ?(?:#|轉|转|分機|分机|ext\.?|x) ?[0-9]{1,6})?"
MOBILE = re.compile(
    rf"{NO_DIGIT_BEFORE}((?:\(?(?:\+|00)?886\)?{GAP}(?:\(0\)|0)?|0)9(?:{GAP}[0-9]){{8}}){NO_DIGIT_AFTER}",
)
LANDLINE = re.compile(
    rf"{NO_DIGIT_BEFORE}(?<!第)(?<!第 )(?:(?<![A-Za-z])|(?<=TEL)|(?<=Tel)|(?<=tel))"
    rf"(?:\(?(?:\+|00)?886\)?[ -]?(?:\(0\)|0)?([2-8][0-9]{{0,3}})|\(?0([2-8][0-9]{{0,3}}))\)?"
    rf"[ -]{{0,2}}([0-9]{{2,4}}[ -]?[0-9]{{3,4}}|[0-9]{{5,8}}){EXTENSION}{NO_DIGIT_AFTER}",
    re.IGNORECASE,
)
SUBSCRIBER = MappingProxyType(
    {
        **{"2": (8,), "3": (7,), "37": (6,), "4": (7, 8), "49": (7,), "5": (7,), "6": (7,), "7": (7,), "8": (7,)},
        **{"70": (8,), "82": (6,), "826": (5,), "836": (5,), "89": (6,)},
    }
)
"""Area codes without their 0, and how many digits follow."""
ABROAD = re.compile(
    r"(?<![0-9+])\+[1-9][0-9]{0,2}[ -]?(?:\([0-9]{1,4}\)[ -]?)?[0-9]{2,4}(?:[ -]?[0-9]{2,4}){2,3}" + NO_DIGIT_AFTER
)
SAID_PHONE = re.compile(
    rf"(?:電話|电话|手機|手机|傳真|传真|專線|专线|\btel\b|\bphone\b|\bfax\b|\bmobile\b) ?(?:號碼?|号码?|no\.?|number)?"
    rf"(?:是|為|为|is)?[ :.]{{0,3}}([0-9](?:[ -]?[0-9]){{6,10}}{EXTENSION}){NO_DIGIT_AFTER}",
    re.IGNORECASE,
)

CARD = re.compile(
    r"(?<![0-9A-Za-z.-])[2-6](?:[0-9]{12,18}|[0-9]{3}(?:([ -])[0-9]{4})(?:\1[0-9]{4}){2}"
    r"|[0-9]{3}([ -])[0-9]{6}\2[0-9]{5})(?![0-9A-Za-z]|[.-][0-9])"
)
CARD_STARTS = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15})$|5[1-5][0-9]{14}$|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}$"
    r"|3[47][0-9]{13}$|35(?:2[89]|[3-8][0-9])[0-9]{12}$|3(?:0[0-5]|[68][0-9])[0-9]{11}$|6(?:011|5[0-9]{2})[0-9]{12}$|62[0-9]{14,17}$"
)
ACCOUNT = re.compile(
    rf"(?:帳號|帳戶|账号|账户|戶頭|匯款|匯到|匯至|轉帳|存摺|郵局|局號|銀行|\baccount\b|\bIBAN\b)"
    rf"[^\x000-9]{{0,12}}((?:\([0-9]{{3}}\)[ -]?)?[0-9](?:[ -]?[0-9]){{8,17}}){NO_DIGIT_AFTER}"
    r"(?! ?(?:元|塊|萬|億|兆|%))",
    re.IGNORECASE,
)
LINE = re.compile(
    r"(?:\bline|賴|\u8d56) ?(?:的 ?)?(?:id|帳號)"
    r"(?: ?[:=是為] ?| (?=\S{0,19}[0-9_]))(@?[A-Za-z0-9][A-Za-z0-9._-]{2,19})",
    re.IGNORECASE,
)

PLATE = re.compile(r"(?<![A-Za-z0-9-])([A-HJ-NP-Z]{3})-([0-9]{4})(?![A-Za-z0-9-]|\.[0-9])")
OLD_PLATE = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Za-z]{2,3}-[0-9]{4}|[0-9]{4}-[A-Za-z]{2,3}|[A-Za-z]{3}-[0-9]{3}|[0-9]{3}-[A-Za-z]{3})"
    r"(?![A-Za-z0-9-]|\.[0-9])"
)
SAID_PLATE = re.compile(
    r"(?:車牌|车牌|車號|车号|牌照|\bplate\b)(?: ?(?:號碼?|号码?|是|為|为|number|no\.?|is)){0,2}[ :]{0,3}"
    r"((?=[0-9]{0,4}[ -]?[A-Za-z])(?:[A-Za-z0-9]{2,3}[ -]?[0-9]{4}|[0-9]{4}[ -]?[A-Za-z0-9]{2}"
    r"|[A-Za-z]{3}[ -]?[0-9]{3}|[0-9]{3}[ -]?[A-Za-z]{3}))"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
VEHICLE = re.compile(
    r"車|车|停在|違停|[併並]排|紅線|肇事|撞|闖|超速|檢舉|\b(?:plate|car|scooter|motorcycle|vehicle|parked|driver)s?\b",
    re.IGNORECASE,
)
NEAR = 12
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
NO_PLATES = frozenset(
    "AAA BBB AED API ATM BMW BUS CEO CNS CPC CPU CVE DNA DRG ERP ETC EUR FAQ FAX FDA GDP GPS GPT GSX HKD HPV JPY KPW "
    "KTV LED LTE MAC MRT NBA NDC NTD PCR PTT RFC RMB RNA SDG SUV TEL TFT THB TRA TWD UBN URL USB USD VAT VNM "
    "WHO WTA".split()
)
"""Abbreviations that stand before a number of their own (CNS-1234 is a standard)."""


def mask(text: str) -> str:
    """The text with personal data replaced by its name in the language of the text: 〔電話〕 or [phone].

    Masking what is masked changes nothing. Works on text as typed (full-width digits, odd dashes) and on cleaned text.
    """
    spans = find(text)
    if not spans:
        return text
    kept, end = [], 0
    for span in spans:
        kept.append(text[end : span.start])
        end = span.end
    kept.append(text[end:])
    language = identify(" ".join(kept))
    names = (_placeholder(span.kind, language) for span in spans)
    return "".join(piece for pair in zip(kept, [*names, ""], strict=True) for piece in pair)


def find(text: str) -> tuple[Span, ...]:
    """Where personal data stands in a text, in order, without overlaps."""
    plain = MASKED.sub(lambda found: HIDDEN * len(found.group()), text.translate(_plain()))
    spans: list[Span] = []
    sign = any(character.isdigit() or character == "@" for character in plain)
    if not (sign or LINE.search(plain) or SPELT_AT.search(plain)):
        return ()
    while True:
        # Masking one thing can free the edge of another, so look again until nothing is left.
        found = _first_of_all(plain)
        if not found:
            return tuple(sorted(spans, key=lambda span: span.start))
        spans += found
        letters = list(plain)
        for span in found:
            letters[span.start : span.end] = HIDDEN * (span.end - span.start)
        plain = "".join(letters)


def _first_of_all(plain: str) -> list[Span]:
    """What the first rule that finds anything finds."""
    for kind, rule in RULES:
        spans = [Span(kind, start, end) for start, end in rule(plain)]
        if spans:
            return spans
    return []


def _emails(plain: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in EMAIL.finditer(plain))


def _identities(plain: str) -> Iterator[tuple[int, int]]:
    for found in IDENTITY.finditer(plain):
        if _is_identity(re.sub("[ -]", "", found.group()).upper()):
            yield found.span()


def _said_identities(plain: str) -> Iterator[tuple[int, int]]:
    return (found.span(1) for found in SAID_IDENTITY.finditer(plain))


def _cards(plain: str) -> Iterator[tuple[int, int]]:
    for found in CARD.finditer(plain):
        digits = re.sub("[ -]", "", found.group())
        if CARD_STARTS.match(digits) and _luhn(digits):
            yield found.span()


def _accounts(plain: str) -> Iterator[tuple[int, int]]:
    return (found.span(1) for found in ACCOUNT.finditer(plain) if not _has_years(found.group(1)))


def _mobiles(plain: str) -> Iterator[tuple[int, int]]:
    for found in MOBILE.finditer(plain):
        groups = re.split("[ .-]", found.group(1))
        if groups[0] == "09" and len(groups[1]) == 2:
            continue  # a day: 09-12-2023 10
        if len(groups) <= 5 and all(len(group) > 1 for group in groups[1:]):
            yield found.span(1)


def _landlines(plain: str) -> Iterator[tuple[int, int]]:
    for found in LANDLINE.finditer(plain):
        area, number = found.group(1) or found.group(2), re.sub("[ -]", "", found.group(3))
        # Where area and number are written together, the pattern may have cut too early or too late.
        together = area + number
        if any(len(together) - cut in SUBSCRIBER.get(together[:cut], ()) for cut in {1, 2, 3, len(area)}):
            yield found.span()


def _phones_abroad(plain: str) -> Iterator[tuple[int, int]]:
    for found in ABROAD.finditer(plain):
        if 10 <= sum(character.isdigit() for character in found.group()) <= 15:
            yield found.span()


def _said_phones(plain: str) -> Iterator[tuple[int, int]]:
    return (found.span(1) for found in SAID_PHONE.finditer(plain) if not _has_years(found.group(1)))


def _lines(plain: str) -> Iterator[tuple[int, int]]:
    return (found.span(1) for found in LINE.finditer(plain))


def _plates(plain: str) -> Iterator[tuple[int, int]]:
    for found in SAID_PLATE.finditer(plain):
        yield found.span(1)


def _new_plates(plain: str) -> Iterator[tuple[int, int]]:
    for found in PLATE.finditer(plain):
        if found.group(1) not in NO_PLATES and (not YEAR.fullmatch(found.group(2)) or _near_vehicle(plain, found)):
            yield found.span()


def _old_plates(plain: str) -> Iterator[tuple[int, int]]:
    for found in OLD_PLATE.finditer(plain):
        letters = re.sub("[^A-Za-z]", "", found.group()).upper()
        digits = re.sub("[^0-9]", "", found.group())
        if letters not in NO_PLATES and not YEAR.fullmatch(digits) and _near_vehicle(plain, found):
            yield found.span()


def _has_years(number: str) -> bool:
    """Whether what might be one number is several: 2020-2023, 2023 05 12 100."""
    groups = re.split("[ -]", number)
    return YEAR.fullmatch(groups[0]) is not None and any(len(one) < 3 or YEAR.fullmatch(one) for one in groups[1:])


def _near_vehicle(plain: str, found: re.Match[str]) -> bool:
    before = plain[max(0, found.start() - NEAR) : found.start()].rpartition(HIDDEN)[2]
    after = plain[found.end() : found.end() + NEAR].partition(HIDDEN)[0]
    return VEHICLE.search(before) is not None or VEHICLE.search(after) is not None


Rule = Callable[[str], Iterator[tuple[int, int]]]
RULES: tuple[tuple[str, Rule], ...] = (
    ("email", _emails),
    ("id", _identities),
    ("id", _said_identities),
    ("card", _cards),
    ("phone", _mobiles),
    ("account", _accounts),
    ("phone", _landlines),
    ("phone", _phones_abroad),
    ("phone", _said_phones),
    ("line", _lines),
    ("plate", _plates),
    ("plate", _new_plates),
    ("plate", _old_plates),
)
"""Tried in this order; what has a check digit comes before what has only a shape."""


def _is_identity(number: str) -> bool:
    """Whether ten characters are a national ID (A1, A2), a resident certificate of today (A8, A9) or before 2021 (AA to
    AD), by its check digit: the first letter counts as two digits, weights 1, 9, 8 ... 1, 1; the sum ends in 0.
    """
    first, second = LETTER_VALUES[number[0]], number[1]
    if second.isdigit():
        if second not in "1289":
            return False
    else:
        second = str(LETTER_VALUES[second] % 10)
    digits = [first // 10, first % 10, int(second), *map(int, number[2:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 10 == 0


def _luhn(digits: str) -> bool:
    """Luhn's check: every second digit from the right doubled, digits added up, a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _placeholder(kind: str, language: str) -> str:
    traditional, simplified, other = NAMES[kind]
    if language in ("zh-Hant", "ja", ""):
        return f"〔{traditional}〕"
    return f"〔{simplified}〕" if language == "zh-Hans" else f"[{other}]"


@lru_cache(maxsize=1)
def _plain() -> dict[int, str]:
    """For `str.translate`, one character for one: digits of any script, full-width letters and signs, dashes."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {0x3000: " ", 0xA0: " ", 0: " "}
    table |= {ord(dash): "-" for dash in DASHES}
    table |= {code: str(unicodedata.decimal(chr(code))) for code in range(0x660, 0x10000) if chr(code).isdecimal()}
    return table
