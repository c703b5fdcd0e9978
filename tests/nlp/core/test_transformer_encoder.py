"""Any Hugging Face model: a tiny one with random weights, made here."""

import json
import pickle
from importlib.util import find_spec

import numpy as np
import pytest

from nlp.core import encoders, transformer_encoder

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed: make install MODELS=1"),
]
LINES = ["公車太少", "公車 太少 而且 很貴 每天 都 要 等", "bus", "bus bus bus bus", "學校 午餐"]
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "公",
    "車",
    "太",
    "少",
    "學",
    "校",
    "午",
    "餐",
    "bus",
    "很",
    "貴",
]


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=64,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    ).save_pretrained(folder)
    return folder


@pytest.fixture
def copied(model_folder, tmp_path):
    """A copy that a test may spoil."""
    for path in model_folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.fixture
def exact(monkeypatch):
    """Numbers in float32, whatever the processor likes best."""
    import torch

    monkeypatch.setattr(transformer_encoder, "_dtype", lambda device: torch.float32)


def by_hand(folder, text, pooling):
    """One text alone, without padding."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    with torch.inference_mode():
        states = model(**AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt")).last_hidden_state[0].numpy()
    row = states.mean(axis=0) if pooling == "mean" else states[0]
    return row / np.linalg.norm(row)


def st_folder(folder, pooling, **more):
    (folder / "modules.json").write_text(
        json.dumps(
            [
                {"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
                {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                {"idx": 2, "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
            ]
        )
    )
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    for name, content in more.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return folder


def test_a_folder_gives_unit_rows_of_the_mean_in_the_order_given(model_folder, exact):
    encoder = encoders.load(str(model_folder))
    rows = encoder.encode(LINES)
    assert rows.shape == (len(LINES), encoder.dim) and rows.dtype == np.float32
    for row, text in zip(rows, LINES, strict=True):
        assert row @ by_hand(model_folder, text, "mean") > 0.99999
    assert encoder.notices == [] and len(encoder.fingerprint) == 64


def test_a_folder_says_that_its_first_piece_counts_and_what_stands_before_a_text(copied, exact):
    folder = st_folder(
        copied,
        {"word_embedding_dimension": 32, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False},
        config_sentence_transformers={"prompts": {"query": "bus "}, "default_prompt_name": "query"},
    )
    rows = encoders.load(str(folder)).encode(LINES)
    assert rows[0] @ by_hand(folder, "bus " + LINES[0], "cls") > 0.99999
    assert rows[0] @ by_hand(folder, LINES[0], "mean") < 0.999


def test_a_folder_says_how_much_it_reads(copied, exact):
    folder = st_folder(copied, {"pooling_mode": "mean"}, sentence_bert_config={"max_seq_length": 4})
    rows = encoders.load(str(folder)).encode(["公車太少", "公車學校午餐"])
    assert np.allclose(rows[0], rows[1], atol=1e-5)


@pytest.mark.parametrize("modes", [{"pooling_mode_max_tokens": True}, {"pooling_mode": "lasttoken"}, {}])
def test_pooling_that_is_not_known_is_refused(copied, modes):
    with pytest.raises(encoders.EncoderUnavailable, match="Minyi knows mean and cls"):
        encoders.load(str(st_folder(copied, modes)))


def test_further_steps_are_refused_rather_than_left_out(copied):
    folder = st_folder(copied, {"pooling_mode": "mean"})
    modules = json.loads((folder / "modules.json").read_text())
    modules.append({"idx": 3, "path": "3_Dense", "type": "sentence_transformers.models.Dense"})
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(encoders.EncoderUnavailable, match="'Dense'"):
        encoders.load(str(folder))


def test_fewer_texts_at_once_when_memory_does_not_suffice(model_folder, exact, monkeypatch):
    expected = encoders.load(str(model_folder)).encode(LINES)
    encoder = encoders.load(str(model_folder))
    sizes = fill_memory(encoder, monkeypatch, most=2)
    assert np.allclose(encoder.encode(LINES), expected, atol=1e-5)
    assert sizes[0] == 5 and max(sizes[1:]) <= 3
    assert encoder.notices == []
    sizes.clear()
    encoder.encode(LINES)
    assert max(sizes) <= 2


def test_a_full_gpu_hands_over_to_the_cpu_and_says_so(model_folder, exact, monkeypatch):
    expected = encoders.load(str(model_folder)).encode(LINES)
    # To torch "cpu:0" is another device than "cpu": it stands for a GPU on machines without one.
    encoder = transformer_encoder.TransformerEncoder(model_folder, name="tiny", device="cpu:0")
    fill_memory(encoder, monkeypatch, most=0, device="cpu:0")
    assert np.allclose(encoder.encode(LINES), expected, atol=1e-5)
    (notice,) = encoder.notices
    assert "cpu:0" in notice and "runs on the CPU instead" in notice
    assert encoder.device == "cpu"


def test_a_single_text_too_large_for_the_cpu_is_an_error(model_folder, monkeypatch):
    encoder = transformer_encoder.TransformerEncoder(model_folder, name="tiny", device="cpu")
    fill_memory(encoder, monkeypatch, most=0)
    with pytest.raises(MemoryError, match="single text"):
        encoder.encode(LINES)


def fill_memory(encoder, monkeypatch, *, most, device="cpu"):
    """On `device` the model fails with more than `most` texts at once; the sizes of batches that it met."""
    import torch

    model, sizes = encoder._model, []
    forward = type(model).forward
    monkeypatch.setattr(
        type(encoder._model), "device", property(lambda model: getattr(model, "_where", torch.device(device)))
    )
    moved = type(model).to

    def to(model, *args, **kwargs):
        model._where = torch.device(kwargs["device"])
        return moved(model, *args, **kwargs)

    def full(model, input_ids, **batch):
        sizes.append(len(input_ids))
        if len(input_ids) > most and model.device == torch.device(device):
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(model, input_ids, **batch)

    monkeypatch.setattr(type(model), "to", to)
    monkeypatch.setattr(type(model), "forward", full)
    return sizes


def test_an_encoder_goes_to_another_process_by_its_folder(model_folder):
    encoder = encoders.load(str(model_folder))
    there = pickle.loads(pickle.dumps(encoder))
    assert (there.name, there.fingerprint) == (encoder.name, encoder.fingerprint)
    assert np.array_equal(there.encode(LINES), encoder.encode(LINES))


def test_damaged_weights_are_told_in_plain_words(copied):
    weights = copied / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(encoders.DamagedModel, match="cannot be read"):
        encoders.load(str(copied)).encode(LINES)


def test_a_folder_without_weights_is_refused(copied):
    (copied / "model.safetensors").unlink()
    with pytest.raises(encoders.EncoderUnavailable, match="no weights"):
        encoders.load(str(copied))
