"""The sample draft regulation in the discussion about phone plans: read, voted on, improved, and published anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from civic.demo import clock, telecom
from civic.demo.content import CITIZEN
from civic.demo.draft_words import COMMENTS, FIRST, NOTES, SECOND, TITLE, WORDINGS
from civic.demo.town import Town
from discussions import comments, paragraphs, texts, versions, wordings
from discussions.instruments import Instrument
from discussions.models import (
    Comment,
    DraftText,
    Member,
    Paragraph,
    ParagraphVote,
    Passage,
    Phase,
    Space,
    TextVersion,
    Wording,
    WordingSupport,
)
from nlp import stream

FIRST_DAYS_AGO, SECOND_DAYS_AGO = 38, 8
# How likely a member is to vote on a paragraph at all, and to be for it.
VOTES_ON, FOR = 0.12, 0.75


def add(town: Town) -> None:
    """Make the text with everything about it unless it is there."""
    space = town.space(telecom.SUBJECT.slug, offering=Instrument.TEXTS)
    if DraftText.objects.filter(space=space).exists():
        return
    editor, random = town.accounts["communicator"], Random("demo text")
    with _while_the_text_is_open(space):
        text = texts.begin(space=space, editor=editor, title=TITLE, client_id="demo-text")
        first = versions.publish(
            version=versions.prepare(text=text, editor=editor, source=FIRST, note=NOTES[0]), editor=editor
        )
        _vote(first, town.crowd, random)
        suggested = _suggest(first, town, random)
        said = _comment(first, town)
        second = versions.prepare(text=text, editor=editor, source=SECOND, note=NOTES[1])
        versions.attribute(version=second, editor=editor, causes=_causes(second, suggested, said))
        for words, wording in suggested:
            if words.outcome:
                wordings.judge(wording=wording, editor=editor, outcome=words.outcome, reason=words.why)
        second = versions.publish(version=second, editor=editor)
        _vote(second, town.crowd[5:], random)
    _set_back(first, second, random)


@contextmanager
def _while_the_text_is_open(space: Space) -> Iterator[None]:
    """The discussion has gone on to its vote; what is added now was said before, so its stage is that of then."""
    stage = {"phase": space.phase, "runs_since": space.runs_since}
    Space.objects.filter(pk=space.pk).update(phase=Phase.TEXT, runs_since=None)
    yield
    Space.objects.filter(pk=space.pk).update(**stage)


def _who(town: Town, number: int) -> Member:
    return town.accounts["citizen"] if number == CITIZEN else town.crowd[number]


def _paragraph(version: TextVersion, label: str) -> Paragraph:
    found = Passage.objects.select_related("paragraph__text__space")
    return found.get(version=version, label=label, kind=Passage.Kind.PARAGRAPH).paragraph


def _vote(version: TextVersion, crowd: list[Member], random: Random) -> None:
    found = Passage.objects.filter(version=version, kind=Passage.Kind.PARAGRAPH)
    for passage in found.select_related("paragraph__text__space"):
        for member in crowd:
            if random.random() < VOTES_ON:
                value = 1 if random.random() < FOR else -1
                paragraphs.cast(paragraph=passage.paragraph, member=member, value=value)


def _suggest(version: TextVersion, town: Town, random: Random):
    made = []
    for number, words in enumerate(WORDINGS):
        author = _who(town, words.who)
        wording = wordings.suggest(
            paragraph=_paragraph(version, words.label),
            author=author,
            text=words.text,
            reason=words.reason,
            client_id=f"demo-wording-{number}",
        )
        for member in random.sample([one for one in town.crowd if one != author], words.supports):
            wordings.support(wording=wording, member=member)
        made.append((words, wording))
    return made


def _comment(version: TextVersion, town: Town):
    made = []
    for number, words in enumerate(COMMENTS):
        comment = comments.post(
            space=version.text.space,
            author=_who(town, words.who),
            text=words.text,
            kind=words.kind,
            client_id=f"demo-paragraph-{number}",
            paragraph=_paragraph(version, words.label),
        )
        made.append((words, comment))
    return made


def _causes(version: TextVersion, suggested, said) -> dict[int, list[Wording | Comment]]:
    causes: dict[int, list[Wording | Comment]] = {}
    for words, contribution in (*suggested, *said):
        if words.led_to:
            causes.setdefault(_paragraph(version, words.led_to).pk, []).append(contribution)
    return causes


def _set_back(first: TextVersion, second: TextVersion, random: Random) -> None:
    """Date everything back to the weeks between the two versions, in the opinion stream as well."""
    now = timezone.now()
    begun, changed = now - timedelta(days=FIRST_DAYS_AGO), now - timedelta(days=SECOND_DAYS_AGO)
    for version, moment in ((first, begun), (second, changed)):
        TextVersion.objects.filter(pk=version.pk).update(made_at=moment - timedelta(hours=3), published_at=moment)
    DraftText.objects.filter(pk=first.text_id).update(made_at=begun)
    for model, field, source, where in (
        (Wording, "made_at", wordings.SOURCE, "wording"),
        (Comment, "posted_at", comments.SOURCE, "c"),
    ):
        rows = list(
            model.objects.filter(paragraph__text=first.text_id).select_related("author", "space").order_by("pk")
        )
        for row, moment in zip(rows, clock.spread(begun, changed, len(rows), random=random), strict=True):
            model.objects.filter(pk=row.pk).update(**{field: moment})
            _restream(row, source, where, moment)
    Wording.objects.filter(paragraph__text=first.text_id, judged_at__isnull=False).update(judged_at=changed)
    supports = WordingSupport.objects.filter(wording__paragraph__text=first.text_id)
    votes = ParagraphVote.objects.filter(paragraph__text=first.text_id)
    for given in supports.select_related("wording"):
        latest = changed - given.wording.made_at
        supports.filter(pk=given.pk).update(made_at=given.wording.made_at + latest * random.random())
    for vote in votes:
        start, end = (begun, changed) if vote.version == first.number else (changed, now - timedelta(hours=1))
        votes.filter(pk=vote.pk).update(cast_at=start + (end - start) * random.random())


def _restream(row: Wording | Comment, source: str, where: str, moment: datetime) -> None:
    stream.forget(source, row.pk)
    stream.submit(
        corpus_id=row.space.corpus_id,
        source=source,
        key=row.pk,
        text=row.words,
        author=row.author.stream_author,
        posted_at=moment,
        url=row.space.path(f"{where}/{row.pk}/"),
    )
