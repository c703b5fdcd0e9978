"""Webhooks of spaces, and drafts of answers that pass an approval."""

import django.db.models.deletion
import wagtail.fields
import wagtail.models.preview
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("cms", "0001_pages_and_links"),
        ("discussions", "0002_instruments_of_participation"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgencyApprovalTask",
            fields=[
                (
                    "task_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.task",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        help_text="Pages/snippets at this step in a workflow will be moderated or approved by these groups of users",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
            ],
            options={
                "verbose_name": "approval within the agency",
                "verbose_name_plural": "approvals within the agency",
            },
            bases=("wagtailcore.task",),
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                ("kinds", models.JSONField(blank=True, default=list, verbose_name="what it hears of")),
                ("nonce", models.CharField(editable=False, max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "active"),
                            ("paused", "paused by an editor"),
                            ("given_up", "paused: the address did not answer for days"),
                        ],
                        default="active",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("cursor", models.PositiveIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True, verbose_name="failing since")),
                ("next_try_at", models.DateTimeField(verbose_name="next try")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="webhooks", to="discussions.space"
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="WebhookTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("first_seq", models.PositiveIntegerField()),
                ("last_seq", models.PositiveIntegerField()),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="answer")),
                ("problem", models.CharField(blank=True, max_length=40, verbose_name="problem")),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tries", to="cms.webhook"
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="AnswerDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("live", models.BooleanField(default=True, editable=False, verbose_name="live")),
                (
                    "has_unpublished_changes",
                    models.BooleanField(default=False, editable=False, verbose_name="has unpublished changes"),
                ),
                (
                    "first_published_at",
                    models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="first published at"),
                ),
                (
                    "last_published_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="last published at"),
                ),
                ("go_live_at", models.DateTimeField(blank=True, null=True, verbose_name="go live date/time")),
                ("expire_at", models.DateTimeField(blank=True, null=True, verbose_name="expiry date/time")),
                ("expired", models.BooleanField(default=False, editable=False, verbose_name="expired")),
                ("locked", models.BooleanField(default=False, editable=False, verbose_name="locked")),
                ("locked_at", models.DateTimeField(editable=False, null=True, verbose_name="locked at")),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("space", "the whole discussion"),
                            ("topic", "a topic"),
                            ("comment", "a comment"),
                            ("question", "a live question"),
                            ("proposal", "a proposal"),
                            ("statement", "a statement"),
                            ("wording", "a suggested wording"),
                        ],
                        editable=False,
                        max_length=10,
                        verbose_name="answers",
                    ),
                ),
                ("target_key", models.BigIntegerField(default=0, editable=False)),
                ("target_label", models.CharField(blank=True, editable=False, max_length=200)),
                ("text", models.TextField(max_length=10000, verbose_name="answer")),
                (
                    "points",
                    wagtail.fields.StreamField(
                        [("point", 5)],
                        blank=True,
                        block_lookup={
                            0: ("wagtail.blocks.CharBlock", (), {"label": "Point", "max_length": 200}),
                            1: (
                                "wagtail.blocks.IntegerBlock",
                                (),
                                {
                                    "help_text": "It tells everybody who spoke of this topic that this point answers them. Empty: no topic.",
                                    "label": "Number of the topic",
                                    "max_value": 2147483647,
                                    "min_value": 1,
                                    "required": False,
                                },
                            ),
                            2: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {
                                    "choices": [
                                        ("accepted", "accepted"),
                                        ("partly", "accepted in part"),
                                        ("declined", "not accepted"),
                                        ("already", "already so"),
                                    ],
                                    "label": "Decision",
                                },
                            ),
                            3: ("wagtail.blocks.TextBlock", (), {"label": "Reasons", "rows": 4}),
                            4: (
                                "wagtail.blocks.TextBlock",
                                (),
                                {"label": "What happens next", "required": False, "rows": 2},
                            ),
                            5: (
                                "wagtail.blocks.StructBlock",
                                [[("label", 0), ("topic_number", 1), ("verdict", 2), ("text", 3), ("next_step", 4)]],
                                {},
                            ),
                        },
                        verbose_name="point by point",
                    ),
                ),
                (
                    "documents",
                    wagtail.fields.StreamField(
                        [("document", 0)],
                        blank=True,
                        block_lookup={0: ("wagtail.documents.blocks.DocumentChooserBlock", (), {})},
                        verbose_name="documents",
                    ),
                ),
                (
                    "why",
                    models.TextField(
                        blank=True,
                        help_text="Needed when the answer is public already. It stands beside the earlier version.",
                        max_length=2000,
                        verbose_name="why it is corrected",
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="discussions.agency",
                    ),
                ),
                (
                    "latest_revision",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailcore.revision",
                        verbose_name="latest revision",
                    ),
                ),
                (
                    "live_revision",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailcore.revision",
                        verbose_name="live revision",
                    ),
                ),
                (
                    "locked_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="locked_%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="locked by",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reply",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="discussions.reply",
                        verbose_name="published answer",
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="discussions.space",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of an answer",
                "verbose_name_plural": "drafts of answers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("space", "agency", "target", "target_key"), name="answer_draft_once_per_target"
                    )
                ],
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.UniqueConstraint(fields=("space", "url"), name="webhook_once_per_address"),
        ),
    ]
