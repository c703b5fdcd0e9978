"""Sample help for people without a screen: a sheet of paper that was keyed in, and somebody who came to the counter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from civic.demo import buses, clock, proposals, surveys
from civic.demo.town import Town
from discussions import assistance, comments, responses
from discussions.models import AssistedAct, Channel, Comment, Member, PaperForm, Proposal, Sitting, Survey


@dataclass(frozen=True, slots=True)
class Visit:
    """What one person said. `votes` are by the place of the statement on the sheet, `signs` is a key of `proposals`."""

    key: str
    channel: str
    consent: str
    words: str
    votes: Mapping[int, int]
    minutes_ago: float
    signs: str = ""
    answers: Mapping[int, responses.Sent] = field(default_factory=dict)


VISITS = (
    Visit(
        "paper",
        Channel.PAPER,
        Sitting.Consent.SIGNED,
        "我八十一歲，字寫得慢。市場口的站牌搬到路口，要走過兩個紅綠燈，綠燈只有二十秒，我走不完。請把站牌留在市場口。",
        {0: 1, 1: -1, 2: 1, 4: 0},
        minutes_ago=19.5,
        signs="night",
    ),
    Visit(
        "spoken",
        Channel.ASSISTED,
        Sitting.Consent.SPOKEN,
        "我看不見，站牌報站的聲音太小。兩班車一起來的時候，分不清哪一班是我的，司機可不可以開門報路線？",
        {0: 1, 3: 1},
        minutes_ago=19,
        answers={1: 2, 3: [4, 5], 4: 2, 5: [3, 4]},
    ),
)


def add(town: Town) -> None:
    """Print a sheet, key in one that came back, and enter what somebody said, unless it was done."""
    space, helper = town.space(buses.SUBJECT.slug), town.accounts["frontline"]
    if Sitting.objects.filter(space=space, helper=helper).exists():
        return
    form = assistance.make_form(space=space, editor=helper)
    for visit in VISITS:
        _enter(visit, form, helper)


def _enter(visit: Visit, form: PaperForm, helper: Member) -> None:
    sitting = assistance.begin(
        helper=helper,
        space=form.space,
        channel=visit.channel,
        consent=visit.consent,
        form=form if visit.channel == Channel.PAPER else None,
    ).sitting
    asked = Proposal.objects.filter(space=form.space, title=_title(visit.signs)) if visit.signs else ()
    acts = assistance.enter(
        sitting=sitting,
        helper=helper,
        client_id=f"demo-counter-{visit.key}",
        comment=visit.words,
        votes={form.statements[place]: value for place, value in visit.votes.items()},
        signed=[proposal.pk for proposal in asked],
    )
    said = Comment.objects.get(pk=next(act.target_id for act in acts if act.kind == AssistedAct.Kind.COMMENT))
    moment = timezone.now() - timedelta(minutes=visit.minutes_ago)
    clock.set_back_comment(said, moment)
    clock.set_back_words(comments.SOURCE, said.pk, said.author, moment)
    if visit.answers:
        survey = Survey.objects.get(space=form.space, title=surveys.TITLE.written)
        assistance.respond(sitting=sitting, helper=helper, survey=survey, answers=visit.answers)


def _title(key: str) -> str:
    return next(sample.title for sample in proposals.SAMPLES if sample.key == key)
