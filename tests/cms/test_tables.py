"""Tables come in from whatever a public office saves, and go out without harm."""

import csv
import io

import pytest

from cms import tables

STOPS = "站名,座位\n臺北車站,12\n觀光夜市,8\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "big5hkscs"])
def test_a_table_is_read_in_each_usual_encoding(encoding):
    table = tables.read_csv(STOPS.encode(encoding))
    assert table.columns == [{"name": "站名", "kind": "text"}, {"name": "座位", "kind": "number"}]
    assert table.rows == [["臺北車站", "12"], ["觀光夜市", "8"]]


def test_hong_kong_characters_are_read_when_windows_big5_fails():
    table = tables.read_csv("名稱,數量\n啫喱,3\n嗰個,4\n".encode("big5hkscs"))
    assert table.encoding == "big5hkscs" and table.rows[1][0] == "嗰個"


def test_bad_rows_are_named_and_good_rows_go_in():
    table = tables.read_csv('名稱,數量\n一,1\n二\n三,3,多\n"四,4\n五,5\n'.encode())
    assert table.rows == [["一", "1"], ["五", "5"]]
    assert [one["row"] for one in table.refused] == [3, 4, 5]
    assert "1" in table.refused[0]["reason"] and "2" in table.refused[0]["reason"]


def test_a_cell_may_hold_lines_and_commas():
    table = tables.read_csv('名稱,說明\n站,"一,二\n三"\n'.encode())
    assert table.rows == [["站", "一,二\n三"]]


def test_semicolons_and_tabs_part_cells_too():
    assert tables.read_csv(b"a;b\n1;2\n").rows == [["1", "2"]]
    assert tables.read_csv(b"a\tb\n1\t2\n").rows == [["1", "2"]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"a,b\n",
        b",\n1,2\n",
        b"a,a\n1,2\n",
        b"PK\x03\x04\x00\x00",
        b"\xff\xfe\xff,\xff\n1,2\n",
        b"a\n" + b"x" * 3_000_000,
    ],
)
def test_a_file_that_is_no_table_is_refused(content):
    with pytest.raises(tables.UnreadableTable):
        tables.read_csv(content)


def test_rows_beyond_the_limit_are_counted_not_taken():
    table = tables.read_csv(("n\n" + "1\n" * (tables.MOST_ROWS + 150)).encode())
    assert len(table.rows) == tables.MOST_ROWS
    assert table.skipped == 150 and len(table.refused) == tables.MOST_REASONS


def test_codes_with_leading_zeros_are_not_numbers():
    assert tables.read_csv("代碼\n007\n012\n".encode()).columns[0]["kind"] == "text"


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "＋A1", "－A1", "＠SUM(1)", "-1+2", "\ufeff=1"],
)
def test_cells_a_spreadsheet_would_run_are_made_harmless(cell):
    assert tables.harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-4", "+3.5", "1,200", "0.5", "台北", "a=b", ""])
def test_numbers_and_words_stay_as_they_are(cell):
    assert tables.harmless(cell) == cell


def test_what_goes_out_comes_in_again():
    columns, rows = (
        [{"name": "站名", "kind": "text"}, {"name": "座位", "kind": "number"}],
        [["臺北車站", "-12"], ['a,"b"', "8"]],
    )
    text = tables.write_csv(columns, rows)
    assert text.startswith("\ufeff")
    table = tables.read_csv(text.encode())
    assert table.columns == columns and table.rows == rows


def test_searching_a_table_minds_neither_width_nor_case_nor_the_two_tai():
    rows = [["臺北車站", "ABC"], ["高雄", "ａｂｃ"]]
    assert [number for number, _row in tables.matching(rows, "台北")] == [1]
    assert [number for number, _row in tables.matching(rows, "abc")] == [1, 2]
    assert tables.matching(rows, "台北 高雄") == []


def test_attribution_lines_are_part_of_the_file():
    text = tables.write_csv([{"name": "a", "kind": "text"}], [["1"]], notes=["=示範交通局"])
    assert list(csv.reader(io.StringIO(text)))[-1] == ["'=示範交通局"]
