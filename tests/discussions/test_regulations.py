"""A pasted regulation is read into chapters, articles and paragraphs, and nothing of it is lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from discussions import alignment, regulations
from discussions.regulations import Kind, in_han, numeral, read


def cited(source):
    return [(piece.label, piece.words) for piece in read(source).pieces]


def test_chapters_articles_paragraphs_items_and_what_stands_below_them():
    source = (
        "第一章　總則\n第一條　為了透明。\n第二條　用詞如下：\n　　一、摘要：一頁。\n　　（一）紙本。\n"
        "　　（二）電子。\n　　二、門檻：數量。\n前項第一款，另定之。"
    )
    assert cited(source) == [
        ("第一章", "總則"),
        ("第一條", "為了透明。"),
        ("第二條第一項", "用詞如下："),
        ("第二條第一項第一款", "一、摘要：一頁。"),
        ("第二條第一項第一款第一目", "（一）紙本。"),
        ("第二條第一項第一款第二目", "（二）電子。"),
        ("第二條第一項第二款", "二、門檻：數量。"),
        ("第二條第二項", "前項第一款，另定之。"),
    ]


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("第３條　文字。", "第3條"),
        ("第 三 條　文字。", "第三條"),
        ("第三條之一　文字。", "第三條之一"),
        ("第１２-1條　文字。", "第12-1條"),
        ("第一百零三條：文字。", "第一百零三條"),
        ("Article 3. Words stand here.", "Article 3"),
        ("ARTICLE IV - Words stand here.", "Article IV"),
        ("§ 7 Words stand here.", "§ 7"),
        ("Section 2.1: Words stand here.", "Section 2.1"),
    ],
)
def test_numerals_of_every_kind_begin_an_article(line, label):
    assert [piece.label for piece in read(line).pieces if piece.kind == Kind.PARAGRAPH] == [label]


def test_a_text_may_mix_numerals():
    assert [label for label, _words in cited("第一條　甲。\n第2條　乙。\n丙。\n第３條　丁。")] == [
        "第一條",
        "第2條第1項",
        "第2條第2項",
        "第3條",
    ]


def test_english_paragraphs_letters_and_roman_numbers():
    source = (
        "Article 2 Definitions\n(1) In this Act:\n(a) plan means a plan;\n(i) one;\n(ii) two;\n(b) speed.\n(2) Other."
    )
    assert [label for label, _words in cited(source)] == [
        "Article 2",
        "Article 2(1)",
        "Article 2(1)(a)",
        "Article 2(1)(a)(i)",
        "Article 2(1)(a)(ii)",
        "Article 2(1)(b)",
        "Article 2(2)",
    ]


def test_a_sentence_that_speaks_of_an_article_does_not_begin_one():
    source = "第一條　甲。\n第三條所定之人，不在此限。\n"
    source += "第二條　業者交付資費摘要之方式、期限及應載事項，依\n第一條所定之目的辦理。"
    assert [label for label, _words in cited(source)] == ["第一條第一項", "第一條第二項", "第二條"]
    source = "Article 1\nAs said in\nArticle 4 of the Act, it holds."
    assert cited(source)[-1] == ("Article 1", "As said in Article 4 of the Act, it holds.")


def test_lines_broken_by_a_word_processor_are_joined():
    assert cited("第一條　業者應於簽約三日前，將載明重要資費事項之資費\n摘要交付消費者。") == [
        ("第一條", "業者應於簽約三日前，將載明重要資費事項之資費摘要交付消費者。")
    ]


def test_titles_of_articles_are_headings():
    pieces = read("第一條（立法目的）\n為了透明。\n第二條　名詞定義\n本法用詞如下。").pieces
    assert [(piece.kind, piece.words) for piece in pieces] == [
        ("heading", "立法目的"),
        ("paragraph", "為了透明。"),
        ("heading", "名詞定義"),
        ("paragraph", "本法用詞如下。"),
    ]


def test_a_text_of_headings_alone_is_a_text():
    found = read("第一章　總則\n第二章　罰則\n第一條\n第二條　（刪除）")
    assert found.is_parsed
    assert [(piece.label, piece.words) for piece in found.pieces] == [
        ("第一章", "總則"),
        ("第二章", "罰則"),
        ("第一條", ""),
        ("第二條", "刪除"),
    ]


def test_a_text_without_articles_is_divided_at_blank_lines_and_says_so():
    found = read("第一段有兩行\n還沒有結束\n\n第二段")
    assert not found.is_parsed
    assert [(piece.label, piece.words) for piece in found.pieces] == [
        ("1", "第一段有兩行\n還沒有結束"),
        ("2", "第二段"),
    ]
    assert len(read("甲\n乙\n丙").pieces) == 3


@pytest.mark.parametrize(
    "source", ["", "\n\n", "第條", "第〇條", "§", "Article", "第９９９９９條　很多。\n12345、項。"]
)
def test_odd_texts_are_read_without_a_crash(source):
    regulations.read(source)


LINES = st.sampled_from(
    [
        "第一章　總則", "第二條　業者應交付摘要。", "第３條之一", "　　一、月付金額。", "（二）漫遊", "前項規定，",
        "第三條所定之人",
        "", "Article 2. Scope", "(a) one;", "(ii) two", "§ 3 Words.", "第四條（定義）　用詞如下：",
        "沒有編號的一行", "12、十二",
    ]
)  # fmt: skip


@given(st.lists(LINES, unique=True).map("\n".join))
@settings(max_examples=300, deadline=None)
def test_nothing_is_lost_and_nothing_is_turned_round(source):
    """Numbers and words, one after the other, are the source again; signs round numbers and titles may go."""
    found = read(source)
    shown, last = "", ""
    for piece in found.pieces:
        if piece.kind == Kind.CHAPTER:
            shown += piece.label
        elif piece.article != last and found.is_parsed:
            shown += piece.article
        shown += piece.words
        last = piece.article
    assert bare(shown) == bare(source)


def bare(text):
    """Without spaces and signs, all digits of one width."""
    return re.sub(r"[\s（）().]", "", text.translate(str.maketrans("０１２３", "0123")))


@pytest.mark.parametrize("number", [0, 1, 9, 10, 11, 20, 103, 110, 999, 1020, 9999])
def test_numbers_are_written_and_read_in_chinese(number):
    assert numeral(in_han(number)) == number


def test_paragraphs_are_found_again_after_they_were_moved_and_renumbered():
    before = read("第一條　業者應交付資費摘要。\n第二條　漫遊費用應設上限。\n第三條　本辦法自發布日施行。").pieces
    after = read("第一條　漫遊費用應設每日上限。\n第二條　主管機關得派員檢查。\n第三條　業者應交付資費摘要。").pieces
    assert [origin.same for origin in alignment.align(before, after)] == [1, None, 0]


def test_equal_paragraphs_are_paired_in_their_order():
    before = read("第一條　（刪除）\n第二條　甲乙丙丁。\n第三條　（刪除）").pieces
    assert [origin.same for origin in alignment.align(before, before)] == [0, 1, 2]


def test_nothing_aligns_with_nothing():
    pieces = read("第一條　甲乙丙丁。").pieces
    assert alignment.align([], pieces) == [alignment.Origin()] and alignment.align(pieces, []) == []
