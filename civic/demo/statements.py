"""What the agency itself put to the vote about the buses, and the guests who voted along."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from civic.demo import buses, clock, guests
from civic.demo.content import Claim
from civic.demo.town import Town
from discussions import spaces, voting
from discussions.instruments import Instrument
from discussions.models import Level, Member, Space, Statement, Vote

FIRST_CAMP = 23
GUESTS = 11
SEEDS = (
    Claim("新路線上路以前，應該先讓各里試坐一週。", 7, 9),
    Claim("為了維持夜間班次，票價可以調高兩元。", 6, 3),
    Claim("站牌旁的路邊停車格可以減少，讓公車好靠站。", 8, 4),
)
CLOSED = Claim("電子站牌應該顯示下一班公車擠不擠。", 9, 9)


def add(town: Town) -> None:
    """Lay the statements and cast the votes unless they are there; guests may vote on statements from now on."""
    space = town.space(buses.SUBJECT.slug)
    if Statement.objects.filter(space=space, is_seed=True).exists():
        return
    editor = town.accounts["communicator"]
    space = spaces.offer(space=space, editor=editor, instrument=Instrument.STATEMENTS, level=int(Level.GUEST))
    random = Random("demo seeds")
    seeds = {
        claim: voting.seed(space=space, editor=editor, text=claim.text, client_id=f"demo-seed-{number}")
        for number, claim in enumerate((*SEEDS, CLOSED))
    }
    crowd = Random(f"{buses.SUBJECT.slug} ballots").sample(town.crowd, len(town.crowd))
    for place, member in enumerate([*crowd, *(guests.guest(number) for number in range(GUESTS))]):
        for claim, statement in seeds.items():
            if random.random() < 0.85:
                _vote(statement, member, claim.first if place < FIRST_CAMP else claim.second, random)
    voting.close(statement=seeds[CLOSED], editor=editor)
    _set_back(space, list(seeds.values()), random)


def _vote(statement: Statement, member: Member, conviction: int, random: Random) -> None:
    value = 1 if random.random() < conviction / 10 else random.choice((-1, -1, 0))
    voting.cast(statement=statement, member=member, value=value)


def _set_back(space: Space, statements: list[Statement], random: Random) -> None:
    """Laid on the first day, voted on since."""
    start, end = space.opens_at, timezone.now() - timedelta(hours=1)
    Statement.objects.filter(pk__in=[statement.pk for statement in statements]).update(made_at=start)
    votes = list(Vote.objects.filter(statement__in=statements).order_by("pk"))
    for vote, moment in zip(votes, clock.spread(start, end, len(votes), random=random), strict=True):
        vote.cast_at = moment
    Vote.objects.bulk_update(votes, ["cast_at"], batch_size=500)
