import pytest

from nlp.cli import tables


def table(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return tables.Table(path)


def rows(found):
    return [cells for _, cells in found.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "big5"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_table_is_read_however_it_was_written(tmp_path, encoding, ends):
    found = table(tmp_path, ends.join(["id,text", "1,公車太少", '2,"逗號,在裡面"']) + ends, encoding)
    assert found.columns == ("id", "text") and rows(found) == [["1", "公車太少"], ["2", "逗號,在裡面"]]
    assert found.problems.count == 0


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_cells_may_be_parted_by_commas_semicolons_or_tabs(tmp_path, delimiter):
    found = table(tmp_path, f" ID {delimiter}Text\n1{delimiter}words\n")
    assert found.columns == ("id", "text") and rows(found) == [["1", "words"]]


def test_nul_characters_and_blank_lines_are_passed_over(tmp_path):
    found = table(tmp_path, "\nid,text\n\n1,wo\0rds\n\n\0\n")
    assert rows(found) == [["1", "words"]]


def test_short_rows_are_filled_and_long_ones_told_by_number(tmp_path):
    found = table(tmp_path, "id,text,author\n1,one\n2,two,me,,\n3,one, two, three\n4,four,you\n")
    assert rows(found) == [["1", "one", ""], ["2", "two", "me"], ["4", "four", "you"]]
    assert found.problems.shown == [{"row": 4, "reason": "4 cells under 3 columns"}]


def test_a_quotation_mark_that_is_never_closed_costs_one_row(tmp_path):
    found = table(tmp_path, 'id,text,author\n1,"never closed,me\n2,fine,you\n3,"two\nlines",you\n')
    assert rows(found) == [["2", "fine", "you"], ["3", "two\nlines", "you"]]
    assert [problem["row"] for problem in found.problems.shown] == [2]


def test_a_quotation_mark_left_open_in_the_last_cell_costs_nothing(tmp_path):
    found = table(tmp_path, 'id,text\n1,"never closed\n2,fine\n3,"also "fine""\n')
    assert rows(found) == [["1", "never closed"], ["2", "fine"], ["3", 'also fine""']]


def test_a_row_cannot_take_up_the_rest_of_the_file(tmp_path):
    found = table(tmp_path, 'id,text,author\n1,"never closed\n' + "2,fine,you\n" * (tables.LONGEST_ROW + 5))
    assert len(rows(found)) == tables.LONGEST_ROW + 5 and found.problems.count == 1


def test_a_very_long_cell_is_read(tmp_path):
    found = table(tmp_path, "text\n" + "民" * 300_000 + "\n")
    assert len(rows(found)[0][0]) == 300_000


def test_a_few_broken_bytes_are_replaced_and_told(tmp_path):
    found = table(tmp_path, "text\n公車\n垃圾\n".encode() + b"\xe5\xff\n")
    assert found.is_damaged and rows(found)[:2] == [["公車"], ["垃圾"]]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"\0\0"])
def test_an_empty_file_is_refused(tmp_path, content):
    with pytest.raises(tables.BadInput, match="the file is empty"):
        table(tmp_path, content)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(tables.BadInput, match="neither UTF-8 nor Big5"):
        table(tmp_path, b"\xff\xff\xff")


def test_missing_columns_are_named_with_those_that_are_there(tmp_path):
    found = table(tmp_path, "id,comment\n1,hello\n")
    with pytest.raises(tables.BadInput, match="the column text is missing; found id, comment"):
        tables.require(found, ["id", "text"])
    with pytest.raises(tables.BadInput, match="the columns text, lang are missing"):
        tables.require(found, ["text", "lang"])


def test_of_a_file_full_of_problems_the_first_are_shown_and_all_are_counted(tmp_path):
    found = table(tmp_path, "id,text\n" + "1,2,3\n" * 1500)
    assert rows(found) == [] and found.problems.count == 1500 and len(found.problems.shown) == tables.SHOWN
