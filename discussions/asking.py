"""Which statement somebody is asked about next: the one that still teaches most.

A statement's weight is the priority that Polis gives its comments (`importance-metric` and `priority-metric` in
math/src/polismath/math/conversation.clj of the Polis source; Small et al., "Polis: Scaling Deliberation by Mapping
High Dimensional Opinion Spaces", 2021), of A agreeing, D disagreeing, P passing among S = A + D + P votes:

    p = (P + 1) / (S + 2),  a = (A + 1) / (S + 2)
    importance = (1 - p) (E + 1) a
    weight     = (importance (1 + 8 * 2 ** (-S / 5))) ** 2

The last factor lets new statements rise: it is 9 without a vote and 1 after forty. E says how far a statement parts
people. Polis takes the length of its pull on the map's axes, which needs all votes; here it is read off the tally,

    E = 3 * 4 a d / (a + d) ** 2,  d = (D + 1) / (S + 2)

3 where as many agree as disagree and towards 0 where all say the same: about the range that Polis' own figure has.

As in Polis the next statement is drawn with these weights. The draw is Efraimidis and Spirakis' ("Weighted random
sampling with a reservoir", 2006): the smallest of -ln(u) / weight wins, and u comes from a digest of person and
statement. So everybody has an order of their own, a page that is loaded again shows the same statement, and so do two
tabs. Tallies are counters on the statement's row: two queries, whatever the number of votes.
"""

import math
from hashlib import blake2b

from django.db.models import F

from discussions.models import Space, State, Statement

DIVISION = 3.0
NEWNESS, HALVED_AFTER = 8.0, 5.0
MOST = 1000  # of the statements with the fewest votes; the others have been heard enough


def weight(agree: int, disagree: int, passed: int) -> float:
    """How much one more vote on a statement with this tally teaches, always above 0; see the head of this module."""
    total = agree + disagree + passed
    share_passed, a, d = ((count + 1) / (total + 2) for count in (passed, agree, disagree))
    extremity = DIVISION * 4 * a * d / (a + d) ** 2
    importance = (1 - share_passed) * (extremity + 1) * a
    return (importance * (1 + NEWNESS * 2 ** (-total / HALVED_AFTER))) ** 2


def next_for(member, space: Space, *, seed: str = "") -> Statement | None:
    """The statement this person is asked about next, None when nothing is left: two queries.

    `seed` stands for somebody who is not a member yet.
    """
    open_ones = Statement.objects.filter(space=space, state=State.VISIBLE, closed_at=None)
    person = seed
    if getattr(member, "is_authenticated", False):
        open_ones = open_ones.exclude(votes__member=member)
        person = f"member:{member.pk}"
    fewest_first = open_ones.order_by(F("agree") + F("disagree") + F("passed"), "pk")
    tallies = fewest_first.values_list("pk", "agree", "disagree", "passed")[:MOST]
    drawn = min(tallies, key=lambda row: (_lot(person, row[0]) / weight(*row[1:]), row[0]), default=None)
    return Statement.objects.select_related("space").get(pk=drawn[0]) if drawn else None


def _lot(person: str, statement: int) -> float:
    """-ln(u) of a u between 0 and 1 that belongs to this person and statement for ever."""
    digest = blake2b(f"{person}:{statement}".encode(), digest_size=8).digest()
    return -math.log((int.from_bytes(digest) + 1) / (2**64 + 1))
