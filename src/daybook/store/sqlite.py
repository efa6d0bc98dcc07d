"""The embedded database: one file, WAL, synchronous FULL, one writer at a time in the order they came."""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from daybook.kernel.clock import Clock, machine_clock, speed_of
from daybook.lanes import Held, WorkClass
from daybook.store.buckets import SqliteBuckets
from daybook.store.lanes_sqlite import SqliteLanes
from daybook.store.store import Store, T, told, unavailable_if_away
from daybook.store.transaction import Transaction

BUSY_TIMEOUT = 10.0
"""Seconds to wait for a writer of another process. Within a process the queue below is fair; this timeout is not."""
LOOK_EVERY = 0.05
"""Seconds between looks for commits of other processes; costs 0.4 % of a core."""


class FifoLock:
    """A lock that is taken in the order it was asked for, so that a busy bulk writer cannot shut out a person."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._queue: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many have asked for it and wait."""
        return len(self._queue)

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._queue.append(turn)
        turn.acquire()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._taken = False


class SqliteStore(Store):
    """A Daybook database in a file. `path`'s folder must exist."""

    reads_inline = True
    lanes: SqliteLanes

    def __init__(self, path: Path, clock: Clock) -> None:
        machine, speed = machine_clock(clock), speed_of(clock)
        super().__init__(clock, SqliteLanes(lambda: machine().timestamp(), speed))
        self.path = path
        self.engine = sa.create_engine(
            "sqlite://", creator=lambda: _connect(path), poolclass=sa.pool.NullPool, skip_autocommit_rollback=True
        )
        self._queue = FifoLock()
        self._writer = self._open()
        self._readers = threading.local()
        self._opened: list[sa.Connection] = [self._writer]
        self._watcher = self._open()
        self._seen = 0
        self.buckets = SqliteBuckets(path.with_name(path.stem + "-buckets.sqlite"), machine, speed)

    def _open(self) -> sa.Connection:
        return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._queue:
            driver: Any = self._writer.connection.driver_connection
            driver.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                driver.execute("COMMIT")
            except BaseException:
                if driver.in_transaction:  # a full disk may have rolled it back already
                    driver.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        yield self._reader()

    def _reader(self) -> sa.Connection:
        """This thread's own connection for reading."""
        reader: sa.Connection | None = getattr(self._readers, "connection", None)
        if reader is None:
            reader = self._readers.connection = self._open()
            self._opened.append(reader)
        return reader

    def read(self, work: Callable[[Transaction], T]) -> T:
        """As `Store.read`, without the layers that PostgreSQL needs: every request of the API reads twice."""
        try:
            return work(Transaction(self._reader(), self.clock(), self.lanes))
        except (sqlite3.Error, sa.exc.DBAPIError) as error:
            raise told(error) from error

    def _alone(self) -> AbstractContextManager[sa.Connection]:
        return self._writing()

    def claim(self, worker: str, work_class: WorkClass, kinds: Collection[str], limit: int, lease: float) -> list[Held]:
        """Looks before it claims: a claim that finds nothing would still wait for the one write lock."""
        with unavailable_if_away(), self._reading() as connection:
            if not self.lanes.anything_due(connection.connection.driver_connection, int(work_class), kinds):
                return []
        return super().claim(worker, work_class, kinds, limit, lease)

    def _announce(self) -> None:
        self._doorbell.ring()

    def wait(self, seconds: float) -> None:
        """In this process a ring ends the wait; commits of other processes are seen by the file's data version."""
        left = seconds
        while left > 0:
            if self._doorbell.wait(min(LOOK_EVERY, left)) or self._changed_elsewhere():
                return
            left -= LOOK_EVERY

    def _changed_elsewhere(self) -> bool:
        driver: Any = self._watcher.connection.driver_connection
        with unavailable_if_away():
            version: int = driver.execute("PRAGMA data_version").fetchone()[0]
        changed, self._seen = version != self._seen, version
        return changed

    def close(self) -> None:
        """Closes the connections of every thread."""
        with self._queue:
            for connection in (*self._opened, self._watcher):
                connection.close()
            self.buckets.close()
            self.engine.dispose()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def read_only(path: Path) -> Callable[[], sqlite3.Connection]:
    """Opens the file for reading alone: what a child process that produces a report gets."""
    return lambda: sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
