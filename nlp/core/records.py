"""What goes into the analysis and what comes out of it: frozen dataclasses, numpy arrays, nothing else.

Positions, not ids, tie the arrays together: row i of every array in a `TopicResult` speaks of `texts[i]`,
row i of every array in a `GroupResult` speaks of `participants[i]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

LEFT_OVER = -1
"""The topic number of an opinion that fits no topic, and the group number of a participant with too few votes."""

SENTIMENTS = ("negative", "neutral", "positive")
"""Labels in the column order of every (n, 3) probability array."""


@dataclass(frozen=True, slots=True)
class Text:
    """One opinion. `author` is any stable string (people are counted by it; empty means unknown, one person each).

    `posted_at` is carried, never read. `lang` is a hint ("" lets the library find out), `source` is a free label.
    """

    id: str | int
    text: str
    author: str = ""
    posted_at: datetime | None = None
    source: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval, `low` <= `high`, in the unit of the figure it stands beside."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SentimentSummary:
    """A topic's sentiment.

    `mixed` counts posts that are both negative and positive; they are in none of the other three counts, which are
    posts too. `mean` is the average over people of P(positive) - P(negative) (a person's posts are averaged first),
    between -1 and 1, with its interval.
    """

    negative: int
    neutral: int
    positive: int
    mean: float
    interval: Interval
    mixed: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing a planner has said about the topics; it is replayed on every later run, in the order given.

    `kind`: "rename" (topic `topic` is called `label`), "merge" (the topics in `topics` are part of `topic`), "split"
    (the opinions `members` are a topic of their own, called `label` when that is given; `topic` is the number it got),
    "move" (the opinions `members` belong to `topic`), "pin" (`topic` stays, even when a run does not find it again;
    `members` are the opinions that stand for it). Opinions are text ids.
    """

    kind: str
    topic: int
    label: str = ""
    topics: tuple[int, ...] = ()
    members: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class EditOutcome:
    """What became of an edit in a run.

    `applied` is False when nothing it speaks of is left. `agreement` is the share (0 to 1) of what it asks that the
    run had found by itself before the edit was replayed; NaN for a rename.
    """

    edit: Edit
    applied: bool
    agreement: float


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of a run, or, where `level` is 1, a part of the topic whose number is `parent`.

    `number` is its identity (kept from run to run for matched topics), `members` are positions into the texts,
    the most typical first. `share` is size_posts over all opinions that were analysed. `quotes` and `dissenting`
    are text ids. `centroid` is a unit row in the encoder's space. `quality` holds "coherence" (mean cosine of
    members to the centroid), "separation" (coherence minus mean cosine to the nearest other centroid) and
    "silhouette" (simplified, -1 to 1).
    """

    number: int
    label: str
    keywords: tuple[str, ...]
    members: tuple[int, ...]
    size_posts: int
    size_people: int
    share: float
    sentiment: SentimentSummary | None
    quotes: tuple[str | int, ...]
    dissenting: tuple[str | int, ...]
    centroid: np.ndarray
    quality: Mapping[str, float] = field(default_factory=dict)
    parent: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class TextError:
    """An opinion that could not be analysed: its position, its id, a stable code and one plain sentence.

    Codes: "empty" (nothing left after cleaning), "encoding" (the encoder failed on it), "vector" (given vector
    unusable).
    """

    index: int
    id: str | int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class TopicResult:
    """The result of `pipeline.analyse` for n texts.

    assignments: int array (n,), topic number or LEFT_OVER.
    confidence: float array (n,), cosine to the own topic's centroid (0 for what is left over).
    topics: largest first.
    sentiments: float array (n, 3), columns SENTIMENTS, NaN rows where there is none; None: this encoder has no head.
    languages: n of "zh-Hant", "zh-Hans", "en", "ja", "other", "".
    duplicate_of: int array (n,), position of the first opinion it repeats, or -1.
    vectors: float32 array (n, dim), unit rows, zero rows for texts in `errors`.
    quality: "coherence", "separation", "silhouette" of the whole run, "stability" (topics found again in half of each
        vector) and "seed_stability" (in single runs with other seeds) when measured, "left_over" (share), "resolution",
        "place_threshold" (for `topics.place`).
    timings: seconds per stage, empty unless the caller gave a clock.
    counts: posts, people, analysed, duplicates, topics, left_over, errors.
    subtopics: the parts of those topics that have parts, each with its `parent`; numbers are unique over both levels.
    subassignments: int array (n,), number of the sub-topic or LEFT_OVER.
    places: float32 array (n, 2), where each opinion stands on the map, or None.
    edits: what became of each planner's edit, in the order given.
    notes: stable codes on how to read it: "one_topic" (not parted), "few_opinions", "no_sentiment", "low_stability".
    """

    assignments: np.ndarray
    confidence: np.ndarray
    topics: tuple[Topic, ...]
    sentiments: np.ndarray | None
    languages: tuple[str, ...]
    duplicate_of: np.ndarray
    vectors: np.ndarray
    quality: Mapping[str, float]
    timings: Mapping[str, float]
    counts: Mapping[str, int]
    errors: tuple[TextError, ...]
    notes: tuple[str, ...] = ()
    encoder: str = ""
    fingerprint: str = ""
    subtopics: tuple[Topic, ...] = ()
    subassignments: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    places: np.ndarray | None = None
    edits: tuple[EditOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupStatement:
    """How one group stands to one statement, against everybody else who was placed.

    `stance` is "agree" or "disagree", the side tested. `share` = (n_side + 1) / (n_votes + 2), Laplace-smoothed
    as in Polis; `others` the same outside the group. `n_side` of `n_votes` (pass included) voted that way.
    `z_share` tests the share against one half, `z_ratio` tests it against the others (two-proportion z), both as
    Polis does, for its ordering by `repness` = share / others. `p` is the two-sided p value of the difference (exact
    where counts are small), `q` the same corrected for the number of statements (Benjamini and Hochberg), `p_share`
    the one-sided exact p value of the share being above one half. `difference` is the unsmoothed share less the
    others', with its interval (Newcombe); NaN where one side has no votes.
    """

    statement: Any
    stance: str
    share: float
    others: float
    n_side: int
    n_votes: int
    z_share: float
    z_ratio: float
    p: float
    repness: float
    q: float = float("nan")
    p_share: float = float("nan")
    n_side_others: int = 0
    n_votes_others: int = 0
    difference: float = float("nan")
    interval: Interval = Interval(float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class Group:
    """One opinion group: `number` 0.. (largest first), `members` participant ids, `centre` (x, y) in the placement
    plane.
    """

    number: int
    size: int
    members: tuple[Any, ...]
    centre: tuple[float, float]
    representative: tuple[GroupStatement, ...]


@dataclass(frozen=True, slots=True)
class StatementSummary:
    """One statement over all groups.

    `agree` and `disagree` are smoothed shares of all placed voters, `by_group` the smoothed agree share per
    group. `consensus` is the product over groups of the smoothed share on `side` ("agree" or "disagree"):
    group-aware consensus; `least` is the smallest of those shares. `divisiveness` is the spread (max - min) of
    the smoothed agree shares between groups, `p` tests that any group's agreement differs from the rest (exact where
    counts are small), `q` the same corrected for the number of statements. Intervals: `agree_interval` and
    `intervals` (per group) of the unsmoothed agree share (Wilson), `consensus_interval` by the delta method;
    `n_by_group` votes. `shared` says that every group is above one half at the one-sided 90 % level.
    """

    statement: Any
    n_votes: int
    agree: float
    disagree: float
    side: str
    consensus: float
    least: float
    divisiveness: float
    by_group: tuple[float, ...]
    p: float = float("nan")
    q: float = float("nan")
    agree_interval: Interval = Interval(float("nan"), float("nan"))
    consensus_interval: Interval = Interval(float("nan"), float("nan"))
    intervals: tuple[Interval, ...] = ()
    n_by_group: tuple[int, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class MinorityView:
    """A stance that most people do not share and that some hold clearly.

    `groups` are the numbers of the groups whose majority holds it (one-sided 90 % level, and differing from the others
    after correction); empty for a dissent that runs through every group without a majority in any. `share` is the
    unsmoothed share of those groups (of everybody for a dissent), `n_side` of `n_votes`; `overall` the share of all
    who were placed, with its interval (Wilson).
    """

    statement: Any
    stance: str
    groups: tuple[int, ...]
    share: float
    n_side: int
    n_votes: int
    overall: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class GroupCount:
    """What speaks for one number of groups `k`.

    `silhouette` is the mean over several sets of base clusters. `gain` is how much higher it is than that of
    `compared_with` groups, `interval` the gain less and plus 1.645 standard deviations of it over half samples: k is
    `accepted` when the whole interval is above 0 and there is a division at all. For k = 2 that is the question: `p` is
    the p value of votes on different statements hanging together by chance alone (NaN with one statement).
    `stability` is the mean adjusted Rand index between the groups found in one half of the people and in the other.
    """

    k: int
    silhouette: float
    compared_with: int
    gain: float
    interval: Interval
    p: float
    accepted: bool
    stability: float


@dataclass(frozen=True, slots=True)
class ThinParticipant:
    """Somebody with too few votes to be given a group: cast `n_votes` where `needed` are asked for. `nearest` is the
    group the place on the map is nearest to (LEFT_OVER without a vote) and `confidence` how sure that is, NaN below
    two votes.
    """

    participant: Any
    n_votes: int
    needed: int
    nearest: int
    confidence: float


@dataclass(frozen=True, slots=True)
class LockstepCluster:
    """Accounts that voted in lock-step, for moderators to look at; nobody is removed.

    `participants` ids, `statements` those the script covers, `script` the votes (1, 0, -1) on them, `match` the mean
    share of members' votes that follow it, `expected` how many accounts would follow it by chance, an upper bound, `p`
    the p value of there being as many as there are, corrected for the number of scripts looked at. `seconds` is the
    shortest time within which half of the members' votes were cast, NaN without times.
    """

    participants: tuple[Any, ...]
    statements: tuple[Any, ...]
    script: tuple[int, ...]
    match: float
    expected: float
    p: float
    seconds: float = float("nan")


@dataclass(frozen=True, slots=True)
class StraightVoter:
    """Somebody whose votes do not depend on the statements: `pattern` is "agree", "disagree" or "pass" (the same vote
    `n_votes` times) or "alternating"; `p` is its chance given how others voted on the same statements, corrected for
    everybody tested.
    """

    participant: Any
    pattern: str
    n_votes: int
    p: float


@dataclass(frozen=True, slots=True)
class Conduct:
    """Voting that looks strategic, see `lockstep.notice`: marked, never removed.

    `k_without` and `agreement` tell what the groups would be without the marked: their number, and the adjusted Rand
    index with the groups as they are, over everybody not marked (NaN when nobody is marked).
    """

    lockstep: tuple[LockstepCluster, ...] = ()
    straight: tuple[StraightVoter, ...] = ()
    k_without: int | None = None
    agreement: float = float("nan")


@dataclass(frozen=True, slots=True)
class GroupResult:
    """The result of `groups.find_groups`.

    k: number of groups (0 when nobody could be placed, 1 when no division is worth telling).
    silhouettes: {k tried: silhouette}.
    stability: mean ARI between groupings of two halves of the people, each from its own axes; NaN when it could not be
        measured.
    participants: every participant id.
    placements: float array (n, 2), NaN rows for people with no vote.
    assignment: int array (n,), group number or LEFT_OVER.
    groups: largest first.
    common_ground: most shared statements first.
    divisive: most divisive statements first.
    statements: all that have votes and are not moderated out.
    thin: ids of people with too few votes to be given a group.
    variance: share of the variance each of the two axes explains.
    notes: stable codes "too_few", "no_division", "low_stability", "many_uncertain" (more than a third of those placed
        are less than 80 % sure of their group).
    counts: what speaks for each number of groups, see `GroupCount`.
    confidence: float array (n,), a lower bound of the chance that the group would be the same had the person met other
        statements of the conversation; NaN without a group.
    thin_evidence: why each of `thin` has no group, in that order.
    minority: what minorities hold, the surest first.
    conduct: voting that looks strategic, or None when it was not looked for.
    pulls: (mean vote, x, y) of each statement the map shows, for `placement.place_one`.
    """

    k: int
    silhouettes: Mapping[int, float]
    stability: float
    participants: tuple[Any, ...]
    placements: np.ndarray
    assignment: np.ndarray
    groups: tuple[Group, ...]
    common_ground: tuple[StatementSummary, ...]
    divisive: tuple[StatementSummary, ...]
    statements: tuple[StatementSummary, ...]
    thin: tuple[Any, ...]
    variance: tuple[float, float] = (0.0, 0.0)
    notes: tuple[str, ...] = ()
    counts: tuple[GroupCount, ...] = ()
    confidence: np.ndarray = field(default_factory=lambda: np.zeros(0))
    thin_evidence: tuple[ThinParticipant, ...] = ()
    minority: tuple[MinorityView, ...] = ()
    conduct: Conduct | None = None
    pulls: Mapping[Any, tuple[float, float, float]] = field(default_factory=dict)


def author_keys(texts: Sequence[Text]) -> list[str]:
    """One key per text for counting people: the author, or the text's own position when the author is unknown."""
    return [f"a:{text.author}" if text.author else f"i:{index}" for index, text in enumerate(texts)]
