"""One of each instrument, in every state its pages know, for the town."""

from datetime import timedelta

from django.utils import timezone

from discussions import (
    assistance,
    ballots,
    budgets,
    clocks,
    comments,
    events,
    merges,
    milestones,
    moderation,
    paragraphs,
    phases,
    proposals,
    replies,
    responses,
    signatures,
    surveys,
    tallies,
    tokens,
    versions,
    watch,
    wordings,
)
from discussions.forms import new_client_id
from discussions.instruments import Instrument
from discussions.models import (
    Agency,
    AnswerClock,
    Budget,
    Burst,
    Channel,
    Level,
    Member,
    Milestone,
    Phase,
    ReplyPoint,
    Rule,
    Sitting,
    Space,
    SurveyQuestion,
)
from discussions.notices import announcing, following, inbox, passes
from discussions.questionnaires import Words
from tests.discussions import drafts, proposing, questionnaire
from tests.factories import make_member, make_space, say

# Everything on; anybody may vote, so that the ballot can be shown on other sites.
OFFERED = {
    **{instrument.value: {} for instrument in Instrument},
    Instrument.STATEMENTS.value: {"level": int(Level.GUEST)},
    Instrument.PROPOSALS.value: {"threshold": 5, "days": 60},
}
PROJECTS = (("候車亭加座椅", "Seats in shelters", 60), ("站牌照明", "Lights at stops", 40), ("坡道", "Ramps", 30))


def fill(space: Space, staff: dict[str, Member], citizen: Member, people: list[Member]) -> dict:
    """Give the space one of each thing. Returns what leads to them: `sample name: id or code`."""
    editor = staff["communicator"]
    return {
        **_proposals(space, citizen, people, staff["officer"]),
        **_text(space, editor, citizen, people),
        **_surveys(space, editor, citizen, people),
        **_budgets(space, editor, people),
        **_counter(space, staff["helper"]),
        **_hidden(space, citizen, staff["moderator"]),
        **_reviewed(space.agency, citizen, people, staff["officer"]),
        **_own(space, citizen),
        **_alike(space.agency),
    }


def told(made: dict, space: Space, citizen: Member) -> dict:
    """Once everything has happened, members are told of it."""
    for one in (space, Space.objects.get(slug=made["reviewed"])):
        announcing.announce.func(one.pk)
    return {"notice": inbox.of(citizen).lines[0].notice.pk}


def _alike(agency: Agency) -> dict:
    """A discussion in which many accounts say the same."""
    space = make_space(agency=agency, title="幹線改道")
    for _turn in range(12):
        say(space, make_member(), "反對公車幹線改道，請交通局立刻撤回草案，還給居民直達醫院的路線")
    watch.look(space)
    return {"alike": Burst.objects.get(space=space).pk, "alike_space": space.slug}


