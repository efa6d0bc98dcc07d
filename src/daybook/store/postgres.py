"""PostgreSQL: any number of API servers and workers on any number of machines."""

import select
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog

from daybook.kernel.clock import Clock
from daybook.store.buckets import PostgresBuckets
from daybook.store.lanes_postgres import PostgresLanes
from daybook.store.rows import Opened, opened
from daybook.store.store import Store

CHANNEL = "daybook_lanes"
ANNOUNCE_EVERY = 0.010
"""At most one NOTIFY in that many seconds from a process.

In a transaction it would take a lock of the whole database.
"""
RECONNECT_AFTER = 1.0
BESIDE_SLOTS = 8
"""Connections of a pool for what is not a step of a lane: the API's calls, the worker's own rounds."""
CLOSE_WITHIN = 0.2
"""Seconds between two looks of the listening thread at whether the store is being closed."""
IDLE_IN_TRANSACTION = 60.0
"""Seconds after which the server ends a transaction that does nothing.

A machine that fell silent in the middle of one would keep its lane's row locked, and nobody could reap it.
"""

log = structlog.get_logger()


class PostgresStore(Store):
    """A Daybook database on a server. `url` is SQLAlchemy's, with the driver psycopg."""

    reads_inline = False

    def __init__(self, url: str, clock: Clock, connections: int) -> None:
        """Up to so many connections for transactions, and as many for single statements.

        A connection that changed from one to the other would cost more than the statement.
        """
        super().__init__(clock, PostgresLanes())
        self.engine = _pool(url, connections, isolation_level="READ COMMITTED")
        self._reads = _pool(url, connections, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True)
        self.buckets = PostgresBuckets()
        self._closing = threading.Event()
        self._to_announce = threading.Event()
        self._threads = [threading.Thread(target=self._announcing, name="daybook-notify", daemon=True)]
        self._threads[0].start()
        self._starting = threading.Lock()

    @contextmanager
    def _writing(self) -> Iterator[Opened]:
        with self.engine.begin() as connection:
            yield opened(connection)

    @contextmanager
    def _reading(self) -> Iterator[Opened]:
        with self._reads.connect() as connection:
            yield opened(connection)

    @contextmanager
    def _alone(self) -> Iterator[Any]:
        """Each verb is one statement: no row stays locked between it and a COMMIT that this process is slow to send.

        Straight from the pool: SQLAlchemy's own connection would cost a tenth of a claim.
        """
        connection = self._reads.raw_connection()
        try:
            yield connection.driver_connection
        finally:
            connection.close()

    _glancing = _alone

    def _announce(self) -> None:
        self._doorbell.ring()
        self._to_announce.set()

    def _announcing(self) -> None:
        """Sends one NOTIFY for all the announcements of a moment, after their commits."""
        while not self._closing.is_set():
            self._to_announce.wait()
            self._to_announce.clear()
            if self._closing.is_set():
                return
            try:
                with self._alone() as driver:
                    driver.execute(f"NOTIFY {CHANNEL}")
            except (sa.exc.SQLAlchemyError, psycopg.Error) as error:
                log.warning("notify failed; other workers find the work by polling", error=str(error))
            self._closing.wait(ANNOUNCE_EVERY)

    def listen(self) -> None:
        """Begin to hear the announcements of other processes; without it their work is found by polling."""
        with self._starting:
            if len(self._threads) == 1:
                self._threads.append(threading.Thread(target=self._listening, name="daybook-listen", daemon=True))
                self._threads[1].start()

    def on_ring(self, told: Callable[[], None]) -> None:
        """As `Store.on_ring`; it begins to listen."""
        super().on_ring(told)
        self.listen()

    def _listening(self) -> None:
        while not self._closing.is_set():
            try:
                self._hear()
            except psycopg.Error as error:
                log.warning("listening was interrupted", error=str(error))
                self._closing.wait(RECONNECT_AFTER)

    def _hear(self) -> None:
        dsn = self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(dsn, autocommit=True, connect_timeout=5, keepalives_idle=30) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self._doorbell.ring()  # what was announced while nobody listened
            while not self._closing.is_set():
                for _ in connection.notifies(timeout=CLOSE_WITHIN, stop_after=1):
                    self._doorbell.ring()

    def wait(self, seconds: float) -> None:
        """A ring of this process, or an announcement of another, ends the wait."""
        self.listen()
        self._doorbell.wait(seconds)

    def close(self) -> None:
        """Ends the threads and gives back the connections."""
        self._closing.set()
        self._to_announce.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self.engine.dispose()
        self._reads.dispose()


def connections_of(slots: int) -> int:
    """How many connections a process opens at most, with so many slots: two pools, and one to listen."""
    return 2 * (slots + BESIDE_SLOTS) + 1


def _pool(url: str, connections: int, **ways: Any) -> sa.Engine:
    engine = sa.create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=10,
        pool_use_lifo=True,  # a server process that was busy just now has its statements at hand
        hide_parameters=True,
        connect_args={
            "connect_timeout": 5,
            "keepalives_idle": 30,
            "application_name": "daybook",
            "options": f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION:.0f}s",
        },
        **ways,
    )
    sa.event.listen(engine, "checkout", _still_there)
    return engine


def _still_there(driver: psycopg.Connection[Any], *_: object) -> None:
    """Lets a connection out of the pool, unless the server ended it meanwhile: then its farewell waits to be read.

    That costs a thirtieth of a question to the server. A connection that died without a farewell is found by use.
    """
    if driver.closed:
        raise sa.exc.InvalidatePoolError
    looking = select.poll()
    looking.register(driver.fileno(), select.POLLIN)
    if looking.poll(0):
        raise sa.exc.InvalidatePoolError
