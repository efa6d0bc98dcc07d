"""The embedded database: one file, WAL, synchronous FULL, one writer at a time in the order they came."""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from daybook.kernel.clock import Clock, machine_clock, seconds_of, speed_of
from daybook.kernel.private import make_private
from daybook.lanes import Held, WorkClass
from daybook.store.buckets import SqliteBuckets
from daybook.store.lanes_sqlite import SqliteLanes
from daybook.store.rows import Opened, opened
from daybook.store.store import Store, T, unavailable_if_away
from daybook.store.transaction import Transaction

BUSY_TIMEOUT = 10.0
"""Seconds to wait for a writer of another process. Within a process the queue below is fair; this timeout is not."""
LOOK_EVERY = 0.05
"""Seconds between looks for commits of other processes; costs 0.4 % of a core."""


class FifoLock:
    """A lock that is taken in the order it was asked for, so that a busy bulk writer cannot shut out a person."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self.taken = False
        self._queue: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many have asked for it and wait."""
        return len(self._queue)

    def take(self) -> None:
        """Waits for its turn."""
        with self._guard:
            if not self.taken:
                self.taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._queue.append(turn)
        turn.acquire()

    def give_back(self) -> None:
        """The next one's turn."""
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self.taken = False

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *_: object) -> None:
        self.give_back()


class Writer(AbstractContextManager[Opened]):
    """The one connection that writes: whoever's turn it is has an IMMEDIATE transaction on it."""

    def __init__(self, queue: FifoLock, on: Opened) -> None:
        self.on = on
        self._queue = queue

    def __enter__(self) -> Opened:
        self._queue.take()
        try:
            self._begin()
        except BaseException:
            self._queue.give_back()
            raise
        return self.on

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            self._end(well=error is None)
        finally:
            self._queue.give_back()

    def _begin(self) -> None:
        self.on.driver.execute("BEGIN IMMEDIATE")

    def _end(self, *, well: bool) -> None:
        try:
            if well:
                self.on.driver.execute("COMMIT")
        finally:
            if self.on.driver.in_transaction:  # a full disk may have rolled it back already
                self.on.driver.execute("ROLLBACK")


class LanesWriter(Writer):
    """As the writer, for the lanes' own verbs: their COMMIT does not wait for the disk.

    If the machine loses its power, the workers are gone with the claims that are lost (decision 0018). What a step
    commits waits for the disk, and takes the claim before it along.
    """

    # As a script: a PRAGMA is obeyed when it is compiled, and the driver compiles a statement that it knows only once.
    def _begin(self) -> None:
        self.on.driver.executescript("PRAGMA synchronous = NORMAL")
        try:
            super()._begin()
        except BaseException:
            self._wait_for_the_disk_again()
            raise

    def _end(self, *, well: bool) -> None:
        try:
            super()._end(well=well)
        finally:
            self._wait_for_the_disk_again()

    def _wait_for_the_disk_again(self) -> None:
        self.on.driver.executescript("PRAGMA synchronous = FULL")


class SqliteStore(Store):
    """A Daybook database in a file. `path`'s folder must exist."""

    reads_inline = True
    lanes: SqliteLanes

    def __init__(self, path: Path, clock: Clock) -> None:
        seconds, speed = seconds_of(machine_clock(clock)), speed_of(clock)
        super().__init__(clock, SqliteLanes(seconds, speed))
        self.path = path
        buckets = path.with_name(path.stem + "-buckets.sqlite")
        _make_private(path, buckets)
        self.engine = sa.create_engine(
            "sqlite://",
            creator=lambda: _connect(path),
            poolclass=sa.pool.NullPool,
            skip_autocommit_rollback=True,
            hide_parameters=True,
        )
        self._queue = FifoLock()
        self._writer = Writer(self._queue, self._open())
        self._lanes_writer = LanesWriter(self._queue, self._writer.on)
        self._readers = threading.local()
        self._opened = [self._writer.on]
        self._watcher = self._open()
        self._seen = 0
        self.buckets = SqliteBuckets(buckets, seconds, speed)

    def _open(self) -> Opened:
        return opened(self.engine.connect().execution_options(isolation_level="AUTOCOMMIT"))

    def _writing(self) -> AbstractContextManager[Opened]:
        return self._writer

    @contextmanager
    def _reading(self) -> Iterator[Opened]:
        yield self._reader()

    def _reader(self) -> Opened:
        """This thread's own connection for reading."""
        reader: Opened | None = getattr(self._readers, "on", None)
        if reader is None:
            reader = self._readers.on = self._open()
            self._opened.append(reader)
        return reader

    def read(self, work: Callable[[Transaction], T]) -> T:
        """As `Store.read`, without the layers that PostgreSQL needs: every request of the API reads."""
        with unavailable_if_away():
            return work(Transaction(self._reader(), self.clock(), self.lanes))

    @contextmanager
    def _alone(self) -> Iterator[Any]:
        with self._lanes_writer as on:
            yield on.driver

    @contextmanager
    def _glancing(self) -> Iterator[Any]:
        yield self._reader().driver

    def claim(self, worker: str, work_class: WorkClass, kinds: Collection[str], limit: int, lease: float) -> list[Held]:
        """Looks first where it would have to wait: a claim that finds nothing needs the one write lock too."""
        if self._queue.taken and not self._anything_due(work_class, kinds):
            return []
        return super().claim(worker, work_class, kinds, limit, lease)

    def _anything_due(self, work_class: WorkClass, kinds: Collection[str]) -> bool:
        with unavailable_if_away():
            return self.lanes.anything_due(self._reader().driver, work_class, kinds)

    def _announce(self) -> None:
        self._doorbell.ring()

    def wait(self, seconds: float) -> None:
        """In this process a ring ends the wait; commits of other processes are seen by the file's data version."""
        left = seconds
        while left > 0:
            if self._doorbell.wait(min(LOOK_EVERY, left)):
                return
            if self._changed_elsewhere():
                self._doorbell.tell()
                return
            left -= LOOK_EVERY

    def _changed_elsewhere(self) -> bool:
        with unavailable_if_away():
            version: int = self._watcher.driver.execute("PRAGMA data_version").fetchone()[0]
        changed, self._seen = version != self._seen, version
        return changed

    def close(self) -> None:
        """Closes the connections of every thread."""
        with self._queue:
            for on in (*self._opened, self._watcher):
                on.connection.close()
            self.buckets.close()
            self.engine.dispose()


def _make_private(*paths: Path) -> None:
    """SQLite gives its other files the mode of the first. What keeps it from opening one it tells itself."""
    with suppress(OSError):
        for path in paths:
            make_private(path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
