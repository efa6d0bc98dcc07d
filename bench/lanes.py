"""What a lane costs beside the plainest queue in the same database: a table of jobs, claimed and then marked as done.

Each unit of work is claimed by itself, in a transaction of its own, and done in another that writes one row of the
domain. The queue does no more than that: no lease, no fence, no wake that comes meanwhile, no back-off.
"""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import psycopg

from bench.databases import POSTGRES, SQLITE, database, opened
from bench.figures import Figure
from bench.rounds import medians
from daybook.lanes import LEASE, Lane, WorkClass
from daybook.store.sqlite import SqliteStore
from daybook.store.store import Store

KIND = "bench"
WORKER = "worker"
BARS = {SQLITE: 0.8, POSTGRES: 0.7}

_TABLES = (
    "CREATE TABLE bench_work (id TEXT PRIMARY KEY, done INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE bench_job (id INTEGER PRIMARY KEY, work TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0)",
    "CREATE INDEX bench_job_queued ON bench_job (id) WHERE state = 0",
)
_CLAIM = """UPDATE bench_job SET state = 1 WHERE id = (
    SELECT id FROM bench_job WHERE state = 0 ORDER BY id LIMIT 1{skip}) RETURNING id, work"""
_WORK = "UPDATE bench_work SET done = done + 1 WHERE id = {mark}"
_DONE = "UPDATE bench_job SET state = 2 WHERE id = {mark}"


def run(quick: bool) -> list[Figure]:
    """Cycles of a lane for each of the plain queue's."""
    units, rounds = (20, 1) if quick else (1000, 7)
    return [figure for kind in BARS for figure in _beside_plain(kind, units, rounds)]


def _beside_plain(kind: str, units: int, rounds: int) -> list[Figure]:
    with database(kind) as url, opened(url) as store:
        plain = Plain(store, units)
        measured = {"plain": plain.rate, "lanes": lambda: lanes_rate(store, units)}
        rates = medians(measured, rounds)
        plain.close()
    ratio = rates["lanes"] / rates["plain"]
    bar = BARS[kind]
    return [
        Figure(f"lanes on {kind}, cycles beside a plain claim loop", ratio, "x", f">= {bar}", ratio >= bar),
        Figure(f"lanes on {kind}, cycles a second", rates["lanes"], "/s", "", None),
    ]


class Plain:
    """The plain queue, on a connection of the driver's own."""

    def __init__(self, store: Store, units: int) -> None:
        self._units = units
        postgres = store.engine.dialect.name == "postgresql"
        self._driver = _postgres(store) if postgres else _sqlite(store)
        mark = "%s" if postgres else "?"
        self._claim = _CLAIM.format(skip=" FOR UPDATE SKIP LOCKED" if postgres else "")
        self._work, self._done = _WORK.format(mark=mark), _DONE.format(mark=mark)
        self._begin = "BEGIN" if postgres else "BEGIN IMMEDIATE"
        for table in _TABLES:
            self._driver.execute(table)
        for unit in range(units):
            self._driver.execute(f"INSERT INTO bench_work (id) VALUES ('{unit}')")
            self._driver.execute(f"INSERT INTO bench_job (id, work) VALUES ({unit}, '{unit}')")

    def rate(self) -> float:
        """Claims and does every job; jobs a second."""
        self._driver.execute("UPDATE bench_job SET state = 0")
        return _rate(self._cycle, self._units)

    def _cycle(self) -> None:
        job, work = self._driver.execute(self._claim).fetchone()
        self._driver.execute(self._begin)
        self._driver.execute(self._work, (work,))
        self._driver.execute(self._done, (job,))
        self._driver.execute("COMMIT")

    def close(self) -> None:
        """Gives the connection back."""
        self._driver.close()


def lanes_rate(store: Store, units: int) -> float:
    """Wakes as many lanes, then claims each and runs its step; steps a second."""
    with store.transaction() as tx:
        for unit in range(units):
            tx.wake(Lane(KIND, str(unit)), WorkClass.NORMAL)
    work = _WORK.format(mark="%s" if store.engine.dialect.name == "postgresql" else "?")

    def cycle() -> None:
        (held,) = store.claim(WORKER, WorkClass.NORMAL, [KIND], 1, LEASE)
        with store.transaction() as tx:
            tx.driver.execute(work, (held.lane.key,))
            tx.release(held, None)

    return _rate(cycle, units)


def _rate(cycle: Callable[[], None], units: int) -> float:
    began = time.perf_counter()
    for _ in range(units):
        cycle()
    return units / (time.perf_counter() - began)


def _sqlite(store: Store) -> Any:
    path = str(store.path) if isinstance(store, SqliteStore) else ""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _postgres(store: Store) -> Any:
    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)
