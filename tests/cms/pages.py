"""Pages for tests, made as an editor makes them: through the forms of the Wagtail admin or as a published page."""

from django.urls import reverse
from wagtail.models import Locale

from cms.models import InfoHubPage, InfoPage, SpaceIndexPage, SpacePage
from discussions.models import Space


def space_index(code: str = "zh-hant") -> SpaceIndexPage:
    return SpaceIndexPage.objects.get(locale=Locale.objects.get(language_code=code))


def info_hub(code: str = "zh-hant") -> InfoHubPage:
    return InfoHubPage.objects.get(locale=Locale.objects.get(language_code=code))


def form_of_space_page(**changes) -> dict:
    """What the browser sends for a discussion page without blocks in its body."""
    data = {
        "title": "公車改點",
        "slug": "bus",
        "question": "公車班次應該怎麼改？",
        "agency": "",
        "phase": "open",
        "opens_at": "",
        "voting_at": "",
        "review_at": "",
        "answer_due_at": "",
        "offers_comments": "on",
        "offers_statements": "on",
        "offers_live": "on",
        "body-count": "0",
        "seo_title": "",
        "search_description": "",
        "go_live_at": "",
        "expire_at": "",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
    }
    return {**data, **changes}


def add_space_page(client, **changes):
    """Send the form of a new discussion page."""
    address = reverse("wagtailadmin_pages:add", args=["cms", "spacepage", space_index().pk])
    return client.post(address, form_of_space_page(**changes))


def edit_space_page(client, page: SpacePage, **changes):
    """Send the edit form of a discussion page."""
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of_space_page(**changes))


def published_space_page(client) -> tuple[SpacePage, Space]:
    """A discussion page an editor has just published, and its space."""
    add_space_page(client, **{"action-publish": "1"})
    page = SpacePage.objects.get(slug="bus")
    return page, page.space


def info_page(**fields) -> InfoPage:
    """A published page of open information with a small table."""
    values = {
        "title": "公車站牌",
        "slug": "stops",
        "summary": "各站牌的位置與候車設施",
        "source_name": "示範交通局",
        "columns": [{"name": "站名", "kind": "text"}, {"name": "座位", "kind": "number"}],
        "rows": [["臺北車站", "12"], ["觀光夜市", "-4"], ["國立圖書館", "6"]],
    }
    page = InfoPage(**{**values, **fields})
    info_hub().add_child(instance=page)
    page.save_revision().publish()
    return InfoPage.objects.get(pk=page.pk)
