"""From words to topics: the stored stream is analysed by the real model, saved as immutable Runs, and read back."""

from datetime import UTC, datetime, timedelta

import pytest

from nlp import analysis, conf, grouping, placing, reports, stream
from nlp.core.encoders import EncoderUnavailable
from nlp.models import Opinion, Run

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_opinions_come_out_as_topics_with_sentiment(corpus):
    analysis.refresh_topics(corpus.pk)
    corpus.refresh_from_db()
    rows = reports.topics(corpus)
    assert not corpus.topics_dirty
    assert 2 <= len(rows) <= 5
    assert sum(row.posts for row in rows) >= 20
    assert all(any("\u4e00" <= character <= "\u9fff" for character in row.label) for row in rows)
    assert all(opinion.sentiment in Opinion.Sentiment.values for opinion in Opinion.objects.all())
    buses = {opinion.topic_number for opinion in Opinion.objects.filter(source_key__in=[str(n) for n in range(8)])}
    seats = {opinion.topic_number for opinion in Opinion.objects.filter(source_key__in=[str(n) for n in range(8, 16)])}
    assert buses != seats


def test_the_run_says_how_it_came_about_and_cannot_be_changed(corpus):
    analysis.refresh_topics(corpus.pk)
    run = Run.objects.get()
    assert (run.model, len(run.model_fingerprint), run.seed) == ("use", 64, conf.seed())
    assert run.counts["posts"] == 24
    run.seed = 9
    with pytest.raises(ValueError, match="never changed"):
        run.save()


def test_the_same_words_give_the_same_result(corpus):
    analysis.refresh_topics(corpus.pk)
    first = [(row.number, row.label, row.posts) for row in reports.topics(corpus)]
    analysis.refresh_topics(corpus.pk, full=True)
    assert [(row.number, row.label, row.posts) for row in reports.topics(corpus)] == first
    assert Run.objects.count() == 2


def test_topics_keep_their_number_when_more_is_said(corpus):
    analysis.refresh_topics(corpus.pk)
    before = {o.source_key: o.topic_number for o in Opinion.objects.all()}
    stream.submit(
        corpus_id=corpus.pk, source="comment", key="new", text="半夜沒有公車，回家只能走路", posted_at=datetime.now(UTC)
    )
    analysis.refresh_topics(corpus.pk)
    after = {o.source_key: o.topic_number for o in Opinion.objects.all()}
    kept = [key for key in before if before[key] == after[key]]
    assert len(kept) >= 0.8 * len(before)
    assert after["new"] is not None


def test_withdrawn_words_leave_every_figure_at_once(corpus):
    analysis.refresh_topics(corpus.pk)
    row = reports.topics(corpus)[0]
    victim = reports.quotes(corpus, row.number).opinions[0]
    stream.withdraw(victim.source, victim.source_key)
    assert reports.topic(corpus, row.number).posts == row.posts - 1
    assert victim.pk not in [opinion.pk for opinion in reports.quotes(corpus, row.number).opinions]
    assert victim.pk not in [opinion.pk for opinion in reports.by_ids(corpus, [victim.pk])]
    assert reports.overview(corpus).posts == 23


def test_sources_stay_apart(corpus):
    analysis.refresh_topics(corpus.pk)
    overview = reports.overview(corpus)
    assert {(row.source, row.posts) for row in overview.by_source} == {("comment", 12), ("x", 12)}
    for row in reports.topics(corpus):
        assert sum(source.posts for source in row.by_source) == row.posts
        only_x = reports.quotes(corpus, row.number, source="x", limit=50)
        assert all(opinion.source == "x" for opinion in only_x.opinions)


def test_sentiment_over_time_adds_up(corpus):
    analysis.refresh_topics(corpus.pk)
    moments = reports.sentiment_over_time(corpus)
    assert sum(moment.total for moment in moments) == 24
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)


def test_quotes_page_by_page_meet_every_opinion_once(corpus):
    analysis.refresh_topics(corpus.pk)
    number = reports.topics(corpus)[0].number
    seen, before = [], ""
    while before is not None:
        page = reports.quotes(corpus, number, before=before, limit=3)
        seen += [opinion.pk for opinion in page.opinions]
        before = page.older
    assert len(seen) == len(set(seen)) == reports.topic(corpus, number).posts


