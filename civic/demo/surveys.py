"""Sample survey with branching and a quick poll in the discussion about buses, answered by the crowd."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from civic.demo import buses, clock
from civic.demo.town import Town
from discussions import responses, surveys
from discussions.branching import Condition
from discussions.instruments import Instrument
from discussions.models import FreeAnswer, Survey, SurveyResponse
from discussions.questionnaires import Draft, Words
from discussions.surveys import Terms
from nlp import stream

OPENED, CLOSES = 12, 9  # days ago, days from now
TITLE = Words("您怎麼搭公車？改善先做哪一項？", "How do you ride, and what should come first?")
INTRODUCTION = Words(
    "（示範內容）五個問題，兩分鐘。結果會和討論裡的意見一起交給示範交通局。",
    "(Sample content) Five questions, two minutes. The results go to the Sample Transport Bureau with the discussion.",
)
QUESTIONS = (
    Draft(
        kind="single",
        text=Words("您多久搭一次市區公車？", "How often do you ride a city bus?"),
        required=True,
        options=(
            Words("幾乎每天", "Almost every day"),
            Words("每週一兩次", "Once or twice a week"),
            Words("偶爾", "Now and then"),
            Words("不搭", "Never"),
        ),
    ),
    Draft(
        kind="text",
        text=Words("不搭公車，最主要的原因是什麼？", "What is the main reason why you do not ride?"),
        help=Words("一兩句話就好，會不具名公開。", "A sentence or two; it is published without your name."),
        condition=Condition(1, frozenset({4})),
    ),
    Draft(
        kind="multiple",
        text=Words("搭車時最困擾您的是哪些事？", "What troubles you most when you ride?"),
        most=2,
        options=(
            Words("等太久", "Waiting too long"),
            Words("末班車太早", "The last bus leaves too early"),
            Words("太擠", "Too crowded"),
            Words("轉乘不便", "Changing is hard"),
            Words("站牌沒有遮蔽或座位", "Stops without shelter or seats"),
        ),
        condition=Condition(1, frozenset({1, 2, 3})),
    ),
    Draft(
        kind="scale",
        text=Words("整體來說，您對公車滿意嗎？", "All in all, how content are you with the buses?"),
        points=5,
        low=Words("很不滿意", "Not at all"),
        high=Words("很滿意", "Very"),
        has_no_opinion=True,
    ),
    Draft(
        kind="ranking",
        text=Words("經費有限，先做哪一項？", "Money is short: what should come first?"),
        options=(
            Words("延長末班車", "Later last buses"),
            Words("加密尖峰班次", "More buses at peak times"),
            Words("候車亭與即時看板", "Shelters and live signs"),
            Words("社區接駁車", "Neighbourhood shuttles"),
        ),
    ),
)
REASONS = (
    "站牌走過去要十五分鐘，還不如騎車。",
    "公司在工業區，沒有一班車到得了。",
    "帶兩個小孩轉兩次車，光想就累。",
    "晚上九點下班已經沒車了。",
    "等過一次四十分鐘，之後就不等了。",
    "輪椅上下車司機不一定願意放渡板。",
    "I would ride if the stop had a live sign that tells the truth.",
    "看醫生要準時，公車時間我抓不準。",
)
POLL = Words("週末要不要加開夜間公車？", "Should there be more night buses at weekends?")
POLL_OPTIONS = (Words("要", "Yes"), Words("不用", "No"), Words("先試辦三個月", "Try it for three months"))
POLL_WEIGHTS = (9, 3, 8)


def add(town: Town) -> None:
    """Make the survey and the poll unless they are there."""
    space = town.space(buses.SUBJECT.slug, offering=Instrument.SURVEYS)
    if Survey.objects.filter(space=space).exists():
        return
    editor, random = town.accounts["communicator"], Random("demo survey")
    now = timezone.now()
    terms = Terms(title=TITLE, introduction=INTRODUCTION, closes_at=now + timedelta(days=CLOSES))
    survey = surveys.create(space=space, editor=editor, terms=terms, questions=QUESTIONS)
    survey = surveys.open_now(survey=survey, editor=editor)
    reasons = iter(REASONS)
    for member in random.sample(town.crowd, len(town.crowd) * 4 // 5):
        responses.respond(survey=survey, member=member, answers=_answers(random, reasons))
    poll = surveys.poll(space=space, editor=editor, question=POLL, options=POLL_OPTIONS)
    for member in random.sample(town.crowd, len(town.crowd) * 3 // 5):
        chosen = random.choices((1, 2, 3), weights=POLL_WEIGHTS)[0]
        responses.respond(survey=poll, member=member, answers={1: chosen})
    for made, days in ((survey, OPENED), (poll, 2)):
        _set_back(made, now - timedelta(days=days), now - timedelta(hours=1), random)


def _answers(random: Random, reasons) -> dict[int, responses.Sent]:
    habit = random.choices((1, 2, 3, 4), weights=(8, 11, 9, 8))[0]
    worries = sorted(random.sample(range(1, 6), random.randint(1, 2)))
    content: responses.Sent = random.choices((1, 2, 3, 4, 5), weights=(3, 8, 9, 6, 2))[0]
    if habit == 4 and random.random() < 0.4:
        content = responses.NO_OPINION
    first = random.choices((1, 2, 3, 4), weights=(10, 6, 4, 5))[0]
    rest = random.sample([option for option in (1, 2, 3, 4) if option != first], random.randint(1, 3))
    why = next(reasons, "") if habit == 4 else ""
    return {1: habit, 2: why, 3: worries, 4: content, 5: [first, *rest]}


def _set_back(survey: Survey, start, end, random: Random) -> None:
    """Spread the responses over the days since the survey opened, and their words in the opinion stream with them."""
    Survey.objects.filter(pk=survey.pk).update(opened_at=start)
    found = list(SurveyResponse.objects.filter(survey=survey).order_by("pk"))
    moments = dict(zip((row.pk for row in found), clock.spread(start, end, len(found), random=random), strict=True))
    for row in found:
        row.answered_at = moments[row.pk]
    SurveyResponse.objects.bulk_update(found, ["answered_at"])
    for words in FreeAnswer.objects.filter(response__survey=survey).select_related("space", "author"):
        FreeAnswer.objects.filter(pk=words.pk).update(made_at=moments[words.response_id])
        stream.forget(responses.SOURCE, words.pk)
        stream.submit(
            corpus_id=words.space.corpus_id,
            source=responses.SOURCE,
            key=words.pk,
            text=words.text,
            author=words.author.stream_author,
            posted_at=moments[words.response_id],
            url=responses.address_of(words),
        )
