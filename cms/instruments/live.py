"""The desk of live sessions: announce one, write its agenda, link what should be read beforehand.

The session itself is led from its own page (discussions.views.live_desk), phone or keyboard in hand.
"""

from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail.admin import messages

from cms.instruments.desk import Desk, space_at, tried
from discussions import live, rules
from discussions.errors import CivicError
from discussions.instruments import Instrument
from discussions.live import agendas
from discussions.live_forms import DocumentForm, ItemForm, SessionForm
from discussions.models import AgendaDocument, AgendaItem, LiveSession, Space

SHOWN = 100


@require_GET
def index(request, slug: str):
    """The sessions of a space."""
    space = _space(request, slug)
    found = space.live_sessions.annotate(n_items=Count("agenda", distinct=True), n=Count("questions", distinct=True))
    context = {"space": space, "sessions": found.order_by("-starts_at")[:SHOWN], **_header(space, _("Live sessions"))}
    return render(request, "cms/instruments/live/sessions.html", context)


@require_http_methods(["GET", "POST"])
def create(request, slug: str):
    """Announce a session."""
    space = _space(request, slug)
    form = SessionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: live.plan_session(space=space, facilitator=request.user, **form.cleaned_data))
        if made is not None:
            words = _("The session is announced. Its room code is %(code)s. Write its agenda now.")
            messages.success(request, words % {"code": made.code})
            return redirect("live_plan", slug=slug, code=made.code)
    context = {"space": space, "form": form, **_header(space, _("New session"), below=True)}
    status = 422 if request.method == "POST" else 200
    return render(request, "cms/instruments/live/create.html", context, status=status)


@require_http_methods(["GET", "POST"])
def plan(request, slug: str, code: str):
    """A session with its agenda."""
    session = _session(request, slug, code)
    form = SessionForm(request.POST if request.method == "POST" else None, initial=_initial(session))
    if request.method == "POST" and form.is_valid():
        saved = tried(form, lambda: live.change_session(session=session, facilitator=request.user, **form.cleaned_data))
        if saved is not None:
            messages.success(request, _("The session is saved."))
            return redirect("live_plan", slug=slug, code=code)
    return _desk(request, session, form=form, status=422 if request.method == "POST" else 200)


@require_POST
def add_item(request, slug: str, code: str):
    """Add a point to the agenda."""
    session = _session(request, slug, code)
    form = ItemForm(request.POST)
    if form.is_valid():
        made = tried(form, lambda: live.add_item(session=session, facilitator=request.user, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("The point is on the agenda."))
            return redirect(f"{reverse('live_plan', args=[slug, code])}#new-item")
    return _desk(request, session, item_form=form, status=422)


@require_http_methods(["GET", "POST"])
def item(request, slug: str, code: str, pk: int):
    """One point: its words, and what should be read for it."""
    row = _item(request, slug, code, pk)
    is_document = request.POST.get("act") == "document"
    form = ItemForm(
        request.POST if request.method == "POST" and not is_document else None,
        initial={"title": row.title, "speakers": row.speakers, "minutes": row.minutes},
    )
    document_form = DocumentForm(request.POST if is_document else None)
    if is_document and document_form.is_valid():
        data = document_form.cleaned_data
        made = tried(document_form, lambda: live.add_document(item=row, facilitator=request.user, **data))
        if made is not None:
            messages.success(request, _("The document is linked."))
            return redirect("live_item", slug=slug, code=code, pk=pk)
    elif form.is_bound and form.is_valid():
        saved = tried(form, lambda: live.change_item(item=row, facilitator=request.user, **form.cleaned_data))
        if saved is not None:
            messages.success(request, _("The point is saved."))
            return redirect("live_plan", slug=slug, code=code)
    context = {
        "space": row.session.space,
        "session": row.session,
        "item": row,
        "documents": row.documents.all(),
        "form": form,
        "document_form": document_form,
        **_header(row.session.space, row.title, below=True, session=row.session),
    }
    return render(request, "cms/instruments/live/item.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def move_item(request, slug: str, code: str, pk: int):
    """One place up (?up=1) or down."""
    row = _item(request, slug, code, pk)
    live.move_item(item=row, facilitator=request.user, up=request.POST.get("up") == "1")
    return redirect(f"{reverse('live_plan', args=[slug, code])}#item-{pk}")


@require_POST
def remove_item(request, slug: str, code: str, pk: int):
    """Take a point off the agenda."""
    row = _item(request, slug, code, pk)
    try:
        live.remove_item(item=row, facilitator=request.user)
    except CivicError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The point is off the agenda."))
    return redirect("live_plan", slug=slug, code=code)


@require_POST
def remove_document(request, slug: str, code: str, pk: int, document: int):
    """Take a document off its point."""
    row = get_object_or_404(
        AgendaDocument.objects.select_related("item__session"), pk=document, item=_item(request, slug, code, pk)
    )
    live.remove_document(document=row, facilitator=request.user)
    messages.success(request, _("The document is off the agenda."))
    return redirect("live_item", slug=slug, code=code, pk=pk)


def _space(request, slug: str) -> Space:
    return space_at(request, slug, rules.may_facilitate)


def _session(request, slug: str, code: str) -> LiveSession:
    space = _space(request, slug)
    session = get_object_or_404(LiveSession, code=code, space=space)
    session.space = space
    return session


def _item(request, slug: str, code: str, pk: int) -> AgendaItem:
    session = _session(request, slug, code)
    row = get_object_or_404(AgendaItem, pk=pk, session=session)
    row.session = session
    return row


def _initial(session: LiveSession) -> dict:
    return {name: getattr(session, name) for name in SessionForm.base_fields}


def _desk(request, session: LiveSession, *, form=None, item_form=None, status: int = 200):
    context = {
        "space": session.space,
        "session": session,
        "agenda": agendas.read(session),
        "form": form or SessionForm(initial=_initial(session)),
        "item_form": item_form or ItemForm(),
        **_header(session.space, session.title, below=True),
    }
    return render(request, "cms/instruments/live/plan.html", context, status=status)


def _header(space: Space, title: str, *, below: bool = False, session: LiveSession | None = None) -> dict:
    crumbs = [{"url": reverse("wagtailadmin_home"), "label": _("Home")}, {"url": "", "label": space.local_title}]
    if below:
        crumbs.append({"url": reverse("live_sessions_desk", args=[space.slug]), "label": _("Live sessions")})
    if session is not None:
        crumbs.append({"url": reverse("live_plan", args=[space.slug, session.code]), "label": session.title})
    return {
        "header_title": title,
        "page_title": title,
        "header_icon": "time",
        "breadcrumbs_items": [*crumbs, {"url": "", "label": title}],
    }


_AT = "spaces/<str:slug>/live/<slug:code>/"
DESK = Desk(
    key=Instrument.LIVE,
    label=pgettext_lazy("instrument", "Live"),
    url_name="live_sessions_desk",
    may=rules.may_facilitate,
    urlpatterns=[
        path("spaces/<str:slug>/live/", index, name="live_sessions_desk"),
        path("spaces/<str:slug>/live/new/", create, name="live_create"),
        path(_AT, plan, name="live_plan"),
        path(f"{_AT}items/new/", add_item, name="live_item_new"),
        path(f"{_AT}items/<int:pk>/", item, name="live_item"),
        path(f"{_AT}items/<int:pk>/move/", move_item, name="live_item_move"),
        path(f"{_AT}items/<int:pk>/remove/", remove_item, name="live_item_remove"),
        path(f"{_AT}items/<int:pk>/documents/<int:document>/remove/", remove_document, name="live_document_remove"),
    ],
)
