"""The front of a space: the question, and the discussion about it."""

from urllib.parse import urlencode

from django.core.cache import cache
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import instruments, reactions, threads
from discussions.forms import CommentForm
from discussions.instruments import Instrument
from discussions.models import Comment, Space
from discussions.threads import Sort
from discussions.views import entrance
from discussions.views.frame import frame, rooms, space_or_404, visible_or_404

THREAD_SECONDS = 300
SORTED_SECONDS = 15  # other orders move with every reaction, which is no event


def front(request, slug: str, *, about: str = "", page=None, space: Space | None = None, form=None, status: int = 200):
    """The discussion, or the ways to take part where a space has none. `about` is the page editors wrote, as safe HTML;
    `form` comes back with its errors.
    """
    space = visible_or_404(request, space) if space is not None else space_or_404(request, slug)
    context = frame(request, space, "comments")
    if not instruments.is_on(space, Instrument.COMMENTS):
        context |= {"rooms": rooms(space, timezone.now()), "about": about, "page": page}
        return render(request, "discussions/about.html", context, status=status)
    context |= {
        "form": form or CommentForm(initial=entrance.kept(request, f"comment/{space.pk}")),
        "about": about,
        "page": page,
        **discussion(request, space, context["seq"]),
    }
    return render(request, "discussions/space.html", context, status=status)


def discussion(request, space: Space, seq: int | None = None) -> dict:
    """What space.html shows of the thread, in the order and of the kind that the address asks for.

    The top of the thread is kept for `seq`; without it, and for earlier pages, it is read anew.
    """
    sort, kind = wanted(request)
    before = request.GET.get("before", "")
    if seq is None or before:
        thread = threads.page(space, before=before, sort=sort, kind=kind, folded=True)
    else:
        seconds = THREAD_SECONDS if sort == Sort.NEW else SORTED_SECONDS
        key = f"thread:{space.pk}:{seq}:{sort}:{kind}"
        thread = cache.get_or_set(key, lambda: threads.page(space, sort=sort, kind=kind, folded=True), seconds)
    standing, waiting = reactions.standing_and_waiting(space, thread.ids, request.user)
    return {
        "thread": thread,
        "standing": standing,
        "waiting": waiting,
        "sort": sort,
        "kind": kind,
        "sorts": _choices(space, [(value, label, value, kind) for value, label in Sort.choices], sort),
        "kinds": _choices(
            space,
            [("", _("All kinds"), sort, ""), *((value, label, sort, value) for value, label in Comment.Kind.choices)],
            kind,
        ),
        "older_url": reverse("discussions:older_comments", args=[space.slug]) + _query(sort, kind, thread.older),
    }


def wanted(request) -> tuple[str, str]:
    """The order and the kind of comment that the address asks for; what does not exist counts as not asked."""
    sort, kind = request.GET.get("sort", ""), request.GET.get("kind", "")
    return (sort if sort in Sort.values else Sort.NEW.value), (kind if kind in Comment.Kind.values else "")


def _choices(space: Space, items, current: str) -> list[dict]:
    address = reverse("discussions:space", args=[space.slug])
    return [
        {"label": label, "url": f"{address}{_query(sort, kind)}#order", "current": value == current}
        for value, label, sort, kind in items
    ]


def _query(sort: str, kind: str, before: str | None = None) -> str:
    """The part of an address behind the question mark; what is usual is left out."""
    asked = {"sort": sort if sort != Sort.NEW else "", "kind": kind, "before": before or ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"?{query}" if query else ""
