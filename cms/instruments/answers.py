"""The desk of answers: what an agency owes, drafts, more time, the steps that follow, and the terms of a discussion."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from cms import answer_drafts, corrections, to_answer
from cms.answer_drafts import MODELS, WHOLE, AnswerDraft
from cms.dashboards import page
from cms.instruments.answer_forms import ExtendForm, StepChangeForm, StepForm, TermsForm
from cms.instruments.desk import Desk, space_at
from discussions import answer_rules, clockfaces, clocks, milestones, owed, rules
from discussions.cursors import number
from discussions.errors import CivicError
from discussions.models import AnswerClock, Milestone, Proposal, Reply, Space
from discussions.replies import Point
from discussions.rules import YES
from nlp import reports

# What is wrong with a date; everything else is about the words beside it.
OF_THE_DAY = ("not_later", "too_far", "day_is_over", "day_to_come")
SINGLES = 20
TERMS = ("days", "extensions", "extension_days", "needs_approval")


def may_use(member) -> rules.Verdict:
    """Officers answer here, communicators set the terms."""
    verdict = rules.may_answer(member)
    return YES if verdict or rules.may_arrange(member) else verdict


@require_safe
def index(request):
    """Everything the agency of this officer has to answer, the nearest date first."""
    rules.require(rules.may_answer(request.user))
    found = to_answer.of_agency(request.user.agency)
    drafts = AnswerDraft.objects.filter(agency=request.user.agency_id, live=False).select_related("space", "officer")
    return page(
        request,
        "cms/instruments/to_answer.html",
        _("To answer"),
        [],
        agency=request.user.agency,
        found=found,
        drafts=drafts.order_by("-pk")[: to_answer.STRETCH],
    )


@require_safe
def one(request, slug: str):
    """What is open in one discussion, and everything an officer may do about it."""
    return _desk(request, space_at(request, slug, may_use))


@require_POST
def begin(request, slug: str):
    """Open the draft of one answer: the one that is there, or a new one; with `reply`, that of a public answer,
    however it was given.
    """
    space = space_at(request, slug, rules.may_answer)
    if public := number(request.POST.get("reply")):
        mine = Reply.objects.filter(space=space, agency=request.user.agency_id).select_related("space")
        draft = corrections.draft_of(reply=get_object_or_404(mine, pk=public), officer=request.user)
        return redirect("wagtailsnippets_cms_answerdraft:edit", draft.pk)
    target, key = request.POST.get("target", ""), number(request.POST.get("key"))
    label, points = _about(space, target, key)
    try:
        draft = answer_drafts.begin(
            space=space, officer=request.user, target=target, key=key, label=label, points=points
        )
    except CivicError as refusal:
        messages.error(request, refusal.message)
        return redirect("answers_desk", slug=slug)
    return redirect("wagtailsnippets_cms_answerdraft:edit", draft.pk)


@require_POST
def extend(request, slug: str, pk: int):
    """A later date, with the reason."""
    space = space_at(request, slug, rules.may_answer)
    clock = get_object_or_404(AnswerClock, space=space, pk=pk)
    form = ExtendForm(request.POST, prefix=f"clock-{pk}")
    if form.is_valid():
        try:
            clocks.extend(clock=clock, officer=request.user, **form.cleaned_data)
        except CivicError as refusal:
            form.add_error("until" if refusal.code in OF_THE_DAY else "reason", refusal.message)
        else:
            messages.success(request, _("The new date and its reason are public now."))
            return redirect("answers_desk", slug=slug)
    return _desk(request, space, extending={pk: form}, status=422)


@require_POST
def plan(request, slug: str):
    """A step that follows."""
    space = space_at(request, slug, rules.may_answer)
    form = StepForm(request.POST, topics=reports.topics(space.corpus))
    if form.is_valid():
        try:
            milestones.plan(space=space, officer=request.user, **form.cleaned_data)
        except CivicError as refusal:
            form.add_error("due_on" if refusal.code in OF_THE_DAY else "what", refusal.message)
        else:
            messages.success(request, _("The step is public now."))
            return redirect("answers_desk", slug=slug)
    return _desk(request, space, planning=form, status=422)


@require_POST
def change(request, slug: str, pk: int):
    """How a step stands now."""
    space = space_at(request, slug, rules.may_answer)
    milestone = get_object_or_404(Milestone, space=space, pk=pk)
    form = StepChangeForm(request.POST, prefix=f"step-{pk}")
    if form.is_valid():
        try:
            milestones.change(milestone=milestone, officer=request.user, **form.cleaned_data)
        except CivicError as refusal:
            form.add_error("due_on" if refusal.code in OF_THE_DAY else "reason", refusal.message)
        else:
            messages.success(request, _("The change is public now, with its date."))
            return redirect("answers_desk", slug=slug)
    return _desk(request, space, changing={pk: form}, status=422)


@require_POST
def agree(request, slug: str):
    """What this discussion promises about answers."""
    space = space_at(request, slug, rules.may_arrange)
    form = TermsForm(request.POST)
    if form.is_valid():
        clocks.set_terms(space=space, editor=request.user, **form.cleaned_data)
        messages.success(request, _("These terms hold from the next clock on."))
        return redirect("answers_desk", slug=slug)
    return _desk(request, space, terms=form, status=422)


def _desk(request, space: Space, *, extending=None, planning=None, changing=None, terms=None, status: int = 200):
    """The desk of one discussion, with any form that was sent back."""
    may_answer = bool(rules.may_answer(request.user))
    running = (
        space.clocks.select_related("agency", "proposal__space", "session")
        .prefetch_related("extensions")
        .order_by("due_at")
    )
    open_questions = owed.open_by_clock(space)
    asked, older = to_answer.questions(space, before=number(request.GET.get("before")))
    topics = reports.topics(space.corpus)
    singles, singles_before = corrections.single(
        space, request.user.agency_id if may_answer else None, before=number(request.GET.get("given")), limit=SINGLES
    )
    promised = Milestone.objects.filter(space=space).prefetch_related("changes")
    may_follow_up = bool(answer_rules.may_follow_up(request.user, space))
    agreed = clocks.terms(space)
    crumbs = [(_("To answer"), reverse("to_answer"))] if may_answer else []
    context = {
        "space": space,
        "is_sent_back": status != 200,
        "may_answer": may_answer,
        "may_read": bool(rules.may_read_opinion(request.user)),
        "owed": [
            {
                "clock": clock,
                "face": clockfaces.face(clock),
                "questions": open_questions.get(clock.pk, []),
                "form": (extending or {}).get(clock.pk) or _extend_form(request.user, clock),
            }
            for clock in running
        ],
        "wholes": corrections.whole(space, request.user.agency_id) if may_answer else [],
        "singles": [{"reply": reply, "label": corrections.label(reply)} for reply in singles],
        "singles_before": singles_before,
        "topics": to_answer.open_topics(space),
        "questions": asked,
        "older": older,
        "steps": [{"step": one, "form": (changing or {}).get(one.pk) or _change_form(one)} for one in promised],
        "plan_form": planning or (StepForm(topics=topics) if may_follow_up else None),
        "may_follow_up": may_follow_up,
        "terms": agreed,
        "terms_form": terms
        or (
            TermsForm(initial={name: getattr(agreed, name) for name in TERMS})
            if rules.may_arrange(request.user)
            else None
        ),
    }
    return page(request, "cms/instruments/answers.html", str(space), crumbs, status=status, **context)


def _extend_form(member, clock: AnswerClock) -> ExtendForm | None:
    """The form for more time, if this officer may ask for it now."""
    made = len(clock.extensions.all())
    may = answer_rules.may_extend(member, clock, made=made, now=timezone.now())
    return ExtendForm(prefix=f"clock-{clock.pk}") if may else None


def _change_form(one: Milestone) -> StepChangeForm:
    return StepChangeForm(prefix=f"step-{one.pk}", initial={"state": one.state, "due_on": one.due_on})


def _about(space: Space, target: str, key: int) -> tuple[str, list[Point]]:
    """What the draft is about in a few words, and the points it begins with. Raises Http404."""
    if target == WHOLE:
        rows = [row for row in reports.topics(space.corpus) if not row.is_small]
        return "", [Point(row.label, "", "", topic_number=row.number) for row in rows]
    if target == "topic":
        row = reports.topic(space.corpus, key)
        if row is None:
            raise Http404
        return row.label, []
    if target not in MODELS:
        raise Http404
    scope = {"session__space": space} if target == "question" else {"space": space}
    rows = MODELS[target].objects.published()
    if target == "proposal":
        rows = rows.exclude(stage=Proposal.Stage.DRAFT)
    found = get_object_or_404(rows, pk=key, **scope)
    return " ".join((getattr(found, "title", "") or found.text).split())[:80], []


DESK = Desk(
    key="answers",
    label=gettext_lazy("Answers"),
    url_name="answers_desk",
    may=may_use,
    waiting=lambda space: to_answer.waiting([space.pk]),
    urlpatterns=[
        path("answers/", index, name="to_answer"),
        path("answers/<str:slug>/", one, name="answers_desk"),
        path("answers/<str:slug>/draft/", begin, name="answer_draft"),
        path("answers/<str:slug>/clocks/<int:pk>/extend/", extend, name="extend_clock"),
        path("answers/<str:slug>/steps/", plan, name="plan_step"),
        path("answers/<str:slug>/steps/<int:pk>/", change, name="change_step"),
        path("answers/<str:slug>/terms/", agree, name="answer_terms"),
    ],
)
