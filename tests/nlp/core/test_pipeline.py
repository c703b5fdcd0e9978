import numpy as np
import pytest

from nlp.core import pipeline, quality
from nlp.core.records import LEFT_OVER, Edit, Text
from tests.nlp.core.conftest import BUSES, as_texts


@pytest.fixture(scope="module")
def result(use, town, town_vectors):
    return pipeline.analyse(town, encoder=use, vectors=town_vectors)


def test_a_towns_opinions_become_its_subjects(result):
    truth = np.arange(38) // 10
    assert 3 <= len(result.topics) <= 6
    assert quality.agreement(truth, result.assignments) > 0.6
    assert result.counts["analysed"] == result.counts["people"] == 38
    assert result.languages[0] == "zh-Hant" and result.languages[-1] == "en"


def test_labels_are_in_the_language_of_the_topic(result, town):
    bus = next(topic for topic in result.topics if topic.number == result.assignments[0])
    assert "公車" in bus.label and ("、" in bus.label or len(bus.keywords) == 1)
    tree = next(topic for topic in result.topics if topic.number == result.assignments[-1])
    assert "park" in tree.label.lower() or "tree" in tree.label.lower()
    assert {town[i].id for i in bus.members} >= set(bus.quotes)


def test_topics_add_up(result):
    for topic in result.topics:
        assert topic.size_posts == len(topic.members) == int((result.assignments == topic.number).sum())
        felt = topic.sentiment
        assert felt.negative + felt.neutral + felt.positive + felt.mixed == topic.size_posts
        assert -1 <= felt.interval.low <= felt.mean <= felt.interval.high <= 1
    left = int((result.assignments == LEFT_OVER).sum())
    assert sum(topic.size_posts for topic in result.topics) + left == 38 and left == result.counts["left_over"]


def test_the_same_input_gives_the_same_bytes(result, use, town, town_vectors):
    again = pipeline.analyse(town, encoder=use, vectors=town_vectors)
    assert again.assignments.tobytes() == result.assignments.tobytes()
    assert again.sentiments.tobytes() == result.sentiments.tobytes()
    assert [topic.label for topic in again.topics] == [topic.label for topic in result.topics]


def test_given_vectors_and_own_encoding_agree(result, use, town):
    fresh = pipeline.analyse(town, encoder=use)
    assert np.allclose(fresh.vectors, result.vectors, atol=1e-3)
    assert quality.agreement(fresh.assignments, result.assignments) > 0.9


def test_numbers_stay_with_their_topics(result, use, town, town_vectors):
    before = {topic.number + 40: [town[i].id for i in topic.members] for topic in result.topics}
    again = pipeline.analyse(town, encoder=use, vectors=town_vectors, previous=before)
    assert (again.assignments == result.assignments + 40).all()


def test_one_bad_text_never_stops_a_run(fake_encoder):
    texts = as_texts(["fine words", "broken", "\u200b", "https://example.org", "more fine words"])
    result = pipeline.analyse(texts, encoder=fake_encoder)
    assert [(error.id, error.code) for error in result.errors] == [(1, "encoding"), (2, "empty"), (3, "empty")]
    assert (result.assignments[[1, 2, 3]] == LEFT_OVER).all() and (result.assignments[[0, 4]] != LEFT_OVER).all()
    assert not result.vectors[1].any()


def test_without_a_head_words_alone_tell_sentiment_where_they_can(fake_encoder):
    result = pipeline.analyse(as_texts(["太棒了，謝謝你們", "爛透了，氣死人", "รถเมล์มาช้ามาก"]), encoder=fake_encoder)
    assert [result.sentiments[i].argmax() for i in (0, 1)] == [2, 0] and np.isnan(result.sentiments[2]).all()
    unread = pipeline.analyse(as_texts(["รถเมล์มาช้ามาก", "ดีมาก"]), encoder=fake_encoder)
    assert unread.sentiments is None and "no_sentiment" in unread.notes
    assert unread.topics[0].sentiment is None and unread.topics[0].dissenting == ()


def test_vectors_of_another_shape_are_refused(fake_encoder):
    with pytest.raises(ValueError, match="shape"):
        pipeline.analyse(as_texts(["one"]), encoder=fake_encoder, vectors=np.ones((1, 3)))


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_a_handful_of_opinions_is_one_honest_topic(use, count):
    result = pipeline.analyse(as_texts(BUSES[:count]), encoder=use)
    assert [topic.label for topic in result.topics] == (["全部意見"] if count else [])
    assert "few_opinions" in result.notes


