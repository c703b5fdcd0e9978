"""Official answers over HTTP: all of a space, one with its versions, what was handed over, and a quick answer."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from discussions import clockfaces, handovers, replies, rules
from discussions.cursors import number
from discussions.errors import CivicError
from discussions.forms import ReplyForm
from discussions.models import Comment, HandOver, HandOverGroup, Milestone, Reply, Space
from discussions.views.frame import frame, space_or_404

STRETCH = 30
SHOWN = ("agency", "officer", "comment", "question", "proposal", "statement", "wording", "space")


@require_safe
def index(request, slug: str):
    """The clocks of this space, the answer to it as a whole, what follows, and all other answers, newest first."""
    space = space_or_404(request, slug)
    others = Reply.objects.filter(space=space, whole=None).select_related(*SHOWN).prefetch_related("documents")
    before = number(request.GET.get("before"))
    if before:
        others = others.filter(pk__lt=before)
    rows = list(others.order_by("-pk")[: STRETCH + 1])
    clocks = space.clocks.select_related("agency", "proposal__space", "session", "reply__space")
    clocks = clocks.prefetch_related("extensions")
    context = frame(
        request,
        space,
        "answers",
        clocks=[{"clock": clock, "face": clockfaces.face(clock)} for clock in clocks.order_by("pk")],
        wholes=list(_whole(space)),
        answers=rows[:STRETCH],
        older=rows[STRETCH - 1].pk if len(rows) > STRETCH else 0,
        is_first=not before,
        milestones=Milestone.objects.filter(space=space).select_related("agency").prefetch_related("changes"),
        all_handed=HandOver.objects.filter(space=space).order_by("pk"),
    )
    return render(request, "discussions/answers.html", context)


@require_safe
def detail(request, slug: str, pk: int):
    """One answer with everything in it, and what it said before it was corrected."""
    space = space_or_404(request, slug)
    found = Reply.objects.filter(space=space).select_related(*SHOWN, "clock")
    reply = get_object_or_404(found.prefetch_related("points", "documents", "earlier__corrected_by"), pk=pk)
    face = clockfaces.face(reply.clock) if reply.clock else None
    context = frame(request, space, "answers", answer=reply, face=face, earlier=reply.earlier.all())
    return render(request, "discussions/answers/detail.html", context)


@require_safe
def handover(request, slug: str):
    """What was handed to the agency without an answer, by topic: once for each review, the latest first."""
    space = space_or_404(request, slug)
    groups = Prefetch("groups", HandOverGroup.objects.order_by("-posts", "pk"))
    found = get_list_or_404(HandOver.objects.order_by("-pk").prefetch_related(groups), space=space)
    return render(request, "discussions/answers/handover.html", frame(request, space, "answers", found=found))


@require_safe
def handover_group(request, slug: str, pk: int):
    """The items of one topic that were handed over and may still be read."""
    space = space_or_404(request, slug)
    group = get_object_or_404(HandOverGroup.objects.select_related("handover"), handover__space=space, pk=pk)
    items, after = handovers.items_of(group, after=number(request.GET.get("after")))
    context = frame(request, space, "answers", group=group, items=items, after=after)
    return render(request, "discussions/answers/handover_group.html", context)


def _whole(space: Space):
    found = Reply.objects.filter(whole=space).select_related(*SHOWN)
    return found.prefetch_related("points", "documents").order_by("answered_at")


@require_http_methods(["GET", "POST"])
def answer_comment(request, slug: str, pk: int):
    """An officer answers one comment."""
    space = space_or_404(request, slug)
    comment = get_object_or_404(Comment.objects.published().select_related("author", "space"), pk=pk, space=space)
    rules.require(rules.may_answer(request.user))
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            replies.answer(
                space=space,
                officer=request.user,
                text=form.cleaned_data["text"],
                client_id=form.cleaned_data["client_id"],
                comment=comment,
            )
        except CivicError as refusal:
            form.add_error("text", refusal.message)
        else:
            messages.success(request, _("The answer is published; its reader finds it under their contributions."))
            return redirect(comment.get_absolute_url())
    context = frame(request, space, "answers", comment=comment, form=form)
    return render(request, "discussions/answer.html", context, status=422 if form.errors else 200)
