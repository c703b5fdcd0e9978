"""Small words and addresses that the templates of the discussions need."""

from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from discussions import reasons, rules, transcripts
from discussions.models import Comment, ReplyPoint
from discussions.views.comments import address, comment_context

register = template.Library()


@register.simple_tag
def spaceurl(name, space, *args):
    """An address below a space."""
    return reverse(name, args=[space.slug, *args])


@register.simple_tag
def commenturl(space, number):
    """The page of a comment."""
    return address(space, number)


@register.inclusion_tag("discussions/components/comment.html", takes_context=True)
def comment_item(context, comment, answers):
    """A comment as a list item; `answers` maps comment ids to official answers."""
    request = context.get("request")
    space = context.get("space")
    if space is not None:
        comment.space = space
    viewer = request.user if request is not None else None
    standing = (context.get("standing") or {}).get(comment.pk)
    return comment_context(comment, answers=(answers or {}).get(comment.pk), viewer=viewer, standing=standing)


@register.filter
def element_id(thing):
    """The id of the element that shows this comment or answer."""
    return f"w{thing.pk}" if isinstance(thing, Comment) else f"a{thing.pk}"


@register.filter
def is_by(comment, viewer):
    """Did this reader write it?"""
    return viewer is not None and comment.author_id == viewer.pk


@register.filter
def unlocalize(number):
    """A number for a program to read: digits only."""
    return str(number)


@register.filter
def addtext(text, more):
    """Two pieces of text as one."""
    return f"{text}{more}"


@register.filter
def addquery(text, value):
    """A query value, made safe for an address, behind `text`."""
    return f"{text}{quote(str(value))}"


@register.filter
def takes_comments(space):
    """Does the phase of this space allow comments?"""
    return rules.permits(space, rules.Verb.COMMENT)


@register.filter
def percent(share):
    """0.834 as 83%."""
    return f"{round(100 * share)}%"


@register.filter
def letter(number):
    """0 as A, 1 as B."""
    return chr(ord("A") + int(number))


@register.filter
def letters(numbers):
    """[0, 2] as "A, C"."""
    return ", ".join(letter(number) for number in numbers)


@register.filter
def reason_words(act):
    """The reason of a decision in words."""
    return reasons.words(act.reason)


@register.filter
def verdict_words(verdict):
    """The decision about a point, as people read it."""
    return ReplyPoint.Verdict(verdict).label


@register.filter
def target_words(reply):
    """What an official answer answers, in a few words."""
    if reply.topic_number is not None:
        return _("the topic “%(label)s”") % {"label": reply.topic_label}
    if reply.proposal_id:
        return _("the proposal “%(title)s”") % {"title": reply.proposal.public_title}
    return {
        "comment": _("a comment"),
        "question": _("a live question"),
        "statement": _("a statement"),
        "wording": _("a suggested wording"),
        "space": _("the whole discussion"),
    }[reply.target]


@register.filter
def target_url(reply, space):
    """Where to read what was answered."""
    if reply.topic_number is not None:
        return reverse("discussions:results", args=[space.slug]) + f"#topic-{reply.topic_number}"
    if reply.comment_id:
        return reverse("discussions:comment", args=[space.slug, reply.comment_id])
    if reply.statement_id:
        return reverse("discussions:statements", args=[space.slug]) + f"#s{reply.statement_id}"
    if reply.proposal_id:
        return reverse("discussions:proposal", args=[space.slug, reply.proposal_id])
    if reply.wording_id:
        return reverse("discussions:wording", args=[space.slug, reply.wording_id])
    return ""


@register.filter
def sessionclock(ms):
    """A moment on the clock of a session: milliseconds from its opening as 4:05 or 1:04:05."""
    return transcripts.clock(ms)


@register.filter
def msin(moment, session):
    """A moment on the clock of a session, in milliseconds."""
    return session.ms_of(moment)
