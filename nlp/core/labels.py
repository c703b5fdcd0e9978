"""What a topic is called: the words and phrases its people use and the others do not.

A term weighs p log(p / q): p is the share of people in the topic that use it, q the share of people elsewhere (class-
based TF-IDF by people, both smoothed). A word that one other topic uses nearly as much tells the two apart badly, so
q is never less than SIBLING of the strongest other topic's share. Maximal marginal relevance then picks the keywords.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from nlp.core import terms as reading
from nlp.core.records import LEFT_OVER
from nlp.core.terms import Terms, is_han
from nlp.core.text import Token

KEYWORDS = 6
IN_LABEL = 3
COMMON = 0.05
"""Least share of a topic's people that use a keyword (and two of them at least)."""
RARE = 3
"""A topic with fewer common keywords than this falls back on words of two people."""
RELEVANCE = 0.7
SIBLING = 0.6
WHOLE = 0.6
"""A word used this often within one phrase only is told by the phrase."""
BOUND = 0.1
"""Least share of a phrase in the people of its rarest word: less is chance neighbourhood."""
FAINT = 0.2
"""After those of the label, a word of less weight than this share of the first one's adds nothing."""
POOL = 60
HAN_LANGUAGES = ("zh", "ja")
"""First parts of the codes of languages whose words are joined by 、."""
EXCERPT_HAN, EXCERPT_LATIN, EXCERPT_LEAST = 24, 48, 6
CLAUSE = re.compile(r"[^,，。！？!?;；:：\n]+(?=[,，。！？!?;；:：\n])")
SENTENCE = re.compile(r"[^。！？!?\n]+?(?:[。！？!?\n]+|\.(?=\s|$)|$)")
ALL_OPINIONS = {"zh-Hant": "全部意見", "zh-Hans": "全部意见", "zh": "全部意見", "en": "All opinions"}


def keywords(
    texts: Sequence[str],
    words: Iterable[Sequence[Token]],
    labels: np.ndarray,
    count: int,
    people: Sequence[str],
) -> list[tuple[str, ...]]:
    """`choose` for texts whose terms are not needed again."""
    return choose(reading.read(texts, words), labels, count, people)


def choose(
    terms: Terms,
    labels: np.ndarray,
    count: int,
    people: Sequence[str],
    *,
    parents: np.ndarray | None = None,
) -> list[tuple[str, ...]]:
    """Up to KEYWORDS keywords for each of `count` topics, best first; none where no word is used by two people.

    `labels` (n,) is the topic of each text `terms` were read from, or LEFT_OVER; `people[i]` whose it is: a word
    counts once per person and topic. `parents` (count,) are the topics that sub-topics are parts of: each is then
    compared with the other parts of the same topic only. Give the distinct opinions, without repeats.
    """
    labels = np.asarray(labels, dtype=np.int64)
    if not len(terms.texts) == len(labels) == len(people):
        raise ValueError(f"{len(terms.texts)} texts, {len(labels)} topic numbers, {len(people)} people")
    group_of = np.zeros(count + 1, dtype=np.int64)
    if parents is not None:
        group_of[:count] = np.unique(parents, return_inverse=True)[1]
        group_of[count] = -1  # of whatever topic, it is no part of this one
    place = np.where(labels == LEFT_OVER, count, labels)
    counted = _Counts.of(terms, place, count, people, group_of)
    picked = [_pick(terms, counted, topic) for topic in range(count)]
    spelled = reading.spellings(terms, (term for some in picked for term in some))
    return [tuple(spelled[term] for term in some) for some in picked]


def join(words: Sequence[str], language: str) -> str:
    """The label made of the first keywords: 「保險、理賠、乘客」 in Chinese, "Insurance, claims" elsewhere.

    Words in the script of `language` come first; others stand in only where there are none.
    """
    han = language.split("-")[0] in HAN_LANGUAGES
    own = [word for word in words if is_han(word) == han or (han and not word.islower())]
    chosen = (own if any(is_han(word) == han for word in own) else list(words))[:IN_LABEL]
    if han:
        return "、".join(chosen)
    label = ", ".join(chosen)
    first = label.split(" ")[0].rstrip(",")
    return label[:1].upper() + label[1:] if first.islower() else label


