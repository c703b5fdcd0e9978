"""The analysis settings, read in one place."""

import hashlib
import hmac
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings

MANY = 2000
"""From so many texts on, workers are started to encode them."""


def encoder_name() -> str:
    """Name or path of the encoder in force."""
    return settings.NLP_ENCODER


def seed() -> int:
    """The seed written into each Run."""
    return settings.NLP_SEED


def cache_dir() -> Path:
    """Where converted model weights are kept."""
    return Path(settings.NLP_CACHE_DIR)


def executor(count: int):
    """Where `count` texts are encoded; starting workers is worth it for many only. Raises ExecutorUnavailable."""
    from nlp.core import executors

    if count < MANY:
        return executors.load("serial")
    return executors.load(settings.NLP_EXECUTOR, workers=settings.NLP_WORKERS)


def label_model() -> str:
    """The language model in force, for the record of a Run; "" without one."""
    return settings.NLP_LABEL_MODEL if settings.NLP_LABEL_URL else ""


def namer():
    """The language model that may name topics, or None where none is set."""
    if not settings.NLP_LABEL_URL:
        return None
    from nlp.namers import HttpNamer

    return HttpNamer(settings.NLP_LABEL_URL, settings.NLP_LABEL_MODEL, key=settings.NLP_LABEL_KEY)


def author_key(author: str | None) -> str:
    """A pseudonym: stable for counting people, useless for naming them ("" for nobody)."""
    if not author:
        return ""
    return hmac.new(settings.AUTHOR_KEY_SECRET.encode(), author.encode(), hashlib.sha256).hexdigest()[:32]


@lru_cache
def code_version() -> str:
    """The version written into each Run: the package's version and a digest of the analysis code itself."""
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parent / "core").glob("*.py")):
        digest.update(path.read_bytes())
    try:
        release = version("minyi")
    except PackageNotFoundError:
        release = "0.1"
    return f"{release}+{digest.hexdigest()[:12]}"
