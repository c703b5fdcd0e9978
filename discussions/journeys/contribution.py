"""One contribution and its way, step by step.

received -> checked (with the reason when hidden) -> in topic T -> votes -> what its instrument adds -> answered
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions.models import Reply, Space
from nlp.models import Topic


def step(label, state: str, *, at=None, words: str = "", url: str = "") -> dict:
    """One step of the way: inputs of components/timeline.html. `state` is done, now or next."""
    return {"label": label, "state": state, "at": at, "words": words, "url": url}


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a page of contributions begins, and in which space. Every kind of contribution cuts its rows with it.

    Contributions stand in one order: newest first, then by kind, then the higher key first. `moment`, `source` and
    `key` are those of the last one shown, so that several of the same moment are neither lost nor shown twice.
    """

    moment: datetime | None = None
    source: str = ""
    key: int = 0
    space_id: int | None = None

    def of(self, rows: QuerySet, *, source: str, at: str, space: str = "space", key: str = "pk") -> QuerySet:
        """The rows of one kind behind the cut, in order. `at`, `space` and `key` name fields of the rows."""
        if self.space_id is not None:
            rows = rows.filter(**{space: self.space_id})
        if self.moment is not None:
            behind = Q(**{f"{at}__lt": self.moment})
            if source >= self.source:
                same = Q(**{at: self.moment})
                behind |= same & Q(**{f"{key}__lt": self.key}) if source == self.source else same
            rows = rows.filter(behind)
        return rows.order_by(f"-{at}", f"-{key}")


@dataclass(slots=True)
class Contribution:
    """One thing a member said or did. `steps` are inputs of components/timeline.html.

    `more` holds the steps that only this kind of contribution takes; they stand before the official answer.
    """

    source: str
    key: int
    space: Space
    words: str
    at: datetime
    url: str
    hidden_reason: str = ""
    is_gone: bool = False
    votes: int | None = None
    agree: int = 0
    topic: Topic | None = None
    is_read: bool = False
    is_held: bool = False
    more: list[dict] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    @property
    def steps(self) -> list[dict]:
        """The way of these words, step by step."""
        return [
            one
            for one in (
                self._received(),
                self._checked(),
                self._placed(),
                self._voted(),
                *self.more,
                self._answered(),
            )
            if one
        ]

    def _received(self):
        return step(_("Received"), "done", at=self.at)

    def _checked(self):
        if self.is_held:
            return step(_("A moderator will look at it"), "now", words=_("Until then only you can see it."))
        if self.hidden_reason:
            return step(
                _("Hidden by a moderator"), "now", words=_("Reason: %(reason)s") % {"reason": self.hidden_reason}
            )
        if self.is_gone:
            return step(_("Withdrawn by you"), "done", words=_("The words are erased everywhere."))
        return step(_("Published"), "done", words=_("Everybody can read it here"), url=self.url)

    def _placed(self):
        if self.is_gone or self.hidden_reason or self.is_held:
            return None
        if self.topic is not None:
            address = reverse("discussions:results", args=[self.space.slug]) + f"#topic-{self.topic.number}"
            words = _("Read as part of the topic “%(label)s”") % {"label": self.topic.label}
            return step(_("In a topic"), "done", words=words, url=address)
        if self.is_read:
            return step(_("Read"), "done", words=_("It fits no larger topic and is shown to the planners on its own."))
        return step(_("To be read into the topics"), "now", words=_("This usually takes less than a minute."))

    def _voted(self):
        if self.votes is None or self.is_gone:
            return None
        words = ngettext("%(agree)s of %(n)s person agrees", "%(agree)s of %(n)s people agree", self.votes)
        state = "done" if self.votes else "next"
        return step(_("Votes"), state, words=words % {"agree": self.agree, "n": self.votes} if self.votes else "")

    def _answered(self):
        if self.is_gone or self.hidden_reason or self.is_held:
            return None
        if not self.replies:
            return step(_("Official answer"), "next")
        latest = self.replies[-1]
        address = reverse("discussions:answers", args=[self.space.slug]) + f"#a{latest.pk}"
        words = _("%(agency)s has answered") % {"agency": latest.agency}
        return step(_("Answered"), "done", at=latest.answered_at, words=words, url=address)
