"""Official answers over HTTP."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from discussions import replies, rules
from discussions.errors import CivicError
from discussions.forms import ReplyForm
from discussions.models import Comment, Reply
from discussions.views.frame import frame, space_or_404


@require_GET
def index(request, slug: str):
    """Everything agencies have answered in this space, newest first."""
    space = space_or_404(request, slug)
    answers = (
        Reply.objects.filter(space=space)
        .select_related("agency", "officer", "comment", "question")
        .order_by("-answered_at")[:100]
    )
    return render(request, "discussions/answers.html", frame(request, space, "answers", answers=answers))


@require_http_methods(["GET", "POST"])
def answer_comment(request, slug: str, pk: int):
    """An officer answers one comment."""
    space = space_or_404(request, slug)
    comment = get_object_or_404(Comment.objects.published().select_related("author", "space"), pk=pk, space=space)
    rules.require(rules.may_answer(request.user))
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            replies.answer(
                space=space,
                officer=request.user,
                text=form.cleaned_data["text"],
                client_id=form.cleaned_data["client_id"],
                comment=comment,
            )
        except CivicError as refusal:
            form.add_error("text", refusal.message)
        else:
            messages.success(request, _("The answer is published; its reader finds it under their contributions."))
            return redirect(comment.get_absolute_url())
    context = frame(request, space, "answers", comment=comment, form=form)
    return render(request, "discussions/answer.html", context, status=422 if form.errors else 200)
