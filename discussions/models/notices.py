"""What members are told, how they want to be told, and what they follow."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from discussions.models.comments import Comment
from discussions.models.events import Event
from discussions.models.proposals import Proposal
from discussions.models.spaces import Space


class NoticeSettings(models.Model):
    """How a member wants to hear. Without a row: a digest a day, and at once when they are named or answered."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("once a day, and at once when I am named or answered")
        WEEKLY = "weekly", _("once a week, and at once when I am named or answered")
        DIRECT = "direct", _("only when I am named or answered")
        NEVER = "never", _("no mail; I look here")

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_settings")
    rhythm = models.CharField(_("mail"), max_length=8, choices=Rhythm.choices, default=Rhythm.DAILY)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    digest_at = models.DateTimeField(_("last digest"), null=True, editable=False)

    class Meta:
        verbose_name = _("notice settings")
        verbose_name_plural = _("notice settings")

    def __str__(self):
        return f"{self.member_id}: {self.rhythm}"


class Follow(models.Model):
    """A member wants to hear of every step of a space, or only of a proposal, a branch of a discussion or a topic."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="follows")
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, null=True, related_name="follows")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, null=True, related_name="follows")
    topic_number = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("followed")
        verbose_name_plural = _("followed")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "space"],
                condition=Q(proposal=None, comment=None, topic_number=None),
                name="follow_space_once",
            ),
            models.UniqueConstraint(
                fields=["member", "proposal"], condition=Q(proposal__isnull=False), name="follow_proposal_once"
            ),
            models.UniqueConstraint(
                fields=["member", "comment"], condition=Q(comment__isnull=False), name="follow_comment_once"
            ),
            models.UniqueConstraint(
                fields=["member", "space", "topic_number"],
                condition=Q(topic_number__isnull=False),
                name="follow_topic_once",
            ),
            models.CheckConstraint(
                condition=Q(proposal=None, comment=None)
                | Q(proposal=None, topic_number=None)
                | Q(comment=None, topic_number=None),
                name="follow_has_one_target",
            ),
        ]

    def __str__(self):
        return f"{self.member_id} -> {self.space_id}"


class Mute(models.Model):
    """A member wants no news of a space, or of one of its topics, unless they are named or answered."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mutes")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    topic_number = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("muted")
        verbose_name_plural = _("muted")
        constraints = [
            models.UniqueConstraint(fields=["member", "space"], condition=Q(topic_number=None), name="mute_space_once"),
            models.UniqueConstraint(
                fields=["member", "space", "topic_number"],
                condition=Q(topic_number__isnull=False),
                name="mute_topic_once",
            ),
        ]

    def __str__(self):
        return f"{self.member_id} -> {self.space_id}"


class Notice(models.Model):
    """One member is told of one event. It holds no words: they are made when it is read, from what is public then.

    `is_direct`: the member is named or answered.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    is_direct = models.BooleanField(default=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["member", "event"], name="notice_once_per_event")]
        indexes = [
            models.Index(fields=["member", "-id"], name="notice_newest"),
            models.Index(fields=["member"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["member", "is_direct"], condition=Q(mailed_at=None), name="notice_unmailed"),
            models.Index(fields=["id"], condition=Q(pushed_at=None, is_direct=True), name="notice_unpushed"),
        ]

    def __str__(self):
        return f"{self.member_id}: {self.event_id}"


class NoticeCursor(models.Model):
    """Up to which event of a space members have been told."""

    space = models.OneToOneField(Space, on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("position of notices")
        verbose_name_plural = _("positions of notices")

    def __str__(self):
        return f"{self.space_id}#{self.seq}"


class PushSubscription(models.Model):
    """A browser that shows notices while no page of ours is open."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=500, unique=True)
    key = models.CharField(max_length=120)
    secret = models.CharField(max_length=40)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    failures = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("browser that shows notices")
        verbose_name_plural = _("browsers that show notices")

    def __str__(self):
        return f"{self.member_id}"
