"""The demo's pages: each is written in Chinese, translated, and published in both languages."""

import csv
import io
from datetime import timedelta

from django.utils import timezone
from django.utils.html import escape
from wagtail.models import Locale, Page
from wagtail.rich_text import RichText

from civic.demo.content import Both, Subject
from civic.demo.information import ARTICLES, HUBS, Hub, Sheet
from cms import publishing, tables
from cms.models import ArticlePage, HomePage, InfoHubPage, InfoPage, Licence, SpaceIndexPage, SpacePage
from discussions import processes
from discussions.models import Agency, Phase, Space

FIRST, SECOND = "zh-hant", "en"


def open_discussion(subject: Subject, agency: Agency) -> Space:
    """A page for a discussion, and with it the space, open for contributions. A page that exists is left alone."""
    index = _top(SpaceIndexPage)
    page = SpacePage(title=subject.title.zh, slug=subject.slug, body=_body(subject.introduction, "zh"))
    process = processes.PROCESSES[subject.process]
    dates = processes.dates(process, timezone.localdate() + timedelta(days=subject.opens))
    page.space_wishes = publishing.Wishes(
        {"question": subject.question.zh, "agency": agency, **dates},
        offered=processes.terms(process),
        phase=Phase.OPEN,
        publish=True,
    )
    _publish(index.add_child(instance=page))
    translated = page.copy_for_translation(_locale(SECOND))
    translated.title, translated.body = subject.title.en, _body(subject.introduction, "en")
    translated.space_wishes = publishing.Wishes({"question": subject.question.en}, publish=True)
    _publish(translated)
    return Space.objects.get(pk=page.space.pk)


def move_on(space: Space, phase: str) -> Space:
    """Take a discussion to another phase, as an editor does on its page."""
    page = SpacePage.objects.get(space_link__space=space, locale=_locale(FIRST))
    publishing.link_space(page, publishing.Wishes(phase=phase, publish=True))
    return Space.objects.get(pk=space.pk)


def write_information() -> int:
    """Hubs with their tables, and the articles. Returns how many pages were made; pages that exist are left alone."""
    made = 0
    for hub in HUBS:
        page, is_new = _hub(hub)
        made += is_new
        made += sum(_sheet(page, sheet) for sheet in hub.sheets)
    return made + _articles()


def _hub(hub: Hub) -> tuple[InfoHubPage, bool]:
    parent = _top(InfoHubPage)
    found = InfoHubPage.objects.child_of(parent).filter(slug=hub.slug).first()
    if found is not None:
        return found, False
    page = parent.add_child(instance=InfoHubPage(title=hub.title.zh, slug=hub.slug, lede=hub.lede.zh))
    _publish(page)
    _translate(page, title=hub.title.en, lede=hub.lede.en)
    return page, True


def _sheet(hub: InfoHubPage, sheet: Sheet) -> bool:
    if InfoPage.objects.child_of(hub).filter(slug=sheet.slug).exists():
        return False
    table = _table(sheet, "zh")
    page = InfoPage(
        title=sheet.title.zh,
        slug=sheet.slug,
        summary=sheet.summary.zh,
        source_name=sheet.source.zh,
        licence=Licence.CC0,
        data_updated_on=timezone.localdate() - timedelta(days=3),
        space=Space.objects.filter(slug=sheet.about).first(),
        columns=table.columns,
        rows=table.rows,
    )
    _publish(hub.add_child(instance=page))
    table = _table(sheet, "en")
    _translate(
        page,
        title=sheet.title.en,
        summary=sheet.summary.en,
        source_name=sheet.source.en,
        columns=table.columns,
        rows=table.rows,
    )
    return True


def _articles() -> int:
    home, made = _top(HomePage), 0
    for article in ARTICLES:
        if ArticlePage.objects.child_of(home).filter(slug=article.slug).exists():
            continue
        page = ArticlePage(
            title=article.title.zh,
            slug=article.slug,
            lede=article.lede.zh,
            date=timezone.localdate() - timedelta(days=article.age),
            body=_body(article.paragraphs, "zh"),
        )
        _publish(home.add_child(instance=page))
        _translate(page, title=article.title.en, lede=article.lede.en, body=_body(article.paragraphs, "en"))
        made += 1
    return made


def _table(sheet: Sheet, language: str) -> tables.Table:
    """The sheet as the editor's upload would be read."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([getattr(column, language) for column in sheet.columns])
    writer.writerows([[getattr(cell, language, cell) for cell in row] for row in sheet.rows])
    return tables.read_csv(file.getvalue().encode())


def _translate(page: Page, **words) -> None:
    translated = page.copy_for_translation(_locale(SECOND))
    for name, value in words.items():
        setattr(translated, name, value)
    _publish(translated)


def _publish(page: Page) -> None:
    page.save_revision().publish()


def _body(paragraphs: tuple[Both, ...], language: str) -> list:
    html = "".join(f"<p>{escape(getattr(paragraph, language))}</p>" for paragraph in paragraphs)
    return [("paragraph", RichText(html))]


def _top(model: type[Page]) -> Page:
    """The first page of a kind, as `setup_site` makes it."""
    return model.objects.filter(locale=_locale(FIRST)).order_by("depth", "pk").first()


def _locale(code: str) -> Locale:
    return Locale.objects.get(language_code=code)
