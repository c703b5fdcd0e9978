import csv
import json

import pytest

from nlp.cli.main import main
from tests.nlp.core.conftest import BUSES, RUBBISH, SCHOOLS


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
    for name in ("opinions.csv", "topics.json"):
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


def test_a_file_in_big5_is_read(tmp_path):
    path = tmp_path / "big5.csv"
    path.write_bytes("text\r\n公車太少\r\n垃圾車太早\r\n".encode("big5"))
    assert main(["analyse", str(path), "--out", str(tmp_path / "out")]) == 0
    with (tmp_path / "out" / "opinions.csv").open(encoding="utf-8") as stream:
        assert [row["lang"] for row in csv.DictReader(stream)] == ["zh-Hant", "zh-Hant"]


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
