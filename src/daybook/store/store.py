"""What both databases have in common.

Transactions that end with their lanes' notes, and the three verbs of a worker.
"""

import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from itertools import product
from threading import Lock
from typing import Any, TypeVar

import sqlalchemy as sa

from daybook.activity import Event
from daybook.kernel.clock import Clock
from daybook.kernel.errors import Unavailable
from daybook.lanes import Held, LaneLost, Woken, WorkClass
from daybook.store.buckets import Buckets
from daybook.store.doorbell import Doorbell
from daybook.store.lanes import LaneTable
from daybook.store.rows import Opened
from daybook.store.transaction import Transaction

T = TypeVar("T")
_TRIES = 5
WRITTEN_EVERY = timedelta(seconds=5)
_AS_IT_WAS = sa.text("UPDATE alembic_version SET version_num = version_num")


class Store(ABC):
    """A database that is open. Close it when done."""

    engine: sa.Engine
    reads_inline: bool
    """Whether a read is so quick that an event loop may do it itself (SQLite), or waits for a network (PostgreSQL)."""

    def __init__(self, clock: Clock, lanes: LaneTable) -> None:
        self.clock = clock
        self.lanes = lanes
        self.buckets: Buckets
        self._doorbell = Doorbell()
        self._told_of_releases: list[Callable[[Held], None]] = []
        self._told_of_commits: list[Callable[[float, Sequence[Event]], None]] = []
        self._checking = Lock()
        self._written_at: datetime | None = None

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Opened]:
        """A connection with an open transaction, committed at the end, rolled back on any exception."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Opened]:
        """A connection for reads, each statement seeing what is committed when it begins."""

    @abstractmethod
    def _alone(self) -> AbstractContextManager[Any]:
        """A driver's connection for one verb of the lanes, which is a transaction by itself."""

    @abstractmethod
    def _glancing(self) -> AbstractContextManager[Any]:
        """As `_alone`, for a look at the lanes that writes nothing."""

    @abstractmethod
    def _announce(self) -> None:
        """Tell the workers of every process that a lane may be due."""

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Wait until a lane may be due, at most that long."""

    @abstractmethod
    def close(self) -> None:
        """Give back every connection."""

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction for writing.

        Raises LaneLost where a noted fence is stale, Unavailable where the database is away.
        """
        began = time.perf_counter()
        with unavailable_if_away():
            with self._writing() as on:
                tx = Transaction(on, self.clock(), self.lanes)
                yield tx
                tx.flush()
            for held, told in product(tx.released, self._told_of_releases):
                told(held)
            if tx.rings:
                self._doorbell.note(tx.woken)
                self._announce()
        for hears in self._told_of_commits:
            hears(time.perf_counter() - began, tx.events)

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` in a transaction for reading."""
        with self.reading() as tx:
            return work(tx)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction for reading. Raises Unavailable where the database is away."""
        with unavailable_if_away(), self._reading() as on:
            yield Transaction(on, self.clock(), self.lanes)

    def do(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` in a transaction, and again (up to five times) where the database undid it for another's sake."""
        for _ in range(_TRIES - 1):
            try:
                with self.transaction() as tx:
                    return work(tx)
            except Exception as error:
                if not _undone(error):
                    raise
                time.sleep(random.uniform(0.001, 0.02))  # noqa: S311  lets the other transaction pass
        with self.transaction() as tx:
            return work(tx)

    def claim(self, worker: str, work_class: WorkClass, kinds: Collection[str], limit: int, lease: float) -> list[Held]:
        """As `LanePort.claim`."""
        with unavailable_if_away(), self._alone() as driver:
            return self.lanes.claim(driver, worker, work_class, kinds, limit, lease)

    def renew(self, held: Sequence[Held], lease: float) -> set[Held]:
        """As `LanePort.renew`."""
        with unavailable_if_away(), self._alone() as driver:
            return self.lanes.renew(driver, held, lease)

    def reap(self, *, everything: bool = False) -> int:
        """As `LanePort.reap`."""
        with unavailable_if_away(), self._alone() as driver:
            return self.lanes.reap(driver, everything=everything)

    def put_back(self, held: Held, failures: int, delay: float) -> None:
        """As `LanePort.put_back`; a lane that is no longer ours is left alone."""
        try:
            with unavailable_if_away(), self._alone() as driver:
                self.lanes.put_back(driver, held, failures, delay)
        except LaneLost:
            return

    def next_dues(self, kinds: Mapping[WorkClass, Collection[str]]) -> dict[WorkClass, float]:
        """As `LanePort.next_dues`."""
        with unavailable_if_away(), self._glancing() as driver:
            return self.lanes.next_dues(driver, kinds)

    def on_release(self, told: Callable[[Held], None]) -> None:
        """As `LanePort.on_release`."""
        self._told_of_releases.append(told)

    def on_commit(self, told: Callable[[float, Sequence[Event]], None]) -> None:
        """Tell `told` of every transaction that writes, once it is committed: its seconds, its lines of the ledger."""
        self._told_of_commits.append(told)

    def woken(self) -> set[Woken]:
        """As `LaneStore.woken`."""
        return self._doorbell.noted()

    def ring(self) -> None:
        """Ends the wait of this process's worker."""
        self._doorbell.ring()

    def on_ring(self, told: Callable[[], None]) -> None:
        """Tell `told` that something was committed, here or elsewhere; a hint, some of which are missed."""
        self._doorbell.on_ring(told)

    def check(self) -> None:
        """Raises Unavailable where the database does not answer."""
        with self.reading() as tx:
            tx.connection.execute(sa.select(1)).scalar_one()

    def check_writing(self) -> None:
        """Raises Unavailable where the database can only be read, for a full disk or by its mode.

        It is found by a write, of one row as it was: of as many checks as there are within WRITTEN_EVERY, one writes.
        """
        with self._checking:
            now = self.clock()
            if self._written_at is None or abs(now - self._written_at) >= WRITTEN_EVERY:
                self._written_at = None
                self._write_nothing_new()
                self._written_at = now

    def _write_nothing_new(self) -> None:
        try:
            with self.transaction() as tx:
                tx.connection.execute(_AS_IT_WAS)
                self.buckets.take(tx.connection, "readyz", "", "", 1.0, 1)  # on SQLite they are in a file of their own
        except Unavailable as error:
            raise Unavailable("The database cannot be written to.", error.details) from error


