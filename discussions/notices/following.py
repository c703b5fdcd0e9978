"""Following and muting: what a member wants to hear of beyond their own words, and what not."""

from django.db import transaction
from django.db.models import Q

from discussions import rules
from discussions.errors import NotAllowed, NotFound
from discussions.models import Comment, Follow, Member, Mute, Proposal, Space


def follow(
    *,
    member: Member,
    space: Space,
    proposal: Proposal | None = None,
    comment: Comment | None = None,
    topic_number: int | None = None,
) -> Follow:
    """Hear of every step of a space, or only of one proposal, branch or topic. Twice is once.

    Raises NotAllowed (not signed in, a draft), NotFound (something of another space).
    """
    _require(member, space)
    if comment is not None and comment.root_id is not None:
        comment = comment.root
    for thing in (proposal, comment):
        if thing is not None and thing.space_id != space.pk:
            raise NotFound(rules.explained("withdrawn"), code="other_space")
    with transaction.atomic():
        if proposal is comment is topic_number is None:
            Mute.objects.filter(member=member, space=space, topic_number=None).delete()
        elif topic_number is not None:
            Mute.objects.filter(member=member, space=space, topic_number=topic_number).delete()
        made, _is_new = Follow.objects.get_or_create(
            member=member, space=space, proposal=proposal, comment=comment, topic_number=topic_number
        )
    return made


def unfollow(*, member: Member, space: Space, **target) -> None:
    """Hear no more of it, unless named or answered."""
    wanted = {"proposal": None, "comment": None, "topic_number": None, **target}
    Follow.objects.filter(member=member, space=space, **wanted).delete()


def mute(*, member: Member, space: Space, topic_number: int | None = None) -> None:
    """No news of a space or of one of its topics, though one took part. Named or answered, one is told all the same."""
    _require(member, space)
    with transaction.atomic():
        Mute.objects.get_or_create(member=member, space=space, topic_number=topic_number)
        stopped = Follow.objects.filter(member=member, space=space)
        (stopped if topic_number is None else stopped.filter(topic_number=topic_number)).delete()


def unmute(*, member: Member, space: Space, topic_number: int | None = None) -> None:
    """Hear of it again."""
    Mute.objects.filter(member=member, space=space, topic_number=topic_number).delete()


def drop_contradictions(*, guest: Member, member: Member) -> None:
    """Before a guest's choices become those of an account: where the two contradict each other, the account's stays."""
    for own, other in ((Follow, Mute), (Mute, Follow)):
        chosen = Q()
        whole = {"proposal": None, "comment": None} if other is Follow else {}
        for space, topic in other.objects.filter(member=member, **whole).values_list("space_id", "topic_number"):
            # News of a whole space and news of nothing in it exclude each other, whatever the part.
            everything = topic is None and other is Mute
            chosen |= Q(space=space) if everything else Q(space=space, topic_number=topic)
        if chosen:
            own.objects.filter(chosen, member=guest).delete()


def followed(member, space: Space) -> set[tuple[str, int]]:
    """What a member follows in a space, as ("space" | "proposal" | "comment" | "topic", id): one query."""
    if not getattr(member, "is_authenticated", False):
        return set()
    found = set()
    for row in Follow.objects.filter(member=member, space=space):
        if row.proposal_id:
            found.add(("proposal", row.proposal_id))
        elif row.comment_id:
            found.add(("comment", row.comment_id))
        elif row.topic_number is not None:
            found.add(("topic", row.topic_number))
        else:
            found.add(("space", space.pk))
    return found


def muted(member, space: Space) -> set[tuple[str, int]]:
    """What a member does not want to hear of in a space, as in `followed`: one query."""
    if not getattr(member, "is_authenticated", False):
        return set()
    rows = Mute.objects.filter(member=member, space=space).values_list("topic_number", flat=True)
    return {("space", space.pk) if number is None else ("topic", number) for number in rows}


def _require(member, space: Space) -> None:
    if not getattr(member, "is_authenticated", False):
        rules.require(rules.Verdict(False, "sign_in"))
    if not rules.may_see(member, space):
        raise NotAllowed(rules.explained("phase"), code="phase")
