"""Somebody already put this to the vote: statements that say nearly what one is about to say."""

import re
import unicodedata

from discussions.models import Space, State, Statement
from nlp import similar

FEW = 3
SHORTEST = 4  # signs; below that everything resembles everything


def of(space: Space, words: str) -> list[Statement]:
    """At most FEW published statements of this space that mean nearly the same, the nearest first.

    Statements of the agency are no opinions and have no vector: they are found when they say it in the same words.
    """
    if len(words.strip()) < SHORTEST:
        return []
    seeds = Statement.objects.published().filter(space=space, is_seed=True).select_related("space")
    same = [seed for seed in seeds if _bare(seed.text) == _bare(words)]
    found = similar.nearest(space.corpus_id, words, k=FEW, sources=("statement",))
    keys = [int(key) for _source, key, _cosine in found]
    rows = Statement.objects.filter(space=space, state=State.VISIBLE).select_related("space").in_bulk(keys)
    return [*same, *(rows[key] for key in keys if key in rows)][:FEW]


def _bare(text: str) -> str:
    """The words without width, case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
