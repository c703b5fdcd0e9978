"""The edit forms of pages that write more than their own columns."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.widgets import AdminDateTimeInput

from cms import publishing, tables
from discussions.models import Agency, Phase

SPACE_FIELDS = ("question", "agency", "phase", "opens_at", "voting_at", "review_at", "answer_due_at")
DATES_IN_ORDER = ("opens_at", "voting_at", "review_at", "answer_due_at")


class SpacePageForm(WagtailAdminPageForm):
    """Edits a page and the space it presents. What belongs to the space never enters a revision of the page."""

    question = forms.CharField(
        label=_("The question in one sentence"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Ask it as you would ask a neighbour. It stands at the top of the discussion."),
    )
    agency = forms.ModelChoiceField(label=_("Agency that has to answer"), queryset=Agency.objects.all(), required=False)
    phase = forms.ChoiceField(
        label=_("Phase"),
        choices=Phase.choices,
        required=False,
        initial=Phase.DRAFT,
        help_text=_(
            "Once the public can see the discussion, title, question, phase and dates change when you publish."
        ),
    )
    opens_at = forms.DateTimeField(label=_("Discussion opens"), required=False, widget=AdminDateTimeInput)
    voting_at = forms.DateTimeField(label=_("Voting begins"), required=False, widget=AdminDateTimeInput)
    review_at = forms.DateTimeField(label=_("Agency review begins"), required=False, widget=AdminDateTimeInput)
    answer_due_at = forms.DateTimeField(label=_("Answer due"), required=False, widget=AdminDateTimeInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        space = publishing.space_of(self.instance) if self.instance.pk else None
        for name in self._present():
            if space is not None:
                self.initial[name] = getattr(space, self._column(name))
            if not self._may_publish():
                self.fields[name].disabled = True

    def clean(self):
        cleaned = super().clean()
        dates = [(name, cleaned.get(name)) for name in DATES_IN_ORDER if cleaned.get(name)]
        for (_earlier_name, earlier), (name, later) in zip(dates, dates[1:], strict=False):
            if later < earlier:
                self.add_error(
                    name, _("This lies before the step that comes first. Nothing was changed; correct the dates.")
                )
        return cleaned

    def save(self, commit=True):
        self.instance.space_wishes = self._wishes()
        return super().save(commit=commit)

    def _wishes(self) -> publishing.Wishes:
        if not self._may_publish():
            return publishing.Wishes()
        values = {name: self.cleaned_data.get(name) for name in self._present()}
        if "phase" in values:
            values["phase"] = values["phase"] or Phase.DRAFT
        return publishing.Wishes(values=values, publish="action-publish" in self.data and not self._is_for_later())

    def _is_for_later(self) -> bool:
        """Publishing at a later date publishes the text then; it does not open the discussion today."""
        go_live_at = self.cleaned_data.get("go_live_at")
        return go_live_at is not None and go_live_at > timezone.now()

    def _present(self) -> list[str]:
        return [name for name in SPACE_FIELDS if name in self.fields]

    def _column(self, name: str) -> str:
        is_second = self.instance.locale_id and self.instance.locale.language_code == publishing.SECOND_LANGUAGE
        return f"{name}_en" if name in publishing.WORDS and is_second else name

    def _may_publish(self) -> bool:
        """The space is public at once: only those who may publish here write to it."""
        if self.for_user is None:
            return True
        if self.instance.pk:
            return self.instance.permissions_for_user(self.for_user).can_publish()
        return self.parent_page is None or self.parent_page.permissions_for_user(self.for_user).can_publish_subpage()


class InfoPageForm(WagtailAdminPageForm):
    """Edits a page of open information and takes its table from a CSV file."""

    table_file = forms.FileField(
        label=_("New table (CSV file)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_(
            "UTF-8 or Big5, at most 2 MB and 5,000 rows; the first line holds the names of the columns. "
            "It replaces the table of this page. Rows that cannot be read are listed below, the others go in."
        ),
    )

    def clean_table_file(self):
        """The table in the uploaded file, or None."""
        upload = self.cleaned_data.get("table_file")
        if not upload:
            return None
        if upload.size > tables.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB. Please split it."))
        try:
            return tables.read_csv(upload.read())
        except tables.UnreadableTable as error:
            raise forms.ValidationError(str(error)) from error

    def save(self, commit=True):
        table = self.cleaned_data.get("table_file")
        if table is not None:
            self.instance.columns, self.instance.rows = table.columns, table.rows
            self.instance.import_report = table.report
        return super().save(commit=commit)
