"""How a number or a day is written on screen, the same on every page.

Filters: `grouped` (12345 -> 12,345), `share` (42 of 1204 -> 3%), `at` (an item of a list), `day`, `day_short` (no
year), `moment` (day and time), `stamp` (the same for programs), `tongue` (the language of words), `spoken_in` (the same
as an attribute), `marked` (words inside a sentence, with their language), `quotes_marked` (the same for what a sentence
quotes), `spoken` (plain words of a person as paragraphs with links). Days carry their weekday; with CALENDAR=roc
Chinese text counts years of the Republic.
"""

import re

from django import template
from django.utils.html import conditional_escape, escape, format_html, linebreaks
from django.utils.safestring import mark_safe

from discussions import dates
from nlp.core import languages

register = template.Library()

TONGUES = {"zh-Hant", "zh-Hans", "en", "ja", "vi", "id", "th"}
# An address ends at a space or at punctuation that Chinese writes without one.
ADDRESS = re.compile(r"https?://[^\s<>\"'`，。；：、！？（）「」『』《》【】…]+", re.IGNORECASE)
LONGEST_ADDRESS = 60
KNOWN_TONGUES = 20_000
QUOTED = re.compile(r"(?<=[“「])([^“”「」]+)(?=[”」])")


# By the hash of the words: the words themselves may be hidden or taken back, and stay nowhere.
_tongues: dict[int, str] = {}


@register.filter
def grouped(value):
    """A whole number in groups of three digits; anything else as it came.

    Django's own `zh_Hant` format groups by nothing, which makes 1204567 unreadable.
    """
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value


@register.filter
def at(items, place):
    """The item at a place counted from 0; nothing when there is none."""
    return items[place] if 0 <= place < len(items) else ""


@register.filter
def tongue(words):
    """The language of somebody's words for a `lang` attribute, so that they are read aloud rightly; "" when unsure."""
    words = str(words or "")
    key = hash(words)
    known = _tongues.get(key)
    if known is None:
        found = languages.identify(words)
        if len(_tongues) >= KNOWN_TONGUES:
            _tongues.clear()
        known = _tongues[key] = found if found in TONGUES else ""
    return known


@register.filter
def spoken_in(words):
    """The language of somebody's words as an attribute that stands right behind the name of a tag; "" when unsure."""
    found = tongue(words)
    return format_html(' lang="{}"', found) if found else ""


@register.filter
def marked(words):
    """Somebody's words inside a sentence of the page, with their language on them; as they came when it is unsure."""
    found = tongue(words)
    return format_html('<span lang="{}">{}</span>', found, words) if found else words


@register.filter
def quotes_marked(sentence):
    """A finished sentence of the page, with the language on whatever stands in quotation marks in it."""
    pieces, end = [], 0
    for found in QUOTED.finditer(sentence := str(sentence or "")):
        pieces += [escape(sentence[end : found.start(1)]), conditional_escape(marked(found.group(1)))]
        end = found.end(1)
    return mark_safe("".join([*pieces, escape(sentence[end:])]))


@register.filter
def share(part, whole):
    """How much `part` is of `whole`, in whole percent: 83%; what is there but rounds to nothing is <1%."""
    if not whole:
        return ""
    percent = round(100 * part / whole)
    if percent == 0 and part:
        return "<1%"
    if percent == 100 and part < whole:
        return ">99%"
    return f"{percent}%"


@register.filter
def spoken(words):
    """Plain words as safe HTML: paragraphs, line breaks, addresses as links that lend no weight to where they lead.

    Django's `urlize` looks for spaces around an address; Chinese writes none and whole sentences became links.
    """
    words, pieces, end = str(words or ""), [], 0
    for found in ADDRESS.finditer(words):
        address = found.group().rstrip(".,;:!?)]}")
        pieces += [escape(words[end : found.start()]), _link(address)]
        end = found.start() + len(address)
    pieces.append(escape(words[end:]))
    return mark_safe(linebreaks("".join(pieces)))


@register.filter(expects_localtime=True)
def day_short(value):
    """A day without its year: 11月23日（一）, Mon 23 November. An empty value stays empty."""
    return dates.day_short(value) if value else ""


@register.filter(expects_localtime=True)
def day(value):
    """A day in full: 2026年11月23日（一）, Mon 23 November 2026. An empty value stays empty."""
    return dates.day(value) if value else ""


@register.filter
def moment(value):
    """A day in full and the time of day: 2026年11月23日（一）14:05. An empty value stays empty."""
    return dates.moment(value) if value else ""


@register.filter
def stamp(value):
    """A moment for the `datetime` of a <time>: 2026-11-23T14:05+0800. An empty value stays empty."""
    return dates.stamp(value) if value else ""


def _link(address):
    shown = address if len(address) <= LONGEST_ADDRESS else address[: LONGEST_ADDRESS - 1] + "…"
    return format_html('<a href="{}" rel="nofollow ugc noopener">{}</a>', address, shown)
