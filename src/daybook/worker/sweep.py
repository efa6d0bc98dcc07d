"""The sweep: what is past its keep, and objects that no document names, removed slice by slice.

A report outlives the ninety days for which the API serves it, unless a setting says otherwise.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from daybook.documents.objects import Objects
from daybook.documents.sweep import GRACE, SLICE, Transact, sweep_excess, sweep_expired, sweep_orphans
from daybook.kernel.clock import machine_clock
from daybook.kernel.keeping import KEEP, Keep
from daybook.lanes import Held, Lane, LaneNotes, Step, WorkClass
from daybook.store.retention import Kind, ends, remove_gone
from daybook.store.store import Store
from daybook.store.transaction import Transaction

SWEEP = "sweep"
EVERY = 3600.0
LONGEST = 1800.0
"""Seconds that a step may take: it lists the whole document store."""
GIVEN_UP = timedelta(hours=1)
"""A submission of which nothing came for so long is abandoned."""

Answer = TypeVar("Answer")


def sweep_lane() -> Lane:
    """There is one sweep for all sellers."""
    return Lane(SWEEP, "all")


def wake_sweep(tx: LaneNotes) -> None:
    """Sweep now, and then every hour: what a Daybook does when it starts."""
    tx.wake(sweep_lane(), WorkClass.BULK)


def sweep_step(
    store: Store, objects: Objects, keep: Keep = KEEP, slice_: int = SLICE, grace: timedelta = GRACE
) -> Step:
    """The step of the sweep's lane; a slice is how many rows one transaction removes.

    Raises Unavailable where the database or the document store is away; what was removed until then stays removed.
    """

    def step(held: Held) -> None:
        transact = partial(_fenced, store, held)
        now = store.clock()
        objects.check()  # a folder that is not mounted must not pass for an empty one
        lines = transact(partial(_remove_abandoned, slice_))
        documents = _sweep_documents(transact, objects, keep, now, slice_)
        records = [transact(partial(_remove, *end, slice_)) for end in ends(keep, now).items()]
        more = slice_ in (lines, *documents, *records)
        if not more:
            sweep_orphans(transact, objects, machine_clock(store.clock)(), grace)  # files keep the machine's time
        store.do(lambda tx: tx.release(held, 0.0 if more else EVERY))

    return step


def _sweep_documents(transact: Transact, objects: Objects, keep: Keep, now: datetime, slice_: int) -> Sequence[int]:
    """A slice of those that have expired, and one of those for which there is no space; how many of each."""
    expired = sweep_expired(transact, objects, now, slice_)
    most = keep.documents_bytes
    return expired, 0 if most is None else sweep_excess(transact, objects, now, most, slice_)


def _remove_abandoned(limit: int, tx: Transaction) -> int:
    """Submissions that broke off: their server may have ended in the middle of one."""
    tx.abandon_silent(tx.now, tx.now - GIVEN_UP)
    return tx.remove_abandoned(limit)


def _remove(kind: Kind, before: datetime, limit: int, tx: Transaction) -> int:
    return 0 if kind is Kind.DOCUMENTS else remove_gone(tx, kind, before, limit)


def _fenced(store: Store, held: Held, work: Callable[[Transaction], Answer]) -> Answer:
    """The work in a transaction that commits only while the lane is ours."""

    def fenced(tx: Transaction) -> Answer:
        tx.fence(held)
        return work(tx)

    return store.do(fenced)
