"""Builds the demo through the public actions of the house, in parts that can each be finished after an interruption."""

import io
from collections.abc import Callable
from datetime import timedelta
from random import Random
from types import ModuleType

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from civic.demo import (
    answers,
    budgets,
    buses,
    clock,
    counter,
    guests,
    information,
    live_planned,
    live_polls,
    live_questions,
    live_record,
    notices,
    pages,
    people,
    proposals,
    reactions,
    statements,
    surveys,
    telecom,
    texts,
    tourism,
)
from civic.demo import moderation as judgements
from civic.demo.content import CITIZEN, Subject
from civic.demo.town import Town
from cms import indexing
from discussions import comments, live, moderation, replies, voting
from discussions.models import Agency, Comment, LiveSession, Member, Phase, Reply, Space, State
from discussions.tasks import regroup
from integrations import ingest
from integrations.models import Monitor
from nlp import analysis, reports

Progress = Callable[[str, int, int], None]

# What each instrument adds to the discussions: `add(town)` makes what is missing and may run twice.
PARTS: tuple[ModuleType, ...] = (
    reactions,
    statements,
    surveys,
    budgets,
    texts,
    proposals,
    guests,
    counter,
    answers,
    judgements,
    live_record,
    live_planned,
    notices,
)
SUBJECTS = (buses.SUBJECT, telecom.SUBJECT, tourism.SUBJECT)
LONG_AGO = timedelta(days=700)
FIRST_CAMP = 23  # of the demo members; the others are the second camp
VOTES_ON = 0.8  # of the statements, by each member
PASSES = 0.4  # of those who do not agree
RUDE, SPAM = "rude", "spam"


def is_done() -> bool:
    """Whether all discussions of the demo are there."""
    return Space.objects.filter(slug__in=[subject.slug for subject in SUBJECTS]).count() == len(SUBJECTS)


def build(*, password: str, progress: Progress) -> None:
    """Make everything that is missing, and set the password of the accounts."""
    progress("pages", 0, 0)
    call_command("setup_site", verbosity=0)
    progress("people", 0, 0)
    with transaction.atomic():
        agencies = _agencies()
        accounts = _accounts(agencies, password)
        crowd = _crowd()
    step = _Steps(progress, sum(len(subject.remarks) + len(crowd) for subject in SUBJECTS))
    for subject in SUBJECTS:
        if not Space.objects.filter(slug=subject.slug).exists():
            with transaction.atomic():
                _discussion(subject, agencies, accounts, crowd, step)
    with transaction.atomic():
        _live_session(Space.objects.get(slug=buses.SUBJECT.slug), accounts, crowd)
    town = Town(accounts=accounts, crowd=crowd, agencies=agencies)
    for part in PARTS:
        with transaction.atomic():
            part.add(town)
    progress("information", 0, 0)
    with transaction.atomic():
        pages.write_information()
        _posts(Space.objects.get(slug=buses.SUBJECT.slug))


def analyse(progress: Progress) -> None:
    """Topics and groups of all discussions, and the answer to the largest topic. Raises EncoderUnavailable."""
    for count, subject in enumerate(SUBJECTS):
        progress("analysis", count, len(SUBJECTS))
        space = Space.objects.get(slug=subject.slug)
        regroup(space)
        analysis.refresh_topics(space.corpus_id, full=True)
    with transaction.atomic():
        _answer_topic()
    answers.conclude()


def index() -> None:
    """Let search find all of it."""
    while indexing.catch_up() >= indexing.BATCH:
        pass


# People


def _agencies() -> dict[str, Agency]:
    return {
        slug: Agency.objects.get_or_create(slug=slug, defaults={"name": name.zh, "name_en": name.en})[0]
        for slug, name in people.AGENCIES.items()
    }


def _accounts(agencies: dict[str, Agency], password: str) -> dict[str, Member]:
    """One account per kind of user, and the officers who sign for the other agencies."""
    accounts = {}
    for account in people.ACCOUNTS:
        member = _member(f"demo:{account.key}", account.name, email=f"{account.key}@example.org")
        member.agency = agencies.get(account.agency)
        member.set_password(password)
        member.save(update_fields=["agency", "password"])
        if account.group:
            member.groups.add(Group.objects.get(name=account.group))
        accounts[account.key] = member
    for agency, name in people.SIGNERS.items():
        signer = accounts[agency] = _member(f"demo:{agency}", name)
        signer.agency = agencies[agency]
        signer.save(update_fields=["agency"])
        signer.groups.add(Group.objects.get(name="Officers"))
    return accounts


def _crowd() -> list[Member]:
    return [_member(f"demo:{number}", name) for number, name in enumerate(people.NICKNAMES)]


def _member(origin: str, name: str, email: str | None = None) -> Member:
    found = Member.objects.filter(origin=origin).first()
    if found is not None:
        return found
    joined = timezone.now() - LONG_AGO
    return Member.objects.create_user(email, None, display_name=name, origin=origin, date_joined=joined)


# A discussion


class _Steps:
    """Counts the steps of all discussions together."""

    def __init__(self, progress: Progress, total: int):
        self._progress, self._total, self._done = progress, total, 0

    def __call__(self) -> None:
        self._done += 1
        self._progress("discussions", self._done, self._total)


def _discussion(subject: Subject, agencies, accounts, crowd, step: _Steps) -> None:
    random = Random(subject.slug)
    space = pages.open_discussion(subject, agencies[subject.agency])
    start = space.opens_at
    talk_ends = min(timezone.now() - timedelta(hours=1), space.review_at)
    said = _talk(space, subject, accounts["citizen"], crowd, start, talk_ends, random, step)
    _vote(space, subject, accounts["citizen"], crowd, Random(f"{subject.slug} ballots"), step)
    clock.set_back_votes(space, start, talk_ends, random=random)
    clock.set_back_stream(space)
    _moderate(said, accounts["moderator"], crowd)
    _answer_comment(space, subject, said, accounts)
    if subject.phase != Phase.OPEN:
        pages.move_on(space, subject.phase)