def _proposals(space: Space, citizen: Member, people: list[Member], officer: Member) -> dict:
    """One that collects, one that waits for an answer and one that has it, and the citizen's own: draft and open."""
    signed = proposing.published(space, citizen, "轉乘站要有遮雨棚", "下雨天轉車沒有地方躲，請加蓋遮雨棚。")
    signatures.sign(proposal=signed, member=people[11])
    open_one = proposing.published(space, people[0], "站牌都要有燈", "晚上的站牌看不清楚，請裝上感應燈。")
    own = proposing.published(space, citizen, "候車亭要有座椅", "長輩等車時站不住，請在每一座候車亭放兩張椅子。")
    other = proposing.published(space, people[1], "每一站放椅子", "請在站牌旁放椅子，讓等車的人坐。")
    waiting = proposing.published(space, people[2], "夜校前加開一班車", "夜校九點四十下課，請加開一班十點的車。")
    answered = proposing.published(space, people[3], "預約小巴要能打電話", "不用手機的人也要能預約。")
    for member in (people[4], people[5], citizen):
        signatures.sign(proposal=open_one, member=member)
    for proposal in (waiting, answered):
        for member in people[6:10]:
            signatures.sign(proposal=proposal, member=member)
    proposals.add(proposal=open_one, author=people[0], text="補充：先裝學校旁的十站。", client_id=new_client_id())
    say(space, people[7], "支持，那裡真的很暗。", proposal=open_one)
    reply = replies.answer(
        space=space,
        officer=officer,
        text="一月起可以打電話預約。",
        client_id=new_client_id(),
        proposal=answered,
        documents=[replies.Document("預約小巴計畫", "https://example.org/plan.pdf")],
    )
    asked = merges.ask(
        source=other, target=own, member=people[1], reason="兩個提案要的是同一件事。", client_id=new_client_id()
    )
    return {
        "proposal": open_one.pk,
        "own_proposal": own.pk,
        "signed_proposal": signed.pk,
        "waiting_proposal": waiting.pk,
        "answered_proposal": answered.pk,
        "draft_proposal": proposing.draft(space, citizen, "站牌請加英文", "先寫在這裡。").pk,
        "merge": asked.pk,
        "reply": reply.pk,
    }


def _text(space: Space, editor: Member, citizen: Member, people: list[Member]) -> dict:
    """A draft regulation in two versions, with what made it change."""
    text = drafts.begin(space, editor)
    first = drafts.publish(text, editor)
    where = drafts.paragraph(first, "第二條第一項")
    taken = drafts.suggest(where, people[2], reason="簽約當天才給，來不及看。")
    for member in people[3:7]:
        wordings.support(wording=taken, member=member)
    for place, member in enumerate(people[:9]):
        paragraphs.cast(paragraph=where, member=member, value=1 if place % 3 else -1)
    remark = say(space, people[8], "摘要一頁就好，不要附約定條款。", paragraph=where)
    second = versions.prepare(text=text, editor=editor, source=drafts.SECOND, note="摘要提前三日交付。")
    versions.attribute(version=second, editor=editor, causes={where.pk: [taken, remark]})
    second = versions.publish(version=second, editor=editor)
    last = drafts.paragraph(second, "第四條")
    own = drafts.suggest(last, citizen, "本辦法自發布後三個月施行。", reason="業者需要時間準備。")
    return {
        "text": text.pk,
        "paragraph": where.pk,
        "last_paragraph": last.pk,
        "wording": taken.pk,
        "own_wording": own.pk,
    }


def _surveys(space: Space, editor: Member, citizen: Member, people: list[Member]) -> dict:
    """A survey that runs, one whose results are out, and a quick poll."""
    running = questionnaire.make_survey(space)
    closed = questionnaire.make_survey(space)
    for place, member in enumerate(people):
        given = {1: place % 3 + 1, 2: "站牌太遠，走不到。", 3: [place % 3 + 1], 4: place % 5 + 1, 5: [2, 1]}
        for survey in (running, closed):
            responses.respond(survey=survey, member=member, answers=given)
    surveys.close_now(survey=closed, editor=editor)
    asked = Words("週末要不要加開夜車？", "More night buses at weekends?")
    poll = surveys.poll(space=space, editor=editor, question=asked, options=[Words("要", "Yes"), Words("不用", "No")])
    responses.respond(survey=poll, member=citizen, answers={1: 1})
    free = SurveyQuestion.objects.get(survey=closed, kind=SurveyQuestion.Kind.TEXT)
    return {"survey": running.pk, "closed_survey": closed.pk, "poll": poll.pk, "free_question": free.pk}


