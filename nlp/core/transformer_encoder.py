"""Any Hugging Face encoder in a local folder, run through torch: on a GPU where there is one, else on the CPU."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nlp.core.model_files import DamagedModel, EncoderUnavailable, file_hash
from nlp.core.vectors import unit_rows

TEXTS_AT_ONCE = 32
PIECES_AT_ONCE = 4096
"""So many pieces in a batch at most, padding counted."""
TEXTS_SORTED_TOGETHER = 1024
MAX_CHARACTERS = 8000
MAX_PIECES = 512
WITH_POOLER = {"bert", "roberta", "xlm-roberta"}
"""Families whose pooling layer is not needed here; it is missing in many folders."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How a model wants to be used: "mean" over the pieces or the first one ("cls"), what is put before every text,
    and how many pieces it reads.
    """

    pooling: str = "mean"
    prefix: str = ""
    pieces: int = MAX_PIECES


def read_usage(folder: Path, *, prefix: str = "") -> Usage:
    """What a folder in the form of sentence-transformers says; the mean where it says nothing.

    `prefix` is used where the folder names no default prompt. Raises EncoderUnavailable where the model has steps
    that are not done here.
    """
    modules = _json(folder / "modules.json", [])
    pooling, pieces = "mean", MAX_PIECES
    for module in modules:
        kind = str(module.get("type", "")).rsplit(".", 1)[-1]
        if kind == "Pooling":
            pooling = _pooling(_json(folder / module.get("path", "") / "config.json", {}), folder)
        elif kind not in ("Transformer", "Normalize"):
            raise EncoderUnavailable(
                f"The model in {folder} has a step {kind!r} that Minyi does not know: only mean or first-piece pooling."
            )
    said = _json(folder / "sentence_bert_config.json", {}).get("max_seq_length")
    if isinstance(said, int) and said > 0:
        pieces = said
    prompts = _json(folder / "config_sentence_transformers.json", {})
    default = prompts.get("default_prompt_name")
    if default is not None:
        prefix = prompts.get("prompts", {}).get(default, prefix)
    return Usage(pooling, prefix, pieces)


class TransformerEncoder:
    """Mean of the last hidden states (or what the folder says, see `read_usage`), unit rows.

    `prefix` is put before every text; the E5 family was trained with "query: " and "passage: " and comparing like
    with like uses the first. `device` is anything torch accepts; without it, the first of CUDA, Apple's GPU and the
    CPU that is there. `fingerprint` is given where the weights were made from another file; otherwise it is read from
    the folder's weights; EncoderUnavailable is raised when there are none. `notices` tells in plain words what went
    otherwise than asked, such as a full GPU. Can be pickled; weights are read when the first text is encoded.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        prefix: str = "",
        device: str | None = None,
        fingerprint: str | None = None,
        notices: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.name = name
        self.notices = list(notices)
        self._asked = {"prefix": prefix, "device": device, "fingerprint": fingerprint}
        self._usage = read_usage(folder, prefix=prefix)
        self._weights = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("pytorch_model*.bin"))
        if not self._weights:
            raise EncoderUnavailable(f"There are no weights (*.safetensors or pytorch_model*.bin) in {folder}.")
        self._at_once = TEXTS_AT_ONCE

    def __reduce__(self) -> tuple[Any, ...]:
        return _make, (self.folder, self.name, self._asked, tuple(self.notices))

    @cached_property
    def fingerprint(self) -> str:
        if self._asked["fingerprint"] is not None:
            return self._asked["fingerprint"]
        return file_hash(*self._weights)

    @cached_property
    def dim(self) -> int:
        from transformers import AutoConfig

        return int(AutoConfig.from_pretrained(self.folder, local_files_only=True).hidden_size)

    @property
    def device(self) -> str:
        """Where the model is now."""
        return str(self._model.device)

    def encode(self, texts: list[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), TEXTS_SORTED_TOGETHER):
            batch = texts[start : start + TEXTS_SORTED_TOGETHER]
            vectors[start : start + len(batch)] = self._encode_sorted(batch)
        return vectors

    def _encode_sorted(self, texts: list[str]) -> np.ndarray:
        """Texts of similar length together, so that little is padded; rows in the order given."""
        ids: list[list[int]] = self._tokenizer(
            [self._usage.prefix + text[:MAX_CHARACTERS] for text in texts],
            truncation=True,
            max_length=self._limit,
        )["input_ids"]
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        order = sorted(range(len(ids)), key=lambda i: (len(ids[i]), i))
        while order:
            # The longest of a batch is its last; it says how many fit.
            size = min(len(order), self._at_once)
            while size > 1 and size * len(ids[order[size - 1]]) > PIECES_AT_ONCE:
                size -= 1
            rows, order = order[:size], order[size:]
            vectors[rows] = unit_rows(self._pooled_within_memory([ids[row] for row in rows]))
        return vectors

    def _pooled_within_memory(self, ids: list[list[int]]) -> np.ndarray:
        """As `_pooled`; when memory does not suffice with half the batch, in the end on the CPU."""
        import torch

        try:
            return self._pooled(ids)
        except torch.OutOfMemoryError:
            if len(ids) == 1 and self._model.device == torch.device("cpu"):
                raise MemoryError("The memory does not suffice to encode a single text.") from None
        if len(ids) > 1:
            middle = len(ids) // 2
            self._at_once = max(1, min(self._at_once, middle))
            return np.concatenate([self._pooled_within_memory(half) for half in (ids[:middle], ids[middle:])])
        self.notices.append(
            f"The memory of the device {self.device} does not suffice for the encoder {self.name!r}: it runs on the"
            " CPU instead, which is slower."
        )
        self._model.to(device="cpu", dtype=_dtype(torch.device("cpu")))
        self._at_once = TEXTS_AT_ONCE
        return self._pooled(ids)

    def _pooled(self, ids: list[list[int]]) -> np.ndarray:
        """float32 (n, dim), not yet of length 1."""
        import torch

        batch = self._tokenizer.pad({"input_ids": ids}, return_tensors="pt").to(self._model.device)
        with torch.inference_mode():
            states = self._model(**batch).last_hidden_state.float()
            if self._usage.pooling == "cls":
                pooled = states[:, 0]
            else:
                mask = batch["attention_mask"].unsqueeze(-1).to(states.dtype)
                pooled = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
        rows: np.ndarray = pooled.cpu().numpy()
        return rows

    @cached_property
    def _limit(self) -> int:
        """Pieces read of a text; a model cannot read more than it has positions."""
        return min(self._usage.pieces, int(self._tokenizer.model_max_length), MAX_PIECES)

    @cached_property
    def _tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(self.folder, local_files_only=True)
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        tokenizer.padding_side = "right"
        return tokenizer

    @cached_property
    def _model(self) -> Any:
        import torch
        from safetensors import SafetensorError
        from transformers import AutoConfig, AutoModel

        device = torch.device(self._asked["device"] or _best_device())
        options: dict[str, Any] = {"local_files_only": True, "dtype": _dtype(device)}
        if AutoConfig.from_pretrained(self.folder, local_files_only=True).model_type in WITH_POOLER:
            options["add_pooling_layer"] = False
        try:
            model = AutoModel.from_pretrained(self.folder, **options).eval()
        except (OSError, SafetensorError) as error:
            raise DamagedModel(f"The weights of the model in {self.folder} cannot be read: {error}") from error
        try:
            return model.to(device)
        except torch.OutOfMemoryError:
            self.notices.append(
                f"The memory of the device {device} does not suffice for the encoder {self.name!r}: it runs on the CPU."
            )
            return model.to(device="cpu", dtype=_dtype(torch.device("cpu")))


