"""What waits for a moderator: one case per contribution, and patterns over many of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from discussions.models.comments import Comment
from discussions.models.moderation import Target
from discussions.models.spaces import Space


class Case(models.Model):
    """A contribution that a moderator should look at, and why. Holds ids, never words.

    Cases with the same `group` say the same: one decision may cover them all. `claimed_by` looks at it until
    `claimed_until`, so that two people do not do the same work. `burst` is the pattern it was found in, and stays when
    the case is settled.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="cases")
    target = models.CharField(max_length=10, choices=Target.choices)
    target_id = models.BigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    group = models.CharField(max_length=40)
    is_held = models.BooleanField(default=False)
    is_reported = models.BooleanField(default=False)
    is_scored = models.BooleanField(default=False)
    is_burst = models.BooleanField(default=False)
    burst = models.ForeignKey(
        "discussions.Burst", on_delete=models.SET_NULL, null=True, related_name="cases", db_index=False
    )
    abuse = models.FloatField(_("chance of abuse"), null=True)
    spam = models.FloatField(_("chance of spam"), null=True)
    opened_at = models.DateTimeField(_("waiting since"))
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [models.UniqueConstraint(fields=["target", "target_id"], name="case_once_per_contribution")]
        indexes = [
            models.Index(fields=["group", "opened_at"], condition=Q(settled_at=None), name="case_open_by_group"),
            models.Index(fields=["space"], condition=Q(settled_at=None), name="case_open_by_space"),
            models.Index(fields=["burst", "id"], condition=Q(burst__isnull=False), name="case_by_burst"),
        ]

    def __str__(self):
        return f"{self.target} {self.target_id}"


class Burst(models.Model):
    """Many accounts doing the same in a short time. Told to moderators, shown in public as posts and people.

    `key` names the pattern so that finding it again updates it. `posts` is 0 for votes in lock-step. `first` is the
    comment under which a discussion folds those that say the same.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("the same words from many accounts")
        VOTES = "votes", _("the same votes from many accounts")
        ACCOUNTS = "accounts", _("many new accounts at once")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="bursts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=64)
    posts = models.PositiveIntegerField(_("posts"), default=0)
    people = models.PositiveIntegerField(_("people"))
    sample = models.CharField(max_length=40, blank=True)
    first = models.OneToOneField(Comment, on_delete=models.SET_NULL, null=True, related_name="burst")
    began_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"))
    found_at = models.DateTimeField(auto_now_add=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("burst")
        verbose_name_plural = _("bursts")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["space", "kind", "key"], name="burst_once")]

    def __str__(self):
        return f"{self.kind}: {self.posts} / {self.people}"


class Watch(models.Model):
    """How far the watch has read the event log of a space."""

    space = models.OneToOneField(Space, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")

    def __str__(self):
        return f"{self.space_id}: {self.seq}"
