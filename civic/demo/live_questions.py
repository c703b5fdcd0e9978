"""The floor of the demo's session: a short list, two questions that ask the same, one put aside, and raised hands."""

from random import Random

from discussions import live
from discussions.models import LiveSession, Member

ANSWER = (
    "尖峰最多等八分鐘，離峰最多等十五分鐘。接駁車改成等幹線到站、乘客上車以後才開；"
    "幹線誤點超過五分鐘，調度會通知下一班加開。"
)
NIGHT = "夜間末班可以延到十點半嗎？什麼時候會有答案？"
# Each row: who asks, the words, how many raise it.
SAME = (17, "末班車太早了，晚上十點半還有車嗎？", 6)
PARKED = (21, "這次改點花了多少經費？可以看到明細嗎？", 5)
LATE = (28, "候車亭的跑馬燈壞了快半年，改點以後會一起修嗎？", 2)
HANDS = (8, 15, 30)


def add(session: LiveSession, host: Member, crowd: list[Member]) -> None:
    """Questions in every column of the desk, and three people who want to speak, the first of whom speaks now."""
    random = Random(ANSWER)
    same, parked, _late = (
        _asked(session, crowd, random, number, row) for number, row in enumerate((SAME, PARKED, LATE))
    )
    night = session.questions.get(text=NIGHT)
    live.merge_question(question=same, into=night, facilitator=host)
    live.shortlist(question=night, facilitator=host)
    live.park(question=parked, facilitator=host)
    live.open_hands(session=session, facilitator=host)
    for who in HANDS:
        live.raise_hand(session=session, member=crowd[who])
    live.call_next(session=session, facilitator=host)


def _asked(session, crowd, random, number, row):
    who, text, raises = row
    question = live.ask(session=session, author=crowd[who], text=text, client_id=f"demo-floor-{number:04}")
    for member in random.sample([member for member in crowd if member != crowd[who]], raises):
        live.raise_question(question=question, member=member)
    return question
