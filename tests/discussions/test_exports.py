"""The open data of a discussion: complete, without names, safe in a spreadsheet, and what Polis tools can read."""

import csv
import io
import json
import tracemalloc
import uuid
import zipfile

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from discussions import imports, moderation, polis, reactions, responses, voting
from discussions.exports import TABLES, bundle
from discussions.exports.writing import CHUNK, csv_lines, harmless, json_lines, original
from discussions.instruments import Instrument
from discussions.models import Channel, Comment, Level, Licence, Member, Statement, Survey, Vote
from discussions.tasks import regroup
from discussions.views import exports as views
from tests.discussions import questionnaire
from tests.factories import make_member, make_space, propose, say

pytestmark = pytest.mark.django_db

# Figure A8: what spreadsheets may run, with what people put in front of it.
DANGEROUS = [
    "=1+1",
    '=HYPERLINK("https://example.org","click")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "+SUM(A1:A9)",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "@here",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\ttext behind a tab",
    "\rtext behind a return",
    " =1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u202e=1+1",
    "\x00=1+1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    "\ufe66SUM(1)",
    "\u22121+1",
    "'=1+1",
    "+886 2 2345 6789",
    "-",
]
HARMLESS = ["-5", "+7", "-1,234.50", "0", "12.5", "公車 = 好", "a@example.org", "", "'引號'", "1-2", "三 - 四"]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, settings):
    settings.VAR_DIR = tmp_path


def address(name, space, *args):
    with translation.override("zh-hant"):
        return reverse(f"discussions:{name}", args=[space.slug, *args])


def unzipped(client, space, name="open_data_zip") -> dict[str, bytes]:
    response = client.get(address(name, space))
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(response))) as archive:
        assert archive.testzip() is None
        return {member: archive.read(member) for member in archive.namelist()}


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# CSV in a spreadsheet


@pytest.mark.parametrize("cell", DANGEROUS)
def test_a_cell_that_begins_like_a_formula_is_made_text(cell):
    assert len(DANGEROUS) == 30
    content = b"".join(csv_lines([["text"], [cell]])).decode("utf-8-sig")
    written = list(csv.reader(io.StringIO(content, newline="")))[1][0]
    assert written == f"'{cell}" and original(written) == cell


@pytest.mark.parametrize("cell", HARMLESS)
def test_numbers_and_ordinary_words_stay_as_they_are(cell):
    assert harmless(cell) == cell == original(cell)


