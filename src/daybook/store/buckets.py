"""Token buckets: one row for each operation, seller and application.

They are not durable facts. On SQLite they have a file of their own with synchronous NORMAL, on PostgreSQL an UNLOGGED
table: after a crash of the machine a bucket may be full again, and no report is lost for it.
"""

import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path

import sqlalchemy as sa

# One statement refills and takes, so it is right however many processes run it. Where less than one token is there,
# nothing is written: a refused call costs nothing. A hair less than one is one, or a client that calls exactly at its
# rate would be refused for the rounding of its clock.
_LEVEL = "{least}({burst}, bucket.tokens + {greatest}(0, {now} - bucket.filled_at) * {rate})"
_TAKE = """
    INSERT INTO bucket (operation, seller_id, client_id, tokens, filled_at)
    VALUES ({operation}, {seller_id}, {client_id}, {burst} - 1, {now})
    ON CONFLICT (operation, seller_id, client_id) DO UPDATE
    SET tokens = {greatest}(0, {level} - 1), filled_at = {greatest}(bucket.filled_at, {now})
    WHERE {level} >= 0.99999"""


def _statement(values: Mapping[str, str], least: str, greatest: str) -> str:
    """The statement in a database's own words."""
    level = _LEVEL.format(**values, least=least, greatest=greatest)
    return _TAKE.format(**values, greatest=greatest, level=level)


class Buckets(ABC):
    """Takes tokens; right across threads, processes and machines."""

    @abstractmethod
    def take(
        self, connection: sa.Connection, operation: str, seller_id: str, client_id: str, rate: float, burst: int
    ) -> bool:
        """Take one token, refilled at `rate` a second up to `burst`.

        False where there is none, and then nothing changes. The connection is the one that the caller reads through: a
        call that waited for a second one, while others wait likewise, would wait for itself.
        """

    @abstractmethod
    def close(self) -> None:
        """Give back the connection."""


class SqliteBuckets(Buckets):
    """In a file beside the database."""

    _TABLE = """
        CREATE TABLE IF NOT EXISTS bucket (
          operation TEXT NOT NULL, seller_id TEXT NOT NULL, client_id TEXT NOT NULL,
          tokens REAL NOT NULL, filled_at REAL NOT NULL,
          PRIMARY KEY (operation, seller_id, client_id)) WITHOUT ROWID"""
    # Bound by position, and without RETURNING: every call takes a token, and either would cost a fifth more.
    _TAKE = _statement(
        {
            name: f"?{place}"
            for place, name in enumerate(("operation", "seller_id", "client_id", "rate", "burst", "now"), 1)
        },
        least="min",
        greatest="max",
    )

    def __init__(self, path: Path, seconds: Callable[[], float], speed: float = 1.0) -> None:
        """`seconds` answers the present instant in seconds since 1970."""
        self._seconds = seconds
        self._speed = speed
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        self._connection.execute("PRAGMA page_size = 1024")  # a commit writes a page: a small one costs less
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(self._TABLE)

    def take(
        self, connection: sa.Connection, operation: str, seller_id: str, client_id: str, rate: float, burst: int
    ) -> bool:
        del connection
        values = (operation, seller_id, client_id, rate * self._speed, burst, self._seconds())
        with self._lock:
            return self._connection.execute(self._TAKE, values).rowcount == 1

    def close(self) -> None:
        self._connection.close()


class PostgresBuckets(Buckets):
    """In an UNLOGGED table that the first migration makes, by the database's clock."""

    _TAKE = _statement(
        {
            **{name: f"%({name})s" for name in ("operation", "seller_id", "client_id")},
            "burst": "%(burst)s::float8",
            "rate": "%(rate)s::float8",
            "now": "extract(epoch FROM clock_timestamp())::float8",
        },
        least="LEAST",
        greatest="GREATEST",
    )

    def take(
        self, connection: sa.Connection, operation: str, seller_id: str, client_id: str, rate: float, burst: int
    ) -> bool:
        values = {
            "operation": operation,
            "seller_id": seller_id,
            "client_id": client_id,
            "rate": rate,
            "burst": burst,
        }
        return connection.exec_driver_sql(self._TAKE, values).rowcount == 1

    def close(self) -> None:
        """There is nothing to give back."""
