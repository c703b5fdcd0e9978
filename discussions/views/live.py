"""Live sessions over HTTP: everything works by plain forms; sockets only make it immediate."""

import io

import segno
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from discussions import events, frames, live, moderation, rooms, rules
from discussions.errors import CivicError
from discussions.live_forms import AskForm, HideForm, PollAnswerForm, PollForm, RaiseForm, SessionForm
from discussions.models import LiveSession, Question, QuickPoll, Space
from discussions.views import entrance
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
        if form.is_valid():
            session = live.plan_session(space=space, facilitator=request.user, **form.cleaned_data)
            words = _("The session is announced. Its room code is %(code)s.") % {"code": session.code}
            messages.success(request, words)
            return redirect("discussions:live_desk", session.code)
    context = frame(request, space, "live", sessions=rooms.sessions_of(space), form=form)
    context["may_facilitate"] = bool(rules.may_facilitate(request.user))
    return render(request, "discussions/live/of_space.html", context, status=status)


@require_GET
def index(request):
    """Every session: on now, to come, over."""
    return render(request, "discussions/live/index.html", {"sessions": rooms.sessions(), "nav_current": "live"})


@require_GET
def room(request, code: str, *, form=None, status: int = 200):
    """The room on a phone: the question at the panel, polls, all questions, and a field to ask."""
    session = _session(request, code)
    context = _room_context(request, session, events.last_seq(session.space_id))
    return render(request, "discussions/live/room.html", {**context, "form": form or AskForm()}, status=status)


@never_cache
@require_GET
def state(request, code: str):
    """One part of a live page anew (?part=room, screen or desk), for pages that missed too much."""
    session = _session(request, code)
    part = request.GET.get("part", "room")
    template, context = PARTS.get(part, PARTS["room"])
    if part == "desk":
        rules.require(rules.may_facilitate(request.user))
    seq = events.last_seq(session.space_id)
    tag = f'"{session.pk}-{seq}-{request.user.pk or 0}-{get_language()}-{part}"'
    unchanged = get_conditional_response(request, etag=tag)
    if unchanged is not None:
        return unchanged
    response = render(request, template, context(request, session, seq))
    response["ETag"] = tag
    return response


@require_GET
def screen(request, code: str):
    """The wall of the hall: one thing at a time, and how to join."""
    session = _session(request, code)
    context = _wall_context(request, session, events.last_seq(session.space_id))
    return render(request, "discussions/live/screen.html", context)


@require_POST
def ask(request, code: str):
    """Put a question to the panel. What cannot be taken comes back in the form, with every word kept."""
    session = _session(request, code)
    form = AskForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            question = live.ask(
                session=session,
                author=request.user,
                text=form.cleaned_data["text"],
                client_id=form.cleaned_data["client_id"],
            )
        except CivicError as refusal:
            if not request.accepts("text/html"):
                raise
            entrance.slow_down(request, refusal)
            form.add_error("text", refusal.message)
            status = refusal.status
        else:
            if not request.accepts("text/html"):
                return JsonResponse({"ok": True, "question": str(question.pk)})
            messages.success(request, _("Your question is in the room. Others can raise it now."))
            return redirect(f"{session.get_absolute_url()}#q{question.pk}")
    request.method = "GET"
    return room(request, code, form=form, status=status)


@require_POST
def raise_question(request, code: str, pk: int):
    """Raise a question, or take the raise back: ?raised=1 or 0 names the wish, so a second click does no harm."""
    session = _session(request, code)
    question = get_object_or_404(Question.objects.published().select_related("session"), pk=pk, session=session)
    form = RaiseForm(request.GET)
    if not form.is_valid():
        raise CivicError(_("Please use the button beside the question."), code="malformed")
    raised = form.cleaned_data["raised"]
    act = live.raise_question if raised else live.lower_question
    raises = act(question=question, member=request.user)
    if not request.accepts("text/html"):
        return JsonResponse({"ok": True, "question": str(pk), "raised": raised, "raises": raises})
    if request.htmx:
        shown = rooms.questions(Question.objects.filter(pk=pk), viewer=request.user).get()
        return render(request, "discussions/live/question.html", {"question": shown, "session": session})
    return redirect(f"{session.get_absolute_url()}#q{pk}")


@require_POST
def answer_poll(request, code: str, pk: int):
    """Answer a poll, or change one's answer."""
    session = _session(request, code)
    poll = get_object_or_404(QuickPoll.objects.select_related("session"), pk=pk, session=session)
    form = PollAnswerForm(request.POST)
    if not form.is_valid():
        raise CivicError(_("Please choose one of the answers."), code="unknown_choice")
    total = live.answer_poll(poll=poll, member=request.user, option=form.cleaned_data["option"])
    if not request.accepts("text/html"):
        return JsonResponse({"ok": True, "poll": str(pk), "option": form.cleaned_data["option"], "total": total})
    if request.htmx:
        view = rooms.polls(QuickPoll.objects.filter(pk=pk), viewer=request.user)[0]
        response = render(request, "discussions/live/poll.html", {"view": view, "session": session})
        response["HX-Retarget"], response["HX-Reswap"] = f'[data-poll="{pk}"]', "outerHTML"
        return response
    messages.success(request, _("Your answer is counted. You can change it while the poll is open."))
    return redirect(f"{session.get_absolute_url()}#poll-{pk}")


