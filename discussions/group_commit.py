"""Many who want to write at once share one transaction.

Whoever finds nobody writing begins at once and alone. Those who come meanwhile gather; when the transaction before has
ended, one of them writes for all of them. So nobody waits on purpose, and the more come, the less each of them costs.
"""

from collections.abc import Callable, Hashable
from threading import Event, Lock
from typing import Generic, Protocol, TypeVar

from django.db import connection

MOST = 100  # of one transaction


class Job(Protocol):
    """What somebody wants written. `error` is what it failed with."""

    error: BaseException | None

    @property
    def key(self) -> Hashable:
        """Two jobs of the same key are never in one transaction; they keep their order."""


J = TypeVar("J", bound=Job)


class GroupCommit(Generic[J]):
    """Carries jobs out, many in one call of `carry_out`, which commits and sets the `error` of a job that failed."""

    def __init__(self, carry_out: Callable[[list[J]], None]):
        self._carry_out = carry_out
        self._guard = Lock()
        self._waiting: list[_Place[J]] = []
        self._is_led = False

    def write(self, job: J) -> None:
        """Return once the job is committed, or raise what it failed with. Inside a transaction of the caller the job is
        part of that one.
        """
        if connection.in_atomic_block:
            self._carry_out([job])
        else:
            # Whoever waits may be asked to lead, and must not need a connection then: those who wait hold them all.
            connection.ensure_connection()
            self._stand_in_line(job)
        if job.error is not None:
            raise job.error

    def _stand_in_line(self, job: J) -> None:
        place = _Place(job)
        with self._guard:
            self._waiting.append(place)
            leads, self._is_led = not self._is_led, True
        if not leads:
            place.called.wait()
        if not place.is_done:
            self._lead()

    def _lead(self) -> None:
        """Write for everybody in line, the caller among them, and call the next to lead."""
        with self._guard:
            group = self._taken()
        try:
            self._carry_out([place.job for place in group])
        except BaseException as error:
            for place in group:
                place.job.error = place.job.error or error
            raise
        finally:
            with self._guard:
                following = self._waiting[0] if self._waiting else None
                self._is_led = following is not None
            for place in group:
                place.is_done = True
                place.called.set()
            if following is not None:
                following.called.set()

    def _taken(self) -> list["_Place[J]"]:
        """The first in line and those behind it, without those whose key is among them already."""
        group: dict[Hashable, _Place[J]] = {}
        left = []
        for place in self._waiting:
            if len(group) < MOST and place.job.key not in group:
                group[place.job.key] = place
            else:
                left.append(place)
        self._waiting = left
        return list(group.values())


class _Place(Generic[J]):
    """Where somebody stands in line; called when the job is done, or to lead."""

    def __init__(self, job: J):
        self.job, self.called, self.is_done = job, Event(), False
