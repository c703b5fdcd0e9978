"""Nobody is kept out: axe finds nothing on any page, light or dark, and nothing scrolls sideways on a small phone."""

from string import Formatter

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Page

from discussions.urls import urlpatterns
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
    "comments alike": ("/p/{alike_space}/alike/{alike}/", ""),
    "discussion with comments alike": ("/p/{alike_space}/", ""),
    "own comment": ("/p/{slug}/c/{own}/", "citizen"),
    "hidden comment": ("/p/{slug}/c/{hidden}/", "moderator"),
    "change words": ("/p/{slug}/c/{own}/edit/", "citizen"),
    "withdraw words": ("/p/{slug}/c/{own}/withdraw/", "citizen"),
    "report": ("/p/{slug}/c/{comment}/report/", "citizen"),
    "hide": ("/p/{slug}/c/{comment}/hide/", "moderator"),
    "answer": ("/p/{slug}/c/{comment}/answer/", "officer"),
    "moderation": ("/moderation/", "moderator"),
    "in plain words": ("/p/{slug}/plain/", ""),
    "history of a comment": ("/p/{slug}/c/{edited}/history/", ""),
    "report on a statement": ("/p/{slug}/report/statement/{statement}/", "citizen"),
    "decide on a statement": ("/p/{slug}/moderate/statement/{statement}/", "moderator"),
    "moderation log": ("/moderation/log/", ""),
    "moderation log of a discussion": ("/p/{slug}/moderation/", ""),
    "reasons for hiding": ("/p/{slug}/moderation/reasons/", "moderator"),
    "appeal": ("/decisions/{decision}/", "citizen"),
    "appeals": ("/moderation/appeals/", "moderator"),
    "statements": ("/p/{slug}/statements/", "citizen"),
    "statement": ("/p/{slug}/statements/{statement}/", "citizen"),
    "where one stands": ("/p/{slug}/statements/me/", "citizen"),
    "ballot on another site": ("/embed/{slug}/", ""),
    "code for another site": ("/p/{slug}/embed/", ""),
    "proposals": ("/p/{slug}/proposals/", "citizen"),
    "new proposal": ("/p/{slug}/proposals/new/", "citizen"),
    "draft of a proposal": ("/p/{slug}/proposals/{draft_proposal}/check/", "citizen"),
    "proposal": ("/p/{slug}/proposals/{proposal}/", "citizen"),
    "own proposal": ("/p/{slug}/proposals/{own_proposal}/", "citizen"),
    "proposal that waits for an answer": ("/p/{slug}/proposals/{waiting_proposal}/", ""),
    "proposal with an answer": ("/p/{slug}/proposals/{answered_proposal}/", ""),
    "discussion of a proposal": ("/p/{slug}/proposals/{proposal}/thread/", ""),
    "change a proposal": ("/p/{slug}/proposals/{own_proposal}/edit/", "citizen"),
    "withdraw a proposal": ("/p/{slug}/proposals/{own_proposal}/withdraw/", "citizen"),
    "ask for a merge": ("/p/{slug}/proposals/{own_proposal}/merge/", "citizen"),
    "add to a proposal": ("/p/{slug}/proposals/{signed_proposal}/add/", "citizen"),
    "merge": ("/p/{slug}/proposals/merges/{merge}/", "citizen"),
    "draft text": ("/p/{slug}/text/{text}/", "citizen"),
    "earlier version": ("/p/{slug}/text/{text}/v/1/", ""),
    "what changed": ("/p/{slug}/text/{text}/changes/2/", ""),
    "paragraph": ("/p/{slug}/text/{text}/p/{paragraph}/", "citizen"),
    "suggested wording": ("/p/{slug}/wording/{wording}/", "citizen"),
    "withdraw wording": ("/p/{slug}/wording/{own_wording}/withdraw/", "citizen"),
    "surveys": ("/p/{slug}/surveys/", ""),
    "survey": ("/p/{slug}/surveys/{survey}/", "citizen"),
    "survey for guests": ("/p/{slug}/surveys/{survey}/", ""),
    "results of a survey": ("/p/{slug}/surveys/{closed_survey}/results/", ""),
    "answers in own words": ("/p/{slug}/surveys/words/{free_question}/", ""),
    "budgets": ("/p/{slug}/budgets/", ""),
    "budget": ("/p/{slug}/budgets/{budget}/", "citizen"),
    "result of a budget": ("/p/{slug}/budgets/{closed_budget}/result/", ""),
    "results": ("/p/{slug}/results/", ""),
    "answers": ("/p/{slug}/answers/", ""),
    "answer to a proposal": ("/p/{slug}/answers/{reply}/", ""),
    "answered discussion": ("/p/{reviewed}/", "citizen"),
    "answers point by point": ("/p/{reviewed}/answers/", ""),
    "answer point by point": ("/p/{reviewed}/answers/{whole}/", ""),
    "what was handed over": ("/p/{reviewed}/handover/", ""),
    "a part of it": ("/p/{reviewed}/handover/{handover}/", ""),
    "agencies": ("/agencies/", ""),
    "agency": ("/agencies/{agency}/", ""),
    "open data": ("/p/{slug}/data/", ""),
    "live sessions": ("/live/", ""),
    "live sessions of a discussion": ("/p/{slug}/live/", "facilitator"),
    "live room": ("/live/{code}/", "citizen"),
    "live room for guests": ("/live/{code}/", ""),
    "live screen": ("/live/{code}/screen/", ""),
    "live desk": ("/live/{code}/desk/", "facilitator"),
    "a column of the desk": ("/live/{code}/desk/waiting/", "facilitator"),
    "live questions": ("/live/{code}/questions/waiting/", ""),
    "transcript": ("/live/{code}/lines/", ""),
    "stenographer": ("/live/{code}/transcript/", "facilitator"),
    "live record": ("/live/{over}/", ""),
    "my contributions": ("/me/", "citizen"),
    "how surely I am known": ("/me/identity/", "citizen"),
    "my keys": ("/me/keys/", "citizen"),
    "interface for programs": ("/interface/", ""),
    "notices": ("/notices/", "citizen"),
    "how I want to hear": ("/notices/settings/", "citizen"),
    "no more mail": ("/notices/off/{off}/", ""),
    "hear of a discussion": ("/p/{slug}/hear/", "citizen"),
    "counter": ("/assist/", "helper"),
    "somebody at the counter": ("/assist/{sitting}/", "helper"),
    "survey at the counter": ("/assist/{sitting}/survey/{survey}/", "helper"),
    "slip": ("/assist/{sitting}/slip/", "helper"),
    "sheet of paper": ("/paper/{paper}/", ""),
    "receipt": ("/me/receipt/", ""),
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
# Sentences that say they are in another language than they are: a Chinese one that an English voice would read, or an
# English one that nobody translated. Short names of people and offices stay as they are.
WHO_IS_MARKED_WRONG = """
() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const holder = walk.currentNode.parentElement, words = walk.currentNode.data.trim();
    if (!holder.getClientRects().length || holder.closest("code, pre, textarea")) continue;
    const count = (letters) => (words.match(letters) ?? []).length;
    const han = count(/\\p{Script=Han}/gu), latin = count(/[a-z]{2,}/giu);
    const isEnglish = holder.closest("[lang]").lang.startsWith("en");
    const isWrong = isEnglish ? han > 7 && !latin : !han && latin > 3;
    if (isWrong) found.push(`${holder.outerHTML.slice(0, 70)}: ${words.slice(0, 40)}`);
  }
  return found.join(" | ");
}
"""
# Routes that show no page of their own: presses, parts of pages, files, feeds and what leads on at once.
NO_PAGES = {
    *("post_comment", "react", "similar_comments", "make_statement", "similar_statements", "vote", "undo_vote"),
    *("live_state", "ask", "raise_question", "answer_poll", "moderation_decide", "moderation_claim", "burst_seen"),
    *("alike_proposals", "comment_on_proposal", "sign_proposal", "unsign_proposal", "texts", "vote_paragraph"),
    *("comment_paragraph", "suggest_wording", "support_wording", "answer_survey", "answer_quick_poll", "cast_ballot"),
    *("notice", "notices_read", "push", "push_worker", "site_feed", "site_calendar", "space_feed", "space_calendar"),
    *("space", "follow", "ask_for_code", "confirm_code", "revoke_key", "begin_sitting", "space_paper", "make_paper"),
    *("embed_vote", "embed_undo", "agencies_csv", "open_data_zip", "open_data_polis", "open_data_table"),
    *("stream", "live_join", "already_asked", "withdraw_question", "raise_hand", "vote_live_statement", "live_react"),
    "live_captions",
}
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
        over=town.over.code,
        info=town.info,
        article=town.article,
        topic=town.topic,
        statement=town.statement.pk,
        agency=town.space.agency.slug,
        **town.things,
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


