"""Pages that Wagtail does not serve: the front of a space, and search."""

from dataclasses import dataclass, field

from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cms import indexing
from cms.models import SpacePage
from discussions import petitions
from discussions.models import Comment, Phase, Question, Reply, Space, Statement, TranscriptLine
from discussions.views import spaces
from integrations.search.port import Hit, Results, get_backend

# What a reader looks for, in the order it is shown: (name in the address, words, kinds of documents).
GROUPS = (
    ("questions", _("Public questions"), ("space",)),
    ("answers", _("Official answers"), ("answer",)),
    ("words", _("What people said"), ("comment", "statement", "question", "proposal")),
    ("transcripts", _("Transcripts of live sessions"), ("line",)),
    ("information", _("Open information"), ("record",)),
    ("pages", _("Pages"), ("page",)),
)
KIND_WORDS = {
    "comment": _("Comment"),
    "statement": _("Statement"),
    "question": _("Live question"),
    "proposal": _("Proposal"),
    "line": _("Line of a transcript"),
}
FEW, MANY = 4, 20


@dataclass(slots=True)
class Group:
    """One kind of result: what was found of it, and where the rest is."""

    name: str
    label: str
    results: Results
    hits: list[Hit] = field(default_factory=list)
    more_url: str = ""


@require_safe
def space_front(request, slug):
    """The discussion, with what editors wrote above it in the reader's language or, failing that, in another."""
    page = _page_of(slug)
    about, space = "", None
    if page is not None:
        space = page.space_link.space
        about = mark_safe(render_to_string("cms/about.html", {"page": page}, request=request))
    return spaces.front(request, slug, about=about, page=page, space=space)


@require_safe
def search(request):
    """One box over questions, answers, comments, open information and pages."""
    query = " ".join(request.GET.get("q", "").split())
    chosen = next((group for group in GROUPS if group[0] == request.GET.get("kind")), None)
    groups: list[Group] = []
    if query:
        indexing.catch_up()
        wanted = [chosen] if chosen else GROUPS
        groups = [_found(query, group, after=request.GET.get("after"), whole=chosen is not None) for group in wanted]
    context = {
        "query": query,
        "groups": [group for group in groups if group.hits],
        "tabs": _tabs(query, chosen),
        "kind_words": KIND_WORDS,
        "notice": next((group.results.notice for group in groups if group.results.notice), ""),
        "whole": chosen is not None,
    }
    return render(request, "cms/search.html", context)


def _page_of(slug: str) -> SpacePage | None:
    """The published page about a space: in the reader's language first, then the oldest."""
    pages = SpacePage.objects.live().filter(space_link__space__slug=slug)
    found = list(pages.select_related("locale", "space_link__space__agency").order_by("pk"))
    return next((page for page in found if page.locale.language_code == get_language()), found[0] if found else None)


def _found(query: str, group: tuple, *, after: str | None, whole: bool) -> Group:
    name, label, kinds = group
    backend = get_backend()
    results = backend.search(query, kinds=kinds, language=get_language(), limit=MANY if whole else FEW, after=after)
    more = ""
    if whole and results.cursor:
        more = _url(query, name, results.cursor)
    elif not whole and results.total > len(results.hits):
        more = _url(query, name)
    return Group(name=name, label=str(label), results=results, hits=_still_public(results.hits), more_url=more)


def _still_public(hits: tuple[Hit, ...]) -> list[Hit]:
    """The second guard: what was hidden or withdrawn since is no result, whatever the index says."""
    wanted: dict[str, list[str]] = {}
    for hit in hits:
        wanted.setdefault(hit.kind, []).append(hit.key.split(":")[1])
    public = {kind: _public(kind, numbers) for kind, numbers in wanted.items() if kind in _OWNERS}
    return [hit for hit in hits if hit.kind not in public or hit.key.split(":")[1] in public[hit.kind]]


_OWNERS = {
    "comment": lambda: Comment.objects.published().exclude(space__phase=Phase.DRAFT),
    "statement": lambda: Statement.objects.published().exclude(space__phase=Phase.DRAFT),
    "proposal": lambda: petitions.published().exclude(space__phase=Phase.DRAFT),
    "question": lambda: Question.objects.published().exclude(session__space__phase=Phase.DRAFT),
    "line": lambda: TranscriptLine.objects.published().exclude(session__space__phase=Phase.DRAFT),
    "answer": lambda: Reply.objects.exclude(space__phase=Phase.DRAFT),
    "space": lambda: Space.objects.exclude(phase=Phase.DRAFT),
}


def _public(kind: str, numbers: list[str]) -> set[str]:
    rows = _OWNERS[kind]().filter(pk__in=[int(number) for number in numbers])
    return {str(pk) for pk in rows.order_by().values_list("pk", flat=True)}


def _tabs(query: str, chosen: tuple | None) -> list[dict]:
    tabs = [{"label": _("Everything"), "url": _url(query), "current": chosen is None}]
    return tabs + [
        {"label": label, "url": _url(query, name), "current": chosen is not None and chosen[0] == name}
        for name, label, _k in GROUPS
    ]


def _url(query: str, kind: str = "", after: str = "") -> str:
    parts = {"q": query, "kind": kind, "after": after}
    return f"{reverse('search')}?{urlencode({name: value for name, value in parts.items() if value})}"
