"""What can be moderated: one line per kind. The key is the name of the kind in the opinion stream, too."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from discussions import windows
from discussions.errors import NotFound
from discussions.models import (
    Addendum,
    Comment,
    PollWord,
    Proposal,
    Question,
    Space,
    Statement,
    Target,
    TranscriptLine,
)
from discussions.models.standing import State
from discussions.models.surveys import FreeAnswer
from discussions.models.texts import Wording

# The names under which kinds keep the moment at which something was said.
MOMENTS = ("posted_at", "made_at", "asked_at", "said_at")
GONE = frozenset({State.HIDDEN.value, State.HELD.value, State.WITHDRAWN.value})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of contribution. Its rows have `space`, `author`, `words`, `state` and `hidden_reason`.

    `space` is the lookup that leads to the space, `shown` the state in which everybody reads it again, `address` the
    page on which it stands. `counts` says that votes hang on it, so that the opinion groups change with it. `begins` is
    what has to be done besides when it was held and people can read it at last. `only` leaves out what its author has
    not sent to anybody yet. `is_told` says of a visible row whether it may be read yet: until then it is in no
    analysis.
    """

    key: str
    model: type[Model]
    address: Callable[[Any], str]
    space: str = "space"
    shown: Callable[[Any], str] = lambda _row: State.VISIBLE.value
    counts: bool = False
    begins: Callable[[Any, datetime], None] | None = None
    only: Q = Q()
    is_told: Callable[[Any], bool] = lambda row: True

    @property
    def label(self) -> str | Promise:
        return Target(self.key).label

    def rows(self) -> QuerySet:
        """All of them, with space and author."""
        return self.model._default_manager.filter(self.only).select_related(self.space, "author")

    def held(self) -> QuerySet:
        """Those that wait for a moderator before anybody reads them."""
        return self.rows().filter(state=State.HELD)


def _statement(row) -> str:
    return reverse("discussions:statements", args=[row.space.slug]) + f"#s{row.pk}"


def _question(row) -> str:
    return row.session.get_absolute_url() + f"#q{row.pk}"


def _poll_word(row) -> str:
    return row.poll.session.get_absolute_url() + f"#poll-{row.poll_id}"


def _question_again(row) -> str:
    """Where a hidden question stands again."""
    if row.merged_into_id is not None:
        return Question.State.MERGED.value
    return Question.State.ASKED.value if row.answered_at is None else Question.State.ANSWERED.value


def _own(row) -> str:
    return row.get_absolute_url()


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(Target.COMMENT.value, Comment, _own),
        Kind(Target.STATEMENT.value, Statement, _statement, counts=True),
        Kind(Target.QUESTION.value, Question, _question, space="session__space", shown=_question_again),
        Kind(Target.PROPOSAL.value, Proposal, _own, begins=windows.begin_anew, only=~Q(stage=Proposal.Stage.DRAFT)),
        Kind(Target.ADDENDUM.value, Addendum, _own),
        Kind(Target.WORDING.value, Wording, _own),
        Kind(Target.LINE.value, TranscriptLine, _own, space="session__space"),
        Kind(Target.POLL_WORD.value, PollWord, _poll_word, space="poll__session__space"),
        Kind(Target.SURVEY.value, FreeAnswer, _own, is_told=lambda row: row.response.survey.is_told),
    )
}


def of(row) -> Kind:
    """The kind of a row. Raises NotFound for what cannot be moderated."""
    for kind in KINDS.values():
        if isinstance(row, kind.model):
            return kind
    raise NotFound(str(type(row).__name__), code="unknown_kind")


def said_at(row) -> datetime | None:
    """When it was said, where its kind knows."""
    return next((at for name in MOMENTS if (at := getattr(row, name, None))), None)


def is_visible(row) -> bool:
    """May everybody read it?"""
    return row.state not in GONE


def find(key: str, pk: int, *, space: Space | None = None):
    """The contribution of kind `key` with this id, or None."""
    kind = KINDS.get(key)
    if kind is None:
        return None
    rows = kind.rows().filter(pk=pk)
    return (rows.filter(**{kind.space: space}) if space is not None else rows).first()


def read(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """Many contributions by (kind, id): one query per kind among them."""
    by_kind: dict[str, list[int]] = {}
    for key, pk in wanted:
        by_kind.setdefault(key, []).append(pk)
    return {
        (key, row.pk): row
        for key, pks in by_kind.items()
        if key in KINDS
        for row in KINDS[key].rows().filter(pk__in=pks)
    }
