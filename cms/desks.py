"""What the planner's desk shows, as plain lines for a template. Reads only; small numbers of people are hidden."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms import charts
from discussions import cursors
from discussions.models import Case, Phase, Space
from integrations.models import Monitor
from nlp import reports
from nlp.models import Corpus, Opinion, Run
from nlp.reports import SMALL_CELL

STRETCH = 50
ONE_HOUR = 3600
SENTIMENT_WORDS = {
    "negative": gettext_lazy("negative"),
    "mixed": gettext_lazy("mixed"),
    "neutral": gettext_lazy("neutral"),
    "positive": gettext_lazy("positive"),
}
SOURCE_WORDS = {
    "comment": gettext_lazy("Comments on this site"),
    "statement": gettext_lazy("Statements on this site"),
    "question": gettext_lazy("Live questions"),
    "survey": gettext_lazy("Answers in surveys"),
    "wording": gettext_lazy("Suggested wording of draft texts"),
    "proposal": gettext_lazy("Citizens’ proposals"),
    "addendum": gettext_lazy("Addenda to proposals"),
    "x": gettext_lazy("X (Twitter)"),
    "file": gettext_lazy("Imported file"),
}
# The doors that lead out of this site.
OUTSIDE = frozenset(Monitor.Kind.values)
STATE_WORDS = {
    "empty": gettext_lazy("nothing said yet"),
    "waiting": gettext_lazy("waiting for analysis"),
    "analysing": gettext_lazy("being analysed"),
    "model_missing": gettext_lazy("analysis waits for its model"),
    "ready": gettext_lazy("analysed"),
}


@dataclass(frozen=True, slots=True)
class SpaceLine:
    """One space in the list of the desk. `open_items` counts comments that readers reported and nobody has judged."""

    space: Space
    posts: int
    people: int
    open_items: int
    analysed_at: datetime | None
    state: str
    state_words: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One stretch of the list; `older` is the cursor of the next, "" at the end."""

    lines: list[SpaceLine]
    older: str


@dataclass(frozen=True, slots=True)
class State:
    """How far the analysis is: a key of STATE_WORDS, a sentence, and the last finished Run."""

    key: str
    words: str
    waiting: int
    waiting_since: datetime | None
    notice: str
    run: Run | None
    run_facts: str


def spaces(*, before: str = "") -> Listing:
    """Every space with its figures, newest first, in a constant number of queries."""
    rows = Space.objects.exclude(phase=Phase.ARCHIVED).select_related("agency", "corpus")
    shown, older = cursors.stretch(rows, cursors.number(before), STRETCH)
    corpora = [space.corpus_id for space in shown]
    counted = {
        row["corpus"]: row
        for row in Opinion.objects.published()
        .filter(corpus__in=corpora)
        .values("corpus")
        .annotate(
            posts=Count("pk"),
            unread=Count("pk", filter=Q(encoder="")),
            named=Count("author_key", distinct=True, filter=~Q(author_key="")),
            unnamed=Count("pk", filter=Q(author_key="")),
        )
    }
    finished = dict(Run.objects.filter(corpus__in=corpora).values_list("corpus").annotate(Max("finished_at")))
    reported = dict(
        Case.objects.filter(settled_at=None, space__in=shown).order_by().values_list("space").annotate(Count("pk"))
    )
    notice = reports.model_notice() if any(row["unread"] for row in counted.values()) else ""
    lines = []
    for space in shown:
        figures = counted.get(space.corpus_id, {"posts": 0, "unread": 0, "named": 0, "unnamed": 0})
        key = _state_key(space.corpus, figures["posts"], figures["unread"], notice)
        lines.append(
            SpaceLine(
                space=space,
                posts=figures["posts"],
                people=figures["named"] + figures["unnamed"],
                open_items=reported.get(space.pk, 0),
                analysed_at=finished.get(space.corpus_id),
                state=key,
                state_words=str(STATE_WORDS[key]),
            )
        )
    return Listing(lines, str(older or ""))


def state(corpus: Corpus, overview: reports.Overview) -> State:
    """The analysis of one corpus in plain words."""
    key = _state_key(corpus, overview.posts, overview.waiting, overview.model_notice)
    words = {
        "empty": _("Nobody has said anything yet. The first words appear here a few seconds after they were sent."),
        "waiting": _(
            "New words wait for their turn. They are counted below and enter the topics with the next analysis."
        ),
        "analysing": _("New words are being read at this moment. What you see is the last finished analysis."),
        "model_missing": _("The analysis waits, comments keep coming in, nothing is lost."),
        "ready": _("Everything said so far has been read."),
    }[key]
    run = overview.topics_run
    return State(
        key, words, overview.waiting, overview.waiting_since, overview.model_notice, run, run_facts(run) if run else ""
    )


def _state_key(corpus: Corpus, posts: int, unread: int, notice: str) -> str:
    if not posts:
        return "empty"
    if unread and notice:
        return "model_missing"
    if unread:
        # The worker takes the ticket away before it reads: words without a ticket are in its hands.
        return "waiting" if corpus.topics_dirty else "analysing"
    return "ready"


def topic_line(row: reports.TopicRow, total: int) -> dict:
    """A topic as a table row: shares as lengths, small cells hidden."""
    shown = charts.split(row.negative, row.mixed, row.neutral, row.positive)
    return {
        "row": row,
        "share": round(100 * row.posts / total, 1) if total else 0,
        "posts": row.posts,
        "people": charts.few(row.people),
        "split": None if row.is_small else shown,
        "sentiment": [
            (name, SENTIMENT_WORDS[name], None if row.is_small else getattr(row, name)) for name in SENTIMENT_WORDS
        ],
        "sources": sources(row.by_source, row.posts),
        "parts": [part for part in row.parts if not part.is_small],
    }


