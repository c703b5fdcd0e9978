"""The desk of statements: lay the agency's own, see the tallies, close one for voting, bring in an earlier vote."""

import tempfile
from pathlib import Path

from django import forms
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from cms.instruments.desk import Desk, space_at
from discussions import cursors, doubles, imports, polis, rules, splits, voting, wording
from discussions.errors import CivicError
from discussions.forms import ClientIdForm
from discussions.instruments import Instrument
from discussions.models import Space, State, Statement
from discussions.rules import Verdict

STRETCH = 50
MOST_BYTES = 10 * 1024 * 1024
PROBLEMS_SHOWN = 20
VOTER = b"voter-id"


class SeedForm(ClientIdForm):
    """A statement of the agency."""

    text = forms.CharField(
        label=gettext_lazy("Statement of the agency"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": wording.STATEMENT_LIMIT}),
        help_text=gettext_lazy("One thought in one sentence. It is shown as written by the agency."),
    )
    anyway = forms.BooleanField(label=gettext_lazy("Put it to the vote all the same"), required=False)


class ExportForm(forms.Form):
    """The files of a Polis export."""

    comments = forms.FileField(label="comments.csv", help_text=gettext_lazy("The statements."))
    votes = forms.FileField(
        label="votes.csv",
        help_text=gettext_lazy("One line for each vote; participants-votes.csv, one line for each person, works too."),
    )
    summary = forms.FileField(
        label="summary.csv",
        required=False,
        help_text=gettext_lazy("Names the conversation, so that it can be read twice."),
    )

    def clean(self):
        cleaned = super().clean()
        for name, file in list(cleaned.items()):
            if file is not None and file.size > MOST_BYTES:
                words = _("This file is larger than 10 MB. Please ask whoever runs this site to bring it in.")
                self.add_error(name, words)
        return cleaned


def may_enter(member) -> Verdict:
    """Communicators run it; planners read it and bring in earlier votes."""
    verdict = rules.may_arrange(member)
    return verdict if verdict else rules.may_edit_topics(member)


@require_safe
def desk(request, slug: str):
    """All statements with their tallies and states, newest first."""
    return _page(request, space_at(request, slug, may_enter))


@require_POST
def seed(request, slug: str):
    """Put a statement of the agency to the vote."""
    space = space_at(request, slug)
    form, already = SeedForm(request.POST), []
    if form.is_valid():
        words = form.cleaned_data["text"]
        already = [] if form.cleaned_data["anyway"] else doubles.of(space, words)
        if not already:
            try:
                voting.seed(space=space, editor=request.user, text=words, client_id=form.cleaned_data["client_id"])
            except CivicError as refusal:
                form.add_error("text", refusal.message)
            else:
                messages.success(request, _("The statement is put to the vote, as written by the agency."))
                return redirect("statements_desk", slug=slug)
    return _page(request, space, seed_form=form, already=already, status=422)


@require_POST
def close(request, slug: str, pk: int, *, is_closing: bool):
    """Take no more votes on one statement, or take them again."""
    space = space_at(request, slug)
    statement = get_object_or_404(Statement, pk=pk, space=space)
    act = voting.close if is_closing else voting.reopen
    act(statement=statement, editor=request.user)
    words = _("Voting on it is closed. The votes cast so far stay.") if is_closing else _("Votes are taken again.")
    messages.success(request, words)
    return redirect("statements_desk", slug=slug)


@require_POST
def bring(request, slug: str):
    """Read the files of a Polis export into this discussion. What cannot be taken is named."""
    space = space_at(request, slug, may_enter)
    form = ExportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, space, export_form=form, status=422)
    try:
        outcome = _taken_in(space, form.cleaned_data)
    except CivicError as refusal:
        form.add_error("comments", refusal.message)
        return _page(request, space, export_form=form, status=422)
    return _page(request, space, outcome=_in_words(outcome))


def _taken_in(space: Space, files: dict) -> imports.Outcome:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / space.slug
        folder.mkdir()
        heading = files["votes"].readline()
        files["votes"].seek(0)
        names = {"comments": polis.COMMENTS, "summary": polis.SUMMARY, "votes": polis.VOTES}
        if VOTER not in heading:
            names["votes"] = polis.WIDE_VOTES
        for field, name in names.items():
            if files.get(field) is not None:
                with (folder / name).open("wb") as kept:
                    kept.writelines(files[field].chunks())
        return imports.take_in(polis.Export(folder), space=space, progress=lambda stage, done, total: None)


def _in_words(outcome: imports.Outcome) -> dict:
    """What an import did, as lines for the page."""
    statements, votes = outcome.statements, outcome.votes
    lines = [
        ngettext("%(n)d statement is new.", "%(n)d statements are new.", statements.added) % {"n": statements.added},
        ngettext("%(n)d vote is new.", "%(n)d votes are new.", votes.added) % {"n": votes.added},
    ]
    if statements.known or votes.known:
        words = _("%(statements)d statements and %(votes)d votes were here already.")
        lines.append(words % {"statements": statements.known, "votes": votes.known})
    return {
        "lines": [*lines, *outcome.notes],
        "problems": outcome.problems.kept[:PROBLEMS_SHOWN],
        "skipped": sum(outcome.problems.counts.values()),
    }


def _page(request, space: Space, *, status: int = 200, **more):
    may_arrange = bool(rules.may_arrange(request.user))
    rows = Statement.objects.filter(space=space).select_related("author")
    shown, older = cursors.stretch(rows, cursors.number(request.GET.get("before")), STRETCH)
    context = {
        "space": space,
        "rows": shown,
        "older": older,
        "waiting": waiting(space),
        "parts": [
            (splits.label(dimension, part.key), part)
            for dimension, parts in splits.of_space(space).items()
            # Where everything was folded together, there is nothing to tell apart.
            if [part.key for part in parts] != [""]
            for part in parts
        ],
        "may_arrange": may_arrange,
        "may_seed": bool(rules.may_seed(request.user, space)),
        "may_moderate": bool(rules.may_moderate(request.user)),
        "seed_form": SeedForm(),
        "export_form": ExportForm(),
        "page_title": _("Statements"),
        "header_title": f"{_('Statements')}: {space.local_title}",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Statements")},
        ],
        **more,
    }
    return render(request, "cms/instruments/statements.html", context, status=status)


def waiting(space: Space) -> int:
    """Statements that wait for a moderator."""
    return Statement.objects.filter(space=space, state=State.HELD).count()


DESK = Desk(
    key=Instrument.STATEMENTS,
    label=gettext_lazy("Statements"),
    url_name="statements_desk",
    may=may_enter,
    waiting=waiting,
    urlpatterns=[
        path("statements/<str:slug>/", desk, name="statements_desk"),
        path("statements/<str:slug>/seed/", seed, name="statements_seed"),
        path("statements/<str:slug>/import/", bring, name="statements_import"),
        path("statements/<str:slug>/<int:pk>/close/", close, {"is_closing": True}, name="statements_close"),
        path("statements/<str:slug>/<int:pk>/reopen/", close, {"is_closing": False}, name="statements_reopen"),
    ],
)
