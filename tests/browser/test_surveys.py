"""Surveys, quick polls and budget ballots as people meet them: on a telephone, by keyboard, and at the desk."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from discussions import ballots, responses
from discussions.models import Budget, BudgetBallot, Space, SurveyResponse
from tests.browser.house import PHONE, said
from tests.browser.test_keyboard import press_tab_until
from tests.discussions.questionnaire import make_survey, offering_surveys
from tests.discussions.test_budgets import make_budget
from tests.factories import make_member, make_space

MARKS = "() => document.documentElement.scrollWidth <= innerWidth"


def test_a_citizen_answers_a_branching_survey_by_keyboard_on_a_telephone(house):
    survey = house.do(make_survey, house.do(make_space))
    citizen = house.do(make_member)
    page = house.visit(citizen, size=PHONE)
    page.goto(house.do(survey.get_absolute_url))
    assert page.evaluate(MARKS), "the page is wider than the telephone"
    expect(page.locator("#q2")).to_be_hidden()

    press_tab_until(page, "#q1 input")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q1 [type=radio][value='3']")).to_be_checked()
    expect(page.locator("#q2")).to_be_visible()
    press_tab_until(page, "#q2 textarea")
    page.keyboard.type("站牌太遠了，走路比較快。")

    for value in "123":
        press_tab_until(page, f"#q3 [type=checkbox][value='{value}']")
        page.keyboard.press("Space")
    press_tab_until(page, "[data-send]")
    page.keyboard.press("Enter")
    expect(page.locator(".form-errors")).to_be_focused()
    expect(page.locator("#q2 textarea")).to_have_value("站牌太遠了，走路比較快。")
    expect(page.locator("#q3 .field__error")).to_be_visible()

    for value in "23":
        press_tab_until(page, f"#q3 [type=checkbox][value='{value}']")
        page.keyboard.press("Space")
    press_tab_until(page, "#q4 input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    press_tab_until(page, "#q5_2")
    page.keyboard.press("1")
    press_tab_until(page, "[data-send]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".reading-note")).to_contain_text(said("How to read this"))
    assert page.evaluate(MARKS), "the results are wider than the telephone"

    def kept():
        response = SurveyResponse.objects.get(survey=survey, member=citizen)
        return responses.given_by(response, responses.questions_of(survey))

    given = house.do(kept)
    assert (given[1].numbers, given[2].text, given[3].numbers) == ((3,), "站牌太遠了，走路比較快。", (1,))
    assert given[4].numbers and given[5].numbers == (2,)


def test_a_survey_is_answered_in_steps_without_javascript(house):
    survey = house.do(make_survey, house.do(make_space))
    page = house.visit(house.do(make_member), size=PHONE, script=False)
    page.goto(house.do(survey.get_absolute_url))
    page.locator("#q1 [type=radio][value='1']").check()
    page.locator("[data-next]").click()
    expect(page.locator("#q2")).to_be_hidden()
    page.locator("#q3 [type=checkbox][value='2']").check()
    page.locator("[data-send]").click()
    expect(page.locator(".survey-result")).to_have_count(5)


def test_a_citizen_fills_a_knapsack_and_sees_the_sum(house):
    def made():
        return make_budget(make_space(), make_member(is_superuser=True), kind=Budget.Kind.KNAPSACK)

    budget = house.do(made)
    citizen = house.do(make_member)
    page = house.visit(citizen, size=PHONE)
    page.goto(house.do(budget.get_absolute_url))
    assert page.evaluate(MARKS), "the page is wider than the telephone"
    boxes, total = page.locator("[data-cost]"), page.locator("[data-sum]")
    boxes.nth(0).check()
    expect(total).to_contain_text("NT$400,000")
    boxes.nth(1).check()
    expect(total).to_contain_text("NT$100,000")
    expect(total).to_have_class("budget-sum__words is-over")
    page.locator(".budget-sum .button--primary").click()
    expect(page.locator(".form-errors")).to_contain_text("NT$1,100,000")
    boxes.nth(1).uncheck()
    boxes.nth(2).check()
    expect(total).to_contain_text("NT$1,000,000")
    page.locator(".budget-sum .button--primary").click()
    expect(page.locator(".notice--success").first).to_be_visible()
    expect(page.locator("[data-cost]:checked")).to_have_count(2)
    assert len(house.do(lambda: ballots.chosen(BudgetBallot.objects.get(budget=budget, member=citizen)))) == 2


@pytest.mark.parametrize("script", [True, False])
def test_an_editor_asks_a_quick_poll_and_a_citizen_answers_it_on_the_front(house, script):
    space: Space = house.do(offering_surveys, house.do(make_space))
    desk = house.visit(house.do(make_member, role="Communicators"))
    desk.goto(reverse("survey_desk", args=[space.slug]))
    desk.locator("[name=question]").fill("週末要加開夜間公車嗎？ | More night buses?")
    desk.locator("[name=options]").fill("要 | Yes\n不用 | No")
    desk.locator("#desk-poll ~ form button.button").click()
    expect(desk.locator(".desk-table")).to_contain_text("週末要加開夜間公車嗎？")

    page = house.visit(house.do(make_member), size=PHONE, script=script)
    page.goto(space.get_absolute_url())
    card = page.locator(".poll-card")
    card.get_by_label("要", exact=True).check()
    card.locator("button").click()
    expect(card).to_contain_text("100%")
    expect(card).to_contain_text(said("your answer"))
