"""Agendas, hands, transcripts, richer polls and the questions a hearing leaves to the agency."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def keep_moments(apps, schema_editor):
    """Sessions that were held before this began when they were to begin: their clock starts there."""
    session = apps.get_model("discussions", "LiveSession")
    session.objects.exclude(state="planned").filter(opened_at=None).update(opened_at=F("starts_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0007_numbers_of_the_moderation_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgendaDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("url", models.URLField(max_length=500, verbose_name="address")),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="place")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("speakers", models.CharField(blank=True, max_length=200, verbose_name="who speaks")),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes")),
                ("began_at", models.DateTimeField(editable=False, null=True)),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "agenda item",
                "verbose_name_plural": "agenda items",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="Hand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "guest"),
                            (10, "account"),
                            (20, "e-mail address confirmed"),
                            (30, "telephone confirmed"),
                            (40, "identity shown"),
                        ],
                        default=10,
                        editable=False,
                        verbose_name="level",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "on this site"),
                            ("embed", "on another site, embedded"),
                            ("api", "through the interface for programs"),
                            ("assisted", "with the help of an officer or volunteer"),
                            ("paper", "on paper"),
                            ("import", "from an earlier consultation"),
                        ],
                        default="web",
                        editable=False,
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("up", "waiting to speak"),
                            ("speaking", "speaking"),
                            ("done", "has spoken"),
                            ("down", "taken down"),
                        ],
                        default="up",
                        max_length=10,
                    ),
                ),
                ("raised_at", models.DateTimeField()),
                ("called_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "raised hand",
                "verbose_name_plural": "raised hands",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="OwedQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("handed_at", models.DateTimeField(verbose_name="handed over")),
            ],
            options={
                "verbose_name": "question handed over",
                "verbose_name_plural": "questions handed over",
            },
        ),
        migrations.CreateModel(
            name="PollWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "guest"),
                            (10, "account"),
                            (20, "e-mail address confirmed"),
                            (30, "telephone confirmed"),
                            (40, "identity shown"),
                        ],
                        default=10,
                        editable=False,
                        verbose_name="level",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "on this site"),
                            ("embed", "on another site, embedded"),
                            ("api", "through the interface for programs"),
                            ("assisted", "with the help of an officer or volunteer"),
                            ("paper", "on paper"),
                            ("import", "from an earlier consultation"),
                        ],
                        default="web",
                        editable=False,
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("visible", "visible"),
                            ("held", "waiting for a moderator"),
                            ("hidden", "hidden"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="visible",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("hidden_reason", models.CharField(blank=True, max_length=40, verbose_name="reason")),
                ("text", models.CharField(max_length=40, verbose_name="words")),
                ("folded", models.CharField(max_length=40)),
                ("said_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "words in a poll",
                "verbose_name_plural": "words in polls",
            },
        ),
        migrations.CreateModel(
            name="Silence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=40, verbose_name="reason")),
                ("at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "silence",
                "verbose_name_plural": "silences",
            },
        ),
        migrations.CreateModel(
            name="StatementShown",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("put_at", models.DateTimeField()),
                ("revealed", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "statement shown",
                "verbose_name_plural": "statements shown",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="TranscriptLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("visible", "visible"),
                            ("held", "waiting for a moderator"),
                            ("hidden", "hidden"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="visible",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("hidden_reason", models.CharField(blank=True, max_length=40, verbose_name="reason")),
                ("number", models.PositiveIntegerField()),
                ("speaker", models.CharField(blank=True, max_length=80, verbose_name="who speaks")),
                ("text", models.CharField(max_length=500, verbose_name="what was said")),
                ("starts_ms", models.PositiveIntegerField()),
                ("ends_ms", models.PositiveIntegerField(null=True)),
                ("client_id", models.CharField(max_length=64)),
                ("typed_at", models.DateTimeField()),
                ("revised_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "transcript line",
                "verbose_name_plural": "transcript lines",
                "ordering": ["session", "number"],
            },
        ),
        migrations.AlterModelOptions(
            name="space",
            options={
                "ordering": ["-created_at"],
                "permissions": [
                    ("arrange", "Can set up discussions and their instruments"),
                    ("assist", "Can enter contributions on somebody's behalf"),
                    ("moderate", "Can hide and restore contributions"),
                    ("facilitate", "Can run live sessions"),
                    ("transcribe", "Can write the transcript of live sessions"),
                    ("answer", "Can answer for an agency"),
                    ("read_opinion", "Can read the opinion desk"),
                ],
                "verbose_name": "space",
                "verbose_name_plural": "spaces",
            },
        ),
        migrations.RemoveConstraint(
            model_name="answerclock",
            name="clock_one_running_per_space",
        ),
        migrations.RemoveConstraint(
            model_name="answerclock",
            name="clock_once_per_review",
        ),
        migrations.RemoveConstraint(
            model_name="moderationact",
            name="act_of_hiding_has_reason",
        ),
        migrations.RemoveConstraint(
            model_name="pollvote",
            name="poll_vote_once_per_member",
        ),
        migrations.AddField(
            model_name="answerclock",
            name="session",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clock",
                to="discussions.livesession",
            ),
        ),
        migrations.AddField(
            model_name="livesession",
            name="about",
            field=models.TextField(blank=True, verbose_name="what it is about"),
        ),
        migrations.AddField(
            model_name="livesession",
            name="closed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="livesession",
            name="ends_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ends"),
        ),
        migrations.AddField(
            model_name="livesession",
            name="hands_open",
            field=models.BooleanField(default=False, verbose_name="people may ask to speak"),
        ),
        migrations.AddField(
            model_name="livesession",
            name="opened_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="livesession",
            name="slow_seconds",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="seconds between two questions of one person"
            ),
        ),
        migrations.AddField(
            model_name="livesession",
            name="statement",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="discussions.statement"
            ),
        ),
        migrations.AddField(
            model_name="livesession",
            name="statement_revealed",
            field=models.BooleanField(default=False, verbose_name="result of the statement shown"),
        ),
        migrations.AddField(
            model_name="livesession",
            name="video_url",
            field=models.URLField(blank=True, verbose_name="video"),
        ),
        migrations.AddField(
            model_name="pollvote",
            name="alone",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="pollvote",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "on this site"),
                    ("embed", "on another site, embedded"),
                    ("api", "through the interface for programs"),
                    ("assisted", "with the help of an officer or volunteer"),
                    ("paper", "on paper"),
                    ("import", "from an earlier consultation"),
                ],
                default="web",
                editable=False,
                max_length=10,
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="pollvote",
            name="level",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "guest"),
                    (10, "account"),
                    (20, "e-mail address confirmed"),
                    (30, "telephone confirmed"),
                    (40, "identity shown"),
                ],
                default=10,
                editable=False,
                verbose_name="level",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="answer",
            field=models.TextField(blank=True, verbose_name="answer"),
        ),
        migrations.AddField(
            model_name="question",
            name="answered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="question",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "on this site"),
                    ("embed", "on another site, embedded"),
                    ("api", "through the interface for programs"),
                    ("assisted", "with the help of an officer or volunteer"),
                    ("paper", "on paper"),
                    ("import", "from an earlier consultation"),
                ],
                default="web",
                editable=False,
                max_length=10,
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="level",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "guest"),
                    (10, "account"),
                    (20, "e-mail address confirmed"),
                    (30, "telephone confirmed"),
                    (40, "identity shown"),
                ],
                default=10,
                editable=False,
                verbose_name="level",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="merged_into",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged", to="discussions.question"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="put_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="questionraise",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "on this site"),
                    ("embed", "on another site, embedded"),
                    ("api", "through the interface for programs"),
                    ("assisted", "with the help of an officer or volunteer"),
                    ("paper", "on paper"),
                    ("import", "from an earlier consultation"),
                ],
                default="web",
                editable=False,
                max_length=10,
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="questionraise",
            name="level",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "guest"),
                    (10, "account"),
                    (20, "e-mail address confirmed"),
                    (30, "telephone confirmed"),
                    (40, "identity shown"),
                ],
                default=10,
                editable=False,
                verbose_name="level",
            ),
        ),
        migrations.AddField(
            model_name="questionraise",
            name="via",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="discussions.question"
            ),
        ),
        migrations.AddField(
            model_name="quickpoll",
            name="closed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="quickpoll",
            name="kind",
            field=models.CharField(
                choices=[
                    ("single", "one choice"),
                    ("multiple", "several choices"),
                    ("scale", "a scale"),
                    ("words", "a few words of one's own"),
                ],
                default="single",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="quickpoll",
            name="opened_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="quickpoll",
            name="steps",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="steps of the scale"),
        ),
        migrations.AlterField(
            model_name="case",
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
                    ("poll_word", "words in a live poll"),
                    ("line", "line of a transcript"),
                    ("session", "live session"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="moderationact",
            name="act",
            field=models.CharField(
                choices=[
                    ("hide", "hidden"),
                    ("restore", "restored"),
                    ("release", "released"),
                    ("reject", "not published"),
                    ("keep", "kept"),
                    ("uphold", "decision upheld on appeal"),
                    ("silence", "floor taken from a person"),
                    ("lift", "floor given back"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="moderationact",
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
                    ("poll_word", "words in a live poll"),
                    ("line", "line of a transcript"),
                    ("session", "live session"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="moderationtally",
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
                    ("poll_word", "words in a live poll"),
                    ("line", "line of a transcript"),
                    ("session", "live session"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="question",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "asked"),
                    ("shortlisted", "on the short list"),
                    ("current", "being answered"),
                    ("answered", "answered"),
                    ("parked", "put aside for a written answer"),
                    ("merged", "joined with another"),
                    ("held", "waiting for a moderator"),
                    ("hidden", "hidden"),
                    ("withdrawn", "withdrawn"),
                ],
                default="asked",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="quickpoll",
            name="options",
            field=models.JSONField(blank=True, default=list, verbose_name="choices"),
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
                    ("poll_word", "words in a live poll"),
                    ("line", "line of a transcript"),
                    ("session", "live session"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="answerclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at", None), ("proposal", None), ("session", None)),
                fields=("space",),
                name="clock_one_running_per_space",
            ),
        ),
        migrations.AddConstraint(
            model_name="answerclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("proposal", None), ("session", None)),
                fields=("space", "started_at"),
                name="clock_once_per_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="answerclock",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposal", None), ("session", None), _connector="OR"), name="clock_for_one_thing"
            ),
        ),
        migrations.AddConstraint(
            model_name="moderationact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act__in", ["hide", "reject", "silence"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="act_of_hiding_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="pollvote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("alone", True)), fields=("poll", "member"), name="poll_vote_once_per_member"
            ),
        ),
        migrations.AddConstraint(
            model_name="pollvote",
            constraint=models.UniqueConstraint(fields=("poll", "member", "option"), name="poll_vote_once_per_choice"),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="agenda", to="discussions.livesession"
            ),
        ),
        migrations.AddField(
            model_name="agendadocument",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="documents", to="discussions.agendaitem"
            ),
        ),
        migrations.AddField(
            model_name="livesession",
            name="current_item",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="discussions.agendaitem"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="item",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="questions",
                to="discussions.agendaitem",
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(condition=models.Q(("state", "held")), fields=["id"], name="question_waiting"),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "hidden"),
                    models.Q(("merged_into__isnull", False), ("state", "merged")),
                    models.Q(models.Q(("state", "merged"), _negated=True), ("merged_into__isnull", True)),
                    _connector="OR",
                ),
                name="question_merged_has_target",
            ),
        ),
        migrations.AddField(
            model_name="hand",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="hand",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="hands", to="discussions.livesession"
            ),
        ),
        migrations.AddField(
            model_name="owedquestion",
            name="clock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="discussions.answerclock"
            ),
        ),
        migrations.AddField(
            model_name="owedquestion",
            name="question",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="owed", to="discussions.question"
            ),
        ),
        migrations.AddField(
            model_name="pollword",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="pollword",
            name="poll",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="own_words", to="discussions.quickpoll"
            ),
        ),
        migrations.AddField(
            model_name="silence",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="silence",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="silence",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="silences", to="discussions.livesession"
            ),
        ),
        migrations.AddField(
            model_name="statementshown",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="statements_shown",
                to="discussions.livesession",
            ),
        ),
        migrations.AddField(
            model_name="statementshown",
            name="statement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="discussions.statement"
            ),
        ),
        migrations.AddField(
            model_name="transcriptline",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="transcriptline",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="discussions.livesession"
            ),
        ),
        migrations.AddConstraint(
            model_name="hand",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["up", "speaking"])),
                fields=("session", "member"),
                name="hand_once_per_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="hand",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "speaking")), fields=("session",), name="hand_one_at_a_time"
            ),
        ),
        migrations.AddIndex(
            model_name="owedquestion",
            index=models.Index(fields=["clock", "id"], name="owed_questions"),
        ),
        migrations.AddIndex(
            model_name="pollword",
            index=models.Index(fields=["poll", "folded"], name="poll_words_by_form"),
        ),
        migrations.AddConstraint(
            model_name="pollword",
            constraint=models.UniqueConstraint(fields=("poll", "author", "folded"), name="poll_word_once_per_member"),
        ),
        migrations.AddConstraint(
            model_name="silence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)), fields=("session", "member"), name="silence_once_per_member"
            ),
        ),
        migrations.AddConstraint(
            model_name="statementshown",
            constraint=models.UniqueConstraint(fields=("session", "statement"), name="statement_shown_once"),
        ),
        migrations.AddIndex(
            model_name="transcriptline",
            index=models.Index(fields=["session", "starts_ms", "id"], name="lines_by_time"),
        ),
        migrations.AddConstraint(
            model_name="transcriptline",
            constraint=models.UniqueConstraint(fields=("session", "number"), name="line_number_once_per_session"),
        ),
        migrations.AddConstraint(
            model_name="transcriptline",
            constraint=models.UniqueConstraint(fields=("author", "client_id"), name="line_once_per_client_id"),
        ),
        migrations.RunPython(keep_moments, migrations.RunPython.noop),
    ]
