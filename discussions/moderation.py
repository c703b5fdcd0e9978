"""Hiding, restoring and releasing, whatever the kind of contribution: with a reason, on the record, and everywhere.

`targets.KINDS` lists what can be moderated. One function is one decision is one transaction.
"""

from functools import partial

from django.db import transaction
from django.utils import timezone

from discussions import cases, events, modlog, pace, reasons, rules, targets
from discussions.errors import NotAllowed, NotFound
from discussions.models import Member, ModerationAct, ModeratorNumber, Report, Space, State
from discussions.tasks import group_space
from nlp import stream
from nlp.tasks import enqueue_analysis

NOTE_LIMIT = 500
REPORTS_PER_HOUR = 40  # of one reader
Act = ModerationAct.Act


def hide(*, target, moderator: Member, reason: str, note: str = ""):
    """Take a visible contribution off every page, analysis and search; its words are kept. Appends <kind>.hidden.

    `note` is told to its author beside the reason. Returns the fresh row.

    Raises NotAllowed without the role, about one's own words and when it is not
    visible, NotFound for an unknown reason.
    """
    with transaction.atomic():
        space, row = _locked(target, moderator, reason)
        if not targets.is_visible(row):
            raise NotAllowed(rules.explained("withdrawn"), code="withdrawn")
        _hide(space, row, moderator, Act.HIDE, reason, note)
    return row


def reject(*, target, moderator: Member, reason: str, note: str = ""):
    """Do not publish what was held: it is hidden with a reason. Appends <kind>.hidden. Raises as `hide`."""
    with transaction.atomic():
        space, row = _locked(target, moderator, reason)
        if row.state != State.HELD:
            raise NotAllowed(rules.explained("withdrawn"), code="withdrawn")
        _hide(space, row, moderator, Act.REJECT, reason, note)
    return row


def restore(*, target, moderator: Member, reason: str = "mistake", note: str = ""):
    """Bring hidden words back everywhere. Appends <kind>.restored. Raises NotAllowed as `hide`."""
    with transaction.atomic():
        space, row = _locked(target, moderator)
        if row.state != State.HIDDEN:
            raise NotAllowed(rules.explained("withdrawn"), code="withdrawn")
        _show(space, row)
        record(space, Act.RESTORE, row, moderator, reason, note)
        _tell(space, row, "restored")
    return row


def release(*, target, moderator: Member):
    """Publish what was held: it enters the stream now. Appends <kind>.released. Raises NotAllowed as `hide`."""
    with transaction.atomic():
        space, row = _locked(target, moderator)
        if row.state != State.HELD:
            raise NotAllowed(rules.explained("withdrawn"), code="withdrawn")
        _show(space, row)
        if begins := targets.of(row).begins:
            begins(row, timezone.now())
        record(space, Act.RELEASE, row, moderator)
        _tell(space, row, "released")
    return row


def keep(*, target, moderator: Member) -> None:
    """Settle the reports and marks about a visible contribution that may stay. On the record when there were any."""
    with transaction.atomic():
        space, row = _locked(target, moderator)
        if not targets.is_visible(row):
            raise NotAllowed(rules.explained("withdrawn"), code="withdrawn")
        if cases.settle(row):
            record(space, Act.KEEP, row, moderator)


def report(*, target, reporter: Member, reason: str) -> Report:
    """Ask the moderators to look at a contribution. Reporting twice leaves one report.

    Raises NotAllowed, NotFound (no such reason), TooSoon: nobody fills the queue alone.
    """
    pace.require_calm(f"report:{reporter.pk}", most=REPORTS_PER_HOUR, seconds=3600)
    with transaction.atomic():
        kind = targets.of(target)
        row = kind.model._default_manager.select_for_update().get(pk=target.pk)
        rules.require(rules.may_report(reporter, row))
        if reason not in Report.Reason.values:
            raise NotFound(rules.explained("withdrawn"), code="unknown_reason")
        made, _created = Report.objects.update_or_create(
            target=kind.key,
            target_id=row.pk,
            reporter=reporter,
            defaults={"space": row.space, "reason": reason, "settled": False},
        )
        cases.open_for([row], is_reported=True)
    return made


def record(space: Space, act: str, row, moderator: Member, reason: str = "", note: str = "") -> ModerationAct:
    """Write a decision about a contribution down. Inside the transaction that carries it out."""
    return log(space, act, targets.of(row).key, row.pk, moderator, reason, note)


def log(
    space: Space, act: str, target: str, target_id: int, moderator: Member, reason: str = "", note: str = ""
) -> ModerationAct:
    """Write a decision about anything of `Target` down."""
    ModeratorNumber.objects.get_or_create(member=moderator)
    made = ModerationAct.objects.create(
        space=space,
        act=act,
        target=target,
        target_id=target_id,
        reason=reason,
        note=note.replace("\x00", "").strip()[:NOTE_LIMIT],
        moderator=moderator,
    )
    modlog.count(made)
    return made


def last_decision(target) -> ModerationAct | None:
    """The decision by which these words are hidden now, or None."""
    if target.state != State.HIDDEN:
        return None
    made = ModerationAct.objects.filter(target=targets.of(target).key, target_id=target.pk)
    return made.filter(act__in=[Act.HIDE, Act.REJECT]).order_by("-id").first()


def _locked(target, moderator: Member, reason: str | None = None) -> tuple[Space, object]:
    rules.require(rules.may_judge(moderator, target))
    kind = targets.of(target)
    space = events.lock(target.space.pk)
    if reason is not None:
        reasons.require(reason, space)
    return space, kind.rows().get(pk=target.pk)


def _hide(space: Space, row, moderator: Member, act: str, reason: str, note: str) -> None:
    row.state, row.hidden_reason = State.HIDDEN.value, reason
    row.save(update_fields=["state", "hidden_reason"])
    cases.settle(row)
    record(space, act, row, moderator, reason, note)
    if stream.withdraw(targets.of(row).key, row.pk):
        enqueue_analysis(space.corpus_id)
    _tell(space, row, "hidden")


def _show(space: Space, row) -> None:
    kind = targets.of(row)
    row.state, row.hidden_reason = kind.shown(row), ""
    row.save(update_fields=["state", "hidden_reason"])
    cases.settle(row)
    if kind.is_told(row) and stream.restore(kind.key, row.pk, text=row.words):
        enqueue_analysis(space.corpus_id)


def _tell(space: Space, row, verb: str) -> None:
    kind = targets.of(row)
    if kind.counts and stream.mark(space.corpus_id, groups=True):
        transaction.on_commit(partial(group_space.enqueue, space.pk))
    events.append(space, f"{kind.key}.{verb}", {"id": row.pk})
