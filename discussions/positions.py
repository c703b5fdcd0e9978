"""Where do I stand? One person's votes beside everybody's, in words first and then as a picture.

Nobody else can be read off it: shares are of at least LEAST people, groups are circles, never people, and no name
occurs.
"""

from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions.models import Member, Space, State, Statement, Vote
from discussions.splits import LEAST
from nlp import whereabouts
from nlp.whereabouts import Whereabouts

MOST_LINES = 200
VOTED_SHOWN = 50  # discussions on one page
CLEAR = 0.6  # of those who took a side: from here on "most people" is said
NAMED = 3  # statements that a sentence speaks of
LETTERS = "ABCDEFGHIJ"
WIDTH, HIGHEST, MARGIN = 480, 360, 64
LARGEST, SMALLEST = 48.0, 14.0  # radii of circles
BELOW, ABOVE = 20, 7  # from a circle to the line of its words


@dataclass(frozen=True, slots=True)
class Line:
    """One statement, my answer, and how all answered.

    `side` is with or against most people, even (they are divided, or I passed) or few (too few to tell).
    """

    statement: Statement
    mine: int
    side: str

    @property
    def share(self) -> int:
        """Per cent of those who agreed or disagreed that answered as I did; of a pass, those who passed, of all."""
        same, of = _same(self.statement, self.mine)
        return round(100 * same / of) if of else 0


@dataclass(frozen=True, slots=True)
class Circle:
    """An opinion group on the picture, or the person (`letter` "")."""

    letter: str
    x: float
    y: float
    radius: float
    label_y: float
    people: int
    is_nearest: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Groups by how they voted: near means alike. `me` is where the person stands; `sentence` says the same."""

    circles: list[Circle]
    me: Circle
    sentence: str
    height: int
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class Position:
    """What one person's votes say. `sentences` are complete without the picture."""

    voted: int
    lines: list[Line] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    picture: Picture | None = None
    group: str = ""

    @property
    def with_most(self) -> list[Line]:
        return [line for line in self.lines if line.side == "with"]

    @property
    def against_most(self) -> list[Line]:
        return [line for line in self.lines if line.side == "against"]


def of(member, space: Space) -> Position:
    """Where this person stands now; two queries and, where there is a map, one more."""
    if not getattr(member, "is_authenticated", False):
        return Position(0)
    mine = _votes(member, space)
    if not mine:
        return Position(0)
    lines = sorted((Line(vote.statement, vote.value, _side(vote)) for vote in mine), key=_telling)
    found = whereabouts.find(space.corpus_id, {vote.statement_id: vote.value for vote in mine}, least=LEAST)
    picture = _drawn(found) if found else None
    sentences = _compared(lines)
    if found and picture:
        sentences.append(_placed(found))
    return Position(len(mine), lines, sentences, picture, _letter(found.nearest) if found else "")


def voted_in(member: Member, space_id: int | None = None) -> list[Space]:
    """The discussions in whose statements a member has a vote, each with their number as `n_votes`: one query."""
    mine = Vote.objects.filter(member=member, statement__space=OuterRef("pk")).order_by()
    counted = mine.values("statement__space").annotate(n=Count("pk")).values("n")
    found = Space.objects.annotate(n_votes=Coalesce(Subquery(counted), 0)).filter(n_votes__gt=0).order_by("-pk")
    return list(found.filter(pk=space_id) if space_id is not None else found[:VOTED_SHOWN])


def _votes(member: Member, space: Space) -> list[Vote]:
    cast = Vote.objects.filter(member=member, statement__space=space, statement__state=State.VISIBLE)
    return list(cast.select_related("statement__space").order_by("-cast_at")[:MOST_LINES])


def _same(statement: Statement, value: int) -> tuple[int, int]:
    """How many answered so, and of how many: passing is compared with all, a side with those who took one."""
    if value == Vote.Value.PASS:
        return statement.passed, statement.total
    same = statement.agree if value == Vote.Value.AGREE else statement.disagree
    return same, statement.agree + statement.disagree


