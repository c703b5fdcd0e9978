"""What a topic is called and which opinions speak for it.

A keyword is a word or a phrase of two words, weighted by p log(p / q): p is the share of people's opinions in the
topic that use it, q the share elsewhere (both smoothed). What every topic talks about gets weight 0 by itself.
Keywords are then picked by maximal marginal relevance.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.core.text import Token

KEYWORDS = 6
IN_LABEL = 3
COMMON = 0.1
RELEVANCE = 0.7
PHRASE_HAN = 8
"""Longest phrase in Han characters."""
ALL_OPINIONS = {"zh-Hant": "全部意見", "zh-Hans": "全部意见", "en": "All opinions"}


@dataclass(frozen=True, slots=True)
class _Term:
    surface: str
    words: tuple[str, ...]
    nouns: float


def keywords(
    texts: Sequence[str],
    words: Sequence[Sequence[Token]],
    labels: np.ndarray,
    count: int,
    people: Sequence[str],
) -> list[tuple[str, ...]]:
    """Up to KEYWORDS keywords for each of `count` topics, best first.

    `words[i]` are the tokens of `texts[i]`; `labels[i]` its topic or LEFT_OVER, `people[i]` whose it is: a word
    counts once per person and topic. A keyword is used by a tenth of its topic's people and by two at least; only
    a topic that has fewer than three such words falls back on rarer ones.
    """
    surfaces: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    users: list[dict[tuple[str, ...], set[str]]] = [defaultdict(set) for _ in range(count + 1)]
    crowd: list[set[str]] = [set() for _ in range(count + 1)]
    nouns: dict[tuple[str, ...], float] = {}
    for text, tokens, label, person in zip(texts, words, labels.tolist(), people, strict=True):
        crowd[label].add(person)
        for term in _terms(text, tokens):
            surfaces[term.words][term.surface] += 1
            users[label][term.words].add(person)
            nouns[term.words] = term.nouns
    everywhere = Counter({key: sum(len(one.get(key, ())) for one in users) for key in surfaces})
    everybody = sum(len(one) for one in crowd)
    chosen = []
    for number in range(count):
        mine, size = users[number], len(crowd[number])
        weights = {
            key: _weight(len(who), size, everywhere[key] - len(who), everybody - size, key) * (0.7 + 0.3 * nouns[key])
            for key, who in mine.items()
        }
        often = {key: weight for key, weight in weights.items() if len(mine[key]) >= max(2, round(COMMON * size))}
        picked = _diverse(often, mine)
        if len(picked) < IN_LABEL:
            rest = {key: weight for key, weight in weights.items() if len(mine[key]) >= (2 if size >= 6 else 1)}
            picked = _diverse(rest, mine, picked)[: max(IN_LABEL, len(picked))]
        chosen.append(tuple(_spelling(surfaces[key]) for key in picked))
    return chosen


def join(words: Sequence[str], language: str) -> str:
    """The label made of the first keywords: 「保險、理賠、乘客」 in Chinese, "insurance, claims" elsewhere."""
    separator = "、" if language in ("zh-Hant", "zh-Hans", "ja") else ", "
    return separator.join(words[:IN_LABEL])


def excerpt(text: str, limit: int = 24) -> str:
    """The beginning of a text, for topics in a language without keywords."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def representatives(
    vectors: np.ndarray,
    members: Sequence[int],
    centroid: np.ndarray,
    authors: Sequence[str],
    lengths: Sequence[int],
    *,
    count: int = 3,
) -> list[int]:
    """Positions of the opinions that speak for a topic: near its centre, unlike one another, by different people,
    neither a shout nor an essay.
    """
    members = list(members)
    nearness = {i: float(vectors[i] @ centroid) - _awkward(lengths[i]) for i in members}
    picked: list[int] = []
    while len(picked) < min(count, len(members)):
        fresh = [i for i in members if i not in picked and authors[i] not in {authors[j] for j in picked}]
        pool = fresh or [i for i in members if i not in picked]

        def worth(i: int) -> float:
            closest = max((float(vectors[i] @ vectors[j]) for j in picked), default=0.0)
            return RELEVANCE * nearness[i] - (1 - RELEVANCE) * closest

        picked.append(max(pool, key=lambda i: (round(worth(i), 6), -i)))
    return picked


