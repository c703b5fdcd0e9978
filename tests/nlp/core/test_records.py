import subprocess
import sys

from nlp.core.records import Text, author_keys


def test_unknown_authors_are_one_person_each():
    keys = author_keys([Text(1, "a", author="x"), Text(2, "b", author="x"), Text(3, "c"), Text(4, "d")])
    assert len(set(keys)) == 3


def test_records_are_light_to_import():
    heavy = (
        "import sys, nlp.core.records; print([m for m in ('sklearn', 'scipy', 'igraph', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
