"""What the scripts of the admin say where Wagtail's catalogue for them has no Chinese, so that its pages speak one
language. A page brings these words along; `cms/admin_words.js` lays them under those of Wagtail."""

from django.utils.translation import get_language, gettext, gettext_noop, ngettext

WORDS = (
    gettext_noop("(New)"),
    gettext_noop("(1 new item in this menu)"),
    gettext_noop("(%(number)s new items in this menu)"),
    gettext_noop("A network error occurred."),
    gettext_noop("A server error occurred."),
    gettext_noop("Autosave in progress…"),
    gettext_noop("Blocks"),
    gettext_noop("Changes have been autosaved."),
    gettext_noop("Character count:"),
    gettext_noop("Collapse all"),
    gettext_noop("Complex"),
    gettext_noop("Decorative image"),
    gettext_noop("Delete error"),
    gettext_noop("Enter your comments..."),
    gettext_noop("Enter your reply..."),
    gettext_noop("Error while sending preview data."),
    gettext_noop("Expand all"),
    gettext_noop("Fair"),
    gettext_noop("Focus comment"),
    gettext_noop("Good"),
    gettext_noop("Insert a block"),
    gettext_noop("Pin toolbar"),
    gettext_noop("Report this error to your website administrator with the following information:"),
    gettext_noop("Save error"),
    gettext_noop("Search options…"),
    gettext_noop("Split block"),
    gettext_noop("Toggle section"),
    gettext_noop("Toggle side panel"),
    gettext_noop("Toggle sidebar"),
    gettext_noop("Unfocus comment"),
    gettext_noop("Unpin toolbar"),
    gettext_noop("Write something or type ‘/’ to insert a block"),
)


def catalogue() -> dict[str, str | list[str]]:
    """The words in the language of the request, as Django's catalogue for scripts holds them; empty in English."""
    if (get_language() or "en").startswith("en"):
        return {}
    counted = {
        "%(num)s error": [ngettext("%(num)s error", "%(num)s errors", 2)],
        "%(num)s min": [ngettext("%(num)s min", "%(num)s mins", 2)],
        "%(num)s pixel": [ngettext("%(num)s pixel", "%(num)s pixels", 2)],
    }
    return {**{words: gettext(words) for words in WORDS}, **counted}
