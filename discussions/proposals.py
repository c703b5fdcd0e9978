"""Citizens' proposals: write, publish, change, add to, withdraw. One function is one act of an author.

What signers do is in `signatures`, how two proposals become one in `merges`.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, holding, instruments, pace, proposal_rules, rules, signatures, windows, wording
from discussions.errors import Conflict
from discussions.instruments import Instrument
from discussions.models import Addendum, Channel, Member, Proposal, Space, State
from discussions.models.proposals import TITLE_LIMIT
from nlp import stream
from nlp.tasks import enqueue_analysis

SOURCE = "proposal"
ADDENDUM_SOURCE = "addendum"
TEXT_LIMIT = 8000
ADDENDUM_LIMIT = 3000
MOST_DRAFTS = 10
Stage = Proposal.Stage


def save(
    *, space: Space, author: Member, title: str, text: str, client_id: str, channel: str = Channel.WEB
) -> Proposal:
    """Keep a draft that only its author sees. Sent again with the same `client_id`, the first draft comes back.

    Raises InvalidText, NotAllowed, Conflict.
    """
    title, text = _drafted(title, text)
    with transaction.atomic():
        space = pace.turn(space.pk, author)
        rules.require(proposal_rules.may_propose(author, space))
        earlier = Proposal.objects.filter(author=author, client_id=client_id).first()
        if earlier is not None:
            if earlier.space_id == space.pk and (earlier.revision or (earlier.title, earlier.text) == (title, text)):
                return earlier
            raise Conflict
        if Proposal.objects.filter(author=author, space=space, stage=Stage.DRAFT).count() >= MOST_DRAFTS:
            rules.require(rules.Verdict(False, "many_drafts"))
        return Proposal.objects.create(
            space=space,
            author=author,
            title=title,
            text=text,
            client_id=client_id,
            made_at=timezone.now(),
            level=author.level,
            channel=channel,
        )


def revise(*, proposal: Proposal, author: Member, title: str, text: str) -> Proposal:
    """Change a draft, or a published proposal that nobody else has signed; then appends proposal.edited.

    New words that a moderator should see first take it off the page until then: proposal.held.
    Raises InvalidText, NotAllowed, TooSoon.
    """
    ahead = {} if proposal.stage == Stage.DRAFT else holding.read_ahead(Proposal(title=title, text=text).words)
    with transaction.atomic():
        space, proposal = _locked(proposal, author)
        rules.require(proposal_rules.may_revise(author, proposal))
        title, text = _drafted(title, text) if proposal.stage == Stage.DRAFT else _finished(title, text)
        if (title, text) == (proposal.title, proposal.text):
            return proposal
        proposal.title, proposal.text = title, text
        proposal.revision += 1
        if proposal.stage == Stage.DRAFT:
            proposal.save(update_fields=["title", "text", "revision"])
        else:
            _rewrite(space, proposal, ahead)
    return proposal


def publish(*, proposal: Proposal, author: Member) -> Proposal:
    """Put a draft before the public, with its author's signature as the first; appends proposal.published, or
    proposal.held when a moderator looks first. Threshold and window are those of the space at this moment.

    Published twice, it is published once. Raises InvalidText, NotAllowed, TooSoon.
    """
    ahead = holding.read_ahead(proposal.words)
    with transaction.atomic():
        space, proposal = _locked(proposal, author)
        rules.require(proposal_rules.may_propose(author, space))
        if proposal.author_id != author.pk:
            rules.require(rules.Verdict(False, "not_yours"))
        if proposal.stage != Stage.DRAFT:
            return proposal
        now = timezone.now()
        proposal.title, proposal.text = _finished(proposal.title, proposal.text)
        pace.require(author, _latest(author), now)
        terms = instruments.options(space, Instrument.PROPOSALS)
        proposal.threshold, proposal.published_at = terms["threshold"], now
        proposal.closes_at = windows.end(now, terms["days"])
        proposal.stage, proposal.level = Stage.OPEN, author.level
        proposal.state = holding.state_for(space=space, author=author, text=proposal.words, ahead=ahead)
        proposal.save()
        became_dirty = stream.submit(
            corpus_id=space.corpus_id,
            source=SOURCE,
            key=proposal.pk,
            text=proposal.words,
            author=author.stream_author,
            posted_at=now,
            url=space.path(f"proposals/{proposal.pk}/"),
            visible=proposal.state == State.VISIBLE,
        )
        told = "proposal.published" if proposal.state == State.VISIBLE else "proposal.held"
        events.append(space, told, {"id": proposal.pk})
        signatures.first(space, proposal, now)
        if became_dirty:
            enqueue_analysis(space.corpus_id)
    return proposal


def add(*, proposal: Proposal, author: Member, text: str, client_id: str, channel: str = Channel.WEB) -> Addendum:
    """Add a dated note below words that others have signed; appends proposal.addendum, or addendum.held.

    Raises InvalidText, NotAllowed, TooSoon, Conflict.
    """
    words = wording.cleaned(text, limit=ADDENDUM_LIMIT)
    ahead = holding.read_ahead(words)
    with transaction.atomic():
        space, proposal = _locked(proposal, author)
        earlier = Addendum.objects.filter(author_id=author.pk, client_id=client_id).first()
        if earlier is not None:
            if earlier.proposal_id == proposal.pk and earlier.text in (words, ""):
                return earlier
            raise Conflict
        rules.require(proposal_rules.may_add(author, space, proposal))
        now = timezone.now()
        latest = Addendum.objects.filter(author=author).order_by("-made_at").values_list("made_at", flat=True).first()
        pace.require(author, latest, now)
        addendum = Addendum.objects.create(
            space=space,
            proposal=proposal,
            author=author,
            text=words,
            client_id=client_id,
            made_at=now,
            level=author.level,
            channel=channel,
            state=holding.state_for(space=space, author=author, text=words, ahead=ahead),
        )
        became_dirty = stream.submit(
            corpus_id=space.corpus_id,
            source=ADDENDUM_SOURCE,
            key=addendum.pk,
            text=words,
            author=author.stream_author,
            posted_at=now,
            url=space.path(f"proposals/{proposal.pk}/"),
            visible=addendum.state == State.VISIBLE,
        )
        told = "proposal.addendum" if addendum.state == State.VISIBLE else "addendum.held"
        events.append(space, told, {"id": proposal.pk, "addendum": addendum.pk})
        if became_dirty:
            enqueue_analysis(space.corpus_id)
    return addendum


def withdraw(*, proposal: Proposal, author: Member) -> None:
    """Take a proposal back while it is its author's own affair; appends proposal.withdrawn.

    A draft is deleted. Of a published one the words are erased; signatures and discussion stay, and so does the title
    when others have signed it. Raises NotAllowed, over the threshold too (see `step_back`).
    """
    with transaction.atomic():
        space, proposal = _locked(proposal, author)
        rules.require(proposal_rules.may_withdraw(author, proposal))
        if proposal.stage == Stage.DRAFT:
            proposal.delete()
            return
        if proposal.n_signatures <= 1:
            proposal.title = ""
        proposal.text, proposal.stage, proposal.state = "", Stage.WITHDRAWN, State.WITHDRAWN
        proposal.withdrawn_at = timezone.now()
        proposal.save(update_fields=["title", "text", "stage", "state", "withdrawn_at"])
        became_dirty = stream.withdraw(SOURCE, proposal.pk)
        for addendum in proposal.addenda.exclude(state=State.WITHDRAWN):
            addendum.text, addendum.state = "", State.WITHDRAWN
            addendum.save(update_fields=["text", "state"])
            became_dirty |= stream.withdraw(ADDENDUM_SOURCE, addendum.pk)
        events.append(space, "proposal.withdrawn", {"id": proposal.pk})
        if became_dirty:
            enqueue_analysis(space.corpus_id)


def step_back(*, proposal: Proposal, author: Member) -> Proposal:
    """Take one's name off a proposal that belongs to all its signers by now; it goes on without it. Appends
    proposal.author_left. Raises NotAllowed.
    """
    with transaction.atomic():
        space, proposal = _locked(proposal, author)
        rules.require(proposal_rules.may_step_back(author, proposal))
        proposal.author_left_at = timezone.now()
        proposal.save(update_fields=["author_left_at"])
        events.append(space, "proposal.author_left", {"id": proposal.pk})
    return proposal


def _rewrite(space: Space, proposal: Proposal, ahead: Mapping[str, bool]) -> None:
    """Put new words in the place of published ones, unless a moderator should see them first."""
    now, was_visible = timezone.now(), proposal.state == State.VISIBLE
    pace.require(proposal.author, proposal.edited_at, now)
    proposal.edited_at = now
    if was_visible:
        proposal.state = holding.state_for(space=space, author=proposal.author, text=proposal.words, ahead=ahead)
    proposal.save(update_fields=["title", "text", "revision", "edited_at", "state"])
    became_dirty, told = False, "proposal.edited"
    if proposal.state == State.VISIBLE:
        became_dirty = stream.revise(SOURCE, proposal.pk, text=proposal.words)
    elif was_visible:
        became_dirty, told = stream.withdraw(SOURCE, proposal.pk), "proposal.held"
    if became_dirty:
        enqueue_analysis(space.corpus_id)
    events.append(space, told, {"id": proposal.pk})


def _drafted(title: str, text: str) -> tuple[str, str]:
    """A draft needs a title; its text may still be missing."""
    title = _cleaned_title(title)
    return title, wording.cleaned(text, limit=TEXT_LIMIT) if text.strip() else ""


def _finished(title: str, text: str) -> tuple[str, str]:
    missing = _("Please say what you propose and why.")
    return _cleaned_title(title), wording.cleaned(text, limit=TEXT_LIMIT, missing=missing)


def _cleaned_title(title: str) -> str:
    return wording.cleaned_line(title, limit=TITLE_LIMIT, missing=_("Please give your proposal a title."))


def _latest(author: Member) -> datetime | None:
    published = Proposal.objects.filter(author=author, published_at__isnull=False).order_by("-published_at")
    return published.values_list("published_at", flat=True).first()


def _locked(proposal: Proposal, author: Member) -> tuple[Space, Proposal]:
    space = pace.turn(proposal.space_id, author)
    return space, Proposal.objects.select_related("author").get(pk=proposal.pk)
