"""The desks of surveys and budget choices, as a communicator uses them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from discussions import instruments, questionnaires, responses
from discussions.branching import Condition
from discussions.models import Budget, BudgetDecision, Rule, Survey
from tests.discussions.questionnaire import ALL, make_survey, offering_surveys
from tests.discussions.test_budgets import COSTS, make_budget, titles, vote
from tests.discussions.test_surveys import RIDER
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, site, communicator, space):
    """The browser of a communicator, and a space with both instruments."""
    offering_surveys(space)
    space.instruments[instruments.Instrument.BUDGETS.value] = {}
    space.save()
    client.force_login(communicator)
    return client


def text(response):
    return response.content.decode()


def form_of(*questions, stored=0, **survey):
    """What the browser sends for a survey with these questions and one blank form below."""
    data = {"title": "搭車習慣", "results": "answered", **survey}
    blank = {"kind": "single", "text": ""}
    for number, question in enumerate((*questions, blank)):
        data |= {f"questions-{number}-{name}": value for name, value in question.items()}
    management = {"TOTAL_FORMS": len(questions) + 1, "INITIAL_FORMS": stored, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 30}
    return data | {f"questions-{name}": value for name, value in management.items()}


HABIT = {"kind": "single", "text": "您多久搭一次公車？", "required": "on", "options": "每天 | Every day\n不搭 | Never"}
WHY = {"kind": "text", "text": "為什麼不搭？", "after": "1", "answers": "2"}
CONTENT = {"kind": "scale", "text": "您滿意嗎？", "points": "5", "low": "不滿意 | Not at all"}


def test_a_communicator_writes_a_survey_with_branching_and_opens_it(desk, space):
    answer = desk.post(reverse("survey_create", args=[space.slug]), form_of(HABIT, WHY, CONTENT))
    assert answer.status_code == 302
    survey = Survey.objects.get()
    habit, why, content = questionnaires.read(survey)
    assert habit.options[1].english == "Never" and why.condition == Condition(1, frozenset({2}))
    assert content.low.english == "Not at all" and survey.state == "draft"
    desk.post(reverse("survey_open", args=[space.slug, survey.pk]))
    survey.refresh_from_db()
    assert survey.state == "open"
    assert "搭車習慣" in text(desk.get(reverse("survey_desk", args=[space.slug])))


def test_questions_change_places_and_their_branching_follows(desk, space):
    first, second = {**CONTENT, "ORDER": "3"}, {**HABIT, "ORDER": "1"}
    third = {**WHY, "after": "2", "ORDER": "2"}
    desk.post(reverse("survey_create", args=[space.slug]), form_of(first, second, third))
    read = questionnaires.read(Survey.objects.get())
    assert [draft.kind for draft in read] == ["single", "text", "scale"] and read[1].condition.after == 1


@pytest.mark.parametrize(
    "wrong", [{"after": "7"}, {"after": "2"}, {"answers": "9"}, {"answers": "every day"}, {"answers": ""}]
)
def test_impossible_branching_is_named_at_its_question_and_nothing_is_lost(desk, space, wrong):
    answer = desk.post(reverse("survey_create", args=[space.slug]), form_of(HABIT, {**WHY, **wrong}))
    assert answer.status_code == 422 and "為什麼不搭？" in text(answer) and "error-message" in text(answer)
    assert not Survey.objects.exists()


def test_a_stored_survey_is_saved_again_unchanged(desk, space):
    survey = make_survey(space)
    page = desk.get(reverse("survey_edit", args=[space.slug, survey.pk]))
    forms = page.context["questions"].initial_forms
    sent = [{name: value for name, value in form.initial.items() if value not in (None, False)} for form in forms]
    desk.post(reverse("survey_edit", args=[space.slug, survey.pk]), form_of(*sent, stored=len(sent)))
    survey.refresh_from_db()
    assert tuple(questionnaires.read(survey)) == tuple(questionnaires.checked(ALL))


def test_with_answers_the_desk_lets_words_be_mended_and_keeps_the_rest(desk, space):
    survey = make_survey(space)
    responses.respond(survey=survey, member=make_member(), answers=RIDER)
    address = reverse("survey_edit", args=[space.slug, survey.pk])
    page = desk.get(address)
    forms = page.context["questions"].initial_forms
    assert "desk-note" in text(page) and forms[0].fields["kind"].disabled
    sent = [{name: value for name, value in form.initial.items() if value not in (None, False)} for form in forms]
    sent[0] |= {"kind": "text", "text": "您多久搭乘一次公車？"}
    data = form_of(*sent, stored=len(sent)) | {"questions-TOTAL_FORMS": len(sent)}
    assert desk.post(address, data).status_code == 302
    habit = survey.questions.first()
    assert (habit.kind, habit.text) == ("single", "您多久搭乘一次公車？")


def test_a_quick_poll_takes_two_fields(desk, space):
    sent = {"question": "假日要限流嗎？ | Limit visitors?", "options": "要 | Yes\n不要 | No"}
    assert desk.post(reverse("survey_poll", args=[space.slug]), sent).status_code == 302
    poll = Survey.objects.get()
    assert poll.is_quick and poll.state == "open" and poll.title_en == "Limit visitors?"
    refused = desk.post(reverse("survey_poll", args=[space.slug]), {"question": "只有一個選項？", "options": "要"})
    assert refused.status_code == 422 and "只有一個選項？" in text(refused) and Survey.objects.count() == 1


def test_a_communicator_prepares_a_budget_from_a_file_and_opens_it(desk, space):
    terms = {"title": "步道經費", "total": "1000000", "kind": "knapsack", "rule": Rule.EQUAL_SHARES}
    desk.post(reverse("budget_create", args=[space.slug]), terms)
    budget = Budget.objects.get()
    file = SimpleUploadedFile("p.csv", "名稱,經費\n護欄,600000\n公廁,很貴\n".encode())
    answer = desk.post(reverse("budget_import", args=[space.slug, budget.pk]), {"file": file})
    assert "“很貴”" in text(answer) or "很貴" in text(answer)
    assert budget.projects.get().cost == 600_000
    project = {"title": "導覽牌", "cost": "100000", "place": "瀑布口"}
    desk.post(reverse("budget_project_new", args=[space.slug, budget.pk]), project)
    row = budget.projects.get(title="導覽牌")
    desk.post(reverse("budget_project", args=[space.slug, budget.pk, row.pk]), {**project, "cost": "90000"})
    desk.post(reverse("budget_open", args=[space.slug, budget.pk]))
    budget.refresh_from_db()
    assert budget.state == "open" and budget.projects.get(title="導覽牌").cost == 90_000
    assert "護欄" in text(desk.get(reverse("budget_edit", args=[space.slug, budget.pk])))


def test_a_budget_is_closed_counted_and_decided_at_the_desk(
    desk, space, communicator, django_capture_on_commit_callbacks
):
    budget = make_budget(space, make_member(is_superuser=True))
    vote(budget, "公廁")
    address = [space.slug, budget.pk]
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("budget_close", args=address))
    page = desk.get(reverse("budget_edit", args=address))
    assert titles(page.context["outcome"]) == ["公廁"]
    bus = budget.projects.get(title="接駁車")
    assert desk.post(reverse("budget_winner", args=address), {"project": bus.pk, "wins": "1"}).status_code == 422
    desk.post(reverse("budget_winner", args=address), {"project": bus.pk, "wins": "1", "reason": "剩餘經費遞補。"})
    desk.post(reverse("budget_rule", args=address), {"rule": Rule.EQUAL_SHARES, "reason": "公告為此規則。"})
    assert list(BudgetDecision.objects.values_list("act", "editor_id"))[1:] == [
        ("add", communicator.pk),
        ("override", communicator.pk),
    ]


def test_a_budget_without_projects_does_not_open(desk, space):
    budget = make_budget(space, make_member(is_superuser=True), is_open=False, costs={})
    desk.post(reverse("budget_open", args=[space.slug, budget.pk]))
    budget.refresh_from_db()
    assert budget.state == "draft" and len(COSTS) == 4


def test_the_desks_count_answers_and_ballots_one_by_one(desk, space, member, neighbour):
    """A join would lay every ballot beside every project before anything is counted."""
    survey, budget = make_survey(space), make_budget(space, make_member(is_superuser=True))
    for one in (member, neighbour):
        vote(budget, "公廁", "導覽牌", member=one)
        responses.respond(survey=survey, member=one, answers=RIDER)
    for key, expected in (("survey_desk", 2), ("budget_desk", 2)):
        with CaptureQueriesContext(connection) as queries:
            answer = desk.get(reverse(key, args=[space.slug]))
        (row,) = answer.context["surveys" if key == "survey_desk" else "budgets"]
        assert row.n == expected
        assert not [query["sql"] for query in queries if "LEFT OUTER JOIN" in query["sql"] and "COUNT(" in query["sql"]]
    assert row.n_projects == len(COSTS)


@pytest.mark.parametrize("role", ["Moderators", "Planners", ""])
def test_others_do_not_reach_the_desks(client, site, roles, space, role):
    survey, budget = make_survey(space), make_budget(space, make_member(is_superuser=True))
    client.force_login(make_member(role=role))
    for name, pk in (("survey_edit", survey.pk), ("survey_close", survey.pk), ("budget_edit", budget.pk)):
        address = reverse(name, args=[space.slug, pk])
        assert client.get(address).status_code in (302, 403, 405)
        assert client.post(address, {}).status_code in (302, 403)
    survey.refresh_from_db()
    assert survey.state == "open"
