"""Which language a short text is in.

Scripts decide most: Thai letters, kana, and the Han characters that only one of Big5, GB 2312 and JIS X 0208 can
write. Languages in Latin letters are told apart by frequent words (data/languages.txt), by Vietnamese letters and
syllables, and by the shape of words; where these leave it open, the byte n-grams of py3langid (Lui and Baldwin 2012)
join in. Three words often suffice. Measured in docs/models/languages.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from nlp.core.text import MENTION, URL

CODES = ("zh-Hant", "zh-Hans", "ja", "en", "vi", "id", "th", "other")
"""The languages that are told, in the order in which ties are decided."""

RUN = re.compile(
    r"(?P<han>[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
    r"|(?P<hiragana>[\u3041-\u309f]+)"
    r"|(?P<katakana>[\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f]+)"
    r"|(?P<bopomofo>[\u02c7\u02ca\u02cb\u02d9\u3105-\u312f\u31a0-\u31bf]+)"
    r"|(?P<thai>[\u0e01-\u0e4e]+)"
    r"|(?P<latin>[A-Za-z\u00aa-\u02af\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a\u0300-\u036f]"
    r"[A-Za-z\u00aa-\u02af\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a\u0300-\u036f'\u2019]*)"
    r"|(?P<other>[^\W\d_]+)"
)
LETTERS_IN_A_WORD = 3
"""Thai writes no spaces; so many of its letters weigh as much as a word or a Han character."""
SPOKEN_CHINESE = frozenset("的是了很們们我你妳他她這这那嗎吗吧呢啊啦喔沒没還还讓让")
"""Characters of nearly every Chinese sentence, rare in Japanese ones."""

SIMPLIFIED = frozenset("与么价优体党圣坏听宁庄怀怜惊愿扑扰担据构机极气洁适确离种网胜腊虫蚕蜡触赶复筑")
"""Characters that Big5 can write too, as rare variants, but that people type in Simplified text only."""

VIETNAMESE = re.compile(r"[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?"
    r"(?:uye|uya|uoi|uou|ieu|yeu|oai|oay|oeo|uay|uau|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye|[aeiouy])"
    r"(?:ch|ng|nh|[cmnpt])?"
)
"""A Vietnamese syllable without its marks; Vietnamese writes every syllable as a word."""
SHAPES = MappingProxyType(
    {
        "en": re.compile(
            r"(?:wh|sh|th)\w+$"
            r"|.*(?:tion|ings?|ment|ness|ously|able|ible|ight|ould|ough|ally|ers|ed|ck|sh|ss|th|ee\w?)$"
        ),
        "id": re.compile(
            r"\w{3,}(?:nya|kan)$|\w{4,}an$|(?:me|di|ter|per)\w{3,}(?:kan|i)$|(?:ber|di)\w{4,}$"
            r"|(?:meng|mem|men|meny)[aiueobptdcj]\w{2,}$|(?:ke|pe)\w{3,}an$"
        ),
        "tl": re.compile(r"(?:nag|mag|pag|naka|maka|pina|ipa|pinag)\w{3,}$|\w{3,}(?:ang|ing)$"),
        "fr": re.compile(r"(?:[ldjnsmctq]|qu)'\w+$|.*(?:eaux?|euse|eux|aient|ement)$"),
        "es": re.compile(r".*(?:cion|ciones|mente|dad|ando|iendo)$"),
        "de": re.compile(r".*(?:ung|lich|keit|heit|isch|tzt)$|sch\w+$|ge\w{3,}t$|\w{4,}en$|\w{16,}$"),
        "pt": re.compile(r".*(?:cao|coes|mente|dade)$"),
        "nl": re.compile(r".*(?:ij\w*|aar|oor|heid|lijk)$"),
    }
)
"""How words of a language begin or end, without accents."""
LATIN = "af ca cs cy da de en es et eu fi fr ga gl hr hu id is it lt lv nl no pl pt ro sk sl sq sv sw tl tr vi".split()
"""The languages that py3langid may name. Without Malay, which it would see in every second Indonesian sentence."""
NGRAMS = 2
"""How much its probability weighs against a word of the list (1)."""
ENOUGH_LETTERS = 16
"""In fewer letters its probability says less than it claims."""
HINT = 0.4
"""How much the shape of a word weighs against a word of the list (1)."""
MARKS = MappingProxyType(
    {
        letter: code
        for code, letters in {"es": "ñ", "de": "ßäö", "fr": "ç", "pt": "ãõ", "sv": "å", "pl": "łż", "tr": "şğı"}.items()
        for letter in letters
    }
)
"""Letters that speak for a language, though Vietnamese uses some of them too."""


def identify(text: str) -> str:
    """One of CODES, or "" where there is no letter: the language that most of the text is in."""
    shares = mixture(text)
    return max(shares, key=lambda code: (shares[code], -CODES.index(code)), default="")


def mixture(text: str) -> dict[str, float]:
    """The share of each language in a text, {code: share}, most first; shares add up to 1; {} where there is no letter.

    What is shared out is writing: one Han character, one kana, one word in spaces or three Thai letters weigh the
    same. Han characters are one language and Latin words are one language within a text.
    """
    runs: dict[str, list[str]] = {}
    text = MENTION.sub(" ", URL.sub(" ", unicodedata.normalize("NFC", text)))
    for found in RUN.finditer(text):
        runs.setdefault(found.lastgroup or "other", []).append(found.group())
    amounts: Counter[str] = Counter()
    asian = {name: "".join(runs.get(name, ())) for name in ("han", "hiragana", "katakana", "bopomofo")}
    if any(asian.values()):
        amounts[_asian(asian)] += sum(len(run) for run in asian.values())
    if "thai" in runs:
        amounts["th"] += max(1, sum(len(run) for run in runs["thai"]) // LETTERS_IN_A_WORD)
    if "latin" in runs:
        amounts[_latin(runs["latin"])] += len(runs["latin"])
    if "other" in runs:
        amounts["other"] += len(runs["other"])
    total = sum(amounts.values())
    return {code: amounts[code] / total for code in sorted(amounts, key=lambda c: (-amounts[c], CODES.index(c)))}


def written(word: str, language: str) -> str:
    """A Chinese word in the script of "zh-Hant" or "zh-Hans"; what both write alike, and what is meant for readers of
    another language, stays as it is.

    Only letters change, not words: 软件 becomes 軟件.
    """
    traditional, simplified, _, _ = _deciding()
    if language == "zh-Hant" and any(character in simplified or character in SIMPLIFIED for character in word):
        return str(_converter("s2tw").convert(word))
    if language == "zh-Hans" and any(character in traditional for character in word):
        return str(_converter("t2s").convert(word))
    return word


@lru_cache(maxsize=2)
def _converter(name: str) -> Any:
    import opencc

    return opencc.OpenCC(name)


def _asian(runs: Mapping[str, str]) -> str:
    """Chinese (Traditional where nothing decides) or Japanese, from the letters of each script."""
    han, hiragana, katakana = runs["han"], runs["hiragana"].replace("の", ""), runs["katakana"]
    traditional, simplified, japanese, chinese = _deciding()
    of_china = sum(character in chinese or character in SPOKEN_CHINESE for character in han) + len(runs["bopomofo"])
    of_japan = 2 * len(hiragana) + 3 * sum(character in japanese for character in han)
    here = sum(character in traditional for character in han)
    there = sum(character in simplified or character in SIMPLIFIED for character in han)
    if not of_china:
        # Japan simplified some characters as China did and kept others: 中国語.
        of_japan += len(katakana) + 3 * min(here, there)
    if of_japan > of_china and of_japan >= 0.15 * (len(han) + of_japan):
        return "ja"
    if not han and not runs["bopomofo"]:
        return "ja"
    return "zh-Hans" if there > here else "zh-Hant"


def _latin(words: Sequence[str]) -> str:
    """The language of Latin words, a member of CODES."""
    scores: defaultdict[str, float] = defaultdict(float)
    for word in words:
        word = word.lower().replace("\u2019", "'").strip("'")
        plain = _without_marks(word)
        owners = _words().get(plain, ())
        for owner in owners:
            scores[owner] += 1 / len(owners)
        if VIETNAMESE.search(word):
            scores["vi"] += 2
        for character in word:
            if character in MARKS:
                scores[MARKS[character]] += HINT
        if owners:
            continue
        syllable = SYLLABLE.fullmatch(plain) is not None
        scores["vi"] += HINT if syllable else -HINT
        if plain == word:
            scores["en"] += HINT / 4
        if len(plain) > 3:
            for language, shape in SHAPES.items():
                if shape.match(plain):
                    scores[language] += HINT
    lead, runner_up = sorted([0.0, 0.0, *scores.values()], reverse=True)[:2]
    if lead - runner_up <= NGRAMS:
        weight = NGRAMS * min(1.0, sum(map(len, words)) / ENOUGH_LETTERS)
        for language, probability in _ngrams().rank(" ".join(words).lower()):
            scores[language] += weight * float(probability)
    best = max(scores.values())
    winners = {code if code in CODES else "other" for code, score in scores.items() if score >= best - 1e-9}
    return min(winners, key=CODES.index)


@lru_cache(maxsize=1)
def _ngrams() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LATIN)
    return identifier


def _without_marks(word: str) -> str:
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word.replace("đ", "d").replace("ß", "ss"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@lru_cache(maxsize=1)
def _words() -> Mapping[str, tuple[str, ...]]:
    """{word: the languages that use it often}."""
    owners: dict[str, dict[str, None]] = {}
    for line in files("nlp.core").joinpath("data/languages.txt").read_text(encoding="utf-8").splitlines():
        code, separator, words = line.partition(": ")
        if separator and not line.startswith("#"):
            for word in words.split():
                owners.setdefault(word, {})[code] = None
    return {word: tuple(codes) for word, codes in owners.items()}


@lru_cache(maxsize=1)
def _deciding() -> tuple[frozenset[str], ...]:
    """Han characters of one place: Taiwan (in Big5, not in GB 2312), China (the other way round), Japan (in JIS X 0208
    and neither of them), Taiwan or China but not Japan.
    """
    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    big5, gb2312, jis = ({c for c in characters if _writable(c, name)} for name in ("big5", "gb2312", "shift_jis"))
    apart = (big5 - gb2312, gb2312 - big5, jis - big5 - gb2312, (big5 ^ gb2312) - jis)
    return tuple(frozenset(one) for one in apart)


def _writable(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
