"""Files come in the encodings Taiwan uses, and none is guessed wrongly in silence."""

import pytest

from nlp.core.decoding import UnknownEncoding, decoded

WORDS = "末班車太早，加班的人回不了家\n票價太貴\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp950"])
def test_words_come_out_as_they_were_written(encoding):
    assert decoded(WORDS.encode(encoding)).text == WORDS


def test_hong_kong_characters_are_read_where_windows_gives_up():
    found = decoded("嗰個站牌\n".encode("big5hkscs"))
    assert (found.text, found.encoding) == ("嗰個站牌\n", "big5hkscs")


def test_a_few_broken_bytes_do_not_make_utf_8_into_big5():
    found = decoded(WORDS.encode() * 5 + "壞".encode()[:2] + b"\n")
    assert found.is_damaged and found.text.startswith(WORDS)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", bytes(range(128, 256)) * 3])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(UnknownEncoding):
        decoded(data)
