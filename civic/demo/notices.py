"""Who was told of what in the demo: everything that happened so far, so that the bell of the sample citizen rings."""

from civic.demo.town import Town
from discussions.models import Space
from discussions.notices import announcing, following


def add(town: Town) -> None:
    """The citizen follows every discussion of the demo; all members are told of what happened. Comes last."""
    for space in Space.objects.filter(agency__in=town.agencies.values()).order_by("pk"):
        following.follow(member=town.accounts["citizen"], space=space)
        announcing.announce.func(space.pk)
