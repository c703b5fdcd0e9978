"""Sample moderation: a first post that waits, a campaign of one text, an appeal that was heard, and the log."""

from datetime import timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from civic.demo import buses, clock
from civic.demo.town import Town
from discussions import appeals, comments, moderation, reasons, watch
from discussions.models import Appeal, Comment, Member, ModerationAct, ModerationReason, Space, State

CAMPAIGN = "（轉傳）反對市場口那一站往路口移，請示範交通局把站牌留在原地，讓買菜的長輩少走一段路"
CAMPAIGN_ENDS = ("。", "！", "，拜託。", "，謝謝。", "。請轉傳。", "！！")
CAMPAIGNERS = range(14, 20)
ADVERTISEMENT = "上班族信用貸款，免保人免抵押，當日撥款，利率最低，加LINE：demo-cash 有專人服務"
FIRST_POST = "第一次來這裡發言。我是夜班護理師，末班車九點半真的回不了家，可以至少有一班到十一點半嗎？"
HARSH = "規劃的人自己有沒有等過一次車？這種班表排得出來，我真的佩服，坐辦公室坐到忘記外面會下雨。"
WHY = "我罵的是班表，不是哪一個人。等過車的人都有資格這樣說。"
ANSWER = "您說得對：這是對班表的批評，雖然重，但沒有針對人。我們判斷錯了，抱歉。"


def add(town: Town) -> None:
    """Make what is missing."""
    space = town.space(buses.SUBJECT.slug)
    moderator, second = town.accounts["moderator"], _second_moderator()
    if not ModerationReason.objects.filter(space=space).exists():
        reasons.add(
            space=space,
            editor=moderator,
            label="公開司機或乘客的車號、照片",
            label_en="Shows a driver or passenger by plate or photograph",
            explanation="要檢舉個別班次，請用公車處的申訴表單；這裡談的是路線和班表。",
            explanation_en="To report one bus, use the form of the bus office; here we speak of lines and timetables.",
        )
    _appeal(space, town.accounts["citizen"], moderator, second)
    for place, who in enumerate(CAMPAIGNERS):
        _say(space, town.crowd[who], CAMPAIGN + CAMPAIGN_ENDS[place], f"demo-campaign-{who}", minutes_ago=17 - place)
    newcomer = _newcomer()
    _say(space, newcomer, ADVERTISEMENT, "demo-advertisement", minutes_ago=7)
    _hold_first_post(space, newcomer)
    watch.look(space)


def _appeal(space: Space, author: Member, moderator: Member, second: Member) -> None:
    comment = _say(space, author, HARSH, "demo-harsh", minutes_ago=18)
    if ModerationAct.objects.filter(target="comment", target_id=comment.pk).exists():
        return
    moderation.hide(target=comment, moderator=moderator, reason="insult", note="請不要用這種口氣說規劃的同仁。")
    decision = ModerationAct.objects.get(target="comment", target_id=comment.pk)
    appeal = appeals.make(decision=decision, author=author, text=WHY)
    appeals.judge(appeal=appeal, moderator=second, outcome=Appeal.Outcome.OVERTURNED, answer=ANSWER)


def _hold_first_post(space: Space, newcomer: Member) -> None:
    """The space holds first posts while this one is sent, as it would during a wave of new accounts."""
    if Comment.objects.filter(author=newcomer, client_id="demo-first-post").exists():
        return
    space.holds_first_posts = True
    space.save(update_fields=["holds_first_posts"])
    _say(space, newcomer, FIRST_POST, "demo-first-post", minutes_ago=5)
    space.holds_first_posts = False
    space.save(update_fields=["holds_first_posts"])


def _say(space: Space, author: Member, text: str, client_id: str, *, minutes_ago: int) -> Comment:
    comment = Comment.objects.filter(author=author, client_id=client_id).first()
    if comment is None:
        comment = comments.post(space=space, author=author, text=text, client_id=client_id)
        moment = timezone.now() - timedelta(minutes=minutes_ago)
        clock.set_back_comment(comment, moment)
        if comment.state == State.VISIBLE:
            clock.set_back_words(comments.SOURCE, comment.pk, author, moment)
    return comment


def _newcomer() -> Member:
    found = Member.objects.filter(origin="demo:newcomer").first()
    joined = timezone.now() - timedelta(hours=2)
    return found or Member.objects.create_user(
        None, None, display_name="夜班回家", origin="demo:newcomer", date_joined=joined
    )


def _second_moderator() -> Member:
    second = Member.objects.filter(origin="demo:moderator-2").first()
    if second is None:
        joined = timezone.now() - timedelta(days=400)
        second = Member.objects.create_user(
            None, None, display_name="第二位版主", origin="demo:moderator-2", date_joined=joined
        )
        second.groups.add(Group.objects.get(name="Moderators"))
    return second
