"""Answer a quick poll."""

from discussions import live
from discussions.commands.shape import found, number, valid
from discussions.live_forms import PollAnswerForm
from discussions.models import QuickPoll, Space


def answer_poll(space: Space, member, frame: dict) -> dict:
    """Answer an open poll, or change one's answer."""
    shape = valid(PollAnswerForm({"option": frame.get("option")}))
    rows = QuickPoll.objects.filter(session__space=space, pk=number(frame, "poll"))
    poll = found(rows.select_related("session"))
    total = live.answer_poll(poll=poll, member=member, option=shape["option"])
    return {"poll": str(poll.pk), "option": shape["option"], "total": total}
