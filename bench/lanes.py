"""What a lane costs beside the plainest queue in the same database: a table of jobs, claimed and then marked as done.

Each unit of work is claimed by itself, in a transaction of its own, and done in another that writes one row of the
domain. The queue does no more than that: no lease, no fence, no wake that comes meanwhile, no back-off. One of its
jobs and one step of a lane take turns, so that whatever else the machine does falls on both.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import psycopg

from bench.databases import POSTGRES, SQLITE, database, opened
from bench.figures import Figure
from daybook.lanes import LEASE, Lane, WorkClass
from daybook.store.store import Store

KIND = "bench"
WORKER = "worker"
BARS = {SQLITE: 0.8, POSTGRES: 0.7}
WARM = 20
"""Turns that do not count."""

_WORK_TABLE = "CREATE TABLE bench_work (id TEXT PRIMARY KEY, done INTEGER NOT NULL DEFAULT 0)"
_JOB_TABLE = "CREATE TABLE bench_job (id TEXT PRIMARY KEY, due_at FLOAT NOT NULL, state TEXT NOT NULL)"
_JOB_INDEX = "CREATE INDEX bench_job_due ON bench_job (due_at) WHERE state = 'queued'"
_CLAIM = """UPDATE bench_job SET state = 'running' WHERE id = (SELECT id FROM bench_job
    WHERE state = 'queued' AND due_at <= {mark} ORDER BY due_at LIMIT 1{skip}) RETURNING id"""
_WORK = "UPDATE bench_work SET done = done + 1 WHERE id = {mark}"
_DONE = "UPDATE bench_job SET state = 'done' WHERE id = {mark}"

Cycle = Callable[[], None]


def run(quick: bool) -> list[Figure]:
    """Cycles of a lane for each of the plain queue's."""
    return [figure for kind in BARS for figure in _beside_plain(kind, 40 if quick else 3000)]


def _beside_plain(kind: str, units: int) -> list[Figure]:
    with _plain_cycle(kind, units) as plain, _lane_cycle(kind, units) as lane:
        took = [(_seconds(plain), _seconds(lane)) for _ in range(units)][WARM:]
    plain_took, lane_took = median(turn[0] for turn in took), median(turn[1] for turn in took)
    ratio, bar = plain_took / lane_took, BARS[kind]
    return [
        Figure(f"lanes on {kind}, steps beside a plain claim loop", ratio, "x", f">= {bar}", ratio >= bar),
        Figure(f"lanes on {kind}, steps a second, one after the other", 1 / lane_took, "/s", "", None),
    ]


def _seconds(cycle: Cycle) -> float:
    began = time.perf_counter()
    cycle()
    return time.perf_counter() - began


@contextmanager
def _plain_cycle(kind: str, units: int) -> Iterator[Cycle]:
    """Claims one of so many jobs and does it, on a connection of the driver's own."""
    skip, mark, begin = ("", "?", "BEGIN IMMEDIATE") if kind == SQLITE else (" FOR UPDATE SKIP LOCKED", "%s", "BEGIN")
    claim = _CLAIM.format(skip=skip, mark=mark)
    work, done = _WORK.format(mark=mark), _DONE.format(mark=mark)
    with database(kind) as url, connected(url) as driver:
        _prepare(driver, units, _WORK_TABLE, _JOB_TABLE, _JOB_INDEX)

        def cycle() -> None:
            (job,) = driver.execute(claim, (time.time(),)).fetchone()
            driver.execute(begin)
            driver.execute(work, (job,))
            driver.execute(done, (job,))
            driver.execute("COMMIT")

        yield cycle


@contextmanager
def _lane_cycle(kind: str, units: int) -> Iterator[Cycle]:
    """Claims one of so many lanes and does its step, through the store as a worker does."""
    work = _WORK.format(mark="?" if kind == SQLITE else "%s")
    with database(kind) as url, opened(url) as store:
        with connected(url) as driver:
            _prepare(driver, units, _WORK_TABLE)
        _wake_all(store, units)

        def cycle() -> None:
            (held,) = store.claim(WORKER, WorkClass.NORMAL, [KIND], 1, LEASE)
            with store.transaction() as tx:
                tx.driver.execute(work, (held.lane.key,))
                tx.release(held, None)

        yield cycle


def _prepare(driver: Any, units: int, *tables: str) -> None:
    for table in tables:
        driver.execute(table)
    driver.execute("BEGIN")
    for unit in range(units):
        driver.execute(f"INSERT INTO bench_work (id) VALUES ('{unit}')")
        if len(tables) > 1:
            driver.execute(f"INSERT INTO bench_job (id, due_at, state) VALUES ('{unit}', {unit}, 'queued')")
    driver.execute("COMMIT")


def _wake_all(store: Store, units: int) -> None:
    with store.transaction() as tx:
        for unit in range(units):
            tx.wake(Lane(KIND, str(unit)), WorkClass.NORMAL)


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """A connection of the driver's own that commits by itself, as durable as Daybook's."""
    if url.startswith("sqlite:///"):
        connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
    else:
        connection = psycopg.connect(url, autocommit=True)
    try:
        yield connection
    finally:
        connection.close()
