"""Posts from CSV and JSON Lines files."""

import io
import json
from datetime import UTC, datetime

import pytest
from django.utils import translation

from integrations.social import files
from integrations.social.files import PostFile
from integrations.social.sources import Post, Skipped, SourceError


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def read(data: bytes | str, name="posts.csv"):
    data = data.encode() if isinstance(data, str) else data
    rows = PostFile(io.BytesIO(data), name=name).rows
    return [row for row in rows if isinstance(row, Post)], [row for row in rows if isinstance(row, Skipped)]


def refusal(data: bytes | str, name="posts.csv") -> str:
    with pytest.raises(SourceError) as caught:
        read(data, name)
    assert caught.value.kind == "refused"
    return str(caught.value)


def test_a_full_row_is_read():
    posts, broken = read(
        "id,text,author,created_at,url,lang\n"
        "17,希望增加夜間班次,王小明,2026-11-01T08:00:00Z,https://forum.example.org/t/17,zh-Hant\n"
    )
    assert not broken
    (post,) = posts
    assert (post.external_id, post.text, post.author_id, post.lang) == ("17", "希望增加夜間班次", "王小明", "zh-Hant")
    assert post.posted_at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert post.url == "https://forum.example.org/t/17"


def test_text_alone_is_enough_and_gets_a_lasting_identity():
    first, _broken = read("text\n希望增加夜間班次\n票價太高\n")
    again, _broken = read("\ufefftext\r\n票價太高\r\n希望增加夜間班次\r\n")
    assert {post.external_id for post in first} == {post.external_id for post in again}
    assert len({post.external_id for post in first}) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "big5hkscs", "utf-16"])
def test_what_spreadsheets_write_can_be_read(encoding):
    text = "內容,作者\n臺北車站的電梯常常故障，輪椅族很困擾,陳大文\n班次太少,林小美\n"
    if encoding == "big5hkscs":
        text += "我哋都想要多啲巴士，喺度等咗好耐,阿強\n"
    posts, broken = read(text.encode(encoding))
    assert not broken
    assert posts[0].text == "臺北車站的電梯常常故障，輪椅族很困擾"
    assert posts[0].author_id == "陳大文"


def test_a_file_in_no_known_encoding_is_refused():
    assert "neither UTF-8 nor Big5" in refusal(b"text\n" + bytes(range(0x80, 0xFF)) + b"\xff\xff\n")


def test_a_damaged_utf8_file_is_not_taken_for_big5():
    lines = ["text", *(f"第{n}則意見：公車班次太少" for n in range(20))]
    data = b"\n".join(line.encode() for line in lines).replace("第7則".encode(), b"\xe7\xac7\xff")
    posts, broken = read(data)
    assert len(posts) == 19
    assert [(row.row, "could not be read" in row.reason) for row in broken] == [("9", True)]


def test_missing_columns_are_named():
    said = refusal("編號,標題,瀏覽\n1,甲,3\n")
    assert "標題" in said and "text" in said
    said = refusal('{"title": "甲", "body": "乙"}\n', "posts.jsonl")
    assert "title" in said and "text" in said


def test_broken_rows_are_named_and_the_good_ones_go_in():
    posts, broken = read(
        "id,text,created_at\n"
        "1,第一則,2026-11-01\n"
        "2,多,了,兩格\n"
        "3,,2026-11-01\n"
        "4,日期錯了,下週三\n"
        '5,"引號沒關,2026-11-01\n'
        "6,第六則,2026-11-01\n"
        "\n"
        '7,"有逗號，也有""引號""\n和第二行",2026-11-01\n'
        "8,\u200b\u200d,2026-11-01\n"
    )
    assert [post.external_id for post in posts] == ["1", "6", "7"]
    assert posts[2].text == '有逗號，也有"引號"\n和第二行'
    reasons = {row.row: row.reason for row in broken}
    assert set(reasons) == {"3", "4", "5", "6", "10"}
    assert "4 cells" in reasons["3"]
    assert "no words" in reasons["4"] and "no words" in reasons["10"]
    assert "下週三" in reasons["5"]
    assert "quotation marks" in reasons["6"]


