"""Stance toward a space's question: for, against or neither. Sentiment is not stance.

Two sources, and no guess where both are silent: what a person says outright ("我贊成", "I oppose this"), and how they
voted on the statements that decide the question. docs/models/stance.md says how often the words are right, and that
most opinions imply a stance without saying it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from nlp.core import text as words
from nlp.core.votes import VoteTable

STANCES = ("against", "neither", "for")
SURE = 0.9
"""What an outright word is worth: its precision where it was measured, rounded down (docs/models/stance.md)."""

_SPEAKER = (
    r"^\W*(?:我們?|本人|個人|敝人|小弟|在下|全家|我家)?(?:也|都|是|就|真的|真心|完全|非常|很|十分|超|強烈|堅決|堅定|絕對|比較|原則上?|基本上?"
    r"|覺得|認為|還是|全力|大力|無條件|這個|要|投下?|舉雙手)*"
)
"""What may stand before an outright word in its clause: the speaker, and how much; nobody else."""
_WORDS = {
    1: (r"(?:支持|贊成|贊同|力挺|樂見其成)", r"(?:同意|認同)"),
    -1: (
        r"(?:反對|抵制|(?:不|無法|不能|很難|不會|不太)(?:能|會|再)?(?:支持|贊成|贊同))",
        r"(?:不|無法|不能|很難|難以|不會|不太)(?:能|會|再)?(?:同意|認同|接受)",
    ),
}
"""Outright words by side: those that stand for themselves, and those that need to name a proposal (people also agree
with one another)."""
_NO_VERB = r"(?![者度率群黨票意書與和或的])"
_ENGLISH_SPEAKER = (
    r"^\W*(?:(?:so|and|yes|no|personally|honestly|overall)\W+)*(?:i|we)\b(?:'m| am|'re| are)?(?: \w+ly| do)?"
)
_ENGLISH_WORDS = {
    1: (r" (?:support|back|endorse|favou?r|in favou?r|all for|for it)\b", r" agree\b"),
    -1: (
        r" (?:oppose|opposed|against|(?:do not|don't|can't|cannot|won't|could never) (?:support|back|endorse))\b",
        r" (?:disagree|object|(?:do not|don't|can't|cannot) (?:agree|accept))\b",
    ),
}
_PROPOSAL = (
    r"[^，,]{0,8}(?:案|政策|計畫|措施|做法|方案|新制|修法)|[^,]{0,20}\b(?:proposal|plan|bill|policy|measure|idea)\b"
)
_HEDGE = (
    r"如果|若(?!干)|假如|只要|除非|前提|\bif\b|\bunless\b|\bprovided\b|[?？]|[嗎]|是否|要不要|原本|以前|\bused to\b"
)
_TURN = r"但|可是|不過|然而|卻|\bbut\b|\bhowever\b|\byet\b|\balthough\b|\band i (?:fear|worry|hate)\b"
_ANYTHING = r"^\W*(?:這|此|本案|該|它|上述|提案|(?:with |to )?(?:this|it|that|the (?:plan|proposal|idea))\b)"
_SENTENCE = re.compile(r"[^。.;；!！?？\n]+[。.;；!！?？\n]*")
_CLAUSE = re.compile(r"[，,、:：～~]|\s{2,}| (?=[\u4e00-\u9fff])")


def of(texts: Sequence[str], *, question: str | None = None) -> np.ndarray:
    """float64 (n, 3), columns STANCES, from wording alone.

    A row is (0, 1, 0) where nothing is said outright: hedged by a condition, taken back by "but", asked, said of
    somebody else, or said both ways. With `question` an outright word counts only if it names nothing at all
    ("我支持", "this") or shares a word with the question.
    """
    asked = _keys(question) if question else frozenset()
    found = np.zeros((len(texts), 3))
    for row, text in enumerate(texts):
        side = _side(text, asked)
        found[row, 1] = 1.0 - SURE * abs(side)
        if side:
            found[row, side + 1] = SURE
    return found


def from_votes(authors: Sequence[Any], votes: VoteTable, sides: Mapping[Any, int]) -> np.ndarray:
    """float64 (n, 3), columns STANCES: for each author how their votes lie on the statements that decide the question.

    `sides` says of each such statement whether agreeing is for the question (1) or against it (-1). A pass counts as
    neither. NaN where an author has voted on none of them. Raises ValueError for another side than 1 or -1.
    """
    if not set(sides.values()) <= {1, -1}:
        raise ValueError("a statement's side is 1 (agreeing is for the question) or -1 (agreeing is against it)")
    side_of = np.array([sides.get(statement, 0) for statement in votes.statements], dtype=np.int64)
    deciding = np.flatnonzero(side_of[votes.columns] != 0) if len(side_of) else np.zeros(0, dtype=np.int64)
    counts = np.zeros((len(votes.participants), 3))
    leaning = votes.values[deciding] * side_of[votes.columns[deciding]] if len(deciding) else deciding
    np.add.at(counts, (votes.rows[deciding], leaning + 1), 1)
    place_of = {participant: place for place, participant in enumerate(votes.participants)}
    found = np.full((len(authors), 3), np.nan)
    for row, author in enumerate(authors):
        place = place_of.get(author)
        if place is not None and counts[place].sum():
            found[row] = counts[place] / counts[place].sum()
    return found


def labels(probabilities: np.ndarray) -> list[str]:
    """One of STANCES for each row; "neither" where no side has more than half, "" for a row of NaN."""
    rows = np.asarray(probabilities, dtype=np.float64).reshape(-1, 3)
    return [
        "" if np.isnan(row).any() else "against" if row[0] > 0.5 else "for" if row[2] > 0.5 else "neither"
        for row in rows
    ]


def _side(text: str, asked: frozenset[str]) -> int:
    sides: set[int] = set()
    for sentence in _SENTENCE.findall(words.simplify(text).replace("\u2019", "'")):
        if _pattern(_HEDGE).search(sentence) or _pattern(_TURN).search(sentence):
            continue
        for clause in _CLAUSE.split(sentence):
            sides.update(side for side in (1, -1) if _says(clause, side, asked))
    return sides.pop() if len(sides) == 1 else 0


def _says(clause: str, side: int, asked: frozenset[str]) -> bool:
    for speaker, (plain, social), after in (
        (_SPEAKER, _WORDS[side], _NO_VERB),
        (_ENGLISH_SPEAKER, _ENGLISH_WORDS[side], ""),
    ):
        for mark, needs_object in ((plain, False), (social, True)):
            found = _pattern(speaker + mark + after).match(clause)
            if found is None:
                continue
            rest = clause[found.end() :]
            if needs_object and not _pattern(_PROPOSAL).match(rest) and not asked & _keys(rest):
                continue
            if not asked or not _keys(rest) or _pattern(_ANYTHING).match(rest) or asked & _keys(rest):
                return True
    return False


@lru_cache(maxsize=64)
def _pattern(spelled: str) -> re.Pattern[str]:
    """Texts are read in Simplified characters, so that both scripts mean the same."""
    return re.compile(words.simplify(spelled), re.IGNORECASE)


def _keys(text: str) -> frozenset[str]:
    return frozenset(token.key for token in words.tokens(text) if token.content)