def test_numbers_dates_and_nothing_are_written_so_that_they_come_back():
    moment = timezone.now().replace(microsecond=0)
    row = [-5, 2.5, True, None, moment, '字，"引號"\n第二行', float("nan")]
    content = b"".join(csv_lines([row]))
    assert content.startswith(b"\xef\xbb\xbf")
    cells = next(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert cells == ["-5", "2.5", "true", "", cells[4], '字，"引號"\n第二行', ""]
    assert content.decode("utf-8-sig").startswith('-5,2.5,"true"')
    found = json.loads(b"".join(json_lines({"table": "t"}, "abcdefg", [row])))
    assert found["rows"] == [dict(zip("abcdefg", [-5, 2.5, True, None, cells[4], row[5], None], strict=True))]
    assert json.loads(b"".join(json_lines({}, "a", []))) == {"rows": []}


def test_a_long_table_is_written_piece_by_piece_in_constant_memory():
    def rows(count):
        return ((number, "一段不長不短的話。" * 5) for number in range(count))

    peaks = []
    for count in (2_000, 40_000):
        tracemalloc.start()
        for piece in csv_lines(rows(count)):
            assert len(piece) < 3 * CHUNK
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


# The whole discussion


def test_the_zip_holds_every_table_twice_and_says_what_is_in_it(client, space, member, neighbour):
    comment = say(space, member, "=1+1 是公式嗎")
    statement = propose(space, member, "深夜要有公車")
    voting.cast(statement=statement, member=neighbour, value=-1)
    files = unzipped(client, space)
    assert {"README.md", "datapackage.json", "data-dictionary.csv"} <= set(files)
    package = json.loads(files["datapackage.json"])
    assert [one["path"] for one in package["resources"]] == [f"csv/{table.name}.csv" for table in TABLES]
    for table in TABLES:
        rows = json.loads(files[f"json/{table.name}.json"])["rows"]
        assert len(rows) == len(read(files[f"csv/{table.name}.csv"])), table.name
        assert all(list(row) == list(table.columns) for row in rows)
    assert {table.name for table in TABLES} == {row["table"] for row in read(files["data-dictionary.csv"])}
    comments = json.loads(files["json/comments.json"])["rows"]
    assert [row["text"] for row in comments] == [comment.text]
    assert read(files["csv/comments.csv"])[0]["text"] == f"'{comment.text}"
    vote = read(files["csv/votes.csv"])[0]
    assert vote["statement"] == str(statement.pk) and vote["value"] == "-1"
    assert vote["day"] == timezone.now().date().isoformat() and vote["person"] != str(neighbour.pk)
    readme = files["README.md"].decode()
    assert "授權" in readme and "Licence" in readme and "creativecommons.org/licenses/by/4.0" in readme


def test_no_name_no_address_and_no_moment_of_a_vote_is_in_any_file(client, space):
    people = [make_member(name=f"不該出現的名字{number}") for number in range(6)]
    statement = propose(space, people[0], "深夜要有公車")
    say(space, people[1], "我也這樣想")
    for person in people:
        voting.cast(statement=statement, member=person, value=1)
    moments = {vote.cast_at.isoformat(timespec="seconds")[:19] for vote in Vote.objects.all()}
    for name, content in (unzipped(client, space) | unzipped(client, space, "open_data_polis")).items():
        text = content.decode("utf-8-sig")
        assert "不該出現的名字" not in text and "@example.org" not in text, name
        if "vote" in name:
            assert not [moment for moment in moments if moment in text], name
    persons = [row["person"] for row in read(unzipped(client, space)["csv/votes.csv"])]
    assert persons == sorted(persons) and len(set(persons)) == 6


def test_a_person_has_another_pseudonym_in_another_discussion(client, space, member):
    elsewhere = make_space()
    found = []
    for place in (space, elsewhere):
        say(place, member, "同一個人")
        found.append(read(unzipped(client, place)["csv/comments.csv"])[0]["person"])
    assert found[0] != found[1]


def test_what_is_hidden_is_gone_from_the_next_file(client, space, member, moderator):
    comment, statement = say(space, member, "要被收起來的話"), propose(space, member, "要被收起來的主張")
    voting.cast(statement=statement, member=moderator, value=1)
    assert "要被收起來的" in unzipped(client, space)["csv/comments.csv"].decode()
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    moderation.hide(target=statement, moderator=moderator, reason="spam")
    both = unzipped(client, space) | unzipped(client, space, "open_data_polis")
    assert not [name for name, content in both.items() if "要被收起來的" in content.decode("utf-8-sig")]
    assert not read(both["csv/votes.csv"]) and not read(both["votes.csv"])
    assert len(list((settings.VAR_DIR / "exports").glob("*.zip"))) == 2


def test_small_parts_are_folded_in_the_split_and_nowhere_else_told(client, space):
    space.instruments = {"statements": {"level": 0}}
    space.save()
    levels = [Level.ACCOUNT] * 7 + [Level.GUEST] * 5 + [Level.EID] * 2
    people = [make_member(level=level) for level in levels]
    statement = propose(space, people[0], "深夜要有公車")
    for person in people:
        voting.cast(statement=statement, member=person, value=1, channel=Channel.WEB)
    files = unzipped(client, space)
    rows = [row for row in read(files["csv/votes-by-part.csv"]) if row["by"] == "level"]
    # Two people with an electronic ID are folded, and the five guests with them: alone, the two could be counted.
    assert {row["part"]: row["agree"] for row in rows} == {"10": "7", "other": "7"}
    assert "level" not in read(files["csv/votes.csv"])[0]
    assert [row["part"] for row in read(files["csv/votes-by-part.csv"]) if row["by"] == "channel"] == ["web"]


def test_no_row_of_an_act_tells_a_level_or_a_channel(space):
    """Whoever was the only one to come with a sheet of paper would be found by it."""
    acts = ("votes", "reactions", "signatures", "survey_responses", "budget_ballots", "paragraph_votes")
    columns = {table.name: set(table.columns) for table in TABLES}
    for name in (*acts, "wording_supports"):
        assert not {"level", "channel"} & columns[name], name


def test_reactions_and_answers_part_by_level_and_channel_without_small_parts(client, space):
    space.instruments = {kind.value: {} for kind in Instrument}
    space.save()
    comment = say(space, make_member(), "末班車太早")
    survey = questionnaire.make_survey(space, (questionnaire.HABIT,))
    sure = [(Level.ACCOUNT, Channel.WEB)] * 7 + [(Level.EMAIL, Channel.WEB)] * 5 + [(Level.EID, Channel.PAPER)]
    for level, channel in sure:
        person = make_member(level=level)
        for kind in ("agree", "thanks"):
            reactions.give(comment=comment, member=person, kind=kind, channel=channel)
        responses.respond(survey=survey, member=person, answers={1: 1}, channel=channel)
    found: dict = {}
    for row in read(unzipped(client, space)["csv/counts-by-part.csv"]):
        found.setdefault((row["table"], row["by"], row["said"]), {})[row["part"]] = int(row["rows"])
    folded = {"10": 7, "other": 6}
    for kind in ("agree", "thanks"):
        assert found["reactions", "level", kind] == folded
        assert found["reactions", "channel", kind] == {"other": 13}
    assert found["survey_responses", "level", ""] == folded
    assert found["survey_responses", "channel", ""] == {"other": 13}


def test_one_person_who_reacts_twice_makes_no_part_of_five(client, space):
    comment = say(space, make_member(), "末班車太早")
    for number in range(8):
        level = Level.EID if number < 3 else Level.ACCOUNT
        person = make_member(level=level)
        for kind in ("agree", "thanks"):
            reactions.give(comment=comment, member=person, kind=kind)
    rows = read(unzipped(client, space)["csv/counts-by-part.csv"])
    assert {row["part"] for row in rows if row["by"] == "level"} == {"other"}


def test_the_open_data_of_acts_waits_and_goes_as_their_own_tables_do(client, space, moderator):
    space.instruments = {kind.value: {} for kind in Instrument}
    space.save()
    comment = say(space, make_member(), "要被收起來的話")
    survey = questionnaire.make_survey(space, (questionnaire.HABIT,), results=Survey.Results.CLOSED)
    for _turn in range(6):
        person = make_member()
        reactions.give(comment=comment, member=person, kind="agree")
        responses.respond(survey=survey, member=person, answers={1: 1})
    tables = {row["table"] for row in read(unzipped(client, space)["csv/counts-by-part.csv"])}
    assert tables == {"reactions"}
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    assert read(unzipped(client, space)["csv/counts-by-part.csv"]) == []


def test_an_agency_may_set_another_licence(client, space):
    space.agency.data_licence = Licence.OGDL
    space.agency.save()
    assert "https://data.gov.tw/license" in client.get(address("open_data", space)).content.decode()
    package = json.loads(unzipped(client, space)["datapackage.json"])
    assert package["licenses"][0]["name"] == "OGDL-Taiwan-1.0"


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_table_can_be_taken_by_itself(client, space, member, table, form):
    propose(space, member, "深夜要有公車")
    response = client.get(address("open_data_table", space, table.name, form))
    content = b"".join(response).decode("utf-8-sig")
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]
    columns = json.loads(content)["columns"] if form == "json" else content.splitlines()[0].replace('"', "").split(",")
    assert list(columns) == list(table.columns)


