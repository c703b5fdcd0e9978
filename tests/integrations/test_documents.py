"""Search documents out of plain values."""

from datetime import UTC, datetime

from integrations.search import documents

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_page_is_found_by_what_its_reader_sees():
    html = "<h2>觀光&amp;交通</h2><p>第一段</p><p>第<b>二</b>段</p><script>alert('壞')</script><style>.a{}</style>"
    found = documents.page(number=7, title=" 首頁 ", html=html, url="/p/7/", language="zh-hant", date=NOW)
    assert (found.key, found.kind, found.title) == ("page:7", "page", "首頁")
    assert found.body == "觀光&交通\n第一段\n第二段"


def test_words_of_two_blocks_stay_apart():
    assert documents.plain("<li>公園</li><li>光復</li>") == "公園\n光復"


def test_broken_html_is_read_as_far_as_it_goes():
    assert documents.plain("<p>甲<b>乙</p></b><3 丙 &nosuch; <!-- x").startswith("甲乙")


def test_a_record_is_found_by_its_cells():
    found = documents.record(number=3, title="日月潭", values=["南投縣", "", " 魚池鄉 "], url="/info/3/")
    assert (found.key, found.body, found.language) == ("record:3", "南投縣\n魚池鄉", "")


def test_a_hidden_comment_makes_a_hidden_document():
    found = documents.comment(
        number=1, title="公車改點", text="甲", url="/p/bus/#c1", language="zh-hant", date=NOW, visible=False
    )
    assert (found.key, found.visible) == ("comment:1", False)
