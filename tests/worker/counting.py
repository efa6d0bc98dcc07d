"""A worker in a process of its own, for tests to kill: it counts units up, and tells a log that is not the store's.

    python -m tests.worker.counting DATABASE_URL LOG fenced|unfenced SECONDS

A step takes up to two units of its lane that are still at 0, and works on each for up to SECONDS. It says `begin`,
counts the unit up whatever it is at, brings a new unit to another lane, commits, and says `commit`. Only the fence
keeps a unit from being counted twice. `unfenced` leaves it out, to show that the log would tell.
"""

import os
import random
import signal
import sys
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from daybook.kernel.clock import system_clock
from daybook.lanes import Held, Lane, LaneKind, WorkClass
from daybook.store.opening import open_store
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from daybook.worker.pace import Pace
from daybook.worker.worker import Worker

COUNT = "count"
LANES = "abcdef"
GENERATIONS = 3
PACE = Pace(lease=1.0, renew_every=0.3, reap_every=0.25, margin=0.2)

unit = sa.Table(
    "unit",
    sa.MetaData(),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("counted", sa.Integer, nullable=False),
)


def bring(tx: Transaction, name: str) -> None:
    """A new unit, and a wake of its lane: the lane is the name's first letter."""
    tx.connection.execute(unit.insert().values(name=name, lane=name[0], counted=0))
    tx.wake(Lane(COUNT, name[0]), WorkClass.NORMAL)


def offspring(name: str) -> str | None:
    """The unit that is brought when this one is counted; None in the last generation. `a7` brings `ba7`, and so on."""
    if sum(letter in LANES for letter in name) >= GENERATIONS:
        return None
    return LANES[(LANES.index(name[0]) + 1) % len(LANES)] + name


class Log:
    """Lines that are on the disk before the next thing happens."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def __call__(self, event: str, name: str, held: Held) -> None:
        os.write(self._file, f"{event} {name} {held.token} {os.getpid()}\n".encode())
        os.fsync(self._file)


class Counting:
    """The step."""

    def __init__(self, store: Store, log: Log, longest: float, *, fenced: bool) -> None:
        self._store = store
        self._log = log
        self._longest = longest
        self._fenced = fenced

    def __call__(self, held: Held) -> None:
        waiting = self._waiting(held.lane.key)
        for name in waiting:
            self._log("begin", name, held)
            threading.Event().wait(random.uniform(0.5, 1) * self._longest)  # noqa: S311
            self._store.do(partial(self._count, held, name, name == waiting[-1]))
            self._log("commit", name, held)
        if not waiting or not self._fenced:
            with self._store.transaction() as tx:
                tx.release(held, None)

    def _waiting(self, lane: str) -> Sequence[str]:
        with self._store.reading() as tx:
            waiting = sa.select(unit.c.name).where(unit.c.lane == lane, unit.c.counted == 0).order_by(unit.c.name)
            return tx.connection.execute(waiting.limit(2)).scalars().all()

    def _count(self, held: Held, name: str, last: bool, tx: Transaction) -> None:
        tx.connection.execute(unit.update().where(unit.c.name == name).values(counted=unit.c.counted + 1))
        if not self._fenced:
            return
        if child := offspring(name):
            bring(tx, child)
        if last:
            left = sa.select(sa.literal(1)).where(unit.c.lane == held.lane.key, unit.c.counted == 0).limit(1)
            tx.release(held, None if tx.connection.execute(left).first() is None else 0.0)
        else:
            tx.fence(held)


def main(url: str, log: str, fence: str, seconds: str) -> None:
    store = open_store(url, system_clock)
    step = Counting(store, Log(Path(log)), float(seconds), fenced=fence == "fenced")
    worker = Worker(store, [LaneKind(COUNT, step, 60.0)], str(os.getpid()), slots=3, reserved=0, pace=PACE)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
