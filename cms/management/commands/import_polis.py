"""manage.py import_polis: bring an earlier consultation in from the files Polis exports."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.html import escape
from django.utils.translation import gettext as _
from wagtail.rich_text import RichText

from cms import publishing
from cms.models import SpaceIndexPage, SpacePage
from discussions import imports, polis
from discussions.errors import CivicError
from discussions.models import Phase, Space
from discussions.progress import Progress

PROBLEMS_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Read a Polis export (comments.csv, votes.csv or participants-votes.csv, summary.csv) into a space. "
        "Safe to repeat: what is already here is left as it is, votes that changed are updated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the export")
        parser.add_argument("--space", metavar="SLUG", help="address of the space, made if need be (default: from DIR)")
        parser.add_argument("--title", default="", help="title of a new space (default: the topic in summary.csv)")
        parser.add_argument(
            "--phase", choices=Phase.values, default=Phase.REVIEW, help="phase of a new space (default: %(default)s)"
        )

    def handle(self, *, folder: Path, space: str | None, title: str, phase: str, verbosity: int, **options) -> None:
        """Ends with exit code 1 only when nothing could be taken."""
        shown = None if verbosity > 1 else PROBLEMS_SHOWN
        try:
            export = polis.Export(folder)
        except CivicError as error:
            raise CommandError(error.message) from error
        if not export.sentences:
            self._tell_problems(export.problems, shown)
            raise CommandError(_("Nothing could be taken from %(folder)s.") % {"folder": folder})
        place = self._place(export, space or export.slug, title, phase)
        with Progress(self.stderr, labels=_stages()) as progress:
            outcome = imports.take_in(export, space=place, progress=progress)
        self._tell(place, outcome)
        self._tell_problems(outcome.problems, shown)

    def _place(self, export: polis.Export, slug: str, title: str, phase: str) -> Space:
        """The space with this address, or a new one, with a page where there is a list of discussions to put it in."""
        found = Space.objects.filter(slug=slug).first()
        if found is not None:
            return found
        title = title or export.title
        index = SpaceIndexPage.objects.live().filter(locale__language_code=settings.LANGUAGE_CODE).first()
        if index is None:
            return imports.open_space(export, slug=slug, title=title, phase=phase)
        paragraphs = [f"<p>{escape(line)}</p>" for line in export.introduction.splitlines() if line.strip()]
        page = SpacePage(
            title=title, slug=slug, body=[("paragraph", RichText("".join(paragraphs)))] if paragraphs else []
        )
        page.space_wishes = publishing.Wishes({"question": export.question}, phase=phase, publish=True)
        index.add_child(instance=page)
        page.save_revision().publish()
        return page.space

    def _tell(self, space: Space, outcome: imports.Outcome) -> None:
        skipped = outcome.problems.counts
        votes_skipped = sum(count for file, count in skipped.items() if file != polis.COMMENTS)
        statements, people, votes = outcome.statements, outcome.participants, outcome.votes
        statements_told = _(
            "Statements: %(read)s read, %(added)s new (%(hidden)s of them hidden), %(known)s already here, "
            "%(skipped)s skipped"
        )
        votes_told = _(
            "Votes: %(read)s read, %(repeated)s replaced by a later vote of the same person, %(added)s new, "
            "%(changed)s changed, %(known)s already here, %(skipped)s skipped"
        )
        lines = [
            "",
            f"{space.title}  {space.path()}",
            statements_told
            % _figures(
                read=statements.read + skipped.get(polis.COMMENTS, 0),
                added=statements.added,
                hidden=outcome.hidden,
                known=statements.known,
                skipped=skipped.get(polis.COMMENTS, 0),
            ),
            _("Participants: %(read)s, %(added)s new") % _figures(read=people.read, added=people.added),
            votes_told
            % _figures(
                read=votes.read + votes_skipped,
                repeated=outcome.repeated,
                added=votes.added,
                changed=votes.changed,
                known=votes.known,
                skipped=votes_skipped,
            ),
            *outcome.notes,
        ]
        if not outcome.has_changed_anything:
            lines.append(_("Nothing new: everything that could be taken was here already."))
        self.stdout.write("\n".join(lines))

    def _tell_problems(self, problems: polis.Problems, shown: int | None) -> None:
        total = sum(problems.counts.values())
        if not total:
            return
        self.stdout.write(_("Skipped rows:"))
        for problem in problems.kept[:shown]:
            values = {"file": problem.file, "row": problem.row, "reason": problem.reason}
            self.stdout.write("  " + _("%(file)s, row %(row)d: %(reason)s") % values)
        if total > (told := len(problems.kept[:shown])):
            self.stdout.write("  " + _("and %(count)s more (-v 2 shows up to 1,000)") % _figures(count=total - told))


def _figures(**numbers: int) -> dict[str, str]:
    return {name: f"{number:,}" for name, number in numbers.items()}


def _stages() -> dict[str, str]:
    return {
        "reading": _("Reading votes"),
        "participants": _("Participants"),
        "statements": _("Statements"),
        "votes": _("Votes"),
    }
