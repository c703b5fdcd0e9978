"""The one road from a page to its space."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from cms.links import SpaceLink
from discussions import events
from discussions.models import Phase, Space
from nlp.models import Corpus

# What an editor writes once for each language, and where the space keeps it.
WORDS = ("title", "question")
SECOND_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an editor wants the space to be. `values` are columns of Space; `publish`: it goes to the public."""

    values: dict[str, Any] = field(default_factory=dict)
    publish: bool = False


def space_of(page) -> Space | None:
    """The space a page presents: by its own link, or by that of another language version."""
    link = SpaceLink.objects.filter(page=page.pk).select_related("space__agency").first()
    return link.space if link else _shared(page)


def link_space(page, wishes: Wishes) -> Space:
    """Give a saved page its space: make it at first, share it between languages, fill in what the editor wishes.

    A space nobody can see yet follows every save. Once the public can see it, it changes only when the editor
    publishes: saving a draft, also the saving that happens by itself while one types, leaves it alone.
    """
    with transaction.atomic():
        space = space_of(page) or _made(page, wishes)
        SpaceLink.objects.get_or_create(page_id=page.pk, defaults={"space": space})
        space = events.lock(space.pk)
        if _fulfil(space, page, wishes):
            events.append(space, "space.changed", {"id": space.pk})
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
    return Space.objects.create(slug=slug, title=page.title, question=wishes.values.get("question", ""), corpus=corpus)


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


def _fulfil(space: Space, page, wishes: Wishes) -> bool:
    """Write what the editor wishes and may wish now. True when something changed."""
    if space.phase != Phase.DRAFT and not wishes.publish:
        return False
    suffix = "_en" if page.locale.language_code == SECOND_LANGUAGE else ""
    changed = {f"{name}{suffix}" if name in WORDS else name: value for name, value in wishes.values.items()}
    changed[f"title{suffix}"] = page.title
    if not wishes.publish:
        changed.pop("phase", None)
    changed = {name: value for name, value in changed.items() if getattr(space, name) != value}
    for name, value in changed.items():
        setattr(space, name, value)
    if changed:
        space.save(update_fields=list(changed))
    return bool(changed)
