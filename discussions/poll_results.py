"""Reading quick polls: what may be told of the answers, a fixed number of queries however many there are.

Until a result is revealed nothing is told but how many people answered. Words come on the screens once two people have
said them and while no moderator has hidden them. How surely people are known is told when a poll is closed, small
groups together.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from discussions import splits
from discussions.models import PollVote, PollWord, QuickPoll, State

LEAST_PEOPLE = 2  # who said a word before it comes on the screens
SHOWN_WORDS = 20
DESK_WORDS = 60
Kind = QuickPoll.Kind


@dataclass(frozen=True, slots=True)
class Word:
    """Words that are counted together: one of their spellings, how many people said them, and the first row of them."""

    text: str
    people: int
    key: int


@dataclass(frozen=True, slots=True)
class Part:
    """The people of one level, and how many of them chose each option. `label` is "others" for small groups."""

    label: str
    people: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll with its counts. `options` are {value, label, votes, mine}; votes are 0 until the result is revealed.

    `total` is people. `words` are the most said, `rest` how many others there are, `my_words` the viewer's own. `mean`
    and `median` belong to a scale, in steps from 1.
    """

    poll: QuickPoll
    options: list[dict]
    total: int
    shows: bool
    words: tuple[Word, ...] = ()
    rest: int = 0
    my_words: tuple[str, ...] = ()
    mean: float | None = None
    median: float | None = None
    split: tuple[Part, ...] = ()

    @property
    def key(self) -> str:
        """The id of the element that shows this poll."""
        return f"poll-{self.poll.pk}"

    @property
    def answered(self) -> bool:
        """True when the viewer has answered."""
        return bool(self.my_words) or any(option["mine"] for option in self.options)

    @property
    def ends(self) -> list[str]:
        """The names of both ends of a scale."""
        return self.poll.options if self.poll.kind == Kind.SCALE else []

    @property
    def fields(self) -> list[str]:
        """What stands in the fields for words of one's own."""
        return [*self.my_words, "", "", ""][:3]


def polls(rows: QuerySet[QuickPoll], *, viewer=None, with_counts: bool = False) -> list[PollView]:
    """The polls with their counts, oldest first. Without `with_counts`, what people answered stays here until it is
    revealed."""
    found = list(rows.select_related("session").order_by("id"))
    me = viewer.pk if viewer is not None and viewer.is_authenticated else None
    chosen = _Chosen([poll for poll in found if poll.kind != Kind.WORDS], me)
    said = _Said([poll for poll in found if poll.kind == Kind.WORDS], me, with_counts)
    return [
        (said if poll.kind == Kind.WORDS else chosen).view(poll, shows=with_counts or poll.revealed) for poll in found
    ]


class _Chosen:
    """Votes on choices and steps."""

    def __init__(self, found: list[QuickPoll], me: int | None):
        votes = PollVote.objects.filter(poll__in=found) if found else PollVote.objects.none()
        self.counts: dict[tuple[int, int], int] = {
            (poll, option): number
            for poll, option, number in votes.values_list("poll_id", "option").annotate(number=Count("id"))
        }
        self.mine = set(votes.filter(member=me).values_list("poll_id", "option")) if me else set()
        several = [poll.pk for poll in found if poll.kind == Kind.MULTIPLE]
        self.people = (
            dict(votes.filter(poll__in=several).values_list("poll_id").annotate(n=Count("member", distinct=True)))
            if several
            else {}
        )
        self.parts = _parts(votes, found)

    def view(self, poll: QuickPoll, *, shows: bool) -> PollView:
        labels = list(range(1, poll.steps + 1)) if poll.kind == Kind.SCALE else poll.options
        counts = [self.counts.get((poll.pk, number), 0) for number in range(len(labels))]
        options = [
            {
                "value": number,
                "label": label,
                "votes": counts[number] if shows else 0,
                "mine": (poll.pk, number) in self.mine,
            }
            for number, label in enumerate(labels)
        ]
        total = self.people.get(poll.pk, 0) if poll.kind == Kind.MULTIPLE else sum(counts)
        middle = shows and total and poll.kind == Kind.SCALE
        return PollView(
            poll,
            options,
            total,
            shows,
            mean=round(sum(step * count for step, count in enumerate(counts, start=1)) / total, 1) if middle else None,
            median=median(counts) if middle else None,
            split=self.parts.get(poll.pk, ()) if shows else (),
        )


