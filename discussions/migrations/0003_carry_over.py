"""What was there before the instruments: reports, tallies, levels, what members were told of, running clocks."""

from django.db import migrations
from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

GUEST, EMAIL = 0, 20


def carry_over(apps, schema_editor):
    model = apps.get_model
    _reports(model("discussions", "Report"), model("discussions", "Comment"))
    _tallies(model("discussions", "Statement"), model("discussions", "Vote"))
    _levels(model("discussions", "Member"), model("account", "EmailAddress"))
    _told(model("discussions", "Space"), model("discussions", "NoticeCursor"))
    _clocks(model("discussions", "Space"), model("discussions", "AnswerClock"))


def _reports(report, comment):
    of_comment = comment.objects.filter(pk=OuterRef("comment")).values("space")[:1]
    report.objects.update(space=Subquery(of_comment), target="comment", target_id=F("comment"))


def _tallies(statement, vote):
    """Counters of votes; and statements hidden before reasons were kept get the reason of an import."""

    def counted(value):
        rows = vote.objects.filter(statement=OuterRef("pk"), value=value).order_by().values("statement")
        return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), Value(0))

    statement.objects.update(agree=counted(1), disagree=counted(-1), passed=counted(0))
    statement.objects.filter(state="hidden", hidden_reason="").update(hidden_reason="imported")


def _levels(member, address):
    """Confirmed addresses raise the level; people of imported consultations are guests, and so is what they gave."""
    member.objects.filter(pk__in=address.objects.filter(verified=True).values("user")).update(level=EMAIL)
    imported = member.objects.filter(~Q(origin=""), is_active=False, email=None)
    votes = imported.model._meta.get_field("votes").related_model
    votes.objects.filter(member__in=imported.values("pk")).update(level=GUEST, channel="import")
    imported.update(level=GUEST)


def _told(space, cursor):
    """Nobody is told now of what happened long ago."""
    newest = space.objects.annotate(newest=Max("events__seq")).exclude(newest=None)
    cursor.objects.bulk_create([cursor(space=row, seq=row.newest) for row in newest])


def _clocks(space, clock):
    """An agency that was reviewing with a date keeps its date."""
    for row in space.objects.filter(phase="review", answer_due_at__isnull=False):
        started = min(row.review_at or row.created_at, row.answer_due_at)
        if started < row.answer_due_at:
            clock.objects.create(
                space=row,
                agency=row.agency,
                started_at=started,
                first_due_at=row.answer_due_at,
                due_at=row.answer_due_at,
            )


class Migration(migrations.Migration):
    dependencies = [("discussions", "0002_instruments_of_participation"), ("account", "0001_initial")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
