"""The step of the lane that reads Amazon's queue: messages are kept, each in a transaction, and then deleted there."""

from functools import partial

from daybook.kernel.ids import Ids
from daybook.lanes import Held, LaneKind, Step
from daybook.notifications.inbound.queues import QUEUE, Message, Queue, keep
from daybook.store.store import Store
from daybook.store.transaction import Transaction

WAITS = 5
"""Seconds for which a message is waited for: a worker that is being stopped waits as long."""
LONGEST = 120.0
"""Seconds that a step may take, ten messages at most."""


def queue_kind(store: Store, ids: Ids, queue: Queue) -> LaneKind:
    """The lane of the queue, which waits for a machine outside and so has a slot of its own.

    A worker that was told of no queue knows no such lane, and leaves it to those that were.
    """
    return LaneKind(QUEUE, queue_step(store, ids, queue), LONGEST, at_once=1, apart=True)


def queue_step(store: Store, ids: Ids, queue: Queue, waits: int = WAITS) -> Step:
    """The step of lanes of kind `queues.QUEUE`. Raises Unavailable where the queue or the database is away."""

    def step(held: Held) -> None:
        for message in queue.receive(waits):
            store.do(partial(_keep, ids, held, message))
            queue.delete(message)
        store.do(lambda tx: tx.release(held, 0.0))

    return step


def _keep(ids: Ids, held: Held, message: Message, tx: Transaction) -> None:
    tx.fence(held)
    keep(tx, tx.now, ids, message.text)
