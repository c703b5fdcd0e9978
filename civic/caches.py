"""The cache where Redis carries it. Nothing kept there is worth an error page: while Redis is away, each process
remembers for itself, rate limits included, and asks again after a few seconds."""

import logging
import time
from functools import wraps

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError, TimeoutError

logger = logging.getLogger(__name__)

PAUSE = 5.0  # seconds in which a Redis that did not answer is not asked again
OPERATIONS = ("add", "get", "set", "touch", "delete", "incr", "has_key", "get_many", "set_many", "delete_many", "clear")

# Django makes a cache object for each request; what is known about Redis must outlive them.
_away_until = 0.0


class RedisOrMemory(RedisCache):
    """Redis, or meanwhile the memory of this process."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self.meanwhile = LocMemCache(
            "while-redis-is-away", {name: params[name] for name in params if name != "OPTIONS"}
        )


def _forgiving(name: str):
    ask = getattr(RedisCache, name)

    @wraps(ask)
    def operation(self, *args, **kwargs):
        global _away_until
        if time.monotonic() >= _away_until:
            try:
                return ask(self, *args, **kwargs)
            except (ConnectionError, TimeoutError):
                _away_until = time.monotonic() + PAUSE
                logger.warning("Redis did not answer the cache; this process remembers for itself.")
        return getattr(self.meanwhile, name)(*args, **kwargs)

    return operation


for _name in OPERATIONS:
    setattr(RedisOrMemory, _name, _forgiving(_name))
