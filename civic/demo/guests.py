"""People without an account who take part in the demo: they write where a discussion lets them, and vote elsewhere."""

from datetime import timedelta

from django.utils import timezone

from civic.demo import clock, telecom
from civic.demo.town import Town
from discussions import comments, spaces
from discussions.instruments import Instrument
from discussions.models import Comment, Level, Member

# Number of the guest, minutes ago, kind, words.
SAID = (
    (0, 48, Comment.Kind.CONCERN, "我幫爸爸去辦門號，櫃檯唸條款唸得比我打字還快，簽完才發現綁了三十個月。"),
    (4, 33, Comment.Kind.SUGGESTION, "摘要那一頁可以先用簡訊傳來嗎？在家看完再去簽，不用在櫃檯被催。"),
    (7, 21, Comment.Kind.QUESTION, "預付卡也要有這張摘要嗎？移工朋友幾乎都用預付卡。"),
)


def add(town: Town) -> None:
    """Whoever visits may write about phone plans from now on, and three did, unless they are there."""
    space = town.space(telecom.SUBJECT.slug)
    if Comment.objects.filter(space=space, client_id="demo-guest-0").exists():
        return
    editor = town.accounts["communicator"]
    space = spaces.offer(space=space, editor=editor, instrument=Instrument.COMMENTS, level=int(Level.GUEST))
    for number, minutes, kind, text in SAID:
        said = comments.post(space=space, author=guest(number), text=text, kind=kind, client_id=f"demo-guest-{number}")
        moment = timezone.now() - timedelta(minutes=minutes)
        clock.set_back_comment(said, moment)
        clock.set_back_words(comments.SOURCE, said.pk, said.author, moment)


def guest(number: int) -> Member:
    """A guest of the demo, the same one each time."""
    origin, name = f"demo:guest-{number}", f"訪客 {1200 + 37 * number}"
    found = Member.objects.filter(origin=origin).first()
    return found or Member.objects.create_user(None, None, display_name=name, origin=origin, level=Level.GUEST)