def _talk(space, subject, citizen, crowd, start, end, random, step) -> dict[str, Comment]:
    moments = clock.spread(start, end, len(subject.remarks), random=random)
    said: dict[str, Comment] = {}
    for remark, moment in zip(subject.remarks, moments, strict=True):
        step()
        said[remark.key] = comments.post(
            space=space,
            author=citizen if remark.who == CITIZEN else crowd[remark.who],
            text=remark.text,
            kind=remark.kind,
            parent_id=said[remark.to].pk if remark.to else None,
            client_id=f"demo-{subject.slug}-{remark.key}",
        )
        clock.set_back_comment(said[remark.key], moment)
    return said


def _vote(space, subject, citizen, crowd, random, step) -> None:
    """Statements by members of both camps, and votes that part them as their convictions do."""
    statements = []
    for number, claim in enumerate(subject.claims):
        author = crowd[(5 * number) % len(crowd)]
        made = voting.state(space=space, author=author, text=claim.text, client_id=f"demo-{number:04}")
        clock.set_back_statement(made, space.opens_at)
        statements.append(made)
    members = random.sample(crowd, len(crowd))
    for count, member in enumerate(members):
        step()
        for claim, statement in zip(subject.claims, statements, strict=True):
            if random.random() > VOTES_ON:
                continue
            conviction = claim.first if count < FIRST_CAMP else claim.second
            voting.cast(statement=statement, member=member, value=_opinion(conviction / 10, random))
    for statement in statements[:3]:
        voting.cast(statement=statement, member=citizen, value=1)


def _opinion(chance: float, random: Random) -> int:
    if random.random() < chance:
        return 1
    return 0 if random.random() < PASSES * chance else -1


def _moderate(said: dict[str, Comment], moderator: Member, crowd: list[Member]) -> None:
    """One advertisement was hidden, one rude remark waits for the moderator."""
    if SPAM in said:
        # Where the score is at work, it held the advertisement when it was sent.
        judge = moderation.reject if said[SPAM].state == State.HELD else moderation.hide
        judge(target=said[SPAM], moderator=moderator, reason="spam")
    if RUDE in said:
        for reporter in (crowd[2], crowd[24]):
            moderation.report(target=said[RUDE], reporter=reporter, reason="insult")


def _answer_comment(space: Space, subject: Subject, said: dict[str, Comment], accounts) -> None:
    if subject.slug not in information.COMMENT_ANSWERS:
        return
    key, officer, days_ago, text = information.COMMENT_ANSWERS[subject.slug]
    reply = replies.answer(
        space=space, officer=accounts[officer], text=text, client_id=f"demo-{key}", comment=said[key]
    )
    _date_answer(reply, days_ago)


def _answer_topic() -> None:
    """The agency answers the largest topic of the discussion that is over, unless it has done so."""
    slug, officer, days_ago, text = information.TOPIC_ANSWER
    space = Space.objects.select_related("corpus").get(slug=slug)
    topic = next(iter(reports.topics(space.corpus)), None)
    if topic is None or Reply.objects.filter(space=space, topic_number__isnull=False).exists():
        return
    reply = replies.answer(
        space=space,
        officer=Member.objects.get(origin=f"demo:{officer}"),
        text=text,
        client_id="demo-topic",
        topic_number=topic.number,
        topic_label=topic.label,
    )
    _date_answer(reply, days_ago)


def _date_answer(reply: Reply, days_ago: float) -> None:
    Reply.objects.filter(pk=reply.pk).update(answered_at=timezone.now() - timedelta(days=days_ago))


# Live session and posts


def _live_session(space: Space, accounts, crowd: list[Member]) -> None:
    """A room that is open now: questions with raises, one before the panel, one answered, and polls of every kind."""
    if LiveSession.objects.filter(space=space).exists():
        return
    host, random = accounts["facilitator"], Random(information.LIVE_TITLE)
    begun = timezone.now() - timedelta(minutes=20)
    session = live.plan_session(space=space, facilitator=host, title=information.LIVE_TITLE, starts_at=begun)
    session = live.open_session(session=session, facilitator=host)
    questions = []
    for number, (who, text, raises) in enumerate(information.LIVE_QUESTIONS):
        question = live.ask(session=session, author=crowd[who], text=text, client_id=f"demo-question-{number}")
        others = [member for member in crowd if member != crowd[who]]
        for member in random.sample(others, raises):
            live.raise_question(question=question, member=member)
        questions.append(question)
    live.mark_answered(question=questions[0], facilitator=host, answer=live_questions.ANSWER)
    live.mark_current(question=questions[2], facilitator=host)
    live_questions.add(session, host, crowd)
    live_polls.add(session, host, crowd)


def _posts(space: Space) -> None:
    """A monitor of kind "file" and the posts it brought."""
    monitor, is_new = Monitor.objects.get_or_create(
        corpus_id=space.corpus_id, kind=Monitor.Kind.FILE, label=information.MONITOR_LABEL
    )
    if not is_new:
        return
    now = timezone.now()
    lines = ["id,author,created_at,text"]
    lines += [
        f"{number},{author},{(now - timedelta(hours=hours)).isoformat()},{words}"
        for number, author, hours, words in information.POSTS
    ]
    ingest.import_file(monitor, io.BytesIO("\n".join(lines).encode()), "demo-posts.csv")
