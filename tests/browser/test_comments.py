"""A discussion by keyboard alone: what was already said, agreeing, writing, sorting, changing and looking back."""

from django.utils import timezone
from playwright.sync_api import expect

from discussions import comments
from nlp import placing
from nlp.models import Corpus
from tests.browser.house import PHONE, said
from tests.browser.test_keyboard import press_tab_until
from tests.factories import make_member, make_space, say

WRITTEN = "深夜沒有公車，末班車可以晚一點嗎"


def read(space):
    """Give what was said its vectors, as the worker does."""
    placing.embed_new(Corpus.objects.get(pk=space.corpus_id), placing.load_encoder(), None)


def test_a_citizen_finds_what_was_said_agrees_writes_sorts_changes_and_looks_back(house):
    space, neighbour = house.do(make_space), house.do(make_member, name="林大同")
    night = house.do(say, space, neighbour, "晚上十點以後幾乎沒有公車")
    house.do(say, space, neighbour, "博愛座常常被年輕人占走")
    house.do(read, space)
    page = house.visit(house.do(make_member, name="陳小明"), size=PHONE)
    page.goto(space.get_absolute_url())

    # While writing one sees that somebody said it, and agrees.
    page.locator("#id_text").focus()
    page.keyboard.type(WRITTEN)
    suggested = page.locator(".said-already")
    expect(suggested).to_contain_text("晚上十點以後幾乎沒有公車")
    expect(suggested).not_to_contain_text("博愛座")
    press_tab_until(page, ".said-already button")
    page.keyboard.press("Enter")
    agreed = page.locator(f"#c{night.pk} button[name=agree]")
    expect(agreed).to_have_attribute("aria-pressed", "true")
    expect(agreed).to_contain_text("1")
    expect(suggested.locator("button")).to_have_attribute("aria-pressed", "true")

    # One's own words can be sent all the same: the button stands above, where it was.
    press_tab_until(page, "#composer button[type=submit]", key="Shift+Tab")
    page.keyboard.press("Enter")
    mine = page.locator("#thread > li", has_text=WRITTEN)
    expect(mine).to_have_count(1)
    expect(page.locator("#id_text")).to_have_value("")

    # A reaction is taken back and given again; the focus stays on the button.
    agreed.focus()
    page.keyboard.press("Enter")
    expect(agreed).to_have_attribute("aria-pressed", "false")
    expect(agreed).to_be_focused()
    page.keyboard.press("Enter")
    expect(agreed).to_have_attribute("aria-pressed", "true")

    # The order is a link.
    page.locator("h2#discussion-title").click()
    page.get_by_role("link", name=said("Most agreed"), exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#thread > li").first).to_contain_text("晚上十點以後幾乎沒有公車")

    # What was written is changed; the page keeps what it said before.
    mine.get_by_role("link", name=said("More"), exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name=said("Change my words"), exact=True).focus()
    page.keyboard.press("Enter")
    page.locator("#id_text").fill(WRITTEN.replace("深夜", "半夜"))
    press_tab_until(page, "main form .button--primary")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=said("edited, see earlier versions")).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("main del")).to_contain_text("深夜")
    expect(page.locator("main ins")).to_contain_text("半夜")


def test_without_javascript_one_reacts_sorts_and_reads_the_history(house):
    space, neighbour = house.do(make_space), house.do(make_member, name="林大同")
    comment = house.do(say, space, neighbour, "尖峰班次應該增加")
    house.do(comments.edit, comment=comment, author=neighbour, text="離峰班次應該增加")
    page = house.visit(house.do(make_member), script=False)
    page.goto(space.get_absolute_url())
    thanks = page.locator(f"#c{comment.pk} button[name=thanks]")
    thanks.click()
    expect(thanks).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(f"{house.url}{space.get_absolute_url()}#c{comment.pk}")
    page.get_by_role("link", name=said("Most discussed"), exact=True).click()
    expect(page.locator("#thread > li")).to_have_count(1)
    page.get_by_role("link", name=said("edited, see earlier versions")).click()
    expect(page.locator("main del")).to_contain_text("尖峰")


def test_who_comes_too_soon_is_told_in_the_form_and_keeps_every_word(house):
    space = house.do(make_space)
    newcomer = house.do(make_member, date_joined=timezone.now())
    for number in range(3):
        house.do(say, space, newcomer, f"主題 {number}")
    page = house.visit(newcomer, size=PHONE)
    page.goto(space.get_absolute_url())
    page.locator("#id_text").fill("第四個主題，一天裡太多了")
    with page.expect_response("**/c/") as sent:
        page.locator("#composer [type=submit]").click()
    assert sent.value.status == 429 and int(sent.value.headers["retry-after"]) > 0
    expect(page.locator("#composer .form-errors")).to_be_focused()
    expect(page.locator("#id_text")).to_have_value("第四個主題，一天裡太多了")
    expect(page.locator("#thread > li", has_text="第四個主題")).to_have_count(0)
