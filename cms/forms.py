"""The edit forms of pages that write more than their own columns."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.widgets import AdminDateInput

from cms import publishing, tables, terms
from discussions.errors import CivicError
from discussions.models import Agency, Phase
from discussions.models.spaces import BEGINS_AT
from discussions.phases import DATES, out_of_order, require_choice
from discussions.processes import PROCESSES
from discussions.processes import dates as process_dates
from discussions.processes import terms as process_terms
from discussions.rules import may_arrange

FACT_FIELDS = ("question", "plain", "agency", "holds_first_posts", *DATES)


class PhaseSelect(forms.Select):
    """A choice that remembers what the editor saw: only what was changed by hand counts as chosen."""

    def render(self, name, value, attrs=None, renderer=None):
        seen = format_html('<input type="hidden" name="{}-seen" value="{}">', name, value or Phase.DRAFT)
        return super().render(name, value, attrs, renderer) + seen


class SpacePageForm(terms.DateFields, terms.TermFields, WagtailAdminPageForm):
    """Edits a page and the space it presents. What belongs to the space never enters a revision of the page."""

    plain = forms.CharField(
        label=_("What it is about, in plain words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Short sentences, common words, one thought each. It is shown in the plain view, in large letters."
        ),
    )
    question = forms.CharField(
        label=_("The question in one sentence"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Ask it as you would ask a neighbour. It stands at the top of the discussion."),
    )
    agency = forms.ModelChoiceField(label=_("Agency that has to answer"), queryset=Agency.objects.all(), required=False)
    process = forms.ChoiceField(
        label=_("Start from a usual process"),
        choices=[("", _("As it is")), *((process.key, process.label) for process in PROCESSES.values())],
        required=False,
        help_text=_(
            "Fills in the dates and the ways to take part when you save. Dates you type yourself are kept, and you can "
            "change everything afterwards."
        ),
    )
    starts_on = forms.DateField(
        label=_("First day of the process"),
        required=False,
        widget=AdminDateInput,
        help_text=_("Left empty: tomorrow."),
    )
    phase = forms.ChoiceField(
        label=_("Phase"),
        choices=Phase.choices,
        required=False,
        initial=Phase.DRAFT,
        widget=PhaseSelect,
        help_text=_(
            "The dates move the discussion by themselves once you have published. Choose a phase only to move it by "
            "hand; everything here changes for the public when you publish."
        ),
    )
    holds_first_posts = forms.BooleanField(
        label=_("The first contribution of a new account waits for a moderator"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._space = publishing.space_of(self.instance) if self.instance.pk else None
        for name, value in terms.initial(self._space).items():
            self.initial.setdefault(name, value)
        if self._space is not None:
            for name in self._present(FACT_FIELDS):
                self.initial[name] = getattr(self._space, self._column(name))
            self.initial["phase"] = self._space.phase_now
        if not self._may_arrange():
            for name in self._present((*FACT_FIELDS, "phase", "process", "starts_on", *terms.TermFields.base_fields)):
                self.fields[name].disabled = True

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("process"):
            self._start_process(cleaned)
        for name in out_of_order({name: cleaned.get(name) for name in DATES}):
            self.add_error(
                name, _("This lies before the step that comes first. Nothing was changed; correct the dates.")
            )
        if self._chosen_phase() == Phase.ANSWERED and self._space is not None:
            self._check_choice()
        return cleaned

    def save(self, commit=True):
        self.instance.space_wishes = self._wishes()
        return super().save(commit=commit)

    def _start_process(self, cleaned) -> None:
        """Fill in what the process says, except the dates that the editor typed into this form."""
        process = PROCESSES[cleaned["process"]]
        start = cleaned.get("starts_on") or timezone.localdate() + timedelta(days=1)
        for name, date in process_dates(process, start).items():
            if name not in self.changed_data:
                cleaned[name] = date

    def _check_choice(self) -> None:
        try:
            require_choice(self._space, Phase.ANSWERED)
        except CivicError as refusal:
            self.add_error("phase", refusal.message)

    def _wishes(self) -> publishing.Wishes:
        if not self._may_arrange():
            return publishing.Wishes()
        facts = {name: self.cleaned_data.get(name) for name in self._present(FACT_FIELDS)}
        process = PROCESSES.get(self.cleaned_data.get("process") or "")
        offered = process_terms(process) if process else terms.read(self.cleaned_data)
        is_sent, later = "action-publish" in self.data, self._later()
        if is_sent and later and (self._space is None or self._space.runs_since is None):
            facts |= self._not_before(facts, later)
        return publishing.Wishes(
            facts=facts,
            offered=offered,
            phase=self._chosen_phase(),
            publish=is_sent and not later,
            release=is_sent,
            editor=self.for_user,
        )

    def _chosen_phase(self) -> str:
        """The phase chosen by hand: another than the one the editor saw. "" for none."""
        chosen = self.cleaned_data.get("phase") or Phase.DRAFT
        now = self._space.phase_now if self._space is not None else Phase.DRAFT
        seen = self.data.get(self.add_prefix("phase") + "-seen", now)
        return "" if chosen in (seen, now) else str(chosen)

    def _later(self):
        """When the page is to be published, if that is not now: the text comes out then, and the discussion opens."""
        go_live_at = self.cleaned_data.get("go_live_at")
        return go_live_at if go_live_at is not None and go_live_at > timezone.now() else None

    def _not_before(self, facts, later) -> dict:
        """No phase of a discussion begins before its page is out; one chosen by hand begins with it."""
        dates = {name: later for name in BEGINS_AT.values() if facts.get(name) is not None and facts[name] < later}
        column = BEGINS_AT.get(self._chosen_phase())
        return dates if column is None or facts.get(column) else {**dates, column: later}

    def _present(self, names) -> list[str]:
        return [name for name in names if name in self.fields]

    def _column(self, name: str) -> str:
        is_second = self.instance.locale_id and self.instance.locale.language_code == publishing.SECOND_LANGUAGE
        return f"{name}_en" if name in publishing.WORDS and is_second else name

    def _may_arrange(self) -> bool:
        """The space is public at once: only those who may publish here and set up discussions write to it."""
        if self.for_user is None:
            return True
        if not may_arrange(self.for_user):
            return False
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
