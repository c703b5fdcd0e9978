"""HTML that cannot be broken by what people write: everything that is not markup already is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable

VOID = frozenset(["meta", "path", "circle"])
"""Elements without content; those of a drawing have to be closed."""
UNSHOWN = dict.fromkeys({*range(32), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF} - {9, 10})
"""Control characters and lone surrogates: no file in UTF-8 may hold the latter, no browser shows the former."""


class Html(str):
    """Text that is markup."""

    __slots__ = ()


def escaped(value: object) -> Html:
    """The value as text in a page; markup stays as it is."""
    return value if isinstance(value, Html) else Html(html.escape(str(value).translate(UNSHOWN), quote=True))


def joined(parts: Iterable[object], separator: object = "") -> Html:
    """Several values one after another."""
    return Html(escaped(separator).join(escaped(part) for part in parts))


def element(tag: str, /, *children: object, **attributes: object) -> Html:
    """`<tag attribute="...">children</tag>`; `class_` and `for_` are class and for, `aria_label` aria-label.

    Attributes that are None or False are left out; True is one without a value.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escaped(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if tag in VOID:
        return Html(f"<{tag}{written}/>")
    return Html(f"<{tag}{written}>{joined(children)}</{tag}>")
