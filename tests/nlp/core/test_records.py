import subprocess
import sys

import numpy as np
import pytest

from nlp.core.records import Text, VoteTable, author_keys


def test_the_last_vote_of_a_pair_counts():
    votes = VoteTable.from_rows([(7, 1, 1), (3, 1, -1), (7, 1, 0)])
    assert votes.participants == (3, 7) and len(votes) == 2
    assert votes.matrix().tolist() == [[-1.0], [0.0]]


def test_statements_nobody_voted_on_keep_their_place():
    votes = VoteTable.from_rows([(1, "b", 1)], statements=["a", "b"])
    assert votes.statements == ("a", "b")
    assert np.isnan(votes.matrix()[0, 0])


@pytest.mark.parametrize("value", [2, -2, None, "1"])
def test_what_is_not_a_vote_is_refused(value):
    with pytest.raises(ValueError, match="a vote is"):
        VoteTable.from_rows([(1, 1, value)])


def test_unknown_authors_are_one_person_each():
    keys = author_keys([Text(1, "a", author="x"), Text(2, "b", author="x"), Text(3, "c"), Text(4, "d")])
    assert len(set(keys)) == 3


def test_records_are_light_to_import():
    heavy = (
        "import sys, nlp.core.records; print([m for m in ('sklearn', 'scipy', 'igraph', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
