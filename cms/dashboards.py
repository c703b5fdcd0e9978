"""The planner's desk in the Wagtail admin: what people say about a policy, and how sure we may be of it."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.crypto import salted_hmac
from django.utils.http import quote_etag, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from cms import charts, desks, topic_edits
from discussions import events, replies, rules
from discussions.errors import CivicError
from discussions.forms import ReplyForm
from discussions.models import Reply, Space
from discussions.views.results import groups_in_words
from nlp import audits, reports


@require_safe
def index(request):
    """All spaces, with how much is in them and how far their analysis is."""
    rules.require(rules.may_read_opinion(request.user))
    listing = desks.spaces(before=request.GET.get("before", ""))
    return page(request, "cms/desk/index.html", _("Opinion"), [], listing=listing)


@require_safe
def space(request, slug: str):
    """One space: numbers, topics, sentiment over time, opinion groups, sources, and how to read them."""
    rules.require(rules.may_read_opinion(request.user))
    chosen = space_or_404(slug)
    etag = _etag(request, chosen)
    unchanged = get_conditional_response(request, etag=quote_etag(etag))
    if unchanged is not None:
        return unchanged
    overview = reports.overview(chosen.corpus)
    moments = reports.sentiment_over_time(chosen.corpus)
    groups = reports.groups(chosen.corpus)
    context = {
        "space": chosen,
        "state": desks.state(chosen.corpus, overview),
        "overview": overview,
        "sources": desks.sources(overview.by_source, overview.posts),
        "topics": [desks.topic_line(row, overview.posts) for row in reports.topics(chosen.corpus)],
        "emerging": _emerging(chosen),
        "answered": set(
            Reply.objects.filter(space=chosen, topic_number__isnull=False).values_list("topic_number", flat=True)
        ),
        "timeline": charts.timeline(moments),
        "moments": [desks.moment_line(moment) for moment in moments],
        "groups": desks.groups(groups_in_words(chosen, groups)) if groups else None,
        "conduct": desks.conduct_in_words(reports.conduct(chosen.corpus)),
        "reading": reports.reading(overview.topics_run, get_language()),
        "edits": topic_edits.lines(chosen.corpus, overview.topics_run),
        "may_edit": bool(rules.may_edit_topics(request.user)),
        "desk_etag": _fingerprint(chosen),
    }
    response = page(request, "cms/desk/space.html", str(chosen), [(_("Opinion"), reverse("opinion_desk"))], **context)
    response["ETag"] = quote_etag(etag)
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def state(request, slug: str):
    """What the quiet poll asks: has anything changed since the page was made?"""
    rules.require(rules.may_read_opinion(request.user))
    response = JsonResponse({"etag": _fingerprint(space_or_404(slug))})
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def topic(request, slug: str, number: int):
    """One topic: the words themselves with the way back to each, the agency's answers, and the form to answer."""
    rules.require(rules.may_read_opinion(request.user))
    chosen = space_or_404(slug)
    row = reports.topic(chosen.corpus, number)
    given = list(Reply.objects.filter(space=chosen, topic_number=number).select_related("agency", "officer"))
    if row is None and not given:
        return _gone(request, chosen)
    may_answer = rules.may_answer(request.user)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        rules.require(may_answer)
        if row is not None and form.is_valid() and _answered(request, chosen, row, form):
            messages.success(request, _("The answer is published under the name of your agency."))
            return redirect("opinion_topic", slug=slug, number=number)
    source, sentiment = _choice(request, "source", row), _choice(request, "sentiment", row)
    part = _part(request, row)
    stretch = reports.quotes(
        chosen.corpus,
        number,
        source=source,
        sentiment=sentiment,
        part=part.number if part else None,
        before=request.GET.get("before", ""),
    )
    others = topic_edits.other_topics(chosen.corpus, number) if row and rules.may_edit_topics(request.user) else None
    label = row.label if row else given[-1].topic_label
    filters = {"source": source, "sentiment": sentiment, "part": part.number if part else ""}
    crumbs = [(_("Opinion"), reverse("opinion_desk")), (str(chosen), reverse("opinion_space", args=[slug]))]
    return page(
        request,
        "cms/desk/topic.html",
        label,
        crumbs,
        status=422 if form.errors else 200,
        space=chosen,
        topic=desks.topic_line(row, row.posts) if row else None,
        source=source,
        sentiment=sentiment,
        source_choices=desks.source_choices(row.by_source if row else []),
        sentiment_choices=list(desks.SENTIMENT_WORDS.items()),
        quotes=[desks.quote_line(opinion) for opinion in stretch.opinions],
        part=part,
        filters=urlencode(filters),
        older_url="?" + urlencode({**filters, "before": stretch.older}) if stretch.older else "",
        is_later=bool(request.GET.get("before")),
        answers=given,
        form=form if may_answer and row is not None else None,
        rename_form=topic_edits.RenameForm(initial={"label": row.label}) if others is not None else None,
        merge_form=topic_edits.MergeForm(topics=others) if others else None,
        move_form=topic_edits.MoveForm(topics=others) if others is not None else None,
        why_not=rules.explained(may_answer.code) if not may_answer and may_answer.code == "no_agency" else "",
    )


