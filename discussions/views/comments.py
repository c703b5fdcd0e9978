"""Comments over HTTP: parse, one action, answer. Every page works without JavaScript."""

import json
from dataclasses import dataclass
from functools import lru_cache

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from discussions import comments, cursors, differences, folds, moderation, reactions, reasons, rules, targets, threads
from discussions.errors import CivicError, TooSoon
from discussions.forms import CommentForm, ReportForm
from discussions.models import Burst, Comment, Reply, Space
from discussions.reactions import Standing
from discussions.views import entrance, spaces
from discussions.views.frame import frame, space_or_404

# What components/comment.html can show and a thread does not. A template pays three times as much for a name that is
# nowhere as for an empty one.
UNUSED = dict.fromkeys(("id", "badge", "url", "lang", "html", "replies_url"), "")
SOME_COMMENT = 10**18 - 1


def address(space: Space, number: int) -> str:
    """The page of a comment of this space. Pages name dozens, which differ by the number alone."""
    before, behind = _address(space.slug, get_language(), get_script_prefix())
    return f"{before}{number}{behind}"


@lru_cache(maxsize=1000)
def _address(slug: str, _language: str | None, _prefix: str) -> tuple[str, str]:
    """What stands before and behind the number, in the active language and below the active prefix."""
    before, _number, behind = reverse("discussions:comment", args=[slug, SOME_COMMENT]).rpartition(str(SOME_COMMENT))
    return before, behind


def comment_context(
    comment: Comment, *, answers: list[Reply] | None = None, viewer=None, standing: Standing | None = None
) -> dict:
    """Inputs of discussions/components/comment.html, in the active language. Without a viewer: as any reader sees it.
    `standing` is how it stands for this viewer; without it the counters the comment was loaded with are shown.

    A page shows forty of these, so each value stands here as the template writes it, under the name it has there.
    """
    space, number, labels = comment.space, comment.pk, _labels(get_language())
    is_mine = viewer is not None and comment.author_id == viewer.pk
    is_withheld = comment.state == Comment.State.HELD and not is_mine
    state = "checking" if is_withheld else comment.state
    is_changed = comment.edited_at is not None
    has_history = is_changed and state == Comment.State.VISIBLE
    return {
        **UNUSED,
        "comment": comment,
        "depth": str(comment.depth),
        "answers": answers or [],
        "name": comment.author.display_name,
        "at": comment.posted_at,
        # Words that wait for a moderator leave this function for their author alone.
        "state": state,
        "words": "" if is_withheld else comment.text,
        "reason": reasons.words(comment.hidden_reason),
        "kind_label": labels.kinds.get(comment.kind, ""),
        "mine": is_mine,
        "edited": is_changed,
        "history_url": reverse("discussions:comment_history", args=[space.slug, number]) if has_history else "",
        "permalink": address(space, number),
        "actions": "discussions/components/deeds.html",
        "reply_label": labels.reply,
        "more_label": labels.more,
        **reaction_context(comment, viewer, standing),
    }


def reaction_context(comment: Comment, viewer=None, standing: Standing | None = None) -> dict:
    """Inputs of discussions/components/reactions.html, in the active language, and whether the phase takes replies."""
    standing = standing or reactions.of(comment)
    is_mine = viewer is not None and comment.author_id == viewer.pk
    takes_replies = rules.permits(comment.space, rules.Verb.COMMENT)
    number = str(comment.pk)
    return {
        "pk": number,
        "swap": False,
        "takes_replies": takes_replies,
        "may_react": takes_replies and comment.state == Comment.State.VISIBLE and not is_mine,
        "reactions": [
            {
                "kind": kind,
                "label": label,
                "count": str(standing.counts[kind] or ""),
                # What pressing sends: the comment, negative to take the reaction back.
                "value": f"-{number}" if kind in standing.mine else number,
                "pressed": "true" if kind in standing.mine else "false",
            }
            for kind, label in _labels(get_language()).reactions.items()
        ],
    }


@dataclass(frozen=True, slots=True)
class _Labels:
    """What every comment says alike; a page looks it up once and not forty times."""

    reactions: dict[str, str]
    kinds: dict[str, str]
    reply: str
    more: str


@lru_cache
def _labels(_language: str | None) -> _Labels:
    """In the active language, which is `_language`."""
    return _Labels(
        reactions={kind.value: str(kind.label) for kind in reactions.Kind},
        # A plain opinion needs no label.
        kinds={kind.value: str(kind.label) for kind in Comment.Kind if kind != Comment.Kind.OPINION},
        reply=_("Reply"),
        more=_("More"),
    )


