"""How the demo's agencies answer: clocks kept, missed, moved and forgotten, answers point by point, and steps."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from civic.demo import buses, clock, tourism
from civic.demo.content import Both
from civic.demo.town import Town
from discussions import clocks, comments, events, milestones, phases, replies
from discussions.models import AnswerClock, Comment, Member, Phase, Reply, Space
from discussions.replies import Document, Point
from nlp.models import Corpus, Opinion

DAY = timedelta(days=1)
TALK_DAYS = 30  # between the opening of an earlier discussion and its review


@dataclass(frozen=True, slots=True)
class Step:
    """A step after the decision: when it is due, counted from today, how it came out, and why."""

    what: str
    due: int
    state: str = "planned"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier discussion whose review began so many days ago; the other days are counted from there."""

    slug: str
    title: Both
    question: Both
    remark: str
    began: int
    answered: int | None = None
    extended: int | None = None
    reason: str = ""
    text: str = ""
    points: tuple[Point, ...] = ()
    documents: tuple[Document, ...] = ()
    steps: tuple[Step, ...] = ()


EARLIER = (
    Earlier(
        slug="bus-shelter-seats",
        title=Both("候車亭座椅更新", "New seats for bus shelters"),
        question=Both("候車亭的座椅要換成什麼樣子？", "What should the new seats in bus shelters be like?"),
        remark="座椅請留扶手，長輩站起來才有地方撐。",
        began=100,
        answered=41,
        text="（示範內容）謝謝大家的意見。我們把座椅的高度、扶手與遮雨分開決定，逐點說明如下。",
        points=(
            Point(
                "座椅要有扶手", "accepted", "全部新座椅都有扶手，高度四十五公分，依無障礙規範。", "十二月起分區更換。"
            ),
            Point("每一站都要有遮雨棚", "partly", "人行道寬度不足兩公尺的站位裝不下，改設貼牆式雨遮。", "先做三十處。"),
            Point("座椅改成可以躺", "declined", "站位要讓更多人坐下，躺椅會讓其他人沒有位子。"),
            Point("夜間要有燈", "already", "去年起新設的候車亭都有感應燈。", "壞燈請打市民專線。"),
        ),
        documents=(Document("候車設施設置原則（示範）", "/info/"),),
        steps=(
            Step("公布第一批更換的三十處站位", -20, "done"),
            Step("完成第一批座椅更換", 45),
            Step("在舊市區試設可摺疊座椅", 10, "dropped", "試用時夾傷手指，廠商無法改善。"),
        ),
    ),
    Earlier(
        slug="bike-share-docks",
        title=Both("公共自行車站點調整", "Moving bike-share docks"),
        question=Both("哪些公共自行車站點應該搬？", "Which bike-share docks should move?"),
        remark="捷運出口那一站永遠借不到車，國小後門那一站永遠是滿的。",
        began=130,
        answered=72,
        text="（示範內容）很抱歉這則答覆晚了。十二處站點將移設，名單與理由逐點如下。",
        points=(
            Point("捷運出口增加車位", "accepted", "增設二十四個車位。", "一月動工。"),
            Point("撤掉國小後門的站點", "declined", "上學時段使用率最高，改為增加調度。"),
        ),
    ),
    Earlier(
        slug="bus-lane-trial",
        title=Both("公車專用道試辦", "A bus lane on trial"),
        question=Both("幹道要不要試辦公車專用道？", "Should the trunk road try a bus lane?"),
        remark="專用道我支持，可是店家卸貨要去哪裡，請先講清楚。",
        began=80,
        extended=55,
        reason="卸貨時段涉及警察局與市場管理處的權責，三方會議排在下月初，需要三十天完成協調。",
    ),
    Earlier(
        slug="idling-buses-at-night",
        title=Both("夜間公車怠速噪音", "Buses idling at night"),
        question=Both("調度站夜間的引擎聲該怎麼處理？", "What should be done about engines at the depot at night?"),
        remark="半夜十二點還在暖車，整排住戶都睡不好。",
        began=66,
    ),
)

