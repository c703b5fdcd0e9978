"""Importing a consultation of 50,000 votes in bulk, against one ORM save per vote.

    python -m benchmarks.import_polis [DIR]

DIR is the folder of a Polis export; without it one of the same size is made up. Peers: `Vote(...).save()`, each in a
transaction of its own as the request of a voter would be, and all in one transaction. They are given a part of the same
votes and compared by votes per second; their time leaves out reading, participants and statements, ours does not.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import place

WANTED_RATIO = 5
WANTED_MB = 500
PEER_VOTES = 3_000
STATEMENTS, VOTERS, VOTES_EACH = 200, 1_900, 26


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="a Polis export")
    folder = parser.parse_args().folder
    place.prepare()
    before = _peak_mb()
    from django.db import transaction

    from discussions import imports, polis
    from discussions.models import Vote

    with tempfile.TemporaryDirectory() as made_up:
        export = polis.Export(folder or _made_up(Path(made_up)))
        space = place.space("imported")
        started = time.perf_counter()
        outcome = imports.take_in(export, space=space, progress=lambda stage, done, total: None)
        seconds = time.perf_counter() - started
        peak = _peak_mb()
        started = time.perf_counter()
        again = imports.take_in(polis.Export(export.folder), space=space, progress=lambda stage, done, total: None)
        again_seconds = time.perf_counter() - started
    votes = outcome.votes.added
    print(f"{outcome.statements.added:,} statements, {outcome.participants.added:,} participants, {votes:,} votes")
    print(f"in bulk: {seconds:.1f} s, {votes / seconds:,.0f} votes/s; a second time: {again_seconds:.1f} s, "
          f"{again.votes.added + again.votes.changed} votes written")  # fmt: skip
    print(f"memory: {peak:.0f} MB at most, of which {before:.0f} MB before the import")

    part = list(Vote.objects.order_by("pk")[:PEER_VOTES])
    rates = {"one save per vote": _saved(part, Vote)}
    with transaction.atomic():
        rates["one save per vote, all in one transaction"] = _saved(part, Vote)
    for name, rate in rates.items():
        print(f"{name}: {rate:,.0f} votes/s; in bulk is {votes / seconds / rate:.1f} times as fast")
    failures = []
    if votes / seconds < WANTED_RATIO * rates["one save per vote"]:
        failures.append(f"less than {WANTED_RATIO} times as fast")
    if peak > WANTED_MB:
        failures.append(f"{peak:.0f} MB, wanted at most {WANTED_MB}")
    if again.has_changed_anything:
        failures.append("the second import changed something")
    place.finish(failures)


def _saved(part, model) -> float:
    """Votes per second when these votes are saved one by one."""
    model.objects.filter(pk__in=[vote.pk for vote in part]).delete()
    started = time.perf_counter()
    for vote in part:
        model(statement_id=vote.statement_id, member_id=vote.member_id, value=vote.value, cast_at=vote.cast_at).save()
    rate = len(part) / (time.perf_counter() - started)
    part[:] = model.objects.filter(statement__in={vote.statement_id for vote in part}).order_by("-pk")[: len(part)]
    return rate


def _made_up(folder: Path) -> Path:
    chance = random.Random(0)
    comments = ["timestamp,comment-id,author-id,agrees,disagrees,moderated,comment-body"]
    comments += [f"{1435700000000 + n},{n},{n % 90},0,0,1,第 {n} 句意見，大家怎麼看" for n in range(STATEMENTS)]
    votes = ["timestamp,comment-id,voter-id,vote"]
    for voter in range(VOTERS):
        for statement in chance.sample(range(STATEMENTS), VOTES_EACH):
            votes.append(f"{1435700000000 + len(votes)},{statement},{voter},{chance.choice((1, 1, -1, 0))}")
    (folder / "comments.csv").write_text("\n".join(comments), encoding="utf-8")
    (folder / "votes.csv").write_text("\n".join(votes), encoding="utf-8")
    return folder


def _peak_mb() -> float:
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    main()
