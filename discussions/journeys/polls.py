"""Words with which a member answered quick polls."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from discussions import reasons
from discussions.journeys.contribution import Contribution, Cut, step
from discussions.models import PollWord, QuickPoll, State, Target

SOURCE = Target.POLL_WORD.value


@dataclass(slots=True)
class Said(Contribution):
    """Words that stand beside those of others and under nobody's name."""

    @property
    def steps(self) -> list[dict]:
        """Received, looked at by a moderator where that is so, counted."""
        if self.hidden_reason or self.is_held:
            return [self._received(), self._checked()]
        return [self._received(), *self.more]


def of(member, cut: Cut, limit: int):
    """The newest `limit` of them behind the cut: one query."""
    rows = PollWord.objects.filter(author=member).select_related("poll__session__space")
    for word in cut.of(rows, source=SOURCE, at="said_at", space="poll__session__space")[:limit]:
        yield Said(
            source=SOURCE,
            key=word.pk,
            space=word.space,
            words=word.text,
            at=word.said_at,
            url=word.poll.session.get_absolute_url() + f"#poll-{word.poll_id}",
            hidden_reason=reasons.words(word.hidden_reason),
            is_held=word.state == State.HELD,
            more=[_counted(word.poll)],
        )


def _counted(poll: QuickPoll) -> dict:
    if poll.revealed:
        return step(_("Counted"), "done", words=_("Shown beside what others said, without your name."))
    if poll.state == QuickPoll.State.OPEN:
        return step(_("Counted so far"), "now", words=_("You can change your words while the poll is open."))
    return step(_("Counted"), "done", words=_("The result has not been shown yet."))
