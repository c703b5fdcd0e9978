"""A report may be about any contribution: what 0003 filled in is required now, and the tie to comments alone goes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0003_carry_over"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="report",
            name="report_once_per_reader",
        ),
        migrations.RemoveField(
            model_name="report",
            name="comment",
        ),
        migrations.AlterField(
            model_name="report",
            name="target_id",
            field=models.BigIntegerField(),
        ),
        migrations.AlterField(
            model_name="report",
            name="target",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="report",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="discussions.space"
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(condition=models.Q(("settled", False)), fields=["space"], name="report_open_by_space"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                fields=("target", "target_id", "reporter"), name="report_once_per_reader"
            ),
        ),
    ]
