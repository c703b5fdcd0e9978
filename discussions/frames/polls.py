"""Frames about quick polls, and about the words with which people answer them."""

from django.template.loader import render_to_string

from discussions import poll_results
from discussions.frames.wire import Made
from discussions.models import PollWord, QuickPoll
from discussions.poll_results import PollView

TEMPLATE = "discussions/live/poll.html"


def rows(space_id: int, pks: list[int]) -> dict[int, PollView]:
    """The polls of a space by id, with their counts."""
    found = poll_results.polls(QuickPoll.objects.filter(pk__in=pks, session__space=space_id))
    return {view.poll.pk: view for view in found}


def words(space_id: int, pks: list[int]) -> dict[int, PollView]:
    """The polls in which these words were said, by the id of the words."""
    polls = dict(PollWord.objects.filter(pk__in=pks, poll__session__space=space_id).values_list("pk", "poll_id"))
    views = rows(space_id, list(set(polls.values())))
    return {pk: views[poll] for pk, poll in polls.items()}


def poll(view: PollView) -> Made:
    """A poll as it stands; one that is not open yet is not shown."""
    row = view.poll
    facts = {"session": row.session.code, "state": row.state, "revealed": row.revealed, "total": view.total}
    return facts, None if row.state == QuickPoll.State.READY else lambda: _rendered(view)


def removed(data: dict) -> Made:
    """A prepared poll was thrown away: other desks that show it hear so."""
    return {"session": data["code"]}, None


def votes(view: PollView) -> Made:
    """How many people answered; what they answered once the result is revealed."""
    facts = {"session": view.poll.session.code, "total": view.total}
    return facts, (lambda: _rendered(view)) if view.poll.revealed else None


def word(view: PollView) -> Made:
    """A moderator has judged somebody's words: the poll with the words that may be read now."""
    facts = {"session": view.poll.session.code, "poll": str(view.poll.pk), "total": view.total}
    return facts, (lambda: _rendered(view)) if view.poll.revealed else None


def _rendered(view: PollView) -> str:
    return render_to_string(TEMPLATE, {"view": view, "session": view.poll.session})