def _answered(request, chosen: Space, row, form: ReplyForm) -> Reply | None:
    """The answer that was given; None when it was refused, with the reason in the form."""
    try:
        return replies.answer(
            space=chosen,
            officer=request.user,
            text=form.cleaned_data["text"],
            client_id=form.cleaned_data["client_id"],
            topic_number=row.number,
            topic_label=row.label,
        )
    except CivicError as refusal:
        form.add_error("text", refusal.message)
        return None


def _emerging(chosen: Space) -> list[dict]:
    """New subjects with typical words; a quote that was hidden a moment ago is left out."""
    return [
        {"row": row, "quotes": [desks.quote_line(opinion) for opinion in reports.by_ids(chosen.corpus, row.typical)]}
        for row in audits.emerging(chosen.corpus)
    ]


def _choice(request, name: str, row) -> str:
    """A filter from the address, "" when it names nothing that is there."""
    value = request.GET.get(name, "")
    known = desks.SENTIMENT_WORDS if name == "sentiment" else {source.source for source in row.by_source} if row else ()
    return value if value in known else ""


def _part(request, row) -> reports.PartRow | None:
    """The part of the topic that the address names, None when it names nothing that is there."""
    return next((part for part in (row.parts if row else ()) if str(part.number) == request.GET.get("part")), None)


def _gone(request, chosen: Space) -> HttpResponse:
    """A topic that the latest analysis does not know: say so and lead to those it knows."""
    crumbs = [(_("Opinion"), reverse("opinion_desk")), (str(chosen), reverse("opinion_space", args=[chosen.slug]))]
    return page(request, "cms/desk/topic_gone.html", _("This topic is gone"), crumbs, status=404, space=chosen)


def space_or_404(slug: str) -> Space:
    """A space with what a desk needs of it."""
    return get_object_or_404(Space.objects.select_related("agency", "corpus"), slug=slug)


def _fingerprint(chosen: Space) -> str:
    """Changes whenever something about a space that a desk shows has changed."""
    return f"{reports.etag(chosen.corpus)}-{events.last_seq(chosen.pk)}"


def _etag(request, chosen: Space) -> str:
    """As `_fingerprint`, for this reader: the page also shows their name, their language and their session's token."""
    reader = salted_hmac("cms.dashboards", f"{request.session.session_key}:{request.user.pk}").hexdigest()[:12]
    return f"{_fingerprint(chosen)}-{get_language()}-{reader}"


def page(request, template: str, title: str, crumbs: list[tuple[str, str]], *, status: int = 200, **context):
    """A page of the desk in Wagtail's frame, below its crumbs."""
    items = [{"url": reverse_lazy("wagtailadmin_home"), "label": _("Home")}]
    items += [{"url": url, "label": label} for label, url in crumbs]
    items.append({"url": "", "label": title})
    base = {"header_title": title, "page_title": title, "header_icon": "comment", "breadcrumbs_items": items}
    return render(request, template, {**base, **context}, status=status)
