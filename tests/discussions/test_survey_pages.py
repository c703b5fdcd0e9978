"""Pages and interface of surveys and budget choices: on a telephone, without JavaScript, in both languages."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from discussions import budgets, exports, moderation, responses, survey_results, surveys, tokens
from discussions.exports.table import voter
from discussions.models import Budget, BudgetBallot, FreeAnswer, Level, Survey, SurveyResponse
from discussions.questionnaires import Words
from nlp.models import Opinion
from tests.discussions.questionnaire import make_survey, offering_surveys
from tests.discussions.test_budgets import make_budget, vote
from tests.discussions.test_surveys import RIDER, WALKER
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(db):
    return make_member(is_superuser=True)


@pytest.fixture
def survey(space):
    return make_survey(space)


@pytest.fixture
def budget(space, editor):
    return make_budget(space, editor, kind=Budget.Kind.KNAPSACK)


def at(name, thing):
    return reverse(f"discussions:{name}", args=[thing.space.slug, thing.pk])


def text(response):
    return response.content.decode()


def shown(response):
    """Which questions are within reach on a page."""
    return [item.question.number for item in response.context["sheet"].items if item.is_shown]


# Answering without JavaScript


def test_without_javascript_a_survey_is_answered_in_steps(client, survey, member):
    client.force_login(member)
    assert shown(client.get(at("survey", survey))) == [1]
    second = client.post(at("answer_survey", survey), {"seen": ["1"], "q1": "3"})
    assert second.status_code == 200 and shown(second) == [1, 2, 3, 4, 5]
    assert not SurveyResponse.objects.exists()
    sent = {"seen": list("12345"), "q1": "3", "q2": WALKER[2], "q3": ["1"], "q4": "none", "q5_1": "2", "q5_3": "1"}
    done = client.post(at("answer_survey", survey), sent, follow=True)
    assert done.redirect_chain[-1][0] == at("survey_results", survey)
    given = responses.given_by(SurveyResponse.objects.get(), responses.questions_of(survey))
    assert given[4].has_no_opinion and given[5].numbers == (3, 1) and FreeAnswer.objects.get().text == WALKER[2]


def test_places_given_twice_are_shown_again_as_they_were_given(client, survey, member):
    client.force_login(member)
    page = client.post(at("answer_survey", survey), {"seen": list("12345"), "q1": "1", "q5_1": "2", "q5_2": "2"})
    (ranking,) = [item for item in page.context["sheet"].items if item.question.number == 5]
    assert page.status_code == 422 and ranking.problem
    assert [choice.place for choice in ranking.choices] == [2, 2, None]


def test_the_note_on_the_method_tells_the_kinds_in_a_sentence_of_its_own(client, survey, member):
    responses.respond(survey=survey, member=member, answers=RIDER)
    responses.respond(survey=survey, member=make_member(level=Level.EMAIL), answers=RIDER)
    client.force_login(member)
    address = at("survey_results", survey)
    assert "Among them: " in text(client.get(f"/en{address}"))
    body = text(client.get(address))
    assert "其中" in body and "共 2 人填答。 " not in body


def test_nothing_filled_in_is_lost_when_something_is_wrong(client, survey, member):
    client.force_login(member)
    sent = {
        "seen": list("12345"),
        "q1": "3",
        "q2": "走路比較快",
        "q3": ["1", "2", "3"],
        "q4": "5",
        "q5_1": "1",
        "q5_2": "1",
    }
    page = client.post(at("answer_survey", survey), sent)
    body = text(page)
    assert page.status_code == 422 and "走路比較快" in body
    assert {item.question.number for item in page.context["sheet"].problems} == {3, 5}
    chosen = [[choice.value for choice in item.choices if choice.is_chosen] for item in page.context["sheet"].items]
    assert chosen == [["3"], [], ["1", "2", "3"], ["5"], ["1", "2"]]
    assert not SurveyResponse.objects.exists()


def test_a_visitor_is_told_to_sign_in_and_keeps_every_word(client, survey):
    page = client.get(at("survey", survey))
    assert reverse("account_login") in text(page)
    sent = {"seen": list("12345"), "q1": "3", "q2": "走路比較快", "q3": ["1"]}
    refused = client.post(at("answer_survey", survey), sent)
    assert refused.status_code == 401 and "走路比較快" in text(refused)


def test_a_guest_answers_where_the_space_lets_guests_in(client, space):
    survey = make_survey(space)
    offering_surveys(space, level=int(Level.GUEST))
    client.post(at("answer_survey", survey), {"seen": list("1345"), "q1": "1", "q3": ["1"]})
    assert SurveyResponse.objects.get().level == Level.GUEST


def test_a_member_finds_their_answers_in_the_form_and_changes_them(client, survey, member):
    responses.respond(survey=survey, member=member, answers=WALKER)
    client.force_login(member)
    page = client.get(at("survey", survey))
    assert shown(page) == [1, 2, 3, 4, 5] and WALKER[2] in text(page)
    client.post(at("answer_survey", survey), {"seen": list("1345"), "q1": "1", "q3": ["2"]})
    given = responses.given_by(SurveyResponse.objects.get(), responses.questions_of(survey))
    assert given[1].numbers == (1,) and 2 not in given


@pytest.mark.parametrize("junk", [{"q1": "99999999999"}, {"q1": "x"}, {"q3": ["-1"]}, {"q5_1": "٣"}, {"seen": "x"}, {}])
def test_whatever_is_sent_gets_an_answer(client, survey, member, junk):
    client.force_login(member)
    response = client.post(at("answer_survey", survey), {"seen": list("12345"), "q1": "1", "q3": ["1"], **junk})
    assert response.status_code in (200, 302, 422)


# Results


def test_results_say_how_they_were_made_in_both_languages(client, survey, member):
    for someone, answers in ((member, WALKER), (make_member(), RIDER), (make_member(), RIDER)):
        responses.respond(survey=survey, member=someone, answers=answers)
    client.force_login(member)
    body = text(client.get(at("survey_results", survey)))
    assert "3 人作答" in body and "為什麼不搭" in body and "<svg" in body
    with translation.override("en"):
        english = at("survey_results", survey)
    body = text(client.get(english))
    assert english.startswith("/en/") and "not a representative poll" in body and "How often do you ride?" in body
    assert "Borda" in body and member.display_name not in body.split("survey-result")[1]


def test_results_wait_for_those_who_have_not_answered(client, survey, editor):
    assert client.get(at("survey_results", survey)).status_code == 403
    surveys.close_now(survey=survey, editor=editor)
    assert client.get(at("survey_results", survey)).status_code == 200


def test_free_words_are_read_without_names(client, survey, member, editor):
    responses.respond(survey=survey, member=member, answers=WALKER)
    words = FreeAnswer.objects.get()
    address = reverse("discussions:survey_words", args=[survey.space.slug, words.question_id])
    assert client.get(address).status_code == 403
    surveys.close_now(survey=survey, editor=editor)
    body = text(client.get(address))
    assert WALKER[2] in body and member.display_name not in body


def test_words_that_a_planner_reads_at_the_desk_can_be_opened_where_they_were_said(
    client, survey, member, neighbour, planner
):
    responses.respond(survey=survey, member=member, answers=WALKER)
    address = reverse("discussions:survey_words", args=[survey.space.slug, FreeAnswer.objects.get().question_id])
    client.force_login(neighbour)
    assert client.get(address).status_code == 403
    client.force_login(planner)
    assert WALKER[2] in text(client.get(address))


def test_hidden_words_leave_pages_analysis_and_open_data_and_come_back(client, survey, member, editor):
    responses.respond(survey=survey, member=member, answers=WALKER)
    surveys.close_now(survey=survey, editor=editor)
    words = FreeAnswer.objects.get()
    moderation.hide(target=words, moderator=editor, reason="personal")
    assert WALKER[2] not in text(client.get(words.get_absolute_url()))
    assert rows(survey.space, "survey_words") == [] and not Opinion.objects.published().exists()
    assert survey_results.counted(survey).outcomes[1].n == 0
    moderation.restore(target=FreeAnswer.objects.get(), moderator=editor)
    assert WALKER[2] in text(client.get(words.get_absolute_url()))
    assert Opinion.objects.published().get().text == WALKER[2]


def test_a_page_costs_the_same_for_many_responses(client, survey, editor):
    surveys.close_now(survey=survey, editor=editor)
    client.get(at("survey_results", survey))

    def cost():
        with CaptureQueriesContext(connection) as found:
            client.get(at("survey_results", survey))
            client.get(reverse("discussions:surveys", args=[survey.space.slug]))
        return len(found)

    few = cost()
    Survey.objects.update(state="open", closed_at=None)
    for _number in range(12):
        responses.respond(survey=survey, member=make_member(), answers=RIDER)
    surveys.close_now(survey=survey, editor=editor)
    client.get(at("survey_results", survey))
    assert cost() == few


def test_drafts_are_seen_by_those_who_prepare_them_only(client, space, editor, member):
    draft, plan = make_survey(space, is_open=False), make_budget(space, editor, is_open=False)
    client.force_login(member)
    for address in (at("survey", draft), at("budget", plan), at("survey_results", draft), at("budget_result", plan)):
        assert client.get(address).status_code == 404
    client.force_login(editor)
    preview = client.get(at("survey", draft))
    assert 'name="q1"' in text(preview) and "data-send" not in text(preview)
    assert client.get(at("budget", plan)).status_code == 200


# Quick polls


def test_a_quick_poll_is_answered_on_the_front_of_the_space(client, space, editor, member):
    offering_surveys(space)
    poll = surveys.poll(
        space=space, editor=editor, question=Words("假日要不要限流？"), options=[Words("要"), Words("不要")]
    )
    client.force_login(member)
    front = text(client.get(space.get_absolute_url()))
    assert "假日要不要限流？" in front and at("answer_quick_poll", poll) in front
    answered = client.post(at("answer_quick_poll", poll), {"option": "1"}, follow=True)
    assert answered.redirect_chain and "100%" in text(answered)
    card = client.post(at("answer_quick_poll", poll), {"option": "2"}, headers={"HX-Request": "true"})
    assert card.status_code == 200 and text(card).strip().startswith("<div")
    assert SurveyResponse.objects.count() == 1
    assert client.post(at("answer_quick_poll", poll), {"option": "7"}).status_code == 422


def test_a_visitor_who_answers_a_quick_poll_is_told_why_it_is_not_counted(client, space, editor):
    offering_surveys(space)
    poll = surveys.poll(space=space, editor=editor, question=Words("假日限流？"), options=[Words("要"), Words("不要")])
    card = client.post(at("answer_quick_poll", poll), {"option": "2"}, headers={"HX-Request": "true"})
    assert card.status_code == 200 and 'role="alert"' in text(card) and reverse("account_login") in text(card)
    assert 'value="2" required checked' in text(card) and not SurveyResponse.objects.exists()
    assert client.post(at("answer_quick_poll", poll), {"option": "2"}).status_code == 401


def test_a_survey_is_no_quick_poll(client, survey, member):
    client.force_login(member)
    assert client.post(at("answer_quick_poll", survey), {"option": "1"}).status_code == 404
    assert "poll-card" not in text(client.get(survey.space.get_absolute_url()))


# Budgets


def test_a_budget_ballot_over_the_total_comes_back_with_the_sum(client, budget, member):
    client.force_login(member)
    everything = [str(pk) for pk in budget.projects.values_list("pk", flat=True)]
    refused = client.post(at("cast_ballot", budget), {"project": everything})
    assert refused.status_code == 422 and "NT$1,600,000" in text(refused) and text(refused).count(" checked") == 4
    only_sum = client.post(at("cast_ballot", budget), {"project": everything[:1], "sum": "1"})
    assert only_sum.status_code == 200 and "NT$600,000" in text(only_sum) and not BudgetBallot.objects.exists()
    client.post(at("cast_ballot", budget), {"project": everything[:1]})
    assert BudgetBallot.objects.get().member == member
    assert text(client.get(at("budget", budget))).count(" checked") == 1


def test_the_result_shows_every_rule_and_every_decision(client, budget, editor, django_capture_on_commit_callbacks):
    for _number in range(3):
        vote(budget, "公廁", "導覽牌")
    with django_capture_on_commit_callbacks(execute=True):
        budgets.close_now(budget=budget, editor=editor)
    project = budget.projects.get(title="導覽牌")
    budgets.override_winner(project=project, editor=editor, wins=False, reason="已由其他經費設置。")
    body = text(client.get(at("budget_result", budget)))
    for words in ("NT$400,000", "NT$600,000", "pabutools", "已由其他經費設置。"):
        assert words in body
    assert body.count("<table") == 3 and editor.display_name not in body
    with translation.override("en"):
        english = text(client.get(at("budget_result", budget)))
    assert "Method of Equal Shares" in english and "1 project wins" in english


def test_votes_are_not_shown_while_people_vote(client, budget):
    vote(budget, "公廁")
    body = text(client.get(at("budget_result", budget)))
    assert "<table" not in body and client.get(at("budget", budget)).status_code == 200


@pytest.mark.parametrize("name", ["surveys", "budgets"])
def test_an_empty_room_says_what_will_stand_there(client, space, name):
    for language in ("zh-hant", "en"):
        with translation.override(language):
            response = client.get(reverse(f"discussions:{name}", args=[space.slug]))
        assert response.status_code == 200 and 'class="empty' in text(response)


# Interface for programs and open data


def bearer(member):
    _token, key = tokens.make(member=member, name="test")
    return {"Authorization": f"Bearer {key}"}


def put(client, address, sent, **more):
    return client.put(address, json.dumps(sent), content_type="application/json", **more)


def test_a_program_reads_a_survey_answers_it_and_reads_the_results(client, survey, member):
    base = f"/api/v1/spaces/{survey.space.slug}/surveys"
    assert [item["id"] for item in client.get(base).json()["items"]] == [survey.pk]
    asked = client.get(f"{base}/{survey.pk}").json()["questions"]
    assert asked[1]["condition"] == {"after": 1, "options": [3], "low": None, "high": None}
    assert client.get(f"{base}/{survey.pk}/results").status_code == 403
    answers = {str(number): value for number, value in WALKER.items()}
    assert put(client, f"{base}/{survey.pk}/response", {"answers": answers}).status_code == 401
    keys = bearer(member)
    assert put(client, f"{base}/{survey.pk}/response", {"answers": answers}, headers=keys).status_code == 200
    assert SurveyResponse.objects.get().channel == "api"
    found = client.get(f"{base}/{survey.pk}/results", headers=keys).json()
    assert found["n"] == 1 and found["outcomes"][0]["bars"][2] == {"number": 3, "count": 1, "points": 0, "firsts": 0}


@pytest.mark.parametrize("answers", [{"1": 999}, {"1": []}, {"1": "x"}, {"3": [1, 1]}, {"99": 1}, {"1": None}])
def test_wrong_answers_of_a_program_are_refused_with_a_reason(client, survey, member, answers):
    base = f"/api/v1/spaces/{survey.space.slug}/surveys/{survey.pk}/response"
    response = put(client, base, {"answers": answers}, headers=bearer(member))
    assert response.status_code == 422 and not SurveyResponse.objects.exists()


def test_a_program_casts_a_budget_ballot_and_reads_the_result(
    client, budget, member, editor, django_capture_on_commit_callbacks
):
    base = f"/api/v1/spaces/{budget.space.slug}/budgets"
    projects = client.get(f"{base}/{budget.pk}").json()["projects"]
    keys = bearer(member)
    everything = {"projects": [project["id"] for project in projects]}
    assert put(client, f"{base}/{budget.pk}/ballot", everything, headers=keys).json()["error"] == "over_total"
    assert put(client, f"{base}/{budget.pk}/ballot", {"projects": [2**70]}, headers=keys).status_code == 422
    assert put(client, f"{base}/{budget.pk}/ballot", {"projects": [projects[0]["id"]]}, headers=keys).status_code == 200
    assert client.get(f"{base}/{budget.pk}/result").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        budgets.close_now(budget=budget, editor=editor)
    counted = client.get(f"{base}/{budget.pk}/result").json()
    assert counted["tallies"][0]["decides"] and counted["tallies"][0]["spent"] == projects[0]["cost"]
    assert [tally["rule"] for tally in counted["tallies"]][0] == budget.rule and len(counted["tallies"]) == 3


def rows(space, name):
    return list(next(table for table in exports.TABLES if table.name == name).rows(space))


def test_responses_are_open_data_under_a_pseudonym_and_words_without_one(survey, member):
    responses.respond(survey=survey, member=make_member(), answers=RIDER)
    responses.respond(survey=survey, member=member, answers=WALKER)
    rider, walker = rows(survey.space, "survey_responses")
    assert walker[1] == voter(survey.space, member.pk)
    assert rider[3:8] == ("1", "", "1 2", "4", "3 1") and walker[3:8] == ("3", "", "1", "none", "")
    assert rows(survey.space, "survey_words") == [(survey.pk, 2, WALKER[2])]
    asked = rows(survey.space, "survey_questions")
    assert (asked[0][2], asked[0][-2]) == ("q1", "每天")


def test_open_data_waits_where_the_results_wait(space, member, editor):
    survey = make_survey(space, results=Survey.Results.CLOSED)
    responses.respond(survey=survey, member=member, answers=WALKER)
    assert rows(space, "survey_responses") == [] == rows(space, "survey_words")
    surveys.close_now(survey=survey, editor=editor)
    assert len(rows(space, "survey_responses")) == 1 == len(rows(space, "survey_words"))
