"""Costly intermediate results on disk, so that a run that was stopped goes on where it was.

A checkpoint is a file of numpy arrays under a key that is a hash of everything they were made from. It is written whole
or not at all, and carries its own hash: a damaged one is noticed, removed and made again.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

FORMAT = 1
"""Part of every key: raise it when what is stored under an unchanged key means something else."""
SUFFIX = ".checkpoint"


@dataclass(slots=True)
class Checkpoints:
    """The checkpoints in one folder, which is made when the first is kept. Safe for several programs at a time.

    `found` and `damaged` count what `recall` met.
    """

    folder: Path
    found: int = field(default=0, init=False)
    damaged: int = field(default=0, init=False)

    def recall(self, key: str) -> dict[str, np.ndarray] | None:
        """The arrays kept under `key`, or None. Raises OSError where a file is there and cannot be read."""
        path = self._path(key)
        try:
            stored = path.read_bytes()
        except FileNotFoundError:
            return None
        digest, content = stored[:32], stored[32:]
        if hashlib.sha256(content).digest() != digest:
            self.damaged += 1
            path.unlink(missing_ok=True)
            return None
        self.found += 1
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}

    def keep(self, key: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Write the arrays under `key`. Raises OSError, for example when the disk is full."""
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, **arrays)
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            with unfinished.open("wb") as stream:
                stream.write(hashlib.sha256(content.getbuffer()).digest())
                stream.write(content.getbuffer())
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)

    def recall_or_make(self, key: str, make: Callable[[], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        """What is kept under `key`, or what `make` gives, which is then kept."""
        arrays = self.recall(key)
        if arrays is None:
            arrays = make()
            self.keep(key, arrays)
        return arrays

    def clear(self) -> None:
        """Remove the checkpoints and the folders that are empty then; other files stay."""
        for path in sorted(self.folder.glob(f"??/*{SUFFIX}")):
            path.unlink(missing_ok=True)
        for folder in [*sorted(self.folder.glob("??")), self.folder]:
            try:
                folder.rmdir()
            except OSError:  # not empty, or not there
                continue

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}{SUFFIX}"


def key_of(*parts: str | int | float | bool | None | bytes | np.ndarray) -> str:
    """sha256 (hex) over parts in order: each with its type and length, so that no two lists of parts are alike."""
    digest = hashlib.sha256(f"{FORMAT}".encode())
    for part in parts:
        if isinstance(part, np.ndarray):
            kind, content = f"{part.dtype.str}{part.shape}", np.ascontiguousarray(part).view(np.uint8).data
        elif isinstance(part, bytes):
            kind, content = "bytes", memoryview(part)
        else:
            kind, content = type(part).__name__, memoryview(repr(part).encode("utf-8", "surrogatepass"))
        digest.update(f"|{kind}:{content.nbytes}|".encode())
        digest.update(content)
    return digest.hexdigest()
