"""Comments: post, edit, withdraw. One function is one citizen's action is one transaction."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from discussions import events, holding, pace, proposal_rules, rules, texts, wording
from discussions.errors import Conflict, NotFound
from discussions.ids import new_id, path_step
from discussions.instruments import Instrument
from discussions.models import Channel, Comment, CommentEdit, Member, Paragraph, Proposal, Space, State
from discussions.models.comments import MAX_DEPTH
from nlp import stream
from nlp.tasks import enqueue_analysis

SOURCE = "comment"
EDITS = 20  # of one comment, shown at a time


def post(
    *,
    space: Space,
    author: Member,
    text: str,
    client_id: str,
    parent_id: int | None = None,
    kind: str = Comment.Kind.OPINION,
    proposal: Proposal | None = None,
    paragraph: Paragraph | None = None,
    channel: str = Channel.WEB,
) -> Comment:
    """Publish a comment in the discussion of the space, or in that under `proposal` or `paragraph` (both of this
    space); appends comment.posted, or comment.held when a moderator looks first.

    A reply belongs to the discussion of its parent. About a paragraph nothing new begins once it has left the text.
    Sent again with the same `client_id`, the first comment comes back.

    Raises InvalidText, NotAllowed, NotFound (parent not in this space), TooSoon (too fast, or the day of a new account
    is used up), Conflict (same client id, other words).
    """
    ahead = holding.read_ahead(text)
    with transaction.atomic():
        space = pace.turn(space.pk, author)
        if not getattr(author, "is_authenticated", False):
            rules.require(rules.Verdict(False, "sign_in"))
        now = timezone.now()
        earlier, parent, lately = _surroundings(author, client_id, parent_id, now)
        if parent is not None and proposal is None and paragraph is None:
            proposal, paragraph = parent.proposal, parent.paragraph
        rules.require(rules.may_comment(author, space, parent, under=_discussion(proposal, paragraph)))
        if parent_id is not None and (parent is None or not _is_in(parent, proposal, paragraph)):
            raise NotFound(rules.explained("withdrawn"), code="other_space")
        if proposal is not None:
            rules.require(proposal_rules.may_discuss(proposal))
        elif paragraph is not None and parent is None:
            rules.require(rules.may_comment_on(author, space, is_in_text=texts.is_in_text(paragraph.pk)))
        words = wording.cleaned(text, limit=wording.COMMENT_LIMIT)
        if earlier is not None:
            return _same_or_conflict(earlier, space, parent_id, words)
        comment = _placed(Comment(id=new_id(), space=space, author=author, kind=kind, text=words), parent)
        comment.client_id, comment.posted_at = client_id, now
        comment.proposal, comment.paragraph = proposal, paragraph
        _require_pace(comment, lately, now)
        comment.level, comment.channel = author.level, channel
        comment.state = holding.state_for(space=space, author=author, text=words, ahead=ahead)
        comment.save(force_insert=True)
        became_dirty = stream.submit(
            corpus_id=space.corpus_id,
            source=SOURCE,
            key=comment.pk,
            text=words,
            author=author.stream_author,
            posted_at=now,
            url=space.path(f"c/{comment.pk}/"),
            visible=comment.state == State.VISIBLE,
        )
        told = "comment.posted" if comment.state == State.VISIBLE else "comment.held"
        events.append(space, told, {"id": comment.pk, "root": comment.root_id or comment.pk})
        if became_dirty:
            enqueue_analysis(space.corpus_id)
    return comment


def edit(*, comment: Comment, author: Member, text: str) -> Comment:
    """Replace the words of one's own comment; the earlier ones stay in its history. Appends comment.edited.

    New words that a moderator should see first take the comment off the page until then: comment.held.
    Raises InvalidText, NotAllowed, TooSoon.
    """
    words = wording.cleaned(text, limit=wording.COMMENT_LIMIT)
    ahead = holding.read_ahead(words)
    with transaction.atomic():
        space, comment = _locked(comment)
        rules.require(rules.may_edit(author, space, comment))
        if words == comment.text:
            return comment
        now = timezone.now()
        pace.require(author, comment.edited_at, now)
        pace.require_few_links(author, words, now)
        CommentEdit.objects.create(comment=comment, text=comment.text, until=now)
        comment.text, comment.edited_at = words, now
        comment.state = holding.state_for(space=space, author=author, text=words, ahead=ahead)
        comment.save(update_fields=["text", "edited_at", "state"])
        if comment.state == State.VISIBLE:
            became_dirty, told = stream.revise(SOURCE, comment.pk, text=words), "comment.edited"
        else:
            became_dirty, told = stream.withdraw(SOURCE, comment.pk), "comment.held"
        if became_dirty:
            enqueue_analysis(space.corpus_id)
        events.append(space, told, {"id": comment.pk, "root": comment.root_id or comment.pk})
    return comment


def history(comment: Comment, *, before: int | None = None) -> tuple[list[CommentEdit], int | None]:
    """The edits of a comment, latest first, and the cursor of earlier ones. Nothing unless the comment is published."""
    if comment.state != State.VISIBLE:
        return [], None
    edits = comment.edits.order_by("-id")
    if before is not None:
        edits = edits.filter(pk__lt=before)
    found = list(edits[: EDITS + 1])
    return found[:EDITS], found[EDITS - 1].pk if len(found) > EDITS else None


def withdraw(*, comment: Comment, author: Member) -> Comment:
    """Take one's own words back: they and all earlier versions are erased, the place in the thread stays; appends
    comment.withdrawn.
    """
    with transaction.atomic():
        space, comment = _locked(comment)
        rules.require(rules.may_withdraw(author, comment))
        comment.state, comment.text = Comment.State.WITHDRAWN, ""
        comment.save(update_fields=["state", "text"])
        comment.edits.all().delete()
        if stream.withdraw(SOURCE, comment.pk):
            enqueue_analysis(space.corpus_id)
        events.append(space, "comment.withdrawn", {"id": comment.pk, "root": comment.root_id or comment.pk})
    return comment


def _discussion(proposal: Proposal | None, paragraph: Paragraph | None) -> Instrument:
    if proposal is not None:
        return Instrument.PROPOSALS
    return Instrument.TEXTS if paragraph is not None else Instrument.COMMENTS


def _is_in(parent: Comment, proposal: Proposal | None, paragraph: Paragraph | None) -> bool:
    """Is `parent` part of the discussion that is written into?"""
    return parent.proposal_id == getattr(proposal, "pk", None) and parent.paragraph_id == getattr(paragraph, "pk", None)


def _surroundings(author, client_id, parent_id, now):
    """What was already sent under this client id, the parent, and what the author posted lately, in one query."""
    recently = pace.looks_back(author, now)
    wanted = Q(author=author, client_id=client_id) | Q(author=author, posted_at__gt=recently)
    if parent_id is not None:
        wanted |= Q(pk=parent_id)
    found = list(Comment.objects.filter(wanted).select_related("proposal", "paragraph"))
    mine = [comment for comment in found if comment.author_id == author.pk]
    earlier = next((comment for comment in mine if comment.client_id == client_id), None)
    parent = next((comment for comment in found if comment.pk == parent_id), None)
    return earlier, parent, mine


def _require_pace(comment: Comment, lately: list[Comment], now) -> None:
    """Interval, day and links. `lately` are the author's posts that may count."""
    author, kind = comment.author, _paced(comment)
    pace.require(author, max((other.posted_at for other in lately), default=None), now)
    same = (other.posted_at for other in lately if _paced(other) == kind)
    pace.require_daily(author, same, now, kind=kind)
    pace.require_few_links(author, comment.text, now)