def _budgets(space: Space, editor: Member, people: list[Member]) -> dict:
    """A budget choice that runs and one that is counted."""
    made = {}
    for name, kind in (("budget", Budget.Kind.KNAPSACK), ("closed_budget", Budget.Kind.APPROVAL)):
        terms = budgets.Terms(
            title=Words("候車環境一百萬", "A hundred for better stops"), total=100, rule=Rule.EQUAL_SHARES, kind=kind
        )
        budget = budgets.create(space=space, editor=editor, terms=terms)
        for title, english, cost in PROJECTS:
            sketch = budgets.Sketch(
                title=Words(title, english), cost=cost, description=Words("由里長提出。", "Put forward by the ward.")
            )
            budgets.add_project(budget=budget, editor=editor, sketch=sketch)
        budget = budgets.open_now(budget=budget, editor=editor)
        found = list(budget.projects.values_list("pk", flat=True))
        for place, member in enumerate(people):
            ballots.cast(budget=budget, member=member, projects=[found[place % 3]])
        made[name] = budget
    tallies.tally(budgets.close_now(budget=made["closed_budget"], editor=editor))
    return {name: budget.pk for name, budget in made.items()}


def _counter(space: Space, helper: Member) -> dict:
    """A helper with somebody at the counter, and a sheet of paper."""
    begun = assistance.begin(
        helper=helper, space=space, channel=Channel.ASSISTED, consent=Sitting.Consent.SPOKEN, document="A123456789"
    )
    assistance.enter(
        sitting=begun.sitting, helper=helper, client_id=new_client_id(), comment="我眼睛不好，站牌的字太小了。"
    )
    return {"sitting": begun.sitting.pk, "paper": assistance.make_form(space=space, editor=helper).code}


def _hidden(space: Space, citizen: Member, moderator: Member) -> dict:
    """The citizen's own words, hidden: with the decision they may appeal against."""
    said = say(space, citizen, "隔壁的貓又跑來了，而且很胖")
    moderation.hide(target=said, moderator=moderator, reason="spam", note="這裡談公車。")
    said.refresh_from_db()
    return {"decision": moderation.last_decision(said).pk}


def _reviewed(agency: Agency, citizen: Member, people: list[Member], officer: Member) -> dict:
    """Another discussion, answered as a whole after more time was asked for; what was said is with the agency."""
    began = timezone.now() - timedelta(days=20)
    space = make_space(agency=agency, title="車站前廣場", title_en="Station square", instruments=OFFERED)
    say(space, citizen, "廣場要有樹蔭")
    say(space, people[9], "計程車排班區要移走")
    drawn = proposing.published(space, people[10], "廣場種樹", "夏天廣場太熱，請種樹。")
    phases.enter(events.lock(space.pk), Phase.REVIEW, began)
    own = AnswerClock.objects.get(space=space, proposal=None)
    clocks.extend(clock=own, officer=officer, until=own.due_at + timedelta(days=9), reason="管線圖還沒到。")
    given = {"space": space, "officer": officer, "client_id": new_client_id()}
    whole = replies.answer(
        **given,
        text="廣場會種樹，排班區另外找地方。",
        whole=True,
        points=[replies.Point("樹蔭", ReplyPoint.Verdict.ACCEPTED, "春天種四十棵。", "三月招標")],
        documents=[replies.Document("配置圖", "https://example.org/square.pdf")],
    )
    step = milestones.plan(**given, what="種下第一批樹", due_on=timezone.localdate() + timedelta(days=90))
    milestones.change(milestone=step, officer=officer, state=Milestone.State.DONE)
    return {
        "reviewed": space.slug,
        "handover": space.handovers.get().groups.first().pk,
        "whole": whole.pk,
        "unanswered_proposal": drawn.pk,
    }


def _own(space: Space, citizen: Member) -> dict:
    """What a citizen keeps of their own: words they changed, something they follow, a key, a pass in a mail."""
    said = say(space, citizen, "站牌的字太小")
    comments.edit(comment=said, author=citizen, text="站牌的字太小，長輩看不到。")
    following.follow(member=citizen, space=space)
    tokens.make(member=citizen, name="my phone")
    return {"edited": said.pk, "off": passes.make(citizen)}
