"""Sample proposals in the discussion about buses: one over its threshold, one merged, one out of time, two open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from civic.demo import buses, clock
from civic.demo.town import Town
from discussions import comments, merges, proposals, signatures, windows
from discussions.instruments import Instrument
from discussions.models import Addendum, Member, Proposal, Space

THRESHOLD, DAYS = 30, 10  # few and short, so that every stage can be seen


@dataclass(frozen=True, slots=True)
class Sample:
    """`who` is the number of its author in the crowd, `age` the days since its publication, `signers` besides them."""

    key: str
    who: int
    age: float
    signers: int
    title: str
    text: str


SAMPLES = (
    Sample(
        "seats",
        3,
        9.4,
        33,
        "轉乘站先有座椅、雨遮和坡道，再談要大家轉車",
        "草案要醫院線的乘客多轉一次車，可是四個轉乘站只有一個輪椅上得去，也沒有地方坐。\n\n"
        "請示範交通局在幹線上路以前，完成四個轉乘站的座椅、雨遮與無障礙坡道，並公布每一站的完工日。做不完的站，路線就先不要動。",
    ),
    Sample(
        "night",
        5,
        6.2,
        17,
        "夜校放學後的末班車延到十點十分",
        "夜校九點四十下課，末班車九點半開走。請把經過學校的兩條路線末班車延到十點十分，先試辦一學期，"
        "再用實際人數決定要不要留。21 點以後學校那站平均有 34 個人等車。",
    ),
    Sample(
        "night-too",
        4,
        5.1,
        8,
        "晚上九點半以後請加開一班車給夜校生",
        "我們班一半的人靠同學騎車載回家。只要九點半以後再有一班，大家就可以自己回去。",
    ),
    Sample(
        "booking",
        14,
        11.6,
        11,
        "預約式小巴要能打電話，而且有真人接",
        "山腳下和溪北的長輩不用手機。預約式小巴請保留電話，週一到週六早上六點到晚上八點由真人接聽，里辦公處也可以代為預約。",
    ),
    Sample(
        "english",
        40,
        0.8,
        4,
        "Put English stop names and one clear map on every pole",
        "I moved here in spring. Stop names are only in Chinese, the app shows old routes, and three maps hang side by "
        "side.\n\nPlease put the name in both languages and one current map of the trunk lines on every pole before "
        "the new lines start.",
    ),
)
DRAFT = ("站牌請加上「下一班幾分鐘」", "先寫在這裡，找到數字再公布。")
ADDENDUM = "補充：昨天和三位里長走了一遍，第二站的坡道可以借用隔壁活動中心的出入口，不必等徵收土地。"
SAID = (
    (12, "跑車的人支持。加這一班，調度上做得到，人手要先補。"),
    (11, "試辦一學期很合理，用人數說話。"),
    (37, "那班車回程空的，可不可以繞到夜市口再收班？"),
)
WHY = "兩個提案要的是同一班車，合在一起比較快到門檻。"


def add(town: Town) -> None:
    """Make all of it, unless there are proposals in that discussion already."""
    space = town.space(buses.SUBJECT.slug, offering=Instrument.PROPOSALS, threshold=THRESHOLD, days=DAYS)
    if Proposal.objects.filter(space=space).exists():
        return
    now, random = timezone.now(), Random("proposals")
    made = {sample.key: _published(space, sample, town.crowd, now) for sample in SAMPLES}
    for sample in SAMPLES:
        _sign(made[sample.key], sample, town.crowd, now, random)
    signatures.sign(proposal=made["night"], member=town.accounts["citizen"])
    _merge(made["night-too"], made["night"], now)
    _add_to(made["seats"], now)
    _discuss(space, made["night"], town.crowd, now)
    signatures.close_windows(now)
    title, text = DRAFT
    proposals.save(
        space=space, author=town.accounts["citizen"], title=title, text=text, client_id="demo-proposal-draft"
    )


def _published(space: Space, sample: Sample, crowd: list[Member], now: datetime) -> Proposal:
    author, at = crowd[sample.who], now - timedelta(days=sample.age)
    draft = proposals.save(
        space=space, author=author, title=sample.title, text=sample.text, client_id=f"demo-proposal-{sample.key}"
    )
    proposal = proposals.publish(proposal=draft, author=author)
    proposal.made_at = proposal.published_at = at
    proposal.closes_at = windows.end(at, DAYS)
    proposal.save(update_fields=["made_at", "published_at", "closes_at"])
    proposal.signatures.update(signed_at=at)
    clock.set_back_words(proposals.SOURCE, proposal.pk, author, at)
    return proposal


def _sign(proposal: Proposal, sample: Sample, crowd: list[Member], now: datetime, random: Random) -> None:
    """People come over the days, while the window is open."""
    last = min(now, proposal.closes_at) - timedelta(minutes=10)
    others = [member for member in crowd if member.pk != proposal.author_id]
    moments = sorted(clock.spread(proposal.published_at, last, sample.signers, random=random))
    for member, moment in zip(random.sample(others, sample.signers), moments, strict=True):
        signatures.sign(proposal=proposal, member=member, received_at=moment)


def _merge(source: Proposal, target: Proposal, now: datetime) -> None:
    source.refresh_from_db()
    asked = merges.ask(
        source=source,
        target=target,
        member=source.author,
        reason=WHY,
        client_id="demo-merge",
        now=now - timedelta(days=2),
    )
    merges.accept(merge=asked, member=target.author, now=now - timedelta(days=1))


def _add_to(proposal: Proposal, now: datetime) -> None:
    addendum = proposals.add(proposal=proposal, author=proposal.author, text=ADDENDUM, client_id="demo-addendum")
    at = now - timedelta(days=1)
    Addendum.objects.filter(pk=addendum.pk).update(made_at=at)
    clock.set_back_words(proposals.ADDENDUM_SOURCE, addendum.pk, proposal.author, at)


def _discuss(space: Space, proposal: Proposal, crowd: list[Member], now: datetime) -> None:
    for number, (who, text) in enumerate(SAID):
        said = comments.post(
            space=space, author=crowd[who], text=text, proposal=proposal, client_id=f"demo-under-proposal-{number}"
        )
        moment = now - timedelta(minutes=50 - 15 * number)
        clock.set_back_comment(said, moment)
        clock.set_back_words(comments.SOURCE, said.pk, crowd[who], moment)
