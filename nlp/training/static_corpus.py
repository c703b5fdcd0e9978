"""Texts without labels for teaching the static encoder, from sources whose licences allow it.

Words with their frequencies (jieba's dictionary, MIT), definitions and examples (WordNet 3.0, its own permissive
licence), translation catalogues of installed packages (Django, Wagtail, allauth and others, BSD and MIT), and texts
made up of those words. The teacher labels anything, so a text need not make sense: a row of words teaches what each
of them adds. Texts that are near what people write teach more, so English sentences are also rewritten word by word
into Chinese, each word by its neighbour in the teacher's own space, and rows of words keep to one subject.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

CATALOGUE_PACKAGES = ("django", "wagtail", "allauth", "rest_framework", "django_filters", "taggit", "treebeard")
CATALOGUE_LOCALES = "zh_Hant zh_Hans zh_TW zh_CN ja ko vi id id_ID th de fr es pt pt_BR it nl pl ru tr ar en".split()
RARE_WORD = 20
LONGEST_WORD = 5
COMMON_WORD = 60
"""How often a word must have been seen to be put into composed texts."""
GRAMMAR_TAGS = ("m", "t", "u", "p", "c", "e", "o", "y", "q", "x", "nr")
PROPER_TAGS = ("nr", "ns", "nt", "nz", "nrt")
FRAME_WORDS = 5
NEIGHBOURS = 12
TRANSLATIONS = 4
ALIKE = 0.45
"""Cosine from which the nearest Chinese word counts as a translation."""
SIMPLIFIED_SHARE = 0.4
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{[^}]*\}|<[^>]+>|&\w+;")
LATIN = re.compile(r"[a-z]+")
FUNCTION_WORDS = {
    "i": "我", "you": "你", "he": "他", "she": "她", "it": "它", "we": "我們", "they": "他們", "me": "我", "us": "我們",
    "them": "他們", "my": "我的", "your": "你的", "his": "他的", "her": "她的", "our": "我們的", "their": "他們的",
    "not": "不", "no": "沒有", "never": "從來不", "is": "是", "are": "是", "was": "是", "were": "是", "be": "是",
    "the": "", "a": "", "an": "", "of": "的", "to": "", "in": "在", "on": "在", "at": "在", "and": "和", "or": "或",
    "for": "為了", "with": "跟", "by": "被", "from": "從", "as": "作為", "that": "那", "this": "這", "these": "這些",
    "those": "那些", "should": "應該", "must": "必須", "can": "可以", "could": "可以", "will": "會", "would": "會",
    "have": "有", "has": "有", "had": "有", "very": "很", "too": "太", "more": "更多", "most": "最", "less": "更少",
    "all": "所有", "but": "但是", "because": "因為", "if": "如果", "so": "所以", "what": "什麼", "why": "為什麼",
    "how": "怎麼", "who": "誰", "when": "什麼時候", "where": "哪裡", "do": "", "does": "", "did": "", "just": "只是",
    "than": "比", "there": "那裡", "some": "一些", "any": "任何", "only": "只", "also": "也", "about": "關於", "up": "",
    "out": "", "into": "", "which": "", "s": "", "t": "", "m": "", "re": "", "ve": "", "ll": "", "d": "",
}  # fmt: skip
FRAMES_CHINESE = (
    "{0}{1}", "{0}的{1}", "{0}和{1}", "{0}、{1}、{2}", "{0}{1}{2}", "{0}太{1}了", "希望{0}可以{1}{2}",
    "政府應該{0}{1}", "我覺得{0}{1}很{2}", "為什麼{0}不{1}{2}？", "{0}沒有{1}，{2}{3}", "不要{0}{1}", "{0}：{1}{2}{3}",
    "{0}{1}，{2}的{3}", "如何{0}{1}？", "{0}是{1}的{2}嗎？", "{0}{1}{2}{3}{4}", "請{0}{1}的{2}", "{0}了{1}，{2}{3}{4}",
    "{0}，{1}{2}！", "比{0}更{1}的{2}", "{0}被{1}{2}", "支持{0}{1}", "反對{0}{1}", "{0}{1}的{2}在{3}{4}{5}",
)  # fmt: skip
FRAMES_ENGLISH = (
    "{0} {1}", "the {0} of {1}", "{0} and {1}", "{0}, {1}, {2}", "{0} {1} {2}", "{0} is too {1}",
    "we should {0} the {1} {2}", "why is {0} not {1}?", "I think {0} {1} {2}", "don't {0} {1}", "no {0} for {1}",
    "{0}: {1} {2} {3}", "{0} {1} in the {2} {3}", "more {0}, less {1}", "stop {0} {1}!", "is {0} a {1} {2}?",
    "{0} {1} {2} {3} {4}", "I support {0} {1}", "against {0} {1}", "{0} was {1} by {2}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word as its source spells it, with how often it was seen there and, for Chinese, its part of speech."""

    spelling: str
    count: int
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the texts are made of.

    `dictionary` are Chinese words as their source spells them and `chinese` the same in Traditional; `civic` are words
    of public life; `lemmas`, `glosses` and `lemma_counts` come from WordNet.
    """

    dictionary: list[Word]
    chinese: list[str]
    civic: list[str]
    lemmas: list[str]
    glosses: list[str]
    lemma_counts: Counter[str]


def read_sources(
    dictionary: Path, wordnet_folder: Path, civic: Sequence[str], traditional: Callable[[str], str]
) -> Sources:
    """Everything that lies in files; `traditional` converts a Simplified word."""
    words = [
        word for word in chinese_words(dictionary) if word.count >= RARE_WORD and len(word.spelling) <= LONGEST_WORD
    ]
    lemmas, glosses, counts = wordnet(wordnet_folder)
    return Sources(words, [traditional(word.spelling) for word in words], list(civic), lemmas, glosses, counts)


def chinese_words(dictionary: Path) -> list[Word]:
    """The lines `word count tag` of jieba's dict.txt, the most frequent first, Han characters only."""
    words = []
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        spelling, count, tag = line.split(" ")
        if all("\u3400" <= character <= "\u9fff" for character in spelling):
            words.append(Word(spelling, int(count), tag))
    return sorted(words, key=lambda word: (-word.count, word.spelling))


