"""A live session behind a network that lets no WebSocket through, and behind one that holds back streams too."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from discussions import live, moderation
from discussions.forms import new_client_id
from discussions.models import Question
from tests.browser.house import said, until
from tests.factories import make_member, make_space

# What a page meets behind such a network: each attempt ends at once.
NO_SOCKETS = """
window.WebSocket = class extends EventTarget {
  static CONNECTING = 0; static OPEN = 1; static CLOSED = 3;
  readyState = 3;
  constructor() { super(); setTimeout(() => this.dispatchEvent(new Event("close"))); }
  send() {}
  close() {}
};
"""


@pytest.fixture
def session(house):
    def opened():
        facilitator = make_member(role="Facilitators")
        planned = live.plan_session(
            space=make_space(), facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now()
        )
        return live.open_session(session=planned, facilitator=facilitator)

    return house.do(opened)


def enter(house, session):
    page = house.visit(house.do(make_member))
    page.add_init_script(NO_SOCKETS)
    streams = []
    page.on("request", lambda request: "/stream/p/" in request.url and streams.append(request.url))
    page.goto(session.get_absolute_url())
    return page, streams


def hears_and_is_heard(house, session, page):
    """Somebody else asks, and the page asks too, without leaving its place."""
    other = house.do(
        live.ask, session=session, author=house.do(make_member), text="夜間班次呢？", client_id=new_client_id()
    )
    expect(page.locator("[data-question]", has_text="夜間班次呢？")).to_have_count(1)
    page.locator("#id_text").fill("末班車可以延後嗎？")
    page.get_by_role("button", name=said("Send my question")).click()
    expect(page.locator("#id_text")).to_have_value("")
    expect(page.locator("[data-question]", has_text="末班車可以延後嗎？")).to_have_count(1)
    until(lambda: house.do(Question.objects.filter(session=session).count) == 2, what="both questions were stored")
    house.do(moderation.hide, target=other, moderator=house.do(make_member, role="Moderators"), reason="insult")
    expect(page.locator("[data-question]", has_text="夜間班次呢？")).to_have_count(0)


def test_where_no_websocket_passes_the_room_is_heard_over_a_stream(house, session):
    page, streams = enter(house, session)
    expect(page.locator(".connection[data-state=live]")).to_be_visible()
    hears_and_is_heard(house, session, page)
    assert len(streams) == 1


def test_where_streams_do_not_pass_either_the_page_asks(house, session):
    house.expect_complaint("ERR_FAILED")
    page, streams = enter(house, session)
    page.route("**/stream/p/**", lambda route: route.abort())
    expect(page.locator(".connection[data-state=live]")).to_be_visible()
    hears_and_is_heard(house, session, page)
    assert streams
