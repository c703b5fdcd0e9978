"""What the static encoder's table is made of and how it is kept; the fit itself needs torch."""

import struct

import numpy as np
import pytest

from nlp.core.static_encoder import GRAM, SPACE, WORD, Table
from nlp.training import static_corpus, static_vocabulary
from nlp.training.static_table import Fitted, Settings, write_table


@pytest.fixture(scope="module")
def letters():
    return static_vocabulary.alphabet()


def test_characters_are_told_apart(letters):
    kinds = {character: int(letters.classes[ord(character)]) for character in "aé公のก한7，' 😀"}
    assert [character for character, kind in kinds.items() if kind == WORD] == ["a", "é", "7"]
    assert [character for character, kind in kinds.items() if kind == GRAM] == ["公", "の", "ก", "한", "😀"]
    assert [character for character, kind in kinds.items() if kind == SPACE] == ["，", "'", " "]


def test_spellings_have_one_normal_form(letters):
    assert letters.normal("Ｂus公車，\U00030010") == "bus公车  "


def test_words_and_pairs_are_counted(letters):
    words, pairs = static_vocabulary.words_and_pairs(["The bus, the bus stop", "公車 bus"], letters)
    assert words["bus"] == 3 and words["the"] == 2 and "公车" not in words
    assert pairs == {"the bus": 2, "bus stop": 1}


def test_grams_are_short_and_of_one_kind(letters):
    assert static_vocabulary.grams(["公車", "公车", "公車站牌子", "公車a", "bus"], letters) == ["公车"]


def test_pieces_are_read_from_the_model_file(tmp_path):
    def message(piece, score):
        content = (
            b"\x0a" + bytes([len(piece.encode())]) + piece.encode() + b"\x15" + struct.pack("<f", score) + b"\x18\x01"
        )
        return b"\x0a" + bytes([len(content)]) + content

    model = tmp_path / "sp.model"
    model.write_bytes(message("\u2581bus", -1.5) + message("公車", -2.5) + b"\x12\x02ab")
    assert static_vocabulary.pieces(model) == [("\u2581bus", -1.5), ("公車", -2.5)]


def test_the_dictionary_is_read_by_frequency(tmp_path):
    path = tmp_path / "dict.txt"
    path.write_text("公车 20 n\nB超 90 n\n政府 50 n\n", encoding="utf-8")
    assert [(word.spelling, word.count) for word in static_corpus.chinese_words(path)] == [("政府", 50), ("公车", 20)]


def test_wordnet_gives_lemmas_definitions_and_examples(tmp_path):
    line = '00001 03 n 02 motor_bus 0 coach(a) 0 000 | a large vehicle; "he took the bus to school"\n'
    for part in ("noun", "verb", "adj", "adv"):
        (tmp_path / f"data.{part}").write_text("  1 licence\n" + (line if part == "noun" else ""), encoding="latin-1")
    (tmp_path / "cntlist.rev").write_text("bus%1:06:00:: 1 7\n", encoding="latin-1")
    lemmas, glosses, counts = static_corpus.wordnet(tmp_path)
    assert lemmas == ["coach", "motor bus"]
    assert glosses == ["a large vehicle", "he took the bus to school"] and counts["bus"] == 7


def test_sentences_are_rewritten_word_by_word():
    rewritten = static_corpus.rewrite_in_chinese(["We should not raise the Price, zzz?"], {"price": ["價格"]}, seed=1)
    assert rewritten == ["我們應該不價格，？"]


def test_composed_texts_are_the_same_each_time():
    near = np.array([[0], [1]])
    arguments = (["公車", "學校"], np.ones(2), ["太少", "太遠"], np.ones(2), near, ["{0}{1}", "{0}的{1}"])
    first = static_corpus.rows_of_words(*arguments, count=20, seed=3)
    assert first == static_corpus.rows_of_words(*arguments, count=20, seed=3)
    assert first != static_corpus.rows_of_words(*arguments, count=20, seed=4)
    assert all(text[:2] in ("公車", "學校") for text in first)


def test_a_written_table_reads_as_it_was_fitted(tmp_path, letters):
    generator = np.random.default_rng(0)
    features, buckets, dim, hidden = ["bus", "bus stop", "公车"], 4, 8, 6
    layers = {"hidden": (dim, hidden), "hidden_bias": (hidden,), "out": (hidden, dim), "bias": (dim,)}
    fitted = Fitted(
        generator.standard_normal((len(features) + buckets, dim)).astype(np.float32),
        {name: generator.standard_normal(shape).astype(np.float32) for name, shape in layers.items()},
        np.ones(len(features) + buckets),
        np.eye(dim, dtype=np.float32),
    )
    path = tmp_path / "table.npz"
    write_table(path, fitted, features, np.array([True, False, True]), letters, buckets)
    pooled = (fitted.embeddings[0] + fitted.embeddings[2]) / np.sqrt(2)  # 公 and 車 alone are no features here
    bent = np.maximum(pooled @ fitted.layers["hidden"] + fitted.layers["hidden_bias"], 0)
    expected = np.tanh(pooled + bent @ fitted.layers["out"] + fitted.layers["bias"])
    vector = Table.load(path).encode(["公車 BUS"])[0]
    assert vector @ expected / np.linalg.norm(expected) > 0.999


@pytest.mark.models
def test_a_fit_brings_like_texts_together(tmp_path, letters):
    pytest.importorskip("torch")
    from nlp.training.static_fit import fit

    words = ["bus", "train", "lunch", "school"]
    texts = [*words, *(f"{first} {second}" for first in words for second in words)] * 4
    counts = [[text.count("bus") + text.count("train"), text.count("lunch") + text.count("school")] for text in texts]
    teacher = np.array(counts, dtype=np.float32)
    teacher /= np.linalg.norm(teacher, axis=1, keepdims=True)
    settings = Settings(dim=2, hidden=4, buckets=4, epochs=20, batch=16)
    fitted = fit(texts, teacher, words, letters, settings, say=lambda line: None)
    write_table(tmp_path / "table.npz", fitted, words, np.ones(len(words), dtype=bool), letters, settings.buckets)
    vectors = Table.load(tmp_path / "table.npz").encode(["Bus", "train, train", "lunch", "lunch bus"])
    likeness = vectors @ vectors[0]
    assert likeness[1] > 0.95 and likeness[2] < 0.3 and 0.5 < likeness[3] < 0.9
