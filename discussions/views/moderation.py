"""The moderators' queue and desk: look, decide, judge appeals."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from discussions import appeals, cases, moderation, queue, reasons, rules, targets, watch
from discussions.cursors import number
from discussions.errors import CivicError
from discussions.models import Appeal, Burst, ModerationAct, Space, State, Target
from discussions.views.frame import space_or_404

REASON_FIELDS = ("label", "label_en", "explanation", "explanation_en")


@require_GET
def index(request):
    """Everything that waits, in groups; one decision may cover a group."""
    rules.require(rules.may_moderate(request.user))
    wanted = queue.Wanted(*(request.GET.get(name, "") for name in ("space", "kind", "cause")))
    after = request.GET.get("after", "")
    page = queue.page(wanted, moderator=request.user, after=after)
    query = urlencode({name: value for name in ("space", "kind", "cause") if (value := request.GET.get(name))})
    if after and not page.groups:
        # The last ones of this stretch were decided; what was passed over before them still waits.
        return redirect(f"{request.path}?{query}" if query else request.path)
    context = {
        "page": page,
        "wanted": wanted,
        "query": query,
        "here": f"{query}&{urlencode({'after': after})}".lstrip("&") if after else query,
        "spaces": Space.objects.filter(cases__settled_at=None).distinct().order_by("title")[:100],
        "kinds": [(key, Target(key).label) for key in targets.KINDS],
        "causes": _cause_words().items(),
        "bursts": watch.waiting()[:20],
        "appeals": appeals.waiting().count(),
        "house": reasons.HOUSE.values(),
        "crumbs": [{"label": _("Moderation"), "url": ""}],
    }
    return render(request, "discussions/moderation/queue.html", context)


@require_POST
def decide(request):
    """One decision about one group or many. What others have decided meanwhile is left as it is."""
    groups = [group for group in request.POST.getlist("group") if group and "\x00" not in group][: queue.GROUPS]
    place = number(request.POST.get("place"))
    back = _back(request, f"place-{place}" if place else "")
    if not groups:
        messages.warning(request, _("Nothing was chosen, so nothing was changed."))
        return redirect(back)
    try:
        outcome = queue.decide(
            moderator=request.user,
            groups=groups,
            act=request.POST.get("act", ""),
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
        )
    except CivicError as refusal:
        if refusal.code != "unknown_reason":
            raise
        messages.error(request, refusal.message)
        return redirect(back)
    for say, words in _told(outcome):
        say(request, words)
    return redirect(back)


@require_POST
def claim(request):
    """Take a group, or give it back, so that two moderators do not do the same work."""
    rules.require(rules.may_moderate(request.user))
    group = request.POST.get("group", "").replace("\x00", "")
    if request.POST.get("act") == "give_back":
        cases.give_back(group=group, moderator=request.user)
        messages.success(request, _("Others can look at it again."))
    elif cases.claim(group=group, moderator=request.user):
        messages.success(request, _("It is yours for ten minutes; others leave it alone."))
    else:
        messages.warning(request, _("Another moderator is looking at it."))
    return redirect(_back(request, f"case-{slugify(group)}"))


@require_POST
def see_burst(request, pk: int):
    """A moderator has seen what many accounts did."""
    rules.require(rules.may_moderate(request.user))
    watch.see(burst=get_object_or_404(Burst, pk=pk), moderator=request.user)
    messages.success(request, _("Noted. It stays on record and is shown in public as posts and people."))
    return redirect("discussions:moderation")


@require_http_methods(["GET", "POST"])
def one(request, slug: str, pk: int, kind: str = "comment"):
    """One contribution of any kind, with what was decided about it and what can be decided now."""
    rules.require(rules.may_moderate(request.user))
    space = space_or_404(request, slug)
    target = targets.find(kind, pk, space=space)
    if target is None:
        raise Http404
    if request.method == "POST":
        _perform(request, target)
        return redirect(targets.of(target).address(target))
    context = {
        "space": space,
        "target": target,
        "kind_label": targets.of(target).label,
        "address": targets.of(target).address(target),
        "is_own": target.author_id == request.user.pk,
        "is_held": target.state == State.HELD,
        "is_hidden": target.state == State.HIDDEN,
        "acts": ModerationAct.objects.filter(target=kind, target_id=pk),
        "reasons": reasons.of(space),
        "crumbs": _crumbs(_("One contribution")),
    }
    return render(request, "discussions/moderation/one.html", context)


@require_http_methods(["GET", "POST"])
def judge(request):
    """Appeals that wait, and judging one."""
    rules.require(rules.may_moderate(request.user))
    if request.method == "POST":
        key = request.POST.get("appeal", "")
        appeal = get_object_or_404(Appeal, pk=number(key))
        appeals.judge(
            appeal=appeal,
            moderator=request.user,
            outcome=request.POST.get("outcome", ""),
            answer=request.POST.get("answer", ""),
        )
        messages.success(request, _("The appeal is settled. Its author is told, and the public log counts it."))
        return redirect("discussions:appeals")
    waiting = list(appeals.waiting()[:50])
    rows = targets.read((appeal.decision.target, appeal.decision.target_id) for appeal in waiting)
    lines = [
        {
            "appeal": appeal,
            "target": rows.get((appeal.decision.target, appeal.decision.target_id)),
            "reason": reasons.words(appeal.decision.reason),
            "may": rules.may_judge_appeal(request.user, appeal).allowed,
        }
        for appeal in waiting
    ]
    context = {"lines": lines, "crumbs": _crumbs(_("Appeals"))}
    return render(request, "discussions/moderation/appeals.html", context)


@require_http_methods(["GET", "POST"])
def set_reasons(request, slug: str):
    """The reasons that this space adds to those of the house."""
    rules.require(rules.may_set_reasons(request.user))
    space = space_or_404(request, slug)
    refused = None
    if request.method == "POST":
        try:
            _set_reason(request, space)
        except CivicError as refusal:
            refused = refusal
        else:
            return redirect("discussions:moderation_reasons", slug=space.slug)
    context = {
        "space": space,
        "refused": refused,
        "typed": {name: request.POST.get(name, "") for name in REASON_FIELDS},
        "house": reasons.HOUSE.values(),
        "own": space.moderation_reasons.filter(is_offered=True),
        "crumbs": _crumbs(_("Reasons")) if rules.may_moderate(request.user) else _crumbs_of(space, _("Reasons")),
    }
    status = refused.status if refused is not None else 200
    return render(request, "discussions/moderation/reasons.html", context, status=status)


def _set_reason(request, space: Space) -> None:
    sent = request.POST
    if taken := sent.get("take_away", ""):
        reason = get_object_or_404(space.moderation_reasons, pk=number(taken))
        reasons.take_away(reason=reason, editor=request.user)
        messages.success(request, _("It is no longer offered. Decisions made with it keep its words."))
        return
    reasons.add(space=space, editor=request.user, **{name: sent.get(name, "") for name in REASON_FIELDS})
    messages.success(request, _("Moderators can choose it from now on."))


def _perform(request, target) -> None:
    act, reason, note = (request.POST.get(name, "") for name in ("act", "reason", "note"))
    if act == "restore":
        moderation.restore(target=target, moderator=request.user)
        messages.success(request, _("The words are back everywhere."))
    elif act == "release" and target.state == State.HELD:
        moderation.release(target=target, moderator=request.user)
        messages.success(request, _("The words are published."))
    elif act == "release":
        moderation.keep(target=target, moderator=request.user)
        messages.success(request, _("It stays; the reports are settled."))
    else:
        perform = moderation.reject if target.state == State.HELD else moderation.hide
        perform(target=target, moderator=request.user, reason=reason, note=note)
        messages.success(request, _("The words are hidden everywhere. The decision is in the log."))


def _told(outcome: queue.Outcome):
    if outcome.done:
        words = ngettext(
            "%(n)d contribution decided. It is in the log.",
            "%(n)d contributions decided. They are in the log.",
            outcome.done,
        )
        yield messages.success, words % {"n": outcome.done}
    if outcome.own:
        yield messages.warning, _("Your own words were left for another moderator.")
    if outcome.claimed:
        yield messages.warning, _("What another moderator is looking at was left alone.")
    if outcome.gone:
        yield messages.info, _("Some were decided or withdrawn a moment ago; that stands.")
    if outcome.left:
        words = _("%(n)d more of this group wait. Press the button again for the next ones.")
        yield messages.info, words % {"n": outcome.left}


def _back(request, place: str = "") -> str:
    """The part of the queue that was open, at the place where one was."""
    query = request.POST.get("query", "")
    return reverse("discussions:moderation") + (f"?{query}" if query else "") + (f"#{place}" if place else "")


def _crumbs(label: str) -> list[dict]:
    return [{"label": _("Moderation"), "url": reverse("discussions:moderation")}, {"label": label, "url": ""}]


def _crumbs_of(space: Space, label: str) -> list[dict]:
    """For those who set up a discussion and have no part in the queue."""
    return [{"label": space.local_title, "url": space.get_absolute_url()}, {"label": label, "url": ""}]


def _cause_words() -> dict[str, str]:
    return {
        "held": _("waits before anybody reads it"),
        "reported": _("reported by readers"),
        "scored": _("marked by the score"),
        "burst": _("same words from many accounts"),
    }
