"""Vote on the statement that is on in a session."""

from discussions import live
from discussions.commands.shape import found, number, session_of, valid
from discussions.models import Space, Statement
from discussions.poll_forms import LiveVoteForm


def vote(space: Space, member, frame: dict) -> dict:
    """Agree, disagree or pass; a new vote replaces the old one."""
    shape = valid(LiveVoteForm({"statement": number(frame, "statement"), "value": frame.get("value")}))
    session = session_of(space, frame)
    statement = found(Statement.objects.published().select_related("space").filter(space=space, pk=shape["statement"]))
    cast = live.vote_statement(session=session, statement=statement, member=member, value=shape["value"])
    return {"statement": str(statement.pk), "value": cast.value}
