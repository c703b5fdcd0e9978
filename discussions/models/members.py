"""People who take part, and the agencies that must answer them."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from discussions.models.licences import Licence
from discussions.models.standing import Level


class Agency(models.Model):
    """A public body that asks and has to answer."""

    slug = models.SlugField(unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    data_licence = models.CharField(
        _("licence of its open data"), max_length=12, choices=Licence.choices, default=Licence.CC_BY
    )

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name"]

    def __str__(self):
        if (get_language() or "").startswith("en") and self.name_en:
            return self.name_en
        return self.name


class MemberManager(BaseUserManager):
    """Members are known by their e-mail address; people from imported consultations have none."""

    use_in_migrations = True

    def create_user(self, email=None, password=None, **fields):
        """Make a member. Without a password nobody can sign in as them."""
        member = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email, password=None, **fields):
        """Make the person who runs this site."""
        fields.setdefault("display_name", email.split("@")[0])
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Member(AbstractUser):
    """A person who takes part. Shown by the name they chose; the e-mail address is never public."""

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    display_name = models.CharField(_("name shown to others"), max_length=40)
    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.PROTECT, null=True, blank=True)
    origin = models.CharField(max_length=160, blank=True, editable=False)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.ACCOUNT, editable=False)

    # Set when somebody is told of something, so that the bell on every page costs no query.
    has_news = models.BooleanField(default=False, editable=False)
    # Counted up when the member signs out: every session of theirs ends with it.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    objects = MemberManager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["origin"], condition=~models.Q(origin=""), name="member_once_per_origin")
        ]

    def __str__(self):
        return self.display_name

    def get_full_name(self):
        return self.display_name

    def get_short_name(self):
        return self.display_name

    def get_session_auth_hash(self):
        return self._epoch_hash()

    def get_session_auth_fallback_hash(self):
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._epoch_hash(secret)

    def _epoch_hash(self, secret=None) -> str:
        text = f"{self.password}:{self.session_epoch}"
        return salted_hmac("discussions.Member.session", text, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_guest(self) -> bool:
        """Takes part without an account of their own."""
        return self.level == Level.GUEST

    @property
    def stream_author(self) -> str:
        """The raw name under which the opinion stream counts this person."""
        return f"member:{self.pk}"
