"""Appeals: the author of hidden words asks once for a second look, and another moderator takes it."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, moderation, modlog, rules, targets, wording
from discussions.errors import CivicError, NotAllowed, NotFound
from discussions.models import Appeal, Member, ModerationAct

LIMIT = 1000


def make(*, decision: ModerationAct, author: Member, text: str) -> Appeal:
    """Ask for a second look at a decision that still holds; appends <kind>.appealed. Sent again with the same words,
    the first appeal comes back.

    Raises InvalidText, NotAllowed (not the author, not hidden any more), CivicError (there was an appeal already).
    """
    words = wording.cleaned(text, limit=LIMIT, missing=_("Please say why you think that the decision was wrong."))
    with transaction.atomic():
        space = events.lock(decision.space_id)
        target = targets.find(decision.target, decision.target_id)
        rules.require(rules.may_appeal(author, decision))
        if target is None or target.author_id != author.pk:
            raise NotAllowed(rules.explained("not_yours"), code="not_yours")
        earlier = Appeal.objects.filter(decision=decision).first()
        if earlier is not None:
            if earlier.text == words:
                return earlier
            raise CivicError(
                _("You have appealed against this decision already. What you wrote then is with the moderators."),
                code="appealed",
            )
        latest = moderation.last_decision(target)
        if latest is None or latest.pk != decision.pk:
            raise NotAllowed(rules.explained("not_hidden"), code="not_hidden")
        try:
            with transaction.atomic():
                appeal = Appeal.objects.create(
                    decision=decision, space=space, author=author, text=words, made_at=timezone.now()
                )
        except IntegrityError:
            return Appeal.objects.get(decision=decision)
        modlog.count_appeal(appeal)
        events.append(space, f"{decision.target}.appealed", {"id": decision.target_id, "appeal": appeal.pk})
    return appeal


def judge(*, appeal: Appeal, moderator: Member, outcome: str, answer: str = "") -> Appeal:
    """Settle an appeal: the words come back, or the decision stands. On the record; appends <kind>.restored or
    <kind>.upheld. `answer` is told to the author; a decision that stands needs one. A resend changes nothing.

    Raises NotAllowed (no role, own decision, own words), InvalidText, NotFound (unknown outcome), CivicError (judged
    otherwise meanwhile).
    """
    with transaction.atomic():
        space = events.lock(appeal.space_id)
        appeal = Appeal.objects.select_related("decision").get(pk=appeal.pk)
        rules.require(rules.may_judge_appeal(moderator, appeal))
        if outcome not in (Appeal.Outcome.UPHELD, Appeal.Outcome.OVERTURNED):
            raise NotFound(_("Please choose whether the words come back."), code="unknown_outcome")
        if appeal.outcome:
            if appeal.outcome == outcome and appeal.judge_id == moderator.pk:
                return appeal
            raise CivicError(_("Another moderator has settled this appeal meanwhile."), code="settled")
        needs_words = outcome == Appeal.Outcome.UPHELD or answer.strip()
        missing = _("Please say why the decision stands; the author reads it.")
        words = wording.cleaned(answer, limit=moderation.NOTE_LIMIT, missing=missing) if needs_words else ""
        target = targets.find(appeal.decision.target, appeal.decision.target_id)
        appeal.outcome, appeal.answer = outcome, words
        appeal.judge, appeal.judged_at = moderator, timezone.now()
        appeal.save(update_fields=["outcome", "answer", "judge", "judged_at"])
        if outcome == Appeal.Outcome.OVERTURNED:
            modlog.count_appeal(appeal)
            if moderation.last_decision(target) == appeal.decision:
                moderation.restore(target=target, moderator=moderator, reason="appeal", note=words)
        else:
            moderation.record(space, ModerationAct.Act.UPHOLD, target, moderator, appeal.decision.reason, words)
            events.append(space, f"{appeal.decision.target}.upheld", {"id": target.pk, "appeal": appeal.pk})
    return appeal


def waiting():
    """Appeals that nobody has judged, the oldest first."""
    return Appeal.objects.filter(outcome="").select_related("space", "decision", "author").order_by("id")
