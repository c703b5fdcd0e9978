"""Lists and forms in the Wagtail admin for what is not a page: agencies, live sessions, monitors."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets import AdminDateTimeInput

from discussions import live, rules, wording
from discussions.errors import CivicError
from discussions.models import Agency, LiveSession, Space
from integrations.models import Monitor


class AgencyForm(WagtailAdminModelForm):
    """An agency and its name in both languages."""

    class Meta:
        model = Agency
        fields = ["name", "name_en", "slug", "data_licence"]


class SessionForm(WagtailAdminModelForm):
    """A live session to announce. It is planned by the same action as at the live desk, where it is then led."""

    space = forms.ModelChoiceField(label=_("Discussion"), queryset=Space.objects.all())

    class Meta:
        model = LiveSession
        fields = ["space", "title", "starts_at"]
        widgets = {"starts_at": AdminDateTimeInput}

    def clean_title(self):
        try:
            missing = _("Please give the session a title.")
            return wording.cleaned_line(self.cleaned_data["title"], limit=live.TITLE_LIMIT, missing=missing)
        except CivicError as error:
            raise forms.ValidationError(error.message) from error

    def clean(self):
        cleaned = super().clean()
        if not rules.may_facilitate(self.for_user):
            raise forms.ValidationError(rules.explained("role"))
        return cleaned

    def save(self, commit=True):
        self.instance = live.plan_session(
            space=self.cleaned_data["space"],
            facilitator=self.for_user,
            title=self.cleaned_data["title"],
            starts_at=self.cleaned_data["starts_at"],
        )
        return self.instance


class MonitorForm(WagtailAdminModelForm):
    """A standing question to an outside source, on behalf of one discussion."""

    space = forms.ModelChoiceField(
        label=_("Discussion"),
        queryset=Space.objects.all(),
        help_text=_(
            "What comes in is analysed together with what people say there, and always shown as a source apart."
        ),
    )

    class Meta:
        model = Monitor
        fields = ["space", "kind", "label", "query", "daily_cap", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["space"] = Space.objects.filter(corpus=self.instance.corpus_id).first()
            # Posts that are in carry the source and the corpus they came by.
            self.fields["space"].disabled = self.fields["kind"].disabled = True
            self.fields["space"].required = False

    def clean(self):
        cleaned = super().clean()
        space = cleaned.get("space")
        if space is not None and not self.instance.pk:
            self.instance.corpus_id = space.corpus_id
            self.instance.created_by = getattr(self.for_user, "pk", None)
            same = Monitor.objects.filter(corpus=space.corpus_id, kind=cleaned.get("kind"), label=cleaned.get("label"))
            if same.exists():
                self.add_error("label", _("This discussion has a monitor of that kind and name already."))
        return cleaned


class AgencyViewSet(ModelViewSet):
    """Who asks and has to answer."""

    model = Agency
    icon = "group"
    menu_label = _("Agencies")
    list_display = ["name", "name_en"]
    copy_view_enabled = False

    def get_form_class(self, for_update=False):
        return AgencyForm


class SessionViewSet(ModelViewSet):
    """Live sessions; each leads to the desk from which it is run."""

    model = LiveSession
    icon = "time"
    menu_label = _("Live sessions")
    list_display = [
        TitleColumn(
            "title", label=_("Title"), get_url=lambda session: reverse("discussions:live_desk", args=[session.code])
        ),
        Column("space", label=_("Discussion")),
        Column("get_state_display", label=_("State")),
        "starts_at",
    ]
    copy_view_enabled = False

    def get_form_class(self, for_update=False):
        return SessionForm


class MonitorViewSet(ModelViewSet):
    """What we watch outside; each leads to its own desk with what came in and what was left out."""

    model = Monitor
    icon = "view"
    menu_label = _("Monitors")
    list_display = [
        TitleColumn("label", label=_("Label"), url_name="monitor_desk"),
        Column("corpus", label=_("Discussion")),
        Column("get_kind_display", label=_("Source")),
        Column("get_state_display", label=_("State")),
        "last_fetched_at",
    ]
    copy_view_enabled = False

    def get_form_class(self, for_update=False):
        return MonitorForm


class CivicViewSets(ModelViewSetGroup):
    """The part of the menu that belongs to the work around the discussions."""

    items = (AgencyViewSet, SessionViewSet, MonitorViewSet)
    menu_label = _("Desk")
    menu_icon = "clipboard-list"
    menu_order = 170
