"""Nobody is kept out: axe finds nothing on any page, light or dark, and nothing scrolls sideways on a small phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.house import DESK, EN, PHONE, ZH

SMALLEST = (320, 640)  # WCAG 2.2, 1.4.10
ALL_RULES = {"resultTypes": ["violations"]}
# In the dark only colours differ: the same elements are there.
COLOUR_RULES = {**ALL_RULES, "runOnly": ["color-contrast", "link-in-text-block"]}

# What stands where, and who looks at it ("" is a guest).
PAGES = {
    "home": ("/", ""),
    "all discussions": ("/spaces/", ""),
    "discussion": ("/p/{slug}/", "citizen"),
    "discussion for guests": ("/p/{slug}/", ""),
    "earlier opinions": ("/p/{slug}/thread/?before={comment}", ""),
    "comment": ("/p/{slug}/c/{comment}/", "citizen"),
    "own comment": ("/p/{slug}/c/{own}/", "citizen"),
    "hidden comment": ("/p/{slug}/c/{hidden}/", "moderator"),
    "change words": ("/p/{slug}/c/{own}/edit/", "citizen"),
    "withdraw words": ("/p/{slug}/c/{own}/withdraw/", "citizen"),
    "report": ("/p/{slug}/c/{comment}/report/", "citizen"),
    "hide": ("/p/{slug}/c/{comment}/hide/", "moderator"),
    "answer": ("/p/{slug}/c/{comment}/answer/", "officer"),
    "moderation": ("/moderation/", "moderator"),
    "statements": ("/p/{slug}/statements/", "citizen"),
    "results": ("/p/{slug}/results/", ""),
    "answers": ("/p/{slug}/answers/", ""),
    "live sessions": ("/live/", ""),
    "live sessions of a discussion": ("/p/{slug}/live/", "facilitator"),
    "live room": ("/live/{code}/", "citizen"),
    "live room for guests": ("/live/{code}/", ""),
    "live screen": ("/live/{code}/screen/", ""),
    "live desk": ("/live/{code}/desk/", "facilitator"),
    "my contributions": ("/me/", "citizen"),
    "search": ("/search/", ""),
    "search with results": ("/search/?q=公車", ""),
    "search without results": ("/search/?q=火箭", ""),
    "open information": ("/info/", ""),
    "information": ("{info}", ""),
    "article": ("{article}", ""),
    "sign in": ("/accounts/login/", ""),
    "sign up": ("/accounts/signup/", ""),
    "new password": ("/accounts/password/reset/", ""),
    "own password": ("/accounts/password/change/", "citizen"),
    "own address": ("/accounts/email/", "citizen"),
    "sign out": ("/accounts/logout/", "citizen"),
    "styleguide": ("/styleguide/", ""),
    "nothing here": ("/nothing-here/", ""),
    "refusal": ("/moderation/", "citizen"),
}
COLOURS_SETTLED = """
async () => {
  // A colour handed down from element to element may change step by step.
  for (let quiet = 0; quiet < 3; quiet = document.getAnimations().length ? 0 : quiet + 1)
    await new Promise(requestAnimationFrame);
}
"""
WHO_IS_WIDE = """
() => [...document.querySelectorAll("body *")]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 5).map((element) => element.outerHTML.slice(0, 90)).join(" | ")
"""
DESKS = {
    "opinion": "/admin/opinion/",
    "opinion of a discussion": "/admin/opinion/{slug}/",
    "opinion on a topic": "/admin/opinion/{slug}/topics/{topic}/",
}


def filled(address: str, town) -> str:
    """The address with the things of the town in it."""
    return address.format(
        slug=town.space.slug,
        comment=town.comment.pk,
        own=town.own.pk,
        hidden=town.hidden.pk,
        code=town.session.code,
        info=town.info,
        article=town.article,
        topic=town.topic,
    )


def violations(page: Page, *, options: dict = ALL_RULES, within: str | None = None) -> str:
    """What axe finds, in words; "" when it finds nothing."""
    results = Axe().run(page, context=within, options=options)
    return results.generate_report() if results.violations_count else ""


def require_clean(page: Page, *, within: str | None = None) -> None:
    """No violation, light or dark."""
    assert not (found := violations(page, within=within)), found
    page.emulate_media(color_scheme="dark")
    page.evaluate(COLOURS_SETTLED)
    assert not (found := violations(page, options=COLOUR_RULES, within=within)), f"in the dark: {found}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_chinese_on_a_phone(house, town, name):
    address, who = PAGES[name]
    page = house.visit(getattr(town, who) if who else None, size=PHONE, language=ZH)
    page.goto(filled(address, town))
    require_clean(page)
    page.set_viewport_size({"width": SMALLEST[0], "height": SMALLEST[1]})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= SMALLEST[0], f"{wide} px wide: {page.evaluate(WHO_IS_WIDE)}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_english_on_a_desk(house, town, name):
    address, who = PAGES[name]
    page = house.visit(getattr(town, who) if who else None, size=DESK, language=EN)
    page.goto(f"/en{filled(address, town)}".replace("/en/en/", "/en/"))
    require_clean(page)


@pytest.mark.parametrize("name", DESKS)
def test_the_planners_desk(house, town, name):
    page = house.visit(town.planner)
    page.goto(filled(DESKS[name], town))
    require_clean(page, within=".desk")


def test_the_menu_of_a_phone_when_it_is_open(house):
    page = house.visit(size=PHONE)
    page.goto("/")
    page.locator(".site__menu > summary").click()
    require_clean(page)


def test_axe_finds_what_is_planted(house):
    page = house.visit()
    page.goto("/accounts/login/")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert "image-alt" in violations(page)