def test_a_row_longer_than_any_post_is_left_out():
    posts, broken = read(f"text\n{'長' * 25_001}\n短\n")
    assert [post.text for post in posts] == ["短"]
    assert "25000" in broken[0].reason


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_recognised(delimiter):
    posts, _broken = read(f"id{delimiter}text\n1{delimiter}有逗號，沒關係, 真的\n")
    assert posts[0].text == "有逗號，沒關係, 真的"


def test_json_lines_are_read_and_broken_ones_named():
    lines = [
        json.dumps({"id": 1578516068309794817, "text": "號誌秒數太短", "created_at": "2026-11-01T00:00:00Z"}),
        "{broken",
        "[1, 2]",
        "",
        json.dumps({"id": 2, "text": {"html": "<b>"}}),
        json.dumps({"id": 3}),
        json.dumps({"id": 4, "內容": "斑馬線不清楚", "author": None, "extra": {"kept": False}}),
        "[" * 100_000,
        '{"id": 5, "text": "半個字\\ud83d完"}',
    ]
    posts, broken = read("\n".join(lines), "posts.jsonl")
    assert [post.external_id for post in posts] == ["1578516068309794817", "4", "5"]
    assert posts[2].text == "半個字\ufffd完"
    assert [row.row for row in broken] == ["2", "3", "5", "6", "8"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-07-02", datetime(2026, 7, 1, 16, tzinfo=UTC)),
        ("2026/7/2 8:05", datetime(2026, 7, 2, 0, 5, tzinfo=UTC)),
        ("115/07/02 08:05", datetime(2026, 7, 2, 0, 5, tzinfo=UTC)),
        ("115年7月2日", datetime(2026, 7, 1, 16, tzinfo=UTC)),
        ("２０２６／０７／０２", datetime(2026, 7, 1, 16, tzinfo=UTC)),
        ("2026-07-02T08:05:09.123+00:00", datetime(2026, 7, 2, 8, 5, 9, 123000, tzinfo=UTC)),
        ("", None),
    ],
)
def test_dates_as_people_here_write_them(written, meant):
    assert files.moment(written) == meant


@pytest.mark.parametrize("written", ["7/2/2026", "26-07-02", "2026-13-01", "2026-02-30", "昨天", "1/1/1 99:99"])
def test_a_doubtful_date_is_not_guessed(written):
    with pytest.raises(ValueError):
        files.moment(written)


def test_a_number_rounded_by_a_spreadsheet_is_no_identity():
    posts, _broken = read("id,text\n1.57852E+18,第一則\n1.57852E+18,第二則\n")
    assert len({post.external_id for post in posts}) == 2


def test_links_do_not_name_their_authors():
    posts, _broken = read(
        "text,author,url\n"
        "甲,some_handle,https://twitter.com/some_handle/status/1578516068309794817\n"
        "乙,some_handle,https://www.threads.net/@Some_Handle/post/abc\n"
        "丙,some_handle,javascript:alert(1)\n"
        "丁,some_handle,https://forum.example.org/t/9\n"
        "戊,some_handle,http://[broken\n"
    )
    assert [post.url for post in posts] == [
        "https://x.com/i/web/status/1578516068309794817",
        "",
        "",
        "https://forum.example.org/t/9",
        "",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n\n", "empty"),
        (b"PK\x03\x04rest", "xlsx"),
        (b"\xd0\xcf\x11\xe0rest", "xls"),
        (b"text\n" + b"x" * (20 * 1024 * 1024), "20 MB"),
    ],
    ids=["nothing", "blank", "workbook", "old-workbook", "large"],
)
def test_files_that_cannot_be_used_are_refused_in_plain_words(data, words):
    assert words in refusal(data)


def test_control_characters_do_not_come_in():
    posts, _broken = read("text\n甲\x00乙\x1b[31m丙\n")
    assert posts[0].text == "甲乙[31m丙"
