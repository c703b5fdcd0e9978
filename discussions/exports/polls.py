"""Quick polls as open data: what was asked with its counts, one row for each answer, and the words apart.

Data follows the screens: a poll is here while its result is shown, its single answers once it is closed.
"""

from collections.abc import Iterator

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext_lazy as _

from discussions import poll_results
from discussions.exports.table import Row, Table, voter
from discussions.models import PollVote, PollWord, QuickPoll, Space

Kind = QuickPoll.Kind


def _public(space: Space) -> QuerySet[QuickPoll]:
    return QuickPoll.objects.filter(session__space=space, revealed=True)


def _polls(space: Space) -> Iterator[Row]:
    """One row for each choice or step; words of people's own have none to choose."""
    for view in poll_results.polls(_public(space)):
        poll = view.poll
        head = (poll.session.code, poll.pk, poll.kind, poll.question, poll.opened_at, poll.closed_at, view.total)
        for option in view.options:
            yield (*head, option["value"], _meaning(view, option), option["votes"])
        if poll.kind == Kind.WORDS:
            yield (*head, None, "", None)


def _meaning(view: poll_results.PollView, option: dict) -> str:
    if not view.ends:
        return option["label"]
    name = {0: view.ends[0], len(view.options) - 1: view.ends[1]}.get(option["value"], "")
    return f"{option['label']} {name}".rstrip()


def published_poll_votes(space: Space) -> QuerySet[PollVote]:
    """The single answers to polls that are closed and whose result is shown."""
    return PollVote.objects.filter(poll__in=_public(space).filter(state=QuickPoll.State.CLOSED))


def _votes(space: Space) -> Iterator[Row]:
    rows = published_poll_votes(space).order_by("id").values_list("poll_id", "member_id", "option")
    for poll, member, option in rows.iterator(chunk_size=5000):
        yield poll, voter(space, member), option


def _words(space: Space) -> Iterator[Row]:
    """Those the screens may show: said by two people and hidden by nobody."""
    said = poll_results.unhidden(PollWord.objects.filter(poll__in=_public(space))).values("poll_id", "folded")
    counted = said.annotate(people=Count("id"), label=Min("text")).filter(people__gte=poll_results.LEAST_PEOPLE)
    yield from (
        counted.order_by("poll_id", "-people", "folded")
        .values_list("poll_id", "label", "people")
        .iterator(chunk_size=2000)
    )


_POLL = _("number of the poll")
TABLES = (
    Table(
        name="live_polls",
        title=_("Quick polls of the live sessions"),
        columns={
            "session": _("room code of the session"),
            "poll": _POLL,
            "kind": _("single, multiple, scale or words"),
            "question": _("the question"),
            "opened_at": _("when it was opened"),
            "closed_at": _("when it was closed"),
            "people": _("how many people answered"),
            "code": _("how the answer is written in live_poll_votes"),
            "meaning": _("what the code stands for"),
            "votes": _("how many chose it"),
        },
        rows=_polls,
    ),
    Table(
        name="live_poll_votes",
        title=_("Answers to the quick polls"),
        columns={
            "poll": _POLL,
            "person": _("pseudonym of who answered"),
            "code": _("the choice; several choices stand on a row each"),
        },
        rows=_votes,
    ),
    Table(
        name="live_poll_words",
        title=_("Words in the quick polls"),
        columns={
            "poll": _POLL,
            "text": _("the words, without any trace of whose they are"),
            "people": _("how many people said them, two or more"),
        },
        rows=_words,
    ),
)
