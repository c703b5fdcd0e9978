"""X through the real tweepy, talking to a local server."""

import logging
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from integrations.social.sources import SourceError
from integrations.social.x import XSource
from tests.integrations.replay import Answer, number, page, post

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def fetch(cursor=None, *, query="捷運", limit=100, **options):
    return XSource(query=query, **options).fetch(cursor or {}, limit)


def refusal(**options) -> SourceError:
    with pytest.raises(SourceError) as caught:
        fetch(**options)
    return caught.value


def test_posts_arrive_in_the_common_shape(replay):
    said = post(3, "末班車太早了 &amp; 班次太少", referenced_tweets=[{"type": "replied_to", "id": "99"}])
    replay.says(Answer(page(said)))
    result = fetch()
    (one,) = result.posts
    assert one.text == "末班車太早了 & 班次太少"
    assert (one.author_id, one.lang, one.reply_to_id) == ("7700001", "zh", "99")
    assert one.posted_at == datetime(2026, 11, 20, 4, 5, 6, tzinfo=UTC)
    assert one.metrics == {"like": 5, "reply": 1, "repost": 2, "quote": 0}
    assert one.url == f"https://x.com/i/web/status/{said['id']}"
    assert (result.read, result.more, result.cursor) == (1, False, {"since_id": said["id"]})


def test_the_request_asks_for_no_names(replay):
    fetch(limit=40)
    ((path, query, headers),) = replay.asked
    assert path == "/2/tweets/search/recent"
    assert query["query"] == "捷運 -is:retweet"
    assert query["max_results"] == "40"
    assert "author_id" in query["tweet.fields"] and "note_tweet" in query["tweet.fields"]
    assert "expansions" not in query and "user.fields" not in query
    assert headers["Authorization"] == "Bearer token-of-the-test"


def test_the_newest_spelling_is_read_too(replay):
    first, second = number(10), number(5)
    said = {
        "id": second,
        "text": "很長的貼文…",
        "note_post": {"text": "很長的貼文，這裡是全文。"},
        "edit_history_post_ids": [first, second],
        "referenced_posts": [{"type": "replied_to", "id": "98"}],
        "metrics": {"like_count": 1, "repost_count": 3},
        "created_at": "2026-11-20T04:05:06Z",
    }
    replay.says(Answer(page(said)))
    (one,) = fetch().posts
    assert one.text == "很長的貼文，這裡是全文。"
    assert (one.external_id, one.version_id, one.reply_to_id) == (first, second, "98")
    assert one.edited_at is not None
    assert one.metrics == {"like": 1, "repost": 3}


def test_a_long_post_comes_whole(replay):
    replay.says(Answer(page(post(text="被截斷…", note_tweet={"text": "沒有被截斷的全文" * 60}))))
    assert fetch().posts[0].text == "沒有被截斷的全文" * 60


def test_an_old_version_of_an_edited_post_is_left_out(replay):
    first, second = number(10), number(5)
    replay.says(Answer(page(post(id=first, edit_history_tweet_ids=[first, second]))))
    result = fetch()
    assert not result.posts
    assert [one.row for one in result.errors] == [first]


def test_reposts_and_broken_posts_are_left_out_and_named(replay):
    good = post(1)
    repost = post(2, referenced_tweets=[{"type": "retweeted", "id": "97"}])
    replay.says(Answer({"data": [repost, {"text": "無號"}, "garbage", post(4, text="\u200b\u200d"), good], "meta": {}}))
    result = fetch()
    assert [one.external_id for one in result.posts] == [good["id"]]
    assert len(result.errors) == 4
    assert result.read == 5


def test_partial_errors_are_kept_without_the_names_in_them(replay):
    problem = {
        "title": "Not Found Error",
        "detail": "User has been suspended: [some_handle].",
        "resource_id": "7700009",
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }
    replay.says(Answer(page(post(), errors=[problem])))
    result = fetch()
    assert len(result.posts) == 1
    assert "resource-not-found" in result.errors[0].reason
    assert "some_handle" not in str(result.errors) and "7700009" not in str(result.errors)


def test_nothing_new_keeps_the_place(replay):
    since = number(60)
    result = fetch({"since_id": since})
    assert not result.posts and not result.more
    assert result.cursor == {"since_id": since}
    assert replay.asked[0][1]["since_id"] == since


def test_a_sweep_goes_back_page_by_page_and_then_rests_on_the_newest(replay):
    since, old, middle, new = number(90), number(60), number(30), number(10)
    replay.says(Answer(page(post(id=new), post(id=middle), next_token="further")), Answer(page(post(id=old))))
    first = fetch({"since_id": since})
    assert first.more
    assert first.cursor == {"since_id": since, "newest_id": new, "until_id": middle, "next_token": "further"}
    second = fetch(first.cursor)
    assert replay.asked[1][1]["next_token"] == "further" and replay.asked[1][1]["since_id"] == since
    assert (second.more, second.cursor) == (False, {"since_id": new})


