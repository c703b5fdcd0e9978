"""Desks in the Wagtail admin from which the instruments of a space are run; one module per instrument."""

from cms.instruments import answers, budgets, comments, live, moderation, proposals, statements, surveys, texts
from cms.instruments.desk import Desk

DESKS: tuple[Desk, ...] = (
    comments.DESK,
    texts.DESK,
    surveys.DESK,
    budgets.DESK,
    statements.DESK,
    proposals.DESK,
    live.DESK,
    answers.DESK,
    moderation.DESK,
)

urlpatterns = [pattern for desk in DESKS for pattern in desk.urlpatterns]
