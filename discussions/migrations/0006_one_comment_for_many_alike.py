"""Which posts are in a burst, and the comment under which a discussion folds those that say the same."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0005_clock_for_each_review"),
    ]

    operations = [
        migrations.AddField(
            model_name="burst",
            name="first",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="burst", to="discussions.comment"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="burst",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="cases",
                to="discussions.burst",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("burst__isnull", False)), fields=["burst", "id"], name="case_by_burst"
            ),
        ),
    ]
