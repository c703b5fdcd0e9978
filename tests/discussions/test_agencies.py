"""How agencies keep their word: the public table, and the lists behind its numbers."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from discussions import agencies, clockfaces, clocks, events, replies
from discussions.clockfaces import Standing
from discussions.forms import new_client_id
from discussions.models import AnswerClock, Phase, Space
from discussions.replies import Point
from tests.discussions.test_answering import read
from tests.factories import make_agency, make_member, make_space

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = timezone.now()


def owe(agency, *, since, answered=None, extend=None, officer=None, points=()):
    """A discussion whose clock started `since` days ago; answered and extended after so many days."""
    space = make_space(agency=agency, phase=Phase.REVIEW, title=f"第{AnswerClock.objects.count()}題")
    begun = NOW - since * DAY
    with transaction.atomic():
        clock = clocks.start(space=events.lock(space.pk), now=begun)
    if extend is not None:
        until = clock.due_at + 30 * DAY
        clocks.extend(clock=clock, officer=officer, until=until, reason="會商中", now=begun + extend * DAY)
    if answered is not None:
        replies.answer(
            space=space,
            officer=officer,
            text="如下。",
            client_id=new_client_id(),
            whole=True,
            points=points,
            now=begun + answered * DAY,
        )
    return space


@pytest.fixture
def record(agency, officer):
    """One clock of each standing."""
    owe(agency, since=50, answered=20, officer=officer)
    owe(agency, since=90, answered=80, extend=40, officer=officer)
    owe(agency, since=80, answered=70, officer=officer)
    owe(agency, since=70)
    owe(agency, since=10)
    owe(agency, since=70, extend=50, officer=officer)
    return agencies.records(agency=agency)[0]


def test_every_clock_stands_in_one_place(record):
    assert record.counts == dict.fromkeys(Standing, 1)
    assert (record.total, record.answered, record.extended, record.median_days) == (6, 3, 2, 70.0)
    assert record.on_time_percent == 25


def test_the_condition_and_the_reading_of_a_clock_agree(record):
    for key in Standing:
        (clock,) = AnswerClock.objects.filter(clockfaces.standing_is(key, NOW))
        assert clockfaces.standing(clock, NOW) == key


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_each_number_leads_to_its_list(client, record, language):
    with translation.override(language):
        table, address = reverse("discussions:agencies"), reverse("discussions:agency", args=[record.agency.slug])
    page = client.get(table).content.decode()
    for key in Standing:
        assert f"{address}?state={key}" in page
        assert client.get(address, {"state": key}).content.decode().count('class="clock ') == 1
    assert client.get(address).content.decode().count('class="clock ') == 6
    assert client.get(address, {"state": "perfect", "before": "x"}).status_code == 200


def test_reasons_of_extensions_stand_in_the_list(client, record):
    page = client.get(reverse("discussions:agency", args=[record.agency.slug]), {"state": "extended"}).content.decode()
    assert "會商中" in page


def test_point_by_point_counts_topics_of_answered_discussions(agency, officer):
    space = owe(agency, since=10)
    read(space, {1: [], 2: []})
    owe(agency, since=5)
    replies.answer(
        space=Space.objects.get(pk=space.pk),
        officer=officer,
        text="如下。",
        client_id=new_client_id(),
        whole=True,
        points=[Point("夜間", "accepted", "加開。", topic_number=1)],
    )
    (record,) = agencies.records()
    assert (record.coverage.topics, record.coverage.answered) == (2, 1)


def test_drafts_and_agencies_without_a_clock_do_not_appear(client, agency):
    space = owe(agency, since=70)
    Space.objects.filter(pk=space.pk).update(phase=Phase.DRAFT)
    make_agency("示範觀光處")
    (record,) = agencies.records()
    assert record.total == 0
    assert client.get(reverse("discussions:agency", args=["nowhere"])).status_code == 404


def test_the_table_as_a_file_is_harmless_in_a_spreadsheet(client, record):
    type(record.agency).objects.filter(pk=record.agency.pk).update(name="=HYPERLINK(1)")
    text = client.get(reverse("discussions:agencies_csv")).content.decode("utf-8-sig")
    lines = text.splitlines()
    assert len(lines) == 2 and "'=HYPERLINK" in lines[1] and lines[1].count(",") == len(agencies.COLUMNS) - 1


def test_programs_read_the_same_table(client, record):
    (row,) = client.get("/api/v1/agencies").json()["items"]
    assert (row["on_time"], row["late"], row["overdue_now"], row["ever_extended"]) == (1, 1, 1, 2)
    assert client.get(f"/api/v1/agencies/{record.agency.slug}").json() == row
    late = client.get("/api/v1/clocks", {"standing": "late", "agency": record.agency.slug}).json()["items"]
    assert [clock["days_late"] for clock in late] == [10]
    assert client.get("/api/v1/clocks", {"standing": "perfect"}).status_code == 422


def test_the_table_costs_the_same_for_many(client, record, roles):
    client.get("/agencies/")
    with CaptureQueriesContext(connection) as few:
        client.get("/agencies/")
    for name in ("示範觀光處", "示範教育局"):
        other = make_agency(name)
        officer = make_member(role="Officers", agency=other)
        for _number in range(3):
            owe(other, since=70, answered=20, officer=officer)
    with CaptureQueriesContext(connection) as many:
        client.get("/agencies/")
    assert len(many) == len(few)


def test_a_long_list_is_read_in_stretches(client, agency, monkeypatch):
    monkeypatch.setattr(agencies, "STRETCH", 2)
    for _number in range(5):
        owe(agency, since=10)
    seen, before = [], 0
    while True:
        clocks_shown, before = agencies.clocks_of(agency, before=before)
        seen += [clock.pk for clock in clocks_shown]
        if not before:
            break
    assert len(seen) == len(set(seen)) == 5


def test_lists_of_discussions_tell_how_the_clock_stands(client, site, record):
    page = client.get("/spaces/").content.decode()
    for space in Space.objects.all():
        face = clockfaces.of_space(space)
        assert str(face.words) in page, face.words


def test_half_of_the_answers_in_a_day_reads_as_a_day(client, site, agency, officer):
    owe(agency, since=50, answered=1, officer=officer)
    assert "Half of the answers took a day or less." in client.get("/en/agencies/").content.decode()
