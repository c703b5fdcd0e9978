"""A space that is reviewed a second time owes a second answer: its clock, its hand-over and the answer that ends it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0004_reports_about_everything"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="answerclock",
            name="clock_once_per_space",
        ),
        migrations.RemoveConstraint(
            model_name="reply",
            name="reply_once_per_space",
        ),
        migrations.AlterField(
            model_name="handover",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="discussions.space"
            ),
        ),
        migrations.AddConstraint(
            model_name="answerclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at", None), ("proposal", None)),
                fields=("space",),
                name="clock_one_running_per_space",
            ),
        ),
        migrations.AddConstraint(
            model_name="answerclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("proposal", None)), fields=("space", "started_at"), name="clock_once_per_review"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(fields=("space", "made_at"), name="handover_once_per_review"),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("clock", None), ("whole__isnull", False)),
                fields=("whole", "agency"),
                name="reply_once_per_space_without_clock",
            ),
        ),
    ]
