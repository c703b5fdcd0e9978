"""Draft texts as everybody reads them: the text, its versions, and what changed."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from discussions import changes, texts
from discussions.cursors import number as number_of
from discussions.models import DraftText, Space, TextVersion
from discussions.views.frame import frame, space_or_404

PART_OF_CHANGES = 60


def text_or_404(space: Space, pk: int) -> tuple[DraftText, list[TextVersion]]:
    """A text of this space and its published versions, oldest first. Without any it does not exist for readers."""
    found = list(
        TextVersion.objects.filter(text__pk=pk, text__space=space, published_at__isnull=False)
        .select_related("text")
        .order_by("number")
    )
    if not found:
        raise Http404
    text = found[-1].text
    text.space = space
    for one in found:
        one.text = text
    return text, found


@require_GET
def index(request, slug: str):
    """The texts of a space; where there is one, the text itself."""
    space = space_or_404(request, slug)
    found = list(texts.published(space)[:100])
    if len(found) == 1:
        return redirect("discussions:text", slug=slug, pk=found[0].pk)
    return render(request, "discussions/texts/index.html", frame(request, space, "texts", texts=found))


@require_GET
def read(request, slug: str, pk: int):
    """The text as it stands."""
    space = space_or_404(request, slug)
    text, versions = text_or_404(space, pk)
    return _reading(request, space, text, versions, versions[-1])


@require_GET
def version(request, slug: str, pk: int, number: int):
    """The text as it stood: an address that always shows these words."""
    space = space_or_404(request, slug)
    text, versions = text_or_404(space, pk)
    return _reading(request, space, text, versions, _numbered(versions, number))


@require_GET
def changed(request, slug: str, pk: int, number: int):
    """What changed from one version to another, and because of whom. `?from=` names the older one, `?view=side` puts
    them side by side."""
    space = space_or_404(request, slug)
    text, versions = text_or_404(space, pk)
    new = _numbered(versions, number)
    asked = request.GET.get("from", "")
    older = [one for one in versions if one.number < number]
    old = _numbered(versions, number_of(asked)) if asked else (older or [None])[-1]
    if old is None or old.number >= new.number:
        raise Http404
    found = changes.between(old, new)
    changed_ones = [change for change in found if change.is_change]
    pages = [changed_ones[at : at + PART_OF_CHANGES] for at in range(0, len(changed_ones), PART_OF_CHANGES)]
    part = _part(request, len(pages))
    context = frame(
        request,
        space,
        "texts",
        text=text,
        versions=versions,
        old=old,
        new=new,
        older=older,
        changes=pages[part - 1] if pages else [],
        renumbered=[change for change in found if change.kind == changes.Kind.RENUMBERED],
        totals=changes.tally(found),
        n_causes=sum(len(change.causes) for change in changed_ones),
        is_side=request.GET.get("view") == "side",
        part=part,
        parts=_part_links(request, len(pages), part),
    )
    return render(request, "discussions/texts/changes.html", _named(context, text, _("What changed")))


def _reading(request, space: Space, text: DraftText, versions: list[TextVersion], shown: TextVersion):
    pages = texts.parts(texts.passages(shown))
    part = _part(request, len(pages))
    passages = pages[part - 1] if pages else []
    counts = texts.counts(passages)
    context = frame(
        request,
        space,
        "texts",
        text=text,
        version=shown,
        newest=versions[-1],
        is_newest=shown == versions[-1],
        versions=versions,
        passages=[(passage, counts[passage.paragraph_id]) for passage in passages],
        contents=texts.contents(pages, current=part),
        part=part,
        parts=_part_links(request, len(pages), part),
        text_url=text.get_absolute_url(),
    )
    return render(request, "discussions/texts/text.html", _named(context, text, ""))


def _named(context: dict, text: DraftText, more: str) -> dict:
    """With the way back in the breadcrumb."""
    first, here = context["crumbs"]
    crumbs = [first, {**here, "url": context["space"].get_absolute_url()}, {"label": text.title, "url": ""}]
    if more:
        crumbs[-1]["url"] = text.get_absolute_url()
        crumbs.append({"label": more, "url": ""})
    return {**context, "crumbs": crumbs}


def _numbered(versions: list[TextVersion], number: int) -> TextVersion:
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        raise Http404
    return found


def _part(request, count: int) -> int:
    asked = request.GET.get("part", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    return min(max(1, number), max(1, count))


def _part_links(request, count: int, current: int) -> list[dict]:
    """Links to the parts of a long page; none when there is one."""
    if count < 2:
        return []
    query = request.GET.copy()
    links = []
    for number in range(1, count + 1):
        query["part"] = str(number)
        links.append({"label": str(number), "url": f"?{query.urlencode()}", "current": number == current})
    return links


def address(space: Space, text_id: int, paragraph_id: int, anchor: str = "") -> str:
    """The page of a paragraph."""
    return reverse("discussions:paragraph", args=[space.slug, text_id, paragraph_id]) + anchor
