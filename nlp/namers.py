"""A model behind an OpenAI-compatible address that names topics (Ollama, vLLM, llama.cpp, or a paid service).

Used only where an address is set. Everything it is given has been masked by `nlp.core.naming`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import urlsplit

import requests

from nlp.core import naming

PATH = "/chat/completions"
TIMEOUT = (5.0, 30.0)
"""Seconds to connect and to wait for an answer."""
PATIENCE = 2
"""Failures in a row after which the model is not asked again by this namer."""
LONGEST_ANSWER = 1 << 20


class HttpNamer:
    """`url` is the base address (http://localhost:11434/v1) or that of chat/completions itself, `model` what it calls
    the model, `key` its bearer token if it wants one. Raises ValueError for an address that is none.
    """

    def __init__(self, url: str, model: str, *, key: str = "", timeout: tuple[float, float] = TIMEOUT) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"not the address of a model: {url!r}")
        base = url.rstrip("/")
        self._url = base if base.endswith(PATH) else base + PATH
        self._model = model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout = timeout
        self._failures = 0

    def name(self, keywords: Sequence[str], quotes: Sequence[str], language: str) -> str:
        """The model's answer, untouched. Raises `naming.NamerFailed`."""
        if self._failures >= PATIENCE:
            raise naming.NamerFailed("the model has failed before and is not asked again")
        try:
            answer = self._ask(*naming.prompt(keywords, quotes, language))
        except (requests.RequestException, ValueError, KeyError, IndexError, TypeError) as error:
            self._failures += 1
            raise naming.NamerFailed(f"no label from {self._url}: {error}") from error
        self._failures = 0
        return answer

    def _ask(self, instructions: str, data: str) -> str:
        response = requests.post(
            self._url,
            json={
                "model": self._model,
                "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": data}],
                "temperature": 0,
                "seed": 0,
                "max_tokens": 60,
            },
            headers=self._headers,
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
        )
        with response:
            response.raise_for_status()
            body = response.raw.read(LONGEST_ANSWER, decode_content=True)
        answer = json.loads(body)["choices"][0]["message"]["content"]
        if not isinstance(answer, str):
            raise TypeError("the answer is not text")
        return answer
