"""One contribution and its way, step by step.

received -> checked (with the reason when hidden) -> in topic T -> votes -> what its instrument adds -> handed over ->
answered (itself, its topic, or a point of the answer to the whole) -> what followed
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from discussions import dates
from discussions.models import HandOver, Milestone, Reply, ReplyPoint, Space
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


# What somebody gave, by its kind.
KIND_WORDS: dict[str, str | Promise] = {
    "comment": gettext_lazy("Comment"),
    "statement": gettext_lazy("Statement"),
    "poll_word": gettext_lazy("Words in a live poll"),
    "question": gettext_lazy("Live question"),
    "survey_response": gettext_lazy("Survey answered"),
    "survey": gettext_lazy("Answer in a survey"),
    "budget_ballot": gettext_lazy("Budget ballot"),
    "wording": gettext_lazy("Suggested wording"),
    "proposal": gettext_lazy("Proposal"),
    "signature": gettext_lazy("Signature"),
}


@dataclass(slots=True)
class Contribution:
    """One thing a member said or did. `steps` are inputs of components/timeline.html.

    `more` holds the steps that only this kind of contribution takes; they stand before the official answer. Somebody
    who did not write but joined in (a signature) names what they joined as `subject`: its kind and key. An answer to
    several of them is shown in full with the first one on the page (`shown_replies`, `shows_point`).
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
    subject: tuple[str, int] | None = None
    replies: list[Reply] = field(default_factory=list)
    shown_replies: list[Reply] = field(default_factory=list)
    shows_point: bool = False
    whole: Reply | None = None
    point: ReplyPoint | None = None
    handover: HandOver | None = None
    milestones: list[Milestone] = field(default_factory=list)

    @property
    def subject_source(self) -> str:
        """The kind of what was said, by this member or by the one they joined."""
        return self.subject[0] if self.subject else self.source

    @property
    def subject_key(self) -> int:
        """Its key."""
        return self.subject[1] if self.subject else self.key

    @property
    def kind_label(self) -> str:
        """What was given, in a word."""
        return str(KIND_WORDS.get(self.source, ""))

    @property
    def is_answered(self) -> bool:
        """Has an agency spoken to it, to its topic or to the whole?"""
        return bool(self.replies) or self.whole is not None

    @property
    def steps(self) -> list[dict]:
        """The way of these words, step by step."""
        if self.is_gone or self.hidden_reason or self.is_held:
            return [self._received(), self._checked(), *self.more]
        steps = [self._received(), self._checked(), self._placed(), self._voted(), *self.more, self._handed_over()]
        return [one for one in (*steps, self._answered(), *self._followed()) if one]

    def _received(self):
        return step(_("Received"), "done", at=self.at)

    def _checked(self):
        if self.is_held:
            return step(_("A moderator will look at it"), "now", words=_("Until then only you can see it."))
        if self.hidden_reason:
            words = _("Reason: %(reason)s") % {"reason": self.hidden_reason}
            return step(_("Hidden by a moderator"), "now", words=words)
        if self.is_gone:
            return step(_("Withdrawn by you"), "done", words=_("The words are erased everywhere."))
        return step(_("Published"), "done", words=_("Everybody can read it here"), url=self.url)

    def _placed(self):
        if self.topic is not None:
            address = reverse("discussions:results", args=[self.space.slug]) + f"#topic-{self.topic.number}"
            words = _("Read as part of the topic “%(label)s”") % {"label": self.topic.label}
            return step(_("In a topic"), "done", words=words, url=address)
        if self.is_read:
            return step(_("Read"), "done", words=_("It fits no larger topic and is shown to the planners on its own."))
        return step(_("To be read into the topics"), "now", words=_("This usually takes less than a minute."))

    def _voted(self):
        if self.votes is None:
            return None
        words = ngettext("%(agree)s of %(n)s person agrees", "%(agree)s of %(n)s people agree", self.votes)
        state = "done" if self.votes else "next"
        return step(_("Votes"), state, words=words % {"agree": self.agree, "n": self.votes} if self.votes else "")

    def _handed_over(self):
        if self.handover is None:
            return None
        words = _("Given to %(agency)s with everything else on its topic")
        return step(
            _("Handed to the agency"),
            "done",
            at=self.handover.made_at,
            words=words % {"agency": self.handover.agency} if self.handover.agency else _("See what was handed over"),
            url=reverse("discussions:handover", args=[self.space.slug]),
        )

    def _answered(self):
        if self.replies:
            latest = self.replies[-1]
            words = _("%(agency)s has answered") % {"agency": latest.agency}
            if latest.topic_number is not None:
                words = _("%(agency)s has answered this topic") % {"agency": latest.agency}
            return step(_("Answered"), "done", at=latest.answered_at, words=words, url=latest.get_absolute_url())
        if self.whole is None:
            return step(_("Official answer"), "next")
        address = self.whole.get_absolute_url()
        if self.point is None:
            words = _("%(agency)s has answered the discussion, without a point of its own for this")
            words %= {"agency": self.whole.agency}
            return step(_("Answered as a whole"), "done", at=self.whole.answered_at, words=words, url=address)
        words = _("“%(point)s”: %(verdict)s")
        words %= {"point": self.point.label, "verdict": self.point.get_verdict_display()}
        address += f"#point-{self.point.position}"
        return step(_("Answered"), "done", at=self.whole.answered_at, words=words, url=address)

    def _followed(self):
        """What the agency promised after its decision, and how far it is."""
        address = reverse("discussions:answers", args=[self.space.slug])
        states = {Milestone.State.PLANNED: "next", Milestone.State.DONE: "done", Milestone.State.DROPPED: "done"}
        for one in self.milestones:
            words = _("%(what)s, by %(date)s") % {"what": one.what, "date": dates.day(one.due_on)}
            label = one.get_state_display() if one.state != Milestone.State.PLANNED else _("promised")
            yield step(label, states[one.state], words=words, url=f"{address}#step-{one.pk}")
