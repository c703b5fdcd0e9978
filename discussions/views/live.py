"""Live sessions over HTTP: everything works by plain forms; sockets only make it immediate."""

import io

import segno
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from discussions import events, frames, live, owed, records, rooms, rules, stages, transcripts
from discussions.cursors import number
from discussions.errors import CivicError
from discussions.forms import new_client_id
from discussions.live import agendas, topics, videos
from discussions.live_forms import AskForm, RoomCodeForm, SessionForm
from discussions.models import LiveSession, Space
from discussions.views import room_parts
from discussions.views.frame import frame, space_or_404, visible_or_404


@require_http_methods(["GET", "POST"])
def of_space(request, slug: str):
    """The sessions of a space; facilitators announce new ones. With ?after=<seq>: the frames of the socket, as JSON."""
    space = space_or_404(request, slug)
    if request.method == "GET" and "after" in request.GET:
        return _missed(request, space)
    form, status = SessionForm(), 200
    if request.method == "POST":
        rules.require(rules.may_facilitate(request.user))
        form, status = SessionForm(request.POST), 422
        session = form.is_valid() and _planned(request, space, form)
        if session:
            words = _("The session is announced. Its room code is %(code)s.") % {"code": session.code}
            messages.success(request, words)
            return redirect("discussions:live_desk", session.code)
    context = frame(request, space, "live", sessions=rooms.sessions_of(space), form=form)
    context["may_facilitate"] = bool(rules.may_facilitate(request.user))
    return render(request, "discussions/live/of_space.html", context, status=status)


@require_GET
def index(request, *, code_form=None, status: int = 200):
    """Every session: on now, to come, over; and a field for the code of a room."""
    context = {"sessions": rooms.sessions(), "nav_current": "live", "code_form": code_form or RoomCodeForm()}
    return render(request, "discussions/live/index.html", context, status=status)


@require_GET
def join(request):
    """To the room of a code that was read out in the hall (?code=). What leads nowhere comes back in the form."""
    if "code" not in request.GET:
        return index(request)
    form = RoomCodeForm(request.GET)
    if form.is_valid():
        session = LiveSession.objects.select_related("space").filter(code=form.cleaned_data["code"]).first()
        if session is not None and rules.may_see(request.user, session.space):
            return redirect(session)
        form.add_error("code", _("No session has this code. Please compare it with the screen once more."))
    return index(request, code_form=form, status=422)


@csp_update({"frame-src": videos.frame_sources()})
@require_GET
def room(request, code: str, *, form=None, status: int = 200):
    """The room on a phone: the question at the panel, polls, all questions, and a field to ask. Once the session is
    over: its record. A question that came too late stands in the form of the room, with every word kept."""
    session = session_or_404(request, code)
    seq = events.last_seq(session.space_id)
    if session.state == LiveSession.State.CLOSED and form is None:
        return render(request, "discussions/live/record.html", _record_context(request, session, seq))
    context = _room_context(request, session, seq)
    return render(request, "discussions/live/room.html", {**context, "form": form or AskForm()}, status=status)


@never_cache
@require_GET
def state(request, code: str):
    """One part of a live page anew (?part=room, screen or desk), for pages that missed too much."""
    session = session_or_404(request, code)
    part = request.GET.get("part", "room")
    template, context = PARTS.get(part, PARTS["room"])
    if part == "desk":
        rules.require(rules.may_facilitate(request.user))
    seq = events.last_seq(session.space_id)
    shown = f"{part}{number(request.GET.get('join'))}"
    tag = f'"{session.pk}-{seq}-{request.user.pk or 0}-{get_language()}-{shown}"'
    unchanged = get_conditional_response(request, etag=tag)
    if unchanged is not None:
        return unchanged
    response = render(request, template, context(request, session, seq))
    response["ETag"] = tag
    return response


@require_GET
def screen(request, code: str):
    """The wall of the hall: one thing at a time, and how to join."""
    session = session_or_404(request, code)
    context = _wall_context(request, session, events.last_seq(session.space_id))
    return render(request, "discussions/live/screen.html", context)