@require_POST
def post(request, slug: str):
    """Publish a comment or a reply. What cannot be taken comes back in the form, with every word kept."""
    space = space_or_404(request, slug)
    form = CommentForm(request.POST)
    error: CivicError | None = None
    if form.is_valid():
        try:
            comment = comments.post(
                space=space,
                author=request.user,
                text=form.cleaned_data["text"],
                kind=form.cleaned_data["kind"],
                client_id=form.cleaned_data["client_id"],
                parent_id=form.cleaned_data["parent"],
            )
        except CivicError as refusal:
            error = refusal
            _refuse(request, space, form, refusal)
        else:
            return _posted(request, space, comment)
    return _refused(request, space, form, error)


def _posted(request, space, comment: Comment):
    if request.htmx:
        context = {"item": comment_context(comment, viewer=request.user), "form": CommentForm(), "space": space}
        return said_so(render(request, "discussions/components/posted.html", context, status=201), comment)
    messages.success(request, thanks(comment))
    return redirect(
        f"{space.get_absolute_url()}#c{comment.pk}" if comment.parent_id is None else comment.get_absolute_url()
    )


def thanks(comment: Comment) -> str:
    """What happens next with words that were just sent."""
    if comment.state == Comment.State.HELD:
        return _("We have received your opinion. A moderator will look at it within a day.")
    return _("Your opinion is published. It will be read into the topics within a minute.")


def form_again(request, template: str, context: dict, error: CivicError | None):
    """For htmx: the form with its words and what is wrong, in its own place.

    It is an answer like any other for the page, except that whoever came too soon is told so by its status as well.
    """
    response = render(request, template, context, status=error.status if isinstance(error, TooSoon) else 200)
    response["HX-Retarget"], response["HX-Reswap"] = "closest .composer", "outerHTML"
    return response


def said_so(response, comment: Comment):
    """The same thanks at the edge of a page that stays open: an answer to htmx with them added."""
    response["HX-Trigger"] = json.dumps({"minyi:toast": {"words": thanks(comment)}})
    return response


def _refuse(request, space, form, refusal: CivicError) -> None:
    parent_id = form.cleaned_data.get("parent")
    place, page = f"comment/{space.pk}", space.get_absolute_url()
    if parent_id is not None:
        place, page = f"reply/{parent_id}", reverse("discussions:comment", args=[space.slug, parent_id])
    entrance.refuse(request, form, refusal, place=place, back=f"{page}#composer")


def _refused(request, space, form, error: CivicError | None):
    status = error.status if error else 422
    parent_id = form.cleaned_data.get("parent")
    if request.htmx:
        return form_again(request, "discussions/components/composer.html", {"form": form, "space": space}, error)
    comment = _found(request, space, parent_id) if parent_id is not None else None
    if comment is not None:
        return _single(request, space, comment, form=form, status=status)
    return spaces.front(request, space.slug, space=space, form=form, status=status)


@require_GET
def older(request, slug: str):
    """Further branches: a page of their own, or a fragment for htmx."""
    space = space_or_404(request, slug)
    found = spaces.discussion(request, space)
    if request.htmx:
        return render(request, "discussions/components/branches.html", {"space": space, **found})
    context = frame(request, space, "comments", form=CommentForm(), is_older=True, **found)
    return render(request, "discussions/space.html", context)


@require_GET
def alike(request, slug: str, pk: int):
    """Everything that many accounts said alike, one by one."""
    space = space_or_404(request, slug)
    burst = get_object_or_404(Burst, pk=pk, space=space, kind=Burst.Kind.TEXT)
    rows, further = folds.posts(burst, after=cursors.number(request.GET.get("after")))
    posts = [
        {
            "words": row.words,
            "url": targets.of(row).address(row),
            "label": "" if isinstance(row, Comment) else targets.of(row).label,
            "name": row.author.display_name,
            "at": targets.said_at(row),
        }
        for row in rows
        if targets.is_visible(row)
    ]
    context = frame(request, space, "comments", burst=burst, posts=posts, gone=len(rows) - len(posts), further=further)
    return render(request, "discussions/comments/alike.html", context)


@require_GET
def permalink(request, slug: str, pk: int):
    """One comment in its place, with everything that can be done to it."""
    space = space_or_404(request, slug)
    return _single(request, space, _readable(request, space, pk))


