"""The desk of the discussions: all of them in a list, and of each its stages, its instruments and their desks."""

from dataclasses import dataclass

from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.models import Locale

from cms import terms
from cms.dashboards import page
from cms.instruments import DESKS
from cms.instruments.desk import space_at
from cms.instruments.space_forms import DatesForm, MoveForm, ProcessForm, TermsForm, dates_of
from cms.links import SpaceLink
from cms.models import SpaceIndexPage, SpacePage
from discussions import cursors, instruments, phases, processes, rules, spaces, timelines
from discussions.errors import CivicError
from discussions.instruments import Kind
from discussions.models import Phase, Space

STRETCH = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One space in the list: where it stands, what comes next, and what it offers."""

    space: Space
    phase: Phase
    upcoming: timelines.Step | None
    offered: list[Kind]


@require_safe
def index(request):
    """All discussions, newest first, drafts included."""
    rules.require(rules.may_arrange(request.user))
    rows = Space.objects.select_related("agency")
    found, older = cursors.stretch(rows, cursors.number(request.GET.get("before")), STRETCH)
    now = timezone.now()
    lines = [
        Line(space, Phase(space.phase_at(now)), timelines.upcoming(space, now), instruments.of(space))
        for space in found
    ]
    context = {"lines": lines, "older": older, "add_url": _add_url(request.user)}
    return page(request, "cms/instruments/spaces.html", _("Discussions"), [], **context)


@require_safe
def one(request, slug: str):
    """One discussion: its stages, its instruments, and the ways to everything else about it."""
    return _desk(request, space_at(request, slug))


@require_POST
def move(request, slug: str):
    """Take the discussion to another phase."""
    space = space_at(request, slug)
    form = MoveForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data
        return _done(
            request,
            space,
            lambda: phases.move(space=space, editor=request.user, phase=chosen["phase"], seen=chosen["seen"]),
        )
    return _desk(request, space, move=form)


@require_POST
def schedule(request, slug: str):
    """Set the dates."""
    space = space_at(request, slug)
    form = DatesForm(request.POST)
    if form.is_valid():
        return _done(
            request,
            space,
            lambda: spaces.arrange(space=space, editor=request.user, facts=form.cleaned_data),
            dates=form,
        )
    return _desk(request, space, dates=form)


@require_POST
def start(request, slug: str):
    """Fill in dates and instruments as a usual process has them."""
    space = space_at(request, slug)
    form = ProcessForm(request.POST)
    if form.is_valid():
        process = processes.PROCESSES[form.cleaned_data["process"]]
        return _done(
            request,
            space,
            lambda: spaces.arrange(
                space=space,
                editor=request.user,
                facts=processes.dates(process, form.cleaned_data["starts_on"]),
                offered=processes.terms(process),
            ),
            process=form,
        )
    return _desk(request, space, process=form)


@require_POST
def offer(request, slug: str):
    """Turn instruments on and off, and set their terms."""
    space = space_at(request, slug)
    form = TermsForm(request.POST)
    if form.is_valid():
        return _done(
            request,
            space,
            lambda: spaces.arrange(
                space=space,
                editor=request.user,
                facts={"holds_first_posts": form.cleaned_data["holds_first_posts"]},
                offered=terms.read(form.cleaned_data),
            ),
            offered=form,
        )
    return _desk(request, space, offered=form)


def _done(request, space: Space, act, **forms):
    """Act and come back; a refusal is told at the top of the desk, with nothing changed and `forms` as they were."""
    try:
        act()
    except CivicError as refusal:
        messages.error(request, refusal.message)
        if forms:
            return _desk(request, space, **forms)
    else:
        messages.success(request, _("Saved."))
    return redirect("space_desk", slug=space.slug)


def _desk(request, space: Space, **forms):
    """The desk; forms that were sent back keep what was typed and say what is wrong."""
    now = timezone.now()
    here = space.phase_at(now)
    form = forms.get("offered") or TermsForm(
        initial={**terms.initial(space), "holds_first_posts": space.holds_first_posts}
    )
    context = {
        "space": space,
        "is_sent_back": bool(forms),
        "phase": Phase(here),
        "sentence": timelines.sentence(space, now),
        "steps": timelines.of(space, now),
        "is_released": space.runs_since is not None,
        "move_form": forms.get("move") or MoveForm(initial={"phase": here, "seen": here}),
        "dates_form": forms.get("dates") or DatesForm(initial=dates_of(space)),
        "process_form": forms.get("process") or ProcessForm(),
        "processes": processes.PROCESSES.values(),
        "terms_form": form,
        "instruments": [_instrument(kind, form) for kind in instruments.KINDS.values()],
        "desks": _desks(request, space),
        "links": _links(request, space),
    }
    crumbs = [(_("Discussions"), reverse("space_desks"))]
    status = 422 if forms else 200
    return page(request, "cms/instruments/space.html", str(space), crumbs, status=status, **context)


def _instrument(kind: Kind, form: TermsForm) -> dict:
    return {
        "kind": kind,
        "switch": form[terms.switch(kind)],
        "options": [form[terms.option_field(kind, option)] for option in kind.options],
    }


def _desks(request, space: Space) -> list[dict]:
    """The desks from which this space's instruments are run, with what waits there."""
    return [
        {"label": desk.label, "url": reverse(desk.url_name, args=[space.slug]), "waiting": desk.waiting(space)}
        for desk in DESKS
        if desk.may(request.user) and (desk.key not in instruments.KINDS or instruments.is_on(space, desk.key))
    ]


def _links(request, space: Space) -> list[dict]:
    """Everything else about the space that this person may open."""
    links = [{"label": _("See the discussion"), "url": space.get_absolute_url()}]
    for link in SpaceLink.objects.filter(space=space).select_related("page__locale").order_by("pk"):
        label = _("Edit the page (%(language)s)") % {"language": link.page.locale.get_display_name()}
        links.append({"label": label, "url": reverse("wagtailadmin_pages:edit", args=[link.page_id])})
    if rules.may_read_opinion(request.user):
        links.append(
            {"label": _("What people say: the opinion desk"), "url": reverse("opinion_space", args=[space.slug])}
        )
    if rules.may_moderate(request.user):
        links.append({"label": _("Moderation"), "url": reverse("discussions:moderation")})
    for label, name in (
        (_("Moderation log"), "discussions:space_moderation_log"),
        (_("Open data"), "discussions:open_data"),
        (_("Put it into another site"), "discussions:embed_code"),
        (_("Webhooks"), "space_webhooks"),
    ):
        links.append({"label": label, "url": reverse(name, args=[space.slug])})
    return links


def _add_url(member) -> str:
    """Where a discussion is added: below the list of discussions. "" for those who may not."""
    index = SpaceIndexPage.objects.filter(locale=Locale.get_default()).first()
    if index is None or not index.permissions_for_user(member).can_add_subpage():
        return ""
    return reverse("wagtailadmin_pages:add", args=[SpacePage._meta.app_label, SpacePage._meta.model_name, index.pk])


urlpatterns = [
    path("discussions/", index, name="space_desks"),
    path("discussions/<str:slug>/", one, name="space_desk"),
    path("discussions/<str:slug>/move/", move, name="space_move"),
    path("discussions/<str:slug>/dates/", schedule, name="space_schedule"),
    path("discussions/<str:slug>/process/", start, name="space_start"),
    path("discussions/<str:slug>/terms/", offer, name="space_offer"),
]
