"""Why a contribution may be hidden: the list of the house, and what a space adds to it."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from discussions import rules, wording
from discussions.errors import CivicError, NotFound
from discussions.models import Member, ModerationReason, Space

LABEL_LIMIT, TOLD_LIMIT = 80, 300
KEPT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Reason:
    """`label` stands in the public log, `told` is what the author reads beside it."""

    code: str
    label: str | Promise
    told: str | Promise = ""


HOUSE: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason(
            "insult",
            gettext_lazy("Insult or threat"),
            gettext_lazy("You may be angry and say so. What attacks a person instead of a matter is not shown here."),
        ),
        Reason(
            "spam",
            gettext_lazy("Advertisement or spam"),
            gettext_lazy("It sells something, or it was posted many times, and does not speak about this subject."),
        ),
        Reason(
            "personal",
            gettext_lazy("Somebody's personal data"),
            gettext_lazy("It names an address, a number or something else by which a private person can be found."),
        ),
        Reason(
            "off_topic",
            gettext_lazy("Not about this subject"),
            gettext_lazy("It may be right in another discussion; here others would lose the thread."),
        ),
        Reason("illegal", gettext_lazy("Against the law"), gettext_lazy("The law does not let us show it.")),
    )
}
# Reasons that the house gives by itself; nobody chooses them from the list.
SILENT: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason("mistake", gettext_lazy("Hidden by mistake")),
        Reason("appeal", gettext_lazy("Came back on appeal")),
        Reason("imported", gettext_lazy("Hidden in the consultation it comes from")),
    )
}


def of(space: Space | None) -> list[Reason]:
    """What a moderator may choose from, in the order of the keys 1 to 9: one query."""
    own = ModerationReason.objects.filter(space=space, is_offered=True) if space is not None else ()
    return [*HOUSE.values(), *(Reason(row.code, row.words, row.told) for row in own)]


def words(code: str) -> str:
    """The reason in words, in the reader's language; "" for none. No query for the reasons of the house."""
    return str(_found(code).label) if code else ""


def told(code: str) -> str:
    """What the author is told about the reason."""
    return str(_found(code).told) if code else ""


def require(code: str, space: Space) -> None:
    """Raise NotFound unless the reason is offered in this space."""
    if code in HOUSE:
        return
    number = code.removeprefix("own-")
    own = ModerationReason.objects.filter(space=space, is_offered=True)
    if not (number.isdecimal() and len(number) < 19 and own.filter(pk=int(number)).exists()):
        raise NotFound(
            _("Please choose a reason; the author and the public log show it."),
            code="unknown_reason",
        )


def add(
    *, space: Space, editor: Member, label: str, label_en: str, explanation: str = "", explanation_en: str = ""
) -> ModerationReason:
    """Offer one more reason in a space, in both languages. Raises InvalidText, NotAllowed, CivicError (it is there)."""
    rules.require(rules.may_set_reasons(editor))
    missing = _("Please name the reason in both languages.")
    row = ModerationReason(
        space=space,
        label=wording.cleaned_line(label, limit=LABEL_LIMIT, missing=missing),
        label_en=wording.cleaned_line(label_en, limit=LABEL_LIMIT, missing=missing),
        explanation=wording.cleaned_line(explanation, limit=TOLD_LIMIT) if explanation.strip() else "",
        explanation_en=wording.cleaned_line(explanation_en, limit=TOLD_LIMIT) if explanation_en.strip() else "",
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise CivicError(_("This reason is in the list already."), code="reason_exists") from None
    return row


def take_away(*, reason: ModerationReason, editor: Member) -> None:
    """Offer a reason no longer. Decisions made with it keep its words."""
    rules.require(rules.may_set_reasons(editor))
    ModerationReason.objects.filter(pk=reason.pk).update(is_offered=False)


def _found(code: str) -> Reason:
    known = HOUSE.get(code) or SILENT.get(code)
    if known is not None:
        return known
    key = f"reason:{code}:{get_language()}"
    label, explanation = cache.get_or_set(key, lambda: _read(code), KEPT_SECONDS)
    return Reason(code, label, explanation)


def _read(code: str) -> tuple[str, str]:
    number = code.removeprefix("own-")
    row = ModerationReason.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    return (row.words, row.told) if row is not None else (code, "")
