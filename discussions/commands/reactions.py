"""Show a sign to everybody for a moment."""

from discussions.commands.shape import session_of, valid
from discussions.live import reactions
from discussions.models import Space
from discussions.poll_forms import ReactionForm


def react(space: Space, member, frame: dict) -> dict:
    """Clap, thank, or ask the panel to speak more clearly, more slowly or louder."""
    shape = valid(ReactionForm({"client_id": frame.get("id"), "kind": frame.get("kind")}))
    reactions.react(session=session_of(space, frame), member=member, **shape)
    return {"kind": shape["kind"]}
