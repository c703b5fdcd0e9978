"""Polls of every kind for tests, prepared and answered through the public actions."""

from django.utils import timezone

from discussions import live, poll_results
from discussions.models import QuickPoll
from tests import factories

Kind = QuickPoll.Kind
CONTENT = {
    Kind.SINGLE: {"options": ["要", "不要"]},
    Kind.MULTIPLE: {"options": ["早上", "中午", "晚上"]},
    Kind.SCALE: {"options": ["完全不能接受", "完全可以接受"], "steps": 5},
    Kind.WORDS: {},
}


def begin(space, facilitator):
    """A session that is on."""
    planned = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    return live.open_session(session=planned, facilitator=facilitator)


def prepare(session, facilitator, kind):
    """A poll of this kind that nobody has seen yet."""
    content = {"question": "您的看法？", "kind": kind, **CONTENT[kind]}
    return live.add_poll(session=session, facilitator=facilitator, **content)


def crowd(number):
    """So many members."""
    return [factories.make_member() for _turn in range(number)]


def seen(poll, viewer=None):
    """The poll as everybody sees it."""
    return poll_results.polls(QuickPoll.objects.filter(pk=poll.pk), viewer=viewer)[0]


def say(poll, member, *words):
    """Answer with words."""
    return live.answer_poll(poll=poll, member=member, words=words)


def choose(poll, member, *options):
    """Answer with choices or a step."""
    return live.answer_poll(poll=poll, member=member, options=options)
