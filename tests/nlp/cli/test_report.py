import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from nlp.cli import report
from nlp.cli.markup import Html, element, escaped
from nlp.core import layout
from nlp.core.records import Interval, SentimentSummary, Text, TextError, Topic, TopicResult

SCRIPT = '</style><script>alert("x")</script><img src=https://evil.example/x onerror=alert(1)> & "quoted"'
VOID = {"meta", "br", "path", "circle"}


class Page(HTMLParser):
    """What a browser would make of it: elements, their attributes, and text by section."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.words, self.unbalanced = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def made(lines, sizes, labels=("公車、末班車", "學校、午餐"), **more):
    """A result of two topics over `lines`, the first `sizes[0]` of the one and the next `sizes[1]` of the other."""
    count = len(lines)
    assigned = np.array([1] * sizes[0] + [2] * sizes[1] + [-1] * (count - sum(sizes)))
    noise = 0.1 * np.random.default_rng(0).standard_normal((count, 4))
    vectors = (np.eye(4)[np.maximum(assigned, 0)] + noise).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    centroids = np.eye(4, dtype=np.float32)[[1, 2]]
    places = layout.place(vectors, np.where(assigned > 0, assigned - 1, -1), centroids)
    texts = [Text(f"c{i}", line, author=f"p{i}", source="留言") for i, line in enumerate(lines)]
    feeling = SentimentSummary(6, 2, 1, -0.4, Interval(-0.6, -0.2), mixed=1)
    topics = []
    for number, label in zip((1, 2), labels, strict=True):
        members = tuple(np.flatnonzero(assigned == number).tolist())
        share = len(members) / count
        quotes, others = (f"c{members[0]}", f"c{members[1]}"), (f"c{members[2]}",)
        topics.append(
            Topic(number, label, tuple(label.split("、")), members, len(members), len(members), share, feeling,
                  quotes, others, centroids[number - 1])
        )  # fmt: skip
    part = replace(topics[0], number=3, label="夜間", parent=1, level=1, size_posts=4, size_people=4, share=4 / count)
    result = TopicResult(
        assignments=assigned,
        confidence=np.ones(count),
        topics=tuple(topics),
        sentiments=np.full((count, 3), 1 / 3),
        languages=("zh-Hant",) * count,
        duplicate_of=np.full(count, -1),
        vectors=vectors,
        quality={"coherence": 0.9, "separation": 0.5, "left_over": 0.1, "stability": 0.9},
        timings={"clean": 1.23},
        counts={"posts": count, "people": count, "analysed": count, "duplicates": 0, "topics": 2, "errors": 0,
                "left_over": count - sum(sizes)},
        errors=(),
        encoder="use",
        fingerprint="ab" * 32,
        subtopics=(part,),
        subassignments=np.where(np.arange(count) < 4, 3, -1),
        places=places,
    )  # fmt: skip
    return texts, replace(result, **more)


RUN = {
    "seed": 7,
    "config": {"seed": 7},
    "versions": {"python": "3.11"},
    "skipped_rows": [{"row": 9, "reason": "no text"}],
    "counts": {"rows_skipped": 30},
}
LINES = [f"公車末班車太早 {i}" for i in range(10)] + [f"學校午餐不好吃 {i}" for i in range(6)] + ["別的事", "還有別的"]


@pytest.fixture
def town():
    return made(LINES, (10, 6))


def test_a_report_tells_how_many_spoke_and_what_of_with_figures_beside_bars(town):
    page = Page(report.render(*town, RUN))
    assert not page.unbalanced and not page.open
    assert "18 人說了什麼" in page.text and "18 人說了 18 則意見。" in page.text
    assert "公車、末班車" in page.text and "10 人，10 則，占 56 %" in page.text
    assert "−0.40 (−0.60 … −0.20)" in page.text and "不屬於任何主題 2 2 11 %" in page.text
    assert "夜間 4 4 22 %" in page.text and "不滿 6 · 兩者都有 1 · 中性 2 · 肯定 1" in page.text


def test_it_reads_itself_and_says_how_it_was_made(town):
    text = Page(report.render(*town, RUN)).text
    assert "不是民意調查" in text and "挑同樣多則，平均說到" in text and "彼此分開 0.50" in text
    assert "ab" * 32 in text and "亂數種子 7" in text
    assert "第 9 列：no text" in text and "另有 29 筆" in text


def test_opinions_that_could_not_be_read_are_named_in_the_language_of_the_report(town):
    texts, result = town
    unread = replace(
        result, errors=(TextError(17, "c17", "empty", "Nothing is left."), TextError(3, "c3", "odd", "Odd."))
    )
    text = Page(report.render(texts, unread, RUN)).text
    assert "意見 c17：整理後沒有文字。" in text and "意見 c3：Odd." in text


def test_what_people_write_cannot_act(tmp_path):
    texts, result = made([SCRIPT, *LINES[1:]], (10, 6), labels=(SCRIPT, "學校、午餐"))
    texts = [replace(one, source=SCRIPT, id=one.id) for one in texts]
    result = replace(result, errors=(TextError(17, SCRIPT, "empty", SCRIPT),), languages=('zh"><b>',) * len(texts))
    page = Page(report.render(texts, result, {**RUN, "config": {SCRIPT: SCRIPT}}, lang="zh-Hant"))
    assert not page.unbalanced
    names = {name for name, _ in page.elements}
    assert not names & {"script", "img", "iframe", "object", "link", "form"}
    assert all(not key.startswith("on") for _, attributes in page.elements for key in attributes)
    assert 'alert("x")' in page.text


def test_nothing_is_fetched_from_anywhere(town):
    text = report.render(*town, RUN)
    assert not re.search(r"\b(?:src|srcset|action|ping)=|url\(|@import|<link|<script", text)
    assert {one["href"][0] for one in Page(text).all("a")} == {"#"}
    policy = next(one["content"] for one in Page(text).all("meta") if "http-equiv" in one)
    assert policy.startswith("default-src 'none'") and "script" not in policy


def test_links_lead_to_what_is_there(town):
    page = Page(report.render(*town, RUN))
    there = {attributes.get("id") for _, attributes in page.elements}
    assert {one["href"][1:] for one in page.all("a")} <= there


def test_personal_data_in_quotes_is_masked():
    lines = ["公車問題請打 0912-345-678 找我", *LINES[1:]]
    text = report.render(*made(lines, (10, 6)), RUN)
    assert "0912" not in text and "公車問題" in text


def test_quotes_say_which_language_they_are_in(town):
    texts, result = town
    mixed = replace(result, languages=("en", "other", "th", *result.languages[3:]))
    quotes = Page(report.render(texts, mixed, RUN)).all("blockquote")
    assert [one["lang"] for one in quotes[:3]] == ["en", "", "th"]


def test_the_same_result_gives_the_same_bytes(town, tmp_path):
    texts, result = town
    report.write(tmp_path / "one.html", texts, result, {**RUN, "timings": {"clean": 1}})
    report.write(
        tmp_path / "two.html", texts, replace(result, timings={"clean": 2.0}), {**RUN, "timings": {"clean": 9}}
    )
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_most_opinions_choose_the_language_unless_asked_otherwise(town):
    texts, result = town
    english = replace(result, languages=("en",) * 10 + ("zh-Hant",) * 8)
    assert "What 18 people said" in report.render(texts, english, RUN)
    assert report.language_of(replace(result, languages=("zh",) * 10 + ("en",) * 8)) == "zh-Hant"
    page = report.render(texts, result, RUN, lang="en")
    assert '<html lang="en">' in page and "not a poll" in page and "Blind picks" in page
    with pytest.raises(KeyError):
        report.render(texts, result, RUN, lang="xx")


def test_a_large_map_draws_a_part_and_says_so(town, monkeypatch):
    monkeypatch.setattr(report, "DOTS", 9)
    text = report.render(*town, RUN)
    assert sum(path.get("d", "").count("h0") for path in Page(text).all("path")) == 9
    assert "圖上畫出 18 則中的 9 則" in text


def test_nothing_one_and_unplaced_are_reported_plainly(town):
    texts, result = town
    nothing = replace(
        result, assignments=np.zeros(0, int), topics=(), languages=(), vectors=np.zeros((0, 4)), places=None,
        counts={"posts": 0, "people": 0}, quality={}, subtopics=(),
    )  # fmt: skip
    page = Page(report.render([], nothing, {}))
    assert "No opinions yet" in page.text and "nothing to read" in page.text and not page.all("svg")
    unplaced = Page(report.render(texts, replace(result, places=None, sentiments=None), RUN))
    assert "意見地圖" not in unplaced.text
    alone = replace(result, topics=result.topics[:1], notes=("one_topic",))
    assert "全部放在一起" in Page(report.render(texts, alone, RUN)).text


def test_control_characters_and_lone_surrogates_do_not_break_the_file(tmp_path):
    texts, result = made(["公車\x00\x1b[31m\ud800末班車\n真的", *LINES[1:]], (10, 6))
    report.write(tmp_path / "report.html", texts, result, RUN)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "公車[31m末班車\n真的" in text


def test_markup_escapes_all_but_markup():
    inner = element("b", "<", class_='"')
    assert inner == '<b class="&quot;">&lt;</b>'
    assert element("p", inner, "&", hidden=True, title=None) == f"<p hidden>{inner}&amp;</p>"
    assert escaped(Html("<i>")) == "<i>" and escaped("'<i>") == "&#x27;&lt;i&gt;"
