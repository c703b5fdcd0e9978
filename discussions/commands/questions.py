"""Ask the panel, take one's question back, and raise what others asked."""

from discussions import live
from discussions.commands.shape import found, number, session_of, valid
from discussions.live_forms import AskForm, RaiseForm
from discussions.models import Question, Space


def ask(space: Space, member, frame: dict) -> dict:
    """Put a question to the panel."""
    shape = valid(AskForm({"client_id": frame.get("id"), "text": frame.get("text")}))
    session = session_of(space, frame)
    question = live.ask(session=session, author=member, text=shape["text"], client_id=shape["client_id"])
    return {"question": str(question.pk), "state": question.state}


def withdraw(space: Space, member, frame: dict) -> dict:
    """Take one's own question back."""
    question = live.withdraw_question(question=_question(space, frame), author=member)
    return {"question": str(question.pk)}


def raise_question(space: Space, member, frame: dict) -> dict:
    """Raise a question, or take the raise back. The answer names the question that was raised: one that was joined with
    another is raised there."""
    shape = valid(RaiseForm({"raised": wish(frame)}))
    question = _question(space, frame).carrier
    act = live.raise_question if shape["raised"] else live.lower_question
    raises = act(question=question, member=member)
    return {"question": str(question.pk), "raised": shape["raised"], "raises": raises}


def wish(frame: dict) -> str | None:
    """`raised` as a form sends it."""
    return {True: "1", False: "0"}.get(frame.get("raised"))


def _question(space: Space, frame: dict) -> Question:
    rows = Question.objects.filter(session__space=space, pk=number(frame, "question"))
    return found(rows.select_related("session", "merged_into__session"))
