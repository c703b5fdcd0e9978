"""The answer clock: what is promised, when it starts, a later date with a reason, the answer that stops it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import answer_rules, events, handovers, rules
from discussions.errors import CivicError, InvalidText
from discussions.models import (
    AnswerClock,
    AnswerTerms,
    ClockExtension,
    ClockReminder,
    LiveSession,
    Member,
    Proposal,
    Space,
)
from discussions.models.clocks import LONGEST_DAYS
from discussions.wording import cleaned

REASON_LIMIT = 2000
REMIND_BEFORE = (1, 7, 14)  # days; the nearest one that is reached is told
OVERDUE = -1
MOST_EXTENSIONS = 9


def terms(space: Space) -> AnswerTerms:
    """What this space promises: its own terms, or those of the site. One query."""
    own = AnswerTerms.objects.filter(space=space).first()
    return own or AnswerTerms(
        space=space,
        days=settings.ANSWER_DAYS,
        extensions=settings.ANSWER_EXTENSIONS,
        extension_days=settings.ANSWER_EXTENSION_DAYS,
    )


def set_terms(
    *, space: Space, editor: Member, days: int, extensions: int, extension_days: int, needs_approval: bool
) -> AnswerTerms:
    """Promise something else here, from the next clock on; clocks that run keep theirs. Appends space.changed.

    Raises NotAllowed, CivicError (figures that make no sense).
    """
    in_days = 1 <= days <= LONGEST_DAYS and 1 <= extension_days <= LONGEST_DAYS
    if not in_days or not 0 <= extensions <= MOST_EXTENSIONS:
        raise CivicError(rules.explained("no_such_terms"), code="no_such_terms")
    with transaction.atomic():
        rules.require(rules.may_arrange(editor))
        space = events.lock(space.pk)
        agreed, _is_new = AnswerTerms.objects.update_or_create(
            space=space,
            defaults={
                "days": days,
                "extensions": extensions,
                "extension_days": extension_days,
                "needs_approval": needs_approval,
            },
        )
        events.append(space, "space.changed", {"id": space.pk})
    return agreed


def start(
    *, space: Space, now: datetime, proposal: Proposal | None = None, session: LiveSession | None = None
) -> AnswerClock:
    """Start the clock of one proposal, of what a live session left open, or of a review of a space that begins `now`;
    appends clock.started.

    Started twice, it is one clock: a space that owes an answer already gets no second one, nor a review that was
    answered meanwhile. The next review has a clock of its own; the earlier ones stay in the record.

    The caller holds the lock on the space (`events.lock`) inside its transaction. An answer is due after the days the
    space promises, or at the date it has announced for its review. With the clock of a space, what has no answer yet
    is handed to the agency.
    """
    earlier = AnswerClock.objects.filter(space=space, proposal=proposal, session=session).order_by("-pk").first()
    is_whole = proposal is None and session is None
    if earlier is not None and (not is_whole or earlier.answered_at is None or earlier.answered_at >= now):
        return earlier
    agreed = terms(space)
    due_at = now + timedelta(days=agreed.days)
    if is_whole and space.answer_due_at is not None and space.answer_due_at > now:
        due_at = space.answer_due_at
    clock = AnswerClock.objects.create(
        space=space,
        proposal=proposal,
        session=session,
        agency_id=space.agency_id,
        started_at=now,
        first_due_at=due_at,
        due_at=due_at,
        extensions_allowed=agreed.extensions,
        extension_days=agreed.extension_days,
    )
    about = {"proposal": proposal, "session": session}
    data = {"id": clock.pk, **{name: row.pk for name, row in about.items() if row is not None}}
    events.append(space, "clock.started", data)
    if is_whole:
        handovers.make(space=space, now=now)
    return clock


def extend(
    *, clock: AnswerClock, officer: Member, until: datetime, reason: str, now: datetime | None = None
) -> ClockExtension:
    """Promise the answer for a later date, with the reason in writing; appends clock.extended.

    Only while the date promised before is not over, and only as often and as far as was stated when the clock started.

    Raises NotAllowed (no role, another agency, answered, overdue, used up), InvalidText (no reason), CivicError (the
    date is not later, or too far).
    """
    now = now or timezone.now()
    words = cleaned(
        reason,
        limit=REASON_LIMIT,
        missing=_("Please say why the answer needs more time; everybody can read the reason."),
    )
    with transaction.atomic():
        space = events.lock(clock.space_id)
        clock = AnswerClock.objects.get(pk=clock.pk)
        rules.require(answer_rules.may_extend(officer, clock, made=clock.extensions.count(), now=now))
        if until <= clock.due_at:
            raise InvalidText(rules.explained("not_later"), code="not_later")
        if until > clock.due_at + timedelta(days=clock.extension_days):
            raise InvalidText(rules.explained("too_far"), code="too_far")
        extension = ClockExtension.objects.create(
            clock=clock, until=until, before=clock.due_at, reason=words, officer=officer, made_at=now
        )
        clock.due_at = until
        clock.save(update_fields=["due_at"])
        events.append(space, "clock.extended", {"id": clock.pk, "extension": extension.pk})
    return extension


def stop(*, space: Space, proposal: Proposal | None, now: datetime) -> AnswerClock | None:
    """An answer was given: stop the clock of this proposal, or of the space. None when none runs.

    The caller holds the lock on the space and appends clock.answered once its answer is written.
    """
    clock = AnswerClock.objects.filter(space=space, proposal=proposal, session=None, answered_at=None).first()
    if clock is not None:
        halt(clock, now)
    return clock


def halt(clock: AnswerClock, now: datetime) -> None:
    """This clock was kept. The caller holds the lock on its space."""
    clock.answered_at = max(now, clock.started_at)
    clock.save(update_fields=["answered_at"])


def remind(now: datetime | None = None) -> int:
    """Tell the officers of dates that are near or over: clock.due_soon and clock.overdue, each once. Returns how many.

    May run at any time and side by side with itself.
    """
    now = now or timezone.now()
    near = AnswerClock.objects.filter(answered_at=None, due_at__lte=now + timedelta(days=max(REMIND_BEFORE)))
    told = set(ClockReminder.objects.filter(clock__in=near).values_list("clock_id", "due_at", "days"))
    waiting = [clock for clock in near if (clock.pk, clock.due_at, _distance(clock, now)) not in told]
    return sum(_told(clock, now) for clock in waiting)


def _distance(clock: AnswerClock, now: datetime) -> int:
    """The nearest of REMIND_BEFORE that is reached, or OVERDUE."""
    if clock.due_at < now:
        return OVERDUE
    return next(days for days in REMIND_BEFORE if clock.due_at <= now + timedelta(days=days))


def _told(clock: AnswerClock, now: datetime) -> bool:
    with transaction.atomic():
        space = events.lock(clock.space_id)
        clock = AnswerClock.objects.get(pk=clock.pk)
        if clock.answered_at is not None or clock.due_at > now + timedelta(days=max(REMIND_BEFORE)):
            return False
        days = _distance(clock, now)
        _row, is_new = ClockReminder.objects.get_or_create(
            clock=clock, due_at=clock.due_at, days=days, defaults={"made_at": now}
        )
        if not is_new:
            return False
        if days == OVERDUE:
            events.append(space, "clock.overdue", {"id": clock.pk})
        else:
            events.append(space, "clock.due_soon", {"id": clock.pk, "days": days})
    return True
