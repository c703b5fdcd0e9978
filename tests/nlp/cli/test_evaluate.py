import argparse
import csv
import json

import numpy as np
import pytest

from nlp.cli import evaluate, scores, tables
from tests.nlp.core.conftest import BUSES, RUBBISH, SCHOOLS, FakeEncoder
from tests.nlp.core.test_groups import town_votes


def run(*arguments):
    parser = argparse.ArgumentParser()
    evaluate.add_parser(parser.add_subparsers())
    options = parser.parse_args(["evaluate", *map(str, arguments)])
    return options.run(options)


def printed(capsys):
    """The table and the JSON that a command printed."""
    text = capsys.readouterr().out
    table, _, document = text.partition("\n\n")
    return table, json.loads(document)


def write(path, columns, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])
    return path


@pytest.fixture
def subjects(tmp_path):
    lines = [
        (line, name) for name, some in (("bus", BUSES), ("school", SCHOOLS), ("rubbish", RUBBISH)) for line in some
    ]
    return write(tmp_path / "subjects.csv", ["text", "label"], [*lines, ("", "bus"), ("沒有標籤", "")])


@pytest.fixture
def conversation(tmp_path):
    folder = tmp_path / "town"
    folder.mkdir()
    votes = town_votes()
    write(
        folder / "votes.csv",
        ["voter-id", "comment-id", "vote"],
        [
            (votes.participants[r], votes.statements[c], v)
            for r, c, v in zip(votes.rows, votes.columns, votes.values, strict=True)
        ],
    )
    matrix, people = votes.matrix(), votes.participants
    first = int(np.nanargmax(np.nanvar(matrix, axis=0)))
    stored = [(who, int(np.nan_to_num(matrix[i, first]) > 0)) for i, who in enumerate(people)]
    write(folder / "groups.csv", ["participant", "group_id"], stored)
    return folder


def test_topics_are_measured_with_and_without_the_true_number(subjects, capsys):
    assert run("--task", "topics", subjects) == 0
    table, document = printed(capsys)
    row = document["rows"][0]
    assert (row["n"], row["k"]) == (30, 3) and document["encoder"] == "use"
    assert row["true_k_v"] > 0.5 and row["knn5"] > 0.8
    assert row["true_k_v_low"] <= row["true_k_v"] <= row["true_k_v_high"] <= 1
    assert "knn5_without_twin" not in row and "found_ari" in table


def test_groups_are_measured_for_each_conversation_of_a_folder(conversation, tmp_path, capsys):
    (tmp_path / "LICENSE.txt").write_text("CC0")
    assert run("--task", "groups", tmp_path, tmp_path / "LICENSE.txt", "--json", tmp_path / "out.json") == 0
    document = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    (row,) = document["rows"]
    assert row["data"] == "town" and row["found_k"] == row["k"] == 2 and row["of"] == 60
    assert -1 <= row["ari_low"] <= row["ari_high"] <= 1
    assert run("--task", "groups", conversation, conversation / "votes.csv") == 0
    rows = printed(capsys)[1]["rows"]
    assert [row["data"] for row in rows] == ["town", "town/votes.csv", "median", "worst"]
    assert rows[0]["ari"] == rows[3]["ari"] == row["ari"]


def test_votes_and_groups_may_be_two_files(conversation, tmp_path, capsys):
    (conversation / "groups.csv").rename(tmp_path / "opinions of Polis.csv")
    assert run("--task", "groups", conversation / "votes.csv", tmp_path / "opinions of Polis.csv") == 0
    (row,) = printed(capsys)[1]["rows"]
    assert row["data"] == "town/votes.csv" and row["of"] == 60
    with pytest.raises(tables.BadInput, match="there is no groups.csv"):
        run("--task", "groups", conversation)


def test_an_encoder_is_measured_by_twins_and_speed(tmp_path, capsys):
    pairs = [
        ("公車太少", "Too few buses"),
        ("垃圾車太早", "The garbage truck comes too early"),
        ("學費太貴", "Tuition is too high"),
    ]
    twins = write(tmp_path / "twins.csv", ["zh", "en"], pairs)
    assert run("--task", "encoder", twins, "--out", tmp_path / "kept") == 0
    row = printed(capsys)[1]["rows"][0]
    assert row["n"] == 6 and row["raw_zh_en_at_1"] == 1.0 and row["texts_per_cpu_second"] > 0 and "knn5" not in row
    assert json.loads((tmp_path / "kept" / "evaluate.json").read_text(encoding="utf-8"))["rows"] == [row]


FELT = [("太棒了，謝謝", 1), ("很爛，氣死人", -1), ("今天星期三", 0), ("讚", 1), ("糟透了", -1), ("在市府一樓", 0)]


@pytest.mark.parametrize("words", [{}, {1: "positive", 0: "Neutral", -1: "negative"}])
def test_sentiment_is_measured_in_numbers_or_words_and_by_language(tmp_path, capsys, words):
    rows = [(text, words.get(side, side), "zh") for text, side in FELT] + [("I love it", words.get(1, 1), "en")]
    data = write(tmp_path / "felt.csv", ["text", "sentiment", "lang"], rows)
    assert run("--task", "sentiment", data) == 0
    every, chinese, english = printed(capsys)[1]["rows"]
    assert [row["language"] for row in (every, chinese, english)] == ["all", "zh", "en"]
    assert [row["n"] for row in (every, chinese, english)] == [7, 6, 1]
    assert every["neutral_support"] == 2 and 0 <= every["macro_f1_low"] <= every["macro_f1_high"] <= 1


def test_zero_and_one_alone_are_bad_and_good(tmp_path, capsys):
    data = write(tmp_path / "stars.csv", ["text", "label"], [(text, int(side > 0)) for text, side in FELT if side])
    assert run("--task", "sentiment", data) == 0
    row = printed(capsys)[1]["rows"][0]
    assert row["accuracy"] >= 0.5 and row["negative_support"] == row["positive_support"] == 2
    assert "neutral_f1" not in row


@pytest.mark.parametrize(
    ("task", "columns", "row", "says"),
    [
        ("topics", ["words", "label"], ["公車", "bus"], "the column text is missing; found words, label"),
        ("topics", ["text", "colour"], ["公車", "red"], "the column topic is missing; found text, colour"),
        ("sentiment", ["text", "label"], ["公車", "grumpy"], "not 'grumpy'"),
        ("topics", ["text", "label"], ["", "bus"], "no row has both words and a label"),
        ("groups", ["participant", "statement", "vote"], ["1", "1", "1"], "there is no groups.csv"),
    ],
)
def test_data_that_does_not_fit_the_task_is_refused_in_one_line(tmp_path, task, columns, row, says):
    with pytest.raises(tables.BadInput, match=says) as refused:
        run("--task", task, write(tmp_path / "wrong.csv", columns, [row]))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(tables.BadInput, match="no such file"):
        run("--task", "topics", tmp_path / "nowhere.csv")


def test_a_text_is_encoded_once():
    bench = scores.Bench(FakeEncoder())
    assert bench.encode(["aa", "b", "aa"]).shape == (3, 4) and bench.encoded == 2
    assert bench.encode([]).shape == (0, 4)
