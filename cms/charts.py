"""Charts as plain figures for SVG templates: pure functions, no colours, one sentence each.

Lengths are user units of the viewBox; shares are per cent from 0 to 100. A template draws each chart beside a
table that says the same in numbers.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nlp.reports import SMALL_CELL, Moment

WIDTH, HEIGHT = 640, 160
MARGIN = 24
MOST_POINTS = 1500
MAP_WIDTH, MAP_HEIGHT = 640, 420
SHAPES = ("circle", "square", "triangle", "diamond", "cross")
LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True)
class Split:
    """A bar of four parts, one after the other: where each ends, in per cent; all zero without a count."""

    negative: float
    mixed: float
    neutral: float
    positive: float
    total: int


@dataclass(frozen=True, slots=True)
class Column:
    """One week: x and width; for each part its y and height, from the ground up. Small weeks have no parts."""

    at: datetime
    x: float
    width: float
    negative: tuple[float, float]
    mixed: tuple[float, float]
    neutral: tuple[float, float]
    positive: tuple[float, float]
    is_small: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """Sentiment over time. `highest` is the number of posts the full height stands for."""

    columns: list[Column]
    highest: int
    sentence: str
    omitted: str
    width: int = WIDTH
    height: int = HEIGHT
    ground: int = HEIGHT - MARGIN


@dataclass(frozen=True, slots=True)
class Mark:
    """One person on the map. `shape` is one of SHAPES; `path` draws it around (x, y)."""

    path: str
    group: int


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a group where its people stand."""

    x: float
    y: float
    letter: str


@dataclass(frozen=True, slots=True)
class OpinionMap:
    """People placed by how they voted: near means alike. `left_out` counts people who are not drawn."""

    marks: list[Mark]
    labels: list[Label]
    sentence: str
    left_out: int
    width: int = MAP_WIDTH
    height: int = MAP_HEIGHT


def split(negative: int, mixed: int, neutral: int, positive: int) -> Split:
    """Shares of four counts, laid end to end in this order."""
    counts = (negative, mixed, neutral, positive)
    total = sum(counts)
    if not total:
        return Split(0, 0, 0, 0, 0)
    ends = [round(100 * sum(counts[: place + 1]) / total, 2) for place in range(len(counts))]
    return Split(*ends, total)


def timeline(moments: list[Moment]) -> Timeline | None:
    """Columns for weeks in which somebody spoke; None without any. Small weeks are not drawn."""
    if not moments:
        return None
    highest = max(moment.total for moment in moments)
    ground, room = HEIGHT - MARGIN, HEIGHT - 2 * MARGIN
    step = WIDTH / len(moments)
    columns = []
    for place, moment in enumerate(moments):
        parts, top = [], ground
        for count in (moment.negative, moment.mixed, moment.neutral, moment.positive):
            # What the table does not tell, the picture does not either.
            height = 0 if moment.is_small else room * count / highest
            top -= height
            parts.append((round(top, 1), round(height, 1)))
        gap = min(4, step / 4)
        columns.append(
            Column(moment.at, round(place * step + gap, 1), round(step - 2 * gap, 1), *parts, moment.is_small)
        )
    omitted = _("Weeks in which fewer than %(count)d people spoke are not drawn.") % {"count": SMALL_CELL}
    return Timeline(columns, highest, _said(moments), omitted)


def opinion_map(points: list[list], sizes: dict[int, int]) -> OpinionMap | None:
    """A map of [group, x, y] points; None when nobody could be placed.

    Groups of fewer than SMALL_CELL people are not drawn, and no more than MOST_POINTS people are.
    `sizes`: group number -> people. A negative group number stands for people who belong to none.
    """
    shown = [point for point in points if point[0] < 0 or sizes.get(point[0], 0) >= SMALL_CELL]
    if not shown or not sizes:
        return None
    drawn = shown[:: -(-len(shown) // MOST_POINTS)]
    place = _scale(drawn)
    marks = [Mark(_outline(_shape(group), *place(x, y)), group + 1 if group >= 0 else 0) for group, x, y in drawn]
    labels = []
    for group in sorted(number for number, size in sizes.items() if size >= SMALL_CELL):
        own = [place(x, y) for number, x, y in drawn if number == group]
        if own:
            middle = (sum(x for x, _y in own) / len(own), sum(y for _x, y in own) / len(own))
            labels.append(Label(round(middle[0], 1), round(middle[1], 1), letter(group)))
    return OpinionMap(marks, labels, _mapped(sizes), len(points) - len(drawn))


def letter(number: int) -> str:
    """The name of a group: A for 0."""
    return LETTERS[number] if 0 <= number < len(LETTERS) else str(number + 1)


def shape(number: int) -> str:
    """The sign of a group on the map, for a legend: a path around (8, 8)."""
    return _outline(_shape(number), 8, 8)


def few(count: int) -> str | int:
    """`count`, or "fewer than 3" where it might point at somebody. Nobody is nobody: 0 stays 0."""
    if 0 < count < SMALL_CELL:
        return _("fewer than %(count)d") % {"count": SMALL_CELL}
    return count


def _said(moments: list[Moment]) -> str:
    large = [moment for moment in moments if not moment.is_small]
    if not large:
        return _("In no week did enough people speak to show how they felt.")
    busiest = max(large, key=lambda moment: moment.total)
    posts = ngettext("%(count)d post", "%(count)d posts", busiest.total) % {"count": busiest.total}
    share = round(100 * busiest.negative / busiest.total)
    return _("%(weeks)s. The busiest week had %(posts)s, %(share)d %% of them negative.") % {
        "weeks": ngettext("%(count)d week with posts", "%(count)d weeks with posts", len(moments))
        % {"count": len(moments)},
        "posts": posts,
        "share": share,
    }


def _mapped(sizes: dict[int, int]) -> str:
    parts = [
        _("group %(letter)s: %(count)s people") % {"letter": letter(number), "count": few(size)}
        for number, size in sorted(sizes.items())
    ]
    return _("Map of people by how they voted; near each other means alike. %(groups)s.") % {"groups": "; ".join(parts)}


def _scale(points: list[list]):
    xs, ys = [point[1] for point in points], [point[2] for point in points]
    wide, high = (max(xs) - min(xs)) or 1.0, (max(ys) - min(ys)) or 1.0
    across, down = MAP_WIDTH - 2 * MARGIN, MAP_HEIGHT - 2 * MARGIN

    def place(x: float, y: float) -> tuple[float, float]:
        return MARGIN + across * (x - min(xs)) / wide, MARGIN + down * (1 - (y - min(ys)) / high)

    return place


def _shape(group: int) -> str:
    return SHAPES[group % len(SHAPES)] if group >= 0 else "dot"


def _outline(name: str, x: float, y: float) -> str:
    """An SVG path of about 8 units around (x, y)."""
    x, y = round(x, 1), round(y, 1)
    return {
        "circle": f"M{x - 4} {y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
        "square": f"M{x - 3.5} {y - 3.5}h7v7h-7z",
        "triangle": f"M{x} {y - 4.5}l4.5 8h-9z",
        "diamond": f"M{x} {y - 5}l5 5l-5 5l-5-5z",
        "cross": f"M{x - 1.5} {y - 4.5}h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
        "dot": f"M{x - 1.5} {y}a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0",
    }[name]
