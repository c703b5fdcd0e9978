"""Notices over HTTP: reading them, choosing how to be told, and stopping it with one press."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from discussions import petitions, rules
from discussions.cursors import number
from discussions.errors import CivicError, SignInNeeded
from discussions.forms import FollowForm, NoticeSettingsForm, PushForm
from discussions.models import Comment, Follow, Mute, NoticeSettings, PushSubscription
from discussions.notices import calendars, feeds, following, inbox, mail, passes, push
from discussions.views.frame import frame, space_or_404
from nlp import reports

ATOM, CALENDAR = "application/atom+xml; charset=utf-8", "text/calendar; charset=utf-8"
FRESH = "public, max-age=300"


@require_GET
def index(request):
    """What happened to what one said and follows, newest first."""
    member = _member(request)
    found = inbox.of(member, before=number(request.GET.get("before")))
    newest = found.lines[0].notice.pk if found.lines else 0
    context = {"found": found, "newest": newest, "nav_current": "me", "crumbs": [{"label": _("Notices"), "url": ""}]}
    return render(request, "discussions/notices/index.html", context)


@require_POST
def read(request):
    """All of them, up to the newest that was on the page, are read."""
    member = _member(request)
    inbox.read_all(member, up_to=number(request.POST.get("up_to")))
    return redirect("discussions:notices")


@require_http_methods(["GET", "POST"])
def choose(request):
    """How to be told, what is followed, what is muted."""
    member = _member(request)
    language = get_language() or settings.LANGUAGE_CODE
    chosen = NoticeSettings.objects.filter(member=member).first() or NoticeSettings(member=member, language=language)
    form = NoticeSettingsForm(request.POST if request.method == "POST" else None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        NoticeSettings.objects.update_or_create(member=member, defaults=form.cleaned_data)
        messages.success(request, _("Saved. This holds from now on."))
        return redirect("discussions:notice_settings")
    context = {
        "form": form,
        "follows": Follow.objects.filter(member=member).select_related("space", "proposal", "comment").order_by("-pk"),
        "mutes": Mute.objects.filter(member=member).select_related("space").order_by("-pk"),
        "browsers": PushSubscription.objects.filter(member=member).count(),
        "push_key": _push_key(),
        "nav_current": "me",
        "crumbs": [
            {"label": _("Notices"), "url": reverse("discussions:notices")},
            {"label": _("How I want to hear"), "url": ""},
        ],
    }
    return render(request, "discussions/notices/settings.html", context, status=422 if form.errors else 200)


# A mail program presses this without a page of ours; the signed pass in the address says whose it is.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def off(request, given: str):
    """No more mail, with one press (RFC 8058) or one page."""
    member = passes.owner(given)
    if member is None:
        raise Http404
    if request.method == "POST":
        mail.stop(member)
    context = {"is_off": request.method == "POST", "crumbs": [{"label": _("Notices"), "url": ""}]}
    return render(request, "discussions/notices/off.html", context)


@require_GET
def of_space(request, slug: str):
    """How to hear of one discussion: as a member, by feed, by calendar. `?proposal=`, `?comment=` name parts of it."""
    space = space_or_404(request, slug)
    follows = following.followed(request.user, space)
    mutes = following.muted(request.user, space)
    rows = [{"kind": "space", "target": None, "label": _("Every step of this discussion")}]
    readable = {"proposal": petitions.readable(space), "comment": Comment.objects.published().filter(space=space)}
    for kind, published in readable.items():
        found = _named(published, request.GET.get(kind, ""))
        if found is not None:
            label = found.title if kind == "proposal" else _("This branch of the discussion")
            pk = found.pk if kind == "proposal" else (found.root_id or found.pk)
            rows.insert(0, {"kind": kind, "target": pk, "label": label})
    rows += [
        {"kind": "topic", "target": topic.number, "label": _("Topic “%(label)s”") % {"label": topic.label}}
        for topic in reports.topics(space.corpus)
    ]
    for row in rows:
        row["is_followed"] = (row["kind"], row["target"] or space.pk) in follows
        row["is_muted"] = (row["kind"], row["target"] or space.pk) in mutes
    context = frame(request, space, "", rows=rows, back=request.get_full_path())
    return render(request, "discussions/notices/of_space.html", context)


@require_POST
def follow(request, slug: str):
    """Follow or stop following a space, a proposal, a branch or a topic; mute or unmute a space or a topic."""
    space, member, form = space_or_404(request, slug), _member(request), FollowForm(request.POST)
    if not form.is_valid():
        raise CivicError(_("That cannot be followed. Nothing was changed."), code="unknown_target")
    verb, kind, pk = form.cleaned_data["verb"], form.cleaned_data["kind"], form.cleaned_data["target"]
    if verb in ("mute", "unmute"):
        act = following.mute if verb == "mute" else following.unmute
        act(member=member, space=space, topic_number=pk if kind == "topic" else None)
    elif verb == "follow":
        following.follow(member=member, space=space, **_target(space, kind, pk))
    else:
        following.unfollow(member=member, space=space, **_target(space, kind, pk))
    messages.success(request, FollowForm.DONE[verb])
    return redirect(form.cleaned_data["back"] or space.get_absolute_url())


@require_POST
def subscribe(request):
    """A browser begins or ends to show notices."""
    member, form = _member(request), PushForm(request.POST)
    if not form.is_valid():
        raise CivicError(_("This browser did not say how to reach it. Nothing was changed."), code="no_subscription")
    endpoint = form.cleaned_data["endpoint"]
    if form.cleaned_data["stop"]:
        push.unsubscribe(member=member, endpoint=endpoint)
    else:
        push.subscribe(
            member=member,
            endpoint=endpoint,
            key=form.cleaned_data["key"],
            secret=form.cleaned_data["secret"],
            language=get_language() or settings.LANGUAGE_CODE,
        )
    return HttpResponse(status=204)


@require_GET
def worker(request):
    """The script that shows notices while no page of ours is open. It keeps nothing and fetches nothing."""
    response = render(request, "discussions/notices/worker.js", content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def space_feed(request, slug: str):
    """The steps of one space as Atom."""
    space = space_or_404(request, slug)
    return _given(feeds.of_space(space, url=request.build_absolute_uri()), ATOM, space)


@require_GET
def site_feed(request):
    """The steps of all spaces as Atom."""
    return _given(feeds.of_site(url=request.build_absolute_uri()), ATOM)


@require_GET
def space_calendar(request, slug: str):
    """The deadlines of one space as iCalendar."""
    space = space_or_404(request, slug)
    return _given(calendars.of_space(space), CALENDAR, space)


@require_GET
def site_calendar(request):
    """The deadlines of all spaces as iCalendar."""
    return _given(calendars.of_site(), CALENDAR)


@require_GET
def go(request, pk: int):
    """Lead to what a notice speaks of; it counts as read from then on."""
    notice = get_object_or_404(inbox.readable(_member(request)), pk=pk)
    [line] = inbox.words.lines([notice])
    inbox.read_one(notice)
    return redirect(line.url)


def _given(content: str | bytes, kind: str, space=None) -> HttpResponse:
    """May be kept on the way, unless it is about a space that only its editors can see."""
    response = HttpResponse(content, content_type=kind)
    is_public = space is None or rules.may_see(None, space)
    response["Cache-Control"] = FRESH if is_public else "private, no-store"
    return response


def _target(space, kind: str, pk: int | None) -> dict:
    if kind == "proposal":
        return {"proposal": get_object_or_404(petitions.readable(space), pk=pk)}
    if kind == "comment":
        comment = get_object_or_404(Comment.objects.published(), pk=pk, space=space)
        return {"comment": comment.root or comment}
    return {"topic_number": pk} if kind == "topic" else {}


def _named(published, key: str):
    return published.filter(pk=number(key)).first()


def _push_key() -> str:
    try:
        return push.public_key()
    except CivicError:
        return ""


def _member(request):
    if not request.user.is_authenticated:
        raise SignInNeeded(_("Please sign in first."))
    return request.user