def _side(vote: Vote) -> str:
    same, of = _same(vote.statement, vote.value)
    if of < LEAST:
        return "few"
    if vote.value == Vote.Value.PASS or not (same >= CLEAR * of or of - same >= CLEAR * of):
        return "even"
    return "with" if 2 * same > of else "against"


def _telling(line: Line) -> tuple:
    """The clearest differences first, then what one shares with most."""
    order = {"against": 0, "with": 1, "even": 2, "few": 3}
    return order[line.side], -abs(line.share - 50), line.statement.pk


def _compared(lines: list[Line]) -> list[str]:
    """What the votes say beside those of others, in at most three sentences."""
    told = [line for line in lines if line.side != "few"]
    if not told:
        words = ngettext(
            "You have answered %(n)d statement. You are among the first here: as soon as %(least)d people have "
            "answered the same ones, this says where you stand.",
            "You have answered %(n)d statements. You are among the first here: as soon as %(least)d people have "
            "answered the same ones, this says where you stand.",
            len(lines),
        )
        return [words % {"n": len(lines), "least": LEAST}]
    said = []
    shared, parted = ([line for line in told if line.side == side][:NAMED] for side in ("with", "against"))
    if shared:
        said.append(_("You agree with most people on %(statements)s.") % {"statements": _quoted(shared)})
    if parted:
        said.append(_("You differ from most people on %(statements)s.") % {"statements": _quoted(parted)})
    even = sum(line.side == "even" and line.mine != Vote.Value.PASS for line in told)
    if even:
        words = ngettext(
            "On %(n)d statement you answered, people are divided.",
            "On %(n)d statements you answered, people are divided.",
            even,
        )
        said.append(words % {"n": even})
    return said or [_("So far you have passed on everything that can be compared.")]


def _quoted(lines: list[Line]) -> str:
    words = (
        _("“%(words)s” (%(share)d%% answered as you did)") % {"words": line.statement.text, "share": line.share}
        for line in lines
    )
    return _(", ").join(words)


def _placed(found: Whereabouts) -> str:
    size = next(group.size for group in found.groups if group.number == found.nearest)
    return ngettext(
        "Of the %(k)d opinion groups found so far, group %(letter)s (%(people)d person) votes most like you.",
        "Of the %(k)d opinion groups found so far, group %(letter)s (%(people)d people) votes most like you.",
        size,
    ) % {"k": len(found.groups), "letter": _letter(found.nearest), "people": size}


def _letter(number: int) -> str:
    return LETTERS[number] if number < len(LETTERS) else str(number + 1)


def _drawn(found: Whereabouts) -> Picture:
    """One scale for both axes, so that distances are true; the areas of circles go by people."""
    xs, ys = [found.x, *(group.x for group in found.groups)], [found.y, *(group.y for group in found.groups)]
    wide, high = (max(xs) - min(xs)) or 1.0, max(ys) - min(ys)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HIGHEST - 2 * MARGIN) / (high or 1.0))
    height = round(high * scale + 2 * MARGIN + BELOW)
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    most = max(group.size for group in found.groups)

    def circle(letter: str, x: float, y: float, radius: float, people: int, is_nearest: bool) -> Circle:
        """The words of a group stand below it, those of the person above, so that they never meet."""
        across, down = WIDTH / 2 + (x - middle_x) * scale, (height - BELOW) / 2 - (y - middle_y) * scale
        words_at = down + radius + BELOW if letter else down - radius - ABOVE
        return Circle(letter, *(round(figure, 1) for figure in (across, down, radius, words_at)), people, is_nearest)

    circles = [
        circle(
            _letter(group.number),
            group.x,
            group.y,
            max(SMALLEST, LARGEST * (group.size / most) ** 0.5),
            group.size,
            group.number == found.nearest,
        )
        for group in found.groups
    ]
    near = next(one for one in circles if one.is_nearest)
    sentence = _("Map of opinion groups by how they voted; near each other means alike. You stand nearest to group %s.")
    return Picture(circles, circle("", found.x, found.y, 8.0, 1, False), sentence % near.letter, height)
