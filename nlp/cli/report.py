"""report.html: a result to read, on paper or on a phone, by people who did not make it.

One file without scripts and without a single request to anywhere. Figures stand beside every drawing, quotes are masked
and say which language they are in. The same result gives the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nlp.cli import writing
from nlp.cli.markup import Html, element, escaped, joined
from nlp.cli.report_words import WORDS
from nlp.core import coverage, labels, masking, reading
from nlp.core.records import LEFT_OVER, Text, Topic, TopicResult, author_keys

STYLE = Path(__file__).with_name("report.css")
QUOTE = 400
"""Characters of a quote that are shown."""
DOTS = 2400
"""Opinions drawn on the map."""
LISTED = 20
"""Rows or opinions that could not be read, listed one by one."""
SIDE, MARGIN = 640, 36
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
BETTER, WORSE = 75.0, 25.0
"""Percentiles among blind picks from which on quotes are called better, and up to which worse."""


def write(
    path: Path, texts: Sequence[Text], result: TopicResult, run: Mapping[str, Any], *, lang: str | None = None
) -> None:
    """Write the report of a run to `path`, whole or not at all.

    `texts` are those that were analysed, in their order; `run` is the record of run.json ("encoder", "seed", "config",
    "versions", "skipped_rows" are told; timings are not, so that the file is the same every time). `lang` is "zh-Hant"
    or "en"; None takes Chinese when most opinions are Chinese.
    """
    with writing.replacing(path) as stream:
        stream.write(render(texts, result, run, lang=lang))


def render(texts: Sequence[Text], result: TopicResult, run: Mapping[str, Any], *, lang: str | None = None) -> str:
    """The page as text. Raises KeyError for a `lang` the report does not speak."""
    page = _Page(texts, result, run, lang or language_of(result))
    sections = [
        page.section("in_short", page.in_short()),
        page.section("ranked", page.ranked()),
        page.section("each", page.each()),
        page.section("map", page.map()),
        page.section("coverage", page.coverage()),
        page.section("how_to_read", page.how_to_read()),
        page.section("quality", page.quality()),
        page.section("set_aside", page.set_aside()),
        page.section("made", page.made()),
    ]
    shown = [(name, body) for name, body in sections if body]
    links = [element("li", element("a", page.words[name], href=f"#{name}")) for name, _ in shown]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("title", page.title()),
        element("style", Html(STYLE.read_text(encoding="utf-8"))),
    )
    body = element(
        "body",
        element(
            "header",
            element("p", page.words["product"], " · ", page.words["kind"], class_="eyebrow"),
            element("h1", page.title()),
            page.counts(),
            element("nav", element("ul", *links), aria_label=page.words["contents"]),
        ),
        element("main", *(body for _, body in shown)),
        element("footer", element("p", page.words["masked"], class_="muted")),
    )
    return f"<!doctype html>\n{element('html', head, body, lang=page.lang)}\n"


def language_of(result: TopicResult) -> str:
    """ "zh-Hant" when most of the opinions whose language is known are Chinese, otherwise "en"."""
    known = Counter(language for language in result.languages if language)
    chinese = sum(count for language, count in known.items() if language.startswith("zh"))
    return "zh-Hant" if 2 * chinese > sum(known.values()) else "en"


@dataclass
class _Page:
    texts: Sequence[Text]
    result: TopicResult
    run: Mapping[str, Any]
    lang: str

    @cached_property
    def words(self) -> Mapping[str, str]:
        return WORDS[self.lang]

    @cached_property
    def at(self) -> dict[str | int, int]:
        """Position of each opinion by its id."""
        return {one.id: i for i, one in enumerate(self.texts)}

    @cached_property
    def rank(self) -> dict[int, int]:
        """What a topic is called on the page: 1 is the largest."""
        return {topic.number: place for place, topic in enumerate(self.result.topics, start=1)}

    def said(self, name: str, **figures: object) -> str:
        return self.words[name].format(**figures)

    def section(self, name: str, content: Html) -> tuple[str, Html]:
        return name, element("section", element("h2", self.words[name]), content, id=name) if content else Html()

    def title(self) -> str:
        people = self.result.counts.get("people", 0)
        if not people:
            return self.words["title_none"]
        if people == 1 and "title_one" in self.words:
            return self.words["title_one"]
        return self.said("title", people=f"{people:,}")

    def counts(self) -> Html:
        figures = (("people", "people"), ("posts", "posts"), ("topics", "topics"))
        items = [
            element("li", element("b", f"{self.result.counts.get(name, 0):,}"), self.words[word])
            for name, word in figures
        ]
        return element("ul", *items, class_="counts")

    def in_short(self) -> Html:
        sentences = reading.headline(self.result)[self.lang]
        return element("ol", *(element("li", one) for one in sentences), class_="said") if sentences else Html()

    def ranked(self) -> Html:
        if not self.result.topics:
            return Html()
        most = max(topic.share for topic in self.result.topics)
        rows = [self._ranked_row(topic, most) for topic in self.result.topics]
        left = self.result.counts.get("left_over", 0)
        if left:
            share = left / max(self.result.counts.get("analysed", left), 1)
            people = len({author_keys(self.texts)[i] for i in self._left_over()})
            rows.append(self._row(element("th", self.words["left_over"], scope="row"), people, left, share, None))
        names = ("topic", "people_column", "posts_column", "share", "tone")
        head = [element("th", self.words[name], scope="col", class_="number" if i else None)
                for i, name in enumerate(names)]  # fmt: skip
        table = element("table", element("thead", element("tr", *head)), element("tbody", *rows), class_="ranked")
        return joined([element("p", self.words["ranked_note"], class_="muted"), table])

    def _left_over(self) -> list[int]:
        unread = {error.index for error in self.result.errors}
        return [i for i in np.flatnonzero(self.result.assignments == LEFT_OVER).tolist() if i not in unread]

    def _ranked_row(self, topic: Topic, most: float) -> Html:
        bar = element("span", element("i", style=f"width:{100 * topic.share / max(most, 1e-9):.1f}%"), class_="bar")
        link = element("a", topic.label, href=f"#topic-{topic.number}")
        name = element("th", self._badge(topic), link, bar, scope="row")
        return self._row(name, topic.size_people, topic.size_posts, topic.share, topic)

    def _row(self, name: Html, people: int, posts: int, share: float, topic: Topic | None) -> Html:
        feeling = topic.sentiment if topic else None
        tone = f"{reading.signed(feeling.mean)} ({self._span(feeling)})" if feeling else "–"
        cells = (("people_column", f"{people:,}"), ("posts_column", f"{posts:,}"),
                 ("share", reading.percent(share)), ("tone", tone))  # fmt: skip
        return element("tr", name, *(self._number(value, name) for name, value in cells))

    def _number(self, value: object, name: str | None = None) -> Html:
        return element("td", value, class_="number", data_name=self.words[name] if name else None)

    def _badge(self, topic: Topic) -> Html:
        return element("span", self.rank[topic.number], class_="badge")

    def _span(self, feeling: Any) -> str:
        return f"{reading.signed(feeling.interval.low)} … {reading.signed(feeling.interval.high)}"

    def each(self) -> Html:
        return joined(self._topic(topic) for topic in self.result.topics)

    def _topic(self, topic: Topic) -> Html:
        size = self.said(
            "size",
            people=f"{topic.size_people:,}",
            posts=f"{topic.size_posts:,}",
            share=reading.percent(topic.share),
        )
        keywords = [element("li", word) for word in topic.keywords]
        others = [identity for identity in topic.dissenting if identity in self.at]
        quotes = [identity for identity in topic.quotes if identity not in others] or list(topic.quotes)
        voices: list[object] = [
            element("h3", self._badge(topic), topic.label),
            element("p", size, class_="muted"),
            element("ul", *keywords, class_="words", aria_label=self.words["keywords"]) if keywords else Html(),
            self._tone(topic),
            element("h4", self.words["quotes"]),
            *(self._quote(identity, topic) for identity in quotes),
        ]
        if topic.sentiment is not None:
            voices.append(element("h4", self.words["dissenting"]))
            voices += [self._quote(identity, topic, other=True) for identity in others] or [
                element("p", self.words["no_dissent"], class_="muted")
            ]
        parts = self._parts(topic)
        return element("article", element("div", *voices), parts, class_="topic", id=f"topic-{topic.number}")

    def _tone(self, topic: Topic) -> Html:
        feeling = topic.sentiment
        if feeling is None:
            return element("p", self.words["tone"], ": ", self.words["tone_none"], class_="muted")
        low, high = feeling.interval.low, feeling.interval.high
        verdict = "tone_open" if low <= 0 <= high else "tone_up" if feeling.mean > 0 else "tone_down"
        interval = self.said("interval", low=reading.signed(low), high=reading.signed(high))
        sides = [(side, getattr(feeling, side)) for side in ("negative", "mixed", "neutral", "positive")]
        shown = [(side, count) for side, count in sides if count]
        told = " · ".join(f"{self.words[side]} {count:,}" for side, count in shown)
        split = element("span", *(element("i", class_=side, style=f"flex:{count}") for side, count in shown),
                        class_="split", aria_hidden="true")  # fmt: skip
        figures = element("span", element("b", reading.signed(feeling.mean)), f" {self.words[verdict]}, {interval}"
                          if self.lang == "en" else f" {self.words[verdict]}（{interval}）")  # fmt: skip
        line = element("p", f"{self.words['tone']} ", _scale(feeling.mean, low, high), figures, class_="tone")
        return joined([line, split, element("p", told, f" ({self.words['counted']})" if self.lang == "en" else
                                            f"（{self.words['counted']}）", class_="muted")])  # fmt: skip

    def _quote(self, identity: str | int, topic: Topic, *, other: bool = False) -> Html:
        """An opinion in its own words, masked; of a long one the sentence that speaks of the topic."""
        if identity not in self.at:
            return Html()
        place = self.at[identity]
        words = masking.mask(self.texts[place].text.strip())
        shown = words if len(words) <= QUOTE else labels.sentence(words, topic.keywords, limit=QUOTE)
        code = self.result.languages[place]
        return element(
            "blockquote", shown, lang="" if code == "other" else code, dir="auto", class_="other" if other else None
        )

    def _parts(self, topic: Topic) -> Html:
        parts = [part for part in self.result.subtopics if part.parent == topic.number]
        if not parts:
            return Html()
        rows = [(part.label, part.size_people, part.size_posts, reading.percent(part.share)) for part in parts]
        return self._table(("parts", "people_column", "posts_column", "share"), rows)

    def _table(self, names: Sequence[str], rows: Sequence[Sequence[object]], *, numbers: bool = True) -> Html:
        """A table whose first column names the row; the others are numbers."""
        kind, form = ("number", "narrow") if numbers else (None, "narrow told")
        head = [element("th", self.words[name], scope="col", class_=kind if i else None)
                for i, name in enumerate(names)]  # fmt: skip
        body = [
            element(
                "tr",
                element("th", row[0], scope="row"),
                *(
                    element("td", one, class_=kind, data_name=self.words[name])
                    for name, one in zip(names[1:], row[1:], strict=True)
                ),
            )
            for row in rows
        ]
        table = element("table", element("thead", element("tr", *head)), element("tbody", *body), class_=form)
        return element("div", table, class_="scroll")

    def map(self) -> Html:
        places = self.result.places
        if places is None or len(self.result.topics) < 2 or not np.isfinite(places).any():
            return Html()
        drawn = _sampled(self.result)
        svg = _drawing(self.result, self.rank, drawn, self.words["map_label"])
        known = int(np.isfinite(places).all(axis=1).sum())
        note = self.words["map_note"]
        if len(drawn) < known:
            note += (" " if self.lang == "en" else "") + self.said(
                "map_sampled", shown=f"{len(drawn):,}", all=f"{known:,}"
            )
        centroids = np.stack([topic.centroid for topic in self.result.topics])
        cosines = np.round(centroids @ centroids.T, 6)
        np.fill_diagonal(cosines, -np.inf)
        rows = [
            (joined([self._badge(topic), topic.label]), f"{topic.size_posts:,}",
             self._badge(self.result.topics[int(cosines[row].argmax())]))
            for row, topic in enumerate(self.result.topics)
        ]  # fmt: skip
        table = self._table(("topic", "posts_column", "nearest"), rows)
        return element("div", element("figure", svg, element("figcaption", note)), table, class_="map")

    def coverage(self) -> Html:
        shown = dict.fromkeys(
            identity for topic in self.result.topics for identity in (*topic.quotes, *topic.dissenting)
        )
        chosen = [self.at[identity] for identity in shown if identity in self.at]
        if not chosen or len(self.result.topics) < 2 or len(self.result.vectors) != len(self.texts):
            return Html()
        seed = int(self.run.get("seed", 0))
        people = author_keys(self.texts)
        found = coverage.audit(self.result.vectors, chosen, topics=self.result.assignments, people=people, seed=seed)
        level = found.people.percentile
        verdict = "better" if level >= BETTER else "worse" if level <= WORSE else "same"
        said = self.said("coverage_said", count=f"{len(chosen):,}", people=reading.percent(found.people.value),
                         random=reading.percent(found.people.random))  # fmt: skip
        gap = " " if self.lang == "en" else ""
        rows = [
            (self.words[word], show(figure.value),
             f"{show(figure.random)} ({show(figure.interval.low)} – {show(figure.interval.high)})")
            for word, figure, show in _covered(found)
        ]  # fmt: skip
        note = self.said("coverage_note", threshold=f"{found.threshold:.2f}")
        parts = [element("p", said, gap, self.words[verdict]),
                 self._table(("figure", "shown_quotes", "random_picks"), rows),
                 element("p", note, class_="muted"), self._left_out(found)]  # fmt: skip
        return joined(parts)

    def _left_out(self, found: coverage.Coverage) -> Html:
        topics = {topic.number: topic for topic in self.result.topics}
        missed = [part for part in found.by_topic if part.people > part.represented and part.number in topics]
        if not missed:
            return Html()
        rows = []
        for part in missed:
            topic = topics[part.number]
            example = self._quote(self.texts[part.typical[0]].id, topic) if part.typical else ""
            left = f"{part.people - part.represented:,} / {part.people:,}"
            rows.append((joined([self._badge(topic), topic.label]), left, example))
        return joined([element("h3", self.words["left_out"]),
                       self._table(("topic", "left_out_column", "left_out_say"), rows, numbers=False)])  # fmt: skip

    def how_to_read(self) -> Html:
        sentences = reading.how_to_read(self.result, origin=reading.Origin.of(self.texts))[self.lang]
        return joined(element("p", one) for one in sentences)

    def quality(self) -> Html:
        card = reading.quality_card(self.result)
        rows = [(one.name[self.lang], one.shown, one.meaning[self.lang]) for one in card]
        return self._table(("measure", "value", "meaning"), rows, numbers=False) if rows else Html()

    def set_aside(self) -> Html:
        skipped = list(self.run.get("skipped_rows", ()))
        skipped_count = int(self.run.get("counts", {}).get("rows_skipped", len(skipped)))
        rows: list[tuple[object, object]] = [
            (self.words["duplicates"], f"{self.result.counts.get('duplicates', 0):,}"),
            (self.words["errors"], f"{len(self.result.errors):,}"),
            (self.words["rows_skipped"], f"{skipped_count:,}"),
        ]
        for name, values in (("languages", self.result.languages), ("sources", [one.source for one in self.texts])):
            counts = Counter(values)
            if set(counts) - {""}:
                order = sorted(counts.items(), key=lambda pair: (pair[0] == "", -pair[1], pair[0]))
                told = ", ".join(f"{self._name(name, value)} {count:,}" for value, count in order)
                rows.append((self.words[name], told))
        listed = [self.said("row", row=one["row"], reason=one["reason"]) for one in skipped[:LISTED]]
        for error in self.result.errors[:LISTED]:
            message = self.words.get(f"error_{error.code}", error.message)
            listed.append(self.said("opinion_error", id=error.id, message=message))
        more = skipped_count + len(self.result.errors) - len(listed)
        if more > 0 and listed:
            listed.append(self.said("and_more", count=f"{more:,}"))
        items = element("ul", *(element("li", one) for one in listed), class_="plain muted") if listed else Html()
        return joined([_pairs(rows), items])

    def _name(self, kind: str, value: str) -> str:
        if not value:
            return self.words["unknown"]
        names = reading.NAMES.get(value, (value, value)) if kind == "languages" else (value, value)
        return names[reading.LANGUAGES.index(self.lang)]

    def made(self) -> Html:
        versions = ", ".join(f"{name} {value}" for name, value in sorted(self.run.get("versions", {}).items()))
        config = ", ".join(f"{name} = {value}" for name, value in sorted(self.run.get("config", {}).items()))
        rows = [
            (self.words["encoder"], self.result.encoder or "–"),
            (self.words["fingerprint"], element("code", self.result.fingerprint or "–")),
            (self.words["seed"], self.run.get("seed", "–")),
            (self.words["settings"], element("code", config or "–")),
            (self.words["versions"], element("code", versions or "–")),
        ]
        return joined([element("p", self.words["made_note"]), _pairs(rows)])


def _pairs(rows: Sequence[tuple[object, object]]) -> Html:
    """A table of names and values."""
    return element(
        "table",
        element(
            "tbody", *(element("tr", element("th", name, scope="row"), element("td", value)) for name, value in rows)
        ),
        class_="narrow",
    )


def _covered(found: coverage.Coverage) -> list[tuple[str, coverage.Figure, Callable[[float], str]]]:
    return [
        ("of_people", found.people, reading.percent),
        ("of_opinions", found.opinions, reading.percent),
        ("of_topics", found.topics, reading.percent),
        ("closeness", found.closeness, "{:.2f}".format),
    ]


def _scale(mean: float, low: float, high: float) -> Html:
    """The tone from -1 to 1 as a line with its interval; the figures stand beside it."""
    x = [f"{60 + 54 * value:.1f}" for value in (mean, low, high)]
    return element(
        "svg",
        element("path", d="M6 8H114M60 3V13", class_="axis"),
        element("path", d=f"M{x[1]} 8H{x[2]}", class_="range"),
        element("circle", cx=x[0], cy=8, r=5, class_="point"),
        viewBox="0 0 120 16",
        width=120,
        height=16,
        aria_hidden="true",
    )


def _sampled(result: TopicResult) -> np.ndarray:
    """The opinions that are drawn: all, or every so many of each topic from the most typical on."""
    assert result.places is not None
    known = np.flatnonzero(np.isfinite(result.places).all(axis=1))
    if len(known) <= DOTS:
        return known
    order = np.lexsort((known, -np.round(result.confidence[known], 6), result.assignments[known]))
    return np.sort(known[order[np.linspace(0, len(known) - 1, DOTS).astype(np.int64)]])


def _drawing(result: TopicResult, rank: Mapping[int, int], drawn: np.ndarray, title: str) -> Html:
    assert result.places is not None
    places = np.asarray(result.places, dtype=np.float64)
    low, high = np.nanmin(places, axis=0), np.nanmax(places, axis=0)
    scale = (SIDE - 2 * MARGIN) / max(float((high - low)[0]), float((high - low)[1]), 1e-9)
    size = (high - low) * scale + 2 * MARGIN
    spots = (places - low) * scale + MARGIN
    discs, numbers = [], []
    for topic in result.topics:
        members = spots[[i for i in topic.members if np.isfinite(spots[i]).all()]]
        if not len(members):
            continue
        middle = members.mean(axis=0)
        radius = float(np.quantile(np.linalg.norm(members - middle, axis=1), 0.95)) + 8
        discs.append(element("circle", cx=f"{middle[0]:.1f}", cy=f"{middle[1]:.1f}", r=f"{radius:.1f}", class_="disc"))
        numbers.append(element("text", rank[topic.number], x=f"{middle[0]:.1f}", y=f"{middle[1]:.1f}"))
    loose = result.assignments[drawn] == LEFT_OVER
    dots = [
        element("path", d="".join(f"M{x:.0f} {y:.0f}h0" for x, y in spots[some]), class_=name)
        for some, name in ((drawn[loose], "dots loose"), (drawn[~loose], "dots"))
        if len(some)
    ]
    return element(
        "svg",
        *discs,
        *dots,
        *numbers,
        viewBox=f"0 0 {size[0]:.0f} {size[1]:.0f}",
        width=f"{size[0]:.0f}",
        role="img",
        aria_label=escaped(title),
    )
