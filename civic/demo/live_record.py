"""A hearing that is over, with its whole record, and the agenda and transcript of the one that is on."""

from datetime import datetime, timedelta

from django.utils import timezone

from civic.demo import buses, information
from civic.demo.town import Town
from discussions import live, replies, voting
from discussions.live.transcripts import Said
from discussions.models import AnswerClock, LiveSession, Member, OwedQuestion, Question, QuickPoll, Reply

TITLE = "接駁與無障礙專場說明會（示範）"
ABOUT = (
    "這一場談接駁車怎麼等幹線、轉乘站的坡道，以及看診時段的班次。現場沒答完的問題，"
    "由示範交通局在期限內一題一題書面回答。"
)
DAYS_AGO, MINUTES = 6, 52
# Each row: title, speakers, minutes planned, the minute at which the room came to it.
AGENDA = (
    ("開場與規則說明", "主持人", 5, 0),
    ("接駁車與幹線的對接", "運輸規劃科", 15, 5),
    ("轉乘站的無障礙設施", "工程科", 15, 23),
    ("綜合提問", "全體", 15, 38),
)
DOCUMENT = ("接駁班次對照表（示範）", "https://example.org/demo/feeder-timetable.pdf")
# Each row: minute, second, speaker, words.
LINES = (
    (0, 8, "主持人", "大家晚安，歡迎參加接駁與無障礙專場。今天全程有逐字紀錄，會後可以逐句引用。"),
    (1, 20, "主持人", "提問請用手機送出；別人已經問過的，請直接按想聽，不必重問。"),
    (5, 2, "運輸規劃科", "接駁車目前照自己的時刻表發車，幹線一誤點，乘客就要多等一班。"),
    (6, 15, "運輸規劃科", "我們的構想是讓接駁車等幹線，最多等五分鐘；等不到的時候，調度會通知下一班加開。"),
    (9, 40, "運輸規劃科", "紙本對照表放在這個議程項目下面，請大家打開來看。"),
    (12, 5, "主持人", "現在念第一題：等五分鐘，會不會害後面的站也跟著誤點？"),
    (12, 48, "運輸規劃科", "會有影響，所以末段三站的行車時間各加一分鐘，表定時間會一起改。"),
    (23, 10, "工程科", "轉乘站一共十二座月台，目前有七座有坡道，改線當天另外四座會完工。"),
    (25, 30, "工程科", "最後一座在學校門口，因為管線遷移，要到下一季才能做，這段期間會派人協助。"),
    (28, 12, "主持人", "接著念第二題：看診的人多半是早上九點前到，那個時段會加班嗎？"),
    (29, 0, "運輸規劃科", "早上七點半到九點，醫院線會由三十分鐘一班改成二十分鐘一班。"),
    (38, 4, "主持人", "進入綜合提問。剛才的快速投票結果請看大螢幕。"),
    (44, 20, "工程科", "站名播報會補上英語，語音檔這個月送進車機。"),
    (51, 10, "主持人", "時間到了。還沒答的題目會交給示範交通局書面回答，期限會公開計時。謝謝大家。"),
)
# Each row: who asks (nobody who asks in the session that is on: one person waits between two questions), the words, how
# many raise it, minute asked, minute at the panel (None: not reached), the answer.
QUESTIONS = (
    (3, "接駁車等幹線，會不會害後面的站也跟著誤點？", 12, 3, 12, "末段三站的行車時間各加一分鐘，表定時間會一起改。"),
    (9, "早上看診的時段會加班次嗎？", 9, 10, 28, "醫院線早上七點半到九點改成二十分鐘一班。"),
    (10, "學校門口那座月台沒有坡道的期間，輪椅怎麼上車？", 8, 24, 42, "改線起派人協助，坡道下一季完工。"),
    (18, "接駁車等不到幹線的時候，怎麼讓站牌上的人知道？", 7, 15, None, ""),
    (30, "低底盤車不夠的話，輪椅預約會被排到哪一班？", 5, 26, None, ""),
    (33, "對照表可以提供點字或語音版嗎？", 3, 40, None, ""),
)
WRITTEN = "站牌與手機上會顯示「等待幹線」，跑馬燈與語音同步，預計和改線同一天上線。"
POLL = ("接駁車等幹線，您可以接受它多等幾分鐘？", ("不要等", "3 分鐘", "5 分鐘", "8 分鐘"), (4, 9, 15, 5))
STATEMENT = "接駁車應該等幹線到站再開，就算自己晚幾分鐘。"
# The session that is on: agenda with minutes, and lines by minute.
NOW_AGENDA = (("改點方案說明", "運輸規劃科", 10), ("夜間與假日班次", "運輸規劃科", 15), ("綜合提問", "全體", 20))
NOW_LINES = (
    (0, 12, "主持人", "大家好，公車改點線上說明會現在開始。"),
    (2, 30, "運輸規劃科", "這次改點的重點，是讓表定時間做得到，等車的人心裡有數。"),
    (6, 45, "運輸規劃科", "尖峰最多等八分鐘，離峰最多等十五分鐘。"),
    (11, 20, "主持人", "下一題是無障礙坡道，想聽的人很多，請工程科準備。"),
    (15, 5, "工程科", "坡道會在改線當天完成，唯一的例外我們等一下說明。"),
)


