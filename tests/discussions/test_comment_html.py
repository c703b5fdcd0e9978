"""The HTML of comments, byte for byte: every state, every reader, both languages.

A page shows forty comments, so this is the HTML that gets made cheaper now and then; what it says must not move by
accident. A change on purpose: read what the failing test shows, then copy the file it names over the golden one.
"""

import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from discussions import comments, frames, moderation, reactions, replies
from discussions.models import Burst, Case, Comment, Member, Phase, Reply, State
from tests.factories import make_agency, make_member, make_space, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]

GOLDEN = Path(__file__).parent / "golden"
NOON = datetime(2026, 3, 12, 4, 5, tzinfo=UTC)
SCRIPT = "反對公車幹線改道，請交通局立刻撤回草案，還給居民直達醫院的路線"
# What differs from run to run: the ids of comments, the small numbers of other rows.
LONG_IDS = re.compile(r"\d{15,}")
SHORT_IDS = re.compile(r'(?<="a)\d+|(?<=data-space=")\d+|(?<=data-seq=")\d+')
# A list of comments ends where a section or a line ends; those inside it do not.
LISTS = re.compile(r'<ol class="thread".*?</ol>(?=</section>|\n)', re.DOTALL)


@pytest.fixture
def thread(member, neighbour, moderator):
    """A discussion in which everything has happened that can happen to a comment."""
    agency = make_agency()
    space = make_space(agency=agency, slug="golden", instruments={"comments": {"level": 0}})
    plain = say(
        space,
        neighbour,
        "末班車太早，<b>加班</b>的人回不了家。\n\n請看 https://example.org/a?b=1&c=2 第三頁",
        kind="question",
    )
    english = say(space, member, "The last bus leaves before my shift ends.", parent_id=plain.pk, kind="concern")
    comments.edit(comment=english, author=member, text="The last bus leaves long before my shift ends.")
    say(space, neighbour, "夜のバスも必要です", parent_id=english.pk, kind="support")
    gone = say(space, neighbour, "說錯了", parent_id=plain.pk)
    comments.withdraw(comment=gone, author=neighbour)
    officer = make_member(name="王科員", role="Officers", agency=agency)
    replies.answer(
        space=space,
        officer=officer,
        comment=plain,
        text="十二月起末班車延後。\n細節見公告。",
        client_id=uuid.uuid4().hex,
    )
    hidden = say(space, neighbour, "這裡有個資 A123456789", kind="suggestion")
    moderation.hide(target=hidden, moderator=moderator, reason="personal")
    for author, text in ((member, "我的話被留置"), (neighbour, "鄰居的話被留置")):
        changed = say(space, author, text)
        Comment.objects.filter(pk=changed.pk).update(state=State.HELD, edited_at=NOON + timedelta(hours=1))
    waiting = say(space, member, "等待版主的新意見")
    Comment.objects.filter(pk=waiting.pk).update(state=State.HELD)
    guest = Client()
    guest.post(reverse("discussions:post_comment", args=[space.slug]), {"text": "123", "client_id": uuid.uuid4().hex})
    same = [say(space, make_member(name=f"連署人{number}"), SCRIPT) for number in range(3)]
    burst = Burst(pk=7, space=space, kind=Burst.Kind.TEXT, key="script", posts=3, people=3, first=same[0])
    burst.began_at = burst.ended_at = NOON
    burst.save()
    for comment in same:
        Case.objects.create(
            space=space, target="comment", target_id=comment.pk, burst=burst, opened_at=NOON, settled_at=NOON
        )
    for person in (member, officer):
        reactions.give(comment=plain, member=person, kind="agree")
    reactions.give(comment=plain, member=member, kind="thanks")
    reactions.give(comment=english, member=neighbour, kind="doubt")
    Member.objects.filter(comments__text="123").update(display_name="訪客 8566")
    Comment.objects.update(posted_at=NOON)
    Comment.objects.filter(pk=english.pk).update(edited_at=NOON + timedelta(hours=1))
    Reply.objects.update(answered_at=NOON + timedelta(days=7))
    return space, plain, guest


def same_as_before(name: str, html: str, tmp_path) -> None:
    """Compare with golden/<name>.html; ids are counted from 1 in the order in which the page names them."""
    seen: dict[str, str] = {}
    html = LONG_IDS.sub(lambda found: f"N{seen.setdefault(found.group(), str(len(seen) + 1))}", html)
    made = tmp_path / f"{name}.html"
    made.write_text(SHORT_IDS.sub("N", html).strip() + "\n", encoding="utf-8")
    assert made.read_text(encoding="utf-8") == (GOLDEN / made.name).read_text(encoding="utf-8"), f"now: {made}"


def the_lists(page: str) -> str:
    """What a page shows of comments."""
    return "\n".join(LISTS.findall(page))


@pytest.mark.parametrize("language", ["zh-hant", "en"])
@pytest.mark.parametrize("who", ["visitor", "author", "guest"])
def test_a_thread_with_everything_in_it(who, language, client, thread, member, tmp_path):
    space, _plain, guest = thread
    reader = guest if who == "guest" else client
    if who == "author":
        client.force_login(member)
    with translation.override(language):
        page = reader.get(space.get_absolute_url()).content.decode()
    assert "等待版主的新意見" not in page or who == "author"
    assert "個資 A123456789" not in page and "鄰居的話被留置" not in page
    same_as_before(f"thread-{who}-{language}", the_lists(page), tmp_path)


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_a_comment_with_what_stands_below_it(language, client, thread, member, tmp_path):
    _space, plain, _guest = thread
    client.force_login(member)
    with translation.override(language):
        page = client.get(plain.get_absolute_url()).content.decode()
    same_as_before(f"comment-author-{language}", the_lists(page), tmp_path)


def test_a_thread_that_takes_no_more_comments(client, thread, member, tmp_path):
    space, _plain, _guest = thread
    type(space).objects.filter(pk=space.pk).update(phase=Phase.ARCHIVED)
    client.force_login(member)
    page = client.get(space.get_absolute_url()).content.decode()
    same_as_before("thread-archived", the_lists(page), tmp_path)


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_a_comment_as_every_open_page_is_told_of_it(language, thread, tmp_path):
    space, plain, _guest = thread
    batch = frames.load(space.pk, 0)
    told = [json.loads(frame.texts[language])["html"] for frame in batch.frames if frame.key == ("comment", plain.pk)]
    assert len(told) == 1
    same_as_before(f"frame-{language}", told[0], tmp_path)


def test_open_pages_hear_in_their_own_language_why_words_were_hidden(thread):
    space, _plain, _guest = thread
    hidden = Comment.objects.get(state=State.HIDDEN)
    (frame,) = [frame for frame in frames.load(space.pk, 0).frames if frame.key == ("comment", hidden.pk)]
    assert "他人的個人資料" in json.loads(frame.texts["zh-hant"])["html"]
    english = json.loads(frame.texts["en"])["html"]
    assert "personal data" in english and "個人資料" not in english and "A123456789" not in english


def test_the_answer_to_a_press(client, thread, tmp_path):
    space, plain, _guest = thread
    client.force_login(make_member(name="第三人"))
    pressed = {"doubt": str(plain.pk)}
    answer = client.post(reverse("discussions:react", args=[space.slug]), pressed, headers={"HX-Request": "true"})
    same_as_before("pressed", answer.content.decode(), tmp_path)
