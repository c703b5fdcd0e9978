"""What editors build texts from. Few blocks, each with what a reader needs to trust it."""

import csv
import io

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from cms.tables import MOST_COLUMNS, MOST_ROWS

# Han script has no italics; emphasis is weight.
FEATURES = ["bold", "ol", "ul", "link", "document-link", "hr"]


class HeadingBlock(blocks.CharBlock):
    """A heading of the second level; the page's title is the first."""

    class Meta:
        label = _("Heading")
        icon = "title"
        template = "cms/blocks/heading.html"


class ParagraphBlock(blocks.RichTextBlock):
    """Running text."""

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        template = "cms/blocks/paragraph.html"


class PictureBlock(blocks.StructBlock):
    """A picture that says in words what it shows."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("What the picture shows"),
        max_length=250,
        help_text=_("Read aloud to people who do not see the picture."),
    )
    caption = blocks.CharBlock(label=_("Caption"), max_length=250, required=False)
    credit = blocks.CharBlock(label=_("By"), max_length=120, required=False)

    class Meta:
        label = _("Picture")
        icon = "image"
        template = "cms/blocks/picture.html"


class DocumentBlock(blocks.StructBlock):
    """A file to download, with a word on what it holds."""

    document = DocumentChooserBlock(label=_("Document"))
    note = blocks.CharBlock(label=_("What it holds"), max_length=250, required=False)

    class Meta:
        label = _("Document")
        icon = "doc-full"
        template = "cms/blocks/document.html"


class TableValue(blocks.StructValue):
    """A pasted table, read."""

    @property
    def columns(self) -> list[dict]:
        """The headings, in the form of the table component."""
        return [{"label": cell} for cell in _cells(self["cells"])[0]]

    @property
    def rows(self) -> list[list[str]]:
        """The rows below the headings."""
        return _cells(self["cells"])[1:]


class TableBlock(blocks.StructBlock):
    """A small table pasted from a spreadsheet; large ones belong on a page of open information."""

    caption = blocks.CharBlock(label=_("What the table shows"), max_length=250)
    cells = blocks.TextBlock(
        label=_("Cells"),
        rows=6,
        help_text=_("Copy the cells in your spreadsheet and paste them here. The first line holds the headings."),
    )
    source = blocks.CharBlock(label=_("Source"), max_length=250, required=False)

    def clean(self, value):
        result = super().clean(value)
        lines = _cells(result["cells"])
        problem = ""
        if len(lines) < 2:
            problem = _("A table needs a line of headings and at least one line below it.")
        elif len(lines) > MOST_ROWS or len(lines[0]) > MOST_COLUMNS:
            problem = _("This table is too large to be read here. Make it a page of open information.")
        else:
            uneven = [number for number, line in enumerate(lines, start=1) if len(line) != len(lines[0])]
            if uneven:
                problem = _("Line %(number)d has more or fewer cells than the headings.") % {"number": uneven[0]}
        if problem:
            raise blocks.StructBlockValidationError(block_errors={"cells": ValidationError(problem)})
        return result

    class Meta:
        label = _("Table")
        icon = "table"
        template = "cms/blocks/table.html"
        value_class = TableValue


class QuoteBlock(blocks.StructBlock):
    """Somebody's words and whose they are."""

    words = blocks.TextBlock(label=pgettext_lazy("of a text", "Words"), rows=3)
    by = blocks.CharBlock(label=_("Said by"), max_length=120)
    url = blocks.URLBlock(label=_("Where they were said"), required=False)

    class Meta:
        label = _("Quotation")
        icon = "openquote"
        template = "cms/blocks/quote.html"


class CalloutBlock(blocks.StructBlock):
    """Something a reader should not miss."""

    kind = blocks.ChoiceBlock(
        label=_("Kind"), choices=[("info", _("Good to know")), ("caution", _("Please note"))], default="info"
    )
    title = blocks.CharBlock(label=_("Title"), max_length=120, required=False)
    words = blocks.TextBlock(label=pgettext_lazy("of a text", "Words"), rows=3)

    class Meta:
        label = _("Callout")
        icon = "warning"
        template = "cms/blocks/callout.html"


class BodyBlock(blocks.StreamBlock):
    """The body of a page."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock(features=FEATURES)
    picture = PictureBlock()
    document = DocumentBlock()
    table = TableBlock()
    quote = QuoteBlock()
    callout = CalloutBlock()


def _cells(text: str) -> list[list[str]]:
    """Pasted cells: parted by tabs as spreadsheets copy them, else by commas."""
    delimiter = "\t" if "\t" in text else ","
    lines = csv.reader(io.StringIO(text.strip("\r\n")), delimiter=delimiter)
    return [[cell.strip() for cell in line] for line in lines if any(cell.strip() for cell in line)]
