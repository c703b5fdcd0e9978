"""Answer a quick poll."""

from discussions import live
from discussions.commands.shape import found, number, valid
from discussions.live.poll_answers import Answered
from discussions.models import QuickPoll, Space
from discussions.poll_forms import PollAnswerForm


def answer_poll(space: Space, member, frame: dict) -> dict:
    """Answer an open poll, or change one's answer: `option`, or `options` parted by spaces, or `words` on lines."""
    options = frame.get("options") if frame.get("option") is None else frame.get("option")
    shape = valid(PollAnswerForm({"options": options, "words": frame.get("words")}))
    rows = QuickPoll.objects.filter(session__space=space, pk=number(frame, "poll"))
    poll = found(rows.select_related("session"))
    return told(poll, live.answer_poll(poll=poll, member=member, **shape))


def told(poll: QuickPoll, answer: Answered) -> dict:
    """An answer as it is acknowledged, in the shape in which it is sent."""
    if poll.kind == QuickPoll.Kind.WORDS:
        return {"poll": str(poll.pk), "words": "\n".join(answer.words), "held": answer.held, "total": answer.total}
    if poll.kind == QuickPoll.Kind.MULTIPLE:
        return {"poll": str(poll.pk), "options": " ".join(map(str, answer.options)), "total": answer.total}
    return {"poll": str(poll.pk), "option": answer.options[0], "total": answer.total}
