"""Chinese cut into pairs of characters."""

import pytest

from integrations.search import han


def joined(pieces):
    return "".join(text for text, _is_match in pieces)


def marked(pieces):
    return [text for text, is_match in pieces if is_match]


def test_a_run_becomes_pairs_and_its_last_character():
    assert han.tokens("觀光署公告 NCC") == ["觀光", "光署", "署公", "公告", "告", "ncc"]


def test_one_spelling_for_what_readers_take_for_the_same():
    assert han.tokens("台北ＮＣＣ") == han.tokens("臺北ncc") == ["臺北", "北", "ncc"]


def test_runs_do_not_grow_together_over_a_comma():
    assert "光觀" not in han.tokens("觀光，觀光") and "園光" not in han.tokens("公園、光復")


def test_a_query_is_phrases_without_repetition():
    found = han.phrases("電信NCC 電信 署")
    assert [(one.text, one.tokens, one.is_prefix) for one in found] == [
        ("電信", ("電信",), False),
        ("ncc", ("ncc",), False),
        ("署", ("署",), True),
    ]


@pytest.mark.parametrize("query", ["", "   ", '"*()', "，。！", "\x00\x01", "😀", "\ud800"])
def test_a_query_without_words_asks_for_nothing(query):
    assert han.phrases(query) == ()


def test_rare_characters_are_characters():
    assert han.tokens("𰻝𰻝麵") == ["𰻝𰻝", "𰻝麵", "麵"]


def test_a_text_without_end_is_cut():
    assert len(han.tokens("公車" * 50_000)) == han.MOST_TOKENS
    assert len(han.phrases("公 車 " * 5000)) <= han.MOST_PHRASES
    assert han.tokens("x" * 1000) == ["x" * han.LONGEST_TOKEN]


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("台北市的臺灣大學", "臺北 台灣", ["台北", "臺灣"]),
        ("ＮＣＣ與ncc", "NCC", ["ＮＣＣ", "ncc"]),
        ("Ferry ferryman ferry", "ferry", ["Ferry", "ferry"]),
        ("觀光光觀", "光觀", ["光觀"]),
        ("觀光觀光", "觀光", ["觀光觀光"]),
        ("<b>觀光</b>", "觀光", ["觀光"]),
        ("㍿公司觀光", "株式", ["㍿"]),
        ("無關", "觀光", []),
    ],
)
def test_matches_are_marked_in_the_original_words(text, query, found):
    pieces = han.highlight(text, han.phrases(query))
    assert joined(pieces) == text
    assert marked(pieces) == found


def test_a_snippet_shows_the_match_and_says_where_it_cut():
    text = "前言" * 200 + "觀光署公告" + "後話" * 200
    pieces = han.snippet(text, han.phrases("觀光署"))
    assert marked(pieces) == ["觀光署"]
    assert pieces[0] == ("…", False) and pieces[-1] == ("…", False)
    assert joined(pieces).strip("…") in text and len(joined(pieces)) <= han.SNIPPET + 2


def test_a_snippet_without_a_match_is_the_beginning():
    assert han.snippet("短短一句", han.phrases("觀光")) == (("短短一句", False),)
    assert han.snippet("", han.phrases("觀光")) == ()
