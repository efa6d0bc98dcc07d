"""How soon a step starts after the wake that asked for it: in one process, and between two on PostgreSQL.

The worker is idle and waits before each wake. Time is counted from just before the COMMIT of the transaction that
wakes the lane to the first line of the step. Two commits lie between, the waker's and the claim's: beside them stand
two commits of one row each, on a connection of the driver's own, of the same minute and the same disk.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import NamedTuple

from bench.databases import POSTGRES, SQLITE, database, opened
from bench.figures import Figure
from bench.lanes import connected
from bench.processes import Talker, log_faults_alone, talker
from bench.rounds import percentile
from daybook.lanes import Held, Lane, LaneKind, WorkClass
from daybook.store.store import Store
from daybook.worker.worker import Worker

KIND = "bench"
IDLE = 0.02
"""Seconds between two wakes: long enough for the worker to have gone back to waiting."""
READY = 0.5
"""Seconds for a worker to have started, and to listen."""
HERE_BAR, THERE_BAR = 5.0, 10.0


class Turn(NamedTuple):
    """Seconds of a wake, and of two commits right after it."""

    wake: float
    commits: float


def run(quick: bool) -> list[Figure]:
    """The 95th of a hundred, in milliseconds, and the middle one beside two commits."""
    wakes = 5 if quick else 300
    return [
        *_figures("one process, SQLite", HERE_BAR, _in_one_process(SQLITE, wakes)),
        *_figures("one process, PostgreSQL", HERE_BAR, _in_one_process(POSTGRES, wakes)),
        *_figures("two processes, PostgreSQL", THERE_BAR, _between_two(wakes)),
    ]


def _figures(name: str, bar: float, turns: list[Turn]) -> list[Figure]:
    p95 = percentile([turn.wake for turn in turns], 0.95) * 1000
    ratio = median(turn.wake for turn in turns) / median(turn.commits for turn in turns)
    return [
        Figure(f"wake to start, {name}, p95", p95, "ms", f"< {bar:g}", p95 < bar),
        Figure(f"wake to start, {name}, median beside two commits'", ratio, "x", "", None),
    ]


def _in_one_process(kind: str, wakes: int) -> list[Turn]:
    started = Started()
    with database(kind) as url, opened(url) as store, working(store, started.at), two_commits(url) as commits:
        return [Turn(_wake(store, started.wait), commits()) for _ in range(wakes)]


def _between_two(wakes: int) -> list[Turn]:
    with (
        database(POSTGRES) as url,
        opened(url) as store,
        talker(1, "bench.wakes", url) as worker,
        two_commits(url) as commits,
    ):
        worker.told()
        return [Turn(_wake(store, lambda: _told_start(worker)), commits()) for _ in range(wakes)]


@contextmanager
def two_commits(url: str) -> Iterator[Callable[[], float]]:
    """Seconds that two commits of one row each take, one after the other."""
    with connected(url) as driver:
        driver.execute("CREATE TABLE bench_commit (number INTEGER)")

        def commits() -> float:
            time.sleep(IDLE)
            began = time.monotonic()
            driver.execute("INSERT INTO bench_commit VALUES (1)")
            driver.execute("INSERT INTO bench_commit VALUES (2)")
            return time.monotonic() - began

        yield commits


def _told_start(worker: Talker) -> float:
    return float(worker.told()[0])


def _wake(store: Store, wait: Callable[[], float]) -> float:
    time.sleep(IDLE)
    with store.transaction() as tx:
        tx.wake(Lane(KIND, "only"), WorkClass.INTERACTIVE)
        before = time.monotonic()
    return wait() - before


class Started:
    """When the last step started."""

    def __init__(self) -> None:
        self._told = threading.Event()
        self._at = 0.0

    def at(self, now: float) -> None:
        """A step has."""
        self._at = now
        self._told.set()

    def wait(self) -> float:
        """Until one has: when."""
        if not self._told.wait(60):
            raise RuntimeError("A lane was woken, and no step of it started within a minute.")
        self._told.clear()
        return self._at


@contextmanager
def working(store: Store, tell: Callable[[float], None]) -> Iterator[None]:
    """A worker whose steps tell when they start, by the machine's monotonic clock, and do nothing."""

    def step(held: Held) -> None:
        tell(time.monotonic())
        with store.transaction() as tx:
            tx.release(held, None)

    worker = Worker(store, [LaneKind(KIND, step, longest=10)], "bench")
    worker.start()
    time.sleep(READY)
    try:
        yield
    finally:
        worker.stop()


def main(url: str) -> None:
    """The other process: prints when each step started, until its input ends."""
    with opened(url) as store, working(store, lambda now: print(now, flush=True)):
        print("ready", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    log_faults_alone()
    main(sys.argv[1])