def add(town: Town) -> None:
    """The hearing that is over, unless it was held, and what the one that is on lacks."""
    space = town.space(buses.SUBJECT.slug)
    host, writer = town.accounts["facilitator"], town.accounts["steno"]
    on = LiveSession.objects.filter(space=space, title=information.LIVE_TITLE, state=LiveSession.State.OPEN).first()
    if on is not None and not on.agenda.exists():
        _furnish(on, host, writer)
    if not LiveSession.objects.filter(space=space, title=TITLE).exists():
        _hold(town, space, host, writer)


def _furnish(session: LiveSession, host: Member, writer: Member) -> None:
    items = [
        live.add_item(session=session, facilitator=host, title=title, speakers=speakers, minutes=minutes)
        for title, speakers, minutes in NOW_AGENDA
    ]
    for item in items[:2]:
        live.begin_item(item=item, facilitator=host)
    # It began when it was announced: its clock shows the minutes of the lines.
    LiveSession.objects.filter(pk=session.pk).update(opened_at=session.starts_at)
    live.import_lines(session=session, author=writer, lines=_said(NOW_LINES))


def _hold(town: Town, space, host: Member, writer: Member) -> None:
    """Hold it now, by the actions of the house, and date it back afterwards."""
    evening = timezone.localtime().replace(hour=19, minute=0, second=0, microsecond=0)
    begun = evening - timedelta(days=DAYS_AGO)
    session = live.plan_session(space=space, facilitator=host, title=TITLE, about=ABOUT, starts_at=begun)
    session = live.open_session(session=session, facilitator=host)
    items = []
    for title, speakers, minutes, _minute in AGENDA:
        items.append(live.add_item(session=session, facilitator=host, title=title, speakers=speakers, minutes=minutes))
    title, url = DOCUMENT
    live.add_document(item=items[1], facilitator=host, title=title, url=url)
    for item in items:
        live.begin_item(item=item, facilitator=host)
    live.import_lines(session=session, author=writer, lines=_said(LINES))
    asked = [_asked(session, town.crowd, number, row) for number, row in enumerate(QUESTIONS)]
    for question, (_who, _text, _raises, _asked_at, put, answer) in zip(asked, QUESTIONS, strict=True):
        if put is not None:
            live.mark_current(question=question, facilitator=host)
            live.mark_answered(question=question, facilitator=host, answer=answer)
    live.park(question=asked[4], facilitator=host)
    _poll(session, host, town.crowd)
    statement = voting.state(space=space, author=host, text=STATEMENT, client_id="demo-record-statement")
    live.put_statement(session=session, statement=statement, facilitator=host)
    for place, member in enumerate(town.crowd[:24]):
        live.vote_statement(session=session, statement=statement, member=member, value=-1 if place % 5 == 4 else 1)
    live.reveal_statement(session=session, facilitator=host)
    live.close_session(session=session, facilitator=host)
    _date_back(session, begun, asked)
    reply = replies.answer(
        space=space, officer=town.accounts["officer"], text=WRITTEN, client_id="demo-record-reply", question=asked[3]
    )
    Reply.objects.filter(pk=reply.pk).update(answered_at=timezone.now() - timedelta(days=2))


def _said(rows) -> list[Said]:
    return [Said((minute * 60 + second) * 1000, words, speaker) for minute, second, speaker, words in rows]


def _asked(session: LiveSession, crowd: list[Member], number: int, row) -> Question:
    who, text, raises, *_moments = row
    question = live.ask(session=session, author=crowd[who], text=text, client_id=f"demo-record-{number:04}")
    for member in [member for member in crowd if member != crowd[who]][:raises]:
        live.raise_question(question=question, member=member)
    return question


def _poll(session: LiveSession, host: Member, crowd: list[Member]) -> None:
    words, options, counts = POLL
    poll = live.add_poll(session=session, facilitator=host, question=words, options=options)
    live.open_poll(poll=poll, facilitator=host)
    voters = iter(crowd)
    for option, count in enumerate(counts):
        for _turn in range(count):
            live.answer_poll(poll=poll, member=next(voters), options=[option])
    live.close_poll(poll=poll, facilitator=host)
    live.reveal_poll(poll=poll, facilitator=host)


def _date_back(session: LiveSession, begun: datetime, asked: list[Question]) -> None:
    def at(minute: int | None) -> datetime | None:
        return None if minute is None else begun + timedelta(minutes=minute)

    ended = at(MINUTES)
    LiveSession.objects.filter(pk=session.pk).update(opened_at=begun, closed_at=ended, ends_at=ended)
    begins = [minute for *_rest, minute in AGENDA]
    for item, minute, until in zip(session.agenda.all(), begins, [*begins[1:], MINUTES], strict=True):
        session.agenda.filter(pk=item.pk).update(began_at=at(minute), ended_at=at(until))
    for question, (_who, _text, _raises, minute, put, _answer) in zip(asked, QUESTIONS, strict=True):
        moments = {"asked_at": at(minute), "put_at": at(put), "answered_at": at(put)}
        Question.objects.filter(pk=question.pk).update(**moments)
    QuickPoll.objects.filter(session=session).update(opened_at=at(34), closed_at=at(38))
    session.statements_shown.update(put_at=at(46))
    session.lines.update(typed_at=ended)
    clock = AnswerClock.objects.get(session=session)
    promised = clock.due_at - clock.started_at
    AnswerClock.objects.filter(pk=clock.pk).update(
        started_at=ended, first_due_at=ended + promised, due_at=ended + promised
    )
    OwedQuestion.objects.filter(clock=clock).update(handed_at=ended)
