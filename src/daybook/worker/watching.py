"""The step of the lane that notices reports that are stuck."""

from functools import partial

from daybook.lanes import Held, Step
from daybook.reports.watching import EVERY, watch
from daybook.store.store import Store
from daybook.store.transaction import Transaction

LONGEST = 60.0
"""Seconds that a step may take; it looks at some hundreds of reports."""


def watching_step(store: Store) -> Step:
    """The step of the lane of kind `reports.watching.REPORT_WATCH`. Raises Unavailable where the database is away."""

    def step(held: Held) -> None:
        store.do(partial(_watch, held))

    return step


def _watch(held: Held, tx: Transaction) -> None:
    watch(tx, tx.now)
    tx.release(held, EVERY)