class _Said:
    """Words of people's own."""

    def __init__(self, found: list[QuickPoll], me: int | None, is_desk: bool):
        self.people, self.mine, self.words, self.forms = {}, defaultdict(list), defaultdict(list), {}
        if not found:
            return
        everything = PollWord.objects.filter(poll__in=found)
        self.people = dict(everything.values_list("poll_id").annotate(n=Count("author", distinct=True)))
        if me:
            for poll, text in everything.filter(author=me).exclude(state=State.HIDDEN).values_list("poll_id", "text"):
                self.mine[poll].append(text)
        told = [poll.pk for poll in found if is_desk or poll.revealed]
        if not told:
            return
        shown = unhidden(everything.filter(poll__in=told))
        self.forms = dict(shown.values_list("poll_id").annotate(n=Count("folded", distinct=True)))
        least, most = (1, DESK_WORDS) if is_desk else (LEAST_PEOPLE, SHOWN_WORDS)
        for poll, text, people, key in _most_said(shown, least, most):
            self.words[poll].append(Word(text, people, key))

    def view(self, poll: QuickPoll, *, shows: bool) -> PollView:
        words = tuple(self.words[poll.pk]) if shows else ()
        return PollView(
            poll,
            [],
            self.people.get(poll.pk, 0),
            shows,
            words=words,
            rest=self.forms.get(poll.pk, 0) - len(words) if shows else 0,
            my_words=tuple(self.mine[poll.pk]),
        )


def unhidden(words: QuerySet[PollWord]) -> QuerySet[PollWord]:
    """Published words, without those that a moderator has hidden for anybody in the same poll."""
    hidden = PollWord.objects.filter(poll=OuterRef("poll"), folded=OuterRef("folded"), state=State.HIDDEN)
    return words.filter(~Exists(hidden), state=State.VISIBLE)


def median(counts: Iterable[int]) -> float:
    """The middle step, from 1, of so many people at each step; between two steps when they stand half and half."""
    steps = [(step, count) for step, count in enumerate(counts, start=1) if count]
    people = sum(count for _step, count in steps)
    passed = 0
    for place, (step, count) in enumerate(steps):
        passed += count
        if 2 * passed > people:
            return step
        if 2 * passed == people:
            return (step + steps[place + 1][0]) / 2
    raise ValueError("Nobody answered.")


def _most_said(words: QuerySet[PollWord], least: int, most: int) -> QuerySet:
    counted = words.values("poll_id", "folded").annotate(people=Count("id"), label=Min("text"), key=Min("id"))
    place = Window(RowNumber(), partition_by=F("poll_id"), order_by=[F("people").desc(), F("key").asc()])
    ranked = counted.annotate(place=place).filter(people__gte=least, place__lte=most).order_by("poll_id", "place")
    return ranked.values_list("poll_id", "label", "people", "key")


def _parts(votes: QuerySet[PollVote], found: list[QuickPoll]) -> dict[int, tuple[Part, ...]]:
    """The votes of closed polls by level. While people vote, a part that grows would tell who it was."""
    closed = {poll.pk: poll for poll in found if poll.state == QuickPoll.State.CLOSED}
    if not closed:
        return {}
    votes = votes.filter(poll__in=closed).order_by()
    people: dict[int, dict[int, int]] = defaultdict(dict)
    for poll, level, number in votes.values_list("poll_id", "level").annotate(n=Count("member", distinct=True)):
        people[poll][level] = number
    cells = {
        (poll, level, option): number
        for poll, level, option, number in votes.values_list("poll_id", "level", "option").annotate(n=Count("id"))
    }
    return {pk: _split(poll, people[pk], cells) for pk, poll in closed.items() if len(people[pk]) > 1}


def _split(poll: QuickPoll, people: dict[int, int], cells: dict[tuple[int, int, int], int]) -> tuple[Part, ...]:
    small = splits.folded(people)
    if len(people) - len(small) + bool(small) < 2:
        return ()
    options = range(poll.steps or len(poll.options))

    def part(label: str, levels: Iterable[int]) -> Part:
        levels = list(levels)
        counts = tuple(sum(cells.get((poll.pk, level, option), 0) for level in levels) for option in options)
        return Part(label, sum(people[level] for level in levels), counts)

    large = sorted((level for level in people if level not in small), key=lambda level: -people[level])
    shown = [part(splits.label("level", str(level)), [level]) for level in large]
    return (*shown, part(splits.label("level", ""), small)) if small else tuple(shown)
