"""What one person says, the others see: at once, once, and never in the way of their own words."""

from playwright.sync_api import expect

from discussions import reasons
from tests.browser.house import said
from tests.factories import make_member, make_space, say

HEARING = ".connection[data-state=live]"


def words_in(page, text):
    return page.locator("#thread .comment__words", has_text=text)


def test_a_comment_appears_in_a_second_browser_and_leaves_the_words_typed_there_alone(house):
    space = house.do(make_space)
    writer, reader = house.do(make_member, name="陳小明"), house.do(make_member, name="林大同")
    first, second = house.visit(writer), house.visit(reader)
    second.goto(space.get_absolute_url())
    expect(second.locator(HEARING)).to_be_visible()
    first.goto(space.get_absolute_url())
    field = second.locator("#id_text")
    field.fill("我想說的是，深夜的")
    field.evaluate("field => { field.setSelectionRange(2, 4); window.staysHere = true }")

    first.locator("#id_text").fill("末班車可以晚一點嗎？")
    first.locator("#composer button[type=submit]").click()

    expect(words_in(second, "末班車可以晚一點嗎？")).to_have_count(1)
    expect(words_in(first, "末班車可以晚一點嗎？")).to_have_count(1)
    expect(first.locator("#id_text")).to_have_value("")
    expect(field).to_have_value("我想說的是，深夜的")
    expect(field).to_be_focused()
    assert field.evaluate("field => [field.selectionStart, field.selectionEnd, window.staysHere]") == [2, 4, True]


def test_a_comment_missed_while_the_server_was_away_arrives_once(house):
    space, writer = house.do(make_space), house.do(make_member)
    page = house.visit(house.do(make_member))
    page.goto(space.get_absolute_url())
    expect(page.locator(HEARING)).to_be_visible()
    page.locator("#id_text").fill("還沒寫完")
    house.expect_complaint(r"WebSocket connection to .* failed|ERR_CONNECTION_REFUSED")

    house.server.stop()
    expect(page.locator(".connection[data-state=lost]")).to_be_visible()
    house.do(say, space, writer, "斷線時說的話")
    house.server.start()

    expect(page.locator(HEARING)).to_be_visible()
    expect(words_in(page, "斷線時說的話")).to_have_count(1)
    house.do(say, space, writer, "連線後說的話")
    expect(words_in(page, "連線後說的話")).to_have_count(1)
    expect(words_in(page, "斷線時說的話")).to_have_count(1)
    expect(page.locator("#id_text")).to_have_value("還沒寫完")


def test_words_a_moderator_hides_vanish_from_pages_that_are_open(house):
    space, author = house.do(make_space), house.do(make_member)
    comment = house.do(say, space, author, "隔壁的貓今天又跑來了")
    house.do(say, space, author, "這句留著")
    reader, desk = house.visit(), house.visit(house.do(make_member, role="Moderators"))
    reader.goto(space.get_absolute_url())
    expect(reader.locator(HEARING)).to_be_visible()
    expect(words_in(reader, "隔壁的貓")).to_have_count(1)

    desk.goto(f"{comment.get_absolute_url()}hide/")
    desk.locator("#reason-spam").check()
    desk.get_by_role("button", name=said("Hide"), exact=True).click()

    expect(reader.get_by_text("隔壁的貓")).to_have_count(0)
    expect(reader.locator(f"#c{comment.pk}")).to_contain_text(reasons.words("spam"))
    expect(words_in(reader, "這句留著")).to_have_count(1)
