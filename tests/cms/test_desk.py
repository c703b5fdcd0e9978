"""The planner's desk: what people say, how sure we may be, and the words themselves one click away."""

import pytest
from django.urls import reverse

from cms import charts, desks
from discussions import tasks, voting
from discussions.forms import new_client_id
from discussions.models import Reply
from nlp import reports, stream
from nlp.models import Opinion
from tests import factories
from tests.cms import opinions

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(space):
    """Six people say something about the last bus."""
    people = [factories.make_member() for _number in range(6)]
    for place, person in enumerate(people):
        factories.say(space, person, f"末班車太早了，第{place}個理由")
    return space


@pytest.fixture
def no_model(monkeypatch):
    monkeypatch.setattr(reports, "model_notice", lambda: "")


def desk_of(space):
    return reverse("opinion_space", args=[space.slug])


def topic_of(space, number=1):
    return reverse("opinion_topic", args=[space.slug, number])


def text_of(response):
    return response.content.decode()


def test_a_planner_finds_each_space_with_its_figures(client, site, planner, talk, no_model):
    client.force_login(planner)
    opinions.analysed(talk)
    text = text_of(client.get(reverse("opinion_desk")))
    assert talk.title in text and desk_of(talk) in text and reverse("opinion_desk") in text


def test_the_list_costs_the_same_for_many_spaces(client, site, planner, talk, no_model, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(planner)
    client.get(reverse("opinion_desk"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("opinion_desk"))
    for _number in range(5):
        factories.say(factories.make_space(), planner, "又一個意見")
    with django_assert_num_queries(len(few)):
        client.get(reverse("opinion_desk"))


def test_the_desk_shows_topics_tone_sources_and_how_to_read_them(client, site, planner, talk, no_model):
    opinions.outside(talk, ["公車太少", "公車太擠", "公車太慢"])
    opinions.analysed(talk)
    client.force_login(planner)
    text = text_of(client.get(desk_of(talk)))
    for words in (opinions.LABEL, "末班, 夜間", "n = 9", "0.1+test", topic_of(talk), "<svg"):
        assert words in text, words
    assert text.count("公車") and "style=" not in text.split('class="desk"')[1].split("</main>")[0]


def test_only_what_came_from_elsewhere_is_called_so():
    rows = [reports.SourceRow(source, "", 5, 5) for source in desks.SOURCE_WORDS]
    outside = [row.source for row, line in zip(rows, desks.sources(rows, 50), strict=True) if line["is_outside"]]
    assert outside == ["x", "file"]


@pytest.mark.parametrize("role", ["Communicators", "Facilitators", "Moderators", ""])
def test_others_are_refused(client, site, roles, talk, role):
    opinions.analysed(talk)
    client.force_login(factories.make_member(role=role))
    for address in (reverse("opinion_desk"), desk_of(talk), topic_of(talk), reverse("opinion_state", args=[talk.slug])):
        response = client.get(address)
        assert response.status_code in (302, 403) and opinions.LABEL not in text_of(response)


def test_a_visitor_is_sent_to_sign_in(client, site, talk):
    assert client.get(desk_of(talk)).status_code == 302


def test_an_unchanged_desk_is_not_sent_again(client, site, planner, talk, no_model):
    client.force_login(planner)
    opinions.analysed(talk)
    first = client.get(desk_of(talk))
    assert client.get(desk_of(talk), headers={"If-None-Match": first["ETag"]}).status_code == 304
    factories.say(talk, planner, "新的意見來了")
    later = client.get(desk_of(talk), headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200 and later["ETag"] != first["ETag"]


def test_a_page_made_for_one_reader_is_not_confirmed_to_another(client, site, planner, officer, talk, no_model):
    client.force_login(planner)
    first = client.get(desk_of(talk))
    client.force_login(officer)
    assert client.get(desk_of(talk), headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_quiet_question_tells_when_something_is_new(client, site, planner, talk, no_model):
    client.force_login(planner)
    address = reverse("opinion_state", args=[talk.slug])
    shown = text_of(client.get(desk_of(talk)))
    before = client.get(address).json()["etag"]
    assert f'data-desk-etag="{before}"' in shown
    opinions.analysed(talk)
    assert client.get(address).json()["etag"] != before


def test_when_the_model_is_missing_the_desk_says_so_and_keeps_counting(client, site, planner, talk, monkeypatch):
    monkeypatch.setattr(reports, "model_notice", lambda: "模型還沒裝好")
    client.force_login(planner)
    response = client.get(desk_of(talk))
    assert response.context["state"].key == "model_missing" and response.context["overview"].posts == 6
    assert "模型還沒裝好" in text_of(response)


def test_the_state_follows_the_ticket(talk, no_model):
    corpus = talk.corpus
    corpus.refresh_from_db()
    assert desks.state(corpus, reports.overview(corpus)).key == "waiting"
    stream.Corpus.objects.filter(pk=corpus.pk).update(topics_dirty=False)
    corpus.refresh_from_db()
    assert desks.state(corpus, reports.overview(corpus)).key == "analysing"
    opinions.analysed(talk)
    assert desks.state(corpus, reports.overview(corpus)).key == "ready"


def test_a_topic_of_two_people_shows_no_tone(client, site, planner, space, no_model):
    for _number in range(2):
        factories.say(space, factories.make_member(), "末班車太早了")
    opinions.analysed(space)
    client.force_login(planner)
    response = client.get(desk_of(space))
    line = response.context["topics"][0]
    assert line["split"] is None and line["people"] == charts.few(2) != 2


def test_every_quote_leads_to_its_words(client, site, planner, talk, no_model):
    opinions.analysed(talk)
    client.force_login(planner)
    text = text_of(client.get(topic_of(talk)))
    for opinion in Opinion.objects.all():
        assert f'href="{opinion.url}"' in text and opinion.text in text


def test_words_hidden_a_moment_ago_are_not_quoted(client, site, planner, moderator, talk, no_model):
    from discussions import moderation

    opinions.analysed(talk)
    comment = talk.comments.first()
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    client.force_login(planner)
    assert comment.text not in text_of(client.get(topic_of(talk)))


def test_an_address_that_runs_code_is_no_link(client, site, planner, talk, no_model):
    opinions.outside(talk, ["壞連結"], url="javascript:alert(1)")
    opinions.analysed(talk)
    client.force_login(planner)
    assert "javascript:alert" not in text_of(client.get(topic_of(talk)))
    assert desks.safe_url("//evil.example/") == "" and desks.safe_url("/p/x/") == "/p/x/"


def test_quotes_are_filtered_by_source_and_tone_and_read_page_by_page(client, site, planner, talk, no_model):
    opinions.outside(talk, [f"外面說{number}" for number in range(25)])
    opinions.analysed(talk)
    client.force_login(planner)
    seen, address = [], "?source=x"
    while address:
        response = client.get(topic_of(talk) + address)
        seen += [line["opinion"].pk for line in response.context["quotes"]]
        assert {line["opinion"].source for line in response.context["quotes"]} == {"x"}
        address = response.context["older_url"]
    assert len(seen) == len(set(seen)) == 25
    tones = client.get(topic_of(talk) + "?sentiment=negative").context["quotes"]
    assert {line["opinion"].sentiment for line in tones} == {"negative"}
    everything = client.get(topic_of(talk) + "?source=nowhere&sentiment=x&before=~").context["quotes"]
    assert len(everything) == 20


def test_a_topic_that_is_gone_says_so(client, site, planner, talk, no_model):
    client.force_login(planner)
    assert client.get(topic_of(talk, 99)).status_code == 404


def test_an_officer_answers_a_topic_and_the_answer_stands_there(client, site, officer, talk, no_model):
    opinions.analysed(talk)
    client.force_login(officer)
    data = {"text": "末班車將延後到十二點。", "client_id": new_client_id()}
    for _twice in range(2):
        assert client.post(topic_of(talk), data).status_code == 302
    reply = Reply.objects.get()
    assert (reply.topic_number, reply.topic_label, reply.agency) == (1, opinions.LABEL, officer.agency)
    assert "末班車將延後到十二點。" in text_of(client.get(topic_of(talk)))


def test_a_planner_sees_no_form_and_cannot_answer(client, site, planner, talk, no_model):
    opinions.analysed(talk)
    client.force_login(planner)
    assert client.get(topic_of(talk)).context["form"] is None
    response = client.post(topic_of(talk), {"text": "我來回答", "client_id": new_client_id()})
    assert response.status_code == 403 and not Reply.objects.exists()


def test_an_empty_answer_is_sent_back_with_its_reason(client, site, officer, talk, no_model):
    opinions.analysed(talk)
    client.force_login(officer)
    response = client.post(topic_of(talk), {"text": " ", "client_id": new_client_id()})
    assert response.status_code == 422 and response.context["form"].errors["text"]
    assert not Reply.objects.exists()


def test_opinion_groups_are_shown_with_common_ground_first(client, site, planner, talk, no_model):
    people = [factories.make_member() for _number in range(24)]
    statements = [factories.propose(talk, people[0], f"主張第{number}號") for number in range(10)]
    for place, person in enumerate(people):
        side = 1 if place % 2 else -1
        for number, statement in enumerate(statements):
            voting.cast(statement=statement, member=person, value=1 if number == 0 else side if number % 2 else -side)
    tasks.regroup(talk)
    client.force_login(planner)
    response = client.get(desk_of(talk))
    groups = response.context["groups"]
    assert groups["k"] == 2 and sum(group["size"] for group in groups["groups"]) == 24
    text = text_of(response)
    assert text.index("主張第0號") < text.index("主張第1號")
    assert groups["map"].sentence in text and "member:" not in text


def test_charts_hide_weeks_and_groups_of_few_people():
    from datetime import UTC, datetime

    week = datetime(2026, 11, 2, tzinfo=UTC)
    chart = charts.timeline([reports.Moment(week, 5, 0, 0, 5, 8), reports.Moment(week, 1, 0, 0, 0, 1)])
    assert chart.columns[1].is_small and chart.columns[1].negative[1] == 0
    assert "50" in chart.sentence and charts.timeline([]) is None
    drawn = charts.opinion_map([[0, 0.0, 0.0]] * 5 + [[1, 1.0, 1.0]] * 2, {0: 5, 1: 2})
    assert len(drawn.marks) == 5 and drawn.left_out == 2 and [label.letter for label in drawn.labels] == ["A"]
    assert charts.opinion_map([], {}) is None


def test_a_map_of_very_many_people_stays_small():
    drawn = charts.opinion_map([[number % 2, float(number), 1.0] for number in range(20_000)], {0: 10_000, 1: 10_000})
    assert len(drawn.marks) <= charts.MOST_POINTS and drawn.left_out == 20_000 - len(drawn.marks)
