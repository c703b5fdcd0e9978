"""Every instrument of participation, the answer clock, moderation of everything, notices, guests and helpers."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import discussions.models.spaces


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0001_civic_domain"),
    ]

    operations = [
        migrations.CreateModel(
            name="Addendum",
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
                ("text", models.TextField(blank=True, verbose_name="addendum")),
                ("client_id", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(verbose_name="added")),
            ],
            options={
                "verbose_name": "addendum",
                "verbose_name_plural": "addenda",
                "ordering": ["made_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slot", models.PositiveSmallIntegerField(default=0)),
                ("value", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "verbose_name": "answer in a survey",
                "verbose_name_plural": "answers in surveys",
            },
        ),
        migrations.CreateModel(
            name="AnswerClock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("first_due_at", models.DateTimeField(verbose_name="first due")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
                ("extensions_allowed", models.PositiveSmallIntegerField(default=0, verbose_name="extensions allowed")),
                (
                    "extension_days",
                    models.PositiveSmallIntegerField(default=0, verbose_name="days an extension may add"),
                ),
            ],
            options={
                "verbose_name": "answer clock",
                "verbose_name_plural": "answer clocks",
                "ordering": ["due_at"],
            },
        ),
        migrations.CreateModel(
            name="AnswerTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="days to answer",
                    ),
                ),
                (
                    "extensions",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(9)],
                        verbose_name="how often it may be extended",
                    ),
                ),
                (
                    "extension_days",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="days an extension may add",
                    ),
                ),
                (
                    "needs_approval",
                    models.BooleanField(default=False, verbose_name="every answer needs a second person's approval"),
                ),
            ],
            options={
                "verbose_name": "terms of answering",
                "verbose_name_plural": "terms of answering",
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="what it is for")),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                ("used_at", models.DateTimeField(null=True, verbose_name="last used")),
            ],
            options={
                "verbose_name": "key for programs",
                "verbose_name_plural": "keys for programs",
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(blank=True, max_length=1000, verbose_name="why it should come back")),
                ("made_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "waiting"),
                            ("upheld", "the decision stands"),
                            ("overturned", "the words are back"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "answer",
                    models.CharField(blank=True, max_length=500, verbose_name="what the moderator tells the author"),
                ),
                ("judged_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
            },
        ),
        migrations.CreateModel(
            name="AssistedAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("comment", "comment"),
                            ("vote", "vote"),
                            ("signature", "signature"),
                            ("survey", "survey"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("target_id", models.BigIntegerField()),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "assisted act",
                "verbose_name_plural": "assisted acts",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="BallotChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "project on a ballot",
                "verbose_name_plural": "projects on ballots",
            },
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="title in English")),
                ("introduction", models.TextField(blank=True, max_length=2000, verbose_name="introduction")),
                (
                    "introduction_en",
                    models.TextField(blank=True, max_length=2000, verbose_name="introduction in English"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "being prepared"), ("open", "open"), ("closed", "closed")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="opens")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="closes")),
                ("opened_at", models.DateTimeField(editable=False, null=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("total", models.PositiveBigIntegerField(verbose_name="total")),
                (
                    "kind",
                    models.CharField(
                        choices=[("approval", "choose projects"), ("knapsack", "spend the total")],
                        default="approval",
                        max_length=10,
                        verbose_name="ballot",
                    ),
                ),
                (
                    "most",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="projects on a ballot at most"
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("most_votes", "most votes first"),
                            ("votes_per_cost", "most votes for the money first"),
                            ("equal_shares", "Method of Equal Shares"),
                        ],
                        max_length=20,
                        verbose_name="rule for the winners",
                    ),
                ),
            ],
            options={
                "verbose_name": "budget choice",
                "verbose_name_plural": "budget choices",
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BudgetBallot",
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
                ("cast_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "budget ballot",
                "verbose_name_plural": "budget ballots",
            },
        ),
        migrations.CreateModel(
            name="BudgetDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("rule", "rule set before voting opened"),
                            ("override", "rule changed after voting opened"),
                            ("add", "project added to the winners"),
                            ("remove", "project taken from the winners"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("most_votes", "most votes first"),
                            ("votes_per_cost", "most votes for the money first"),
                            ("equal_shares", "Method of Equal Shares"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "decision about a budget choice",
                "verbose_name_plural": "decisions about budget choices",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="BudgetProject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=160, verbose_name="title in English")),
                ("description", models.TextField(blank=True, max_length=2000, verbose_name="description")),
                (
                    "description_en",
                    models.TextField(blank=True, max_length=2000, verbose_name="description in English"),
                ),
                ("category", models.CharField(blank=True, max_length=60, verbose_name="category")),
                ("category_en", models.CharField(blank=True, max_length=80, verbose_name="category in English")),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="place")),
                ("place_en", models.CharField(blank=True, max_length=100, verbose_name="place in English")),
                ("cost", models.PositiveBigIntegerField(verbose_name="cost")),
            ],
            options={
                "verbose_name": "project",
                "verbose_name_plural": "projects",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="BudgetTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("most_votes", "most votes first"),
                            ("votes_per_cost", "most votes for the money first"),
                            ("equal_shares", "Method of Equal Shares"),
                        ],
                        max_length=20,
                        verbose_name="rule",
                    ),
                ),
                ("ballots", models.PositiveIntegerField(verbose_name="ballots")),
                ("votes", models.JSONField()),
                ("winners", models.JSONField()),
                ("spent", models.PositiveBigIntegerField(verbose_name="spent")),
                ("left", models.PositiveBigIntegerField(verbose_name="left over")),
                ("library", models.CharField(max_length=60, verbose_name="library")),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "tally",
                "verbose_name_plural": "tallies",
            },
        ),
        migrations.CreateModel(
            name="Burst",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "the same words from many accounts"),
                            ("votes", "the same votes from many accounts"),
                            ("accounts", "many new accounts at once"),
                        ],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("posts", models.PositiveIntegerField(default=0, verbose_name="posts")),
                ("people", models.PositiveIntegerField(verbose_name="people")),
                ("sample", models.CharField(blank=True, max_length=40)),
                ("began_at", models.DateTimeField(verbose_name="from")),
                ("ended_at", models.DateTimeField(verbose_name="until")),
                ("found_at", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "burst",
                "verbose_name_plural": "bursts",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("target_id", models.BigIntegerField()),
                ("group", models.CharField(max_length=40)),
                ("is_held", models.BooleanField(default=False)),
                ("is_reported", models.BooleanField(default=False)),
                ("is_scored", models.BooleanField(default=False)),
                ("is_burst", models.BooleanField(default=False)),
                ("abuse", models.FloatField(null=True, verbose_name="chance of abuse")),
                ("spam", models.FloatField(null=True, verbose_name="chance of spam")),
                ("opened_at", models.DateTimeField(verbose_name="waiting since")),
                ("claimed_until", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
            },
        ),
        migrations.CreateModel(
            name="ClockExtension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateTimeField(verbose_name="new date")),
                ("before", models.DateTimeField(verbose_name="earlier date")),
                ("reason", models.TextField(verbose_name="reason")),
                ("made_at", models.DateTimeField(verbose_name="decided")),
            ],
            options={
                "verbose_name": "extension",
                "verbose_name_plural": "extensions",
                "ordering": ["made_at"],
            },
        ),
        migrations.CreateModel(
            name="ClockReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("days", models.SmallIntegerField(verbose_name="days before")),
                ("made_at", models.DateTimeField(verbose_name="told")),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
            },
        ),
        migrations.CreateModel(
            name="CommentEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="earlier words")),
                ("until", models.DateTimeField(verbose_name="changed")),
            ],
            options={
                "verbose_name": "edit of a comment",
                "verbose_name_plural": "edits of comments",
            },
        ),
        migrations.CreateModel(
            name="DraftText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("client_id", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(verbose_name="begun")),
            ],
            options={
                "verbose_name": "draft text",
                "verbose_name_plural": "draft texts",
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic_number", models.PositiveIntegerField(null=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "followed",
                "verbose_name_plural": "followed",
            },
        ),
        migrations.CreateModel(
            name="FreeAnswer",
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
                ("text", models.TextField(blank=True, verbose_name="words")),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "answer in own words",
                "verbose_name_plural": "answers in own words",
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(verbose_name="handed over")),
                ("posts", models.PositiveIntegerField(verbose_name="posts")),
                ("people", models.PositiveIntegerField(verbose_name="people")),
            ],
            options={
                "verbose_name": "hand-over",
                "verbose_name_plural": "hand-overs",
            },
        ),
        migrations.CreateModel(
            name="HandOverGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic_number", models.PositiveIntegerField(null=True, verbose_name="topic")),
                ("label", models.CharField(blank=True, max_length=200, verbose_name="label")),
                ("posts", models.PositiveIntegerField(verbose_name="posts")),
                ("people", models.PositiveIntegerField(verbose_name="people")),
            ],
            options={
                "verbose_name": "topic handed over",
                "verbose_name_plural": "topics handed over",
            },
        ),
        migrations.CreateModel(
            name="HandOverItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "item handed over",
                "verbose_name_plural": "items handed over",
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="why they belong together")),
                ("client_id", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("expires_at", models.DateTimeField(verbose_name="open until")),
            ],
            options={
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
            },
        ),
        migrations.CreateModel(
            name="MergeStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("accepted", "agreed"),
                            ("refused", "refused"),
                            ("merged", "merged"),
                            ("expired", "expired without an answer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="words")),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "step of a merge",
                "verbose_name_plural": "steps of merges",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=200, verbose_name="step")),
                ("due_on", models.DateField(verbose_name="by")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "planned"), ("done", "done"), ("dropped", "dropped")],
                        default="planned",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("topic_number", models.PositiveIntegerField(null=True, verbose_name="topic")),
                ("client_id", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(verbose_name="announced")),
                ("changed_at", models.DateTimeField(verbose_name="last change")),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="MilestoneChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "planned"), ("done", "done"), ("dropped", "dropped")],
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="by")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("made_at", models.DateTimeField(verbose_name="changed")),
            ],
            options={
                "verbose_name": "change of a milestone",
                "verbose_name_plural": "changes of milestones",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ModerationReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=80, verbose_name="reason in Chinese")),
                ("label_en", models.CharField(max_length=120, verbose_name="reason in English")),
                (
                    "explanation",
                    models.CharField(blank=True, max_length=300, verbose_name="what the author is told, in Chinese"),
                ),
                (
                    "explanation_en",
                    models.CharField(blank=True, max_length=400, verbose_name="what the author is told, in English"),
                ),
                ("is_offered", models.BooleanField(default=True, verbose_name="offered to moderators")),
            ],
            options={
                "verbose_name": "reason for hiding",
                "verbose_name_plural": "reasons for hiding",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ModeratorNumber",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
            ],
            options={
                "verbose_name": "number of a moderator",
                "verbose_name_plural": "numbers of moderators",
            },
        ),
        migrations.CreateModel(
            name="Mute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic_number", models.PositiveIntegerField(null=True)),
            ],
            options={
                "verbose_name": "muted",
                "verbose_name_plural": "muted",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_direct", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("pushed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
            },
        ),
        migrations.CreateModel(
            name="NoticeCursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "position of notices",
                "verbose_name_plural": "positions of notices",
            },
        ),
        migrations.CreateModel(
            name="NoticeSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("daily", "once a day, and at once when I am named or answered"),
                            ("weekly", "once a week, and at once when I am named or answered"),
                            ("direct", "only when I am named or answered"),
                            ("never", "no mail; I look here"),
                        ],
                        default="daily",
                        max_length=8,
                        verbose_name="mail",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hant", "繁體中文"), ("en", "English")],
                        default="zh-hant",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("digest_at", models.DateTimeField(editable=False, null=True, verbose_name="last digest")),
            ],
            options={
                "verbose_name": "notice settings",
                "verbose_name_plural": "notice settings",
            },
        ),
        migrations.CreateModel(
            name="PaperForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, unique=True)),
                ("statements", models.JSONField(default=list)),
                ("proposals", models.JSONField(default=list)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "paper form",
                "verbose_name_plural": "paper forms",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Paragraph",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "paragraph",
                "verbose_name_plural": "paragraphs",
            },
        ),
        migrations.CreateModel(
            name="ParagraphVote",
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
                ("value", models.SmallIntegerField(choices=[(-1, "Oppose"), (1, "Support")], verbose_name="vote")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("cast_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "vote on a paragraph",
                "verbose_name_plural": "votes on paragraphs",
            },
        ),
        migrations.CreateModel(
            name="Passage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("chapter", "chapter heading"),
                            ("heading", "heading of an article"),
                            ("paragraph", "paragraph"),
                        ],
                        default="paragraph",
                        max_length=10,
                    ),
                ),
                ("depth", models.PositiveSmallIntegerField(default=0)),
                ("article", models.CharField(blank=True, max_length=40, verbose_name="article")),
                ("label", models.CharField(blank=True, max_length=80, verbose_name="how it is cited")),
                ("words", models.TextField(blank=True, verbose_name="words")),
                ("changed_in", models.PositiveIntegerField(verbose_name="changed in version")),
            ],
            options={
                "verbose_name": "passage",
                "verbose_name_plural": "passages",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="PhoneProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number_digest", models.CharField(max_length=64)),
                ("code_digest", models.CharField(blank=True, max_length=64)),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed")),
            ],
            options={
                "verbose_name": "confirmed telephone",
                "verbose_name_plural": "confirmed telephones",
            },
        ),
        migrations.CreateModel(
            name="Proposal",
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
                ("title", models.CharField(blank=True, max_length=120, verbose_name="title")),
                ("text", models.TextField(blank=True, verbose_name="proposal")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("draft", "being written"),
                            ("open", "collecting signatures"),
                            ("reached", "over the threshold"),
                            ("closed", "window over"),
                            ("merged", "merged into another"),
                            ("answered", "answered"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="stage",
                    ),
                ),
                ("client_id", models.CharField(max_length=64)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("threshold", models.PositiveIntegerField(default=0, verbose_name="signatures needed")),
                ("n_signatures", models.PositiveIntegerField(default=0, verbose_name="signatures")),
                ("made_at", models.DateTimeField(verbose_name="written")),
                ("published_at", models.DateTimeField(null=True, verbose_name="published")),
                ("edited_at", models.DateTimeField(null=True, verbose_name="edited")),
                ("closes_at", models.DateTimeField(null=True, verbose_name="signatures until")),
                ("reached_at", models.DateTimeField(null=True, verbose_name="threshold reached")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn")),
                ("author_left_at", models.DateTimeField(null=True, verbose_name="author stepped back")),
                ("merged_at", models.DateTimeField(null=True, verbose_name="merged")),
            ],
            options={
                "verbose_name": "proposal",
                "verbose_name_plural": "proposals",
            },
        ),
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("endpoint", models.URLField(max_length=500, unique=True)),
                ("key", models.CharField(max_length=120)),
                ("secret", models.CharField(max_length=40)),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hant", "繁體中文"), ("en", "English")], default="zh-hant", max_length=10
                    ),
                ),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "browser that shows notices",
                "verbose_name_plural": "browsers that show notices",
            },
        ),
        migrations.CreateModel(
            name="Reaction",
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
                    "kind",
                    models.CharField(
                        choices=[("agree", "Agree"), ("thanks", "Thanks"), ("doubt", "Not convinced")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="given")),
            ],
            options={
                "verbose_name": "reaction",
                "verbose_name_plural": "reactions",
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "receipt",
                "verbose_name_plural": "receipts",
            },
        ),
        migrations.CreateModel(
            name="ReplyCount",
            fields=[
                (
                    "space",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="discussions.space",
                    ),
                ),
                ("seq", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "count of replies",
                "verbose_name_plural": "counts of replies",
            },
        ),
        migrations.CreateModel(
            name="ReplyDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
            ],
            options={
                "verbose_name": "document of an answer",
                "verbose_name_plural": "documents of an answer",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="ReplyPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("topic_number", models.PositiveIntegerField(null=True, verbose_name="topic")),
                ("label", models.CharField(max_length=200, verbose_name="point")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("accepted", "accepted"),
                            ("partly", "accepted in part"),
                            ("declined", "not accepted"),
                            ("already", "already so"),
                        ],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("text", models.TextField(verbose_name="reasons")),
                ("next_step", models.TextField(blank=True, verbose_name="what happens next")),
            ],
            options={
                "verbose_name": "point of an answer",
                "verbose_name_plural": "points of an answer",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="ReplyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("text", models.TextField(verbose_name="answer")),
                ("points", models.JSONField(default=list)),
                ("documents", models.JSONField(default=list)),
                ("valid_from", models.DateTimeField(verbose_name="published")),
                ("corrected_at", models.DateTimeField(verbose_name="corrected")),
                ("why", models.TextField(verbose_name="why it was corrected")),
            ],
            options={
                "verbose_name": "earlier version of an answer",
                "verbose_name_plural": "earlier versions of answers",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Signature",
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
                ("signed_at", models.DateTimeField(verbose_name="signed")),
                ("carried_at", models.DateTimeField(null=True, verbose_name="carried over")),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
            },
        ),
        migrations.CreateModel(
            name="Sitting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[("assisted", "with the help of an officer or volunteer"), ("paper", "on paper")],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                (
                    "consent",
                    models.CharField(
                        choices=[
                            ("spoken", "It was read to them and they agreed."),
                            ("signed", "They signed the form."),
                        ],
                        max_length=8,
                        verbose_name="consent",
                    ),
                ),
                ("identity_seen", models.BooleanField(default=False, verbose_name="identity document seen")),
                ("began_at", models.DateTimeField(verbose_name="began")),
            ],
            options={
                "verbose_name": "assisted participation",
                "verbose_name_plural": "assisted participations",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="title in English")),
                ("introduction", models.TextField(blank=True, max_length=2000, verbose_name="introduction")),
                (
                    "introduction_en",
                    models.TextField(blank=True, max_length=2000, verbose_name="introduction in English"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "being prepared"), ("open", "open"), ("closed", "closed")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="opens")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="closes")),
                ("opened_at", models.DateTimeField(editable=False, null=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "results",
                    models.CharField(
                        choices=[("answered", "as soon as one has answered"), ("closed", "when the survey has closed")],
                        default="answered",
                        max_length=10,
                        verbose_name="results are shown",
                    ),
                ),
                ("reworded_at", models.DateTimeField(editable=False, null=True)),
                ("is_quick", models.BooleanField(default=False, editable=False, verbose_name="quick poll")),
            ],
            options={
                "verbose_name": "survey",
                "verbose_name_plural": "surveys",
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SurveyOption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=200)),
                ("text_en", models.CharField(blank=True, max_length=240)),
            ],
            options={
                "verbose_name": "choice of a survey",
                "verbose_name_plural": "choices of a survey",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="SurveyQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("single", "one choice"),
                            ("multiple", "several choices"),
                            ("scale", "scale"),
                            ("ranking", "ranking"),
                            ("text", "in own words"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="question")),
                ("text_en", models.CharField(blank=True, max_length=400, verbose_name="question in English")),
                ("help", models.CharField(blank=True, max_length=400, verbose_name="help")),
                ("help_en", models.CharField(blank=True, max_length=500, verbose_name="help in English")),
                ("required", models.BooleanField(default=False, verbose_name="an answer is needed")),
                ("least", models.PositiveSmallIntegerField(default=0, verbose_name="at least")),
                ("most", models.PositiveSmallIntegerField(default=0, verbose_name="at most")),
                ("points", models.PositiveSmallIntegerField(default=0, verbose_name="points of the scale")),
                ("low", models.CharField(blank=True, max_length=60, verbose_name="words at 1")),
                ("low_en", models.CharField(blank=True, max_length=60, verbose_name="words at 1 in English")),
                ("high", models.CharField(blank=True, max_length=60, verbose_name="words at the last point")),
                (
                    "high_en",
                    models.CharField(blank=True, max_length=60, verbose_name="words at the last point in English"),
                ),
                ("has_no_opinion", models.BooleanField(default=False, verbose_name="“no opinion” can be chosen")),
                ("asked_after_number", models.PositiveSmallIntegerField(null=True)),
                ("if_options", models.JSONField(default=list)),
                ("if_low", models.PositiveSmallIntegerField(null=True)),
                ("if_high", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "verbose_name": "survey question",
                "verbose_name_plural": "survey questions",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="SurveyResponse",
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
                ("answered_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "response to a survey",
                "verbose_name_plural": "responses to surveys",
            },
        ),
        migrations.CreateModel(
            name="TextVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number of the version")),
                ("source", models.TextField(verbose_name="the whole text")),
                ("note", models.TextField(blank=True, verbose_name="what this version is about")),
                ("is_parsed", models.BooleanField(default=True, verbose_name="articles were found")),
                ("made_at", models.DateTimeField(verbose_name="prepared")),
                ("published_at", models.DateTimeField(null=True, verbose_name="published")),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="VersionCause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "cause of a change",
                "verbose_name_plural": "causes of changes",
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "watch",
                "verbose_name_plural": "watches",
            },
        ),
        migrations.CreateModel(
            name="Wording",
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
                ("text", models.TextField(blank=True, verbose_name="suggested words")),
                ("reason", models.TextField(blank=True, verbose_name="why")),
                ("client_id", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(verbose_name="suggested")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "not decided yet"),
                            ("taken", "taken over"),
                            ("partly", "taken over in part"),
                            ("declined", "not taken over"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("outcome_reason", models.TextField(blank=True, verbose_name="reason of the outcome")),
                ("judged_at", models.DateTimeField(null=True, verbose_name="decided")),
            ],
            options={
                "verbose_name": "suggested wording",
                "verbose_name_plural": "suggested wordings",
            },
        ),
        migrations.CreateModel(
            name="WordingSupport",
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
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "support of a wording",
                "verbose_name_plural": "support of wordings",
            },
        ),
        migrations.AlterModelOptions(
            name="moderationact",
            options={
                "base_manager_name": "objects",
                "ordering": ["-id"],
                "verbose_name": "moderation decision",
                "verbose_name_plural": "moderation decisions",
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
                    ("answer", "Can answer for an agency"),
                    ("read_opinion", "Can read the opinion desk"),
                ],
                "verbose_name": "space",
                "verbose_name_plural": "spaces",
            },
        ),
        migrations.RemoveConstraint(
            model_name="reply",
            name="reply_has_one_target",
        ),
        migrations.RemoveIndex(
            model_name="comment",
            name="comment_roots",
        ),
        migrations.AddField(
            model_name="agency",
            name="data_licence",
            field=models.CharField(
                choices=[
                    ("cc-by-4", "Creative Commons Attribution 4.0"),
                    ("ogdl-tw-1", "Open Government Data License, version 1.0 (Taiwan)"),
                    ("cc0", "Creative Commons Zero: given to the public domain"),
                ],
                default="cc-by-4",
                max_length=12,
                verbose_name="licence of its open data",
            ),
        ),
        migrations.AddField(
            model_name="comment",
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
            model_name="comment",
            name="is_answered",
            field=models.BooleanField(default=False, editable=False, verbose_name="answered"),
        ),
        migrations.AddField(
            model_name="comment",
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
            model_name="comment",
            name="n_agree",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="agree"),
        ),
        migrations.AddField(
            model_name="comment",
            name="n_doubt",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="not convinced"),
        ),
        migrations.AddField(
            model_name="comment",
            name="n_replies",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="replies"),
        ),
        migrations.AddField(
            model_name="comment",
            name="n_thanks",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="thanks"),
        ),
        migrations.AddField(
            model_name="member",
            name="has_news",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="member",
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
            model_name="member",
            name="session_epoch",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="moderationact",
            name="note",
            field=models.CharField(blank=True, max_length=500, verbose_name="note to the author"),
        ),
        migrations.AddField(
            model_name="question",
            name="hidden_reason",
            field=models.CharField(blank=True, editable=False, max_length=40, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="reply",
            name="corrected_at",
            field=models.DateTimeField(null=True, verbose_name="corrected"),
        ),
        migrations.AddField(
            model_name="reply",
            name="statement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="official_replies",
                to="discussions.statement",
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="version",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="version"),
        ),
        migrations.AddField(
            model_name="reply",
            name="whole",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="whole_answers",
                to="discussions.space",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="space",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="discussions.space"
            ),
        ),
        migrations.AddField(
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
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="target_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="space",
            name="archive_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="archived on"),
        ),
        migrations.AddField(
            model_name="space",
            name="follow_up_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="follow-up begins"),
        ),
        migrations.AddField(
            model_name="space",
            name="holds_first_posts",
            field=models.BooleanField(
                default=False, verbose_name="the first contribution of a new account waits for a moderator"
            ),
        ),
        migrations.AddField(
            model_name="space",
            name="instruments",
            field=models.JSONField(
                blank=True, default=discussions.models.spaces.first_instruments, verbose_name="instruments"
            ),
        ),
        migrations.AddField(
            model_name="space",
            name="plain",
            field=models.TextField(blank=True, max_length=2000, verbose_name="in plain words"),
        ),
        migrations.AddField(
            model_name="space",
            name="plain_en",
            field=models.TextField(blank=True, max_length=2000, verbose_name="in plain words, in English"),
        ),
        migrations.AddField(
            model_name="space",
            name="runs_since",
            field=models.DateTimeField(
                blank=True,
                default=django.utils.timezone.now,
                help_text="Dates after this moment move the phase. Empty until a communicator has published the discussion.",
                null=True,
                verbose_name="dates count from",
            ),
        ),
        migrations.AddField(
            model_name="space",
            name="text_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="draft text is published"),
        ),
        migrations.AddField(
            model_name="statement",
            name="agree",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="agree"),
        ),
        migrations.AddField(
            model_name="statement",
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
            model_name="statement",
            name="closed_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="closed for voting"),
        ),
        migrations.AddField(
            model_name="statement",
            name="disagree",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="disagree"),
        ),
        migrations.AddField(
            model_name="statement",
            name="hidden_reason",
            field=models.CharField(blank=True, max_length=40, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="statement",
            name="is_seed",
            field=models.BooleanField(default=False, editable=False, verbose_name="written by the agency"),
        ),
        migrations.AddField(
            model_name="statement",
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
            model_name="statement",
            name="passed",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="pass"),
        ),
        migrations.AddField(
            model_name="vote",
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
            model_name="vote",
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
        migrations.AlterField(
            model_name="comment",
            name="hidden_reason",
            field=models.CharField(blank=True, max_length=40, verbose_name="reason"),
        ),
        migrations.AlterField(
            model_name="comment",
            name="state",
            field=models.CharField(
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
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="moderationact",
            name="reason",
            field=models.CharField(blank=True, max_length=40, verbose_name="reason"),
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
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="reply",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="discussions.agency"
            ),
        ),
        migrations.AlterField(
            model_name="space",
            name="phase",
            field=models.CharField(
                choices=[
                    ("draft", "Being prepared"),
                    ("text", "Draft text"),
                    ("open", "Open discussion"),
                    ("voting", "Voting"),
                    ("review", "Agency review"),
                    ("answered", "Answered"),
                    ("follow_up", "Follow-up"),
                    ("archived", "Archived"),
                ],
                default="draft",
                max_length=10,
                verbose_name="phase",
            ),
        ),
        migrations.AlterField(
            model_name="statement",
            name="state",
            field=models.CharField(
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
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["type", "space"], name="event_by_type"),
        ),
        migrations.AddIndex(
            model_name="moderationact",
            index=models.Index(fields=["target", "target_id", "-id"], name="act_by_target"),
        ),
        migrations.AddIndex(
            model_name="moderationact",
            index=models.Index(fields=["space", "-id"], name="act_by_space"),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(condition=models.Q(("state", "held")), fields=["id"], name="statement_waiting"),
        ),
        migrations.AddConstraint(
            model_name="moderationact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act__in", ["hide", "reject"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="act_of_hiding_has_reason",
            ),
        ),
        migrations.AddField(
            model_name="addendum",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="addendum",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="answerclock",
            name="agency",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="discussions.agency"
            ),
        ),
        migrations.AddField(
            model_name="answerclock",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="clock",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reply",
                to="discussions.answerclock",
            ),
        ),
        migrations.AddField(
            model_name="answerterms",
            name="space",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="answer_terms", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="program_keys", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="decision",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="appeal", to="discussions.moderationact"
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="judge",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="appeals", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="budgets", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="budgetballot",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="ballots", to="discussions.budget"
            ),
        ),
        migrations.AddField(
            model_name="budgetballot",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="budget_ballots", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ballotchoice",
            name="ballot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="discussions.budgetballot"
            ),
        ),
        migrations.AddField(
            model_name="budgetdecision",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="discussions.budget"
            ),
        ),
        migrations.AddField(
            model_name="budgetdecision",
            name="editor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="budgetproject",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="projects", to="discussions.budget"
            ),
        ),
        migrations.AddField(
            model_name="budgetdecision",
            name="project",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="discussions.budgetproject"
            ),
        ),
        migrations.AddField(
            model_name="ballotchoice",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="choices", to="discussions.budgetproject"
            ),
        ),
        migrations.AddField(
            model_name="budgettally",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tallies", to="discussions.budget"
            ),
        ),
        migrations.AddField(
            model_name="burst",
            name="seen_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="burst",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bursts", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="author",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="claimed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="clockextension",
            name="clock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="extensions", to="discussions.answerclock"
            ),
        ),
        migrations.AddField(
            model_name="clockextension",
            name="officer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="clockreminder",
            name="clock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="discussions.answerclock"
            ),
        ),
        migrations.AddField(
            model_name="commentedit",
            name="comment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="edits", to="discussions.comment"
            ),
        ),
        migrations.AddField(
            model_name="drafttext",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="follow",
            name="comment",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="follows", to="discussions.comment"
            ),
        ),
        migrations.AddField(
            model_name="follow",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="follows", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="follow",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="follows", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="freeanswer",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="free_answers", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="freeanswer",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="free_answers", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="agency",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="discussions.agency"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="space",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="handover", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="handovergroup",
            name="handover",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="groups", to="discussions.handover"
            ),
        ),
        migrations.AddField(
            model_name="handoveritem",
            name="comment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handed_over",
                to="discussions.comment",
            ),
        ),
        migrations.AddField(
            model_name="handoveritem",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="discussions.handovergroup"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="mergestep",
            name="member",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mergestep",
            name="merge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="discussions.merge"
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="milestones", to="discussions.agency"
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="planned_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="milestones", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="milestonechange",
            name="milestone",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="discussions.milestone"
            ),
        ),
        migrations.AddField(
            model_name="milestonechange",
            name="officer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="moderationreason",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="moderation_reasons", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="moderatornumber",
            name="member",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moderator_number",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mute",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="mutes", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mute",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="discussions.event"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="noticecursor",
            name="space",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="noticesettings",
            name="member",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="notice_settings", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="paperform",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="paperform",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="paper_forms", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="paragraph",
            name="text",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="paragraphs", to="discussions.drafttext"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="paragraph",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="discussions.paragraph",
            ),
        ),
        migrations.AddField(
            model_name="paragraphvote",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="paragraph_votes", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="paragraphvote",
            name="paragraph",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="discussions.paragraph"
            ),
        ),
        migrations.AddField(
            model_name="passage",
            name="merged",
            field=models.ManyToManyField(related_name="merged_into", to="discussions.paragraph"),
        ),
        migrations.AddField(
            model_name="passage",
            name="paragraph",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="passages", to="discussions.paragraph"
            ),
        ),
        migrations.AddField(
            model_name="passage",
            name="split_from",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pieces",
                to="discussions.paragraph",
            ),
        ),
        migrations.AddField(
            model_name="phoneproof",
            name="member",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="phone_proof", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="merged_into",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absorbed",
                to="discussions.proposal",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="merges_away", to="discussions.proposal"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="target",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="merges_here", to="discussions.proposal"
            ),
        ),
        migrations.AddField(
            model_name="handoveritem",
            name="proposal",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handed_over",
                to="discussions.proposal",
            ),
        ),
        migrations.AddField(
            model_name="follow",
            name="proposal",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="follows",
                to="discussions.proposal",
            ),
        ),
        migrations.AddField(
            model_name="answerclock",
            name="proposal",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="clock", to="discussions.proposal"
            ),
        ),
        migrations.AddField(
            model_name="addendum",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="addenda", to="discussions.proposal"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="proposal",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="discussions.proposal",
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="proposal",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="official_replies",
                to="discussions.proposal",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.F("space"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("paragraph", None), ("parent", None), ("proposal", None)),
                name="comment_roots",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.F("proposal"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("parent", None), ("proposal__isnull", False)),
                name="comment_roots_of_proposal",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.F("paragraph"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("paragraph__isnull", False), ("parent", None)),
                name="comment_roots_of_paragraph",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.F("space"),
                models.F("kind"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("paragraph", None), ("parent", None), ("proposal", None)),
                name="comment_roots_of_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.F("space"),
                models.OrderBy(models.F("n_agree"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("paragraph", None), ("parent", None), ("proposal", None), ("state", "visible")),
                name="comment_agreed",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.F("space"),
                models.F("kind"),
                models.OrderBy(models.F("n_agree"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("paragraph", None), ("parent", None), ("proposal", None), ("state", "visible")),
                name="comment_agreed_of_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.F("space"),
                models.OrderBy(models.F("n_replies"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("paragraph", None), ("parent", None), ("proposal", None), ("state", "visible")),
                name="comment_discussed",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.F("space"),
                models.F("kind"),
                models.OrderBy(models.F("n_replies"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("paragraph", None), ("parent", None), ("proposal", None), ("state", "visible")),
                name="comment_discussed_of_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.F("space"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(
                    ("is_answered", False),
                    ("n_replies", 0),
                    ("paragraph", None),
                    ("parent", None),
                    ("proposal", None),
                    ("state", "visible"),
                ),
                name="comment_unanswered",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                models.F("space"),
                models.F("kind"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(
                    ("is_answered", False),
                    ("n_replies", 0),
                    ("paragraph", None),
                    ("parent", None),
                    ("proposal", None),
                    ("state", "visible"),
                ),
                name="comment_unanswered_of_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(condition=models.Q(("state", "held")), fields=["space", "author"], name="comment_held"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(condition=models.Q(("state", "held")), fields=["id"], name="comment_waiting"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["space", "-id"], name="comment_newest"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposal", None), ("paragraph", None), _connector="OR"),
                name="comment_belongs_to_one_discussion",
            ),
        ),
        migrations.AddField(
            model_name="pushsubscription",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="push_subscriptions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reaction",
            name="comment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reactions", to="discussions.comment"
            ),
        ),
        migrations.AddField(
            model_name="reaction",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reactions", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="member",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="receipt", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="replydocument",
            name="reply",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="documents", to="discussions.reply"
            ),
        ),
        migrations.AddField(
            model_name="replypoint",
            name="reply",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="points", to="discussions.reply"
            ),
        ),
        migrations.AddField(
            model_name="replyversion",
            name="corrected_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="replyversion",
            name="reply",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="earlier", to="discussions.reply"
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="carried_from",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="discussions.proposal"
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="discussions.proposal"
            ),
        ),
        migrations.AddField(
            model_name="sitting",
            name="form",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sittings",
                to="discussions.paperform",
            ),
        ),
        migrations.AddField(
            model_name="sitting",
            name="helper",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sittings", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="sitting",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sat_for", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="sitting",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sittings", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="assistedact",
            name="sitting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="discussions.sitting"
            ),
        ),
        migrations.AddField(
            model_name="survey",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="surveys", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="option",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="discussions.surveyoption"
            ),
        ),
        migrations.AddField(
            model_name="surveyquestion",
            name="asked_after",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="leads_to",
                to="discussions.surveyquestion",
            ),
        ),
        migrations.AddField(
            model_name="surveyquestion",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="discussions.survey"
            ),
        ),
        migrations.AddField(
            model_name="surveyoption",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="options", to="discussions.surveyquestion"
            ),
        ),
        migrations.AddField(
            model_name="freeanswer",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="free_answers",
                to="discussions.surveyquestion",
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="discussions.surveyquestion"
            ),
        ),
        migrations.AddField(
            model_name="surveyresponse",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="survey_responses",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="surveyresponse",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="responses", to="discussions.survey"
            ),
        ),
        migrations.AddField(
            model_name="freeanswer",
            name="response",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="free_answers",
                to="discussions.surveyresponse",
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="response",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="discussions.surveyresponse"
            ),
        ),
        migrations.AddField(
            model_name="textversion",
            name="editor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="textversion",
            name="text",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="discussions.drafttext"
            ),
        ),
        migrations.AddField(
            model_name="passage",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="passages", to="discussions.textversion"
            ),
        ),
        migrations.AddField(
            model_name="versioncause",
            name="comment",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="effects", to="discussions.comment"
            ),
        ),
        migrations.AddField(
            model_name="versioncause",
            name="paragraph",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="discussions.paragraph"
            ),
        ),
        migrations.AddField(
            model_name="versioncause",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="causes", to="discussions.textversion"
            ),
        ),
        migrations.AddField(
            model_name="watch",
            name="space",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="wording",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="wordings", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="wording",
            name="judged_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="wording",
            name="paragraph",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="wordings", to="discussions.paragraph"
            ),
        ),
        migrations.AddField(
            model_name="wording",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="wordings", to="discussions.space"
            ),
        ),
        migrations.AddField(
            model_name="wording",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="wordings", to="discussions.textversion"
            ),
        ),
        migrations.AddField(
            model_name="versioncause",
            name="wording",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="effects", to="discussions.wording"
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="wording",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="official_replies",
                to="discussions.wording",
            ),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(fields=["space", "id"], name="reply_by_space"),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(fields=["-answered_at", "-id"], name="reply_newest"),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("comment__isnull", False),
                        ("proposal__isnull", True),
                        ("question__isnull", True),
                        ("statement__isnull", True),
                        ("topic_number__isnull", True),
                        ("whole__isnull", True),
                        ("wording__isnull", True),
                    ),
                    models.Q(
                        ("comment__isnull", True),
                        ("proposal__isnull", True),
                        ("question__isnull", False),
                        ("statement__isnull", True),
                        ("topic_number__isnull", True),
                        ("whole__isnull", True),
                        ("wording__isnull", True),
                    ),
                    models.Q(
                        ("comment__isnull", True),
                        ("proposal__isnull", True),
                        ("question__isnull", True),
                        ("statement__isnull", True),
                        ("topic_number__isnull", False),
                        ("whole__isnull", True),
                        ("wording__isnull", True),
                    ),
                    models.Q(
                        ("comment__isnull", True),
                        ("proposal__isnull", False),
                        ("question__isnull", True),
                        ("statement__isnull", True),
                        ("topic_number__isnull", True),
                        ("whole__isnull", True),
                        ("wording__isnull", True),
                    ),
                    models.Q(
                        ("comment__isnull", True),
                        ("proposal__isnull", True),
                        ("question__isnull", True),
                        ("statement__isnull", False),
                        ("topic_number__isnull", True),
                        ("whole__isnull", True),
                        ("wording__isnull", True),
                    ),
                    models.Q(
                        ("comment__isnull", True),
                        ("proposal__isnull", True),
                        ("question__isnull", True),
                        ("statement__isnull", True),
                        ("topic_number__isnull", True),
                        ("whole__isnull", True),
                        ("wording__isnull", False),
                    ),
                    models.Q(
                        ("comment__isnull", True),
                        ("proposal__isnull", True),
                        ("question__isnull", True),
                        ("statement__isnull", True),
                        ("topic_number__isnull", True),
                        ("whole__isnull", False),
                        ("wording__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="reply_has_one_target",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(("whole", None), ("whole", models.F("space")), _connector="OR"),
                name="reply_to_its_own_space",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("whole__isnull", False)), fields=("whole", "agency"), name="reply_once_per_space"
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("proposal__isnull", False)),
                fields=("proposal", "agency"),
                name="reply_once_per_proposal",
            ),
        ),
        migrations.AddField(
            model_name="wordingsupport",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wording_supports",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="wordingsupport",
            name="wording",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="supports", to="discussions.wording"
            ),
        ),
        migrations.AddConstraint(
            model_name="answerterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__gte", 1), ("days__lte", 3650), ("extension_days__gte", 1)),
                name="answer_terms_in_days",
            ),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(condition=models.Q(("outcome", "")), fields=["id"], name="appeal_open"),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("judge", None), ("judged_at", None), ("outcome", "")),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True), ("judge__isnull", False), ("judged_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="appeal_judged_as_a_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opens_at", None), ("closes_at", None), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                ),
                name="budget_closes_after_it_opens",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("opened_at", None), ("state", "draft")),
                    models.Q(("closed_at", None), ("opened_at__isnull", False), ("state", "open")),
                    models.Q(("closed_at__isnull", False), ("opened_at__isnull", False), ("state", "closed")),
                    _connector="OR",
                ),
                name="budget_state_has_its_moments",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(condition=models.Q(("total__gt", 0)), name="budget_has_money"),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(("most", None), ("most__gt", 0), _connector="OR"),
                name="budget_ballot_takes_a_project",
            ),
        ),
        migrations.AddIndex(
            model_name="budgetballot",
            index=models.Index(fields=["member", "cast_at"], name="budget_ballot_by_member"),
        ),
        migrations.AddConstraint(
            model_name="budgetballot",
            constraint=models.UniqueConstraint(fields=("budget", "member"), name="budget_ballot_once_per_member"),
        ),
        migrations.AddConstraint(
            model_name="budgetproject",
            constraint=models.UniqueConstraint(fields=("budget", "number"), name="budget_project_once_per_number"),
        ),
        migrations.AddConstraint(
            model_name="budgetproject",
            constraint=models.CheckConstraint(
                condition=models.Q(("cost__gt", 0)), name="budget_project_costs_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("act", "rule"), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="budget_decision_gives_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act__in", ["add", "remove"]), ("project__isnull", False)),
                    models.Q(("act__in", ["rule", "override"]), ("project", None)),
                    _connector="OR",
                ),
                name="budget_decision_names_its_project",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballotchoice",
            constraint=models.UniqueConstraint(fields=("ballot", "project"), name="ballot_choice_once"),
        ),
        migrations.AddConstraint(
            model_name="budgettally",
            constraint=models.UniqueConstraint(fields=("budget", "rule"), name="budget_tally_once_per_rule"),
        ),
        migrations.AddConstraint(
            model_name="burst",
            constraint=models.UniqueConstraint(fields=("space", "kind", "key"), name="burst_once"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("settled_at", None)), fields=["group", "opened_at"], name="case_open_by_group"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("settled_at", None)), fields=["space"], name="case_open_by_space"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(fields=("target", "target_id"), name="case_once_per_contribution"),
        ),
        migrations.AddConstraint(
            model_name="clockextension",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("before"))), name="extension_is_later"
            ),
        ),
        migrations.AddConstraint(
            model_name="clockextension",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="extension_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="clockextension",
            constraint=models.UniqueConstraint(fields=("clock", "before"), name="extension_once_per_date"),
        ),
        migrations.AddConstraint(
            model_name="clockreminder",
            constraint=models.UniqueConstraint(fields=("clock", "due_at", "days"), name="reminder_once"),
        ),
        migrations.AddIndex(
            model_name="commentedit",
            index=models.Index(fields=["comment", "-id"], name="comment_edit_order"),
        ),
        migrations.AddConstraint(
            model_name="drafttext",
            constraint=models.UniqueConstraint(fields=("space", "client_id"), name="text_once_per_client_id"),
        ),
        migrations.AddConstraint(
            model_name="handovergroup",
            constraint=models.UniqueConstraint(fields=("handover", "topic_number"), name="handover_group_once"),
        ),
        migrations.AddConstraint(
            model_name="handovergroup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("topic_number", None)), fields=("handover",), name="handover_rest_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="mergestep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "accepted")),
                fields=("merge", "member"),
                name="merge_accepted_once_per_author",
            ),
        ),
        migrations.AddConstraint(
            model_name="mergestep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["refused", "merged", "expired"])),
                fields=("merge",),
                name="merge_ends_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="mergestep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["accepted", "refused"]), _negated=True),
                    ("member__isnull", False),
                    _connector="OR",
                ),
                name="merge_step_has_a_person",
            ),
        ),
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(fields=["space", "due_on"], name="milestone_by_space"),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.UniqueConstraint(fields=("planned_by", "client_id"), name="milestone_once_per_client_id"),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dropped"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="milestone_dropped_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="moderationreason",
            constraint=models.UniqueConstraint(fields=("space", "label"), name="reason_once_per_space"),
        ),
        migrations.AddConstraint(
            model_name="mute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("topic_number", None)), fields=("member", "space"), name="mute_space_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="mute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("topic_number__isnull", False)),
                fields=("member", "space", "topic_number"),
                name="mute_topic_once",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["member", "-id"], name="notice_newest"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("read_at", None)), fields=["member"], name="notice_unread"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("mailed_at", None)), fields=["member", "is_direct"], name="notice_unmailed"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("is_direct", True), ("pushed_at", None)), fields=["id"], name="notice_unpushed"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("member", "event"), name="notice_once_per_event"),
        ),
        migrations.AddConstraint(
            model_name="paragraphvote",
            constraint=models.UniqueConstraint(fields=("paragraph", "member"), name="paragraph_vote_once_per_member"),
        ),
        migrations.AddConstraint(
            model_name="paragraphvote",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__in", [-1, 1])), name="paragraph_vote_value_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="phoneproof",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at__isnull", False)),
                fields=("number_digest",),
                name="phone_confirmed_once",
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                models.F("space"),
                models.OrderBy(models.F("published_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("stage", "draft"), _negated=True),
                name="proposal_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                models.F("space"),
                models.OrderBy(models.F("n_signatures"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("stage", "draft"), _negated=True),
                name="proposal_most_signed",
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=models.Q(("stage", "open")), fields=["closes_at", "id"], name="proposal_closing"
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(condition=models.Q(("state", "held")), fields=["id"], name="proposal_waiting"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=models.Q(("stage", "open")), fields=["space", "closes_at", "id"], name="proposal_closing_here"
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["author", "made_at"], name="proposal_by_author"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(fields=("author", "client_id"), name="proposal_once_per_client_id"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closes_at", None), ("n_signatures", 0), ("published_at", None), ("stage", "draft")),
                    models.Q(
                        models.Q(("stage", "draft"), _negated=True),
                        ("closes_at__isnull", False),
                        ("published_at__isnull", False),
                        ("threshold__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="proposal_published_with_its_terms",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_at__isnull", False), ("merged_into__isnull", False), ("stage", "merged")),
                    models.Q(models.Q(("stage", "merged"), _negated=True), ("merged_at", None), ("merged_into", None)),
                    _connector="OR",
                ),
                name="proposal_merged_into_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("id")), _negated=True),
                name="proposal_not_merged_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("stage", "withdrawn"), ("state", "withdrawn"), ("text", ""), ("withdrawn_at__isnull", False)
                    ),
                    models.Q(
                        models.Q(("stage", "withdrawn"), _negated=True),
                        models.Q(("state", "withdrawn"), _negated=True),
                        ("withdrawn_at", None),
                    ),
                    _connector="OR",
                ),
                name="proposal_withdrawn_keeps_no_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage", "reached"), _negated=True), ("reached_at__isnull", False), _connector="OR"
                ),
                name="proposal_reached_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "hidden"), _negated=True),
                    models.Q(("hidden_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="proposal_hidden_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(fields=("asked_by", "client_id"), name="merge_once_per_client_id"),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", models.F("target")), _negated=True), name="merge_of_two"
            ),
        ),
        migrations.AddIndex(
            model_name="handoveritem",
            index=models.Index(fields=["group", "id"], name="handover_items"),
        ),
        migrations.AddConstraint(
            model_name="handoveritem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("comment__isnull", False), ("proposal", None)),
                    models.Q(("comment", None), ("proposal__isnull", False)),
                    _connector="OR",
                ),
                name="handover_item_is_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("comment", None), ("proposal", None), ("topic_number", None)),
                fields=("member", "space"),
                name="follow_space_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("proposal__isnull", False)),
                fields=("member", "proposal"),
                name="follow_proposal_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("comment__isnull", False)), fields=("member", "comment"), name="follow_comment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("topic_number__isnull", False)),
                fields=("member", "space", "topic_number"),
                name="follow_topic_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("comment", None), ("proposal", None)),
                    models.Q(("proposal", None), ("topic_number", None)),
                    models.Q(("comment", None), ("topic_number", None)),
                    _connector="OR",
                ),
                name="follow_has_one_target",
            ),
        ),
        migrations.AddIndex(
            model_name="answerclock",
            index=models.Index(fields=["agency", "id"], name="clock_by_agency"),
        ),
        migrations.AddIndex(
            model_name="answerclock",
            index=models.Index(condition=models.Q(("answered_at", None)), fields=["due_at"], name="clock_running"),
        ),
        migrations.AddConstraint(
            model_name="answerclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("proposal", None)), fields=("space",), name="clock_once_per_space"
            ),
        ),
        migrations.AddConstraint(
            model_name="answerclock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_at__gte", models.F("first_due_at")), ("first_due_at__gt", models.F("started_at"))
                ),
                name="clock_never_goes_backwards",
            ),
        ),
        migrations.AddConstraint(
            model_name="answerclock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_at", None), ("answered_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="clock_answered_after_start",
            ),
        ),
        migrations.AddIndex(
            model_name="addendum",
            index=models.Index(condition=models.Q(("state", "held")), fields=["id"], name="addendum_waiting"),
        ),
        migrations.AddConstraint(
            model_name="addendum",
            constraint=models.UniqueConstraint(fields=("author", "client_id"), name="addendum_once_per_client_id"),
        ),
        migrations.AddConstraint(
            model_name="addendum",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "hidden"), _negated=True),
                    models.Q(("hidden_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="addendum_hidden_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="addendum",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "withdrawn"), _negated=True), ("text", ""), _connector="OR"),
                name="addendum_withdrawn_keeps_no_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="reaction",
            constraint=models.UniqueConstraint(fields=("comment", "member", "kind"), name="reaction_once_per_member"),
        ),
        migrations.AddConstraint(
            model_name="reaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["agree", "thanks", "doubt"])), name="reaction_of_a_known_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="replydocument",
            constraint=models.UniqueConstraint(fields=("reply", "position"), name="document_position_once"),
        ),
        migrations.AddConstraint(
            model_name="replypoint",
            constraint=models.UniqueConstraint(fields=("reply", "position"), name="point_position_once"),
        ),
        migrations.AddConstraint(
            model_name="replypoint",
            constraint=models.UniqueConstraint(fields=("reply", "topic_number"), name="point_once_per_topic"),
        ),
        migrations.AddConstraint(
            model_name="replypoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="point_has_reasons"
            ),
        ),
        migrations.AddConstraint(
            model_name="replyversion",
            constraint=models.UniqueConstraint(fields=("reply", "number"), name="reply_version_once"),
        ),
        migrations.AddConstraint(
            model_name="replyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("why", ""), _negated=True), name="correction_has_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(fields=["proposal", "level"], name="signature_by_level"),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(fields=["member", "signed_at"], name="signature_by_member"),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(fields=("proposal", "member"), name="signature_once_per_member"),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("carried_at", None), ("carried_from", None)),
                    models.Q(
                        ("carried_at__isnull", False),
                        ("carried_from__isnull", False),
                        models.Q(("carried_from", models.F("proposal")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="signature_carried_from_elsewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.CheckConstraint(
                condition=models.Q(("helper", models.F("person")), _negated=True), name="sitting_helps_somebody_else"
            ),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.CheckConstraint(
                condition=models.Q(("consent", ""), _negated=True), name="sitting_has_consent"
            ),
        ),
        migrations.AddConstraint(
            model_name="assistedact",
            constraint=models.UniqueConstraint(
                fields=("sitting", "kind", "target_id"), name="assisted_act_once_per_sitting"
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opens_at", None), ("closes_at", None), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                ),
                name="survey_closes_after_it_opens",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("opened_at", None), ("state", "draft")),
                    models.Q(("closed_at", None), ("opened_at__isnull", False), ("state", "open")),
                    models.Q(("closed_at__isnull", False), ("opened_at__isnull", False), ("state", "closed")),
                    _connector="OR",
                ),
                name="survey_state_has_its_moments",
            ),
        ),
        migrations.AddConstraint(
            model_name="surveyquestion",
            constraint=models.UniqueConstraint(fields=("survey", "number"), name="survey_question_once_per_place"),
        ),
        migrations.AddConstraint(
            model_name="surveyquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_after", None), ("asked_after_number", None)),
                    models.Q(("asked_after__isnull", False), ("asked_after_number__lt", models.F("number"))),
                    _connector="OR",
                ),
                name="survey_question_waits_for_an_earlier_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="surveyquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "scale"), ("points__gte", 2)),
                    models.Q(models.Q(("kind", "scale"), _negated=True), ("points", 0)),
                    _connector="OR",
                ),
                name="survey_question_scale_has_points",
            ),
        ),
        migrations.AddConstraint(
            model_name="surveyoption",
            constraint=models.UniqueConstraint(fields=("question", "number"), name="survey_option_once_per_place"),
        ),
        migrations.AddIndex(
            model_name="surveyresponse",
            index=models.Index(fields=["member", "answered_at"], name="survey_response_by_member"),
        ),
        migrations.AddConstraint(
            model_name="surveyresponse",
            constraint=models.UniqueConstraint(fields=("survey", "member"), name="survey_response_once_per_member"),
        ),
        migrations.AddIndex(
            model_name="freeanswer",
            index=models.Index(fields=["author", "made_at"], name="free_answer_by_author"),
        ),
        migrations.AddIndex(
            model_name="freeanswer",
            index=models.Index(condition=models.Q(("state", "held")), fields=["id"], name="free_answer_waiting"),
        ),
        migrations.AddConstraint(
            model_name="freeanswer",
            constraint=models.UniqueConstraint(fields=("response", "question"), name="free_answer_once_per_question"),
        ),
        migrations.AddConstraint(
            model_name="freeanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "withdrawn"), _negated=True), ("text", ""), _connector="OR"),
                name="free_answer_withdrawn_keeps_no_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                fields=("response", "question", "slot"), name="survey_answer_once_per_slot"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("option__isnull", False)),
                fields=("response", "option"),
                name="survey_answer_option_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("option", None), ("value", None), _connector="OR"), name="survey_answer_of_one_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="textversion",
            constraint=models.UniqueConstraint(fields=("text", "number"), name="text_version_number_once"),
        ),
        migrations.AddConstraint(
            model_name="textversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at", None)), fields=("text",), name="text_version_one_in_preparation"
            ),
        ),
        migrations.AddConstraint(
            model_name="textversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="text_version_counts_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="passage",
            constraint=models.UniqueConstraint(fields=("version", "paragraph"), name="passage_once_per_version"),
        ),
        migrations.AddConstraint(
            model_name="passage",
            constraint=models.UniqueConstraint(fields=("version", "position"), name="passage_one_per_position"),
        ),
        migrations.AddIndex(
            model_name="wording",
            index=models.Index(fields=["author", "made_at"], name="wording_by_author"),
        ),
        migrations.AddIndex(
            model_name="wording",
            index=models.Index(condition=models.Q(("state", "held")), fields=["id"], name="wording_waiting"),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(fields=("author", "client_id"), name="wording_once_per_client_id"),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    models.Q(("reason", ""), ("text", "")),
                    _connector="OR",
                ),
                name="wording_withdrawn_keeps_no_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "hidden"), _negated=True),
                    models.Q(("hidden_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="wording_hidden_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("judged_at", None), ("outcome", "open")),
                    models.Q(
                        ("judged_at__isnull", False),
                        models.Q(("outcome", "open"), _negated=True),
                        models.Q(("outcome_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="wording_judged_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="versioncause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("comment", None), ("wording__isnull", False)),
                    models.Q(("comment__isnull", False), ("wording", None)),
                    _connector="OR",
                ),
                name="cause_is_one_contribution",
            ),
        ),
        migrations.AddConstraint(
            model_name="versioncause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("wording__isnull", False)),
                fields=("version", "paragraph", "wording"),
                name="cause_wording_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="versioncause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("comment__isnull", False)),
                fields=("version", "paragraph", "comment"),
                name="cause_comment_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="wordingsupport",
            constraint=models.UniqueConstraint(fields=("wording", "member"), name="wording_support_once_per_member"),
        ),
    ]
