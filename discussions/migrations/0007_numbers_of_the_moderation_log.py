"""The numbers of the public moderation log, kept with each decision and counted once for those that are there."""

from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count
from django.utils import timezone


def count(apps, schema_editor):
    """What was decided before these numbers were kept."""
    Act, Appeal = (apps.get_model("discussions", name) for name in ("ModerationAct", "Appeal"))
    Tally, Week = (apps.get_model("discussions", name) for name in ("ModerationTally", "ModerationWeek"))
    acts = Act.objects.order_by().values_list("space", "act", "reason", "target").annotate(n=Count("pk"))
    appeals = Appeal.objects.order_by().values_list("space", "decision__target").annotate(n=Count("pk"))
    counted = list(acts)
    counted += [(space, "appealed", "", target, n) for space, target, n in appeals]
    overturned = appeals.filter(outcome="overturned")
    counted += [(space, "overturned", "", target, n) for space, target, n in overturned]
    Tally.objects.bulk_create(
        [Tally(space_id=space, act=act, reason=reason, target=target, n=n) for space, act, reason, target, n in counted]
    )
    weeks = {}
    for space, at in Act.objects.order_by().values_list("space", "at").iterator(chunk_size=5000):
        day = timezone.localdate(at)
        week = space, day - timedelta(days=day.weekday())
        weeks[week] = weeks.get(week, 0) + 1
    Week.objects.bulk_create([Week(space_id=space, week=week, n=n) for (space, week), n in weeks.items()])


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0006_one_comment_for_many_alike"),
    ]

    operations = [
        migrations.CreateModel(
            name="ModerationTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(max_length=10)),
                ("reason", models.CharField(blank=True, max_length=40)),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("comment", "comment"),
                            ("statement", "statement"),
                            ("question", "question"),
                            ("proposal", "proposal"),
                            ("addendum", "addendum to a proposal"),
                            ("wording", "suggested wording"),
                            ("survey", "answer in a survey"),
                        ],
                        max_length=10,
                    ),
                ),
                ("n", models.PositiveIntegerField()),
                (
                    "space",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="discussions.space",
                    ),
                ),
            ],
            options={
                "verbose_name": "number of decisions",
                "verbose_name_plural": "numbers of decisions",
                "constraints": [
                    models.UniqueConstraint(fields=("space", "act", "reason", "target"), name="tally_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ModerationWeek",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField(db_index=True)),
                ("n", models.PositiveIntegerField()),
                (
                    "space",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="discussions.space",
                    ),
                ),
            ],
            options={
                "verbose_name": "decisions of a week",
                "verbose_name_plural": "decisions by week",
                "constraints": [models.UniqueConstraint(fields=("space", "week"), name="moderation_week_once")],
            },
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