def wordnet(folder: Path) -> tuple[list[str], list[str], Counter[str]]:
    """(lemmas with spaces, definitions and example sentences, how often a lemma stood in the tagged texts)."""
    lemmas: set[str] = set()
    glosses: list[str] = []
    for part in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"data.{part}").read_text(encoding="latin-1").splitlines():
            if line.startswith(" "):
                continue
            fields, _, gloss = line.partition("|")
            columns = fields.split()
            size = int(columns[3], 16)
            for name in columns[4 : 4 + 2 * size : 2]:
                lemmas.add(re.sub(r"\(\w+\)$", "", name).replace("_", " "))
            examples = re.findall(r'"([^"]{6,})"', gloss)
            definition = re.sub(r'"[^"]*"?', "", gloss).strip(" ;")
            glosses += [one for one in (definition, *examples) if one]
    counts: Counter[str] = Counter()
    for line in (folder / "cntlist.rev").read_text(encoding="latin-1").splitlines():
        key, _, count = line.split()
        counts[key.split("%")[0].replace("_", " ")] += int(count)
    return sorted(lemmas), glosses, counts


def catalogues() -> list[str]:
    """Messages and translations of the installed packages in CATALOGUE_LOCALES, placeholders and markup removed."""
    import polib

    found: set[str] = set()
    for package in CATALOGUE_PACKAGES:
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        for path in sorted(Path(spec.origin).parent.rglob("LC_MESSAGES/*.po")):
            if path.parent.parent.name not in CATALOGUE_LOCALES:
                continue
            for entry in polib.pofile(str(path)):
                for text in (entry.msgid, entry.msgstr, *entry.msgstr_plural.values()):
                    plain = " ".join(PLACEHOLDER.sub(" ", text).split())
                    if 2 <= len(plain) <= 400:
                        found.add(plain)
    return sorted(found)