def test_a_campaign_of_one_sentence_is_counted_and_folded(use):
    texts = as_texts(BUSES[:4]) + [Text(id=100 + i, text="請增加公車班次！", author="same") for i in range(30)]
    result = pipeline.analyse(texts, encoder=use)
    assert result.counts["duplicates"] == 29 and result.counts["people"] == 5
    assert result.topics[0].size_posts == 34 and result.topics[0].size_people == 5
    assert set(result.duplicate_of[5:].tolist()) == {4}


def test_emoji_and_endless_texts_are_survived(use):
    texts = as_texts(["😀😀😀", "民" * 100_000, "\u202eאבג שלום", "正常的意見，公車太少"])
    result = pipeline.analyse(texts, encoder=use)
    assert [error.id for error in result.errors] == [0] and result.counts["analysed"] == 3


def test_stages_are_reported_and_timed_only_by_the_callers_clock(fake_encoder):
    seen = []
    ticks = iter(range(1000))
    result = pipeline.analyse(
        as_texts(["one", "two"]),
        encoder=fake_encoder,
        progress=lambda *now: seen.append(now),
        clock=lambda: next(ticks),
    )
    assert [stage for stage, done, total in seen if done == total] == sorted(
        [stage for stage, done, total in seen if done == total], key=pipeline.STAGES.index
    )
    assert set(result.timings) == set(pipeline.STAGES)
    assert pipeline.analyse(as_texts(["one"]), encoder=fake_encoder).timings == {}


def test_everybody_who_can_be_read_has_a_place_on_the_map(result):
    assert result.places.shape == (38, 2) and np.isfinite(result.places).all()


def test_telephone_numbers_are_not_read(use):
    texts = as_texts([*BUSES, "請打電話給我 0912-345-678 公車太少"])
    result = pipeline.analyse(texts, encoder=use)
    assert "0912" not in pipeline.clean_for_encoding(texts[-1].text)
    assert (result.vectors[-1] == use.encode([pipeline.clean_for_encoding(texts[-1].text)])[0]).all()


def test_planners_edits_are_replayed(result, use, town, town_vectors):
    numbers = [topic.number for topic in result.topics]
    before = {topic.number: [town[i].id for i in topic.members] for topic in result.topics}
    edits = [
        Edit("merge", numbers[0], topics=(numbers[1],)),
        Edit("rename", numbers[0], label="車與學校"),
        Edit("move", numbers[0], members=(before[numbers[2]][0],)),
        Edit("rename", 999, label="nobody knows"),
    ]
    again = pipeline.analyse(town, encoder=use, vectors=town_vectors, previous=before, edits=edits)
    merged = next(topic for topic in again.topics if topic.number == numbers[0])
    assert merged.label == "車與學校" and merged.size_posts == sum(map(len, (before[n] for n in numbers[:2]))) + 1
    assert numbers[1] not in {topic.number for topic in again.topics}
    assert [outcome.applied for outcome in again.edits] == [True, True, True, False]
    (part,) = [part for part in again.subtopics if part.number == numbers[1]]
    assert (
        part.parent == numbers[0] and part.level == 1 and {town[i].id for i in part.members} == set(before[numbers[1]])
    )
    assert again.quality["edit_agreement"] < 1


def test_a_split_off_topic_stands_alone_and_numbers_stay_unique(result, use, town, town_vectors):
    first = result.topics[0]
    apart = tuple(town[i].id for i in first.members[:3])
    before = {topic.number: [town[i].id for i in topic.members] for topic in result.topics}
    edit = Edit("split", 50, members=apart, label="自成一題")
    again = pipeline.analyse(town, encoder=use, vectors=town_vectors, previous=before, edits=[edit])
    alone = next(topic for topic in again.topics if topic.number == 50)
    assert alone.label == "自成一題" and {town[i].id for i in alone.members} >= set(apart)
    every = [topic.number for topic in (*again.topics, *again.subtopics)]
    assert len(every) == len(set(every))
    assert sum(topic.size_posts for topic in again.topics) + again.counts["left_over"] == 38


def test_parts_of_topics_know_their_topic(bag_encoder):
    """Three subjects, one of which is spoken of in two ways: whatever parts are found add up."""
    texts = as_texts(
        [f"{word * 6}{one}{i % 7}" for word in ("公車", "學校", "垃") for one in "甲乙" for i in range(70)]
    )
    result = pipeline.analyse(texts, encoder=bag_encoder)
    tops = {topic.number: topic for topic in result.topics}
    for part in result.subtopics:
        assert part.level == 1 and set(part.members) <= set(tops[part.parent].members)
        assert (result.subassignments == part.number).sum() == part.size_posts
    inside = result.subassignments != LEFT_OVER
    assert inside.sum() == sum(part.size_posts for part in result.subtopics)
