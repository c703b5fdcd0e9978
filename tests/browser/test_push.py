"""What one person says, the others see: at once, once, and never in the way of their own words."""

from playwright.sync_api import expect

from discussions import moderation
from tests.browser.house import until
from tests.factories import make_member, make_space, say


def test_a_comment_appears_in_a_second_browser_and_leaves_the_words_typed_there_alone(house):
    space = house.do(make_space)
    writer, reader = house.do(make_member, name="陳小明"), house.do(make_member, name="林大同")
    first, second = house.visit(writer), house.visit(reader)
    second.goto(space.get_absolute_url())
    expect(second.locator(".connection[data-state=live]")).to_be_visible()
    first.goto(space.get_absolute_url())
    second.locator("#id_text").fill("我想說的是，深夜的")
    second.evaluate("document.querySelector('#id_text').setSelectionRange(2, 4); window.stays = true")

    first.locator("#id_text").fill("末班車可以晚一點嗎？")
    first.locator("#composer button[type=submit]").click()

    expect(second.locator("#thread .comment__words", has_text="末班車可以晚一點嗎？")).to_have_count(1)
    expect(first.locator("#thread .comment__words", has_text="末班車可以晚一點嗎？")).to_have_count(1)
    expect(first.locator("#id_text")).to_have_value("")
    field = second.locator("#id_text")
    expect(field).to_have_value("我想說的是，深夜的")
    expect(field).to_be_focused()
    assert field.evaluate("field => [field.selectionStart, field.selectionEnd]") == [2, 4]
    assert second.evaluate("window.stays"), "the page was not loaded anew"
