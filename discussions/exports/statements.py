"""Statements and votes as open data."""

from django.utils.translation import gettext_lazy as _

from discussions.exports.table import Table, person
from discussions.models import Vote
from discussions.voting import with_tallies


def _statements(space):
    for statement in with_tallies(space).order_by("id").iterator(chunk_size=1000):
        yield (
            statement.pk,
            person(space, statement.author_id),
            statement.text,
            statement.made_at,
            statement.agree,
            statement.disagree,
            statement.passed,
        )


def _votes(space):
    cast = Vote.objects.filter(statement__space=space, statement__state="visible").order_by("id")
    rows = cast.values_list("statement_id", "member_id", "value", "cast_at", "level", "channel")
    for statement, member, value, cast_at, level, channel in rows.iterator(chunk_size=5000):
        # The day, not the second: exact moments of many votes would tell people apart.
        yield statement, person(space, member), value, cast_at.date().isoformat(), level, channel


TABLES = (
    Table(
        name="statements",
        title=_("Statements"),
        columns={
            "id": _("number of the statement"),
            "person": _("pseudonym of its author"),
            "text": _("the words"),
            "made_at": _("when it was made"),
            "agree": _("how many agree"),
            "disagree": _("how many disagree"),
            "passed": _("how many passed"),
        },
        rows=_statements,
    ),
    Table(
        name="votes",
        title=_("Votes on statements"),
        columns={
            "statement": _("number of the statement"),
            "person": _("pseudonym of the voter"),
            "value": _("1 agree, 0 pass, -1 disagree"),
            "day": _("the day it was cast"),
            "level": _("how surely the voter is known: 0 guest, 10 account, 20 e-mail, 30 telephone, 40 electronic ID"),
            "channel": _("the door it came in by"),
        },
        rows=_votes,
    ),
)
