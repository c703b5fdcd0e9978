"""`manage.py analyse`: the result of a consultation, to read and to reckon with."""

import csv
import io
import json
import random
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import translation

from discussions import findings, imports, polis
from discussions.models import Member, Space, Statement, Vote
from discussions.tasks import regroup
from nlp.models import Run
from tests import factories

REAL = Path(django_settings.BASE_DIR).parent / "shared" / "data" / "polis" / "vtaiwan.uberx"
SENTENCES = (
    "公車要準時",
    "票價不可以再漲",
    "接駁車班次太少",
    "司機的休息時間要夠",
    "站牌要有座椅和遮陽",
    "末班車應該延後一小時",
    "轉乘優惠應該延長",
    "路線要拉直才會快",
    "醫院的直達車要保留",
    "開放班次資料給大家用",
)


@pytest.fixture
def export(tmp_path):
    """Forty people in two camps of 24 and 16 vote on ten statements; the first one is shared by all."""
    chance = random.Random(4)
    comments = ["comment-id,author-id,timestamp,moderated,comment-body"]
    comments += [f"{number},{number},1435700000000,1,{words}" for number, words in enumerate(SENTENCES)]
    votes = ["comment-id,voter-id,vote,timestamp"]
    for person in range(40):
        side = 1 if person < 24 else -1
        for number in range(10):
            value = 1 if number == 0 else side * (1 if number % 2 else -1)
            votes.append(f"{number},{person},{value if chance.random() > 0.05 else 0},1435700001000")
    (tmp_path / "comments.csv").write_text("\n".join(comments), encoding="utf-8")
    (tmp_path / "votes.csv").write_text("\n".join(votes), encoding="utf-8")
    (tmp_path / "summary.csv").write_text("topic,公車\nurl,https://pol.is/4abc\n", encoding="utf-8")
    return tmp_path


def taken(folder, space) -> Space:
    imports.take_in(polis.Export(folder), space=space, progress=lambda stage, done, total: None)
    return Space.objects.select_related("corpus").get(pk=space.pk)


def analyse(slug: str, **options) -> str:
    out = io.StringIO()
    with translation.override("en"):
        call_command("analyse", slug, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_groups_go_by_the_numbers_people_have_in_the_export(export, space):
    space = taken(export, space)
    regroup(space)
    groups = findings.of_space(space)["groups"]
    camps = [{groups["assignment"][str(person)] for person in people} for people in (range(24), range(24, 40))]
    assert groups["k"] == 2
    assert all(len(camp) == 1 for camp in camps) and camps[0] != camps[1]
    assert [group["size"] for group in groups["items"]] == [24, 16]
    assert groups["common_ground"][0]["text"] == SENTENCES[0]


def test_people_who_vote_here_go_by_their_own_number(export, space, member):
    space = taken(export, space)
    for statement in Statement.objects.filter(space=space):
        side = Vote.objects.get(statement=statement, member__origin="polis:4abc:0")
        Vote.objects.create(statement=statement, member=member, value=side.value, cast_at=side.cast_at)
    regroup(space)
    assignment = findings.of_space(space)["groups"]["assignment"]
    assert assignment[f"member:{member.pk}"] == assignment["0"]


def test_two_exports_in_one_space_do_not_mix_up_their_people(export, space, tmp_path):
    taken(export, space)
    (tmp_path / "summary.csv").write_text("topic,公車\nurl,https://pol.is/5xyz\n", encoding="utf-8")
    space = taken(export, space)
    regroup(space)
    assignment = findings.of_space(space)["groups"]["assignment"]
    assert {name.rpartition(":")[0] for name in assignment} == {"polis:4abc", "polis:5xyz"}


def test_a_statement_hidden_since_is_quoted_no_more(export, space):
    space = taken(export, space)
    regroup(space)
    Statement.objects.filter(space=space, text=SENTENCES[0]).update(state=Statement.State.HIDDEN)
    assert SENTENCES[0] not in json.dumps(findings.of_space(space), ensure_ascii=False)


def test_nobody_can_be_recognised_in_the_result(export, space, member):
    space = taken(export, space)
    factories.say(space, member, "我覺得末班車要晚一點")
    regroup(space)
    written = json.dumps(findings.of_space(space), ensure_ascii=False)
    assert member.display_name not in written and member.email not in written


@pytest.mark.slow
def test_the_result_can_be_read_and_written_to_a_file(export, space, tmp_path):
    taken(export, space)
    told = analyse(space.slug, json=str(tmp_path / "result.json"))
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert result["opinions"]["posts"] == 10
    assert result["topics"]["items"][0]["label"] in told
    assert sum(topic["posts"] for topic in result["topics"]["items"]) <= 10
    assert "Opinion groups: 2" in told and "Group A, 24 people" in told and "agree" in told
    assert Run.objects.filter(corpus=space.corpus).count() == 2


def test_an_empty_discussion_is_said_to_be_empty(space):
    assert "There is nothing to analyse yet." in analyse(space.slug)


def test_a_space_that_does_not_exist_is_answered_with_those_that_do(space):
    with pytest.raises(CommandError) as refusal:
        analyse("elsewhere")
    assert space.slug in str(refusal.value)


def test_without_a_model_one_plain_sentence_is_said(export, space, settings, tmp_path):
    taken(export, space)
    settings.NLP_ENCODER = str(tmp_path / "no-such-model")
    with pytest.raises(CommandError) as refusal:
        analyse(space.slug)
    assert str(refusal.value).strip()
    assert "Traceback" not in str(refusal.value)
    assert not Run.objects.exists()


def test_a_result_that_cannot_be_written_is_said_and_kept_in_the_database(export, space, tmp_path):
    taken(export, space)
    with pytest.raises(CommandError) as refusal:
        analyse(space.slug, json=str(tmp_path / "no" / "such" / "folder.json"))
    assert "folder.json" in str(refusal.value)
    assert Run.objects.filter(corpus=space.corpus).exists()


@pytest.mark.slow
def test_the_groups_of_a_real_consultation_are_those_it_published(space):
    if not REAL.is_dir():
        pytest.skip("the export vtaiwan.uberx is not beside this repository")
    from sklearn.metrics import adjusted_rand_score

    space = taken(REAL, space)
    regroup(space)
    assignment = findings.of_space(space)["groups"]["assignment"]
    with (REAL / "groups.csv").open(encoding="utf-8", newline="") as file:
        published = {row["participant"]: row["group_id"] for row in csv.DictReader(file)}
    both = sorted(published.keys() & assignment.keys())
    assert len(both) > 1200 and Member.objects.filter(origin__startswith="polis:").count() == 1921
    assert adjusted_rand_score([published[one] for one in both], [assignment[one] for one in both]) >= 0.8