def distinct(labels: Sequence[str], keywords: Sequence[Sequence[str]], languages: Sequence[str]) -> list[str]:
    """The same labels, where no two of these siblings read alike: the later of two gets its next keyword, or a number
    when it has none left.
    """
    taken: set[str] = set()
    result = []
    for label, words, language in zip(labels, keywords, languages, strict=True):
        han = language.split("-")[0] in HAN_LANGUAGES
        spare = [word for word in words if word.casefold() not in label.casefold()]
        name = label
        while name.casefold() in taken and spare:
            name = f"{label}{'、' if han else ', '}{spare.pop(0)}"
        number = 2
        while name.casefold() in taken:
            name = f"{label}（{number}）" if han else f"{label} ({number})"
            number += 1
        taken.add(name.casefold())
        result.append(name)
    return result


class _Counts:
    """People per topic and term, in one table of those that occur, sorted by topic and then term."""

    def __init__(self, size: np.ndarray, first: np.ndarray, term: np.ndarray, users: np.ndarray) -> None:
        self.size = size  # people per topic, the left over last
        self.first = first  # (topics + 2,) where each topic's rows begin
        self.term = term
        self.users = users
        self.everywhere: np.ndarray = np.zeros(0)  # people per term over all topics
        self.weight = np.zeros(len(term))
        self.holder_keys = np.zeros(0, dtype=np.int64)  # topic * terms + term, ascending, one per person
        self.holders = np.zeros(0, dtype=np.int64)

    @classmethod
    def of(cls, terms: Terms, place: np.ndarray, count: int, people: Sequence[str], group_of: np.ndarray) -> _Counts:
        numbers: dict[str, int] = {}
        person = np.array([numbers.setdefault(one, len(numbers)) for one in people], dtype=np.int64)
        crowd = np.unique(place * max(len(numbers), 1) + person)
        size = np.bincount(crowd // max(len(numbers), 1), minlength=count + 1).astype(np.float64)
        kinds = max(len(terms.keys), 1)
        codes = (place[terms.rows] * kinds + terms.terms) * max(len(numbers), 1) + person[terms.rows]
        codes = np.unique(codes)
        cells, who = codes // max(len(numbers), 1), codes % max(len(numbers), 1)
        cell, users = np.unique(cells, return_counts=True)
        topic, term = cell // kinds, cell % kinds
        table = cls(size, np.searchsorted(topic, np.arange(count + 2)), term, users.astype(np.float64))
        table.holder_keys, table.holders = cells, who
        table.everywhere = np.bincount(term, weights=users, minlength=kinds)
        table.weight = table._weights(terms, topic, group_of, kinds)
        return table

    def _weights(self, terms: Terms, topic: np.ndarray, group_of: np.ndarray, kinds: int) -> np.ndarray:
        group = group_of[topic]
        related = group >= 0
        key = np.where(related, group, 0) * kinds + self.term
        _, slot = np.unique(key, return_inverse=True)
        pooled = np.bincount(slot, weights=np.where(related, self.users, 0))
        share = np.where(related, (self.users + 0.5) / (self.size[topic] + 1), 0.0)
        # The strongest and the second strongest share of each term among siblings, without loops.
        order = np.lexsort((-share, slot))
        heads = np.concatenate([[True], slot[order][1:] != slot[order][:-1]]) if len(order) else np.zeros(0, bool)
        strongest, second = np.zeros(len(pooled)), np.zeros(len(pooled))
        strongest[slot[order][heads]] = share[order][heads]
        after = np.flatnonzero(heads) + 1
        after = after[after < len(order)]
        after = after[~heads[after]]
        second[slot[order][after]] = share[order][after]
        leader = np.zeros(len(order), dtype=bool)
        leader[order[heads]] = True
        rival = np.where(leader, second[slot], strongest[slot])
        crowd = np.bincount(group_of[group_of >= 0], weights=self.size[group_of >= 0])
        rest = np.where(related, crowd[np.where(related, group, 0)] - self.size[topic], 0.0)
        outside = (pooled[slot] - self.users + 0.5) / (rest + 1)
        outside = np.where(rest > 0, np.maximum(outside, SIBLING * rival), 0.5 / (self.size[topic] + 1))
        length = np.array([len(one) for one in terms.keys] or [1])
        letters = np.array([len("".join(one)) if is_han(one[0]) else 0 for one in terms.keys] or [0])
        # A word of two people may be chance, so it counts half; of ten, nearly in full.
        surely = 1 - 1 / np.maximum(self.users, 1)
        says_more = np.where(length > 1, 1.25, np.where(letters > 2, 1.15, 1.0))
        nouns = terms.nouns if len(terms.nouns) else np.zeros(1)
        scale = (says_more * (0.5 + 0.5 * nouns))[self.term]
        return (
            np.where(related, share * np.log(share / outside, where=related, out=np.zeros(len(share))), 0.0)
            * scale
            * surely
        )

    def holders_of(self, topic: int, term: int, kinds: int) -> frozenset[int]:
        low, high = np.searchsorted(self.holder_keys, [topic * kinds + term, topic * kinds + term + 1])
        return frozenset(self.holders[low:high].tolist())


def _pick(terms: Terms, counts: _Counts, topic: int) -> list[int]:
    """The terms of one topic, best first."""
    rows = slice(int(counts.first[topic]), int(counts.first[topic + 1]))
    size = counts.size[topic]
    mine = dict(zip(counts.term[rows].tolist(), counts.users[rows].tolist(), strict=True))
    weights = dict(zip(counts.term[rows].tolist(), counts.weight[rows].tolist(), strict=True))
    alone = {terms.keys[term][0]: float(counts.everywhere[term]) for term in mine if len(terms.keys[term]) == 1}
    weights = {term: weight for term, weight in weights.items() if mine[term] >= 2 and weight > 0}
    weights = {term: weight for term, weight in weights.items() if _is_bound(terms.keys[term], term, counts, alone)}
    weights = _told_by_phrases(terms, weights, mine)
    often = {term: weight for term, weight in weights.items() if mine[term] >= max(2, round(COMMON * size))}
    chosen = often if len(often) >= RARE else weights
    order = sorted(chosen, key=lambda term: (-round(chosen[term], 9), terms.keys[term]))[:POOL]
    holders = {term: counts.holders_of(topic, term, max(len(terms.keys), 1)) for term in order}
    return _diverse(terms, {term: chosen[term] for term in order}, holders)


def _is_bound(key: tuple[str, ...], term: int, counts: _Counts, alone: dict[str, float]) -> bool:
    """Whether a phrase is one: used often enough beside its words, and by as many people as it has words."""
    if len(key) == 1:
        return True
    if counts.everywhere[term] < (2 if key[0] in reading.QUALIFIERS else len(key)):
        return False
    rarest = min((alone[word] for word in key if word in alone), default=0.0)
    return bool(counts.everywhere[term] >= BOUND * rarest)


def _told_by_phrases(terms: Terms, weights: dict[int, float], users: dict[int, float]) -> dict[int, float]:
    """Without the words that are said mostly within one phrase; the phrase takes over the weight when that is more."""
    kept = dict(weights)
    by_word: dict[str, list[int]] = {}
    for term in weights:
        for word in terms.keys[term]:
            by_word.setdefault(word, []).append(term)
    for term in sorted(weights, key=lambda one: (len(terms.keys[one]), terms.keys[one])):
        key = terms.keys[term]
        longer = [one for one in by_word[key[0]] if len(terms.keys[one]) > len(key) and _within(key, terms.keys[one])]
        longer = [one for one in longer if one in kept and users[one] >= WHOLE * users[term]]
        if longer:
            best = max(longer, key=lambda one: (users[one], -len(terms.keys[one]), terms.keys[one]))
            kept[best] = max(kept[best], kept.pop(term))
    return kept


def _within(key: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return any(other[at : at + len(key)] == key for at in range(len(other) - len(key) + 1))


def _diverse(terms: Terms, weights: dict[int, float], holders: dict[int, frozenset[int]]) -> list[int]:
    """Maximal marginal relevance: weight against likeness to what is picked (shared letters or shared people)."""
    pool = list(weights)
    picked: list[int] = []
    if not pool:
        return picked
    top = weights[pool[0]]
    closest = dict.fromkeys(pool, 0.0)
    while pool and len(picked) < KEYWORDS:

        def worth(term: int) -> tuple[float, tuple[str, ...]]:
            return round(RELEVANCE * weights[term] / top - (1 - RELEVANCE) * closest[term], 9), terms.keys[term]

        best = max(pool, key=worth)
        if len(picked) >= IN_LABEL and weights[best] < FAINT * top:
            pool.remove(best)
            continue
        picked.append(best)
        pool = [term for term in pool if not _says_again(terms.keys[term], terms.keys[best])]
        for term in pool:
            likeness = _likeness(terms.keys[term], terms.keys[best], holders[term], holders[best])
            closest[term] = max(closest[term], likeness)
    return picked


def _says_again(key: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one of the two says the other again: a shared word, one inside the other, or one stem."""
    if set(key) & set(other):
        return True
    if is_han(key[0]) != is_han(other[0]):
        return False
    if is_han(key[0]):
        left, right = "".join(key), "".join(other)
        return left in right or right in left
    if "".join(word[0] for word in key) in other or "".join(word[0] for word in other) in key:
        return True  # NZ and New Zealand
    return any(_one_stem(left, right) for left in key for right in other)


def _one_stem(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    same = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if same == len(short) and same >= 4:
        return True
    return same >= 3 and same >= len(short) - 1 and len(long) - same <= 4 or same >= 6 and same >= 0.75 * len(short)


def _likeness(key: tuple[str, ...], other: tuple[str, ...], holders: frozenset[int], others: frozenset[int]) -> float:
    shared = 0.0
    if is_han(key[0]) and is_han(other[0]):
        left, right = set("".join(key)), set("".join(other))
        shared = len(left & right) / min(len(left), len(right))
    return max(shared, len(holders & others) / max(len(holders | others), 1))


def excerpt(text: str) -> str:
    """The beginning of a text, for topics whose people share no words: its first clause where that is long enough, or
    as much as EXCERPT_HAN characters of Chinese and EXCERPT_LATIN of others hold.
    """
    limit = EXCERPT_HAN if is_han(text) else EXCERPT_LATIN
    clause = CLAUSE.match(text)
    if clause is not None and EXCERPT_LEAST <= len(clause.group()) <= limit:
        return clause.group()
    return cut(text, limit)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of a text, whole words where it has spaces, with "…" where something is missing."""
    if len(text) <= limit:
        return text
    start = text[: limit - 1]
    whole = start if is_han(text[limit - 1 : limit]) else start.rsplit(" ", 1)[0]
    return (whole if len(whole) > limit / 2 else start).rstrip(" ,，、;；:：") + "…"


def sentence(text: str, keywords: Sequence[str], *, limit: int = 120) -> str:
    """The one sentence of an opinion that says most of its topic's keywords (the first of equals), cut at `limit`
    characters; the opinion itself where it is that short.
    """
    text = text.strip()
    if len(text) <= limit:
        return text
    parts = [part.strip() for part in SENTENCE.findall(text) if part.strip()]
    wanted = [word.casefold() for word in keywords]
    best = max(parts, key=lambda part: (sum(word in part.casefold() for word in wanted), len(part) >= 8), default=text)
    return cut(best, limit)


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
    rows = np.asarray(members, dtype=np.int64)
    if not len(rows):
        return []
    own = vectors[rows]
    whose = np.array([authors[i] for i in rows], dtype=object)
    nearness = own @ centroid - _awkward(np.array([lengths[i] for i in rows]))
    closest = np.full(len(rows), -np.inf)
    free, fresh = np.ones(len(rows), dtype=bool), np.ones(len(rows), dtype=bool)
    picked: list[int] = []
    while len(picked) < min(count, len(rows)):
        likeness = closest if picked else np.zeros(len(rows))
        worth = np.round(RELEVANCE * nearness - (1 - RELEVANCE) * likeness, 6)
        worth[~(free & fresh if (free & fresh).any() else free)] = -np.inf
        best = int(np.flatnonzero(worth == worth.max())[np.argmin(rows[worth == worth.max()])])
        picked.append(int(rows[best]))
        free[best] = False
        fresh &= whose != whose[best]
        closest = np.maximum(closest, own @ own[best])
    return picked


def dissenters(
    sentiments: np.ndarray | None,
    members: Sequence[int],
    confidence: np.ndarray,
    authors: Sequence[str],
    *,
    count: int = 2,
    quoted: Collection[int] = (),
) -> list[int]:
    """Positions of opinions that feel the opposite of the topic's majority, strongest and most typical first, without
    those that are `quoted` already; empty where nobody does.

    The majority is the side (negative or positive) with more opinions; on a tie, or where nobody takes a side,
    there is no dissent to show.
    """
    if sentiments is None:
        return []
    rows = np.asarray(members, dtype=np.int64)
    rows = rows[~np.isnan(sentiments[rows, 0])]
    side = sentiments[rows].argmax(axis=1)
    negative, positive = int((side == 0).sum()), int((side == 2).sum())
    if negative == positive:
        return []
    against = 2 if negative > positive else 0
    rows = rows[side == against]
    strength = np.round(sentiments[rows, against] * np.asarray(confidence)[rows], 6)
    picked: list[int] = []
    for i in rows[np.lexsort((rows, -strength))].tolist():
        if len(picked) == count:
            break
        if i not in quoted and authors[i] not in {authors[j] for j in picked}:
            picked.append(i)
    return picked


def _awkward(lengths: np.ndarray) -> np.ndarray:
    """A small handicap for opinions too short to mean much (under 8 characters) or too long to quote (over 200)."""
    return np.where(lengths < 8, 0.15, np.minimum(0.15, np.maximum(0, lengths - 200) / 2000))