def test_words_changed_while_the_model_was_reading_are_read_again(corpus, monkeypatch):
    encoder = placing.load_encoder()
    original = type(encoder).encode

    def encode(self, texts):
        vectors = original(self, texts)
        stream.withdraw("comment", 1)
        return vectors

    monkeypatch.setattr(type(encoder), "encode", encode)
    analysis.refresh_topics(corpus.pk)
    withdrawn = Opinion.objects.get(source="comment", source_key="1")
    assert (withdrawn.vector, withdrawn.text, withdrawn.state) == (None, "", "withdrawn")


def test_without_the_model_analysis_waits_and_nothing_is_lost(corpus, settings):
    settings.NLP_ENCODER = "no-such-model"
    placing._encoder.cache_clear()
    with pytest.raises(EncoderUnavailable):
        analysis.refresh_topics(corpus.pk)
    corpus.refresh_from_db()
    overview = reports.overview(corpus)
    assert corpus.topics_dirty
    assert (overview.state, overview.waiting, overview.posts) == ("model_missing", 24, 24)
    assert overview.model_notice


def test_a_crash_in_the_middle_leaves_the_old_result_and_the_ticket(corpus, monkeypatch):
    analysis.refresh_topics(corpus.pk)
    before = [(row.number, row.posts) for row in reports.topics(corpus)]
    monkeypatch.setattr(analysis, "_write_places", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        analysis.refresh_topics(corpus.pk, full=True)
    corpus.refresh_from_db()
    assert corpus.topics_dirty
    assert Run.objects.count() == 1
    assert [(row.number, row.posts) for row in reports.topics(corpus)] == before


def test_groups_are_found_from_votes_and_kept_without_names(corpus):
    votes = [
        (person, statement, 1 if (person < 12) == (statement < 5) else -1, NOON + timedelta(hours=person))
        for person in range(24)
        for statement in range(10)
    ]
    grouping.refresh_groups(
        corpus.pk,
        votes=lambda: votes,
        statements=lambda: [(statement, "visible") for statement in range(10)],
        author_of=lambda person: f"member:{person}",
    )
    groups = reports.groups(corpus)
    assert groups["k"] == 2
    assert sorted(group["size"] for group in groups["groups"]) == [12, 12]
    assert "members" not in groups and len(groups["points"]) == 24
    assert reports.placement(corpus, "member:0")[0] != reports.placement(corpus, "member:20")[0]
    assert reports.placement(corpus, "member:99") is None


def test_groups_of_nobody_are_no_groups(corpus):
    grouping.refresh_groups(corpus.pk, votes=list, statements=list, author_of=str)
    assert reports.groups(corpus)["k"] == 0


def test_many_opinions_are_encoded_by_workers_with_the_same_result(corpus, settings, monkeypatch):
    analysis.refresh_topics(corpus.pk)
    alone = dict(Opinion.objects.values_list("pk", "vector"))
    Opinion.objects.update(encoder="", vector=None)
    settings.NLP_EXECUTOR, settings.NLP_WORKERS = "processes", 1
    monkeypatch.setattr(conf, "MANY", 1)
    analysis.refresh_topics(corpus.pk)
    assert {pk: bytes(vector) for pk, vector in Opinion.objects.values_list("pk", "vector")} == {
        pk: bytes(vector) for pk, vector in alone.items()
    }


def test_a_language_model_names_a_topic_where_one_is_set_and_its_name_is_borne_out(corpus, settings, model):
    settings.NLP_LABEL_URL, settings.NLP_LABEL_MODEL = model.url, "small"
    analysis.refresh_topics(corpus.pk)
    labels = [row.label for row in reports.topics(corpus)]
    assert "夜間公車" in labels and len(set(labels)) > 1
    assert Run.objects.get().config["label_model"] == "small"


def test_when_the_language_model_is_away_topics_keep_the_names_of_their_own_words(corpus, settings, model):
    analysis.refresh_topics(corpus.pk)
    before = [row.label for row in reports.topics(corpus)]
    model.status = 500
    settings.NLP_LABEL_URL = model.url
    analysis.refresh_topics(corpus.pk, full=True)
    assert [row.label for row in reports.topics(corpus)] == before