def _planned(request, space: Space, form: SessionForm) -> LiveSession | None:
    """The session that was announced, or None with the refusal in the form."""
    try:
        return live.plan_session(space=space, facilitator=request.user, **form.cleaned_data)
    except CivicError as refusal:
        form.add_error(None, refusal.message)
        return None


def session_or_404(request, code: str) -> LiveSession:
    """A session of a space that this person may see."""
    session = get_object_or_404(LiveSession.objects.select_related("space", "space__agency"), code=code)
    visible_or_404(request, session.space)
    return session


def _frame_context(request, session: LiveSession, seq: int) -> dict:
    """What every page of a session shows. `seq` was read before, so that nothing falls between the page and the
    socket."""
    return {
        "session": session,
        "space": session.space,
        "seq": seq,
        "may_transcribe": bool(rules.may_transcribe(request.user)),
        "may_facilitate": bool(rules.may_facilitate(request.user)),
        "nav_current": "live",
        "crumbs": [
            {"label": _("Live sessions"), "url": reverse("discussions:live_index")},
            {"label": session.space.local_title, "url": reverse("discussions:space_live", args=[session.space.slug])},
            {"label": session.title, "url": ""},
        ],
    }


def _room_context(request, session: LiveSession, seq: int, *, for_desk: bool = False) -> dict:
    """What room and wall show."""
    return {
        **_frame_context(request, session, seq),
        "room": rooms.read(session, viewer=request.user, for_desk=for_desk),
        "takes": takes(session),
        "agenda": agendas.read(session),
        "topics": topics.beside(session),
        **room_parts.asking(request, session),
        "transcript": transcripts.latest(session),
        "reaction_id": new_client_id(),
    }


def _record_context(request, session: LiveSession, seq: int) -> dict:
    """What the record shows."""
    record = records.read(session, viewer=request.user)
    return {**_frame_context(request, session, seq), "record": record, "agenda": record.agenda}


def _wall_context(request, session: LiveSession, seq: int) -> dict:
    address = request.build_absolute_uri(session.get_absolute_url())
    context = _room_context(request, session, seq)
    return {**context, "stage": stages.on_the_wall(context["room"]), "join_url": address, "qr": qr(address)}


def desk_context(request, session: LiveSession, seq: int) -> dict:
    """What the facilitator's desk shows."""
    return {
        **_room_context(request, session, seq, for_desk=True),
        **room_parts.desk(request, session),
        "left_open": owed.unanswered(session).count(),
        "takes_owed": owed.takes(session),
    }


# What `state` shows: the template and where its context comes from.
PARTS = {
    "room": ("discussions/live/room_body.html", _room_context),
    "record": ("discussions/live/record_body.html", _record_context),
    "screen": ("discussions/live/wall.html", _wall_context),
    "desk": ("discussions/live/desk_body.html", desk_context),
}


def takes(session: LiveSession) -> str:
    """Whether the room takes questions: taking, waiting (floor closed) or ended."""
    if session.state == LiveSession.State.CLOSED:
        return "ended"
    return "taking" if session.floor_open else "waiting"


def qr(address: str) -> str:
    """An address as a QR code: inline SVG without style attributes, dark on light in every theme."""
    drawing = io.BytesIO()
    segno.make(address, micro=False).save(
        drawing, kind="svg", xmldecl=False, svgclass="wall__qr", lineclass=None, scale=7, border=2, light="#fff"
    )
    return mark_safe(drawing.getvalue().decode())


def _missed(request, space: Space) -> HttpResponse:
    """What the socket would have said since ?after=, for pages that cannot open one. See docs/protocol.md."""
    given = request.GET["after"]
    after = int(given) if given.isdecimal() and len(given) < 10 else 0
    language = get_language()
    tag = f'"{space.pk}-{after}-{events.last_seq(space.pk)}-{language}"'
    unchanged = get_conditional_response(request, etag=tag)
    if unchanged is not None:
        return unchanged
    batch = frames.load(space.pk, after)
    texts = [made.texts[language] for made in batch.frames] if batch.complete else [frames.gap(batch.seq)]
    # The frames are encoded already.
    body = f'{{"seq":{batch.seq},"frames":[{",".join(texts)}]}}'
    return HttpResponse(body, content_type="application/json", headers={"ETag": tag, "Cache-Control": "no-cache"})
