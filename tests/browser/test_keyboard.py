"""Everything can be done without a mouse, and one always sees where one is."""

from playwright.sync_api import Page, expect

from discussions import ballots, surveys
from discussions.models import Budget, BudgetBallot, Channel, Comment, Proposal, Vote
from discussions.questionnaires import Words
from tests.browser.house import PHONE, said
from tests.browser.instruments import OFFERED
from tests.discussions.questionnaire import offering_surveys
from tests.discussions.test_budgets import make_budget
from tests.factories import make_member, make_space, propose

FOCUS_SHOWS = """
async () => {
  // What slides into view has arrived with the next picture.
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const here = document.activeElement;
  if (!here || here === document.body) return "nothing has the focus";
  const box = here.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  // Nothing that sticks to the edge of the screen may lie over it (WCAG 2.2, 2.4.11).
  const middle = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const above = document.elementFromPoint(...middle);
  const covered = above && !above.contains(here) && !here.contains(above) && !above.closest("label")?.contains(here);
  const seen = box.width > 0 && box.height > 0 && inside && !covered;
  const marks = (element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  };
  const marked = marks(here) || marks(here.parentElement);
  return seen && marked ? "" : `${here.outerHTML.slice(0, 120)} seen=${seen} marked=${marked}`;
}
"""


def press_tab_until(page: Page, selector: str, *, most: int = 45, key: str = "Tab") -> None:
    """Go forward with Tab, or back with Shift+Tab; every stop on the way must be in view and marked."""
    # What a press before this one brought into the page takes the focus with the next picture.
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    for _step in range(most):
        page.keyboard.press(key)
        assert not (hidden := page.evaluate(FOCUS_SHOWS)), hidden
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{most} times Tab did not lead to {selector}")


def go_on(page: Page) -> None:
    """From the result to the next statement."""
    press_tab_until(page, ".ballot__after a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#ballot .ballot__result")).to_have_count(0)


def test_voting_with_the_keys_one_two_three_and_with_enter(house):
    space, author = house.do(make_space), house.do(make_member)
    for text in ("深夜要有公車", "票價可以調漲", "博愛座應該取消"):
        house.do(propose, space, author, text)
    page = house.visit(house.do(make_member))
    page.goto(f"{space.get_absolute_url()}statements/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    assert not page.evaluate(FOCUS_SHOWS)
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    press_tab_until(page, "#ballot-agree")
    page.keyboard.press("1")
    expect(page.locator("#ballot-agree")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#ballot .ballot__result")).to_be_visible()
    go_on(page)
    press_tab_until(page, "#ballot-disagree")
    page.keyboard.press("Enter")
    expect(page.locator("#ballot-disagree")).to_have_attribute("aria-pressed", "true")
    go_on(page)
    press_tab_until(page, "#ballot-agree")
    page.keyboard.press("3")
    expect(page.locator("#ballot-pass")).to_have_attribute("aria-pressed", "true")


def test_keys_that_are_typed_into_a_statement_do_not_vote(house):
    space = house.do(make_space)
    house.do(propose, space, house.do(make_member), "深夜要有公車")
    page = house.visit(house.do(make_member))
    page.goto(f"{space.get_absolute_url()}statements/")
    page.locator("#id_text").focus()
    page.keyboard.type("123")
    expect(page.locator("#id_text")).to_have_value("123")
    expect(page.locator("#ballot .ballot__result")).to_have_count(0)


def test_a_comment_is_written_and_sent_by_keyboard(house):
    space = house.do(make_space)
    page = house.visit(house.do(make_member))
    page.goto(space.get_absolute_url())
    press_tab_until(page, "#id_text")
    page.keyboard.type("只用鍵盤寫的意見")
    press_tab_until(page, "#composer button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("#thread .comment__words", has_text="只用鍵盤寫的意見")).to_have_count(1)


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(house):
    page = house.visit(size=PHONE)
    page.goto("/")
    press_tab_until(page, ".site__menu > summary")
    page.keyboard.press("Enter")
    expect(page.locator(".site__sheet")).to_be_visible()
    press_tab_until(page, ".site__sheet nav a")
    page.keyboard.press("Escape")
    expect(page.locator(".site__sheet")).to_be_hidden()
    expect(page.locator(".site__menu > summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name=said("Live sessions")).last.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{house.url}/live/")


def test_a_proposal_is_written_and_published_by_keyboard(house):
    space = house.do(make_space, instruments=OFFERED)
    page = house.visit(house.do(make_member))
    page.goto(f"{space.get_absolute_url()}proposals/")
    press_tab_until(page, "main a[href$='/proposals/new/']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press_tab_until(page, "#id_title")
    page.keyboard.type("站牌都要有燈")
    press_tab_until(page, "#id_text")
    page.keyboard.type("晚上的站牌看不清楚，請裝上感應燈。")
    for _turn in ("save the draft", "publish it"):
        press_tab_until(page, "main form button.button--primary")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("站牌都要有燈")
    assert house.do(lambda: Proposal.objects.get(space=space).stage) == "open"


def test_money_is_shared_out_by_keyboard(house):
    def made():
        return make_budget(make_space(), make_member(is_superuser=True), kind=Budget.Kind.KNAPSACK)

    budget, citizen = house.do(made), house.do(make_member)
    page = house.visit(citizen, size=PHONE)
    page.goto(house.do(budget.get_absolute_url))
    for number in (1, 3):
        press_tab_until(page, f"#p{number} [type=checkbox]")
        page.keyboard.press("Space")
    press_tab_until(page, ".budget-sum .button--primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert len(house.do(lambda: ballots.chosen(BudgetBallot.objects.get(budget=budget, member=citizen)))) == 2


def test_a_quick_poll_is_answered_by_keyboard(house):
    def made():
        space = offering_surveys(make_space())
        return surveys.poll(
            space=space,
            editor=make_member(is_superuser=True),
            question=Words("週末要加開夜車嗎？"),
            options=[Words("要"), Words("不用")],
        )

    poll = house.do(made)
    page = house.visit(house.do(make_member), size=PHONE)
    page.goto(house.do(lambda: poll.space.get_absolute_url()))
    press_tab_until(page, ".poll-card [type=radio]", most=60)
    page.keyboard.press("Space")
    press_tab_until(page, ".poll-card button")
    page.keyboard.press("Enter")
    expect(page.locator(".poll-card")).to_contain_text("100%")


def test_at_the_counter_words_are_entered_by_keyboard(house):
    space = house.do(make_space, instruments=OFFERED)
    statement = house.do(propose, space, house.do(make_member), "深夜要有公車")
    page = house.visit(house.do(make_member, role="Frontline"))
    page.goto("/assist/")
    press_tab_until(page, "[name=space]")
    page.locator("[name=space]").select_option(str(space.pk))
    press_tab_until(page, "[name=consent]")
    page.keyboard.press("Space")
    press_tab_until(page, "main form button.button--primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press_tab_until(page, "[name=comment]")
    page.keyboard.type("站牌的字太小")
    press_tab_until(page, f"[name=vote-{statement.pk}]")
    page.keyboard.press("Space")
    press_tab_until(page, "main form button.button--primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert house.do(Comment.objects.get, space=space).channel == Channel.ASSISTED
    assert house.do(Vote.objects.get, statement=statement).channel == Channel.ASSISTED
