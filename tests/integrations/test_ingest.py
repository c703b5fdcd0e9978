"""From outside sources into the opinion stream."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone, translation

from integrations import ingest, tasks
from integrations.models import FetchLog, Monitor, SocialPost
from integrations.social.sources import SourceError
from nlp import conf as nlp_conf
from nlp.models import Corpus, Opinion
from tests.integrations.replay import Answer, number, page, post

SAMPLES = Path(django_settings.BASE_DIR).parent / "shared" / "samples"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def csv(*rows: str) -> io.BytesIO:
    return io.BytesIO("\n".join(["id,text,author,created_at", *rows]).encode())


def test_posts_enter_the_stream_under_their_own_label(replay, x_monitor):
    said = post(5, "末班車太早了")
    replay.says(Answer(page(said)))
    report = ingest.run(x_monitor)
    assert (report.state, report.read, report.accepted, report.error) == ("ok", 1, 1, "")
    opinion = Opinion.objects.get()
    assert (opinion.corpus_id, opinion.source, opinion.channel) == (x_monitor.corpus_id, "x", "X 捷運")
    assert (opinion.text, opinion.lang) == ("末班車太早了", "zh")
    assert opinion.author_key == SocialPost.objects.get().author_hash == nlp_conf.author_key("x:7700001")
    x_monitor.refresh_from_db()
    assert x_monitor.cursor == {"since_id": said["id"]}
    assert x_monitor.last_fetched_at and x_monitor.next_try_at > timezone.now()
    log = FetchLog.objects.get()
    assert (log.read, log.accepted, float(log.cost_estimate)) == (1, 1, 0.005)
    assert log.finished_at


def test_the_same_page_twice_changes_nothing(replay, x_monitor):
    replay.says(Answer(page(post(id=number(5)), post(id=number(4)))))
    ingest.run(x_monitor)
    before = list(Opinion.objects.values_list("pk", "text"))
    report = ingest.run(x_monitor)
    assert (report.accepted, report.duplicates) == (0, 2)
    assert list(Opinion.objects.values_list("pk", "text")) == before


def test_new_posts_queue_one_analysis(replay, x_monitor, django_capture_on_commit_callbacks):
    replay.says(Answer(page(post(id=number(5)))), Answer(page(post(id=number(4)))))
    with django_capture_on_commit_callbacks() as first:
        ingest.run(x_monitor)
    with django_capture_on_commit_callbacks() as second:
        ingest.run(x_monitor)
    assert (len(first), len(second)) == (1, 0)


def test_an_edit_replaces_the_words_and_keeps_the_post(replay, x_monitor):
    first, second = number(20), number(5)
    replay.says(
        Answer(page(post(id=first, text="班次太多"))),
        Answer(page(post(id=second, text="班次太少", edit_history_tweet_ids=[first, second]))),
        Answer(page(post(id=first, text="班次太多"))),
    )
    for _turn in range(3):
        ingest.run(x_monitor)
    assert Opinion.objects.get().text == SocialPost.objects.get().text == "班次太少"
    assert [log.revised for log in FetchLog.objects.order_by("pk")] == [0, 1, 0]


def test_garbage_in_the_fields_does_not_stop_the_words(replay, x_monitor):
    strange = {
        "author_id": "\ud800\x00",
        "conversation_id": {"id": 1},
        "lang": "z\x00" * 50,
        "created_at": 17,
        "public_metrics": [1],
        "referenced_tweets": "none",
        "edit_history_tweet_ids": [None, "x", {}],
        "note_tweet": {"text": None},
    }
    said = post(7, "還是有話\x00要說\ud83d", **strange)
    replay.says(Answer(page(said, errors=[{"type": "a/\x00\ud800"}, 7])))
    assert ingest.run(x_monitor).accepted == 1
    opinion = Opinion.objects.get()
    assert (opinion.text, opinion.lang, opinion.author_key) == ("還是有話要說\ufffd", "", "")
    assert abs(opinion.posted_at - timezone.now() + timedelta(minutes=7)) < timedelta(minutes=1)


def test_a_failure_keeps_the_place_and_is_said(replay, x_monitor):
    since = number(60)
    Monitor.objects.update(cursor={"since_id": since})
    replay.says(Answer(b"<html>", 503))
    report = ingest.run(x_monitor)
    x_monitor.refresh_from_db()
    assert (report.state, x_monitor.state, x_monitor.cursor) == ("waiting", "waiting", {"since_id": since})
    assert "having trouble" in x_monitor.last_error == FetchLog.objects.get().error
    assert not Opinion.objects.exists()


def test_a_failure_on_the_second_page_keeps_the_first(replay, x_monitor):
    new, old = number(5), number(9)
    replay.says(Answer(page(post(id=new), next_token="further")), Answer(b"", 503), Answer(page(post(id=old))))
    report = ingest.run(x_monitor)
    assert (report.state, report.accepted) == ("waiting", 1)
    assert ingest.run(x_monitor).accepted == 1
    x_monitor.refresh_from_db()
    assert Opinion.objects.count() == 2
    assert x_monitor.cursor == {"since_id": new}


def test_when_the_words_cannot_be_written_the_place_is_kept(replay, x_monitor, monkeypatch):
    replay.says(Answer(page(post())))

    def broken_stream(**kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(ingest.stream, "submit_many", broken_stream)
    with pytest.raises(OSError):
        ingest.run(x_monitor)
    x_monitor.refresh_from_db()
    assert x_monitor.cursor == {}
    assert not SocialPost.objects.exists()


def test_a_page_that_another_worker_has_taken_meanwhile_is_dropped(replay, x_monitor):
    stale = Monitor.objects.get(pk=x_monitor.pk)
    source = ingest.sources.build(stale)
    entry = FetchLog.objects.create(monitor=stale, started_at=timezone.now())
    Monitor.objects.update(cursor={"since_id": "5"})
    replay.says(Answer(page(post())))
    with pytest.raises(ingest._Overtaken):
        ingest._fetch_pages(stale, source, entry)
    assert not SocialPost.objects.exists()
    assert Monitor.objects.get().cursor == {"since_id": "5"}


def test_waiting_grows_with_each_failure_and_ends_with_the_first_success(replay, x_monitor):
    replay.says(Answer(b"", 503))
    for turn in range(12):
        ingest.run(x_monitor)
        assert x_monitor.failures == turn + 1
        longest = min(timedelta(minutes=1) * 2**turn, timedelta(hours=1))
        assert timezone.now() - timedelta(seconds=5) <= x_monitor.next_try_at <= timezone.now() + longest
    replay.says(Answer(page()))
    ingest.run(x_monitor)
    assert (x_monitor.failures, x_monitor.state, x_monitor.last_error) == (0, "ok", "")


def test_a_rate_limit_is_waited_out_not_slept_out(replay, x_monitor):
    reset = int(timezone.now().timestamp()) + 400
    replay.says(Answer({}, 429, {"x-rate-limit-reset": str(reset)}))
    report = ingest.run(x_monitor)
    assert report.state == "waiting"
    assert 1 <= x_monitor.next_try_at.timestamp() - reset <= 31


def test_a_withdrawn_token_needs_a_person(replay, x_monitor):
    replay.says(Answer({"title": "Unauthorized"}, 401))
    assert ingest.run(x_monitor).state == "failed"
    assert "access token" in x_monitor.last_error
    assert x_monitor.next_try_at > timezone.now() + timedelta(hours=5)


def test_the_daily_limit_is_never_passed(replay, x_monitor):
    Monitor.objects.update(daily_cap=25)
    serial = iter(range(1000))

    def full(count):
        return page(*(post(id=number(5, next(serial))) for _ in range(count)), next_token="further")

    replay.says(Answer(full(15)), Answer(full(10)), Answer(full(10)))
    report = ingest.run(x_monitor)
    assert (report.state, report.read) == ("capped", 25)
    assert [query["max_results"] for _path, query, _headers in replay.asked] == ["25", "10"]
    assert x_monitor.next_try_at > timezone.now()
    assert ingest.run(x_monitor).state == "capped"
    assert len(replay.asked) == 2


def test_without_a_token_nothing_is_asked(x_monitor, settings):
    settings.X_BEARER_TOKEN = ""
    report = ingest.run(x_monitor)
    assert report.state == "off" and "X_BEARER_TOKEN" in report.error
    assert not FetchLog.objects.exists()


def test_a_monitor_switched_off_asks_nothing(replay, x_monitor):
    Monitor.objects.update(is_active=False)
    assert ingest.run(x_monitor).state == "off"
    assert not replay.asked


def test_one_post_may_matter_to_two_corpora(replay, x_monitor):
    other = Corpus.objects.create(key="roads", title="道路")
    second = Monitor.objects.create(corpus=other, kind="x", label="X 道路", query="號誌")
    replay.says(Answer(page(post(id=number(5)))))
    ingest.run(x_monitor)
    assert ingest.run(second).accepted == 1
    assert sorted(Opinion.objects.values_list("corpus__key", flat=True)) == ["metro", "roads"]


def test_no_author_is_stored_anywhere(replay, x_monitor, file_monitor):
    problem = {"detail": "User has been suspended: [some_handle].", "resource_id": "7700001", "type": "a/b"}
    users = {"users": [{"id": "7700001", "username": "some_handle", "name": "某某人"}]}
    replay.says(Answer(page(post(), {"id": number(3), "author_id": "7700001"}, errors=[problem], includes=users)))
    ingest.run(x_monitor)
    ingest.import_file(file_monitor, csv("1,字太小,some_handle,2026-11-01", "2,,some_handle,壞日期"), "some.csv")
    assert SocialPost.objects.exclude(author_hash="").count() == 2
    for model in [*apps.get_app_config("integrations").get_models(), Opinion]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            stored = repr(cursor.fetchall())
        for secret in ("7700001", "some_handle", "某某人", "token-of-the-test"):
            assert secret not in stored, model


def test_a_deleted_post_leaves_at_once_and_does_not_return(replay, x_monitor):
    first, second = number(9), number(5)
    replay.says(Answer(page(post(id=second, edit_history_tweet_ids=[first, second]), post(id=number(4)))))
    ingest.run(x_monitor)
    assert ingest.tombstone("x", [second, "12345"]) == 1
    gone = SocialPost.objects.get(external_id=first)
    assert (gone.text, gone.author_hash, gone.url, gone.metrics) == ("", "", "", {})
    assert gone.deleted_at
    assert Opinion.objects.count() == 1
    ingest.run(x_monitor)
    assert Opinion.objects.count() == 1
    assert ingest.tombstone("x", [second]) == 0


def test_a_file_goes_in_once(file_monitor):
    rows = ("1,夜間班次太少,甲,2026-11-01", "2,票價太高,乙,115/11/02")
    report = ingest.import_file(file_monitor, csv(*rows), "posts.csv")
    assert (report.read, report.accepted, report.skipped) == (2, 2, 0)
    again = ingest.import_file(file_monitor, csv(*reversed(rows)), "again.csv")
    assert (again.accepted, again.duplicates) == (0, 2)
    assert set(Opinion.objects.values_list("source", "channel")) == {("file", "論壇匯出")}


def test_two_files_may_use_the_same_numbers(file_monitor, corpus):
    other = Monitor.objects.create(corpus=corpus, kind="file", label="電話紀錄")
    ingest.import_file(file_monitor, csv("1,夜間班次太少,甲,2026-11-01"), "a.csv")
    assert ingest.import_file(other, csv("1,票價太高,乙,2026-11-01"), "b.csv").accepted == 1


def test_broken_rows_are_reported_and_the_good_ones_go_in(file_monitor):
    report = ingest.import_file(file_monitor, csv("1,好的,甲,2026-11-01", "2,壞的,乙,下週三"), "posts.csv")
    assert (report.accepted, report.skipped) == (1, 1)
    assert report.reasons[0]["row"] == "3"
    assert FetchLog.objects.get().name == "posts.csv"


def test_a_large_file_is_read_page_by_page(file_monitor):
    rows = [f"{n},第{n}則意見,甲,2026-11-01" for n in range(1203)]
    report = ingest.import_file(file_monitor, csv(*rows, *(f"x{n},,," for n in range(300))), "posts.csv")
    assert (report.accepted, report.skipped, len(report.reasons)) == (1203, 300, 200)
    assert Opinion.objects.count() == 1203


def test_a_useless_file_leaves_no_trace(file_monitor):
    with pytest.raises(SourceError):
        ingest.import_file(file_monitor, io.BytesIO(b"PK\x03\x04"), "posts.xlsx")
    assert not FetchLog.objects.exists()


def test_a_file_cannot_pass_for_posts_from_x(x_monitor):
    with pytest.raises(ValueError):
        ingest.import_file(x_monitor, csv("1,甲,乙,2026-11-01"), "posts.csv")


def test_nothing_is_said_in_the_future(file_monitor):
    ingest.import_file(file_monitor, csv("1,未來人,甲,2199-01-01"), "posts.csv")
    assert Opinion.objects.get().posted_at <= timezone.now()


def test_due_monitors_are_queued_once(x_monitor, file_monitor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as queued:
        assert tasks.enqueue_due() == 1
        assert tasks.enqueue_due() == 0
    assert len(queued) == 1
    later = timezone.now() + tasks.LEASE + timedelta(seconds=1)
    assert [one.pk for one in tasks.due_monitors(later)] == [x_monitor.pk]


def test_the_task_fetches_and_survives_a_monitor_that_is_gone(replay, x_monitor):
    replay.says(Answer(page(post())))
    assert tasks.fetch_monitor.call(x_monitor.pk) == {"state": "ok", "read": 1, "accepted": 1, "skipped": 0}
    assert tasks.fetch_monitor.call(0) == {"state": "gone"}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the recorded payloads are not beside this folder")
def test_recorded_pages_of_x_go_in(replay, x_monitor):
    """Each recorded page goes in, post by post taken or left out; none breaks the fetch."""
    Monitor.objects.update(daily_cap=100_000)
    pages = 0
    for path in sorted([*SAMPLES.glob("x-v2/*.json"), *SAMPLES.glob("x-v2-expanded/*.json")]):
        content = json.loads(path.read_text(encoding="utf-8"))
        for item in content if isinstance(content, list) else [content]:
            body = item.get("body", item) if isinstance(item, dict) else None
            if not isinstance(body, dict) or not isinstance(body.get("data"), list):
                continue
            body.get("meta", {}).pop("next_token", None)
            replay.says(Answer(body))
            report = ingest.run(x_monitor)
            assert report.state == "ok", path.name
            assert report.read == len(body["data"])
            assert report.accepted + report.revised + report.duplicates + report.skipped >= report.read, path.name
            pages += 1
    assert pages >= 10
    assert SocialPost.objects.count() == Opinion.objects.count() >= 40
