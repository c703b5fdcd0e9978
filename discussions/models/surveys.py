"""Surveys: ordered questions, each person's answers, and the free words among them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.models.openings import Opening, in_reader_language
from discussions.models.spaces import Space
from discussions.models.standing import Moderated, Provenance, waiting_index


class Survey(Opening):
    """Questions to the people of a space. A quick poll is a survey of one question shown on the front of the space."""

    class Results(models.TextChoices):
        ANSWERED = "answered", _("as soon as one has answered")
        CLOSED = "closed", _("when the survey has closed")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="surveys")
    results = models.CharField(_("results are shown"), max_length=10, choices=Results.choices, default=Results.ANSWERED)
    # Set when words were corrected after the first answer: the results say so.
    reworded_at = models.DateTimeField(null=True, editable=False)
    is_quick = models.BooleanField(_("quick poll"), default=False, editable=False)

    class Meta(Opening.Meta):
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-id"]

    def get_absolute_url(self):
        return reverse("discussions:survey", args=[self.space.slug, self.pk])

    @property
    def is_told(self) -> bool:
        """May what people answered be shown yet, to everybody or to those who have answered?"""
        return self.state == self.State.CLOSED or self.results == self.Results.ANSWERED


class SurveyQuestion(models.Model):
    """One question. It is asked always, or only of those whose answer to an earlier one matches.

    The answer matches when it holds one of `if_options`, or a point of the scale from `if_low` to `if_high`.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("one choice")
        MULTIPLE = "multiple", _("several choices")
        SCALE = "scale", _("scale")
        RANKING = "ranking", _("ranking")
        TEXT = "text", _("in own words")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.CharField(_("question"), max_length=300)
    text_en = models.CharField(_("question in English"), max_length=400, blank=True)
    help = models.CharField(_("help"), max_length=400, blank=True)
    help_en = models.CharField(_("help in English"), max_length=500, blank=True)
    required = models.BooleanField(_("an answer is needed"), default=False)
    least = models.PositiveSmallIntegerField(_("at least"), default=0)
    most = models.PositiveSmallIntegerField(_("at most"), default=0)
    points = models.PositiveSmallIntegerField(_("points of the scale"), default=0)
    low = models.CharField(_("words at 1"), max_length=60, blank=True)
    low_en = models.CharField(_("words at 1 in English"), max_length=60, blank=True)
    high = models.CharField(_("words at the last point"), max_length=60, blank=True)
    high_en = models.CharField(_("words at the last point in English"), max_length=60, blank=True)
    has_no_opinion = models.BooleanField(_("“no opinion” can be chosen"), default=False)
    asked_after = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="leads_to")
    # Copied from `asked_after`, so that the database itself refuses a question that waits for a later one.
    asked_after_number = models.PositiveSmallIntegerField(null=True)
    if_options = models.JSONField(default=list)
    if_low = models.PositiveSmallIntegerField(null=True)
    if_high = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("survey question")
        verbose_name_plural = _("survey questions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_question_once_per_place"),
            models.CheckConstraint(
                condition=Q(asked_after=None, asked_after_number=None)
                | Q(asked_after__isnull=False, asked_after_number__lt=F("number")),
                name="survey_question_waits_for_an_earlier_one",
            ),
            models.CheckConstraint(
                condition=Q(kind="scale", points__gte=2) | (~Q(kind="scale") & Q(points=0)),
                name="survey_question_scale_has_points",
            ),
        ]

    def __str__(self):
        return self.local_text

    @property
    def local_text(self) -> str:
        return in_reader_language(self.text, self.text_en)

    @property
    def local_help(self) -> str:
        return in_reader_language(self.help, self.help_en)

    @property
    def local_low(self) -> str:
        return in_reader_language(self.low, self.low_en)

    @property
    def local_high(self) -> str:
        return in_reader_language(self.high, self.high_en)


class SurveyOption(models.Model):
    """One choice of a question, known within it by its number."""

    question = models.ForeignKey(SurveyQuestion, on_delete=models.CASCADE, related_name="options")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    text_en = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name = _("choice of a survey")
        verbose_name_plural = _("choices of a survey")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="survey_option_once_per_place")]

    def __str__(self):
        return self.local_text

    @property
    def local_text(self) -> str:
        return in_reader_language(self.text, self.text_en)


class SurveyResponse(Provenance):
    """That a member has answered a survey; sending again replaces the answers until it closes."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="responses")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="survey_responses")
    answered_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("response to a survey")
        verbose_name_plural = _("responses to surveys")
        constraints = [models.UniqueConstraint(fields=["survey", "member"], name="survey_response_once_per_member")]
        indexes = [models.Index(fields=["member", "answered_at"], name="survey_response_by_member")]

    def __str__(self):
        return f"{self.survey_id}"


class Answer(models.Model):
    """One answer to one question, or one of several.

    `slot` keeps answers apart: 0 for one choice and for a scale, the number of the choice for several, the place for
    a ranking. `option` is what was chosen; a scale holds its point in `value`, and nothing for “no opinion”.
    """

    response = models.ForeignKey(SurveyResponse, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(SurveyQuestion, on_delete=models.PROTECT, related_name="answers")
    slot = models.PositiveSmallIntegerField(default=0)
    option = models.ForeignKey(SurveyOption, on_delete=models.PROTECT, null=True, related_name="+")
    value = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("answer in a survey")
        verbose_name_plural = _("answers in surveys")
        constraints = [
            models.UniqueConstraint(fields=["response", "question", "slot"], name="survey_answer_once_per_slot"),
            models.UniqueConstraint(
                fields=["response", "option"], condition=Q(option__isnull=False), name="survey_answer_option_once"
            ),
            models.CheckConstraint(condition=Q(option=None) | Q(value=None), name="survey_answer_of_one_kind"),
        ]

    def __str__(self):
        return f"{self.question_id}: {self.option_id or self.value}"


class FreeAnswer(Moderated, Provenance):
    """An answer in somebody's own words. Readers see the words, never whose they are."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="free_answers")
    response = models.ForeignKey(SurveyResponse, on_delete=models.PROTECT, related_name="free_answers")
    question = models.ForeignKey(SurveyQuestion, on_delete=models.PROTECT, related_name="free_answers")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="free_answers")
    text = models.TextField(_("words"), blank=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer in own words")
        verbose_name_plural = _("answers in own words")
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="free_answer_once_per_question"),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(text=""), name="free_answer_withdrawn_keeps_no_words"
            ),
        ]
        indexes = [
            models.Index(fields=["author", "made_at"], name="free_answer_by_author"),
            waiting_index("free_answer"),
        ]

    def __str__(self):
        return f"{self.pk}"

    @property
    def words(self) -> str:
        return self.text

    def get_absolute_url(self):
        # Without the survey in it, so that lists need no further row for each address.
        return f"{reverse('discussions:survey_words', args=[self.space.slug, self.question_id])}#w{self.pk}"
