"""The draft in which a public answer is corrected, also one given without a draft: at once, or by a program."""

from django.db import transaction

from cms.answer_drafts import MODELS, WHOLE, AnswerDraft, in_library
from discussions import answer_rules, rules
from discussions.models import Member, Reply, Space, State

LABEL = 80
COLUMNS = tuple(MODELS)
KEYS = {"topic": "topic_number", **{column: f"{column}_id" for column in COLUMNS}}


def whole(space: Space, agency_id: int | None) -> list[Reply]:
    """The public answers of an agency to the whole of a discussion, in order: one for each review."""
    return list(Reply.objects.filter(whole=space, agency=agency_id).order_by("answered_at"))


def single(space: Space, agency_id: int | None, *, before: int = 0, limit: int) -> tuple[list[Reply], int]:
    """Its other answers there, newest first, and where the next ones begin (0: nowhere)."""
    found = Reply.objects.filter(space=space, agency=agency_id, whole=None).select_related("space", *COLUMNS)
    found = found.filter(pk__lt=before) if before else found
    rows = list(found.order_by("-pk")[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else 0


def label(reply: Reply) -> str:
    """What an answer is about, in a few words; nothing when it is about the whole discussion or about hidden words."""
    if reply.topic_number is not None:
        return reply.topic_label
    found = next((thing for column in COLUMNS if (thing := getattr(reply, column)) is not None), None)
    if found is None or found.state in (State.HELD, State.HIDDEN, State.WITHDRAWN):
        return ""
    return " ".join((getattr(found, "title", "") or found.text).split())[:LABEL]


@transaction.atomic
def draft_of(*, reply: Reply, officer: Member) -> AnswerDraft:
    """The draft of a public answer: the one it came from, or a new one with what it says now, signed by this officer.

    Raises NotAllowed (no role, another agency gave the answer).
    """
    rules.require(answer_rules.may_answer_for(officer, reply.agency_id))
    draft = AnswerDraft.objects.filter(reply=reply).first()
    if draft is not None:
        return draft
    # The whole of a discussion may have other drafts, for other reviews; an id below zero belongs to none of them.
    key = -reply.pk if reply.target == WHOLE else getattr(reply, KEYS[reply.target])
    draft, _is_new = AnswerDraft.objects.get_or_create(
        space=reply.space,
        agency_id=reply.agency_id,
        target=reply.target,
        target_key=key,
        defaults={"officer": officer, "target_label": label(reply), "live": False},
    )
    # Somebody may have begun a draft and then answered at once: what is public is what is corrected.
    draft.reply, draft.text = reply, reply.text
    draft.points = [("point", _point(point)) for point in reply.points.all()]
    draft.documents = [("document", found) for row in reply.documents.all() if (found := in_library(row.url))]
    draft.save()
    draft.save_revision(user=officer, clean=False)
    return draft


def _point(point) -> dict:
    return {name: getattr(point, name) for name in ("label", "topic_number", "verdict", "text", "next_step")}
