"""How surely we know somebody, by which door their words came in, and whether the public may read them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    """How surely a person is known. A higher level includes the lower ones."""

    GUEST = 0, _("guest")
    ACCOUNT = 10, _("account")
    EMAIL = 20, _("e-mail address confirmed")
    PHONE = 30, _("telephone confirmed")
    EID = 40, _("identity shown")


class Channel(models.TextChoices):
    """The door a contribution came in by."""

    WEB = "web", _("on this site")
    EMBED = "embed", _("on another site, embedded")
    API = "api", _("through the interface for programs")
    ASSISTED = "assisted", _("with the help of an officer or volunteer")
    PAPER = "paper", _("on paper")
    IMPORT = "import", _("from an earlier consultation")


class Provenance(models.Model):
    """Columns of everything people contribute: every count can be split by level and by channel."""

    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.ACCOUNT, editable=False)
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel.choices, default=Channel.WEB, editable=False
    )

    class Meta:
        abstract = True


class State(models.TextChoices):
    """Who may read a contribution.

    visible: everybody. held: nobody but its author and the moderators, until one of them has looked. hidden: kept with
    a reason, shown to nobody. withdrawn: taken back by its author, the words are gone.
    """

    VISIBLE = "visible", _("visible")
    HELD = "held", _("waiting for a moderator")
    HIDDEN = "hidden", _("hidden")
    WITHDRAWN = "withdrawn", _("withdrawn")


def waiting_index(noun: str) -> models.Index:
    """What waits for a moderator is few among many: it is found without reading the others."""
    return models.Index(fields=["id"], condition=models.Q(state=State.HELD), name=f"{noun}_waiting")


class ModeratedQuerySet(models.QuerySet):
    def published(self):
        """What pages, analysis, search, feeds and exports may show."""
        return self.filter(state=State.VISIBLE)


class Moderated(models.Model):
    """Columns of everything a moderator can hold, hide and bring back.

    Each such model also has an `author`, a `space` and `words`: the text that the opinion stream holds of it.
    """

    State = State

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.VISIBLE)
    hidden_reason = models.CharField(_("reason"), max_length=40, blank=True)

    objects = ModeratedQuerySet.as_manager()

    class Meta:
        abstract = True
