"""What the pages of other instruments say of moderation."""

from django import template

from discussions import moderation, reasons
from discussions.models import State

register = template.Library()


@register.inclusion_tag("discussions/moderation/told.html")
def moderation_told(target, viewer):
    """To the author of hidden words: why, and the way to an appeal. Nothing to anybody else. One query for them."""
    is_theirs = viewer is not None and target.author_id == viewer.pk and target.state == State.HIDDEN
    act = moderation.last_decision(target) if is_theirs else None
    if act is None:
        return {"act": None}
    return {"act": act, "reason": reasons.words(act.reason), "told": reasons.told(act.reason)}
