"""Frames about questions for the panel."""

from django.template.loader import render_to_string

from discussions import questions
from discussions.frames.wire import Made
from discussions.models import Question

TEMPLATE = "discussions/live/question_item.html"


def rows(space_id: int, pks: list[int]) -> dict[int, Question]:
    """The questions of a space by id, with their counts."""
    found = questions.with_counts(Question.objects.filter(pk__in=pks, session__space=space_id))
    return {row.pk: row for row in found}


def question(row: Question) -> Made:
    """A question as it stands. One that waits for a moderator, is hidden or withdrawn has no words; one that was joined
    with another says with which."""
    facts = {"session": row.session.code, "state": row.state, "raises": row.raised}
    if row.state == Question.State.MERGED:
        return {**facts, "into": str(row.merged_into_id)}, None
    if row.state in Question.GONE:
        return facts, None
    return facts, lambda: render_to_string(TEMPLATE, {"question": row, "session": row.session})


def raises(row: Question) -> Made:
    """How many people raise it."""
    return {"session": row.session.code, "raises": row.raised}, None
