import numpy as np
import pytest

from nlp.core.sentiment import folded
from nlp.training import sentiment_fit as fitting
from nlp.training import sentiment_report as report
from nlp.training.sentiment_data import CLASSES, MIXED, OWN, Measure, read

GLAD, SAD, PLAIN = "步道很棒，謝謝", "路燈壞了，氣死人", "會議改到週三"
TORN = "步道很棒，路燈壞了，氣死人"


@pytest.fixture(scope="module")
def table():
    texts = [SAD, PLAIN, GLAD, TORN] * 6
    return fitting.tabulate(
        np.zeros((len(texts), 0)),
        texts,
        np.tile([0, 1, 2, MIXED], 6),
        np.ones(len(texts)),
        [str(i // 4) for i in range(len(texts))],
        np.ones(len(texts), dtype=bool),
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_written_sentences_are_labelled_and_never_repeated(language):
    rows = read(OWN / f"written_{language}.csv")
    assert {row["sentiment"] for row in rows} == set(CLASSES)
    assert all(row["text"].strip() for row in rows)
    assert len({"".join(row["text"].split()) for row in rows}) == len(rows)


def test_every_real_comment_has_one_label_of_each_kind():
    rows = read(OWN / "polis_labels.csv")
    assert {row["sentiment"] for row in rows} == set(CLASSES)
    assert {row["stance"] for row in rows} == {"favor", "against", "neither", ""}
    assert len({(row["source"], row["id"]) for row in rows}) == len(rows)


def test_a_head_learns_and_reads_as_it_was_fitted(table):
    head = fitting.fit(table, encoder="words", fingerprint="")
    chances = head.predict(np.zeros((3, 0)), [SAD, PLAIN, GLAD])
    assert chances.argmax(axis=1).tolist() == [0, 1, 2]
    assert np.allclose(chances, folded(fitting.scores(head, table.take(np.arange(3)))), atol=1e-6)


def test_a_warmer_head_is_less_sure_of_the_same(table):
    head = fitting.fit(table, encoder="words", fingerprint="")
    warm = fitting.cooled(head, 3.0).predict(np.zeros((1, 0)), [SAD])
    sure = head.predict(np.zeros((1, 0)), [SAD])
    assert warm.argmax() == sure.argmax() and warm.max() < sure.max()


def test_the_temperature_is_one_for_honest_logits_and_higher_for_boasting_ones():
    generator = np.random.default_rng(0)
    honest = np.column_stack([generator.normal(size=(20_000, 3)), np.full(20_000, -20.0)])
    chances = folded(honest)
    truth = (generator.random((20_000, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(max=2)
    assert fitting.temperature(honest, truth) == pytest.approx(1.0, abs=0.1)
    assert fitting.temperature(3 * honest, truth) == pytest.approx(3.0, abs=0.3)


def test_the_measures_agree_with_cases_worked_by_hand():
    assert report.macro_f1(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 1])) == pytest.approx((1 + 2 / 3 + 2 / 3) / 3)
    assert report.calibration_error(np.array([0.75, 0.75]), np.array([True, False])) == pytest.approx(0.25)
    two_sided = Measure("two", [], np.array([0, 2]), binary=True)
    assert report.measure(two_sided, np.array([[0.2, 0.7, 0.1], [0.2, 0.7, 0.1]])).score == 0.5
    rows = np.array([[0.45, 0.1, 0.45], [0.45, 0.1, 0.45], [0.8, 0.1, 0.1], [0.8, 0.1, 0.1]])
    assert report.mixed_rule(rows, np.array([MIXED, 0, MIXED, 0])) == (0.5, 0.5)
