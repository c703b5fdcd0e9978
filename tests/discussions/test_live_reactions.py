"""Signs to the panel: counted for a moment, kept nowhere, and nobody can fill the screens."""

import asyncio

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from discussions import events, live
from discussions.errors import CivicError, NotAllowed, SignInNeeded, TooSoon
from discussions.live import reactions
from discussions.models import Event, Member
from tests.discussions.browsers import DEADLINE, Browser, act

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def calm():
    cache.clear()


def start(space, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    return live.open_session(session=planned, facilitator=facilitator)


@pytest.fixture
def session(space, facilitator):
    return start(space, facilitator)


def react(session, member, kind="clap", client_id="press-0001"):
    reactions.react(session=session, member=member, kind=kind, client_id=client_id)


def test_a_sign_leaves_nothing_behind(session, member, space, django_assert_num_queries):
    before = events.last_seq(space.pk)
    with django_assert_num_queries(1):
        react(session, member)
    assert events.last_seq(space.pk) == before
    assert not Event.objects.filter(type__contains="react").exists()


def test_nobody_fills_the_screens(session, member, neighbour):
    for number in range(reactions.MOST):
        react(session, member, client_id=f"press-{number:04}")
    with pytest.raises(TooSoon):
        react(session, member, client_id="press-9999")
    react(session, neighbour)


def test_the_same_press_sent_again_is_not_counted_again(session, member):
    for _turn in range(3 * reactions.MOST):
        react(session, member)


def test_visitors_and_unknown_signs_are_refused_and_so_is_a_session_that_is_over(session, member, facilitator):
    with pytest.raises(SignInNeeded):
        react(session, AnonymousUser())
    with pytest.raises(CivicError) as refusal:
        react(session, member, kind="boo")
    assert refusal.value.code == "unknown_reaction"
    live.close_session(session=session, facilitator=facilitator)
    with pytest.raises(NotAllowed) as refusal:
        react(session, member)
    assert refusal.value.code == "session_closed"


def test_each_sign_has_an_icon_and_words(client, session, settings):
    sprite = (settings.BASE_DIR / "civic/static/minyi/img/icons.svg").read_text(encoding="utf-8")
    page = client.get(session.get_absolute_url()).content.decode()
    wall = client.get(reverse("discussions:live_screen", args=[session.code])).content.decode()
    for kind in reactions.Kind:
        assert f'<symbol id="{kind}"' in sprite
        assert f'data-reaction="{kind}"' in page and f'data-reaction="{kind}"' in wall


def test_without_javascript_a_sign_is_a_button(client, session, member):
    address = reverse("discussions:live_react", args=[session.code])
    client.force_login(member)
    sent = {"kind": "slower", "client_id": "press-0001"}
    assert client.post(address, sent).url == session.get_absolute_url()
    assert client.post(address, sent, headers={"accept": "application/json"}).json() == {"ok": True, "kind": "slower"}
    assert client.post(address, {**sent, "kind": "boo"}).status_code == 400


def test_guests_give_signs_where_the_room_lets_guests_in(client, session, space):
    address = reverse("discussions:live_react", args=[session.code])
    sent = {"kind": "clap", "client_id": "press-0001"}
    assert client.post(address, sent, headers={"accept": "application/json"}).status_code == 401
    space.instruments = {**(space.instruments or {}), "live": {"level": 0}}
    space.save()
    assert client.post(address, sent).status_code == 302
    assert Member.objects.filter(level=0).count() == 1


@pytest.mark.django_db(transaction=True)
async def test_everybody_hears_how_many_and_nobody_who(space, facilitator, member, neighbour):
    session = await act(start)(space, facilitator)
    async with Browser(space, member) as browser, Browser(space, neighbour) as other:
        await browser.sit()
        await other.sit()
        one = await browser.ask_for(type="react", id="press-0001", session=session.code, kind="clap")
        two = await other.ask_for(type="react", id="press-0002", session=session.code, kind="clap")
        assert one["ok"] and two["ok"]
        told = [frame for frame in other.heard if frame.get("type") == "tally"]
        async with asyncio.timeout(DEADLINE):
            while sum(frame["counts"]["clap"] for frame in told) < 2:
                told.append(await other.until(type="tally"))
        assert all(set(frame) == {"type", "session", "counts"} for frame in told)
        refused = await browser.ask_for(type="react", id="press-0003", session=session.code, kind="boo")
        assert refused["error"] == "malformed"
