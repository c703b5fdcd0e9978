"""Opinion groups of a corpus: votes in, one immutable Run out."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime

from django.utils import timezone

from nlp import conf, stream
from nlp.models import Run
from nlp.runs import number, plain


def refresh_groups(
    corpus_id: int,
    *,
    votes: Callable[[], Iterable[tuple[int, int, int, datetime]]],
    statements: Callable[[], Iterable[tuple[int, str]]],
    author_of: Callable[[int], str],
) -> dict:
    """Find the opinion groups and save them as a Run; return counts.

    `votes` yields (participant, statement, value, when it was cast), `statements` yields (id, state): anything but
    "visible" is left out of the map. `author_of` names a participant as the stream does, so that placements are kept
    under the same pseudonym.
    """
    from nlp.core import lockstep
    from nlp.core.groups import find_groups

    started = timezone.now()
    stream.redeem(corpus_id, groups=True)
    try:
        hidden = {statement for statement, state in statements() if state != "visible"}
        table = _table(votes())
        result = find_groups(table, moderated_out=hidden, seed=conf.seed())
        result = lockstep.mark(table, result, moderated_out=hidden, seed=conf.seed())
        run = Run.objects.create(
            corpus_id=corpus_id,
            kind=Run.Kind.GROUPS,
            started_at=started,
            finished_at=timezone.now(),
            seed=conf.seed(),
            code_version=conf.code_version(),
            config={"moderated_out": len(hidden)},
            counts={
                "participants": len(table.participants),
                "votes": len(table),
                "statements": len(table.statements) - len(hidden & set(table.statements)),
                "thin": len(result.thin),
            },
            quality={"k": result.k, "stability": number(result.stability)},
            result={**_groups_as_json(result, author_of), "map": _map(result, len(table.statements))},
        )
    except BaseException:
        stream.mark(corpus_id, groups=True)
        raise
    return {"run": run.pk, "k": result.k, **run.counts}


def _table(votes: Iterable[tuple[int, int, int, datetime]]):
    from nlp.core.votes import VoteTable

    columns: tuple[list, ...] = ([], [], [], [])
    for participant, statement, value, cast_at in votes:
        for column, cell in zip(columns, (participant, statement, value, cast_at.timestamp()), strict=True):
            column.append(cell)
    people, statements, values, moments = columns
    return VoteTable.from_arrays(people, statements, values, cast_at=moments)


def _groups_as_json(result, author_of: Callable[[int], str]) -> dict:
    """The opinion groups as plain JSON; `members` holds [group, x, y] under each participant's pseudonym."""
    members = {}
    for position, participant in enumerate(result.participants):
        x, y = (number(value) for value in result.placements[position])
        members[conf.author_key(author_of(participant))] = [int(result.assignment[position]), x, y]
    return {
        "k": result.k,
        "notes": list(result.notes),
        "silhouettes": {str(k): number(value) for k, value in result.silhouettes.items()},
        "variance": [number(value) for value in result.variance],
        "groups": [
            {
                "number": group.number,
                "size": group.size,
                "centre": [number(value) for value in group.centre],
                "representative": [plain(asdict(statement)) for statement in group.representative],
            }
            for group in result.groups
        ],
        "common_ground": [plain(asdict(statement)) for statement in result.common_ground],
        "divisive": [plain(asdict(statement)) for statement in result.divisive],
        "minority": [plain(asdict(view)) for view in result.minority],
        "conduct": _conduct(result, author_of),
        "evidence": [plain(asdict(count)) for count in result.counts],
        "members": members,
    }


def _map(result, statements: int) -> dict:
    """What it takes to place one more person, see `placement.place_one`."""
    pulls = {str(statement): [number(figure) for figure in pull] for statement, pull in result.pulls.items()}
    return {"statements": statements, "pulls": pulls}


def _conduct(result, author_of: Callable[[int], str]) -> dict:
    """Voting that looks strategic, for moderators; accounts under their pseudonyms."""
    found = result.conduct
    return {
        "lockstep": [
            {
                **plain(asdict(cluster)),
                "participants": [conf.author_key(author_of(one)) for one in cluster.participants],
            }
            for cluster in found.lockstep
        ],
        "straight": [
            {**plain(asdict(voter)), "participant": conf.author_key(author_of(voter.participant))}
            for voter in found.straight
        ],
        "k_without": found.k_without,
        "agreement": number(found.agreement),
    }