def _paced(comment: Comment) -> str:
    """A root of a space's own discussion begins a topic; all else replies to something."""
    begins = comment.parent_id is None and comment.proposal_id is None and comment.paragraph_id is None
    return "topics" if begins else "replies"


def _same_or_conflict(earlier: Comment, space: Space, parent_id: int | None, words: str) -> Comment:
    changed_since = earlier.edited_at is not None or earlier.state != Comment.State.VISIBLE
    same_words = changed_since or earlier.text == words
    same_place = earlier.space_id == space.pk and (earlier.parent_id == parent_id or earlier.depth == MAX_DEPTH - 1)
    if same_words and same_place:
        return earlier
    raise Conflict


def _placed(comment: Comment, parent: Comment | None) -> Comment:
    """Give a comment its place. Below the deepest level it becomes a sibling of what it answers."""
    comment.path = path_step(comment.pk)
    if parent is None:
        return comment
    if parent.depth == MAX_DEPTH - 1:
        comment.parent_id, comment.depth = parent.parent_id, parent.depth
        comment.path = parent.path[: -len(comment.path)] + comment.path
    else:
        comment.parent_id, comment.depth = parent.pk, parent.depth + 1
        comment.path = parent.path + comment.path
    comment.root_id = parent.root_id or parent.pk
    return comment


def _locked(comment: Comment) -> tuple[Space, Comment]:
    space = events.lock(comment.space_id)
    return space, Comment.objects.get(pk=comment.pk)
