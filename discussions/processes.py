"""Usual ways to run a policy: what each offers and how long its stages last. A start for editors, not a fetter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from discussions.instruments import Instrument
from discussions.models import Level
from discussions.phases import DATES


@dataclass(frozen=True, slots=True)
class Process:
    """`instruments` with their terms; `days` from the start to each date of a space, midnight each time."""

    key: str
    label: str | Promise
    words: str | Promise
    instruments: Mapping[Instrument, Mapping[str, Any]]
    days: Mapping[str, int] = field(default_factory=dict)


PROCESSES: dict[str, Process] = {
    process.key: process
    for process in (
        Process(
            "notice",
            _("Notice and comment on a draft regulation, 60 days"),
            _("Two weeks to read the draft text, then discussion of each paragraph; the agency answers in 30 days."),
            {Instrument.TEXTS: {}, Instrument.COMMENTS: {}},
            {
                "text_at": 0,
                "opens_at": 14,
                "review_at": 60,
                "answer_due_at": 90,
                "follow_up_at": 120,
                "archive_at": 365,
            },
        ),
        Process(
            "proposals",
            _("Citizen proposals with co-signing"),
            _("Four months for proposals, two more for signatures; each over its threshold is answered for itself."),
            {Instrument.PROPOSALS: {"level": int(Level.EMAIL)}, Instrument.COMMENTS: {}},
            {"opens_at": 0, "voting_at": 120, "review_at": 180, "answer_due_at": 240, "archive_at": 545},
        ),
        Process(
            "agency",
            _("Discussion opened by an agency"),
            _("Three weeks of discussion, two of voting on statements; the agency answers in 30 days."),
            {Instrument.COMMENTS: {}, Instrument.STATEMENTS: {}, Instrument.LIVE: {}},
            {
                "opens_at": 0,
                "voting_at": 21,
                "review_at": 35,
                "answer_due_at": 65,
                "follow_up_at": 125,
                "archive_at": 400,
            },
        ),
        Process(
            "survey",
            _("Survey"),
            _("Four weeks to answer; the results, and what the agency makes of them, follow in 30 days."),
            {Instrument.SURVEYS: {}, Instrument.COMMENTS: {}},
            {"opens_at": 0, "review_at": 28, "answer_due_at": 58, "archive_at": 240},
        ),
        Process(
            "hearing",
            _("Live hearing"),
            _("Two weeks to collect questions, the hearing itself, and one more week; the agency answers in 30 days."),
            {Instrument.LIVE: {}, Instrument.COMMENTS: {}},
            {"opens_at": 0, "review_at": 21, "answer_due_at": 51, "archive_at": 240},
        ),
        Process(
            "budget",
            _("Participatory budget"),
            _("Six weeks for ideas, three to share out the money; the agency answers in 30 days and reports later."),
            {
                Instrument.PROPOSALS: {"threshold": 30, "days": 42},
                Instrument.BUDGETS: {"level": int(Level.EMAIL)},
                Instrument.COMMENTS: {},
            },
            {
                "opens_at": 0,
                "voting_at": 42,
                "review_at": 63,
                "answer_due_at": 93,
                "follow_up_at": 123,
                "archive_at": 490,
            },
        ),
    )
}


def dates(process: Process, start: date) -> dict[str, datetime | None]:
    """Every date of a space when the process starts on a day; None for stages it leaves out."""
    return {
        name: _midnight(start + timedelta(days=process.days[name])) if name in process.days else None for name in DATES
    }


def terms(process: Process) -> dict[str, dict[str, Any]]:
    """What a space offers in this process, as `Space.instruments` holds it."""
    return {kind.value: dict(options) for kind, options in process.instruments.items()}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
