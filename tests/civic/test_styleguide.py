"""The look: what every page promises, held by machines where machines can hold it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.utils import translation

from civic.templatetags import minyi

CSS = Path(settings.BASE_DIR) / "civic" / "static" / "minyi" / "css"
TEMPLATES = Path(settings.BASE_DIR) / "civic" / "templates"
ICONS = Path(settings.BASE_DIR) / "civic" / "static" / "minyi" / "img" / "icons.svg"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")

pytestmark = pytest.mark.django_db


def block(css, selector):
    """The declarations of the first rule with exactly this selector."""
    found = re.search(rf"(?:^|\n)\s*{re.escape(selector)} \{{([^}}]*)\}}", css)
    assert found, selector
    return dict(re.findall(r"--([a-z0-9-]+): ([^;]+);", found.group(1)))


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


LIGHT = block(TOKENS, ":root")
DARK = block(TOKENS, ':root[data-theme="dark"]')


@pytest.mark.parametrize(("language", "url"), [("zh-hant", "/styleguide/"), ("en", "/en/styleguide/")])
def test_the_show_room_opens_in_both_languages(client, language, url):
    response = client.get(url)
    assert response.status_code == 200
    page = response.content.decode()
    assert ('lang="zh-Hant-TW"' if language == "zh-hant" else '<html lang="en"') in page
    assert 'class="seal"' in page and 'class="votebar' in page and 'class="ballot' in page


def test_the_show_room_refuses_to_be_written_to(client):
    assert client.post("/styleguide/").status_code == 405


def test_no_page_of_the_show_room_carries_inline_style_or_script(client):
    page = client.get("/styleguide/").content.decode()
    assert not re.search(r"\sstyle=", page)
    assert not re.search(r"\son[a-z]+=", page)
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", page)


def test_no_template_of_the_house_carries_inline_style_or_handlers():
    for path in TEMPLATES.rglob("*.html"):
        words = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=[\"']", words), path
        assert not re.search(r"\son(click|load|change|submit|input|error|focus)=", words), path


def test_the_theme_a_visitor_chose_is_written_by_the_server(client):
    assert "data-theme" not in client.get("/styleguide/").content.decode().split("<head>")[0]
    client.cookies["minyi_theme"] = "dark"
    assert 'data-theme="dark"' in client.get("/styleguide/").content.decode().split("<head>")[0]


def test_a_forged_theme_cookie_writes_nothing(client):
    client.cookies["minyi_theme"] = "x onload=alert"
    opening = client.get("/styleguide/").content.decode().split("<head>")[0]
    assert "onload" not in opening and "data-theme" not in opening


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_controls_stand_out_from_every_ground(theme):
    for ink in ("ink", "muted", "celadon", "celadon-deep", "seal", "amber", "indigo"):
        for ground in ("paper", "surface", "paper-deep"):
            assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground)
    for ink, ground in [
        ("celadon-deep", "celadon-wash"),
        ("seal", "seal-wash"),
        ("amber", "amber-wash"),
        ("indigo", "indigo-wash"),
        ("on-celadon", "celadon"),
        ("on-seal", "seal"),
        ("surface", "agree"),
        ("surface", "disagree"),
        ("surface", "pass"),
    ]:
        assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground)
    for shape in ("control", "agree", "disagree", "pass", "tone-up", "tone-down", "celadon"):
        assert contrast(theme[shape], theme["surface"]) >= 3, shape


def test_the_device_s_dark_and_the_visitor_s_dark_are_one():
    assert block(TOKENS, ':root:not([data-theme="light"])') == DARK


def test_every_colour_and_size_used_is_a_token():
    known = set(re.findall(r"--([a-z0-9-]+):", TOKENS))
    for path in CSS.rglob("*.css"):
        css = path.read_text(encoding="utf-8")
        assert css.count("\n") <= 400, path
        if path.name == "desk.css":
            continue
        local = set(re.findall(r"--([a-z0-9-]+):", css))
        for name in re.findall(r"var\(--([a-z0-9-]+)", css):
            assert name in known | local, (path.name, name)
        if path.name not in {"tokens.css", "print.css"}:
            without_forced = css.split("@media (forced-colors")[0]
            assert not re.search(r"#[0-9a-f]{3,8}\b", without_forced), path


def test_every_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', ICONS.read_text(encoding="utf-8")))
    for path in TEMPLATES.rglob("*.html"):
        words = path.read_text(encoding="utf-8")
        for name in re.findall(r'components/icon\.html" with name="([a-z]+)"', words) + re.findall(
            r' icon="([a-z]+)"', words
        ):
            assert name in drawn, (path, name)


def test_every_component_is_in_the_book_and_every_one_in_the_book_exists():
    book = (Path(settings.BASE_DIR) / "docs" / "design-system.md").read_text(encoding="utf-8")
    book, _heading, rest = book.partition("### Parts of a discussion")
    written = set(re.findall(r"^\| `([a-z_]+\.html)` \|", book, re.MULTILINE))
    parts = set(re.findall(r"`([a-z_]+\.html)`", rest.partition("## Filters")[0]))
    house = {"header.html", "nav.html", "tools.html", "footer.html", "styles.html"}
    made = {path.name for path in (TEMPLATES / "components").glob("[!_]*.html")}
    assert made - house == written
    shared = Path(settings.BASE_DIR) / "discussions/templates/discussions/components"
    assert parts == {path.name for path in shared.glob("*.html")}


def test_votes_are_said_in_words_and_numbers_and_drawn_without_style():
    with translation.override("en"):
        bar = render_to_string("components/votebar.html", {"agree": 342, "disagree": 45, "passes": 25})
    for words in ("Agree <strong>342</strong> (83%)", "Disagree <strong>45</strong> (11%)", "412 people voted"):
        assert words in bar
    assert 'x2="83%"' in bar and "style" not in bar


def test_a_vote_bar_without_votes_says_so_and_draws_no_share():
    with translation.override("en"):
        bar = render_to_string("components/votebar.html", {"agree": 0, "disagree": 0, "passes": 0})
    assert "0 people voted" in bar
    assert 'class="bar__agree"' not in bar


def test_words_of_a_hidden_comment_are_not_in_the_page():
    hidden = {
        "id": "c1",
        "name": "林",
        "at": datetime(2026, 3, 12, tzinfo=UTC),
        "words": "身分證 A123",
        "state": "hidden",
    }
    assert "A123" not in render_to_string("components/comment.html", hidden)
    assert "A123" not in render_to_string("components/comment.html", {**hidden, "state": "withdrawn"})
    assert "A123" in render_to_string("components/comment.html", {**hidden, "state": "visible"})


def test_an_address_in_chinese_becomes_a_link_and_the_sentence_does_not():
    html = minyi.spoken("請看這裡：https://example.org/報告?a=1&b=2，第三頁。")
    assert html.startswith("<p>請看這裡：<a ")
    assert 'href="https://example.org/報告?a=1&amp;b=2"' in html
    assert html.endswith("</a>，第三頁。</p>")


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        'https://example.org/"onmouseover="alert(1)',
        "https://example.org/<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
    ],
)
def test_words_of_people_stay_words(words):
    html = minyi.spoken(words)
    assert "<script" not in html and "<img" not in html
    assert 'href="javascript' not in html
    assert not re.search(r"<a [^>]*\bon\w+=", html)


def test_a_share_never_rounds_something_to_nothing():
    assert minyi.share(1, 1204) == "<1%"
    assert minyi.share(1203, 1204) == ">99%"
    assert minyi.share(0, 1204) == "0%"
    assert minyi.share(1204, 1204) == "100%"
    assert minyi.share(3, 0) == ""


def test_days_carry_their_weekday_and_the_calendar_of_the_house(settings):
    noon = datetime(2026, 11, 23, 4, 5, tzinfo=UTC)
    told = Template("{% load minyi %}{{ at|day }} / {{ at|moment }}")
    with translation.override("zh-hant"):
        assert told.render(Context({"at": noon})) == "2026年11月23日（一） / 2026年11月23日（一）12:05"
        settings.CALENDAR = "roc"
        assert told.render(Context({"at": noon})).startswith("民國115年11月23日（一）")
    with translation.override("en"):
        assert told.render(Context({"at": noon})) == "Mon 23 November 2026 / Mon 23 November 2026, 12:05"


def test_words_inside_a_sentence_carry_their_language():
    told = Template("{% load minyi %}{{ label|marked }} / {{ sentence|quotes_marked }}")
    with translation.override("en"):
        said = told.render(Context({"label": "末班車延到", "sentence": "Read as part of “末班車 & 延到” <today>"}))
    assert said == (
        '<span lang="zh-Hant">末班車延到</span> / '
        'Read as part of “<span lang="zh-Hant">末班車 &amp; 延到</span>” &lt;today&gt;'
    )
    with translation.override("zh-hant"):
        said = told.render(Context({"label": "<12>", "sentence": "歸在主題「Bus stops need English maps」"}))
    assert said == '&lt;12&gt; / 歸在主題「<span lang="en">Bus stops need English maps</span>」'


def test_a_missing_page_says_what_is_safe(client):
    response = client.get("/en/styleguide/nothing-here/")
    assert response.status_code == 404
    assert "Nothing you have written is lost" in response.content.decode()


def test_the_page_for_a_breakdown_needs_no_context_and_no_database(django_assert_num_queries):
    with translation.override("en"), django_assert_num_queries(0):
        page = get_template("500.html").render()
    assert "What we had confirmed before is safe" in page


@pytest.mark.parametrize(
    "url", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/en/accounts/login/"]
)
def test_the_doors_of_the_house_look_like_the_house(client, url):
    page = client.get(url).content.decode()
    assert 'class="site"' in page and 'class="button button--primary"' in page
    assert page.count("<h1") == 1


def test_a_form_sent_back_names_the_field_and_keeps_the_words(client):
    page = client.post("/en/accounts/login/", {"login": "somebody@example.org", "password": ""}).content.decode()
    assert "This needs another look" in page
    assert 'aria-invalid="true"' in page
    assert 'value="somebody@example.org"' in page


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("末班車太早", "zh-Hant"),
        ("The last bus is too early", "en"),
        ("Xe buýt cuối quá sớm", "vi"),
        ("Le dernier bus part trop tôt", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_words_say_which_language_they_are_in_or_nothing(words, language):
    assert minyi.tongue(words) == language
    assert minyi.spoken_in(words) == (f' lang="{language}"' if language else "")