# The answer to the discussion on crowded sights: the comment a point takes up, and what was decided.
POINTS = (
    ("safety", Point("同時在場的人數上限", "accepted", "上限六百人，以入口計數器管制。", "下個連假起實施。")),
    ("fair", Point("防止囤票", "partly", "改為實名並可退票；抽籤要修法，先做候補名單。", "半年後檢討。")),
    ("business", Point("老街的生意", "accepted", "平日辦市集，接駁車停靠老街口。", "三月起試辦一季。")),
    ("parking", Point("路邊亂停車", "partly", "預約時段綁停車位；產業道路的取締由警察局增加班次。")),
    ("data", Point("公開即時人數", "already", "入口計數器的資料已放上公開資訊，每十分鐘更新。")),
)
WHOLE = "（示範內容）這場討論的每一個主題我們都讀過。能做的、只能做一部分的、已經在做的，逐點寫在下面。"
WHOLE_STEPS = (
    Step("路口看板顯示即時人數", -2, "done"),
    Step("開放分時段預約", 30),
    Step("公布試辦半年的人次與營業額", 180),
)


def add(town: Town) -> None:
    """Make the earlier discussions that are missing, and start the clock of the one that was answered."""
    officer = town.accounts["officer"]
    for earlier in EARLIER:
        if not Space.objects.filter(slug=earlier.slug).exists():
            _make(earlier, town, officer)
    space = town.space(tourism.SUBJECT.slug)
    begun = timezone.now() - 40 * DAY
    clocks.start(space=events.lock(space.pk), now=begun)


def conclude() -> None:
    """Answer the discussion on crowded sights point by point, once its topics are known."""
    space = Space.objects.get(slug=tourism.SUBJECT.slug)
    if Reply.objects.filter(whole=space).exists():
        return
    officer = Member.objects.get(origin=f"demo:{tourism.SUBJECT.agency}")
    with transaction.atomic():
        own = AnswerClock.objects.get(space=space, proposal=None)
        replies.answer(
            space=space,
            officer=officer,
            text=WHOLE,
            client_id="demo-whole",
            whole=True,
            points=_with_topics(space),
            now=min(own.due_at, timezone.now()) - DAY,
        )
        _announce(space, officer, WHOLE_STEPS)


def _make(earlier: Earlier, town: Town, officer: Member) -> None:
    began = timezone.now() - earlier.began * DAY
    space = Space.objects.create(
        slug=earlier.slug,
        title=earlier.title.zh,
        title_en=earlier.title.en,
        question=earlier.question.zh,
        question_en=earlier.question.en,
        agency=town.agencies[buses.SUBJECT.agency],
        phase=Phase.OPEN,
        opens_at=began - TALK_DAYS * DAY,
        corpus=Corpus.objects.create(key=earlier.slug, title=earlier.title.zh),
    )
    said = comments.post(
        space=space,
        author=town.crowd[earlier.began % len(town.crowd)],
        text=earlier.remark,
        kind=Comment.Kind.SUGGESTION,
        client_id=f"demo-{earlier.slug}",
    )
    clock.set_back_comment(said, began - 20 * DAY)
    clock.set_back_stream(space)
    phases.enter(events.lock(space.pk), Phase.REVIEW, began)
    own = AnswerClock.objects.get(space=space)
    if earlier.extended is not None:
        clocks.extend(
            clock=own,
            officer=officer,
            until=own.due_at + 30 * DAY,
            reason=earlier.reason,
            now=began + earlier.extended * DAY,
        )
    if earlier.answered is not None:
        replies.answer(
            space=space,
            officer=officer,
            text=earlier.text,
            client_id=f"demo-{earlier.slug}",
            whole=True,
            points=earlier.points,
            documents=earlier.documents,
            now=began + earlier.answered * DAY,
        )
        _announce(space, officer, earlier.steps)


def _announce(space: Space, officer: Member, steps: tuple[Step, ...]) -> None:
    now, today = timezone.now(), timezone.localdate()
    for number, step in enumerate(steps):
        one = milestones.plan(
            space=space,
            officer=officer,
            what=step.what,
            due_on=today + step.due * DAY,
            client_id=f"demo-{space.pk}-step-{number}",
            now=now - 30 * DAY,
        )
        if step.state != one.state:
            milestones.change(milestone=one, officer=officer, state=step.state, reason=step.reason)


def _with_topics(space: Space) -> list[Point]:
    """The points, each joined to the topic of the comment it takes up; a topic is given to one point only."""
    keys = {f"demo-{space.slug}-{key}": point for key, point in POINTS}
    said = dict(Comment.objects.filter(space=space, client_id__in=keys).values_list("pk", "client_id"))
    read = Opinion.objects.filter(source=comments.SOURCE, source_key__in=[str(key) for key in said])
    topic_of = {said[int(key)]: number for key, number in read.values_list("source_key", "topic_number")}
    given, joined = set(), []
    for key, point in keys.items():
        number = topic_of.get(key)
        number = None if number in given else number
        given.add(number)
        joined.append(Point(point.label, point.verdict, point.text, point.next_step, number))
    return joined
