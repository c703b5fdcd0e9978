"""An earlier consultation comes in from a Polis export."""

import csv
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation

from discussions import events, imports, polis, progress
from discussions.models import Member, Phase, Space, Statement, Vote
from nlp.models import Opinion

COMMENTS = """timestamp,comment-id,author-id,agrees,disagrees,moderated,comment-body
1435700003000,2,7,0,0,0,"班車時刻應該公開，
讓人查得到"
1435700002000,1,5,1,0,-1,這則意見後來被版主收起來
1435700001000,0,5,2,1,1,我覺得公車應該準時
"""
VOTES = """timestamp,comment-id,voter-id,vote
1435700011000,0,5,1
1435700013000,0,7,-1
1435700012000,0,7,1
1435700014000,0,7,-1
1435700014000,0,7,0
1435700015000,2,5,1
"""
SUMMARY = """topic,公車 準時嗎
url,https://pol.is/9abcdefghi
conversation-description,"公車常常誤點，您怎麼看？我們想聽聽看。

* 請用「我覺得」**開頭**，參考[資料](https://example.org/a_b_c)"
"""
REAL = Path(settings.BASE_DIR).parent / "shared" / "data" / "polis" / "vtaiwan.uberx"


@pytest.fixture
def folder(tmp_path):
    """A small export; tests write over the files they care about."""
    place = tmp_path / "bus.on-time"
    place.mkdir()
    write(place, comments=COMMENTS, votes=VOTES, summary=SUMMARY)
    return place


def write(place: Path, *, encoding: str = "utf-8", **files: str) -> None:
    for name, text in files.items():
        (place / f"{name.replace('_', '-')}.csv").write_text(text, encoding=encoding)


def silent(stage, done, total):
    """No progress is shown."""


def take(folder, space):
    return imports.take_in(polis.Export(folder), space=space, progress=silent)


def values(space):
    """(comment number, participant number) -> vote."""
    return {
        (int(vote.statement.client_id.rpartition(":")[2]), int(vote.member.origin.rpartition(":")[2])): vote.value
        for vote in Vote.objects.filter(statement__space=space).select_related("statement", "member")
    }


def reasons(outcome):
    return [(problem.file, problem.row, problem.reason) for problem in outcome.problems.kept]


# What comes in


def test_statements_come_in_with_their_time_their_author_and_their_place_in_the_stream(folder, space):
    take(folder, space)
    first, hidden, last = Statement.objects.filter(space=space).order_by("pk")
    assert (first.client_id, first.text) == ("polis:9abcdefghi:0", "我覺得公車應該準時")
    assert last.text == "班車時刻應該公開， 讓人查得到"
    assert first.made_at.timestamp() == 1435700001
    assert first.author.origin == "polis:9abcdefghi:5"
    assert hidden.state == Statement.State.HIDDEN
    opinion = Opinion.objects.get(source="statement", source_key=str(first.pk))
    assert (opinion.text, opinion.url) == (first.text, f"/p/{space.slug}/statements/{first.pk}/")
    assert set(Opinion.objects.published().values_list("source_key", flat=True)) == {str(first.pk), str(last.pk)}


def test_of_several_votes_of_one_person_the_latest_counts_and_of_equal_times_the_lower_row(folder, space):
    outcome = take(folder, space)
    assert values(space) == {(0, 5): 1, (0, 7): 0, (2, 5): 1}
    assert (outcome.votes.read, outcome.repeated, outcome.votes.added) == (6, 3, 3)


def test_participants_become_members_nobody_can_sign_in_as(folder, space):
    take(folder, space)
    person = Member.objects.get(origin="polis:9abcdefghi:7")
    assert (person.email, person.is_active, person.has_usable_password()) == (None, False, False)
    assert "7" in person.display_name