def require_marked(page: Page, name: str) -> None:
    """Every sentence is in the language it says. The styleguide shows odd names on purpose."""
    wrong = page.evaluate(WHO_IS_MARKED_WRONG)
    assert name == "styleguide" or not wrong, wrong


class Anything(dict):
    """Something for every part of an address."""

    def __missing__(self, name):
        return "1"


def test_no_page_is_left_out():
    addresses = [address for address, _who in PAGES.values() if not address.startswith("{")]
    looked_at = {resolve(Formatter().vformat(one.partition("?")[0], (), Anything())).url_name for one in addresses}
    assert not {route.name for route in urlpatterns} - looked_at - NO_PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_chinese_on_a_phone(house, town, name):
    address, who = PAGES[name]
    page = house.visit(getattr(town, who) if who else None, size=PHONE, language=ZH)
    page.goto(filled(address, town))
    require_clean(page)
    require_marked(page, name)
    page.set_viewport_size({"width": SMALLEST[0], "height": SMALLEST[1]})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= SMALLEST[0], f"{wide} px wide: {page.evaluate(WHO_IS_WIDE)}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_english_on_a_desk(house, town, name):
    address, who = PAGES[name]
    page = house.visit(getattr(town, who) if who else None, size=DESK, language=EN)
    page.goto(f"/en{filled(address, town)}".replace("/en/en/", "/en/"))
    require_clean(page)
    require_marked(page, name)


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
