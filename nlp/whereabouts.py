"""Where one person stands on the latest map of opinion groups, by the votes they have cast so far."""

from collections.abc import Mapping
from dataclasses import dataclass

from nlp.models import Corpus, Run
from nlp.runs import latest_run


@dataclass(frozen=True, slots=True)
class Circle:
    """One opinion group on the map: its number (0 is the largest), how many people it has, and its middle."""

    number: int
    size: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A person among the groups. `nearest` is the number of the group whose middle is closest.

    `common` and `parting` are ids of statements on which the groups agree and part, the clearest first.
    """

    x: float
    y: float
    nearest: int
    groups: list[Circle]
    common: list[int]
    parting: list[int]


def find(corpus: Corpus | int, votes: Mapping[int, int], *, least: int) -> Whereabouts | None:
    """Place somebody who has cast `votes` (statement -> 1, 0, -1): one query.

    None while there is no map, while it shows fewer than two groups, where a group of fewer than `least` people would
    be shown, and for somebody who has voted on nothing that is on it.
    """
    from nlp.core.placement import place_one

    run = latest_run(corpus, Run.Kind.GROUPS)
    drawn = run.result.get("map") if run else None
    if not drawn or run.result["k"] < 2:
        return None
    groups = [Circle(group["number"], group["size"], *group["centre"]) for group in run.result["groups"]]
    if min(group.size for group in groups) < least:
        return None
    pulls = {int(statement): pull for statement, pull in drawn["pulls"].items()}
    place = place_one(votes, pulls, statements=drawn["statements"])
    if place is None:
        return None
    x, y = place
    nearest = min(groups, key=lambda group: ((group.x - x) ** 2 + (group.y - y) ** 2, group.number))
    return Whereabouts(
        x=x,
        y=y,
        nearest=nearest.number,
        groups=groups,
        common=[row["statement"] for row in run.result["common_ground"]],
        parting=[row["statement"] for row in run.result["divisive"]],
    )
