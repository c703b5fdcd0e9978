"""The pages. They speak about spaces and never own them: see `links.SpaceLink`."""

from django.db import models, transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms import front, publishing, tablepages, terms
from cms.answer_drafts import AnswerDraft
from cms.approvals import AgencyApprovalTask
from cms.blocks import BodyBlock
from cms.forms import InfoPageForm, SpacePageForm
from cms.links import SpaceLink
from cms.webhooks.models import Webhook, WebhookTry
from discussions import instruments
from discussions.models import Phase, Space
from discussions.phases import DATES

__all__ = [
    "AgencyApprovalTask",
    "AnswerDraft",
    "ArticlePage",
    "HomePage",
    "IndexCursor",
    "InfoHubPage",
    "InfoPage",
    "SpaceIndexPage",
    "SpaceLink",
    "SpacePage",
    "Webhook",
    "WebhookTry",
]


class IndexCursor(models.Model):
    """How far the search index has followed the events of a space."""

    space = models.OneToOneField(Space, on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("search position")
        verbose_name_plural = _("search positions")

    def __str__(self):
        return f"{self.space_id}#{self.seq}"


class HomePage(Page):
    """The front door: what can be decided now, what was answered, what is new."""

    lede = models.CharField(_("first sentence"), max_length=200, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    content_panels = [*Page.content_panels, FieldPanel("lede"), FieldPanel("body")]
    template = "cms/home_page.html"
    subpage_types = ["cms.SpaceIndexPage", "cms.InfoHubPage", "cms.ArticlePage"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        news = InfoPage.objects.live().filter(locale_id=self.locale_id).defer("rows", "body")
        return {
            **context,
            "open_spaces": front.open_spaces(limit=6),
            "answers": front.latest_answers(limit=4),
            "information": news.order_by("-first_published_at", "-pk")[:4],
        }


class SpaceIndexPage(Page):
    """All discussions, with and without a page of their own."""

    lede = models.CharField(_("first sentence"), max_length=200, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lede")]
    template = "cms/space_index_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.SpacePage"]

    class Meta:
        verbose_name = _("list of discussions")
        verbose_name_plural = _("lists of discussions")

    def get_context(self, request, *args, **kwargs):
        phase = request.GET.get("phase", "")
        phase = phase if phase in Phase.values and phase != Phase.DRAFT else ""
        listing = front.spaces(phase=phase, before=request.GET.get("before", ""))
        choices = [("", _("All")), *((key, label) for key, label in Phase.choices if key != Phase.DRAFT)]
        tabs = [
            {"label": label, "url": f"?phase={key}" if key else "?", "current": key == phase} for key, label in choices
        ]
        return {**super().get_context(request, *args, **kwargs), "listing": listing, "phase": phase, "tabs": tabs}


def _option_panels(kind: instruments.Kind) -> list[FieldPanel]:
    return [FieldPanel(terms.option_field(kind, option)) for option in kind.options]


class SpacePage(Page):
    """What the communicator writes about a space. The public address is that of the space."""

    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    base_form_class = SpacePageForm
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("question"), FieldPanel("plain"), FieldPanel("agency")], heading=_("The discussion")
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("process"), FieldPanel("starts_on")]),
                FieldPanel("phase"),
                *(FieldPanel(name) for name in DATES),
            ],
            heading=_("Stages and dates"),
        ),
        MultiFieldPanel(
            [
                *(
                    FieldRowPanel([FieldPanel(terms.switch(kind)), *_option_panels(kind)])
                    for kind in instruments.KINDS.values()
                ),
                FieldPanel("holds_first_posts"),
            ],
            heading=_("Ways to take part"),
        ),
        FieldPanel("body"),
    ]
    parent_page_types = ["cms.SpaceIndexPage"]
    subpage_types = []

    # Set by the edit form; carried out once, when the page itself is safe.
    space_wishes: publishing.Wishes | None = None

    class Meta:
        verbose_name = _("discussion page")
        verbose_name_plural = _("discussion pages")

    @cached_property
    def space(self) -> Space | None:
        """The space this page presents; None for a copy that was never saved in the editor."""
        return publishing.space_of(self)

    def save(self, *args, **kwargs):
        with transaction.atomic():
            super().save(*args, **kwargs)
            wishes, self.space_wishes = self.space_wishes, None
            if wishes is not None:
                self.space = publishing.link_space(self, wishes)

    def get_url_parts(self, request=None):
        """The address of the space, in the language of the page."""
        parts = super().get_url_parts(request=request)
        if parts is None or self.space is None:
            return parts
        site_id, root_url, _path = parts
        with translation.override(self.locale.language_code):
            return site_id, root_url, reverse("discussions:space", args=[self.space.slug])

    def serve(self, request, *args, **kwargs):
        """The page shows itself at the address of its space."""
        if self.space is None:
            raise Http404
        with translation.override(self.locale.language_code):
            return redirect("discussions:space", slug=self.space.slug)

    def serve_preview(self, request, mode_name):
        """What the editor wrote, before it stands above the discussion: question, stages and text."""
        facts = publishing.seen(self)
        dates = [(terms.DATE_WORDS[name], facts[name]) for name in DATES if facts.get(name) is not None]
        context = {"page": self, "question": facts.get("question") or self.title, "dates": dates}
        return TemplateResponse(request, "cms/space_page_preview.html", context)


