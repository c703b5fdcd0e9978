"""Files that hold a model's weights: where a package keeps them, and whether they are what they should be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path


class EncoderUnavailable(ValueError):
    """The encoder cannot run here; the message says in plain words what to install or set."""


class DamagedModel(EncoderUnavailable):
    """A file of the model is not the one that is known; the message says which, what is safe and what to do."""


@lru_cache(maxsize=32)
def _hash_of(path: str, size: int, modified: int) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of(path: Path) -> str:
    """sha256 of a file, cached by path, size and time of change."""
    stat = path.stat()
    return _hash_of(str(path), stat.st_size, stat.st_mtime_ns)


def file_hash(*paths: Path) -> str:
    """sha256 over the sha256 of each file in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(bytes.fromhex(sha256_of(path)))
    return digest.hexdigest()


def package_folder(package: str) -> Path:
    """Where an installed package lies; it is not imported."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(f"The package {package} is not installed.")
    return Path(spec.origin).parent


def verify(folder: Path, known: Mapping[str, str], *, encoder: str, remedy: str) -> None:
    """Raise DamagedModel unless every file of `known` (name to sha256) lies in `folder` with that content."""
    for name, expected in known.items():
        try:
            found = sha256_of(folder / name)
        except OSError as error:
            raise DamagedModel(_damage(encoder, f"{folder / name} cannot be read ({error.strerror})", remedy)) from None
        if found != expected:
            said = f"{folder / name} is not the file that is known: its sha256 is {found} instead of {expected}"
            raise DamagedModel(_damage(encoder, said, remedy))


def _damage(encoder: str, what: str, remedy: str) -> str:
    return (
        f"The weights of the encoder {encoder!r} are damaged: {what}. Nothing was computed with them; opinions and"
        f" results already stored are safe. {remedy}"
    )
