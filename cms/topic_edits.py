"""The planner's hand on the topics: rename, merge, keep, move words, and take any of it back.

Each view takes one form, calls one verb of `nlp.editing` and goes back to where it came from. What was done is seen at
the desk when the analysis has replayed it; a new name is seen at once.
"""

from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from discussions import rules
from discussions.models import Member, Space
from nlp import editing, reports
from nlp.models import Corpus, Run, TopicEdit
from nlp.tasks import enqueue_analysis

NEW_TOPIC = "new"
MOST_AT_ONCE = 200


class RenameForm(forms.Form):
    label = forms.CharField(
        label=gettext_lazy("Name of the topic"),
        max_length=200,
        help_text=gettext_lazy("Say what people talk about, in their own words. The name stays when words are added."),
    )


class MergeForm(forms.Form):
    """`topics` are the other topics of the space."""

    others = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Topics that are part of this one"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, topics: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["others"].choices = topics


class MoveForm(forms.Form):
    """Words chosen from the list, and the topic they belong to. `topics` are the other topics of the space."""

    target = forms.ChoiceField(label=gettext_lazy("The chosen words belong to"))
    label = forms.CharField(label=gettext_lazy("Name of the new topic"), max_length=200, required=False)

    def __init__(self, *args, topics: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [*topics, (NEW_TOPIC, gettext_lazy("a new topic"))]

    @property
    def members(self) -> list[int]:
        """Opinion ids that were ticked; anything that is no number is passed over."""
        ticked = self.data.getlist("opinion")[:MOST_AT_ONCE]
        return [int(value) for value in ticked if value.isascii() and value.isdigit() and len(value) < 19]


@dataclass(frozen=True, slots=True)
class EditLine:
    """An edit in words: what was done by whom, and what the latest analysis made of it."""

    edit: TopicEdit
    words: str
    name: str
    outcome: str


@require_POST
def change(request, slug: str, number: int, kind: str) -> HttpResponse:
    """Do one thing to one topic."""
    rules.require(rules.may_edit_topics(request.user))
    chosen = get_object_or_404(Space.objects.select_related("corpus"), slug=slug)
    try:
        written = _VERBS[kind](request, chosen.corpus, number)
    except editing.EditRefused as refusal:
        messages.error(request, str(refusal))
    else:
        _queue(chosen.corpus, written.found_clean)
        messages.success(request, _("Noted. Every later analysis will keep to it; the figures follow in a moment."))
    return redirect("opinion_topic", slug=slug, number=number)


@require_POST
def undo(request, slug: str, pk: int) -> HttpResponse:
    """Take an edit back."""
    rules.require(rules.may_edit_topics(request.user))
    chosen = get_object_or_404(Space.objects.select_related("corpus"), slug=slug)
    edit = get_object_or_404(TopicEdit, pk=pk, corpus=chosen.corpus)
    _queue(chosen.corpus, editing.undo(edit=edit, by=request.user.stream_author))
    messages.success(request, _("Taken back. The next analysis does without it."))
    return redirect("opinion_space", slug=slug)


def other_topics(corpus: Corpus, number: int) -> list[tuple[int, str]]:
    """The choices of the forms: every other topic by its present name, largest first."""
    return [(row.number, row.label) for row in reports.topics(corpus) if row.number != number]


def lines(corpus: Corpus, run: Run | None) -> list[EditLine]:
    """The edits in force, newest first, with the names of those who made them."""
    found = list(TopicEdit.objects.in_force(corpus))
    keys = {edit.made_by.removeprefix("member:") for edit in found if edit.made_by.startswith("member:")}
    who = {
        f"member:{pk}": str(name) for pk, name in Member.objects.filter(pk__in=keys).values_list("pk", "display_name")
    }
    outcomes = {row["edit"]: row for row in (run.result.get("edits", []) if run else [])}
    return [
        EditLine(edit, _told(edit), who.get(edit.made_by, ""), _outcome(outcomes.get(edit.pk)))
        for edit in reversed(found)
    ]


def _told(edit: TopicEdit) -> str:
    count = len(edit.members)
    return {
        TopicEdit.Kind.RENAME: _("Topic %(number)d is called “%(label)s”"),
        TopicEdit.Kind.MERGE: _("Topics %(topics)s are part of topic %(number)d"),
        TopicEdit.Kind.SPLIT: ngettext(
            "%(count)d contribution became topic %(number)d, “%(label)s”",
            "%(count)d contributions became topic %(number)d, “%(label)s”",
            count,
        ),
        TopicEdit.Kind.MOVE: ngettext(
            "%(count)d contribution belongs to topic %(number)d",
            "%(count)d contributions belong to topic %(number)d",
            count,
        ),
        TopicEdit.Kind.PIN: _("Topic %(number)d, “%(label)s”, is kept"),
    }[edit.kind] % {
        "number": edit.number,
        "label": edit.label,
        "topics": ", ".join(map(str, edit.topics)),
        "count": count,
    }


def _outcome(row: dict | None) -> str:
    if row is None:
        return _("waits for the next analysis")
    if not row["applied"]:
        return _("nothing it speaks of is left")
    if row["agreement"] is None:
        return _("kept")
    return _("kept; the analysis by itself agreed to %(share)d %%") % {"share": round(100 * row["agreement"])}


def _rename(request, corpus: Corpus, number: int) -> editing.Written:
    form = RenameForm(request.POST)
    label = form.cleaned_data["label"] if form.is_valid() else request.POST.get("label", "")
    return editing.rename(corpus=corpus, number=number, label=label, by=request.user.stream_author)


def _merge(request, corpus: Corpus, number: int) -> editing.Written:
    form = MergeForm(request.POST, topics=other_topics(corpus, number))
    others = form.cleaned_data["others"] if form.is_valid() else []
    return editing.merge(corpus=corpus, number=number, others=others, by=request.user.stream_author)


def _move(request, corpus: Corpus, number: int) -> editing.Written:
    form = MoveForm(request.POST, topics=other_topics(corpus, number))
    if not form.is_valid():
        raise editing.EditRefused(_("Choose the topic that the words belong to. Nothing was changed."))
    by, target = request.user.stream_author, form.cleaned_data["target"]
    if target == NEW_TOPIC:
        label = form.cleaned_data["label"]
        return editing.split(corpus=corpus, number=number, members=form.members, label=label, by=by)
    return editing.move(corpus=corpus, number=int(target), members=form.members, by=by)


def _pin(request, corpus: Corpus, number: int) -> editing.Written:
    return editing.pin(corpus=corpus, number=number, by=request.user.stream_author)


_VERBS = {"rename": _rename, "merge": _merge, "move": _move, "keep": _pin}


def _queue(corpus: Corpus, found_clean: bool) -> None:
    if found_clean:
        enqueue_analysis(corpus.pk)
