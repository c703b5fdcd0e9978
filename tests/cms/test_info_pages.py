"""Open information: a table with its source, its licence and a place to talk about it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cms.models import InfoPage
from tests.cms import pages

pytestmark = pytest.mark.django_db


def send_form(client, page, content: bytes | None = None, **changes):
    data = {
        "title": page.title,
        "slug": page.slug,
        "summary": page.summary,
        "source_name": page.source_name,
        "source_url": "",
        "licence": "ogdl-tw-1",
        "licence_terms": "",
        "data_updated_on": "2026-10-01",
        "space": "",
        "body-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "action-publish": "1",
        **changes,
    }
    if content is not None:
        data["table_file"] = SimpleUploadedFile("stops.csv", content, content_type="text/csv")
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)


@pytest.fixture
def desk(client, site, communicator):
    client.force_login(communicator)
    return client


def test_a_visitor_sees_the_table_its_source_and_its_licence(client, site, space):
    page = pages.info_page(space=space)
    text = client.get(page.url).content.decode()
    assert "觀光夜市" in text and "示範交通局" in text and "data.gov.tw/license" in text
    assert f'href="/p/{space.slug}/"' in text


def test_a_visitor_finds_a_row(client, site):
    page = pages.info_page()
    text = client.get(page.url, {"q": "台北"}).content.decode()
    assert "臺北車站" in text and "觀光夜市" not in text
    assert "<script>" not in client.get(page.url, {"q": "<script>"}).content.decode().split("<main")[1]


def test_a_long_table_is_read_in_stretches_by_row_number(client, site):
    page = pages.info_page(rows=[[f"站{number}", "1"] for number in range(1, 121)])
    first = client.get(page.url).content.decode()
    assert 'id="row-50"' in first and 'id="row-51"' not in first and "?from=51" in first
    later = client.get(page.url, {"from": "101"}).content.decode()
    assert 'id="row-101"' in later and 'id="row-120"' in later and "?from=51" in later
    assert client.get(page.url, {"from": "-1 OR 1"}).status_code == 200


def test_the_table_is_taken_away_with_its_attribution_and_without_formulas(client, site):
    page = pages.info_page(rows=[["=HYPERLINK(1)", "-4"]])
    response = client.get(page.url, {"format": "csv"})
    text = response.content.decode("utf-8-sig")
    assert "'=HYPERLINK(1),-4" in text and "示範交通局" in text
    assert "attachment" in response["Content-Disposition"]


def test_an_editor_replaces_the_table_by_a_file_and_reads_what_was_left_out(desk):
    page = pages.info_page()
    assert send_form(desk, page, "站名,座位\n新站,3\n壞列\n".encode("cp950")).status_code == 302
    page = InfoPage.objects.get(pk=page.pk)
    assert page.rows == [["新站", "3"]]
    text = desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert page.import_report["refused"][0]["row"] == 3 and page.import_report["refused"][0]["reason"] in text


@pytest.mark.parametrize("content", [b"\x00\x01", b"a,b\n", b"x" * 2_100_000])
def test_a_file_that_cannot_be_read_is_refused_and_the_old_table_stays(desk, content):
    page = pages.info_page()
    response = send_form(desk, page, content)
    assert response.status_code == 200 and response.context["form"].errors["table_file"]
    assert InfoPage.objects.get(pk=page.pk).rows == page.rows


def test_saving_without_a_file_keeps_the_table(desk):
    page = pages.info_page()
    send_form(desk, page, title="公車站牌一覽")
    kept = InfoPage.objects.get(pk=page.pk)
    assert (kept.title, kept.rows) == ("公車站牌一覽", page.rows)


def test_a_licence_nobody_described_is_refused(desk):
    page = pages.info_page()
    response = send_form(desk, page, licence="other")
    assert response.status_code == 200 and response.context["form"].errors["licence_terms"]
    assert InfoPage.objects.get(pk=page.pk).licence == "ogdl-tw-1"


def test_going_back_to_an_earlier_version_brings_its_table_back(desk):
    page = pages.info_page()
    first = page.revisions.get()
    send_form(desk, page, "站名,座位\n新站,3\n".encode())
    first.publish()
    assert InfoPage.objects.get(pk=page.pk).rows == page.rows


def test_the_hub_lists_its_information_and_filters_by_word(client, site):
    pages.info_page()
    pages.info_page(title="觀光景點", slug="sights", summary="")
    hub = pages.info_hub()
    text = client.get(hub.url).content.decode()
    assert "公車站牌" in text and "觀光景點" in text
    text = client.get(hub.url, {"q": "觀光"}).content.decode()
    assert "觀光景點" in text and "公車站牌" not in text
    assert client.get(hub.url, {"q": "沒有這個"}).status_code == 200


def test_a_hub_does_not_list_what_is_not_published(client, site):
    pages.info_page().unpublish()
    assert "公車站牌" not in client.get(pages.info_hub().url).content.decode()
