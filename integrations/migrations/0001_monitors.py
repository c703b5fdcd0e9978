import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("nlp", "0001_opinion_stream"),
    ]

    operations = [
        migrations.CreateModel(
            name="Monitor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("x", "X (Twitter)"), ("file", "file")], max_length=16, verbose_name="source"
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="The name under which its posts are shown.", max_length=120, verbose_name="label"
                    ),
                ),
                ("query", models.CharField(blank=True, max_length=500, verbose_name="search words")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "daily_cap",
                    models.PositiveIntegerField(
                        default=500,
                        help_text="The network asks a price for each post read.",
                        verbose_name="posts per day at most",
                    ),
                ),
                ("created_by", models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                ("cursor", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "not fetched yet"),
                            ("ok", "in order"),
                            ("waiting", "waiting to try again"),
                            ("capped", "daily limit reached"),
                            ("off", "off"),
                            ("failed", "needs attention"),
                        ],
                        default="new",
                        editable=False,
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("failures", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "last_fetched_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last fetched"),
                ),
                ("last_error", models.TextField(blank=True, editable=False, verbose_name="last problem")),
                ("next_try_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="next try")),
                (
                    "corpus",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="monitors", to="nlp.corpus"
                    ),
                ),
            ],
            options={
                "verbose_name": "monitor",
                "verbose_name_plural": "monitors",
            },
        ),
        migrations.CreateModel(
            name="FetchLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="file")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("read", models.PositiveIntegerField(default=0, verbose_name="posts read")),
                ("accepted", models.PositiveIntegerField(default=0, verbose_name="new posts")),
                ("revised", models.PositiveIntegerField(default=0, verbose_name="changed posts")),
                ("duplicates", models.PositiveIntegerField(default=0, verbose_name="already known")),
                ("skipped", models.PositiveIntegerField(default=0, verbose_name="left out")),
                (
                    "cost_estimate",
                    models.DecimalField(
                        decimal_places=4, default=0, max_digits=10, verbose_name="estimated cost (US dollars)"
                    ),
                ),
                ("error", models.TextField(blank=True, verbose_name="problem")),
                ("reasons", models.JSONField(default=list, verbose_name="why posts were left out")),
                (
                    "monitor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="logs", to="integrations.monitor"
                    ),
                ),
            ],
            options={
                "verbose_name": "fetch",
                "verbose_name_plural": "fetches",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120, unique=True)),
                ("kind", models.CharField(max_length=32, verbose_name="kind")),
                ("title", models.TextField(blank=True, verbose_name="title")),
                ("body", models.TextField(blank=True, verbose_name="text")),
                ("url", models.CharField(blank=True, max_length=500)),
                ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                ("date", models.DateTimeField(null=True, verbose_name="date")),
                ("visible", models.BooleanField(default=True)),
                ("version", models.PositiveBigIntegerField()),
                ("indexed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "search entry",
                "verbose_name_plural": "search entries",
                "indexes": [
                    models.Index(fields=["indexed_at", "id"], name="search_document_waiting"),
                    models.Index(fields=["kind", "language"], name="search_document_by_kind"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("visible", True), models.Q(("body", ""), ("title", ""), ("url", "")), _connector="OR"
                        ),
                        name="search_document_hidden_keeps_no_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SocialPost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=16, verbose_name="source")),
                ("external_id", models.CharField(max_length=100)),
                ("version_id", models.CharField(blank=True, max_length=100)),
                ("url", models.CharField(blank=True, max_length=500)),
                ("conversation_id", models.CharField(blank=True, max_length=100)),
                ("reply_to_id", models.CharField(blank=True, max_length=100)),
                ("author_hash", models.CharField(blank=True, max_length=32)),
                ("text", models.TextField(verbose_name="text")),
                ("lang", models.CharField(blank=True, max_length=12, verbose_name="language")),
                ("posted_at", models.DateTimeField(null=True, verbose_name="posted")),
                ("edited_at", models.DateTimeField(null=True, verbose_name="edited")),
                ("metrics", models.JSONField(default=dict, verbose_name="reactions")),
                ("fetched_at", models.DateTimeField(verbose_name="fetched")),
                ("deleted_at", models.DateTimeField(null=True, verbose_name="deleted at the source")),
                (
                    "corpus",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="nlp.corpus"),
                ),
                (
                    "monitor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="integrations.monitor"
                    ),
                ),
            ],
            options={
                "verbose_name": "social media post",
                "verbose_name_plural": "social media posts",
            },
        ),
        migrations.AddIndex(
            model_name="monitor",
            index=models.Index(fields=["is_active", "next_try_at"], name="monitor_due"),
        ),
        migrations.AddConstraint(
            model_name="monitor",
            constraint=models.UniqueConstraint(fields=("corpus", "kind", "label"), name="monitor_label_once"),
        ),
        migrations.AddIndex(
            model_name="fetchlog",
            index=models.Index(fields=["monitor", "started_at"], name="fetchlog_by_day"),
        ),
        migrations.AddIndex(
            model_name="socialpost",
            index=models.Index(fields=["source", "external_id"], name="social_post_by_id"),
        ),
        migrations.AddIndex(
            model_name="socialpost",
            index=models.Index(fields=["source", "version_id"], name="social_post_by_version"),
        ),
        migrations.AddConstraint(
            model_name="socialpost",
            constraint=models.UniqueConstraint(fields=("corpus", "source", "external_id"), name="social_post_once"),
        ),
        migrations.AddConstraint(
            model_name="socialpost",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deleted_at", None), models.Q(("author_hash", ""), ("text", ""), ("url", "")), _connector="OR"
                ),
                name="social_post_deleted_keeps_no_words",
            ),
        ),
    ]
