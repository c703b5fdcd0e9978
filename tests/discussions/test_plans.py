"""No list reads what grows from end to end, on SQLite and on PostgreSQL (figure A20)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from discussions import cases, counting, live, moderation, transcripts, watch
from discussions.live.transcripts import Said
from discussions.models import Comment, Event, Phase, Statement
from discussions.notices import feeds
from tests.discussions import proposing
from tests.discussions.questionnaire import make_survey
from tests.factories import make_member, make_space, propose, say
from tests.plans import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(agency, member, neighbour):
    """A few of everything that grows: the plans are those of a million."""
    space = make_space(agency=agency, instruments={"comments": {}, "statements": {}, "proposals": {}, "live": {}})
    for number in range(30):
        root = say(space, member, f"第 {number} 則意見")
        say(space, neighbour, "我也這樣想", parent_id=root.pk)
        propose(space, neighbour, f"第 {number} 個主張")
    proposing.published(space, member)
    return space


def test_lists_and_pages_of_a_discussion(client, busy, member):
    base = busy.get_absolute_url()
    addresses = [
        f"/api/v1/spaces/{busy.slug}/comments?limit=20",
        f"/api/v1/spaces/{busy.slug}/comments?limit=20&before={Comment.objects.latest('pk').pk}",
        f"/api/v1/spaces/{busy.slug}/statements?limit=20",
        f"/api/v1/spaces/{busy.slug}/proposals?limit=20",
        f"{base}statements/?before={Statement.objects.latest('pk').pk}",
        f"{base}proposals/",
        f"{base}thread/",
        *(f"{base}?sort={sort}" for sort in ("new", "agreed", "discussed", "unanswered")),
    ]
    client.force_login(member)
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, address
        assert faults(queries) == [], address


def test_a_transcript_and_a_record(client, busy, roles):
    lead = {"facilitator": make_member(role="Facilitators")}
    session = live.open_session(
        session=live.plan_session(space=busy, title="說明會", starts_at=timezone.now(), **lead), **lead
    )
    said = [Said(n * 1000, f"第 {n} 句", "主席") for n in range(150)]
    live.import_lines(session=session, author=lead["facilitator"], lines=said)
    live.ask(session=session, author=make_member(), text="末班車會延後嗎", client_id="asked-0001")
    live.close_session(session=session, **lead)
    lines = f"/live/{session.code}/lines/"
    stretch = transcripts.page(session)
    addresses = [
        f"/live/{session.code}/",
        lines,
        f"{lines}?after={stretch.after}",
        f"{lines}?before={transcripts.page(session, after=stretch.after).before}",
        f"{lines}?at=120",
        f"{lines}?part=around&ms=90000",
        f"/api/v1/spaces/{busy.slug}/sessions/{session.code}/lines",
    ]
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, address
        assert faults(queries) == [], address


def test_the_list_for_programs_sorts_nothing(busy):
    """Whoever reads a million comments in stretches must not have all of them sorted for each."""
    if connection.vendor != "sqlite":
        pytest.skip("a planner that knows how small the table is sorts it; SQLite does not know")
    rows = Comment.objects.published().filter(space=busy).order_by("-pk")[:20]
    assert "TEMP B-TREE" not in rows.explain()


def test_the_moderators_queue_finds_what_is_held(busy, moderator):
    with CaptureQueriesContext(connection) as queries:
        cases.catch_up()
    assert len(queries) > 5 and faults(queries) == []


def test_the_clockwork_finds_what_is_new(busy):
    watch.run()
    counting.catch_up()
    with CaptureQueriesContext(connection) as queries:
        watch.run()
        counting.catch_up()
    assert faults(queries) == []


def test_feeds_find_the_few_events_they_tell(busy):
    busy.phase = Phase.VOTING
    busy.save(update_fields=["phase"])
    Event.objects.filter(type="proposal.published").update(type="phase.changed", data={"phase": Phase.VOTING})
    with CaptureQueriesContext(connection) as queries:
        feeds.of_space(busy, url="/")
        feeds.of_site(url="/")
    assert len(queries) >= 2 and faults(queries) == []


def test_the_front_finds_the_newest_answers(client, site, busy):
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    assert faults(queries) == []


def test_a_query_that_reads_all_comments_is_noticed(busy, member):
    with CaptureQueriesContext(connection) as queries:
        list(Comment.objects.filter(text__contains="意見"))
        list(Comment.objects.order_by("pk")[5:9])
    assert len(faults(queries)) >= 2


def test_ones_own_page_reads_ones_own_rows(client, busy, member, neighbour):
    """And no answer to others: of a newcomer, and of people who said a lot."""
    for who in (make_member(), member, neighbour):
        client.force_login(who)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("discussions:me")).status_code == 200
        assert faults(queries) == []


def test_the_moderation_log_counts_no_decisions(client, site, busy, member, moderator):
    for comment in Comment.objects.filter(author=member)[:5]:
        moderation.hide(target=comment, moderator=moderator, reason="spam")
    for address in (
        reverse("discussions:moderation_log"),
        reverse("discussions:space_moderation_log", args=[busy.slug]),
        "/api/v1/moderation/summary",
    ):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, address
        assert faults(queries) == [], address
        counted = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
        assert not [sql for sql in counted if "moderationact" in sql], address


def test_a_list_of_surveys_counts_the_answers_of_those_it_shows_by_an_index_alone(client, busy, member):
    """Sorting all surveys of a space would count the answers of all of them first."""
    make_survey(busy)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"{busy.get_absolute_url()}surveys/").status_code == 200
    assert faults(queries) == []
    (sql,) = [
        query["sql"] for query in queries if 'FROM "discussions_survey"' in query["sql"] and "LIMIT" in query["sql"]
    ]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = [row[3] for row in cursor.fetchall()]
        assert not [step for step in plan if "TEMP B-TREE" in step]
        (counting_step,) = [step for step in plan if "USING COVERING INDEX" in step]
        assert "survey" in counting_step
