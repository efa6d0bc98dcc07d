"""The step of a schedules lane: asks for the reports that are due, in the transaction that moves their schedules on."""

from functools import partial

from daybook.kernel.ids import Ids
from daybook.lanes import Held, Step
from daybook.reports.schedules import fire_due
from daybook.store.store import Store
from daybook.store.transaction import Transaction

LONGEST = 60.0
"""Seconds that a step may take; it asks for some fifty reports."""


def schedules_step(store: Store, ids: Ids) -> Step:
    """The step of lanes of kind `schedules.SCHEDULES`. Raises Unavailable where the database is away."""

    def step(held: Held) -> None:
        store.do(partial(_fire, ids, held))

    return step


def _fire(ids: Ids, held: Held, tx: Transaction) -> None:
    tx.release(held, fire_due(tx, tx.now, ids, held.lane.key))