def sources(rows: list[reports.SourceRow], total: int) -> list[dict]:
    """Where words came from, each door for itself: site, live, social networks are never added together as one."""
    return [
        {
            "label": source_label(row.source, row.channel),
            "posts": row.posts,
            "people": charts.few(row.people),
            "share": round(100 * row.posts / total, 1) if total else 0,
            "is_outside": row.source in OUTSIDE,
        }
        for row in rows
    ]


def source_label(source: str, channel: str = "") -> str:
    """The name of a door, with the monitor that stood at it."""
    name = str(SOURCE_WORDS.get(source, source))
    return _("%(source)s: %(channel)s") % {"source": name, "channel": channel} if channel else name


def source_choices(rows: list[reports.SourceRow]) -> list[tuple[str, str]]:
    """The doors of a topic for its filter, each once."""
    return [(source, source_label(source)) for source in dict.fromkeys(row.source for row in rows)]


def moment_line(moment: reports.Moment) -> dict:
    """A week as a table row; weeks of few people show no split."""
    hidden = _("fewer than %(count)d people") % {"count": SMALL_CELL}
    counts = [None if moment.is_small else getattr(moment, name) for name in SENTIMENT_WORDS]
    return {"at": moment.at, "hidden": hidden if moment.is_small else "", "counts": counts, "total": moment.total}


def quote_line(opinion: Opinion) -> dict:
    """Somebody's words with the way back to where they were said."""
    return {
        "opinion": opinion,
        "url": safe_url(opinion.url),
        "source": source_label(opinion.source, opinion.channel),
        "sentiment": SENTIMENT_WORDS.get(opinion.sentiment, ""),
    }


def safe_url(url: str) -> str:
    """`url` if it is a page of this site or of the web; imported files may hold anything."""
    if url.startswith("/") and not url.startswith(("//", "/\\")):
        return url
    return url if url.lower().startswith(("https://", "http://")) else ""


def groups(found: dict) -> dict:
    """The opinion groups with their map. A group of fewer than SMALL_CELL people keeps its place and shows nothing."""
    sizes = {group["number"]: group["size"] for group in found["groups"]}
    shown = []
    for group in found["groups"]:
        is_small = group["size"] < SMALL_CELL
        shown.append(
            {
                "letter": charts.letter(group["number"]),
                "place": group["number"] % 5 + 1,
                "shape": charts.shape(group["number"]),
                "size": charts.few(group["size"]),
                "agrees": [] if is_small else [row for row in group["representative"] if row["stance"] == "agree"],
                "disagrees": []
                if is_small
                else [row for row in group["representative"] if row["stance"] == "disagree"],
            }
        )
    counts, run = found["counts"], found["run"]
    return {
        "k": found["k"],
        "groups": shown,
        "common_ground": found["common_ground"],
        "divisive": found["divisive"] if min(sizes.values(), default=0) >= SMALL_CELL else [],
        "minority": found.get("minority", []) if min(sizes.values(), default=0) >= SMALL_CELL else [],
        "map": charts.opinion_map(found["points"], sizes),
        "counts": counts,
        "run": run,
        "notes": [note for note in map(GROUP_NOTES.get, found.get("notes", [])) if note],
    }


def conduct_in_words(found: reports.ConductRow | None) -> list[str]:
    """What stands out in how people voted, in sentences for planners and moderators; [] when nothing does."""
    if found is None:
        return []
    said = []
    for row in found.lockstep:
        values = {
            "accounts": row.accounts,
            "statements": row.statements,
            "expected": round(row.expected, 1),
            "minutes": max(1, round((row.seconds or 0) / 60)),
        }
        if row.seconds is not None and row.seconds <= ONE_HOUR:
            words = _(
                "%(accounts)d accounts voted in lock-step on %(statements)d statements, half of it within "
                "%(minutes)d minutes; by chance at most %(expected)s would."
            )
        else:
            words = _(
                "%(accounts)d accounts voted in lock-step on %(statements)d statements; by chance at most "
                "%(expected)s would."
            )
        said.append(words % values)
    straight = sum(found.straight.values())
    if straight:
        words = ngettext(
            "%(count)d account voted without regard to the statements (always the same, or in turns).",
            "%(count)d accounts voted without regard to the statements (always the same, or in turns).",
            straight,
        )
        said.append(words % {"count": straight})
    if found.k_without is not None:
        words = _("Without them there would be %(k)d groups instead of %(now)d.")
        if found.k_without == found.k:
            words = _("Without them there would be %(k)d groups as well.")
        said.append(words % {"k": found.k_without, "now": found.k})
    return said


GROUP_NOTES = {
    "many_uncertain": gettext_lazy(
        "For many people it is not sure which group they are in: they have voted on few statements."
    ),
    "too_few": gettext_lazy("Too few people have voted to tell groups apart."),
    "no_division": gettext_lazy("The votes show no clear division: people differ, but not in camps."),
    "low_stability": gettext_lazy(
        "The groups are not firm: leaving out some of the people would draw them differently."
    ),
}


def run_facts(run: Run) -> str:
    """What another person needs to repeat an analysis."""
    facts = {"model": run.model or "-", "seed": run.seed, "code": run.code_version}
    return _("model %(model)s, seed %(seed)d, code %(code)s") % facts
