import subprocess
import sys
from pathlib import Path

import pytest

from nlp.cli import writing
from nlp.cli.main import main

ROOT = Path(__file__).parents[3]


def grouped(tmp_path, stdout):
    """The grouping of a few votes in a process of its own whose printing goes to `stdout`; its code and its errors."""
    votes = tmp_path / "votes.csv"
    votes.write_text("participant,statement,vote\n" + "".join(f"a,{n},1\nb,{n},-1\n" for n in range(9)), "utf-8")
    command = [sys.executable, "-m", "nlp", "groups", str(votes), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stderr


def test_a_reader_who_has_gone_is_no_failure(tmp_path):
    reader = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    reader.wait()
    assert grouped(tmp_path, reader.stdin) == (0, "")
    assert (tmp_path / "out" / "groups.json").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is of Linux")
def test_a_full_disk_is_not_put_down_to_the_file_that_was_read(tmp_path):
    with Path("/dev/full").open("w") as full:
        assert grouped(tmp_path, full) == (1, "No space left on device\n")


def test_results_cannot_go_into_a_file(tmp_path, capsys):
    opinions = tmp_path / "opinions.csv"
    opinions.write_text("text\n公車太少\n", encoding="utf-8")
    assert main(["analyse", str(opinions), "--out", str(opinions)]) == 1
    assert capsys.readouterr().err == f"{opinions}: Not a directory\n"
    assert opinions.read_text(encoding="utf-8").startswith("text")


def test_numbers_stand_beside_the_right_word():
    assert writing.counted(1, "person", "people") == "1 person"
    assert writing.counted(2000, "opinion") == "2,000 opinions"
