"""Wagtail tells when a page comes, goes or moves; here its search entry and its space are told by name."""

from wagtail.models import Page
from wagtail.signals import (
    copy_for_translation_done,
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
)

from cms import indexing, publishing
from cms.models import SpacePage


def connect() -> None:
    """Listen to Wagtail's own signals; called once, when the application starts."""
    page_published.connect(_published, dispatch_uid="cms.published")
    page_unpublished.connect(_unpublished, dispatch_uid="cms.unpublished")
    page_slug_changed.connect(_moved, dispatch_uid="cms.slug_changed")
    post_page_move.connect(_moved, dispatch_uid="cms.moved")
    copy_for_translation_done.connect(_translated, dispatch_uid="cms.translated")


def _published(sender, instance, **kwargs):
    indexing.index_page(instance)


def _unpublished(sender, instance, **kwargs):
    indexing.forget_page(instance)


def _moved(sender, instance, **kwargs):
    """The addresses of the page and of all below it have changed."""
    for page in Page.objects.descendant_of(instance, inclusive=True).live().specific():
        indexing.index_page(page)


def _translated(sender, source_obj, target_obj, **kwargs):
    source, target = source_obj.specific, target_obj.specific
    if isinstance(source, SpacePage):
        publishing.share_space(source, target)
