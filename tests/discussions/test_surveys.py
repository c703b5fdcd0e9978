"""Surveys: questions that follow from answers, one response for each person, and counts that point at nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from discussions import branching, journeys, moderation, responses, survey_results, surveys
from discussions.branching import Asked, Condition
from discussions.errors import CivicError, NotAllowed
from discussions.models import Answer, Event, FreeAnswer, Level, Phase, State, Survey, SurveyQuestion, SurveyResponse
from discussions.participation import contributions_in, people_in
from discussions.questionnaires import Draft, InvalidQuestionnaire, Words
from discussions.responses import InvalidAnswers
from nlp.models import Opinion
from tests.discussions.questionnaire import ALL, CONTENT, FIRST, HABIT, NEEDS, WHY, make_survey
from tests.factories import make_member, make_space

pytestmark = pytest.mark.django_db

RIDER = {1: 1, 3: [2, 1], 4: 4, 5: [3, 1]}
WALKER = {1: 3, 2: "站牌太遠了，走路比較快。", 3: [1], 4: "none"}


@pytest.fixture
def survey(space):
    return make_survey(space)


@pytest.fixture
def editor(db):
    return make_member(is_superuser=True)


def respond(survey, answers, member=None, **given):
    return responses.respond(survey=survey, member=member or make_member(), answers=answers, **given)


def told(space):
    return list(Event.objects.filter(space=space).order_by("seq").values_list("type", flat=True))


def terms_of(survey, **changes):
    given = {"title": Words(survey.title, survey.title_en), "closes_at": survey.closes_at, "results": survey.results}
    return surveys.Terms(**{**given, **changes})


# Branching


def test_a_question_follows_only_from_the_answer_it_waits_for():
    questions = [Asked(1), Asked(2, Condition(1, frozenset({3}))), Asked(3, Condition(2, low=4, high=5)), Asked(4)]
    assert branching.reached(questions, {1: frozenset({1}), 2: frozenset({5})}) == [1, 4]
    assert branching.reached(questions, {1: frozenset({3}), 2: frozenset({5})}) == [1, 2, 3, 4]
    assert branching.reached(questions, {1: frozenset({3}), 2: frozenset()}) == [1, 2, 4]


def test_without_javascript_the_next_page_ends_before_what_is_not_decided():
    questions = [Asked(1), Asked(2, Condition(1, frozenset({3}))), Asked(3)]
    assert branching.stretch(questions, {}, frozenset()) == branching.Stretch((1,), False)
    assert branching.stretch(questions, {1: frozenset({3})}, frozenset({1})) == branching.Stretch((1, 2, 3), True)
    assert branching.stretch(questions, {1: frozenset({1})}, frozenset({1})) == branching.Stretch((1, 3), True)


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (Condition(2, frozenset({1})), "condition_later"),
        (Condition(3, frozenset({1})), "condition_later"),
        (Condition(9, frozenset({1})), "condition_missing"),
        (Condition(1, frozenset({4})), "condition_range"),
        (Condition(1), "condition_empty"),
        (Condition(1, low=1, high=2), "condition_empty"),
    ],
)
def test_a_circle_or_a_dangling_condition_cannot_be_saved(space, condition, code):
    with pytest.raises(InvalidQuestionnaire) as refused:
        make_survey(space, (HABIT, replace(WHY, condition=condition), NEEDS))
    assert refused.value.code == code and refused.value.number == 2
    assert not Survey.objects.exists()


def test_a_question_cannot_wait_for_own_words(space):
    with pytest.raises(InvalidQuestionnaire):
        make_survey(space, (replace(WHY, condition=None), replace(NEEDS, condition=Condition(1, frozenset({1})))))


def test_the_database_itself_refuses_a_question_that_waits_for_a_later_one(survey):
    first, second = survey.questions.all()[:2]
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyQuestion.objects.filter(pk=first.pk).update(asked_after=second, asked_after_number=2)


# Answering


def test_answers_are_kept_once_for_each_person(survey, member):
    respond(survey, RIDER, member)
    again = respond(survey, RIDER, member)
    assert SurveyResponse.objects.get() == again and again.changed_at is None
    assert told(survey.space) == ["survey.opened", "survey.responded"]
    assert list(
        Answer.objects.filter(question__number=5).order_by("slot").values_list("option__number", flat=True)
    ) == [
        3,
        1,
    ]


def test_a_second_response_replaces_the_first_until_the_survey_closes(survey, member, editor):
    respond(survey, RIDER, member)
    changed = respond(survey, WALKER, member)
    questions = responses.questions_of(survey)
    assert responses.given_by(changed, questions)[1].numbers == (3,)
    assert FreeAnswer.objects.get().text == WALKER[2]
    surveys.close_now(survey=survey, editor=editor)
    with pytest.raises(NotAllowed) as refused:
        respond(survey, RIDER, member)
    assert refused.value.code == "survey_closed"


def test_the_last_moment_counts_even_when_nobody_has_closed_it(space, member):
    survey = make_survey(space, closes_at=timezone.now() + timedelta(days=1))
    Survey.objects.filter(pk=survey.pk).update(closes_at=timezone.now())
    with pytest.raises(NotAllowed):
        respond(survey, RIDER, member)
    assert not SurveyResponse.objects.exists()


def test_answers_to_questions_that_were_not_asked_are_dropped(survey, member):
    respond(survey, {**RIDER, 2: "這題不該有人看到"}, member)
    assert not FreeAnswer.objects.exists() and not Opinion.objects.exists()


def test_what_is_wrong_is_said_for_each_question_and_nothing_is_kept(survey, member):
    with pytest.raises(InvalidAnswers) as refused:
        respond(survey, {1: None, 3: [1, 2, 3], 4: 9, 5: [1, 1]}, member)
    assert set(refused.value.problems) == {1, 3, 4, 5}
    assert not SurveyResponse.objects.exists() and told(survey.space) == ["survey.opened"]


@pytest.mark.parametrize("wrong", [{1: [1, 2]}, {1: 4}, {1: 0}, {1: "1"}, {1: -1}, {1: 1, 4: "x"}, {1: 3, 2: 5}])
def test_answers_that_cannot_be_are_refused(survey, member, wrong):
    with pytest.raises(InvalidAnswers):
        respond(survey, wrong, member)


def test_two_responses_of_one_person_cannot_stand_in_the_database(survey, member):
    respond(survey, RIDER, member)
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyResponse.objects.create(survey=survey, member=member, answered_at=timezone.now())


@pytest.mark.parametrize("phase", [Phase.REVIEW, Phase.ARCHIVED])
def test_no_answers_in_a_phase_without_surveys(survey, member, phase):
    survey.space.phase = phase
    survey.space.save()
    with pytest.raises(NotAllowed):
        respond(survey, RIDER, member)


def test_a_survey_can_ask_for_people_who_are_known_more_surely(survey, member):
    survey.space.instruments["surveys"] = {"level": int(Level.EMAIL)}
    survey.space.save()
    with pytest.raises(NotAllowed) as refused:
        respond(survey, RIDER, member)
    assert refused.value.code == "level_20"
    member.level = Level.EMAIL
    assert respond(survey, RIDER, member).level == Level.EMAIL


# Free words


def test_free_words_enter_the_opinion_stream_and_leave_it_again(survey, member):
    respond(survey, WALKER, member)
    words = FreeAnswer.objects.get()
    opinion = Opinion.objects.get()
    assert (opinion.source, opinion.source_key, opinion.text) == ("survey", str(words.pk), WALKER[2])
    respond(survey, {**WALKER, 2: "站牌太遠"}, member)
    assert Opinion.objects.get().text == "站牌太遠"
    respond(survey, RIDER, member)
    words.refresh_from_db()
    assert words.state == State.WITHDRAWN and not words.text and not Opinion.objects.get().text
    respond(survey, WALKER, member)
    assert Opinion.objects.get().text == WALKER[2]


def test_hidden_words_stay_hidden_when_their_author_changes_them(survey, member):
    respond(survey, WALKER, member)
    FreeAnswer.objects.update(state=State.HIDDEN, hidden_reason="insult")
    respond(survey, {**WALKER, 2: "再說一次"}, member)
    assert FreeAnswer.objects.get().state == State.HIDDEN and not Opinion.objects.published().exists()


def test_words_wait_for_a_moderator_where_the_space_says_so(space, member):
    space.holds_first_posts = True
    space.save()
    survey = make_survey(space)
    respond(survey, WALKER, member)
    assert FreeAnswer.objects.get().state == State.HELD and not Opinion.objects.published().exists()


def test_free_words_wait_for_the_end_of_a_survey_whose_results_wait(space, member, editor):
    survey = make_survey(space, results=Survey.Results.CLOSED)
    respond(survey, WALKER, member)
    respond(survey, {**WALKER, 2: "站牌太遠"}, member)
    assert FreeAnswer.objects.get().state == State.VISIBLE
    assert not Opinion.objects.published().exists() and "站牌" not in Opinion.objects.get().text
    surveys.close_now(survey=survey, editor=editor)
    opinion = Opinion.objects.published().get()
    assert (opinion.text, opinion.source_key) == ("站牌太遠", str(FreeAnswer.objects.get().pk))
    space.corpus.refresh_from_db()
    assert space.corpus.topics_dirty


def test_what_a_moderator_lets_through_still_waits_for_the_end(space, member, editor):
    survey = make_survey(space, results=Survey.Results.CLOSED)
    respond(survey, WALKER, member)
    moderation.hide(target=FreeAnswer.objects.get(), moderator=editor, reason="personal")
    moderation.restore(target=FreeAnswer.objects.get(), moderator=editor)
    assert not Opinion.objects.published().exists()
    respond(survey, {**WALKER, 2: "還有一句"})
    moderation.hide(target=FreeAnswer.objects.get(text="還有一句"), moderator=editor, reason="personal")
    surveys.close_now(survey=survey, editor=editor)
    assert [opinion.text for opinion in Opinion.objects.published()] == [WALKER[2]]


def test_the_words_follow_when_the_agency_changes_when_results_are_shown(space, member, editor):
    survey = make_survey(space)
    respond(survey, WALKER, member)
    for results, shown in (("closed", []), ("answered", [WALKER[2]])):
        survey.results = results
        surveys.edit(survey=survey, editor=editor, terms=terms_of(survey), questions=ALL)
        assert [opinion.text for opinion in Opinion.objects.published()] == shown


# Editing


def test_words_can_be_corrected_after_the_first_answer_and_the_results_say_so(survey, member, editor):
    respond(survey, RIDER, member)
    better = replace(HABIT, text=Words("您多久搭乘一次公車？", "How often do you ride a bus?"))
    surveys.edit(survey=survey, editor=editor, terms=terms_of(survey), questions=(better, *ALL[1:]))
    survey.refresh_from_db()
    assert survey.questions.first().text == "您多久搭乘一次公車？" and survey.reworded_at
    assert Answer.objects.filter(question=survey.questions.first()).count() == 1


@pytest.mark.parametrize(
    "other",
    [
        (HABIT, WHY, NEEDS, CONTENT),
        (replace(HABIT, required=False), *ALL[1:]),
        (replace(HABIT, options=HABIT.options[:2]), replace(WHY, condition=None), *ALL[2:]),
        (replace(HABIT, options=(Words("每天"), Words("每週"), Words("騎車"))), *ALL[1:]),
    ],
)
def test_after_the_first_answer_the_questions_themselves_are_fixed(survey, member, editor, other):
    respond(survey, RIDER, member)
    with pytest.raises(InvalidQuestionnaire) as refused:
        surveys.edit(survey=survey, editor=editor, terms=terms_of(survey), questions=other)
    assert refused.value.code == "frozen"
    assert survey.questions.count() == 5


def test_questions_change_freely_before_the_first_answer(survey, editor):
    surveys.edit(survey=survey, editor=editor, terms=terms_of(survey), questions=(FIRST, NEEDS))
    assert [question.kind for question in survey.questions.all()] == ["ranking", "multiple"]


@pytest.mark.parametrize(
    "broken",
    [
        Draft(kind="single", text=Words("問題？"), options=(Words("只有一個"),)),
        Draft(kind="single", text=Words("問題？"), options=(Words("一樣"), Words("一樣"))),
        Draft(kind="scale", text=Words("問題？"), points=1),
        Draft(kind="multiple", text=Words("問題？"), options=(Words("一"), Words("二")), least=3),
        Draft(kind="guess", text=Words("問題？")),
        Draft(kind="text", text=Words("  ")),
    ],
)
def test_a_broken_question_is_refused(space, broken):
    with pytest.raises(InvalidQuestionnaire):
        make_survey(space, (broken,))


def test_only_communicators_set_up_surveys(space, member, survey):
    for act in (
        lambda: surveys.poll(
            space=space, editor=member, question=Words("好嗎？"), options=[Words("好"), Words("不好")]
        ),
        lambda: surveys.close_now(survey=survey, editor=member),
        lambda: surveys.create(space=space, editor=member, terms=terms_of(survey), questions=ALL),
    ):
        with pytest.raises(NotAllowed):
            act()
    survey.refresh_from_db()
    assert survey.state == Survey.State.OPEN and Survey.objects.count() == 1


def test_surveys_open_and_close_by_the_clock(space):
    now = timezone.now()
    due = make_survey(space, is_open=False, opens_at=now - timedelta(minutes=1), closes_at=now + timedelta(days=1))
    late = make_survey(space, is_open=False, opens_at=now + timedelta(days=1))
    over = make_survey(space, closes_at=now + timedelta(days=1))
    Survey.objects.filter(pk=over.pk).update(closes_at=now)
    assert surveys.keep_time() == 2 and surveys.keep_time() == 0
    states = {row.pk: row.state for row in Survey.objects.all()}
    assert (states[due.pk], states[late.pk], states[over.pk]) == ("open", "draft", "closed")


def test_a_survey_cannot_close_before_it_opens_nor_open_again(space, survey, editor):
    now = timezone.now()
    with pytest.raises(CivicError):
        make_survey(space, opens_at=now, closes_at=now)
    surveys.close_now(survey=survey, editor=editor)
    with pytest.raises(CivicError):
        surveys.open_now(survey=survey, editor=editor)


# Results


def outcome(survey, number):
    return survey_results.counted(survey).outcomes[number - 1]


def test_results_count_each_question_with_its_own_n(survey):
    for _number in range(3):
        respond(survey, RIDER)
    respond(survey, WALKER)
    habit, why, needs, content, first = survey_results.counted(survey).outcomes
    assert (habit.n, [bar.count for bar in habit.bars]) == (4, [3, 0, 1])
    assert why.n == 1
    assert (needs.n, [bar.count for bar in needs.bars]) == (4, [4, 3, 0])
    assert (content.n, content.declined, content.mean) == (3, 1, 4.0)
    assert [(bar.label.text, bar.points, bar.firsts) for bar in first.bars] == [
        ("直達車", 6, 3),
        ("夜班車", 3, 0),
        ("候車亭", 0, 0),
    ]


def test_a_count_of_few_people_cannot_be_read_from_a_split_nor_worked_out():
    table = [[20, 3, 9], [8, 7, 6], [11, 12, 5]]
    hidden = survey_results.hide_small(table)
    assert hidden[0][1] is None
    for line in [*hidden, *zip(*hidden, strict=True)]:
        assert sum(count is None for count in line) != 1
    assert survey_results.hide_small([[20, 9], [6, 8]]) == [(20, 9), (6, 8)]


def test_nothing_is_split_when_one_level_has_few_people(survey):
    for _number in range(6):
        respond(survey, RIDER)
    respond(survey, RIDER, make_member(level=Level.EMAIL))
    results = survey_results.counted(survey)
    assert results.n == 7 and results.outcomes[0].levels == () and set(results.levels.values()) == {None}
    for _number in range(4):
        respond(survey, RIDER, make_member(level=Level.EMAIL))
    assert survey_results.counted(survey).outcomes[0].levels == (Level.ACCOUNT, Level.EMAIL)


def test_results_are_seen_after_answering_or_after_closing(space, member, editor):
    early, late = make_survey(space), make_survey(space, results=Survey.Results.CLOSED)
    assert not survey_results.may_see(member, early, has_answered=False)
    assert survey_results.may_see(member, early, has_answered=True)
    assert not survey_results.may_see(member, late, has_answered=True)
    assert survey_results.may_see(member, surveys.close_now(survey=late, editor=editor), has_answered=False)


def test_those_who_answered_took_part(survey, member):
    respond(survey, WALKER, member)
    respond(survey, RIDER)
    assert people_in([survey.space_id]) == {survey.space_id: 2}
    assert contributions_in([survey.space_id]) == {survey.space_id: 2}


def test_a_member_finds_their_answers_on_their_own_page(survey, member):
    respond(survey, WALKER, member)
    found = journeys.of(member).items
    assert {(item.source, item.words) for item in found} == {("survey", WALKER[2]), ("survey_response", "搭車習慣")}
    assert not journeys.of(make_member()).items


def test_answers_of_one_space_do_not_show_in_another(survey, member):
    respond(survey, RIDER, member)
    assert people_in([make_space().pk]) == {}
