"""A town in full life, made through the public actions: what the pages need to have something on them."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle

from django.utils import timezone
from wagtail.models import Locale

from cms.models import ArticlePage, HomePage
from discussions import live, moderation, replies, voting
from discussions.forms import new_client_id
from discussions.models import Comment, LiveSession, Member, Space, Statement
from nlp import reports
from tests.browser import instruments
from tests.cms import pages
from tests.factories import make_agency, make_member, make_space, propose, say

NIGHT = [
    "末班車太早了，加班的人回不了家",
    "晚上十點以後幾乎等不到公車",
    "希望末班車延到半夜十二點",
    "夜班護理師下班沒有公車可以搭",
    "深夜回家只能坐計程車，公車收班太早",
    "週末可不可以加開夜間公車",
    "末班車的時間應該配合捷運收班",
    "夜間班次一小時才一班，太少了",
]
SEATS = [
    "博愛座常常被年輕人占走",
    "老人家上車沒有人讓座，很危險",
    "讓座文化要多宣導，尤其是博愛座",
    "孕婦站在博愛座前面也沒有人讓",
    "博愛座造成太多爭吵，乾脆改成人人能坐",
    "座位太少，長輩站著很辛苦",
    "希望增加給行動不便者的座位",
    "輪椅族上車以後座位區沒有空間",
]
FARES = [
    "票價調漲對學生負擔太大",
    "月票很划算，請繼續補助",
    "漲價之前應該先改善服務品質",
    "轉乘優惠取消以後通勤費變多",
    "學生票應該有更多折扣",
    "十五元的票價其實很便宜，可以調整",
    "弱勢家庭的車資補助應該提高",
    "用手機付車資應該有回饋",
]
STATEMENTS = [
    "末班車應該延到半夜十二點",
    "票價可以調漲，但服務要先變好",
    "博愛座應該取消",
    "學生票應該再打折",
    "幹線應該拉直，社區改由接駁車服務",
    "公車專用道應該增加",
    "候車亭應該都有座椅",
]


@dataclass(frozen=True)
class Town:
    """One space with everything in it, the people who keep it, and the pages around it.

    `things` leads to one of each instrument: its id or code by the names `tests.browser.instruments` gives.
    """

    space: Space
    citizen: Member
    moderator: Member
    facilitator: Member
    planner: Member
    officer: Member
    communicator: Member
    helper: Member
    comment: Comment
    own: Comment
    hidden: Comment
    statement: Statement
    session: LiveSession
    over: LiveSession
    topic: int
    info: str
    article: str
    things: dict


def build(house) -> Town:
    """Make the town and have its words analysed. Needs a minute on a slow machine, so once per process."""
    made = house.do(_settled)
    house.work()
    return house.do(_answered, made)


def _settled() -> dict:
    agency = make_agency()
    space = make_space(
        agency=agency,
        title="市區公車改點",
        title_en="New bus timetable",
        question="市區公車的路線、班次與票價該怎麼改？",
        question_en="How should routes, times and fares of the city buses change?",
        answer_due_at=timezone.now() + timedelta(days=20),
        plain="公車的時間和路線要改。您可以說您要什麼。",
        plain_en="The buses will run at other times. Say what you need.",
        instruments=instruments.OFFERED,
    )
    people = [make_member() for _number in range(16)]
    roles = ("moderator", "facilitator", "planner", "officer", "communicator")
    staff = {role: make_member(role=f"{role.title()}s", agency=agency if role == "officer" else None) for role in roles}
    staff["helper"] = make_member(role="Frontline")
    citizen = make_member(name="陳小明")
    said = [say(space, author, text) for author, text in zip(cycle(people), [*NIGHT, *SEATS, *FARES], strict=False)]
    own = say(space, citizen, "夜校下課後沒有公車，末班車請晚一點")
    reply = say(space, people[3], "我也這樣覺得，尤其冬天。", parent_id=said[0].pk)
    say(space, citizen, "而且站牌很暗。", parent_id=reply.pk)
    hidden = say(space, people[5], "隔壁的貓今天又跑來了")
    moderation.hide(target=hidden, moderator=staff["moderator"], reason="spam")
    return {
        "space": space,
        "citizen": citizen,
        **staff,
        "comment": said[0],
        "own": own,
        "hidden": hidden,
        "statement": _vote(space, people),
        "session": _hear(space, people, staff["facilitator"]),
        "over": _heard(space, people, staff["facilitator"]),
        "things": instruments.fill(space, staff, citizen, people),
        **_publish(),
    }


def _vote(space: Space, people: list[Member]) -> Statement:
    """Two camps that agree on the last two statements and part on the others."""
    statements = [propose(space, people[0], text) for text in STATEMENTS]
    for place, member in enumerate(people):
        for number, statement in enumerate(statements):
            value = 1 if number >= 5 else 1 if (place + number) % 2 else -1
            voting.cast(statement=statement, member=member, value=value)
    return statements[0]


def _hear(space: Space, people: list[Member], facilitator: Member) -> LiveSession:
    session = live.plan_session(
        space=space,
        facilitator=facilitator,
        title="公車改點線上說明會",
        starts_at=timezone.now() - timedelta(minutes=5),
    )
    live.open_session(session=session, facilitator=facilitator)
    asked = [
        live.ask(session=session, author=author, text=text, client_id=new_client_id())
        for author, text in zip(
            people, ["接駁車會不會第二年就停？", "轉乘免費可以兩小時嗎？", "司機夠嗎？"], strict=False
        )
    ]
    for member in people[4:8]:
        live.raise_question(question=asked[0], member=member)
    live.mark_answered(question=asked[2], facilitator=facilitator)
    live.mark_current(question=asked[0], facilitator=facilitator)
    choices = {"最想先改哪一樣？": ["班次", "路線", "票價"], "您多久搭一次公車？": ["每天", "每週", "很少"]}
    for question, options in choices.items():
        poll = live.add_poll(session=session, facilitator=facilitator, question=question, options=options)
        live.open_poll(poll=poll, facilitator=facilitator)
        for place, member in enumerate(people[:9]):
            live.answer_poll(poll=poll, member=member, options=[place % 3])
    live.reveal_poll(poll=session.polls.order_by("pk")[0], facilitator=facilitator)
    live.paste_lines(
        session=session,
        author=facilitator,
        text="局長：大家好，現在開始。\n科長：先說明夜間班次。",
        client_id=new_client_id(),
    )
    return session


def _heard(space: Space, people: list[Member], facilitator: Member) -> LiveSession:
    """A session that is over, with a record: an agenda, an answer, a question that the agency owes, a transcript."""
    lead = {"facilitator": facilitator}
    session = live.plan_session(
        space=space, title="票價說明會", about="這一場說明票價。", starts_at=timezone.now() - timedelta(hours=2), **lead
    )
    item = live.add_item(session=session, title="說明票價", speakers="局長", minutes=10, **lead)
    session = live.open_session(session=session, **lead)
    live.begin_item(item=item, **lead)
    asked = [
        live.ask(session=session, author=author, text=text, client_id=new_client_id())
        for author, text in zip(people, ["學生票會漲嗎？", "月票可以退嗎？"], strict=False)
    ]
    live.paste_lines(session=session, author=facilitator, text="局長：學生票不會漲。", client_id=new_client_id())
    live.mark_current(question=asked[0], **lead)
    live.mark_answered(question=asked[0], answer="不會。", **lead)
    return live.close_session(session=session, **lead)


def _publish() -> dict:
    """A page of open information and an article."""
    info = pages.info_page()
    home = HomePage.objects.get(locale=Locale.objects.get(language_code="zh-hant"))
    article = ArticlePage(title="說明會紀錄", slug="minutes", lede="三月十二日說明會的重點。")
    home.add_child(instance=article)
    article.save_revision().publish()
    return {"info": info.url, "article": article.url}


def _answered(made: dict) -> Town:
    """After the analysis: the agency answers a comment and the largest topic."""
    topic = reports.topics(made["space"].corpus)[0]
    given = {"space": made["space"], "officer": made["officer"]}
    replies.answer(**given, text="十二月起末班車延到零點。", client_id=new_client_id(), comment=made["comment"])
    replies.answer(
        **given,
        text="夜間班次正在重新排，明年一月公布。",
        client_id=new_client_id(),
        topic_number=topic.number,
        topic_label=topic.label,
    )
    made["things"] |= instruments.told(made["things"], made["space"], made["citizen"])
    return Town(topic=topic.number, **made)
