"""What a planner says about the topics is kept to by every later analysis, and can be taken back."""

import pytest

from nlp import analysis, editing, reports, stream
from nlp.models import Corpus, Opinion, TopicEdit

pytestmark = pytest.mark.django_db

PLANNER = "member:7"


@pytest.fixture
def topics(corpus):
    analysis.refresh_topics(corpus.pk)
    found = reports.topics(corpus)
    assert len(found) >= 2
    return found


def numbers_of(keys):
    return list(Opinion.objects.filter(pk__in=keys).values_list("topic_number", flat=True))


def members_of(corpus, number):
    return list(Opinion.objects.filter(corpus=corpus, topic_number=number).order_by("pk").values_list("pk", flat=True))


def test_a_new_name_shows_at_once_and_outlives_the_next_analysis(corpus, topics):
    number = topics[0].number
    editing.rename(corpus=corpus, number=number, label="  夜間  公車 ", by=PLANNER)
    assert reports.topic(corpus, number).label == "夜間 公車"
    analysis.refresh_topics(corpus.pk, full=True)
    row = reports.topic(corpus, number)
    assert (row.label, row.is_named) == ("夜間 公車", True)


def test_merged_topics_stay_merged(corpus, topics):
    first, second = topics[0].number, topics[1].number
    both = members_of(corpus, first) + members_of(corpus, second)
    written = editing.merge(corpus=corpus, number=first, others=[second], by=PLANNER)
    assert written.found_clean
    for _twice in range(2):
        analysis.refresh_topics(corpus.pk, full=True)
        assert set(numbers_of(both)) == {first}
    outcome = reports.overview(corpus).topics_run.result["edits"][0]
    assert outcome["edit"] == written.edit.pk and outcome["applied"]


def test_words_split_off_become_a_topic_of_their_own(corpus, topics):
    largest = topics[0].number
    chosen = members_of(corpus, largest)[:3]
    written = editing.split(corpus=corpus, number=largest, members=chosen, label="另一件事", by=PLANNER)
    analysis.refresh_topics(corpus.pk)
    assert set(numbers_of(chosen)) == {written.edit.number}
    assert reports.topic(corpus, written.edit.number).label == "另一件事"
    assert written.edit.number not in {row.number for row in topics}


def test_moved_words_stay_where_they_were_put(corpus, topics):
    first, second = topics[0].number, topics[1].number
    chosen = members_of(corpus, first)[:1]
    editing.move(corpus=corpus, number=second, members=chosen, by=PLANNER)
    for _twice in range(2):
        analysis.refresh_topics(corpus.pk, full=True)
        assert numbers_of(chosen) == [second]


def test_an_edit_taken_back_no_longer_counts(corpus, topics):
    first, second = topics[0].number, topics[1].number
    chosen = members_of(corpus, first)[:1]
    edit = editing.move(corpus=corpus, number=second, members=chosen, by=PLANNER).edit
    analysis.refresh_topics(corpus.pk)
    assert editing.undo(edit=edit, by=PLANNER)
    analysis.refresh_topics(corpus.pk)
    assert numbers_of(chosen) == [first]
    assert TopicEdit.objects.get().undone_by == PLANNER and not editing.undo(edit=edit, by=PLANNER)


def test_a_small_edit_is_worth_a_new_analysis_in_a_large_corpus(corpus, topics, monkeypatch):
    monkeypatch.setattr(analysis, "ALWAYS_ANEW_BELOW", 1)
    assert analysis.refresh_topics(corpus.pk)["run"] is None
    editing.pin(corpus=corpus, number=topics[0].number, by=PLANNER)
    assert analysis.refresh_topics(corpus.pk)["run"] is not None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda corpus, topics: editing.rename(corpus=corpus, number=topics[0].number, label=" ", by=PLANNER),
        lambda corpus, topics: editing.rename(corpus=corpus, number=999, label="x", by=PLANNER),
        lambda corpus, topics: editing.rename(corpus=corpus, number=topics[0].number, label="長" * 201, by=PLANNER),
        lambda corpus, topics: editing.merge(corpus=corpus, number=topics[0].number, others=[], by=PLANNER),
        lambda corpus, topics: editing.merge(corpus=corpus, number=1, others=[1], by=PLANNER),
        lambda corpus, topics: editing.merge(corpus=corpus, number=topics[0].number, others=[999], by=PLANNER),
        lambda corpus, topics: editing.split(
            corpus=corpus, number=topics[0].number, members=[0], label="x", by=PLANNER
        ),
        lambda corpus, topics: editing.split(
            corpus=corpus,
            number=topics[0].number,
            members=members_of(corpus, topics[0].number),
            label="x",
            by=PLANNER,
        ),
        lambda corpus, topics: editing.move(
            corpus=corpus, number=topics[0].number, members=members_of(corpus, topics[0].number), by=PLANNER
        ),
        lambda corpus, topics: editing.pin(corpus=corpus, number=999, by=PLANNER),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_no_trace(corpus, topics, wrong):
    with pytest.raises(editing.EditRefused):
        wrong(corpus, topics)
    assert not TopicEdit.objects.exists()


def test_before_the_first_analysis_there_is_nothing_to_edit(db):
    empty = Corpus.objects.create(key="new", title="新")
    with pytest.raises(editing.EditRefused):
        editing.rename(corpus=empty, number=1, label="x", by=PLANNER)


def test_words_of_another_corpus_cannot_be_moved_in(corpus, topics):
    from datetime import UTC, datetime

    other = Corpus.objects.create(key="other", title="別處")
    stream.submit(corpus_id=other.pk, source="comment", key="o", text="別處的話", posted_at=datetime.now(UTC))
    stranger = Opinion.objects.get(source_key="o")
    with pytest.raises(editing.EditRefused):
        editing.move(corpus=corpus, number=topics[0].number, members=[stranger.pk], by=PLANNER)