class _Telling(AbstractContextManager[None]):
    """Not a generator, which costs ten times as much: every step of a lane passes through it four times."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        sentence = _away(error) if isinstance(error, Exception) else None
        if sentence is not None:
            raise Unavailable("The service is temporarily unavailable.", sentence) from error


_TELLING = _Telling()


def unavailable_if_away() -> AbstractContextManager[None]:
    """Turns a database that is away, full or locked for too long into an error for people."""
    return _TELLING


def _away(error: Exception) -> str | None:
    """What an operator should know about a database error; None for errors that are not about its being there."""
    driver_error = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig is not None else error
    kind = type(driver_error).__module__.split(".")[0], type(driver_error).__name__
    if isinstance(error, sa.exc.TimeoutError):
        return "Every database connection is in use; the request can be sent again."
    if kind == ("sqlite3", "OperationalError"):
        return f"SQLite: {driver_error}."
    if kind[0] == "psycopg" and isinstance(driver_error, _connection_errors()) and not _undone(driver_error):
        return f"PostgreSQL: {driver_error}."
    return None


def _connection_errors() -> tuple[type[Exception], ...]:
    import psycopg  # noqa: PLC0415  only where PostgreSQL is used

    ended = psycopg.errors.IdleInTransactionSessionTimeout
    only_reads = psycopg.errors.ReadOnlySqlTransaction  # a standby, where the first server was
    return (psycopg.OperationalError, psycopg.InterfaceError, ended, only_reads)


def _undone(error: Exception) -> bool:
    """Whether the database rolled the transaction back for the sake of another.

    Deadlock, serialization, the same key.
    """
    driver_error = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    return getattr(driver_error, "sqlstate", None) in ("40P01", "40001", "23505")
