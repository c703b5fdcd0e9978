"""The one road from a page to its space."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from cms.links import SpaceLink
from discussions import spaces
from discussions.models import Member, Phase, Space
from discussions.phases import DATES
from nlp.models import Corpus

# What an editor writes once for each language, and where the space keeps it.
WORDS = ("title", "question", "plain")
SECOND_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an editor wants the space to be.

    `facts` are columns of Space and `offered` its instruments (None: as they are), `phase` one chosen by hand ("": none
    was). With `publish` it goes to the public; with `release` its dates begin to count, and so may open it later.
    `editor` is None where the house itself acts.
    """

    facts: dict[str, Any] = field(default_factory=dict)
    offered: dict[str, dict[str, Any]] | None = None
    phase: str = ""
    publish: bool = False
    release: bool = False
    editor: Member | None = None


def space_of(page) -> Space | None:
    """The space a page presents: by its own link, or by that of another language version."""
    link = SpaceLink.objects.filter(page=page.pk).select_related("space__agency").first()
    return link.space if link else _shared(page)


def link_space(page, wishes: Wishes) -> Space:
    """Give a saved page its space: make it at first, share it between languages, fill in what the editor wishes.

    A space that was never published follows every save. After that it changes only when the editor publishes: saving
    a draft, also the saving that happens by itself while one types, leaves it alone.
    """
    with transaction.atomic():
        space = space_of(page) or _made(page, wishes)
        SpaceLink.objects.get_or_create(page_id=page.pk, defaults={"space": space})
        if space.runs_since is None or wishes.publish:
            space = _fulfil(space, page, wishes)
    return space


def share_space(source, target) -> None:
    """Let a new language version of a page present the space of its source."""
    space = space_of(source)
    if space is not None:
        SpaceLink.objects.get_or_create(page_id=target.pk, defaults={"space": space})


def _shared(page) -> Space | None:
    link = SpaceLink.objects.filter(page__translation_key=page.translation_key).select_related("space__agency").first()
    return link.space if link else None


def _made(page, wishes: Wishes) -> Space:
    slug = _free_slug(page.slug)
    corpus = Corpus.objects.create(key=slug, title=page.title)
    # The first language to arrive fills the title of record, so that no space is without one.
    return Space.objects.create(
        slug=slug,
        title=page.title,
        question=wishes.facts.get("question", ""),
        phase=Phase.DRAFT,
        runs_since=None,
        corpus=corpus,
    )


def _free_slug(wanted: str) -> str:
    """`wanted`, or with the first number that makes it an address nobody uses."""
    wanted = wanted[:110]
    taken = set(Space.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    taken |= set(Corpus.objects.filter(key__startswith=wanted).values_list("key", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _fulfil(space: Space, page, wishes: Wishes) -> Space:
    suffix = "_en" if page.locale.language_code == SECOND_LANGUAGE else ""
    facts = {f"{name}{suffix}" if name in WORDS else name: value for name, value in wishes.facts.items()}
    facts[f"title{suffix}"] = page.title
    return spaces.arrange(
        space=space,
        editor=wishes.editor,
        facts=facts,
        offered=wishes.offered,
        phase=wishes.phase if wishes.publish else "",
        publish=wishes.publish or wishes.release,
    )


def seen(page) -> dict[str, Any]:
    """What an editor who looks at a preview has chosen for the space; what it holds, where nothing was chosen."""
    if page.space_wishes is not None and page.space_wishes.facts:
        return page.space_wishes.facts
    space = page.space if page.pk else None
    if space is None:
        return {}
    return {"question": space.local_question, **{name: getattr(space, name) for name in DATES}}