def _make(folder: Path, name: str, asked: dict[str, Any], notices: Sequence[str]) -> TransformerEncoder:
    return TransformerEncoder(folder, name=name, notices=notices, **asked)


def _best_device() -> str:
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _dtype(device: Any) -> Any:
    """bfloat16 where the processor multiplies in it: nearly twice as fast and of equal quality; else float32."""
    import torch

    if device.type == "cpu":
        fast = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    else:
        fast = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if fast else torch.float32


def _pooling(config: dict[str, Any], folder: Path) -> str:
    """ "mean" or "cls" from either form of a pooling module's settings."""
    modes = config.get("pooling_mode") or [
        key.removeprefix("pooling_mode_") for key, on in config.items() if key.startswith("pooling_mode_") and on
    ]
    known = {"mean": "mean", "mean_tokens": "mean", "cls": "cls", "cls_token": "cls"}
    chosen = [modes] if isinstance(modes, str) else list(modes)
    if len(chosen) != 1 or chosen[0] not in known:
        raise EncoderUnavailable(
            f"The model in {folder} is pooled by {', '.join(map(str, chosen)) or 'nothing'}: Minyi knows mean and cls."
        )
    return known[chosen[0]]


def _json(path: Path, otherwise: Any) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return otherwise
    except (OSError, ValueError) as error:
        raise DamagedModel(f"{path} cannot be read: {error}") from error