@never_cache
@require_http_methods(["GET", "POST"])
def desk(request, code: str):
    """The facilitator's desk. Each button is one action; afterwards the desk is shown anew."""
    session = _session(request, code)
    rules.require(rules.may_facilitate(request.user))
    form, status = PollForm(), 200
    if request.method == "POST":
        form = PollForm(request.POST) if request.POST.get("act") == "add_poll" else form
        try:
            _perform(request, session, form)
        except CivicError as refusal:
            if not form.is_bound:
                raise
            form.add_error("options", refusal.message)
        if not form.errors:
            return redirect("discussions:live_desk", code)
        status = 422
    context = _desk_context(request, session, events.last_seq(session.space_id))
    return render(request, "discussions/live/desk.html", {**context, "form": form}, status=status)


SESSION_ACTS = {
    "open_session": live.open_session,
    "close_session": live.close_session,
    "open_floor": live.open_floor,
    "close_floor": live.close_floor,
}
QUESTION_ACTS = {"current": live.mark_current, "answered": live.mark_answered}
POLL_ACTS = {"open_poll": live.open_poll, "close_poll": live.close_poll, "reveal_poll": live.reveal_poll}


def _perform(request, session: LiveSession, form: PollForm) -> None:
    """Do what a button of the desk says."""
    act, key = request.POST.get("act", ""), request.POST.get("id", "")
    key = int(key) if key.isdecimal() and len(key) < 19 else 0
    if act in SESSION_ACTS:
        SESSION_ACTS[act](session=session, facilitator=request.user)
    elif act in POLL_ACTS:
        poll = get_object_or_404(QuickPoll.objects.select_related("session"), pk=key, session=session)
        POLL_ACTS[act](poll=poll, facilitator=request.user)
    elif act == "add_poll":
        if form.is_valid():
            live.add_poll(session=session, facilitator=request.user, **form.cleaned_data)
    else:
        question = get_object_or_404(Question.objects.select_related("session"), pk=key, session=session)
        _perform_on_question(request, question, act)


def _perform_on_question(request, question: Question, act: str) -> None:
    if act == "hide":
        moderation.hide(target=question, moderator=request.user, reason=request.POST.get("reason", ""))
    elif act == "restore":
        moderation.restore(target=question, moderator=request.user)
    elif act in QUESTION_ACTS:
        QUESTION_ACTS[act](question=question, facilitator=request.user)
    else:
        raise CivicError(_("This button is not known here. Reload the page."), code="malformed")


def _session(request, code: str) -> LiveSession:
    session = get_object_or_404(LiveSession.objects.select_related("space", "space__agency"), code=code)
    visible_or_404(request, session.space)
    return session


def _room_context(request, session: LiveSession, seq: int) -> dict:
    """What room and wall show. `seq` was read before, so that nothing falls between the page and the socket."""
    verdict = rules.may_ask(request.user, session.space, session)
    return {
        "session": session,
        "space": session.space,
        "seq": seq,
        "room": rooms.read(session, viewer=request.user),
        "takes": takes(session),
        "refusal": "" if verdict or verdict.code in {"sign_in", "floor_closed"} else rules.explained(verdict.code),
        "way_in": entrance.way_in(verdict.code, request.path),
        "may_facilitate": bool(rules.may_facilitate(request.user)),
        "nav_current": "live",
        "crumbs": [
            {"label": _("Live sessions"), "url": reverse("discussions:live_index")},
            {"label": session.space.local_title, "url": reverse("discussions:space_live", args=[session.space.slug])},
            {"label": session.title, "url": ""},
        ],
    }


def _wall_context(request, session: LiveSession, seq: int) -> dict:
    address = request.build_absolute_uri(session.get_absolute_url())
    context = _room_context(request, session, seq)
    return {**context, "stage": rooms.on_the_wall(context["room"]), "join_url": address, "qr": qr(address)}


def _desk_context(request, session: LiveSession, seq: int) -> dict:
    return {
        **_room_context(request, session, seq),
        "room": rooms.read(session, viewer=request.user, for_desk=True),
        "hide_form": HideForm(),
        "may_hide": bool(rules.may_moderate(request.user)),
    }


# What `state` shows: the template and where its context comes from.
PARTS = {
    "room": ("discussions/live/room_body.html", _room_context),
    "screen": ("discussions/live/wall.html", _wall_context),
    "desk": ("discussions/live/desk_body.html", _desk_context),
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