def test_the_import_is_one_event_and_both_analyses_are_asked_for(folder, space):
    take(folder, space)
    told = [(event.type, event.data) for event in events.since(space.pk, 0)]
    assert told == [("statements.imported", {"statements": 3, "votes": 3})]
    space.corpus.refresh_from_db()
    assert space.corpus.topics_dirty and space.corpus.groups_dirty


def test_a_second_run_changes_nothing(folder, space):
    take(folder, space)
    before = [list(model.objects.order_by("pk").values()) for model in (Statement, Vote, Member, Opinion)]
    outcome = take(folder, space)
    assert not outcome.has_changed_anything
    assert (outcome.statements.known, outcome.votes.known, outcome.participants.added) == (3, 3, 0)
    assert [list(model.objects.order_by("pk").values()) for model in (Statement, Vote, Member, Opinion)] == before
    assert len(events.since(space.pk, 0)) == 1


def test_a_newer_export_adds_what_is_new_and_changes_what_was_changed(folder, space):
    take(folder, space)
    write(folder, votes=VOTES + "1435700020000,0,7,1\n1435700021000,2,8,-1\n")
    outcome = take(folder, space)
    assert (outcome.votes.added, outcome.votes.changed, outcome.votes.known) == (1, 1, 2)
    assert values(space) == {(0, 5): 1, (0, 7): 1, (2, 5): 1, (2, 8): -1}


def test_what_a_moderator_hid_here_stays_hidden(folder, space):
    take(folder, space)
    Statement.objects.filter(client_id="polis:9abcdefghi:0").update(state=Statement.State.HIDDEN)
    take(folder, space)
    assert Statement.objects.get(client_id="polis:9abcdefghi:0").state == Statement.State.HIDDEN


def test_an_import_that_broke_off_is_finished_by_the_next_one(folder, space):
    def breaks(stage, done, total):
        if stage == "votes":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.take_in(polis.Export(folder), space=space, progress=breaks)
    assert Statement.objects.filter(space=space).count() == 3
    outcome = take(folder, space)
    assert (outcome.statements.added, outcome.votes.added) == (0, 3)


def test_the_wide_form_is_read_where_votes_csv_is_missing(folder, space):
    (folder / "votes.csv").unlink()
    write(
        folder,
        participants_votes="participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1,2\n5,0,2,2,2,0,1,,1\n7,,0,1,0,0,0,,\n",
    )
    outcome = take(folder, space)
    assert values(space) == {(0, 5): 1, (0, 7): 0, (2, 5): 1}
    assert any("participants-votes.csv" in note for note in outcome.notes)
    vote = Vote.objects.filter(statement__client_id="polis:9abcdefghi:2").get()
    assert vote.cast_at == vote.statement.made_at


def test_title_question_and_key_come_from_the_summary(folder):
    export = polis.Export(folder)
    assert (export.title, export.key) == ("公車 準時嗎", "9abcdefghi")
    assert export.question == "公車常常誤點，您怎麼看？我們想聽聽看。"
    assert export.introduction.endswith("• 請用「我覺得」開頭，參考資料 (https://example.org/a_b_c)")


def test_a_long_description_gives_a_question_of_whole_sentences(folder):
    write(folder, summary='topic,長\nconversation-description,"' + "這是一個句子。" * 60 + '"\n')
    question = polis.Export(folder).question
    assert len(question) <= 300 and question.endswith("這是一個句子。")


def test_without_a_summary_the_folder_gives_title_and_key(folder, space):
    (folder / "summary.csv").unlink()
    export = polis.Export(folder)
    assert (export.title, export.key, export.slug) == ("bus.on-time", "bus-on-time", "bus-on-time")
    assert any("summary.csv" in note for note in take(folder, space).notes)


# What people save by mistake


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp950", "big5hkscs", "utf-16"])
def test_files_saved_by_other_programs_are_read(folder, space, encoding):
    write(folder, encoding=encoding, comments=COMMENTS, votes=VOTES, summary=SUMMARY)
    assert polis.Export(folder).title == "公車 準時嗎"
    take(folder, space)
    assert Statement.objects.filter(space=space, text="我覺得公車應該準時").exists()
    assert len(values(space)) == 3


