"""From one sentence to every place it reaches, and out of all of them again."""

import io
import json
import re
import zipfile

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils.html import strip_tags

from cms import indexing
from discussions import comments, moderation, proposals, replies, targets
from discussions.api import api
from discussions.exports import TABLES
from discussions.forms import new_client_id
from discussions.frames import load
from nlp import analysis, reports, stream
from nlp.models import Opinion
from tests.factories import make_member, propose, say

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


# Which of the planted contributions an address with a number speaks of; anything else is asked for number 1.
NUMBERED = (("/c/", "comment"), ("/comments/", "comment"), ("/statements/", "statement"), ("/proposals/", "proposal"))
OWNERS = {"discussions_comment.text", "discussions_statement.text", "discussions_proposal.text"}


def addresses():
    """Every address of this house that our own views answer, as (route, name), found and not listed by hand."""

    def walk(patterns, above=""):
        for pattern in patterns:
            route = above + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif (pattern.callback.__module__ or "").split(".")[0] in ("discussions", "cms", "civic", "integrations"):
                yield route, pattern.name or route

    return list(dict.fromkeys(walk(get_resolver().url_patterns)))


def filled(route, space, planted, number):
    """The route with its parts filled in, or None when it needs something that this test does not have."""
    kind = next((key for part, key in NUMBERED if part in f"/{route}"), None)
    pk = planted[kind].pk if kind else 1
    values = {"slug": space.slug, "pk": pk, "number": number, "kind": "comment", "id": pk, "form": "json"}
    parts = re.findall(r"[<{](?:\w+:)?(\w+)[>}]", route)
    if "name" in parts or not set(parts) <= set(values):
        return None
    return "/" + re.sub(r"[<{](?:\w+:)?(\w+)[>}]", lambda part: str(values[part[1]]), route).lstrip("/")


def cells():
    """Every column of the database that holds words, as {"table.column": the words}."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, (models.CharField, models.TextField, models.JSONField)):
                rows = model._default_manager.order_by().values_list(field.attname, flat=True)
                found[f"{model._meta.db_table}.{field.column}"] = "\n".join(str(row) for row in rows if row)
    return found


def body(answer):
    """What an answer says: pages as text, archives with the text of their files."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "json" in answer.get("Content-Type", ""):
        return json.dumps(json.loads(content or b"null"), ensure_ascii=False)
    if content[:2] != b"PK":
        return content.decode(errors="replace")
    archive = zipfile.ZipFile(io.BytesIO(content))
    return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


@pytest.fixture
def outputs(space, planner, communicator, planted, tmp_path):
    """Reads every place a citizen's words can reach; returns {name of the place: its text}.

    Addresses, tables of open data, routes of the interface and columns of the database are discovered, so that a new
    output is covered without a word here.
    """
    readers = {"": Client(), "planner ": Client(), "communicator ": Client()}
    readers["planner "].force_login(planner)
    readers["communicator "].force_login(communicator)

    def read():
        cache.clear()
        indexing.catch_up()
        texts = {}
        findings = tmp_path / "findings.json"
        with open(tmp_path / "out", "w") as out, open(tmp_path / "err", "w") as err:
            call_command("analyse", space.slug, json=str(findings), stdout=out, stderr=err)
        texts["findings"] = json.dumps(json.loads(findings.read_text(encoding="utf-8")), ensure_ascii=False)
        texts["printed"] = (tmp_path / "out").read_text(encoding="utf-8")
        placed = Opinion.objects.exclude(topic_number=None).order_by("-pk").values_list("topic_number", flat=True)
        routes = [*addresses(), *((route, route) for route in api.get_openapi_schema()["paths"])]
        for route, name in routes:
            address = filled(route, space, planted, placed[0])
            if address is None:
                continue
            query = "?q=末班車" if name == "search" else ""
            asked = ["planner ", "communicator "] if route.startswith("admin/") else [""]
            for reader in asked:
                texts[f"{reader}{name}"] = body(readers[reader].get(address + query, follow=True))
        for table in TABLES:
            texts[f"table {table.name}"] = str(list(table.rows(space)))
        texts["frames"] = " ".join(text for frame in load(space.pk, 0).frames for text in frame.texts.values())
        texts.update({f"column {name}": words for name, words in cells().items() if name not in OWNERS})
        return texts

    return read


def found_in(texts):
    return {name for name, text in texts.items() if SECRET in strip_tags(text)}


@pytest.fixture
def planted(space, member):
    """The same words by the same person, in every way that this test knows to speak."""
    for text in OTHERS:
        say(space, make_member(), text)
    space.instruments["proposals"] = {}
    space.save(update_fields=["instruments"])
    draft = proposals.save(
        space=space, author=member, title="延後末班車", text=f"{SECRET}。{SECRET}。請延後。", client_id=new_client_id()
    )
    return {
        "comment": say(space, member, SECRET),
        "statement": propose(space, member, SECRET),
        "proposal": proposals.publish(proposal=draft, author=member),
    }


@pytest.fixture
def comment(planted):
    return planted["comment"]


def test_hidden_words_leave_every_output_at_once_and_come_back(outputs, planted, moderator):
    before = found_in(outputs())
    assert {
        "space",
        "comment",
        "search",
        "statement",
        "proposal",
        "frames",
        "planner opinion_topic",
        "column nlp_opinion.text",
        "table comments",
        "table statements",
        "open_data_zip",
        "/api/v1/spaces/{slug}/comments",
        "findings",
    } <= before
    assert not {name for name in before if name.startswith("column discussions_event")}
    for row in planted.values():
        moderation.hide(target=row, moderator=moderator, reason="insult")
    assert found_in(outputs()) == set()
    for row in planted.values():
        moderation.restore(target=row, moderator=moderator)
    assert found_in(outputs()) >= {"space", "search", "statement", "proposal", "frames", "column nlp_opinion.text"}


def test_words_that_wait_for_a_moderator_are_in_no_output(outputs, planted, space, moderator, member):
    for row in planted.values():
        type(row).objects.filter(pk=row.pk).update(state="held")
        stream.withdraw(targets.of(row).key, row.pk)
    assert found_in(outputs()) == set()


def test_withdrawn_words_leave_every_output_at_once(outputs, planted, moderator, member):
    assert "space" in found_in(outputs())
    comments.withdraw(comment=planted["comment"], author=member)
    for kind in ("statement", "proposal"):
        moderation.hide(target=planted[kind], moderator=moderator, reason="spam")
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
