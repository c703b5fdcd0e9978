"""Taking part before there is an account, on somebody else's page, at a counter, and hearing what becomes of it."""

import http.server
import threading

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from discussions.models import AssistedAct, Channel, Comment, Level, Member, NoticeSettings, Vote
from discussions.notices import announcing
from tests.browser.house import PHONE, said
from tests.browser.test_keyboard import press_tab_until
from tests.factories import PASSWORD, make_member, make_space, propose, say

OPEN_TO_ALL = {"comments": {"level": 0}, "statements": {"level": 0}, "proposals": {}}


@pytest.fixture
def open_space(house):
    return house.do(make_space, instruments=OPEN_TO_ALL)


def test_a_guest_speaks_by_keyboard_and_keeps_it_when_signing_up(house, open_space):
    page = house.visit(size=PHONE)
    page.goto(open_space.get_absolute_url())
    press_tab_until(page, "#composer textarea")
    page.keyboard.type("我沒有帳號，但我每天坐這班車")
    press_tab_until(page, "#composer [type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("#thread")).to_contain_text("我沒有帳號，但我每天坐這班車")
    expect(page.locator("#composer textarea")).to_have_value("")
    page.locator("#composer textarea").fill("同一頁再說一句，表單仍然有效")
    page.locator("#composer [type=submit]").click()
    expect(page.locator("#thread")).to_contain_text("同一頁再說一句")

    page.goto(reverse("account_signup"))
    page.locator("[name=email]").fill("kept@example.org")
    page.locator("[name=display_name]").fill("每天坐車的人")
    page.locator("[name=password1]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/**")
    expect(page.locator("main")).to_contain_text("我沒有帳號，但我每天坐這班車")

    def kept():
        member = Member.objects.get(email="kept@example.org")
        return member.level, Comment.objects.filter(author=member).count()

    assert house.do(kept) == (Level.ACCOUNT, 2)


class OtherSite:
    """A page of somebody else, on another origin, with our ballot in a frame."""

    def __init__(self, frame: str):
        page = f'<!doctype html><title>Elsewhere</title><iframe src="{frame}" width="390" height="600"></iframe>'

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if self.path == "/" else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(page.encode() if self.path == "/" else b"")

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def test_a_ballot_on_another_site_remembers_its_voter(house, open_space, server):
    for text in ("深夜要有公車", "票價要降"):
        house.do(propose, open_space, house.do(make_member), text)
    site = OtherSite(f"{server.url}{reverse('discussions:embed', args=[open_space.slug])}")
    house.expect_complaint(f"asked another place: {site.url}")
    page = house.visit()
    try:
        page.goto(site.url)
        frame = page.frame_locator("iframe")
        frame.locator("#ballot-agree").click()
        expect(frame.locator(".ballot__result")).to_be_visible()
        page.goto(site.url)
        expect(frame.locator(".ballot__where")).to_contain_text("2")
        frame.locator("#ballot-disagree").click()
        expect(frame.locator(".ballot__result")).to_be_visible()
        assert not page.context.cookies(), "the frame must do without cookies"
    finally:
        site.close()

    def cast():
        votes = Vote.objects.filter(statement__space=open_space)
        return (
            sorted(votes.values_list("value", flat=True)),
            votes.values("member").distinct().count(),
            votes[0].channel,
        )

    assert house.do(cast) == ([-1, 1], 1, Channel.EMBED)


def test_a_helper_enters_what_somebody_says_and_prints_the_receipt(house, open_space):
    statement = house.do(propose, open_space, house.do(make_member), "深夜要有公車")
    page = house.visit(house.do(make_member, role="Frontline"))
    page.goto(reverse("discussions:assist"))
    page.locator("[name=space]").select_option(str(open_space.pk))
    page.locator("[name=consent][value=spoken]").check()
    page.get_by_role("button", name=said("Begin"), exact=True).click()
    page.locator("[name=comment]").fill("我眼睛不好，請把站牌的字放大")
    page.locator(f"[name=vote-{statement.pk}][value='1']").check()
    page.get_by_role("button", name=said("Enter it as theirs")).click()
    page.get_by_role("link", name=said("Print the receipt")).click()
    code = page.locator(".slip__code").inner_text()

    home = house.visit(size=PHONE)
    home.goto(reverse("discussions:receipt"))
    home.locator("[name=code]").fill(code)
    home.keyboard.press("Enter")
    expect(home.locator("main")).to_contain_text("我眼睛不好，請把站牌的字放大")
    assert house.do(lambda: set(AssistedAct.objects.values_list("kind", flat=True))) >= {"comment", "vote"}


def test_somebody_answered_sees_the_bell_and_chooses_less_mail(house, open_space):
    member, other = house.do(make_member, name="被回覆的人"), house.do(make_member)
    root = house.do(say, open_space, member, "末班車太早")
    house.do(say, open_space, other, "同意，加班的人最慘", parent_id=root.pk)
    house.do(announcing.announce.func, open_space.pk)
    page = house.visit(member, size=PHONE)
    page.goto(reverse("discussions:notices"))
    page.get_by_role("link", name=said("Somebody answered you.")).click()
    expect(page.locator("main")).to_contain_text("同意，加班的人最慘")
    page.goto(reverse("discussions:notice_settings"))
    page.locator("[name=rhythm][value=direct]").check()
    page.get_by_role("button", name=said("Save")).click()
    page.wait_for_url("**/notices/settings/")
    assert house.do(lambda: NoticeSettings.objects.get(member=member).rhythm) == "direct"
