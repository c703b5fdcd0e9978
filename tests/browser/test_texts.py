"""A draft regulation from the first reading to “because of what you said”, as a citizen and an editor meet it."""

import re

from playwright.sync_api import expect

from discussions.models import ParagraphVote, TextVersion, Wording
from tests.browser.house import EN, PHONE, said
from tests.discussions.drafts import SECOND, begin, make_draft_space, paragraph, publish
from tests.factories import make_agency, make_member

BETTER = "業者應於簽約前三日交付一頁資費摘要。"


def published_draft():
    editor = make_member(role="Communicators", name="草案編輯")
    space = make_draft_space(agency=make_agency())
    return publish(begin(space, editor), editor), editor


def press(page, key, times=1):
    for _turn in range(times):
        page.keyboard.press(key)


def fits(page):
    """Nothing is wider than the screen."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_citizen_suggests_words_by_keyboard_and_sees_the_text_change_because_of_them(house):
    first, editor = house.do(published_draft)
    where = house.do(paragraph, first, "第二條第一項")
    text_url, space = first.text.get_absolute_url(), first.text.space

    # A citizen reads on a telephone and goes from the table of contents to a paragraph.
    citizen = house.visit(house.do(make_member, name="王小華"), size=PHONE)
    citizen.goto(f"/p/{space.slug}/text/")
    expect(citizen).to_have_url(re.compile(re.escape(text_url)))
    citizen.get_by_role("link", name=re.compile("^第二條")).first.click()
    assert fits(citizen)
    citizen.locator(f"#p{where.pk} .draft__said a").click()
    expect(citizen.get_by_role("heading", level=1)).to_have_text("第二條第一項")

    # They oppose it as it stands, by keyboard.
    citizen.locator(".draft-vote button[value='-1']").focus()
    press(citizen, "Enter")
    expect(citizen.locator(".draft-vote button[value='-1']")).to_have_attribute("aria-pressed", "true")
    assert house.do(ParagraphVote.objects.get, paragraph=where).value == -1

    # They suggest other words, by keyboard.
    citizen.locator("#suggest > summary").focus()
    press(citizen, "Enter")
    press(citizen, "Tab")
    expect(citizen.locator("#suggest textarea[name=text]")).to_be_focused()
    press(citizen, "ControlOrMeta+a")
    citizen.keyboard.insert_text(BETTER)
    press(citizen, "Tab")
    expect(citizen.locator("#suggest textarea[name=reason]")).to_be_focused()
    citizen.keyboard.insert_text("簽約當天才拿到來不及看")
    press(citizen, "Tab")
    press(citizen, "Enter")
    mine = citizen.locator(".draft-wording")
    expect(mine.locator("ins")).to_contain_text("三日")
    expect(mine).to_contain_text("簽約當天才拿到來不及看")
    assert fits(citizen)
    wording = house.do(Wording.objects.get, paragraph=where)

    # An editor pastes the next version, looks at how it is read, and names the suggestion as a cause.
    desk = house.visit(editor)
    desk.goto(f"/admin/texts/{space.slug}/")
    desk.get_by_role("link", name=first.text.title).last.click()
    desk.locator("[name=source]").fill(SECOND)
    desk.locator("[name=note]").fill("提前三日交付，並附遞減表。")
    desk.locator("button[value=preview]").click()
    expect(desk.locator(".desk-preview")).to_contain_text("第二條第二項第二款")
    desk.locator("button[value=keep]").click()
    desk.locator(f"input[value='w{wording.pk}']").check()
    desk.locator("button[value=publish]").click()
    expect(desk.locator(f"#s{wording.pk}")).to_contain_text(
        "taken over" if desk.locator("html[lang=en]").count() else said("taken over")
    )
    assert house.do(TextVersion.objects.filter(text=first.text, published_at__isnull=False).count) == 2

    # The citizen finds on their own page that it was taken over, and what changed because of them.
    citizen.goto("/me/")
    journey = citizen.locator("main article", has_text=BETTER).first
    journey.get_by_role(
        "link", name=re.compile(re.escape(said("See the change in version %(number)d") % {"number": 2}))
    ).click()
    expect(citizen).to_have_url(re.compile(rf"/changes/2/#p{where.pk}$"))
    change = citizen.locator(f"#p{where.pk}")
    expect(change.locator("ins")).to_contain_text("三日")
    expect(change.locator(".draft-causes")).to_contain_text("王小華")
    assert fits(citizen)
    citizen.get_by_role("link", name=said("Side by side")).click()
    expect(citizen.locator(".draft-sides").first).to_be_visible()


def test_the_text_is_read_without_javascript_in_english(house):
    first, _editor = house.do(published_draft)
    reader = house.visit(language=EN, script=False)
    reader.goto(f"/en{first.text.get_absolute_url()}")
    expect(reader.locator(".draft-contents a").first).to_be_visible()
    reader.locator(".draft__said a").first.click()
    reader.get_by_text(said("Suggest better words", EN)).click()
    expect(reader.locator("#suggest textarea[name=text]")).to_be_visible()
