"""The map of topics beside a session that is on: what people talk about, while they write.

It is no event: nobody did it, and who comes later needs only the newest. The hub looks every few seconds whether it
has changed (`boards`) and hands the same rendered map to everybody. Names, places and colours come from the latest Run,
which the analysis forms anew every 15 seconds at most (`nlp.tasks.LEAST_APART`); the counts are those of this moment.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from discussions.frames.wire import LANGUAGES, encoded
from discussions.models import LiveSession, Space
from nlp import reports
from nlp.maps import SLOTS

WIDTH, HEIGHT = 640, 400
LARGEST = 12  # discs on the map; the others are counted
COVERED = 0.3  # share of the picture that the discs cover together
LEAST_RADIUS = 14.0
ROUNDS = 60  # of pushing discs apart; a dozen discs settle long before

TEMPLATE = "discussions/live/topics.html"


@dataclass(frozen=True, slots=True)
class Disc:
    """A topic on the map. `posts` and `people` are None where so few people spoke that a number would point at them
    (`nlp.reports.SMALL_CELL`)."""

    rank: int
    number: int
    label: str
    posts: int | None
    people: int | None
    slot: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class TopicMap:
    """The discs, largest first; `more` topics are not drawn."""

    space: Space
    discs: list[Disc]
    more: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def sentence(self) -> str:
        """The picture in words."""
        if not self.discs:
            return ""
        words = ngettext(
            "%(count)d topic is talked about, most of all: %(label)s.",
            "%(count)d topics are talked about, most of all: %(label)s.",
            len(self.discs) + self.more,
        )
        return words % {"count": len(self.discs) + self.more, "label": self.discs[0].label}


@dataclass(frozen=True, slots=True)
class Board:
    """The encoded frame of a space's map by language, and what it was made from."""

    version: str
    texts: dict[str, str]


def read(space: Space) -> TopicMap:
    """The map as it stands; without discs while nothing was found yet. A fixed number of queries; counting grows with
    the opinions of the space."""
    overview = reports.overview(space.corpus)
    run = overview.topics_run
    places = run.result.get("map", {}) if run is not None else {}
    rows = [row for row in reports.topics(space.corpus) if str(row.number) in places]
    return TopicMap(space, _discs(rows[:LARGEST], places), max(0, len(rows) - LARGEST))


def beside(session: LiveSession) -> TopicMap | None:
    """The map for the pages of a session: empty until it opens, so that those who came early have a place for it; None
    once it is over."""
    if session.state == LiveSession.State.CLOSED:
        return None
    return read(session.space) if session.state == LiveSession.State.OPEN else TopicMap(session.space, [], 0)


def boards(known: Mapping[int, str]) -> dict[int, Board]:
    """Of these spaces with the version each shows: those where a session is on and the map has changed."""
    on = LiveSession.objects.filter(space__in=known, state=LiveSession.State.OPEN)
    found = {}
    for space in Space.objects.filter(pk__in=on.values("space")).select_related("corpus"):
        version = reports.etag(space.corpus)
        if version != known[space.pk]:
            found[space.pk] = Board(version, _encoded(read(space)))
    return found


def _encoded(topic_map: TopicMap) -> dict[str, str]:
    texts = {}
    for language in LANGUAGES:
        with translation.override(language):
            html = render_to_string(TEMPLATE, {"topics": topic_map})
            texts[language] = encoded({"type": "topics", "topics": len(topic_map.discs), "html": html})
    return texts


def _discs(rows: list[reports.TopicRow], places: Mapping[str, list]) -> list[Disc]:
    total = sum(row.posts for row in rows)
    unit = math.sqrt(COVERED * WIDTH * HEIGHT / math.pi / max(total, 1))
    radii = [max(LEAST_RADIUS, unit * math.sqrt(row.posts)) for row in rows]
    points = [_on_paper(*places[str(row.number)][:2]) for row in rows]
    return [
        Disc(
            rank=rank,
            number=row.number,
            label=row.label,
            posts=None if row.is_small else row.posts,
            people=None if row.is_small else row.people,
            slot=min(int(places[str(row.number)][2]), SLOTS - 1),
            x=round(x, 1),
            y=round(y, 1),
            radius=round(radius, 1),
        )
        for rank, (row, (x, y), radius) in enumerate(zip(rows, _apart(points, radii), radii, strict=True), start=1)
    ]


def _on_paper(x: float, y: float) -> tuple[float, float]:
    return WIDTH / 2 * (1 + 0.8 * x), HEIGHT / 2 * (1 + 0.8 * y)


def _apart(points: list[tuple[float, float]], radii: list[float]) -> list[tuple[float, float]]:
    """The same points, moved until the discs around them no longer cover each other, within the picture."""
    moved = [list(point) for point in points]
    for _round in range(ROUNDS):
        for one in range(len(moved)):
            for other in range(one + 1, len(moved)):
                _push(moved[one], moved[other], radii[one] + radii[other] + 4)
        for point, radius in zip(moved, radii, strict=True):
            point[0] = min(max(point[0], radius), WIDTH - radius)
            point[1] = min(max(point[1], radius), HEIGHT - radius)
    return [(x, y) for x, y in moved]


def _push(one: list[float], other: list[float], least: float) -> None:
    across, down = other[0] - one[0], other[1] - one[1]
    distance = math.hypot(across, down)
    if distance >= least:
        return
    # Two discs in one place part sideways.
    along = (across / distance, down / distance) if distance else (1.0, 0.0)
    step = (least - distance) / 2
    for point, sign in ((one, -1), (other, 1)):
        point[0] += sign * step * along[0]
        point[1] += sign * step * along[1]