def test_a_file_is_written_once_until_something_happens(client, space, member, monkeypatch):
    written = []
    write = bundle._write
    monkeypatch.setattr(bundle, "_write", lambda *args: (written.append(1), write(*args)))
    for _turn in range(3):
        unzipped(client, space)
    say(space, member, "新的一句話")
    unzipped(client, space)
    assert len(written) == 2


def test_a_draft_a_table_nobody_knows_and_too_many_downloads_are_refused(client, space, monkeypatch):
    assert client.get(address("open_data_table", make_space(phase="draft"), "votes", "csv")).status_code == 404
    assert client.get(address("open_data_table", space, "members", "csv")).status_code == 404
    assert client.get(address("open_data_table", space, "votes", "xlsx")).status_code == 404
    monkeypatch.setattr(views, "PER_WINDOW", 2)
    answers = [client.get(address("open_data_table", space, "votes", "csv")).status_code for _turn in range(4)]
    assert answers[-1] == 429


def test_while_a_file_is_being_written_others_are_asked_to_wait(client, space):
    from django.core.cache import cache

    cache.add(f"export:{space.pk}:all", True)
    response = client.get(address("open_data_zip", space))
    assert response.status_code == 429 and int(response["Retry-After"]) <= 30


def test_the_page_speaks_both_languages(client, space):
    for language, words in (("zh-hant", "開放資料"), ("en", "Open data of this discussion")):
        with translation.override(language):
            page = client.get(reverse("discussions:open_data", args=[space.slug])).content.decode()
        assert words in page and "creativecommons.org" in page


