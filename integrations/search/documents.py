"""Making search documents out of plain values, so that all who index do it alike."""

from datetime import datetime
from html.parser import HTMLParser

from integrations.search.port import Document

BLOCKS = frozenset("p div li ul ol br h1 h2 h3 h4 h5 h6 tr td th table section article blockquote dt dd figure".split())
HIDDEN = frozenset(("script", "style", "template"))


def key(kind: str, number: int | str) -> str:
    """The name of a document: "comment:12"."""
    return f"{kind}:{number}"


def page(
    *, number: int | str, title: str, html: str, url: str, language: str, date: datetime | None, visible: bool = True
) -> Document:
    """A page of the site; `html` is what it shows, or as much of it as should be found."""
    return Document(key("page", number), "page", title.strip(), plain(html), url, language, date, visible)


def comment(
    *, number: int | str, title: str, text: str, url: str, language: str, date: datetime, visible: bool = True
) -> Document:
    """A citizen's words. `title` is what they speak about (the space), never who speaks."""
    return Document(key("comment", number), "comment", title.strip(), text.strip(), url, language, date, visible)


def record(
    *,
    number: int | str,
    title: str,
    values: list[str],
    url: str,
    language: str = "",
    date: datetime | None = None,
    visible: bool = True,
) -> Document:
    """A row of open information; `values` are the cells worth finding."""
    body = "\n".join(value.strip() for value in values if value and value.strip())
    return Document(key("record", number), "record", title.strip(), body, url, language, date, visible)


def plain(html: str) -> str:
    """The words a reader sees: no tags, no scripts; words of two blocks stay apart."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.depth_hidden = 0

    def handle_starttag(self, tag, attrs):
        self.depth_hidden += tag in HIDDEN
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag):
        self.depth_hidden = max(0, self.depth_hidden - (tag in HIDDEN))
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data):
        if not self.depth_hidden:
            self.parts.append(data)
