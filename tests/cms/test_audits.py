"""Two questions a planner asks of an analysis: whom does a summary leave out, and what differs?"""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from nlp import analysis, audits, placing, reports, stream
from nlp.models import Opinion
from tests import factories
from tests.nlp.conftest import LATE_BUSES, MONEY, SEATS

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def talk(space):
    """Twenty-four people, the late buses in March, the rest in April and from outside; analysed by the real model."""
    for number, text in enumerate(LATE_BUSES + SEATS + MONEY):
        stream.submit(
            corpus_id=space.corpus_id,
            source="comment" if number < 8 else "x",
            key=f"a{number}",
            text=text,
            author=f"member:{number}",
            posted_at=START + timedelta(days=number if number < 8 else 30 + number),
        )
    analysis.refresh_topics(space.corpus_id)
    space.corpus.refresh_from_db()
    return space


@pytest.fixture
def desk(client, site, planner):
    client.force_login(planner)
    return client


def audited(desk, space, summary):
    return desk.post(reverse("opinion_coverage", args=[space.slug]), {"summary": summary})


def test_a_summary_of_one_subject_leaves_the_others_out(desk, talk):
    response = audited(desk, talk, "末班車太早，晚上回不了家。夜間公車班次太少。")
    audit = response.context["audit"]
    assert response.status_code == 200 and audit["length"] == 2 and not audit["unfounded"]
    seats = set(SEATS + MONEY)
    shown = {quote["opinion"].text for part in audit["left_out"] for quote in part["quotes"]}
    assert shown & seats and {quote["opinion"].text for quote in audit["mending"]} & seats
    narrow = audit["figures"][0][1]["value"]
    broad = audited(desk, talk, "\n".join([LATE_BUSES[0], SEATS[1], MONEY[0]])).context["audit"]
    assert broad["figures"][0][1]["value"] > narrow


def test_a_sentence_nobody_said_is_named(desk, talk):
    audit = audited(desk, talk, f"{LATE_BUSES[0]}。火星上的岩石含有很多鐵。").context["audit"]
    assert audit["unfounded"] == ["火星上的岩石含有很多鐵。"]
    assert "火星" in audited(desk, talk, "火星上的岩石含有很多鐵。").content.decode()


def test_nothing_pasted_is_kept_and_nothing_runs(desk, talk):
    text = audited(desk, talk, "<script>alert(1)</script>公車太少").content.decode()
    assert "<script>alert(1)" not in text
    assert not Opinion.objects.filter(text__contains="alert").exists()


@pytest.mark.parametrize("summary", ["", "。。。", "長" * 20_001])
def test_what_is_no_summary_is_sent_back_with_its_reason(desk, talk, summary):
    response = audited(desk, talk, summary)
    assert response.status_code == 422 and response.context["form"].errors["summary"]


def test_before_the_first_analysis_both_pages_say_so(desk, space):
    assert audited(desk, space, "公車太少。").status_code == 422
    response = desk.get(reverse("opinion_compare", args=[space.slug]), {"by": "time", "day": "2026-03-20"})
    assert response.status_code == 422


def test_words_hidden_since_are_not_quoted_and_not_counted(desk, talk):
    for opinion in Opinion.objects.filter(text__in=SEATS):
        stream.withdraw(opinion.source, opinion.source_key)
    text = audited(desk, talk, "末班車太早。").content.decode()
    assert not [words for words in SEATS if words in text]
    assert len(audits.read(talk.corpus).ids) == 16


def test_before_and_after_a_day_topics_differ_clearly(desk, talk):
    response = desk.get(reverse("opinion_compare", args=[talk.slug]), {"by": "time", "day": "2026-03-20"})
    result = response.context["result"]
    assert result["people"] == (8, 16)
    late = Opinion.objects.get(source_key="a0").topic_number
    label = reports.topic(talk.corpus, late).label
    line = next(line for line in result["topics"] if line.label == label)
    assert line.told and line.a > line.b and line.low <= line.difference <= line.high


def test_two_sources_are_compared(desk, talk):
    data = {"by": "source", "source_a": "comment", "source_b": "x"}
    result = desk.get(reverse("opinion_compare", args=[talk.slug]), data).context["result"]
    assert result["people"] == (8, 16)


@pytest.mark.parametrize(
    "data",
    [
        {"by": "time"},
        {"by": "time", "day": "yesterday"},
        {"by": "source", "source_a": "x", "source_b": "x"},
        {"by": "group", "group_a": "0", "group_b": "1"},
        {"by": "elsewhere"},
    ],
)
def test_a_comparison_without_two_sides_is_refused(desk, talk, data):
    response = desk.get(reverse("opinion_compare", args=[talk.slug]), data)
    assert response.status_code == 422 and response.context["result"] is None


def test_a_side_of_two_people_tells_nothing(desk, talk):
    response = desk.get(reverse("opinion_compare", args=[talk.slug]), {"by": "time", "day": "2026-03-04"})
    assert not any(line.told for line in response.context["result"]["topics"])


ELEVATOR = [
    "捷運站的電梯壞了三個月還沒修",
    "車站電梯故障，輪椅族根本進不了站",
    "電梯一直維修中，推嬰兒車的人怎麼辦",
    "希望捷運站的電梯趕快修好",
    "電梯壞掉只能走樓梯，長輩很辛苦",
    "捷運站電梯每個月都在故障",
]


def test_a_subject_that_no_topic_holds_is_noticed_when_several_people_speak_of_it(desk, talk):
    words = [*ELEVATOR, "今天天氣不錯"]
    for number, text in enumerate(words):
        author = f"member:{100 + number}"
        stream.submit(
            corpus_id=talk.corpus_id, source="comment", key=f"e{number}", text=text, author=author, posted_at=START
        )
    placing.embed_new(talk.corpus, placing.load_encoder(), None)
    Opinion.objects.filter(source_key__startswith="e").update(topic_number=None)
    response = desk.get(reverse("opinion_space", args=[talk.slug]))
    subject = response.context["emerging"][0]
    assert subject["row"].people >= 5
    assert {line["opinion"].text for line in subject["quotes"]} <= set(ELEVATOR)


def test_one_person_who_repeats_himself_is_no_new_subject(desk, talk):
    for number, text in enumerate(ELEVATOR):
        stream.submit(
            corpus_id=talk.corpus_id,
            source="comment",
            key=f"e{number}",
            text=text,
            author="member:100",
            posted_at=START,
        )
    placing.embed_new(talk.corpus, placing.load_encoder(), None)
    Opinion.objects.filter(source_key__startswith="e").update(topic_number=None)
    assert audits.emerging(talk.corpus) == []


@pytest.mark.parametrize("role", ["Communicators", "Moderators", ""])
def test_others_are_refused(client, site, roles, space, role):
    client.force_login(factories.make_member(role=role))
    for name in ("opinion_coverage", "opinion_compare"):
        assert client.get(reverse(name, args=[space.slug])).status_code in (302, 403)