# The form of Polis, out and in again


def test_what_goes_out_in_the_form_of_polis_comes_back_the_same(client, tmp_path, space, communicator):
    people = [make_member() for _number in range(12)]
    texts = ["幹線應該拉直", "=票價可以調漲，但要先改善", "'引號開頭的主張", "@站距應該拉長", '他說"不要"，我說要']
    statements = [propose(space, people[number], text) for number, text in enumerate(texts)]
    seed = voting.seed(space=space, editor=communicator, text="社區要有接駁車", client_id=uuid.uuid4().hex)
    for number, person in enumerate(people):
        for place, statement in enumerate([*statements, seed]):
            if (number + place) % 4:
                voting.cast(statement=statement, member=person, value=(1, -1, 0)[(number * place) % 3])
    regroup(space)
    folder = tmp_path / "polis"
    folder.mkdir()
    for name, content in unzipped(client, space, "open_data_polis").items():
        (folder / name).write_bytes(content)
    assert (folder / "comments.csv").read_text().splitlines()[0] == (
        "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body"
    )
    assert (folder / "votes.csv").read_text().splitlines()[0] == "timestamp,datetime,comment-id,voter-id,vote"
    wide_only = tmp_path / "wide"
    wide_only.mkdir()
    for name in ("comments.csv", "participants-votes.csv", "summary.csv"):
        (wide_only / name).write_bytes((folder / name).read_bytes())
    for place in (folder, wide_only):
        copy = make_space()
        outcome = imports.take_in(polis.Export(place), space=copy, progress=lambda stage, done, total: None)
        assert not outcome.problems.kept
        assert picture(copy) == picture(space)
        Vote.objects.filter(statement__space=copy).delete()
        Statement.objects.filter(space=copy).delete()


def picture(space) -> dict[str, dict[int, int]]:
    """Statements and, for each, how often each vote was cast; then every voter's votes, without who they are."""
    rows = list(Vote.objects.filter(statement__space=space).values_list("member", "statement__text", "value"))
    by_person: dict[int, list] = {}
    for member, text, value in rows:
        by_person.setdefault(member, []).append((text, value))
    counters = {
        statement.text: (statement.agree, statement.disagree, statement.passed)
        for statement in Statement.objects.filter(space=space)
    }
    return {"counters": counters, "people": sorted(sorted(votes) for votes in by_person.values())}


def test_the_comments_of_people_are_not_touched_by_an_export(client, space, member):
    say(space, member, "原來的話")
    before = list(Comment.objects.values()), Member.objects.count()
    unzipped(client, space)
    assert (list(Comment.objects.values()), Member.objects.count()) == before


def test_no_vote_can_be_read_off_under_the_name_that_stands_by_somebodys_words(client, space, member, neighbour):
    """Words stand on the page under a name, so whoever has written something must not be found among the voters."""
    space.instruments = {kind.value: {} for kind in Instrument}
    space.save()
    mine, theirs = propose(space, member, "深夜要有公車"), propose(space, neighbour, "清晨也要有公車")
    said = say(space, member, "我說的話有我的名字")
    voting.cast(statement=theirs, member=member, value=-1)
    reactions.give(comment=say(space, neighbour, "另一個人說的話"), member=member, kind="agree")
    survey = questionnaire.make_survey(space, (questionnaire.HABIT,))
    responses.respond(survey=survey, member=member, answers={1: 1})
    files = unzipped(client, space)
    authors = {row["person"] for name in ("comments", "statements") for row in read(files[f"csv/{name}.csv"])}
    counted = [
        row["person"] for name in ("votes", "reactions", "survey_responses") for row in read(files[f"csv/{name}.csv"])
    ]
    assert len(counted) == 3 and len(set(counted)) == 1 and not authors & set(counted)
    assert {row["person"] for row in read(files["csv/comments.csv"]) if row["id"] == str(said.pk)} == {
        row["person"] for row in read(files["csv/statements.csv"]) if row["id"] == str(mine.pk)
    }
    polis = unzipped(client, space, "open_data_polis")
    made = {row["author-id"] for row in read(polis["comments.csv"])}
    assert not made & {row["voter-id"] for row in read(polis["votes.csv"])}
    assert {row["participant"]: row["n-comments"] for row in read(polis["participants-votes.csv"])} == {
        "1": "0",
        **dict.fromkeys(made, "1"),
    }
