import csv
import json

import pytest

from nlp.cli import groups, tables
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


def grouped(path, *more):
    """Exit code, rows of groups.csv and groups.json of one run."""
    out = path.parent / "out"
    code = main(["groups", str(path), "--out", str(out), *more])
    with (out / "groups.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return code, rows, json.loads((out / "groups.json").read_text(encoding="utf-8"))


def test_a_polis_export_is_read_and_the_latest_vote_counts(tmp_path):
    path = tmp_path / "votes.csv"
    lines = ["timestamp,datetime,comment-id,voter-id,vote", "20,,0,1,-1", "10,,0,1,1", "10,,0,2,-1", "10,,1,2,0"]
    path.write_text("\n".join(lines), encoding="utf-8")
    votes = groups.read(tables.Table(path))
    assert votes.participants == (1, 2) and votes.matrix()[0, 0] == -1 and len(votes) == 3


def test_without_times_the_vote_further_down_counts(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("participant,statement,vote\nann,s1,1\nann,s1,-1\nbo,s1,1\n", encoding="utf-8")
    votes = groups.read(tables.Table(path))
    assert votes.participants == ("ann", "bo") and votes.matrix()[:, 0].tolist() == [-1, 1]


def test_ids_that_only_look_like_numbers_stay_apart(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("participant,statement,vote\n007,1,1\n7,1,-1\n", encoding="utf-8")
    assert groups.read(tables.Table(path)).participants == ("007", "7")


@pytest.mark.parametrize(
    "votes",
    [
        [("ann", 1, 1), ("bo", 1, -1)],
        [("ann", statement, 1) for statement in range(12)],
        [(person, statement, 1) for person in range(30) for statement in range(12)],
    ],
    ids=["two people", "one person", "all agree"],
)
def test_votes_without_a_division_are_told_as_such(tmp_path, votes, capsys):
    path = tmp_path / "votes.csv"
    lines = [",".join(map(str, vote)) for vote in votes]
    path.write_text("\n".join(["participant,statement,vote", *lines]), encoding="utf-8")
    code, rows, found = grouped(path)
    assert code == 0 and found["k"] <= 1 and "no_division" in found["notes"]
    assert len(rows) == len({vote[0] for vote in votes})
    assert f"{len(votes)} votes" in capsys.readouterr().out


def test_groups_tell_what_speaks_for_them(tmp_path):
    long_form(tmp_path / "votes.csv")
    _, rows, found = grouped(tmp_path / "votes.csv")
    assert set(found) >= {"k", "silhouettes", "stability", "groups", "common_ground", "divisive", "minority", "thin"}
    first = found["groups"][0]["representative"][0]
    assert {"statement", "stance", "z_ratio", "p"} <= set(first)
    assert all(set(row) == {"participant", "group", "x", "y"} for row in rows)


def test_the_same_votes_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        long_form(tmp_path / name / "votes.csv")
        grouped(tmp_path / name / "votes.csv")
    for name in ("groups.csv", "groups.json"):
        assert (tmp_path / "one" / "out" / name).read_bytes() == (tmp_path / "two" / "out" / name).read_bytes()


@pytest.mark.parametrize(
    ("content", "more", "says"),
    [
        ("participant,statement,vote\n", [], "no votes found"),
        ("participant,statement,vote\nann,1,maybe\n", [], "no votes found"),
        ("person,statement,vote\nann,1,1\n", [], "there is no column participant"),
        ("participant,subject,vote\nann,1,1\n", [], "there is no column statement"),
        ("participant,comment\nann,1\n", [], "no votes found"),
        ("participant,statement,vote\nann,1,1\n", ["--max-groups", "1"], "max_groups must be at least 2"),
    ],
)
def test_what_cannot_be_grouped_says_so_in_one_line(tmp_path, capsys, content, more, says):
    path = tmp_path / "votes.csv"
    path.write_text(content, encoding="utf-8")
    assert main(["groups", str(path), "--out", str(tmp_path / "out"), *more]) == 1
    error = capsys.readouterr().err
    assert says in error and error.count("\n") == 1 and not (tmp_path / "out").exists()


def test_a_negative_seed_is_refused(tmp_path, capsys):
    long_form(tmp_path / "votes.csv")
    with pytest.raises(SystemExit) as refused:
        main(["groups", str(tmp_path / "votes.csv"), "--out", str(tmp_path), "--seed", "-1"])
    assert refused.value.code == 2 and "0 or more" in capsys.readouterr().err


def test_votes_in_another_scale_are_refused_and_the_first_is_named(tmp_path, capsys):
    (tmp_path / "votes.csv").write_text("participant,statement,vote\nann,s1,2\n", encoding="utf-8")
    assert main(["groups", str(tmp_path / "votes.csv"), "--out", str(tmp_path / "out")]) == 1
    assert "row 2: not a vote on statement s1: '2'" in capsys.readouterr().err


def test_one_person_is_counted_as_one(tmp_path, capsys):
    lines = ["participant,statement,vote", *(f"ann,s{number},1" for number in range(8)), "ann,s9,maybe"]
    (tmp_path / "votes.csv").write_text("\n".join(lines), encoding="utf-8")
    assert main(["groups", str(tmp_path / "votes.csv"), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "by 1 participant on" in said and "(1 person)" in said and "1 vote left out" in said
