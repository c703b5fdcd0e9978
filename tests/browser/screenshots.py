"""Pictures of the main pages of a running Minyi, to be looked at by people.

    python -m tests.browser.screenshots OUTDIR [--url http://127.0.0.1:8000] [--only home,live]

Takes every page at 390, 820 and 1440 pixels, light and dark, in Chinese and English. It only reads: it signs in with
the demo's own accounts (var/demo_accounts.json) and follows links; pages that a site does not have are left out, and it
says so.
"""

import argparse
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from scripts import find_chromium
from scripts.terminal import ROOT, fail, say

SIZES = {"390": (390, 844), "820": (820, 1180), "1440": (1440, 900)}
SCHEMES = ("light", "dark")
LANGUAGES = {"zh": "", "en": "/en"}
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-quic", "--no-first-run"]
ADMIN = "/admin/"

# Where the first link of that kind leads, from which page; the address is read in Chinese and used in both languages.
FIRST_LINKS = {
    "live room": ("/live/", "main a[href*='/live/']"),
    "information hub": ("/info/", "main nav a"),
    "information": ("{information hub}", "main .record a"),
}
# Rooms, and one thing in each; the first discussion that has something there is taken.
ROOMS = (
    ("discussion", "comment", "", "#thread .comment__head a"),
    ("proposals", "proposal", "proposals/", "main .proposal-card__title a"),
    ("draft text", "paragraph", "text/", "main .draft__said a"),
    ("surveys", "survey", "surveys/", "main h3 a[href*='/surveys/']"),
    ("budgets", "budget", "budgets/", "main h3 a[href*='/budgets/']"),
)
PAGES = {
    "home": ("/", ""),
    "discussions": ("/spaces/", ""),
    "discussion": ("{discussion}", "citizen"),
    "comment": ("{comment}", "citizen"),
    "statements": ("{discussion}statements/", "citizen"),
    "results": ("{discussion}results/", ""),
    "answers": ("{discussion}answers/", ""),
    "proposals": ("{proposals}", "citizen"),
    "proposal": ("{proposal}", "citizen"),
    "draft text": ("{draft text}", "citizen"),
    "paragraph": ("{paragraph}", "citizen"),
    "survey": ("{survey}", "citizen"),
    "budget": ("{budget}", "citizen"),
    "agencies": ("/agencies/", ""),
    "open data": ("{discussion}data/", ""),
    "moderation log": ("/moderation/log/", ""),
    "notices": ("/notices/", "citizen"),
    "counter": ("/assist/", "frontline helper"),
    "live": ("/live/", ""),
    "live room": ("{live room}", "citizen"),
    "live screen": ("{live room}screen/", ""),
    "live desk": ("{live room}desk/", "facilitator"),
    "moderation": ("/moderation/", "moderator"),
    "my contributions": ("/me/", "citizen"),
    "search": ("/search/?q=公車", ""),
    "information hub": ("{information hub}", ""),
    "information": ("{information}", ""),
    "sign in": ("/accounts/login/", ""),
    "sign up": ("/accounts/signup/", ""),
    "nothing here": ("/nothing-here/", ""),
    "styleguide": ("/styleguide/", ""),
    "opinion": ("/admin/opinion/", "planner"),
    "opinion of a discussion": ("{opinion}", "planner"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the running site (%(default)s)")
    parser.add_argument("--accounts", type=Path, help="demo_accounts.json of that site")
    parser.add_argument("--only", default="", help="names of pages, parted by commas")
    asked = parser.parse_args()
    executable = find_chromium.find() or fail("No Chromium was found. On Debian: apt install chromium")
    var = Path(os.environ.get("MINYI_VAR") or ROOT / "var")
    accounts = json.loads((asked.accounts or var / "demo_accounts.json").read_text(encoding="utf-8"))
    only = {name.strip() for name in asked.only.split(",") if name.strip()}
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        sessions = signed_in(browser, asked.url, accounts)
        places = find_places(browser, asked.url, sessions)
        for name, (address, who) in PAGES.items():
            if not only or name in only:
                try:
                    path = address.format(**places)
                except KeyError as missing:
                    say(f"left out: {name} (there is no {missing.args[0]})")
                    continue
                take(browser, asked.url, name, path, sessions.get(who), asked.folder)
        browser.close()


def signed_in(browser: Browser, url: str, accounts: dict) -> dict[str, dict]:
    """The cookies of one account for each role, by the form everybody uses."""
    sessions = {}
    for account in accounts["accounts"]:
        context = browser.new_context(base_url=url)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator("[name=login]").fill(account["email"])
        page.locator("[name=password]").fill(accounts["password"])
        with page.expect_navigation():
            page.locator("main form button").last.click()
        sessions[account["role"].lower()] = context.storage_state()
        context.close()
    return sessions


def find_places(browser: Browser, url: str, sessions: dict) -> dict[str, str]:
    """Addresses that only the site itself knows."""
    places: dict[str, str] = {}
    context = browser.new_context(base_url=url)
    page = context.new_page()
    for name, (address, selector) in FIRST_LINKS.items():
        try:
            page.goto(address.format(**places))
        except KeyError:
            continue
        if found := page.locator(selector).first.get_attribute("href") if page.locator(selector).count() else "":
            places[name] = urlsplit(found).path
    page.goto("/spaces/")
    rooms = [urlsplit(link.get_attribute("href")).path for link in page.locator("main .grid a[href*='/p/']").all()]
    for room, thing, below, selector in ROOMS:
        for path in rooms:
            answer = page.goto(f"{path}{below}")
            if answer.ok and page.locator(selector).count():
                places[room] = f"{path}{below}"
                places[thing] = urlsplit(page.locator(selector).first.get_attribute("href")).path
                break
    context.close()
    if "discussion" in places:
        places["opinion"] = f"/admin/opinion/{places['discussion'].strip('/').rsplit('/', 1)[-1]}/"
    return places


def take(browser: Browser, url: str, name: str, path: str, session: dict | None, folder: Path) -> None:
    """One page in every size, scheme and language: two loads for each size."""
    for language, prefix in LANGUAGES.items():
        if prefix and path.startswith(ADMIN):
            continue
        for width, (across, down) in SIZES.items():
            context = browser.new_context(
                base_url=url,
                storage_state=session,
                viewport={"width": across, "height": down},
                locale="zh-TW" if language == "zh" else "en-GB",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.goto(f"{prefix}{path}")
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                settle(page)
                file = folder / f"{name.replace(' ', '-')}-{language}-{width}-{scheme}.png"
                page.screenshot(path=file, full_page=True)
            context.close()
    say(f"taken: {name} {path}")


def settle(page: Page) -> None:
    """Return when nothing moves any more."""
    page.evaluate(
        """async () => {
          await document.fonts.ready;
          for (let quiet = 0; quiet < 3; quiet = document.getAnimations().length ? 0 : quiet + 1)
            await new Promise(requestAnimationFrame);
        }"""
    )


if __name__ == "__main__":
    main()
