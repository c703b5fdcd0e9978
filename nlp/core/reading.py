"""How to read a result, in words: every sentence comes from the run's own figures and is said only where it is true.

Written in Traditional Chinese and English, for people who know the matter and not the method.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nlp.core import quality
from nlp.core.records import LEFT_OVER, GroupResult, Text, Topic, TopicResult

LANGUAGES = ("zh-Hant", "en")
FEW_PEOPLE, SOME_PEOPLE = 30, 400
LOUD = 0.2
"""Share of all posts by one person from which on it is said."""
STEADY, SHAKY = 0.8, 0.5
"""Stability (adjusted Rand index of subsamples): above the first topics hold, below the second they do not."""
NAMES = {
    "zh-Hant": ("正體中文", "Traditional Chinese"),
    "zh-Hans": ("簡體中文", "Simplified Chinese"),
    "zh": ("中文", "Chinese"),
    "en": ("英文", "English"),
    "ja": ("日文", "Japanese"),
    "vi": ("越南文", "Vietnamese"),
    "id": ("印尼文", "Indonesian"),
    "th": ("泰文", "Thai"),
    "other": ("其他語言", "other languages"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where n opinions come from: posts per source, posts without a known author, posts of the most active person."""

    sources: Mapping[str, int] = field(default_factory=dict)
    unnamed: int = 0
    loudest: int = 0

    @classmethod
    def of(cls, texts: Sequence[Text]) -> Origin:
        """Counted from the opinions themselves."""
        authors = Counter(one.author for one in texts if one.author)
        return cls(
            Counter(one.source for one in texts if one.source),
            sum(not one.author for one in texts),
            max(authors.values(), default=0),
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the quality card: a stable code, the figure, and name, figure and meaning per language."""

    code: str
    value: float
    name: Mapping[str, str]
    shown: str
    meaning: Mapping[str, str]


class _Said:
    """Pairs of sentences, Chinese and English."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def add(self, chinese: str, english: str) -> None:
        self.pairs.append((chinese, english))

    def by_language(self) -> dict[str, tuple[str, ...]]:
        return {language: tuple(pair[i] for pair in self.pairs) for i, language in enumerate(LANGUAGES)}


def how_to_read(
    result: TopicResult, *, origin: Origin | None = None, groups: GroupResult | None = None
) -> dict[str, tuple[str, ...]]:
    """Sentences per language ("zh-Hant", "en") on what this result is and is not, most important first.

    What `origin` does not tell is not spoken of. One sentence only, where there are no opinions.
    """
    said = _Said()
    if not result.counts.get("posts"):
        said.add("還沒有意見，所以還沒有結果。", "There are no opinions yet, so there is nothing to read.")
        return said.by_language()
    _who_spoke(said, result, origin or Origin())
    _what_was_read(said, result)
    _what_topics_mean(said, result)
    _what_tone_means(said, result)
    _what_edits_mean(said, result)
    if groups is not None:
        _what_groups_mean(said, groups)
    return said.by_language()


def headline(result: TopicResult) -> dict[str, tuple[str, ...]]:
    """Up to three sentences with a number each: who spoke, what most speak of, how it sounds; none without opinions."""
    said = _Said()
    posts, people = result.counts.get("posts", 0), result.counts.get("people", 0)
    if not posts:
        return said.by_language()
    said.add(f"{people:,} 人說了 {posts:,} 則意見。", f"{_people(people)} shared {_posts(posts)}.")
    if result.topics and "one_topic" not in result.notes:
        # By people, not by posts: one person with thirty posts is one person.
        first, count = max(result.topics, key=lambda topic: topic.size_people), len(result.topics)
        share = percent(first.share)
        said.add(
            f"意見可分為 {count} 個主題；最多人談「{first.label}」：{first.size_people:,} 人，{share} 的意見。",
            f"They fall into {count} topics; most people speak of “{first.label}”: {_people(first.size_people)}, "
            f"{share} of the opinions.",
        )
    elif result.topics:
        said.add(
            f"{result.topics[0].size_posts:,} 則可讀的意見放在一起看，沒有硬分主題。",
            f"The {_posts(result.topics[0].size_posts)} that could be read are kept together rather than forced apart.",
        )
    worst = _clearest(result.topics, -1)
    best = _clearest(result.topics, 1)
    if worst is not None and worst.sentiment is not None:
        said.add(
            f"「{worst.label}」語氣最低：平均 {signed(worst.sentiment.mean)}"
            f"（{_span(worst)}；−1 全是不滿，+1 全是肯定）。",
            f"“{worst.label}” sounds most critical: {signed(worst.sentiment.mean)} on average "
            f"({_span(worst)}; −1 is all criticism, +1 all praise).",
        )
    elif best is not None and best.sentiment is not None:
        said.add(
            f"「{best.label}」語氣最好：平均 {signed(best.sentiment.mean)}"
            f"（{_span(best)}；−1 全是不滿，+1 全是肯定）。",
            f"“{best.label}” sounds most favourable: {signed(best.sentiment.mean)} on average "
            f"({_span(best)}; −1 is all criticism, +1 all praise).",
        )
    return said.by_language()


def quality_card(result: TopicResult) -> tuple[Measure, ...]:
    """The figures that say how good this division into topics is, each with its meaning; those that were not measured
    are left out.
    """
    found: list[Measure] = []

    def add(code: str, value: float, shown: str, names: tuple[str, str], meaning: tuple[str, str]) -> None:
        if not np.isnan(value):
            words = dict(zip(LANGUAGES, meaning, strict=True))
            found.append(Measure(code, value, dict(zip(LANGUAGES, names, strict=True)), shown, words))

    figures = result.quality
    if result.topics:
        value = figures.get("coherence", float("nan"))
        add("coherence", value, f"{value:.2f}", ("內部相近", "Coherence"), (
            "一則意見與自己主題中心的平均相似度，1 是完全相同。",
            "How near opinions are to the middle of their own topic on average; 1 would be the same words.",
        ))  # fmt: skip
    if len(result.topics) > 1:
        value = figures.get("separation", float("nan"))
        add("separation", value, f"{value:.2f}", ("彼此分開", "Separation"), (
            "比起最近的另一個主題，意見離自己的主題近多少；接近 0 表示主題重疊。",
            "How much nearer they are to it than to the nearest other topic; near 0 topics overlap.",
        ))  # fmt: skip
        value = low_confidence(result)
        add("low_confidence", value, percent(value), ("放得勉強", "Placed with doubt"), (
            "這些意見離另一個主題一樣近，也可以放在那裡。",
            "These opinions are as near to another topic and could stand there as well.",
        ))  # fmt: skip
        value = figures.get("stability", float("nan"))
        add("stability", value, f"{value:.2f}", ("穩定", "Stability"), _stability_words(value))
        value = figures.get("seed_stability", float("nan"))
        add("seed_stability", value, f"{value:.2f}", ("重跑一致", "Over seeds"), (
            "換一個隨機起點重跑，主題有多一致；1 是完全相同。",
            "How alike the topics are when drawn again from another random start; 1 would be the same.",
        ))  # fmt: skip
    value = figures.get("left_over", float("nan"))
    add("left_over", value, percent(value), ("不屬任何主題", "Left over"), (
        "與所有主題都不夠相近的意見，仍可逐則閱讀。",
        "Opinions that are near to no topic; they can still be read one by one.",
    ))  # fmt: skip
    told = [one.agreement for one in result.edits if one.applied and not np.isnan(one.agreement)]
    if told:
        value = float(np.mean(told))
        add("human_agreement", value, percent(value), ("與人工整理一致", "Agreement with human edits"), (
            f"{len(told)} 項人工整理中，程式自己就這樣分的比例。",
            f"How much of {len(told)} human edits the program had found by itself.",
        ))  # fmt: skip
    return tuple(found)


def low_confidence(result: TopicResult) -> float:
    """Share of the opinions within topics that are at least as near to another topic's centroid; NaN where there are
    fewer than two topics or no vectors.
    """
    if len(result.topics) < 2 or not len(result.vectors):
        return float("nan")
    if "low_confidence" in result.quality:
        return float(result.quality["low_confidence"])
    row_of = {topic.number: row for row, topic in enumerate(result.topics)}
    labels = np.array([row_of.get(number, LEFT_OVER) for number in result.assignments.tolist()], dtype=np.int64)
    centroids = np.stack([topic.centroid for topic in result.topics])
    shapes = quality.silhouettes(result.vectors, labels, centroids)
    shapes = shapes[~np.isnan(shapes)]
    return float((shapes <= 0).mean()) if len(shapes) else float("nan")


def percent(share: float) -> str:
    """A share in whole per cent, never 0 % or 100 % for what is more or less than that; 「–」 for NaN."""
    if np.isnan(share):
        return "–"
    if 0 < share < 0.005:
        return "< 1 %"
    if 0.995 <= share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %"


def signed(value: float) -> str:
    """A figure with its sign and two digits; exactly 0.00 has none."""
    shown = f"{value:+.2f}".replace("-", "−")
    return "0.00" if shown in ("+0.00", "−0.00") else shown


def _who_spoke(said: _Said, result: TopicResult, origin: Origin) -> None:
    posts, people = result.counts["posts"], result.counts.get("people", 0)
    said.add(
        f"這是 {people:,} 人的 {posts:,} 則意見，不是民意調查。"
        "說話的人是自己願意來的，比例只說明這些人，不能推到所有人。",
        f"These are {_posts(posts)} by {_people(people)}, not a poll. Those who spoke chose to; "
        "shares describe them and cannot be carried over to everybody.",
    )
    if people < FEW_PEOPLE:
        said.add(
            f"只有 {people} 人，一兩個人就會改變比例：請讀他們的話，不要只看百分比。",
            f"With {_people(people)}, one or two change every share: read the words rather than the percentages.",
        )
    elif people < SOME_PEOPLE:
        margin = round(100 * 1.96 * 0.5 / people**0.5)
        said.add(
            f"就算這 {people} 人是抽籤選出的，一半左右的比例也有 ± {margin} 個百分點的誤差；小的差別不必當真。",
            f"Even if these {people} people had been drawn by lot, a share near one half would be uncertain by "
            f"± {margin} points; small differences mean little.",
        )
    known = {name: count for name, count in origin.sources.items() if count}
    if len(known) == 1 and sum(known.values()) == posts:
        name = next(iter(known))
        said.add(f"意見全部來自同一個管道：{name}。", f"All of them come through one channel: {name}.")
    elif known:
        parts = sorted(known.items(), key=lambda pair: (-pair[1], pair[0]))
        rest = posts - sum(known.values())
        zh = "、".join(f"{name} {count:,} 則（{percent(count / posts)}）" for name, count in parts)
        en = ", ".join(f"{name} {count:,} ({percent(count / posts)})" for name, count in parts)
        said.add(
            f"來源：{zh}{f'；{rest:,} 則來源不明' if rest > 0 else ''}。"
            "各管道的人不同，合起來的比例取決於哪個管道話多。",
            f"Sources: {en}{f'; {rest:,} of unknown source' if rest > 0 else ''}. Each channel has its own people, so "
            "shares over all depend on which channel is busiest.",
        )
    if origin.unnamed:
        said.add(
            f"{origin.unnamed:,} 則沒有作者資料，每則算一個人，實際人數可能較少。",
            f"{_posts(origin.unnamed)} without a known author count as one person each; there may be fewer people.",
        )
    if origin.loudest > 1 and origin.loudest >= LOUD * posts:
        said.add(
            f"有一個人說了 {origin.loudest:,} 則（{percent(origin.loudest / posts)}）：請看人數，不要只看則數。",
            f"One person wrote {origin.loudest:,} of them ({percent(origin.loudest / posts)}): "
            "count people, not posts.",
        )


def _what_was_read(said: _Said, result: TopicResult) -> None:
    counts = Counter(language for language in result.languages if language)
    if len(counts) > 1:
        parts = [(NAMES.get(code, (code, code)), count) for code, count in sorted(counts.items(), key=_by_count)]
        zh = "、".join(f"{names[0]} {count:,} 則" for names, count in parts)
        en = ", ".join(f"{names[1]} {count:,}" for names, count in parts)
        said.add(
            f"語言：{zh}。不同語言放在一起比較意思，較少人用的語言可能讀得較不準。",
            f"Languages: {en}. They are compared by meaning; the less used ones may be read less well.",
        )
    repeated = result.counts.get("duplicates", 0)
    if repeated:
        said.add(
            f"{repeated:,} 則和別則相同或幾乎相同：分主題時只看一次，則數和人數都照算。",
            f"{_posts(repeated)} repeat others (nearly) word for word: topics are made from one copy, posts and people "
            "are all counted.",
        )
    failed = result.counts.get("errors", 0)
    if failed:
        said.add(
            f"{failed:,} 則沒有可以分析的文字，沒有放進主題。",
            f"{_posts(failed)} held nothing that could be analysed and are in no topic.",
        )


def _what_topics_mean(said: _Said, result: TopicResult) -> None:
    if "one_topic" in result.notes:
        said.add(
            "意見太少或太相近，分開只會是假的，所以全部放在一起。",
            "There are too few opinions, or they are too alike, to part them honestly, so they stay together.",
        )
        return
    if len(result.topics) > 1:
        said.add(
            f"{len(result.topics)} 個主題是程式依意思相近分出來的，每則意見只放在一個主題。",
            f"The {len(result.topics)} topics were parted by likeness of meaning; each opinion stands in one only.",
        )
    left = result.quality.get("left_over", 0.0)
    if left > 0:
        said.add(
            f"{percent(left)} 的意見不屬於任何主題；少見不代表不重要，請另外閱讀。",
            f"{percent(left)} of the opinions fit no topic; rare does not mean unimportant, so read them too.",
        )
    doubtful = low_confidence(result)
    if doubtful > 0:
        said.add(
            f"{percent(doubtful)} 的意見離另一個主題一樣近，主題的邊界不是一條線。",
            f"{percent(doubtful)} of the opinions are as near to another topic: borders between topics are not lines.",
        )
    stability = result.quality.get("stability", float("nan"))
    if len(result.topics) > 1 and not np.isnan(stability):
        chinese, english = _stability_words(stability)
        said.add(f"穩定度 {stability:.2f}：{chinese}", f"Stability {stability:.2f}: {english[:1].lower()}{english[1:]}")


def _stability_words(value: float) -> tuple[str, str]:
    if value >= STEADY:
        return (
            "只憑模型讀到的一半線索重分，主題大致相同。",
            "Parted again by half of what the model knows of each opinion, the topics come out much the same.",
        )
    if value >= SHAKY:
        return (
            "只憑模型讀到的一半線索重分，主要的主題還在，邊界會移動。",
            "Parted again by half of what the model knows of each opinion, the main topics remain, their borders move.",
        )
    return (
        "只憑模型讀到的一半線索重分，主題會很不一樣：當作閱讀的入口，不要當作結論。",
        "Parted again by half of what the model knows of each opinion, the topics come out differently: use them as a "
        "way into reading, not as a finding.",
    )


def _what_tone_means(said: _Said, result: TopicResult) -> None:
    if result.sentiments is None:
        if result.topics:
            said.add("這次沒有判讀語氣。", "Tone was not read in this run.")
        return
    told = [topic for topic in result.topics if topic.sentiment is not None]
    if not told:
        return
    said.add(
        "語氣由模型判讀，遇到反話、客氣話和問句會看錯；請看一個主題的平均，不要看單獨一則。",
        "Tone is read by a model that irony, politeness and questions mislead; look at a topic's average, not at a "
        "single post.",
    )
    open_ones = sum(_is_open(topic) for topic in told)
    if open_ones:
        said.add(
            f"{len(told)} 個主題中有 {open_ones} 個的語氣區間跨過 0：這些主題說不上偏向哪一邊。",
            f"In {open_ones} of {len(told)} topics the interval of the tone includes 0: there one cannot say which way "
            "people lean.",
        )


def _what_edits_mean(said: _Said, result: TopicResult) -> None:
    if not result.edits:
        return
    applied = sum(one.applied for one in result.edits)
    lost = len(result.edits) - applied
    said.add(
        f"有 {applied} 項人工整理保留在結果中{f'；{lost} 項因為找不到原來的意見而沒有套用' if lost else ''}。",
        f"{applied} human edit{'s are' if applied != 1 else ' is'} kept in this result"
        f"{f'; {lost} could not be applied because the opinions meant are gone' if lost else ''}.",
    )


def _what_groups_mean(said: _Said, groups: GroupResult) -> None:
    people, thin = len(groups.participants), len(groups.thin)
    if groups.k >= 2:
        sizes = "、".join(f"{one.size:,}" for one in groups.groups)
        said.add(
            f"{people:,} 位投票的人依投票相近分成 {groups.k} 群（{sizes} 人）；群不是黨派，也不是身分。",
            f"The {people:,} people who voted form {groups.k} groups by how alike they voted "
            f"({sizes.replace('、', ', ')}); a group is neither a party nor an identity.",
        )
    elif groups.k == 1:
        said.add(
            f"{people:,} 位投票的人沒有明顯分成不同的群。",
            f"The {people:,} people who voted do not fall into clear groups.",
        )
    else:
        said.add(
            f"{people:,} 位投票的人，票數還不足以分群。", f"The votes of {people:,} people are too few to form groups."
        )
    if thin:
        said.add(
            f"{thin:,} 人投的票太少，沒有放進任何一群，但他們的票都計入各題。",
            f"{thin:,} people cast too few votes to be given a group; their votes still count for every statement.",
        )
    if groups.k >= 2 and not np.isnan(groups.stability):
        chinese, english = _stability_words(groups.stability)
        said.add(
            f"分群的穩定度 {groups.stability:.2f}：{chinese.replace('意見', '人').replace('主題', '群')}",
            f"Stability of the groups {groups.stability:.2f}: "
            f"{(english[:1].lower() + english[1:]).replace('opinions', 'people').replace('topics', 'groups')}",
        )


def _clearest(topics: Sequence[Topic], side: int) -> Topic | None:
    """The topic with the tone furthest to one side, among those of which it is clear that it leans there at all."""
    clear = [one for one in topics if one.sentiment is not None and not _is_open(one) and one.sentiment.mean * side > 0]
    return max(clear, key=lambda one: (abs(one.sentiment.mean) if one.sentiment else 0.0, -one.number), default=None)


def _is_open(topic: Topic) -> bool:
    return topic.sentiment is not None and topic.sentiment.interval.low <= 0 <= topic.sentiment.interval.high


def _span(topic: Topic) -> str:
    if topic.sentiment is None:
        return ""
    return f"{signed(topic.sentiment.interval.low)} … {signed(topic.sentiment.interval.high)}"


def _by_count(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _posts(count: int) -> str:
    return "1 opinion" if count == 1 else f"{count:,} opinions"
