"""Somebody already said this: what was published here and means nearly the same as the words being written."""

from dataclasses import dataclass

from discussions.models import Comment, Proposal, Space, Statement
from nlp import similar

LEAST_LETTERS = 6
MOST = 3


@dataclass(frozen=True, slots=True)
class Said:
    """One contribution that says nearly the same; exactly one of the three is there."""

    score: float
    comment: Comment | None = None
    statement: Statement | None = None
    proposal: Proposal | None = None

    @property
    def words(self) -> str:
        """Its words."""
        if self.proposal is not None:
            return self.proposal.title
        return (self.comment or self.statement).text


def already_said(space: Space, words: str) -> list[Said]:
    """At most MOST published contributions of this space, the nearest first; nothing for a few letters."""
    if sum(character.isalnum() for character in words) < LEAST_LETTERS:
        return []
    found = similar.nearest(space.corpus_id, words, k=MOST)
    rows = {
        "comment": _rows(Comment.objects.published().filter(space=space).select_related("author"), found, "comment"),
        "statement": _rows(Statement.objects.published().filter(space=space), found, "statement"),
        "proposal": _rows(
            Proposal.objects.published().filter(space=space).exclude(stage=Proposal.Stage.DRAFT), found, "proposal"
        ),
    }
    # Read once more from their owners: what was hidden or withdrawn is in none of these.
    return [Said(score, **{source: rows[source][int(key)]}) for source, key, score in found if int(key) in rows[source]]


def _rows(published, found, wanted: str) -> dict:
    keys = [int(key) for source, key, _score in found if source == wanted]
    return published.in_bulk(keys) if keys else {}