def test_an_expired_token_is_replaced_by_the_post_number(replay):
    since, old, middle, new = number(90), number(60), number(30), number(10)
    invalid = {"errors": [{"message": "The next_token is invalid"}], "title": "Invalid Request", "status": 400}
    replay.says(Answer(invalid, 400), Answer(page(post(id=old))))
    result = fetch({"since_id": since, "newest_id": new, "until_id": middle, "next_token": "stale"})
    assert "next_token" not in replay.asked[1][1] and replay.asked[1][1]["until_id"] == middle
    assert result.cursor == {"since_id": new}


def test_a_place_older_than_seven_days_is_left_and_said(replay):
    result = fetch({"since_id": number(60 * 24 * 9)})
    assert "since_id" not in replay.asked[0][1]
    assert "seven days" in result.errors[0].reason


def test_a_rate_limit_names_the_time_to_come_back(replay):
    reset = int(time.time()) + 300
    replay.says(Answer({"title": "Too Many Requests"}, 429, {"x-rate-limit-reset": str(reset)}))
    error = refusal()
    assert error.kind == "limit"
    assert error.retry_at == datetime.fromtimestamp(reset, UTC)


def test_a_rate_limit_with_a_senseless_time_waits_a_day_at_most(replay):
    replay.says(Answer({}, 429, {"x-rate-limit-reset": "99999999999"}))
    assert timedelta(hours=23) < refusal().retry_at - timezone.now() <= timedelta(hours=24)
    replay.says(Answer({}, 429, {"x-rate-limit-reset": "soon"}))
    assert refusal().kind == "busy"
    replay.says(Answer(b"<html>", 429))
    assert refusal().kind == "limit"


def test_a_used_up_allowance_waits_for_the_next_day(replay):
    body = {"title": "UsageCapExceeded", "type": "https://api.twitter.com/2/problems/usage-capped", "period": "Monthly"}
    replay.says(Answer(body, 429))
    error = refusal()
    assert error.kind == "capped"
    assert error.retry_at.astimezone(UTC).hour == 0


@pytest.mark.parametrize(
    ("status", "words"), [(401, "access token"), (403, "does not allow"), (404, "no such service"), (400, "understand")]
)
def test_what_a_person_must_mend_is_said_in_plain_words(replay, status, words):
    replay.says(Answer({"title": "No", "detail": "No", "status": status}, status))
    error = refusal()
    assert error.kind == "refused"
    assert words in str(error)
    assert "token-of-the-test" not in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html><h1>Over capacity</h1></html>", 503, {"content-type": "text/html"}),
        Answer(b"<html>maintenance</html>", 200, {"content-type": "text/html"}),
        Answer(b'{"data": [{"id": "1"'),
        Answer(b'{"data": [{"id": "1"', 200, {"content-length": "5000", "connection": "close"}),
        Answer([1, 2, 3]),
        Answer({"data": {"id": "1"}}),
        Answer([], 500),
        Answer([], 403),
        Answer(b"", 302, {"location": "https://elsewhere.example/"}),
    ],
    ids=["html-503", "html-200", "broken-json", "cut", "list", "wrong-data", "list-500", "list-403", "redirect"],
)
def test_a_troubled_answer_is_tried_again_later(replay, answer):
    replay.says(answer)
    assert refusal().kind == "busy"


def test_a_silent_server_is_not_waited_for(replay):
    replay.says(Answer(page(), pause=30))
    started = time.monotonic()
    error = refusal(timeout=(1, 0.3))
    assert error.kind == "busy" and "in time" in str(error)
    assert time.monotonic() - started < 10


def test_an_endless_answer_is_cut(replay):
    replay.says(Answer(b'{"data": "' + b"x" * (11 * 1024 * 1024) + b'"}'))
    assert refusal().kind == "busy"


def test_nobody_there(settings):
    settings.X_BEARER_TOKEN, settings.X_API_BASE = "t", "http://127.0.0.1:9"
    error = refusal()
    assert error.kind == "busy" and "reached" in str(error)


def test_without_a_token_it_is_off_and_says_so(settings):
    settings.X_BEARER_TOKEN = ""
    availability = XSource(query="捷運").availability()
    assert not availability.on and "X_BEARER_TOKEN" in availability.reason


@pytest.mark.parametrize(
    ("base", "is_on"),
    [
        ("https://api.x.com", True),
        ("http://127.0.0.1:8123", True),
        ("http://localhost:8123", True),
        ("http://api.x.com", False),
        ("http://127.0.0.1.example.org", False),
        ("ftp://127.0.0.1", False),
        ("", False),
    ],
)
def test_the_token_goes_over_https_or_stays_on_this_machine(settings, base, is_on):
    settings.X_BEARER_TOKEN, settings.X_API_BASE = "t", base
    assert XSource(query="捷運").availability().on is is_on


@pytest.mark.parametrize("query", ["", "   ", "捷" * 513])
def test_search_words_that_cannot_be_sent_are_refused_here(replay, query):
    assert refusal(query=query).kind == "refused"
    assert not replay.asked


def test_the_token_is_never_logged(replay, caplog):
    for name in ("tweepy", "tweepy.client"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        fetch()
    assert "token-of-the-test" not in caplog.text
