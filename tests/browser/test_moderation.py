"""A moderator settles a group by keyboard; its author appeals; another brings the words back; all can check."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from discussions import reasons
from discussions.models import Case, ModerationAct
from tests.browser.house import EN, PHONE, said
from tests.factories import make_member, make_space, say

WORDS = "市長從來沒有搭過這條公車，班表是在辦公室裡畫的"


@pytest.fixture
def held(house):
    """Three people sent nearly the same words to a discussion that looks at first posts; nothing else waits."""

    def make():
        Case.objects.filter(settled_at=None).update(settled_at=timezone.now())
        space = make_space(holds_first_posts=True, title="夜間公車", title_en="Night buses")
        authors = [make_member(name=f"市民之{number}") for number in "甲乙丙"]
        for author, end in zip(authors, ("", "！", "。"), strict=True):
            say(space, author, WORDS + end)
        say(space, make_member(), "希望末班車晚一點，我十一點才下班")
        return space, authors

    return house.do(make)


def decisions(space):
    return list(ModerationAct.objects.filter(space=space).order_by("act", "id").values_list("act", "reason"))


def test_from_the_keyboard_to_the_public_log(house, held):
    space, authors = held
    first = house.visit(house.do(make_member, role="Moderators"))
    first.goto("/moderation/")
    group = first.locator("[data-group]", has_text=WORDS)
    expect(group).to_contain_text("3")
    first.keyboard.press("j")
    expect(group).to_be_focused()
    first.keyboard.press("1")
    expect(group.locator("select")).to_have_value("insult")
    first.keyboard.press("h")
    expect(first.locator("[data-group]")).to_have_count(1)
    first.keyboard.press("j")
    first.keyboard.press("r")
    expect(first.locator("[data-group]")).to_have_count(0)
    assert house.do(decisions, space) == [("reject", "insult")] * 3 + [("release", "")]

    author = house.visit(authors[0], size=PHONE)
    author.goto("/me/")
    author.get_by_role("link", name=said("See the decision and what you can do")).click()
    expect(author.locator("main")).to_contain_text(reasons.told("insult"))
    author.locator("#text").fill("這是對市政的批評，沒有罵任何人")
    author.get_by_role("button", name=said("Send the appeal")).click()
    expect(author.locator("#appeal")).to_contain_text("這是對市政的批評")

    first.goto("/moderation/appeals/")
    expect(first.get_by_role("button", name=said("Bring it back"))).to_have_count(0)
    second = house.visit(house.do(make_member, role="Moderators"), language=EN)
    second.goto("/en/moderation/appeals/")
    second.locator("textarea").fill("是批評，不是人身攻擊。")
    second.get_by_role("button", name=said("Bring it back", EN)).click()
    expect(second.locator("main article")).to_have_count(0)

    author.reload()
    expect(author.locator("#appeal")).to_contain_text("是批評，不是人身攻擊。")
    anybody = house.visit()
    anybody.goto(space.get_absolute_url())
    expect(anybody.get_by_text(WORDS, exact=True)).to_have_count(1)
    anybody.goto(f"{space.get_absolute_url()}moderation/")
    expect(anybody.locator("tbody tr[id^=act-]")).to_have_count(5)
    expect(anybody.locator("main")).not_to_contain_text(WORDS)


def test_the_keys_go_on_where_one_was_after_each_of_them(house, held):
    house.do(say, held[0], house.do(make_member), "站牌旁邊要有椅子，等車的長輩站不久")
    page = house.visit(house.do(make_member, role="Moderators"))
    page.goto("/moderation/")
    expect(page.locator("[data-group]")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator("[data-group]")).to_have_count(2)
    expect(page.locator("[data-group]").first).to_be_focused()
    expect(page.locator(".messages")).to_be_in_viewport()
    second = page.locator("[data-group]").nth(1)
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(second.get_by_role("button", name=said("Give it back"))).to_be_visible()
    expect(second).to_be_focused()
    page.keyboard.press("2")
    page.keyboard.press("h")
    expect(page.locator("[data-group]")).to_have_count(1)
    expect(page.locator("[data-group]")).to_be_focused()
    page.keyboard.press("c")
    expect(page.get_by_role("button", name=said("Give it back"))).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_role("button", name=said("I am looking at this"))).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("[data-group]")).to_have_count(0)
    assert {act for act, _reason in house.do(decisions, held[0])} == {"reject", "release"}


def test_several_groups_are_chosen_and_settled_together(house, held):
    page = house.visit(house.do(make_member, role="Moderators"))
    page.goto("/moderation/")
    for _group in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_contain_text("2")
    page.keyboard.press("4")
    page.keyboard.press("h")
    expect(page.locator("[data-group]")).to_have_count(0)
    assert set(house.do(decisions, held[0])) == {("reject", "off_topic")}


def test_hiding_without_a_reason_asks_for_one(house, held):
    page = house.visit(house.do(make_member, role="Moderators"))
    page.goto("/moderation/")
    page.keyboard.press("j")
    page.keyboard.press("h")
    expect(page.locator("[data-group] select:invalid")).not_to_have_count(0)
    page.keyboard.press("Escape")
    assert not house.do(decisions, held[0])
    page.keyboard.press("c")
    expect(page.locator("[data-group]")).to_have_count(2)
    assert house.do(lambda: Case.objects.exclude(claimed_by=None).exists())