def dissenters(
    sentiments: np.ndarray | None,
    members: Sequence[int],
    confidence: np.ndarray,
    authors: Sequence[str],
    *,
    count: int = 2,
) -> list[int]:
    """Positions of opinions that feel the opposite of the topic's majority, strongest and most typical first; empty
    where nobody does.

    The majority is the side (negative or positive) with more opinions; on a tie, or where nobody takes a side,
    there is no dissent to show.
    """
    if sentiments is None:
        return []
    known = [i for i in members if not np.isnan(sentiments[i, 0])]
    side = {i: int(np.argmax(sentiments[i])) for i in known}
    negative = sum(value == 0 for value in side.values())
    positive = sum(value == 2 for value in side.values())
    if negative == positive:
        return []
    against = 2 if negative > positive else 0
    ranked = sorted(
        (i for i in known if side[i] == against),
        key=lambda i: (-round(float(sentiments[i, against]) * float(confidence[i]), 6), i),
    )
    picked: list[int] = []
    for i in ranked:
        if len(picked) < count and authors[i] not in {authors[j] for j in picked}:
            picked.append(i)
    return picked


def _terms(text: str, tokens: Sequence[Token]) -> list[_Term]:
    """Content words, and pairs of content words that stand side by side."""
    found = [_Term(token.surface, (token.key,), float(token.noun)) for token in tokens if token.content]
    for left, right in zip(tokens, tokens[1:], strict=False):
        gap = text[left.end : right.start]
        han = left.surface[0] >= "\u3400" and right.surface[0] >= "\u3400"
        latin = left.surface[0] < "\u3400" and right.surface[0] < "\u3400"
        if not (left.content and right.content) or left.key == right.key:
            continue
        if (han and gap == "" and right.end - left.start <= PHRASE_HAN) or (latin and gap in (" ", "-")):
            found.append(_Term(text[left.start : right.end], (left.key, right.key), (left.noun + right.noun) / 2))
    return found


def _weight(inside: int, size: int, outside: int, rest: int, key: tuple[str, ...]) -> float:
    """p log(p / q) with half an opinion added to each side; a phrase says more than a word (a quarter more)."""
    p = (inside + 0.5) / (size + 1)
    q = (outside + 0.5) / (rest + 1) if rest else 0.5 / (size + 1)
    return p * float(np.log(p / q)) * (1.25 if len(key) > 1 else 1.0)


def _diverse(
    weights: dict[tuple[str, ...], float],
    holders: dict[tuple[str, ...], set[str]],
    already: Sequence[tuple[str, ...]] = (),
) -> list[tuple[str, ...]]:
    """Maximal marginal relevance: weight against likeness to what is picked (shared letters or shared users)."""
    pool = sorted((key for key, weight in weights.items() if weight > 0), key=lambda key: (-weights[key], key))[:40]
    if not pool:
        return list(already)
    top = weights[pool[0]]
    picked: list[tuple[str, ...]] = list(already)
    pool = [key for key in pool if not any(_contains(key, other) for other in picked)]
    while pool and len(picked) < KEYWORDS:
        scored = [
            (
                RELEVANCE * weights[key] / top
                - (1 - RELEVANCE) * max((_likeness(key, other, holders) for other in picked), default=0.0),
                key,
            )
            for key in pool
        ]
        best = max(scored, key=lambda pair: (round(pair[0], 9), pair[1]))[1]
        picked.append(best)
        pool = [key for key in pool if not _contains(key, best)]
    return picked


def _contains(key: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one of the two says the other again: a shared word, or letters of one inside the other."""
    if set(key) & set(other):
        return True
    left, right = "".join(key), "".join(other)
    return left in right or right in left


def _likeness(key: tuple[str, ...], other: tuple[str, ...], holders: dict[tuple[str, ...], set[str]]) -> float:
    letters = set("".join(key)) & set("".join(other))
    shared = len(letters) / min(len(set("".join(key))), len(set("".join(other)))) if key[0][0] >= "\u3400" else 0.0
    together = len(holders[key] & holders[other]) / len(holders[key] | holders[other])
    return max(shared, together)


def _spelling(counts: Counter[str]) -> str:
    return max(counts, key=lambda surface: (counts[surface], surface))


def _awkward(length: int) -> float:
    """A small handicap for opinions too short to mean much (under 8 characters) or too long to quote (over 200)."""
    if length < 8:
        return 0.15
    return min(0.15, max(0, length - 200) / 2000)
