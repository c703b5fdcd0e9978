"""The desk of draft texts: begin one, paste a version, see how it was read, align it, name causes, publish, judge."""

from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from cms import dashboards
from cms.instruments import text_alignment
from cms.instruments.desk import Desk, space_at
from cms.instruments.text_forms import JudgeForm, PasteForm, TextForm
from discussions import changes, cursors, texts, versions, wordings
from discussions.errors import CivicError
from discussions.instruments import Instrument
from discussions.models import DraftText, Space, TextVersion, Wording

WORDINGS = 50


@require_http_methods(["GET", "POST"])
def index(request, slug: str):
    """The texts of a space, and a form to begin one."""
    space = space_at(request, slug)
    form = TextForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            text = texts.begin(
                space=space,
                editor=request.user,
                title=form.cleaned_data["title"],
                client_id=form.cleaned_data["client_id"],
            )
        except CivicError as refusal:
            form.add_error("title", refusal.message)
        else:
            return redirect("text_desk", slug=slug, pk=text.pk)
    listed = DraftText.objects.filter(space=space).prefetch_related("versions").order_by("pk")
    return _page(request, space, "index", _("Draft texts"), [], {"texts": listed, "form": form})


@require_http_methods(["GET", "POST"])
def text(request, slug: str, pk: int):
    """One text: its versions, the sheet to paste the next one on, and what people suggested."""
    space = space_at(request, slug)
    found = get_object_or_404(DraftText, pk=pk, space=space)
    waiting = found.versions.filter(published_at=None).first()
    form = PasteForm(request.POST or None, initial={"replaces": waiting.pk if waiting else None})
    preview, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("do") == "keep":
                versions.prepare(
                    text=found,
                    editor=request.user,
                    source=form.cleaned_data["source"],
                    note=form.cleaned_data["note"],
                    replaces=form.cleaned_data["replaces"],
                )
                return redirect("text_desk_next", slug=slug, pk=pk)
            preview = versions.read(form.cleaned_data["source"])
        except CivicError as refusal:
            form.add_error("source", refusal.message)
            status = refusal.status
    suggested = wordings.with_support(Wording.objects.published().filter(paragraph__text=found))
    suggested = suggested.select_related("author", "space", "paragraph")
    listed, older = cursors.stretch(suggested, cursors.number(request.GET.get("before")), WORDINGS)
    context = {
        "text": found,
        "waiting": waiting,
        "published": list(found.versions.filter(published_at__isnull=False).order_by("-number")),
        "form": form,
        "preview": preview,
        "lines": text_alignment.suggestions(listed),
        "older": older,
        "outcomes": JudgeForm.OUTCOMES,
    }
    return _page(request, space, "text", found.title, [], context, status=status)


@require_http_methods(["GET", "POST"])
def upcoming(request, slug: str, pk: int):
    """The version in preparation: which paragraph is which, what people said that made it change, publication."""
    space = space_at(request, slug)
    version = _waiting_or_none(space, pk)
    if version is None:
        return redirect("text_desk", slug=slug, pk=pk)
    problem, status = "", 200
    if request.method == "POST":
        try:
            done = _done(request, version)
        except CivicError as refusal:
            problem, status = refusal.message, refusal.status
            version = _waiting_or_none(space, pk) or version
        else:
            return redirect(done)
    old = version.text.versions.filter(number=version.number - 1).first()
    found = changes.between(old, version)
    sheet = text_alignment.Sheet(version, old, found, part=request.GET.get("part", ""), sent=request.POST)
    context = {
        "text": version.text,
        "version": version,
        "old": old,
        "totals": changes.tally(found),
        "sheet": sheet,
        "problem": problem,
    }
    crumbs = [(version.text.title, reverse("text_desk", args=[slug, pk]))]
    title = _("Version %(number)d, in preparation") % {"number": version.number}
    return _page(request, space, "next", title, crumbs, context, status=status)


@require_POST
def judge(request, slug: str, pk: int):
    """Say what became of a suggested wording."""
    space = space_at(request, slug)
    found = get_object_or_404(Wording.objects.select_related("paragraph"), pk=pk, space=space)
    form = JudgeForm(request.POST)
    try:
        if not form.is_valid():
            raise CivicError(_("Choose what became of it and give the reason. Nothing was changed."))
        wordings.judge(wording=found, editor=request.user, **form.cleaned_data)
    except CivicError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The author can read it beside their words, and is told."))
    return redirect(reverse("text_desk", args=[slug, found.paragraph.text_id]) + f"#s{pk}")


def _done(request, version: TextVersion) -> str:
    """Do what the button says, and return where to go."""
    slug, text_id = version.text.space.slug, version.text_id
    asked = request.POST.get("do")
    if asked == "discard":
        versions.discard(version=version, editor=request.user)
        messages.success(request, _("The version was thrown away. What is published stays as it is."))
        return reverse("text_desk", args=[slug, text_id])
    text_alignment.save(version, request.user, request.POST)
    if asked == "publish":
        versions.publish(version=version, editor=request.user)
        messages.success(request, _("Published. The authors of what led to changes are told."))
        return reverse("text_desk", args=[slug, text_id])
    messages.success(request, _("Saved."))
    return request.get_full_path()


def _waiting_or_none(space: Space, pk: int) -> TextVersion | None:
    found = get_object_or_404(DraftText, pk=pk, space=space)
    version = found.versions.filter(published_at=None).first()
    if version is not None:
        found.space = space
        version.text = found
    return version


def _page(request, space: Space, template: str, title: str, crumbs: list, context: dict, *, status: int = 200):
    way = [(_("Draft texts"), reverse("texts_desk", args=[space.slug])), *crumbs] if template != "index" else []
    address = f"cms/instruments/texts/{template}.html"
    return dashboards.page(request, address, title, way, status=status, space=space, **context)


def _open_wordings(space: Space) -> int:
    return Wording.objects.published().filter(space=space, outcome=Wording.Outcome.OPEN).count()


DESK = Desk(
    key=Instrument.TEXTS,
    label=gettext_lazy("Draft texts"),
    url_name="texts_desk",
    waiting=_open_wordings,
    urlpatterns=[
        path("texts/<str:slug>/", index, name="texts_desk"),
        path("texts/<str:slug>/<int:pk>/", text, name="text_desk"),
        path("texts/<str:slug>/<int:pk>/next/", upcoming, name="text_desk_next"),
        path("texts/<str:slug>/wordings/<int:pk>/", judge, name="judge_wording"),
    ],
)
