"""Somebody already said or asked this: what was published here and means nearly the same as words being written."""

from dataclasses import dataclass

from discussions import questions
from discussions.models import Comment, LiveSession, Proposal, Question, Space, Statement
from nlp import similar

LEAST_LETTERS = 6
MOST = 3
LOOKED_THROUGH = 20  # questions of the whole space, of which those of one session are kept
COMPARED = 300  # characters of a question that is being written


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
    if not _has_enough(words):
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


def already_asked(session: LiveSession, words: str, *, viewer=None, but: Question | None = None) -> list[Question]:
    """At most MOST questions of this session that ask nearly the same, the nearest first, with their counts as
    `viewer` sees them. A question that was joined with another is found as that one; `but` is left out.
    """
    if not _has_enough(words):
        return []
    found = similar.nearest(session.space.corpus_id, words, k=LOOKED_THROUGH, sources=("question",))
    keys = [int(key) for _source, key, _score in found]
    standing = Question.objects.published().filter(pk__in=keys, session=session)
    carriers = {question.pk: question.merged_into_id or question.pk for question in standing}
    wanted = list(dict.fromkeys(carriers[key] for key in keys if key in carriers))
    wanted = [pk for pk in wanted if but is None or pk != but.pk][:MOST]
    rows = questions.with_counts(Question.objects.published().filter(pk__in=wanted), viewer=viewer).in_bulk()
    return [rows[pk] for pk in wanted if pk in rows]


def _has_enough(words: str) -> bool:
    return sum(character.isalnum() for character in words) >= LEAST_LETTERS


def _rows(published, found, wanted: str) -> dict:
    keys = [int(key) for source, key, _score in found if source == wanted]
    return published.in_bulk(keys) if keys else {}
