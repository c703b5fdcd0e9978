"""Where work is done: in this process, in worker processes, or on a Ray cluster.

All three keep one contract: `map(function, items)` gives the results in the order of the items, reads the items only as
far as workers need them, and hands on what a function raises. Functions are module-level (or partials of such) and they
and the items can be pickled. Nothing a function returns may depend on which executor ran it, so BLAS has one thread
everywhere. An item whose worker died ATTEMPTS times (out of memory, killed) gives a `Lost` in its place.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing.context import SpawnContext, SpawnProcess
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from threadpoolctl import ThreadpoolController, threadpool_limits

ATTEMPTS = 3
NAMES = ("serial", "processes", "ray")

Item = TypeVar("Item")
Result = TypeVar("Result")


class ExecutorUnavailable(ValueError):
    """The executor cannot run here; the message says in plain words what to install or set."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Stands for the result of an item whose worker died `attempts` times."""

    attempts: int = ATTEMPTS


class Executor(Protocol):
    """A place where functions run. Close it when done, or use it in a `with` statement.

    `is_remote` tells that functions run in other processes, which have to load what they need by themselves.
    """

    is_remote: bool

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Lost]: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Closing(ABC):
    """What `with` needs."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Serial(_Closing):
    """One item after the other, here."""

    is_remote = False

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Lost]:
        threads = ThreadpoolController()
        for number, item in enumerate(items):
            with threads.limit(limits=1):
                result = function(item)
            if number == 0:  # the first call may have loaded a library with threads of its own
                threads = ThreadpoolController()
            yield result

    def close(self) -> None:
        """Nothing is held."""


class Processes(_Closing):
    """`workers` fresh Python processes of this machine; they end with the one that started them, however it ends.

    When a worker dies, nobody can tell which of the items then at work is to blame. Each of them is tried again by a
    worker of its own, so that a harmless item is never given up because of its neighbour.
    """

    is_remote = True

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._started = _Starting()

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Lost]:
        coming = iter(items)
        under_way: deque[tuple[Item, Future[Result], ProcessPoolExecutor | None]] = deque()
        while True:
            while len(under_way) < 2 * self.workers:
                try:
                    item = next(coming)
                except StopIteration:
                    break
                under_way.append((item, self._submit(function, item), self._pool))
            if not under_way:
                return
            item, future, pool = under_way.popleft()
            try:
                result: Result | Lost = future.result()
            except BrokenProcessPool:
                if pool is self._pool:
                    self._abandon()
                result = self._alone(function, item)
            yield result

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _submit(self, function: Callable[[Item], Result], item: Item) -> Future[Result]:
        if self._pool is not None:
            try:
                return self._pool.submit(function, item)
            except (BrokenProcessPool, OSError):  # it broke just now; OSError when its pipes were closed meanwhile
                self._abandon()
        if self._pool is None:
            self._started = _Starting()
            self._pool = _pool(self.workers, self._started)
        return self._pool.submit(function, item)

    def _abandon(self) -> None:
        """Close a broken pool. A worker that was just being started when another one died is forgotten by it, and
        would be waited for without end.
        """
        for worker in self._started.workers:
            if worker.is_alive():
                worker.terminate()
        self.close()

    def _alone(self, function: Callable[[Item], Result], item: Item) -> Result | Lost:
        for _ in range(ATTEMPTS - 1):
            with _pool(1, _Starting()) as pool:
                try:
                    return pool.submit(function, item).result()
                except BrokenProcessPool:
                    continue
        return Lost()


class OnRay(_Closing):
    """A Ray cluster: the one at RAY_ADDRESS, or one of `workers` processes started on this machine.

    On a cluster of several machines Minyi has to be installed on each of them.
    """

    is_remote = True

    def __init__(self, workers: int) -> None:
        if find_spec("ray") is None:
            raise ExecutorUnavailable("The executor 'ray' needs Ray, which is missing: run `make install SCALE=1`.")
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray would otherwise report its use over the network
        import ray

        self._ray = ray
        self._started = not ray.is_initialized()
        if self._started:
            address = os.environ.get("RAY_ADDRESS")
            own: dict[str, Any] = {} if address else {"num_cpus": workers, "include_dashboard": False}
            try:
                ray.init(log_to_driver=False, logging_level=logging.ERROR, **own)
            except (ConnectionError, RuntimeError, ValueError) as error:
                where = f"the cluster at {address}" if address else "a cluster on this machine"
                raise ExecutorUnavailable(f"Ray cannot reach or start {where}: {error}") from error

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result | Lost]:
        ray = self._ray
        task = ray.remote(num_cpus=1, max_retries=ATTEMPTS - 1, retry_exceptions=False)(_limited)
        held = ray.put(function)
        window = 2 * max(1, int(ray.cluster_resources().get("CPU", 1)))
        coming = iter(items)
        under_way: deque[Any] = deque()
        while True:
            while len(under_way) < window:
                try:
                    under_way.append(task.remote(held, next(coming)))
                except StopIteration:
                    break
            if not under_way:
                return
            try:
                result = ray.get(under_way.popleft())
            except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError):
                result = Lost()
            except ray.exceptions.RayTaskError as error:  # what the function raised, wrapped in its whole story
                raise error.cause from error
            yield result

    def close(self) -> None:
        if self._started:
            self._ray.shutdown()
            self._started = False


def load(name: str = "serial", *, workers: int = 1) -> Executor:
    """The executor called "serial", "processes" or "ray"; `workers` counts processes where a new one is to start.

    Raises ExecutorUnavailable for another name, for fewer than one worker, and where Ray is missing or out of reach.
    """
    if workers < 1:
        raise ExecutorUnavailable(f"There must be at least one worker, not {workers}.")
    if name == "serial":
        return Serial()
    if name == "processes":
        return Processes(workers)
    if name == "ray":
        return OnRay(workers)
    raise ExecutorUnavailable(f"No executor is called {name!r}: use {', '.join(NAMES)}.")


class _Starting(SpawnContext):
    """Starts processes and knows which. Spawned, not forked: threads of BLAS and of the caller do not survive a
    fork.
    """

    def __init__(self) -> None:
        self.workers: list[SpawnProcess] = []

    def Process(self, *args: Any, **options: Any) -> SpawnProcess:  # type: ignore[override]
        self.workers.append(SpawnProcess(*args, **options))
        return self.workers[-1]


def _pool(workers: int, context: SpawnContext) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker)


def _begin_worker() -> None:
    """One thread for BLAS here and in what is loaded later; Ctrl-C is the parent's business, its death is ours."""
    os.environ["OMP_NUM_THREADS"] = "1"
    threadpool_limits(limits=1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _limited(function: Callable[[Item], Result], item: Item) -> Result:
    with threadpool_limits(limits=1):
        return function(item)
