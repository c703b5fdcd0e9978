import csv
import json

import pytest

from nlp.cli.main import main
from tests.nlp.core.test_groups import town_votes


def test_a_missing_file_is_refused_in_one_line(tmp_path, capsys):
    assert main(["groups", str(tmp_path / "nowhere.csv"), "--out", str(tmp_path / "out")]) == 1
    assert "nowhere.csv" in capsys.readouterr().err


def long_form(path):
    votes = town_votes()
    lines = [
        f"{votes.participants[r]},{votes.statements[c]},{v}"
        for r, c, v in zip(votes.rows, votes.columns, votes.values, strict=True)
    ]
    path.write_text("\n".join(["participant,statement,vote", *lines, "5,1,7", ",1,1"]), encoding="utf-8")


def wide_form(path):
    votes = town_votes()
    rows = [",".join(["participant", "group-id", *map(str, votes.statements)])]
    for person, row in zip(votes.participants, votes.matrix(), strict=True):
        rows.append(",".join([str(person), "", *("" if value != value else str(int(value)) for value in row)]))
    path.write_text("\n".join(rows), encoding="utf-8")


@pytest.mark.parametrize(("write", "skipped"), [(long_form, 2), (wide_form, 0)])
def test_a_file_of_votes_becomes_groups(tmp_path, write, skipped):
    write(tmp_path / "votes.csv")
    assert main(["groups", str(tmp_path / "votes.csv"), "--out", str(tmp_path / "out")]) == 0
    found = json.loads((tmp_path / "out" / "groups.json").read_text(encoding="utf-8"))
    assert found["k"] == 2 and [group["size"] for group in found["groups"]] == [40, 20]
    assert len(found["skipped_rows"]) == skipped
    with (tmp_path / "out" / "groups.csv").open(encoding="utf-8") as stream:
        assert len(list(csv.DictReader(stream))) == 60