@require_GET
def history(request, slug: str, pk: int):
    """What the words were before each edit. Hidden and withdrawn words have no history."""
    space = space_or_404(request, slug)
    comment = get_object_or_404(Comment.objects.published().select_related("author", "space"), pk=pk, space=space)
    before = request.GET.get("before", "")
    (edge,) = cursors.read("history", before, 1) or (None,)
    edits, earlier = comments.history(comment, before=edge)
    # Each version is compared with the one that followed it.
    following = comment.text if edge is None else comment.edits.filter(pk__gte=edge).order_by("id").first().text
    versions = []
    for edit in edits:
        versions.append({"until": edit.until, "changes": differences.words(edit.text, following)})
        following = edit.text
    context = frame(
        request,
        space,
        "comments",
        comment=comment,
        versions=versions,
        first=following if earlier is None else "",
        earlier_url=f"?before={cursors.made('history', earlier)}" if earlier is not None else "",
    )
    return render(request, "discussions/comments/history.html", context)


def _found(request, space, pk: int) -> Comment | None:
    """A comment with a page of its own: not what waits for a moderator, unless it is the reader's or they judge it."""
    comment = Comment.objects.select_related("author", "space").filter(pk=pk, space=space).first()
    if comment is None or comment.state != Comment.State.HELD or comment.edited_at is not None:
        return comment
    return comment if comment.author_id == request.user.pk or rules.may_moderate(request.user) else None


def _readable(request, space, pk: int) -> Comment:
    comment = _found(request, space, pk)
    if comment is None:
        raise Http404
    return comment


def _single(request, space, comment: Comment, *, form=None, status: int = 200):
    ancestors, page = threads.around(comment, after=request.GET.get("after", ""), viewer=request.user)
    form = form or CommentForm(initial={**entrance.kept(request, f"reply/{comment.pk}"), "parent": comment.pk})
    may_reply = not request.user.is_authenticated or rules.may_comment(
        request.user, space, comment, under=rules.discussion_of(comment)
    )
    shown = [one.pk for one in (*ancestors, comment, *page.replies)]
    context = frame(
        request,
        space,
        "comments",
        comment=comment,
        ancestors=ancestors,
        page=page,
        standing=reactions.standing(shown, request.user),
        form=form,
        may_reply=may_reply,
    )
    return render(request, "discussions/comment.html", context, status=status)


@require_http_methods(["GET", "POST"])
def edit(request, slug: str, pk: int):
    """Change one's own words."""
    space, comment = _mine(request, slug, pk, rules.may_edit)
    form, status = CommentForm(request.POST if request.method == "POST" else None, initial={"text": comment.text}), 200
    if request.method == "POST" and form.is_valid():
        try:
            comments.edit(comment=comment, author=request.user, text=form.cleaned_data["text"])
        except CivicError as refusal:
            entrance.slow_down(request, refusal)
            form.add_error("text", refusal.message)
            status = refusal.status
        else:
            messages.success(request, _("Your changes are saved. The earlier words can be seen in the history."))
            return redirect(comment.get_absolute_url())
    elif form.errors:
        status = 422
    context = frame(request, space, "comments", comment=comment, form=form)
    return render(request, "discussions/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def withdraw(request, slug: str, pk: int):
    """Take one's own words back, after one more look."""
    space = space_or_404(request, slug)
    comment = get_object_or_404(Comment.objects.select_related("author", "space"), pk=pk, space=space)
    rules.require(rules.may_withdraw(request.user, comment))
    if request.method == "POST":
        comments.withdraw(comment=comment, author=request.user)
        messages.success(request, _("Your words are erased. The replies to them stay."))
        return redirect(space.get_absolute_url())
    return render(request, "discussions/withdraw.html", frame(request, space, "comments", comment=comment))


@require_http_methods(["GET", "POST"])
def report(request, slug: str, pk: int):
    """Ask the moderators to look."""
    space = space_or_404(request, slug)
    comment = get_object_or_404(Comment.objects.select_related("author", "space"), pk=pk, space=space)
    rules.require(rules.may_report(request.user, comment))
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        moderation.report(target=comment, reporter=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Thank you. A moderator will look at it."))
        return redirect("discussions:comment", slug, pk)
    context = frame(request, space, "comments", comment=comment, form=form)
    return render(request, "discussions/report.html", context, status=422 if form.errors else 200)


def _mine(request, slug, pk, may):
    space = space_or_404(request, slug)
    comment = get_object_or_404(Comment.objects.select_related("author", "space"), pk=pk, space=space)
    rules.require(may(request.user, space, comment))
    return space, comment
