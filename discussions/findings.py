"""What the analysis of a space found, as plain data: the content of `manage.py analyse --json`.

The keys are a promise to the people who read the file; docs/guides/import-polis.md describes them.
"""

from discussions.models import Member, Space, Statement, Vote
from nlp import conf, reports
from nlp.models import Opinion, Run

QUOTES = 3


def of_space(space: Space) -> dict:
    """Topics, sentiment and opinion groups of a space as the latest analyses left them. Only JSON types."""
    corpus = space.corpus
    overview = reports.overview(corpus)
    return {
        "space": {"slug": space.slug, "title": space.title, "phase": space.phase},
        "opinions": {
            "posts": overview.posts,
            "people": overview.people,
            "waiting": overview.waiting,
            "by_source": [_source(row) for row in overview.by_source],
        },
        "topics": _topics(corpus, overview.topics_run),
        "groups": _groups(space, overview.groups_run),
    }


def _topics(corpus, run: Run | None) -> dict | None:
    if run is None:
        return None
    return {**_about(run), "model": run.model, "items": [_topic(corpus, row) for row in reports.topics(corpus)]}


def _topic(corpus, row: reports.TopicRow) -> dict:
    return {
        "number": row.number,
        "label": row.label,
        "keywords": row.keywords,
        "posts": row.posts,
        "people": row.people,
        "share": round(row.share, 4),
        "sentiment": {
            "negative": row.negative,
            "mixed": row.mixed,
            "neutral": row.neutral,
            "positive": row.positive,
        },
        "parts": [
            {"number": part.number, "label": part.label, "posts": part.posts, "people": part.people}
            for part in row.parts
        ],
        "by_source": [_source(source) for source in row.by_source],
        "quotes": [_quote(opinion) for opinion in reports.by_ids(corpus, row.quotes)[:QUOTES]],
        "is_small": row.is_small,
    }


def _source(row: reports.SourceRow) -> dict:
    return {"source": row.source, "channel": row.channel, "posts": row.posts, "people": row.people}


def _quote(opinion: Opinion) -> dict:
    return {"text": opinion.text, "source": opinion.source, "url": opinion.url, "sentiment": opinion.sentiment}


def _groups(space: Space, run: Run | None) -> dict | None:
    if run is None:
        return None
    result = run.result
    ids = [row["statement"] for row in result["common_ground"] + result["divisive"]]
    ids += [row["statement"] for group in result["groups"] for row in group["representative"]]
    texts = dict(Statement.objects.published().filter(space=space, pk__in=ids).values_list("pk", "text"))
    return {
        **_about(run),
        "k": result["k"],
        "items": [
            {
                "number": group["number"],
                "size": group["size"],
                "representative": _with_words(group["representative"], texts),
            }
            for group in result["groups"]
        ],
        "common_ground": _with_words(result["common_ground"], texts),
        "divisive": _with_words(result["divisive"], texts),
        "assignment": _assignment(space, result["members"]),
    }


def _about(run: Run) -> dict:
    return {
        "run": run.pk,
        "finished_at": run.finished_at.isoformat(),
        "seed": run.seed,
        "counts": run.counts,
        "quality": run.quality,
        "notes": run.result.get("notes", []),
    }


def _with_words(rows: list[dict], texts: dict[int, str]) -> list[dict]:
    """Rows about statements with their words; statements hidden since are left out."""
    return [{**row, "text": texts[row["statement"]]} for row in rows if row["statement"] in texts]


def _assignment(space: Space, placed: dict[str, list]) -> dict[str, int]:
    """Participant -> group, for everybody who is in one.

    People from an import go by the number they have in the export; by their whole origin when the space holds several
    exports. Everybody else goes by member:<pk>.
    """
    voters = Vote.objects.filter(statement__space=space).values("member")
    members = list(Member.objects.filter(pk__in=voters).order_by("pk").only("pk", "origin"))
    exports = {member.origin.rpartition(":")[0] for member in members if member.origin}
    groups = {}
    for member in members:
        place = placed.get(conf.author_key(member.stream_author))
        if place is None or place[0] < 0:
            continue
        name = member.origin.rpartition(":")[2] if len(exports) == 1 else member.origin
        groups[name or member.stream_author] = place[0]
    return groups
