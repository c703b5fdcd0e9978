"""The commands a planner's assistant types."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from integrations.models import Monitor
from nlp.models import Opinion


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def typed(*arguments, **options) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_posts_are_brought_in_and_counted(corpus, tmp_path):
    file = tmp_path / "posts.csv"
    file.write_bytes("內容,時間\n夜間班次太少,2026/11/1\n票價太高,昨天\n".encode("cp950"))
    said = typed("import_posts", str(file), "--corpus", "metro", "--label", "論壇匯出")
    assert "2 rows read, 1 new" in said and "1 left out" in said
    assert "row 3" in said and "昨天" in said
    assert Opinion.objects.get().channel == "論壇匯出"
    again = typed("import_posts", str(file), "--space", "metro", "--label", "論壇匯出")
    assert "0 new" in again and "1 already known" in again
    assert Monitor.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "key", "words"),
    [
        ("missing.csv", None, "metro", "cannot be read"),
        ("posts.csv", b"a,b\n1,2\n", "metro", "no text column"),
        ("posts.csv", b"text\nx\n", "nowhere", "no corpus"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(corpus, tmp_path, name, content, key, words):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        typed("import_posts", str(file), "--corpus", key, "--label", "論壇")
    assert words in str(caught.value) and "\n" not in str(caught.value)
    assert not Opinion.objects.exists()
