"""What every search engine promises, held against each of them with the same documents and the same queries."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.utils import translation

from integrations.models import SearchDocument
from integrations.search import han, port
from integrations.search.database import DatabaseBackend
from integrations.search.port import Document

PAGES = {
    "page:1": ("觀光署公布新措施", "台北車站將增設遊客中心，觀光客可以在這裡租借自行車。", "zh-hant"),
    "page:2": ("電信資費檢討", "國家通訊傳播委員會（NCC）檢討電信資費，邀請民眾提供意見。", "zh-hant"),
    "page:3": ("渡輪時刻表", "旗津渡輪每十五分鐘一班。The ferry runs every 15 minutes.", "zh-hant"),
    "page:4": ("Ferry timetable", "The harbour ferry leaves from pier 3; see ncc.gov.tw for radio rules.", "en"),
    "comment:5": ("公車改點", "希望夜間班次多一點，參觀光復園區的人晚上回不了家。", ""),
    "record:6": ("日月潭", "南投縣魚池鄉，全臺最大的湖泊。台灣好行可以到。", ""),
}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture(params=["database", pytest.param("elastic", marks=pytest.mark.scale)])
def backend(request, db):
    return DatabaseBackend() if request.param == "database" else request.getfixturevalue("elastic")


def document(key: str, title: str, body: str, language: str = "", **fields) -> Document:
    date = fields.pop("date", datetime(2026, 11, 1, tzinfo=UTC))
    kind = key.split(":")[0]
    return Document(key, kind, title, body, f"/{key}/", language, date, **fields)


@pytest.fixture
def filled(backend):
    backend.index(document(key, *words) for key, words in PAGES.items())
    backend.drain()
    return backend


def keys(results) -> set[str]:
    return {hit.key for hit in results.hits}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("觀光", {"page:1", "comment:5"}),
        ("觀光署", {"page:1"}),
        ("光觀", set()),
        ("電信 NCC", {"page:2"}),
        ("NCC電信", {"page:2"}),
        ("ncc", {"page:2", "page:4"}),
        ("台北", {"page:1"}),
        ("臺北", {"page:1"}),
        ("台灣", {"record:6"}),
        ("全台", {"record:6"}),
        ("署", {"page:1"}),
        ("湖", {"record:6"}),
        ("表", {"page:3"}),
        ("ferry", {"page:3", "page:4"}),
        ("FERRY", {"page:3", "page:4"}),
        ("ｆｅｒｒｙ", {"page:3", "page:4"}),
        ("渡輪 ferry", {"page:3"}),
        ("渡輪 電信", set()),
        ("15", {"page:3"}),
        ("十五分鐘一班", {"page:3"}),
        ("客可以在這裡租借", {"page:1"}),
        ("中心觀光客", set()),
        ("ncc.gov.tw", {"page:4"}),
        ("不存在的詞", set()),
    ],
)
def test_words_are_found_wherever_they_stand(filled, query, found):
    results = filled.search(query)
    assert keys(results) == found
    assert results.total == len(found)
    assert results.notice == ""


@pytest.mark.parametrize(
    "query", ["", "   ", "\x00", '"', "*", "()", "😀", "，。", "AND", "NOT", "NEAR(", "觀光 -- '; DROP TABLE x"]
)
def test_nothing_is_an_error(filled, query):
    assert keys(filled.search(query)) == set()


@pytest.mark.parametrize(
    "query",
    [
        '"觀光署"',
        "觀光署*",
        "(觀光署)",
        "-觀光署",
        "+觀光署",
        "觀光署~",
        "觀光署^",
        "'觀光署'",
        "觀光署:*",
        "觀光署 | &",
    ],
)
def test_signs_are_not_syntax(filled, query):
    assert keys(filled.search(query)) == {"page:1"}


@pytest.mark.parametrize("query", ["title:觀光署", "觀光署~2", "觀光署 OR 電信", "NOT 觀光署", "觀光署 <-> 電信"])
def test_words_of_command_are_only_words(filled, query):
    assert keys(filled.search(query)) == set()


def test_a_very_long_query_is_cut_and_says_so(filled):
    results = filled.search("觀光署 " + "公" * 10_000)
    assert results.hits == ()
    assert str(han.LONGEST_QUERY) in results.notice
    assert keys(filled.search("觀光署" + " " * 10_000)) == {"page:1"}


def test_a_title_counts_more_than_a_mention(backend):
    backend.index(
        [
            document("page:1", "會議紀錄", "本次會議另外提到長照，其餘為例行報告。"),
            document("page:2", "長照服務說明", "申請資格與流程的完整說明，請見下列各節。"),
        ]
    )
    backend.drain()
    hits = backend.search("長照").hits
    assert [hit.key for hit in hits] == ["page:2", "page:1"]
    assert hits[0].score > hits[1].score


def test_kinds_and_language_narrow_the_search(filled):
    assert keys(filled.search("觀光", kinds=["comment"])) == {"comment:5"}
    assert keys(filled.search("ferry", language="en")) == {"page:4"}
    assert keys(filled.search("觀光", language="en")) == {"comment:5"}
    assert keys(filled.search("觀光", kinds=["record"])) == set()


def test_a_hit_shows_its_words_as_they_were_written(filled):
    (hit,) = filled.search("臺北").hits
    assert (hit.kind, hit.url, hit.language) == ("page", "/page:1/", "zh-hant")
    assert "".join(text for text, _is_match in hit.title) == "觀光署公布新措施"
    assert [text for text, is_match in hit.snippet if is_match] == ["台北"]


def test_what_is_deleted_is_gone_when_the_call_returns(filled):
    filled.delete(["page:1", "page:99"])
    assert keys(filled.search("觀光")) == {"comment:5"}
    filled.drain()
    assert filled.search("觀光").total == 1
    assert not SearchDocument.objects.filter(key="page:1").exists()


def test_what_is_hidden_is_gone_when_the_call_returns_and_can_come_back(filled):
    shown = document("comment:5", *PAGES["comment:5"])
    hidden = document("comment:5", *PAGES["comment:5"], visible=False)
    filled.index([hidden])
    assert keys(filled.search("光復")) == set()
    assert not SearchDocument.objects.filter(body__contains="光復").exists()
    filled.index([shown])
    filled.drain()
    assert keys(filled.search("光復")) == {"comment:5"}


def test_new_words_replace_the_old(filled):
    filled.index([document("page:2", "電信資費檢討", "已經結束，感謝參與。")])
    filled.drain()
    assert keys(filled.search("電信")) == {"page:2"}
    assert keys(filled.search("NCC")) == {"page:4"}


def test_the_same_document_twice_in_one_call_is_one(backend):
    backend.index([document("page:1", "舊的", "舊內容"), document("page:1", "新的", "新內容")])
    backend.drain()
    assert keys(backend.search("新內容")) == {"page:1"}
    assert keys(backend.search("舊內容")) == set()


def test_results_come_page_by_page_without_gap_or_repetition(backend):
    backend.index(document(f"comment:{n}", "公車", f"第{n}則：夜間班次") for n in range(25))
    backend.drain()
    seen, after = [], ""
    for _turn in range(10):
        results = backend.search("夜間", limit=10, after=after)
        assert results.total == 25
        seen += [hit.key for hit in results.hits]
        after = results.cursor
        if not after:
            break
    assert len(seen) == 25 == len(set(seen))


@pytest.mark.parametrize("after", ["-5", "abc", "9" * 30, "²", "1; DROP", None, ""])
def test_a_cursor_that_is_none_is_harmless(filled, after):
    assert keys(filled.search("觀光", after=after)) in ({"page:1", "comment:5"}, set())


@pytest.mark.parametrize("limit", [-3, 0, 10**9])
def test_the_page_size_has_bounds(filled, limit):
    assert 1 <= len(filled.search("觀光", limit=limit).hits) <= port.LONGEST_PAGE


def test_strange_words_can_be_stored(backend):
    strange = "甲\x00乙 '引號' \"雙引號\" \\反斜線 $1 %s <b>觀光</b> " + "長" * 60_000 + " 𰻝麵"
    backend.index([document("page:1", "奇怪\x00的字", strange), document("page:2", "", "")])
    backend.drain()
    assert keys(backend.search("觀光")) == {"page:1"}
    assert keys(backend.search("反斜線")) == {"page:1"}


def test_rebuilding_finds_the_same(filled):
    filled.delete(["page:2"])
    assert filled.rebuild() == 5
    assert keys(filled.search("觀光")) == {"page:1", "comment:5"}
    assert keys(filled.search("ncc")) == {"page:4"}
    filled.index([document("page:7", "新的一頁", "觀光")])
    filled.drain()
    assert keys(filled.search("觀光")) == {"page:1", "comment:5", "page:7"}


def test_forgetting_everything(filled):
    filled.clear()
    assert keys(filled.search("觀光")) == set()
    assert not SearchDocument.objects.exists()


def test_words_that_were_taken_back_before_they_were_kept_are_not_found(filled):
    with pytest.raises(RuntimeError), transaction.atomic():
        filled.index([document("page:8", "反悔", "反悔的內容")])
        raise RuntimeError
    filled.drain()
    assert keys(filled.search("反悔")) == set()


def test_a_lost_index_table_is_made_again(db):
    backend = DatabaseBackend()
    backend.index([document("page:1", "觀光", "內容")])
    table = {"sqlite": "integrations_search_fts", "postgresql": "integrations_search_vector"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {table}")
    assert keys(backend.search("觀光")) == {"page:1"}


def test_indexing_one_document_costs_few_statements(db, django_assert_max_num_queries):
    backend = DatabaseBackend()
    backend.index([document("comment:1", "公車", "甲")])
    with django_assert_max_num_queries(6):
        backend.index([document("comment:1", "公車", "乙")])
    with django_assert_max_num_queries(5):
        backend.search("乙")
    with django_assert_max_num_queries(0):
        DatabaseBackend().search("   ")


def test_the_setting_alone_chooses_the_engine(settings):
    assert isinstance(port.get_backend(), DatabaseBackend) and not port.get_backend().is_remote
    settings.SEARCH_BACKEND = {
        "BACKEND": "integrations.search.elastic.ElasticBackend",
        "OPTIONS": {"url": "http://127.0.0.1:9", "index": "any"},
    }
    assert port.get_backend().is_remote
    assert port.get_backend() is port.get_backend()
