"""The step of a fan-out lane: what is news of the ledger becomes deliveries, in one transaction."""

from functools import partial

from daybook.kernel.ids import Ids
from daybook.lanes import Held, Step
from daybook.notifications.fan_out import fan_out
from daybook.store.store import Store
from daybook.store.transaction import Transaction

LONGEST = 60.0


def fan_out_step(store: Store, ids: Ids) -> Step:
    """The step of lanes of kind `fan_out.FAN_OUT`. Raises Unavailable where the database is away."""

    def step(held: Held) -> None:
        store.do(partial(_fan_out, ids, held))

    return step


def _fan_out(ids: Ids, held: Held, tx: Transaction) -> None:
    more = fan_out(tx, tx.now, ids, held.lane.key)
    tx.release(held, 0.0 if more else None)
