"""The front of a space: the question, and the discussion about it."""

from django.core.cache import cache
from django.shortcuts import render

from discussions import threads
from discussions.forms import CommentForm
from discussions.models import Space
from discussions.views.frame import frame, space_or_404, visible_or_404

THREAD_SECONDS = 300


def front(request, slug: str, *, about: str = "", page=None, space: Space | None = None, form=None, status: int = 200):
    """The discussion page. `about` is the page editors wrote, as safe HTML; `form` comes back with its errors."""
    space = visible_or_404(request, space) if space is not None else space_or_404(request, slug)
    context = frame(request, space, "comments")
    thread = newest(space, context["seq"])
    form = form or CommentForm()
    return render(
        request,
        "discussions/space.html",
        {**context, "thread": thread, "form": form, "about": about, "page": page},
        status=status,
    )


def newest(space: Space, seq: int) -> threads.ThreadPage:
    """The top of the thread, kept until the next event of the space."""
    return cache.get_or_set(f"thread:{space.pk}:{seq}", lambda: threads.page(space), THREAD_SECONDS)
