"""A hearing that is announced and waits to be opened: whoever looks around can start it and join by phone."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from civic.demo import telecom
from civic.demo.town import Town
from discussions import live
from discussions.instruments import Instrument
from discussions.models import LiveSession

TITLE = "資費透明線上說明會（示範）"
ABOUT = "這一場談門號資費怎麼寫才看得懂，以及解約金怎麼算。歡迎帶著帳單來問；沒答完的問題會交給機關書面回答。"
DAYS_AHEAD, BEGINS, HOURS = 3, time(19, 0), 2
# Each row: title, speakers, minutes.
AGENDA = (
    ("資費單一頁說明草案", "資費管理科", 15),
    ("解約金的算法", "資費管理科", 15),
    ("綜合提問", "全體", 30),
)
POLL = ("您看得懂自己帳單上的每一項嗎？", ("都看得懂", "大部分", "看不太懂"))


def add(town: Town) -> None:
    """Announce it, unless it is announced or was held."""
    space = town.space(telecom.SUBJECT.slug, offering=Instrument.LIVE)
    if LiveSession.objects.filter(space=space, title=TITLE).exists():
        return
    host, day = town.accounts["facilitator"], timezone.localdate() + timedelta(days=DAYS_AHEAD)
    begins = timezone.make_aware(datetime.combine(day, BEGINS))
    session = live.plan_session(
        space=space,
        facilitator=host,
        title=TITLE,
        about=ABOUT,
        starts_at=begins,
        ends_at=begins + timedelta(hours=HOURS),
    )
    for title, speakers, minutes in AGENDA:
        live.add_item(session=session, facilitator=host, title=title, speakers=speakers, minutes=minutes)
    question, options = POLL
    live.add_poll(session=session, facilitator=host, question=question, options=list(options))
