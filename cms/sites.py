"""The pages every installation starts with, in both languages."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Collection, Locale, Page, Site

from cms.models import HomePage, InfoHubPage, SpaceIndexPage

FIRST, SECOND = "zh-hant", "en"

# Words of pages are content, not interface: editors change them, so they are written here in each language.
PAGES = {
    "home": {
        FIRST: {"title": "首頁", "lede": "政府在問，您來說；每一個意見，都看得到它走到哪裡。"},
        SECOND: {"title": "Home", "lede": "Public questions, your words, and an answer you can follow."},
    },
    "spaces": {
        FIRST: {"title": "公共議題", "lede": "現在可以一起決定的事，以及已經有答覆的事。"},
        SECOND: {"title": "Public questions", "lede": "What can be decided together now, and what has been answered."},
    },
    "info": {
        FIRST: {"title": "公開資訊", "lede": "討論之前，先看同一份資料：每一份都有來源、時間與授權。"},
        SECOND: {
            "title": "Open information",
            "lede": "The same facts for everybody: each with source, date and licence.",
        },
    },
}


def ensure() -> HomePage:
    """Languages, home pages, indexes and the site record. Harmless to repeat; pages that exist are left alone."""
    with transaction.atomic():
        locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code in (FIRST, SECOND)}
        if Collection.get_first_root_node() is None:
            Collection.add_root(name="Root")
        root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=locales[FIRST])
        home = HomePage.objects.filter(locale=locales[FIRST]).child_of(root).first() or _home(root, locales[FIRST])
        _point_site_at(home)
        _remove_welcome(root)
        _translated(home, locales[SECOND], "home")
        for name, model in (("spaces", SpaceIndexPage), ("info", InfoHubPage)):
            index = model.objects.child_of(home).first() or _child(home, model, name)
            _translated(index, locales[SECOND], name)
    return home


def _home(root: Page, locale: Locale) -> HomePage:
    # Wagtail's own first page holds the slug "home" until it is removed.
    words = PAGES["home"][FIRST]
    return root.add_child(instance=HomePage(**words, slug="minyi", locale=locale, show_in_menus=True))


def _child(parent: Page, model: type[Page], name: str) -> Page:
    return parent.add_child(
        instance=model(**PAGES[name][FIRST], slug=name, locale_id=parent.locale_id, show_in_menus=True)
    )


def _translated(page: Page, locale: Locale, name: str) -> Page:
    found = page.get_translation_or_none(locale)
    if found is not None:
        return found
    copy = page.copy_for_translation(locale)
    for field, words in PAGES[name][SECOND].items():
        setattr(copy, field, words)
    copy.save_revision().publish()
    return copy


def _point_site_at(home: HomePage) -> None:
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname, site.port, site.root_page = address.hostname or "localhost", port, home.page_ptr
    site.site_name = settings.SITE_NAME
    site.save()


def _remove_welcome(root: Page) -> None:
    """Wagtail brings a page that welcomes developers. It goes, unless somebody has put pages below it."""
    for page in Page.objects.child_of(root).filter(content_type__app_label="wagtailcore", numchild=0):
        page.delete()
