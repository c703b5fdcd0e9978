"""Who and what the parts of the demo find when they are added."""

from dataclasses import dataclass

from discussions import spaces
from discussions.instruments import Instrument
from discussions.models import Agency, Member, Space


@dataclass(frozen=True, slots=True)
class Town:
    """`accounts` by their key in `people.ACCOUNTS`, `crowd` in the order of `people.NICKNAMES`, `agencies` by slug."""

    accounts: dict[str, Member]
    crowd: list[Member]
    agencies: dict[str, Agency]

    def space(self, slug: str, *, offering: Instrument | None = None, **options) -> Space:
        """A discussion of the demo; with `offering` it offers that instrument from now on."""
        space = Space.objects.select_related("agency", "corpus").get(slug=slug)
        if offering is not None and offering not in space.instruments:
            space = spaces.offer(space=space, editor=self.accounts["communicator"], instrument=offering, **options)
        return space
