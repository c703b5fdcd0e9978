"""What moderators decided about a member's words, and what became of an appeal: steps of their own."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from discussions import reasons
from discussions.journeys.contribution import Contribution, step
from discussions.models import Appeal, ModerationAct


def find(items: list[Contribution]) -> None:
    """Add to each item what was decided about it: one query."""
    wanted = Q(pk__in=[])
    for source in {item.source for item in items}:
        wanted |= Q(target=source, target_id__in=[item.key for item in items if item.source == source])
    taken = ModerationAct.objects.filter(wanted, act__in=[ModerationAct.Act.HIDE, ModerationAct.Act.REJECT])
    latest: dict[tuple[str, int], ModerationAct] = {}
    for act in taken.select_related("appeal").order_by("id"):
        latest[(act.target, act.target_id)] = act
    for item in items:
        act = latest.get((item.source, item.key))
        if act is not None:
            item.more = [*_steps(act, is_hidden=bool(item.hidden_reason)), *item.more]


def _steps(act: ModerationAct, *, is_hidden: bool):
    url = reverse("discussions:appeal", args=[act.pk])
    appeal = getattr(act, "appeal", None)
    if is_hidden:
        words = " ".join(part for part in (reasons.told(act.reason), act.note) if part)
        if words:
            yield step(_("Why"), "done", words=words)
        if appeal is None:
            yield step(_("You can appeal once"), "next", words=_("See the decision and what you can do"), url=url)
    if appeal is None:
        return
    yield step(_("You appealed"), "done", at=appeal.made_at, words=_("See your appeal"), url=url)
    if appeal.outcome == Appeal.Outcome.OVERTURNED:
        yield step(_("Another moderator brought it back"), "done", at=appeal.judged_at, words=appeal.answer)
    elif appeal.outcome == Appeal.Outcome.UPHELD:
        yield step(_("The decision stands after another look"), "done", at=appeal.judged_at, words=appeal.answer)
    else:
        yield step(_("Another moderator will look at it"), "now")
