"""The threads of a worker: what they do when the database is away, and when something happens that nobody foresaw."""

import os
import sys
import threading
from collections.abc import Callable

import structlog

from daybook.kernel.errors import Unavailable

AWAY_CAP = 5.0
EXIT_CODE = 70
"""Of a process that ended because a thread of its worker died: an internal error, by the numbers of sysexits."""

Ends = Callable[[], None]
"""Ends the process."""

log = structlog.get_logger()


def end_process() -> None:
    """At once, whatever other threads do; the lanes are free when their leases have lapsed."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(EXIT_CODE)


class Loud(threading.Thread):
    """A daemon thread whose death ends the process: a worker without its heartbeat would lose every lane unseen."""

    def __init__(self, name: str, work: Callable[[], None], ends: Ends) -> None:
        super().__init__(name=f"daybook-{name}", daemon=True)
        self._work = work
        self._ends = ends

    def run(self) -> None:
        """The whole life of the thread."""
        try:
            self._work()
        except BaseException:
            log.critical("a thread of the worker died, so its process ends", thread=self.name, exc_info=True)
            self._ends()


class Round(Loud):
    """Takes a turn, waits as long as the turn answers, and takes the next, until it is stopped.

    While the database is away it tries again after a growing pause, and says so once.
    """

    def __init__(
        self, name: str, turn: Callable[[], float], ends: Ends, wait: Callable[[float], object] | None = None
    ) -> None:
        super().__init__(name, self._turns, ends)
        self._turn = turn
        self._stopping = threading.Event()
        self._wait = wait or self._stopping.wait
        self._tries = 0

    def stop(self) -> None:
        """Take no further turn."""
        self._stopping.set()

    def _turns(self) -> None:
        while not self._stopping.is_set():
            try:
                seconds = self._turn()
                self._back()
                self._wait(seconds)
            except Unavailable as error:
                self._stopping.wait(self._away(error))

    def _away(self, error: Unavailable) -> float:
        self._tries += 1
        if self._tries == 1:
            log.warning("the database is away; trying again until it is back", thread=self.name, details=error.details)
        return min(AWAY_CAP, 0.05 * 2.0 ** min(self._tries, 10))

    def _back(self) -> None:
        if self._tries:
            log.info("the database is back", thread=self.name, tries=self._tries)
        self._tries = 0