def test_one_damaged_line_does_not_turn_a_utf8_file_into_another_language(folder, space):
    lines = COMMENTS.encode().splitlines(keepends=True)
    broken = b"1435700009000,9,5,0,0,0,\xa6\xad\xb1\n"
    (folder / "comments.csv").write_bytes(b"".join(lines) + broken)
    outcome = take(folder, space)
    assert outcome.statements.added == 3
    assert [(file, row) for file, row, _reason in reasons(outcome)] == [("comments.csv", 5)]


def test_semicolons_and_ids_with_a_decimal_point_are_understood(folder, space):
    write(folder, votes="timestamp;comment-id;voter-id;vote\n1435700011000;0.0;5.0;-1.0\n")
    take(folder, space)
    assert values(space) == {(0, 5): -1}


def test_good_rows_go_in_and_each_broken_row_is_named(folder, space):
    write(
        folder,
        comments=COMMENTS
        + "1435700004000,3,5,0,0,0,🎉🎉🎉\n"
        + "1435700004000,abc,5,0,0,0,編號不是數字\n"
        + "1435700004000,2,5,0,0,0,編號出現第二次\n"
        + f"1435700004000,4,5,0,0,0,{'長' * 2001}\n"
        + "1435700004000,5,5,0,0\n"
        + "1435700004000,6,x5,0,0,0,作者編號不是數字\n"
        + '1435700004000,7,5,0,0,0,"引號沒有關\n'
        + "yesterday,8,5,0,0,0,時間看不懂\n"
        + "1435700004000,10,5,0,0,2,不知道能不能公開\n"
        + f"1435700004000,11,5,0,0,0,{'長' * 2000}\n",
    )
    outcome = take(folder, space)
    assert outcome.statements.added == 4
    assert [row for _file, row, _reason in reasons(outcome)] == [5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert outcome.problems.counts == {"comments.csv": 9}
    assert max(len(text) for text in Statement.objects.values_list("text", flat=True)) == 2000


def test_votes_that_cannot_be_counted_are_named(folder, space):
    write(
        folder,
        comments=COMMENTS + "1435700004000,3,5,0,0,0,🎉\n",
        votes=VOTES
        + "1435700011000,99,5,1\n"
        + "1435700011000,3,5,1\n"
        + "1435700011000,0,nobody,1\n"
        + "1435700011000,0,8,2\n"
        + "1435700011000,0,8,\n"
        + "1435700011000,zero,8,1\n"
        + "1435700011000,0\n",
    )
    outcome = take(folder, space)
    assert outcome.votes.added == 3
    assert outcome.problems.counts == {"comments.csv": 1, "votes.csv": 7}
    assert not Member.objects.filter(origin="polis:9abcdefghi:8").exists()
    told = [reason for _file, _row, reason in reasons(outcome)]
    assert all(any(word in reason for reason in told) for word in ("99", "3", "nobody", "2", "zero"))


def test_missing_columns_are_named_with_those_that_are_there(folder, space):
    write(folder, comments="id,text\n1,句子\n")
    with pytest.raises(polis.TableError) as refusal:
        polis.Export(folder)
    assert all(word in refusal.value.message for word in ("comment-body", "comment-id", "id", "text"))


def test_votes_with_missing_columns_leave_the_statements_in(folder, space):
    write(folder, votes="who,what\n1,2\n")
    outcome = take(folder, space)
    assert outcome.statements.added == 3 and outcome.votes.read == 0
    assert any("voter-id" in note for note in outcome.notes)


@pytest.mark.parametrize("spoil", ["folder", "empty", "comments", "nothing", "bytes"])
def test_what_cannot_be_read_at_all_is_refused_in_plain_words(folder, spoil):
    if spoil == "folder":
        folder = folder / "elsewhere"
    elif spoil == "empty":
        [file.unlink() for file in folder.iterdir()]
    elif spoil == "comments":
        (folder / "comments.csv").unlink()
    elif spoil == "nothing":
        (folder / "comments.csv").write_bytes(b"")
    else:
        (folder / "comments.csv").write_bytes(bytes(range(128, 256)) * 20)
    with pytest.raises(polis.TableError) as refusal:
        polis.Export(folder)
    assert refusal.value.message


def test_html_and_direction_marks_are_words_like_others(folder, space):
    write(folder, comments=COMMENTS + '1435700004000,3,5,0,0,0,"<script>alert(1)</script>\u202e 準時"\n')
    take(folder, space)
    assert Statement.objects.get(client_id="polis:9abcdefghi:3").text == "<script>alert(1)</script> 準時"


# The command


def run(folder, **options):
    out, errors = io.StringIO(), io.StringIO()
    with translation.override("en"):
        call_command("import_polis", str(folder), stdout=out, stderr=errors, **options)
    return out.getvalue(), errors.getvalue()


def test_the_command_makes_a_space_under_review_and_tells_what_it_did(folder, db):
    told, bar = run(folder)
    space = Space.objects.get(slug="bus-on-time")
    assert (space.title, space.phase) == ("公車 準時嗎", Phase.REVIEW)
    assert space.question == "公車常常誤點，您怎麼看？我們想聽聽看。"
    assert space.title in told and "100 %" in bar
    again, _bar = run(folder)
    assert Space.objects.count() == 1
    assert "3 read, 3 new (1 of them hidden)" in told
    assert "Nothing new" in again and "Nothing new" not in told


def test_the_command_takes_address_title_and_phase(folder, db):
    run(folder, space="準時", title="準時的公車", phase="archived")
    space = Space.objects.get(slug="準時")
    assert (space.title, space.phase) == ("準時的公車", Phase.ARCHIVED)


def test_on_a_site_with_pages_the_import_gets_a_page(folder, site):
    from cms.models import SpacePage

    run(folder)
    page = SpacePage.objects.get()
    assert (page.space.slug, page.live) == ("bus-on-time", True)
    assert "我覺得" in str(page.body)


def test_when_nothing_can_be_taken_no_space_is_made(folder, db):
    write(folder, comments="comment-id,comment-body\n1,🎉\nx,句子\n")
    with pytest.raises(CommandError):
        run(folder)
    assert not Space.objects.exists()


def test_only_twenty_skipped_rows_are_shown_and_all_are_counted(folder, db):
    write(folder, votes=VOTES + "".join(f"1435700011000,99,{number},1\n" for number in range(500)))
    told, _bar = run(folder)
    assert told.count("votes.csv") == 20
    assert "and 480 more" in told and "500 skipped" in told


def test_progress_in_a_log_is_one_line_per_tenth():
    log = io.StringIO()
    with progress.Progress(log, labels={"votes": "投票"}) as report:
        for done in range(0, 1001, 5):
            report("votes", done, 1000)
    assert log.getvalue().splitlines() == [f"投票 {percent} %" for percent in range(0, 101, 10)]


# A real consultation


@pytest.mark.slow
def test_a_real_consultation_comes_in_whole(space):
    if not REAL.is_dir():
        pytest.skip("the export vtaiwan.uberx is not beside this repository")
    outcome = take(REAL, space)
    assert (outcome.statements.added, outcome.hidden) == (197, 78)
    assert (outcome.votes.read, outcome.votes.added, outcome.participants.added) == (49_997, 49_443, 1921)
    assert not outcome.problems.kept
    with (REAL / "participants-votes.csv").open(encoding="utf-8", newline="") as file:
        final = {
            (int(column), int(row["participant"])): int(cell)
            for row in csv.DictReader(file)
            for column, cell in row.items()
            if column.isdigit() and cell
        }
    assert values(space) == final
    again = take(REAL, space)
    assert (again.votes.known, again.has_changed_anything) == (49_443, False)
