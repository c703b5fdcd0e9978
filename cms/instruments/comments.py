"""The desk of a discussion: what came in last, which questions nobody has answered, what others agree with most."""

from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cms.instruments.desk import Desk, space_at
from discussions import instruments, rules, threads
from discussions.instruments import Instrument
from discussions.models import Comment, Space, State
from discussions.rules import Verdict
from discussions.threads import Sort

# What one looks for first, and what stands beside it.
ORDERS = (Sort.UNANSWERED, Sort.NEW, Sort.AGREED, Sort.DISCUSSED)
QUESTIONS = {Sort.UNANSWERED: Comment.Kind.QUESTION.value}


def may_enter(member) -> Verdict:
    """Communicators, planners, and the officers who answer."""
    for rule in (rules.may_arrange, rules.may_edit_topics, rules.may_answer):
        if verdict := rule(member):
            return verdict
    return verdict


@require_safe
def desk(request, slug: str):
    """Comments in one of four orders; unanswered means questions."""
    space = space_at(request, slug, may_enter)
    asked = request.GET.get("sort", "")
    sort = Sort(asked if asked in Sort.values else Sort.UNANSWERED)
    kind = QUESTIONS.get(sort, "")
    thread = threads.page(space, sort=sort, kind=kind, before=request.GET.get("before", ""))
    context = {
        "space": space,
        "thread": thread,
        "sort": sort,
        "orders": [
            {"value": order.value, "label": _("Unanswered questions") if order in QUESTIONS else order.label}
            for order in ORDERS
        ],
        "level": instruments.level(space, Instrument.COMMENTS),
        "waiting": Comment.objects.filter(space=space, state=State.HELD).count(),
        "may_moderate": bool(rules.may_moderate(request.user)),
        "may_answer": bool(rules.may_answer(request.user)),
        "may_arrange": bool(rules.may_arrange(request.user)),
        "page_title": _("Discussion"),
        "header_title": f"{_('Discussion')}: {space.local_title}",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Discussion")},
        ],
    }
    return render(request, "cms/instruments/comments.html", context)


def waiting(space: Space) -> int:
    """Questions that nobody has answered."""
    return Comment.objects.filter(
        threads.ONLY[Sort.UNANSWERED],
        space=space,
        kind=Comment.Kind.QUESTION,
        parent=None,
        proposal=None,
        paragraph=None,
    ).count()


DESK = Desk(
    key=Instrument.COMMENTS,
    label=gettext_lazy("Discussion"),
    url_name="comments_desk",
    may=may_enter,
    waiting=waiting,
    urlpatterns=[path("comments/<str:slug>/", desk, name="comments_desk")],
)