class ArticlePage(Page):
    """News, background, minutes: text with a date."""

    date = models.DateField(_("date"), null=True, blank=True)
    lede = models.CharField(_("first sentence"), max_length=250, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    content_panels = [*Page.content_panels, FieldPanel("date"), FieldPanel("lede"), FieldPanel("body")]
    template = "cms/article_page.html"
    subpage_types = []

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")


class InfoHubPage(Page):
    """Open information on one field, such as transport or tourism. A hub may hold further hubs."""

    lede = models.CharField(_("first sentence"), max_length=250, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    content_panels = [*Page.content_panels, FieldPanel("lede"), FieldPanel("body")]
    template = "cms/info_hub_page.html"
    parent_page_types = ["cms.HomePage", "cms.InfoHubPage"]
    subpage_types = ["cms.InfoHubPage", "cms.InfoPage"]

    class Meta:
        verbose_name = _("information hub")
        verbose_name_plural = _("information hubs")

    def get_context(self, request, *args, **kwargs):
        words = " ".join(request.GET.get("q", "").split())[:100]
        found = InfoPage.objects.live().descendant_of(self).defer("rows", "body")
        for word in words.split():
            found = found.filter(
                models.Q(title__icontains=word)
                | models.Q(summary__icontains=word)
                | models.Q(source_name__icontains=word)
            )
        hubs = InfoHubPage.objects.live().child_of(self)
        pages = found.order_by("title")[:200]
        return {**super().get_context(request, *args, **kwargs), "hubs": hubs, "found": pages, "words": words}


class Licence(models.TextChoices):
    """Terms under which information is given on."""

    OGDL = "ogdl-tw-1", _("Open Government Data License, version 1.0 (Taiwan)")
    CC_BY = "cc-by-4", _("Creative Commons Attribution 4.0")
    CC0 = "cc0", _("CC0, no rights reserved")
    OTHER = "other", _("other")


class InfoPage(Page):
    """One table of open information: where it comes from, on what terms, and where to talk about it.

    `columns`: [{"name", "kind"}], `rows`: lists of strings, both as `tables.read_csv` returns them.
    """

    summary = models.CharField(_("what it shows"), max_length=300, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))
    columns = models.JSONField(_("columns"), default=list, blank=True, editable=False)
    rows = models.JSONField(_("rows"), default=list, blank=True, editable=False)
    import_report = models.JSONField(default=dict, blank=True, editable=False)
    source_name = models.CharField(_("source"), max_length=200)
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True)
    licence = models.CharField(_("licence"), max_length=12, choices=Licence.choices, default=Licence.OGDL)
    licence_terms = models.CharField(
        _("terms in words"), max_length=250, blank=True, help_text=_("Needed when the licence is another one.")
    )
    data_updated_on = models.DateField(_("data of"), null=True, blank=True)
    space = models.ForeignKey(
        Space,
        verbose_name=_("where it is discussed"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    base_form_class = InfoPageForm
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldPanel("source_name"),
                FieldPanel("source_url"),
                FieldPanel("licence"),
                FieldPanel("licence_terms"),
                FieldPanel("data_updated_on"),
            ],
            heading=_("Source and licence"),
        ),
        MultiFieldPanel(
            [FieldPanel("table_file"), HelpPanel(template="cms/panels/import_report.html")], heading=_("Table")
        ),
        FieldPanel("space"),
        FieldPanel("body"),
    ]
    template = "cms/info_page.html"
    parent_page_types = ["cms.InfoHubPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("open information")
        verbose_name_plural = _("open information")

    def serve(self, request, *args, **kwargs):
        if request.GET.get("format") == "csv":
            return tablepages.download(self)
        return super().serve(request, *args, **kwargs)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        return {**context, **tablepages.reading(self, request.GET), "attribution": tablepages.attribution(self)}

    def clean(self):
        super().clean()
        if self.licence == Licence.OTHER and not self.licence_terms.strip():
            raise tablepages.missing_terms()
