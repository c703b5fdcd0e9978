from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="WorkerLease",
            fields=[
                ("worker_id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("machine", models.CharField(max_length=160)),
                ("pid", models.PositiveIntegerField()),
                ("birth", models.CharField(blank=True, max_length=32)),
                ("started_at", models.DateTimeField()),
                ("beat_at", models.DateTimeField(db_index=True)),
            ],
            options={"verbose_name": "worker lease"},
        ),
    ]