def rewrite_in_chinese(sentences: Iterable[str], translations: dict[str, list[str]], *, seed: int) -> list[str]:
    """Each sentence word by word in Traditional Chinese; words without a translation are left out.

    `translations` has the nearest Chinese words of an English one, the nearest first: it is taken half of the time.
    """
    generator = np.random.default_rng(seed)
    rewritten = []
    for sentence in sentences:
        out = []
        for part in re.findall(r"[A-Za-z]+|[.,;?!]", sentence):
            word = part.lower()
            if word in FUNCTION_WORDS:
                out.append(FUNCTION_WORDS[word])
            elif word in translations:
                choices = translations[word]
                first = generator.random() < 0.5
                out.append(choices[0 if first else int(generator.integers(len(choices)))])
            elif not LATIN.fullmatch(word):
                out.append({",": "，", ";": "；", "?": "？", "!": "！", ".": "。"}[part])
        text = "".join(out).strip("，；。")
        if len(text) >= 2:
            rewritten.append(text)
    return rewritten


def rows_of_words(
    firsts: Sequence[str],
    first_chances: np.ndarray,
    words: Sequence[str],
    word_chances: np.ndarray,
    neighbours: np.ndarray,
    frames: Sequence[str],
    *,
    count: int,
    seed: int,
) -> list[str]:
    """`count` frames filled with words: half of them around one subject, half of them drawn freely.

    The first word is one of `firsts`; the others are drawn from `words`, or from `neighbours` (len(firsts), k), which
    are the positions in `words` nearest to it.
    """
    generator = np.random.default_rng(seed)
    chosen_first = generator.choice(len(firsts), size=count, p=first_chances / first_chances.sum())
    free = generator.choice(len(words), size=(count, FRAME_WORDS), p=word_chances / word_chances.sum())
    picked = generator.integers(neighbours.shape[1], size=(count, FRAME_WORDS))
    near = neighbours[chosen_first][np.arange(count)[:, None], picked]
    keep = generator.random((count, FRAME_WORDS)) < generator.choice([0.0, 0.7], size=(count, 1))
    others = np.where(keep, near, free)
    frame_of = generator.integers(len(frames), size=count)
    return [
        frames[frame].format(firsts[first], *(words[one] for one in row))
        for frame, first, row in zip(frame_of, chosen_first, others, strict=True)
    ]


def spans(texts: Sequence[str], *, count: int, seed: int) -> list[str]:
    """`count` stretches of words (or of characters, where there are no spaces) cut out of the texts."""
    generator = np.random.default_rng(seed)
    cut = []
    for position in generator.integers(len(texts), size=count):
        words = texts[position].split(" ")
        glue = " "
        if len(words) < 5:
            words, glue = list(texts[position]), ""
        size = int(generator.integers(2, 13))
        start = int(generator.integers(max(len(words) - size, 0) + 1))
        part = glue.join(words[start : start + size]).strip()
        if part:
            cut.append(part)
    return cut


def joined(texts: Sequence[str], glue: str, *, count: int, longest: int, seed: int) -> list[str]:
    """`count` texts of two to four others, so that long texts are known too."""
    generator = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        chosen = generator.integers(len(texts), size=int(generator.integers(2, 5)))
        made.append(glue.join(texts[one] for one in chosen)[:longest])
    return made


