"""From one sentence to every place it reaches, and out of all of them again."""

import json

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from django.utils.html import strip_tags

from discussions import comments, moderation, replies
from discussions.events import since
from discussions.forms import new_client_id
from discussions.frames import load
from nlp import analysis, reports
from nlp.models import Opinion
from tests.factories import make_member, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

SECRET = "末班車太早，下班的人只能走路回家"
OTHERS = [
    "末班車太早，加班的人回不了家",
    "晚上十點以後幾乎沒有公車",
    "希望延後末班車的時間到半夜",
    "夜間公車班次太少，等一個小時",
    "夜班護理師下班沒有公車可搭",
    "深夜回家只能坐計程車",
    "博愛座常常被年輕人占走",
    "老人家上車沒有人讓座，很危險",
    "讓座文化需要多宣導",
    "孕婦站在博愛座前面也沒有人讓",
]


@pytest.fixture
def outputs(client, space, planner, member, tmp_path):
    """Reads every place a citizen's words can reach; returns {name of the place: its text}."""

    def read():
        cache.clear()
        findings = tmp_path / "findings.json"
        call_command(
            "analyse",
            space.slug,
            json=str(findings),
            stdout=open(tmp_path / "out", "w"),
            stderr=open(tmp_path / "err", "w"),
        )
        client.force_login(planner)
        number = Opinion.objects.exclude(topic_number=None).order_by("-pk").values_list("topic_number", flat=True)[0]
        pages = {
            "front": reverse("discussions:space", args=[space.slug]),
            "older": reverse("discussions:older_comments", args=[space.slug]),
            "results": reverse("discussions:results", args=[space.slug]),
            "answers": reverse("discussions:answers", args=[space.slug]),
            "search": reverse("search") + "?q=末班車",
            "desk": reverse("opinion_space", args=[space.slug]),
            "topic": reverse("opinion_topic", args=[space.slug, number]),
            "home": "/",
        }
        texts = {name: client.get(address, follow=True).content.decode() for name, address in pages.items()}
        texts["findings"] = json.dumps(json.loads(findings.read_text(encoding="utf-8")), ensure_ascii=False)
        texts["printed"] = (tmp_path / "out").read_text(encoding="utf-8")
        texts["frames"] = " ".join(text for frame in load(space.pk, 0).frames for text in frame.texts.values())
        texts["events"] = " ".join(str(event.data) for event in since(space.pk, 0))
        texts["stream"] = " ".join(Opinion.objects.values_list("text", flat=True))
        return texts

    return read


def found_in(texts):
    return {name for name, text in texts.items() if SECRET in strip_tags(text)}


@pytest.fixture
def comment(space, member):
    for text in OTHERS:
        say(space, make_member(), text)
    return say(space, member, SECRET)


def test_hidden_words_leave_every_output_at_once_and_come_back(outputs, comment, moderator):
    before = found_in(outputs())
    assert {"front", "search", "frames", "stream", "topic"} <= before
    assert "events" not in before
    moderation.hide(target=comment, moderator=moderator, reason="insult")
    assert found_in(outputs()) == set()
    moderation.restore(target=comment, moderator=moderator)
    assert found_in(outputs()) >= {"front", "search", "frames", "stream"}


def test_withdrawn_words_leave_every_output_at_once(outputs, comment, member):
    assert "front" in found_in(outputs())
    comments.withdraw(comment=comment, author=member)
    assert found_in(outputs()) == set()


def test_words_are_followed_from_the_form_to_the_official_answer(client, space, comment, member, officer):
    analysis.refresh_topics(space.corpus_id)
    _opinion, topic = reports.topic_of("comment", comment.pk)
    replies.answer(
        space=space,
        officer=officer,
        text="末班車自十二月起延後三十分鐘。",
        client_id=new_client_id(),
        topic_number=topic.number,
        topic_label=topic.label,
    )
    client.force_login(member)
    page = client.get(reverse("discussions:me")).content.decode()
    for words in (SECRET, topic.label, "末班車自十二月起延後三十分鐘。", str(officer.agency)):
        assert words in page
