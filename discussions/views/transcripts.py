"""The transcript of a session: for readers, for the stenographer, as a file."""

from collections.abc import Callable

from django.contrib import messages
from django.http import JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from discussions import events, live, rules, transcripts
from discussions.cursors import number
from discussions.errors import CivicError
from discussions.live import captions as webvtt
from discussions.models import LiveSession, TranscriptLine
from discussions.transcript_forms import CaptionsForm, CorrectionForm, LineForm, PasteForm
from discussions.views.live import session_or_404

CORRECTABLE = 20  # lines that the stenographer's page shows
LATEST_MS = 2**31 - 1


@require_GET
def lines(request, code: str):
    """The transcript page by page. ?at= is the number of a line, ?ms= a moment. ?part=latest is the end of it
    alone, ?part=around the lines at a moment."""
    session = session_or_404(request, code)
    if request.GET.get("part") == "latest":
        context = {"session": session, "transcript": transcripts.latest(session)}
        return render(request, "discussions/live/transcript_lines.html", context)
    if request.GET.get("part") == "around":
        context = {"session": session, "transcript": transcripts.around(session, _ms(request))}
        return render(request, "discussions/live/transcript_lines.html", context)
    if "ms" in request.GET:
        found = transcripts.number_at(session, _ms(request))
        place = f"?at={found}#t{found}" if found else ""
        return redirect(reverse("discussions:live_lines", args=[code]) + place)
    seq = events.last_seq(session.space_id)
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    at = min(number(request.GET.get("at")), LATEST_MS)
    context = {
        "session": session,
        "space": session.space,
        "seq": seq,
        "transcript": transcripts.page(session, at=at, **place),
        "may_moderate": bool(rules.may_moderate(request.user)),
        "nav_current": "live",
    }
    return render(request, "discussions/live/lines.html", context)


def _ms(request) -> int:
    """A moment on the clock of the session."""
    return min(number(request.GET.get("ms")), LATEST_MS)


@require_GET
def captions(request, code: str):
    """The transcript as a WebVTT file."""
    session = session_or_404(request, code)
    pieces = webvtt.written(transcripts.lines_of(session).iterator(chunk_size=1000))
    response = StreamingHttpResponse(pieces, content_type="text/vtt; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{session.code}.vtt"'
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def stenographer(request, code: str):
    """The page on which somebody writes down what is said. Each button is one action."""
    session = session_or_404(request, code)
    rules.require(rules.may_transcribe(request.user))
    forms = {"line_form": LineForm(), "paste_form": PasteForm(), "captions_form": CaptionsForm()}
    status = 200
    if request.method == "POST":
        act = request.POST.get("act", "write")
        if act not in ACTS:
            raise CivicError(_("This button is not known here. Reload the page."), code="malformed")
        name, form = ACTS[act](request, session)
        if not form.errors:
            return _done(request, session, form)
        if not request.accepts("text/html"):
            return JsonResponse({"error": "refused", "message": " ".join(sum(form.errors.values(), []))}, status=422)
        forms, status = {**forms, name: form}, 422
    return _page(request, session, forms, status)


def _page(request, session: LiveSession, forms: dict, status: int):
    seq = events.last_seq(session.space_id)
    said = transcripts.speakers(session)
    if not forms["line_form"].is_bound:
        # Whoever spoke last goes on speaking.
        forms["line_form"] = LineForm(initial={"speaker": said[0] if said else ""})
    context = {
        "session": session,
        "space": session.space,
        "seq": seq,
        "transcript": transcripts.latest(session, CORRECTABLE),
        "speakers": said,
        "nav_current": "live",
        **forms,
    }
    return render(request, "discussions/live/stenographer.html", context, status=status)


def _done(request, session: LiveSession, form):
    if not request.accepts("text/html"):
        return JsonResponse({"ok": True})
    return redirect(reverse("discussions:live_transcript", args=[session.code]) + "#write")


def _tried(form, field: str, act: Callable):
    """The form after its action: with what was refused, or without errors."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except CivicError as refusal:
            form.add_error(field, refusal.message)
    return form


def _write(request, session: LiveSession):
    def act(sent):
        live.write_line(session=session, author=request.user, **sent)

    return "line_form", _tried(LineForm(request.POST), "text", act)


def _correct(request, session: LiveSession):
    def act(sent):
        live.correct_line(line=_line(request, session), author=request.user, **sent)

    return "correction_form", _tried(CorrectionForm(request.POST), "text", act)


def _withdraw(request, session: LiveSession):
    live.withdraw_line(line=_line(request, session), author=request.user)
    messages.success(request, _("The line is taken back. Its words are erased everywhere."))
    return "correction_form", CorrectionForm()


def _paste(request, session: LiveSession):
    def act(sent):
        _tell_new(request, live.paste_lines(session=session, author=request.user, **sent))

    return "paste_form", _tried(PasteForm(request.POST), "text", act)


def _import(request, session: LiveSession):
    def act(sent):
        if sent["file"].size > webvtt.FILE_LIMIT:
            raise CivicError(_("The file is larger than 2 MiB. Please send it in parts."), code="too_long")
        found = webvtt.read(sent["file"].read())
        _tell_new(request, live.import_lines(session=session, author=request.user, lines=found.lines))
        _tell_broken(request, found.broken)

    return "captions_form", _tried(CaptionsForm(request.POST, request.FILES), "file", act)


ACTS = {"write": _write, "correct": _correct, "withdraw": _withdraw, "paste": _paste, "import": _import}


def _tell_new(request, count: int) -> None:
    if count:
        words = ngettext("%(n)d line is in the transcript now.", "%(n)d lines are in the transcript now.", count)
        messages.success(request, words % {"n": count})
    else:
        messages.info(request, _("All of this was in the transcript already. Nothing was added."))


def _tell_broken(request, broken: list[webvtt.Broken]) -> None:
    """Which cues could not be taken, so that they can be mended by hand."""
    for one in broken[: webvtt.SHOWN]:
        words = _("Cue %(place)d (%(times)s) was left out: %(why)s")
        messages.warning(request, words % {"place": one.place, "times": one.times, "why": one.why})
    if len(broken) > webvtt.SHOWN:
        rest = len(broken) - webvtt.SHOWN
        words = ngettext("%(n)d more cue was left out.", "%(n)d more cues were left out.", rest)
        messages.warning(request, words % {"n": rest})


def _line(request, session: LiveSession) -> TranscriptLine:
    """The line beside the button."""
    rows = TranscriptLine.objects.select_related("session")
    return get_object_or_404(rows, session=session, pk=number(request.POST.get("id")))