def compose(
    sources: Sources,
    comments: Sequence[str],
    ask: Callable[[Sequence[str]], np.ndarray],
    simplified: Callable[[str], str],
) -> list[str]:
    """All composed texts, distinct, in a fixed order; `ask` gives the teacher's vectors of words."""
    usable = [
        row
        for row, word in enumerate(sources.dictionary)
        if word.count >= COMMON_WORD and len(word.spelling) >= 2 and not word.tag.startswith(GRAMMAR_TAGS)
    ]
    words = [sources.chinese[row] for row in usable]
    chances = np.sqrt([float(sources.dictionary[row].count) for row in usable])
    vectors = ask(words).astype(np.float32)
    proper = [row for row, word in enumerate(sources.dictionary) if word.tag in PROPER_TAGS and len(word.spelling) >= 2]
    names = [sources.chinese[row] for row in proper]
    name_chances = np.sqrt([float(sources.dictionary[row].count) for row in proper])
    english = sorted({one.lower() for one in sources.lemmas if one.isalpha() and sources.lemma_counts[one.lower()]})
    english_chances = np.sqrt([float(sources.lemma_counts[word]) for word in english])
    english_vectors = ask(english).astype(np.float32)
    likest = nearest(english_vectors, vectors, TRANSLATIONS)
    likeness = np.einsum("ij,ij->i", english_vectors, vectors[likest[:, 0]])
    translations = _inflected(
        {
            word: [words[one] for one in row]
            for word, row, alike in zip(english, likest, likeness, strict=True)
            if alike > ALIKE
        }
    )
    spoken = [one for one in comments if LATIN.search(one)]
    chinese = rewrite_in_chinese([*sources.glosses, *spoken, *spoken, *spoken], translations, seed=1)
    ways = (
        (words, chances, vectors, 110_000, 2),
        (names, name_chances, ask(names).astype(np.float32), 40_000, 3),
        (sources.civic, np.ones(len(sources.civic)), ask(sources.civic).astype(np.float32), 30_000, 4),
    )
    for firsts, first_chances, first_vectors, count, seed in ways:
        near = nearest(first_vectors, vectors, NEIGHBOURS)
        chinese += rows_of_words(firsts, first_chances, words, chances, near, FRAMES_CHINESE, count=count, seed=seed)
    chinese += joined(chinese, "\uff0c", count=40_000, longest=120, seed=5)
    generator = np.random.default_rng(6)
    chinese = [simplified(one) if generator.random() < SIMPLIFIED_SHARE else one for one in chinese]
    near = nearest(english_vectors, english_vectors, NEIGHBOURS)
    rows = rows_of_words(english, english_chances, english, english_chances, near, FRAMES_ENGLISH, count=60_000, seed=7)
    rows += spans(comments, count=70_000, seed=8) + spans(sources.glosses, count=20_000, seed=9)
    rows += joined(comments, " ", count=30_000, longest=300, seed=10)
    rows += joined([*comments, *sources.glosses, *rows], ". ", count=50_000, longest=300, seed=11)
    mixed = joined([*chinese[::20], *english], " ", count=12_000, longest=120, seed=12)
    return list(dict.fromkeys([*chinese, *rows, *comments, *catalogues(), *mixed, *sources.civic]))


def nearest(ours: np.ndarray, theirs: np.ndarray, count: int) -> np.ndarray:
    """int (n, count) positions of the `count` rows of `theirs` with the highest cosine to each of `ours` (unit rows),
    the highest first; a row itself may be among them.
    """
    found = np.empty((len(ours), count), dtype=np.int64)
    for start in range(0, len(ours), 1000):
        cosines = ours[start : start + 1000] @ theirs.T
        best = np.argpartition(-cosines, count, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(cosines, best, axis=1), axis=1, kind="stable")
        found[start : start + len(cosines)] = np.take_along_axis(best, order, axis=1)
    return found


def _inflected(translations: dict[str, list[str]]) -> dict[str, list[str]]:
    """With the regular forms of English words added where they are no words of their own."""
    forms = dict(translations)
    for word, found in translations.items():
        for form in (f"{word}s", f"{word}es", f"{word}ed", f"{word}d", f"{word}ing"):
            forms.setdefault(form, found)
        for ending in ("ing", "ied", "ies"):
            forms.setdefault(word[:-1] + ending, found)
    return forms
