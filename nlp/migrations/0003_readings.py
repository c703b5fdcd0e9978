"""Number what was read, so that what is new since a look is found by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("nlp", "0002_parts_of_topics_and_edits"),
    ]

    operations = [
        migrations.AddField(
            model_name="corpus",
            name="readings",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="opinion",
            name="read_no",
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="opinion",
            index=models.Index(fields=["corpus", "source", "read_no"], name="opinion_by_reading"),
        ),
    ]
