"""The steps of the lanes of operations: one sends, one looks what became of what was sent, one watches for standstill.

A step of the sending lane works on while it finds work, for about a second: each of its transactions records what the
last calls came to and marks the next ones, so a crash leaves one turn in doubt and no more.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from daybook.lanes import Held, LaneKind, Step
from daybook.operations import looking, sending, watching
from daybook.operations.batches import LOOKING, SENDING, WATCH, Operation, sent_in
from daybook.operations.calls import Marketplace, Outcome, Plan, Standing, Throttled
from daybook.operations.kinds.registry import kinds_carried_by
from daybook.operations.looking import Look
from daybook.operations.sending import ANSWERED_WITHIN, SEND_WITHIN, Turn, is_away
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from daybook.worker.pace import random_jitter

LONGEST = 120.0
"""Seconds that a step may take: one turn of slow calls, and what is recorded of it."""
WORKS_ON = 1.0
"""A step that finds work goes on for so many seconds before others have their turn."""
WITHOUT_MARKETPLACE = 60.0
"""Seconds until a lane looks again whether its seller has a marketplace to send to."""

Connect = Callable[[str], Marketplace | None]
"""A seller's marketplace; None where none is connected."""


def nowhere(seller_id: str) -> Marketplace | None:
    """No marketplace is connected: everything waits."""
    del seller_id
    return None


@dataclass(frozen=True, slots=True)
class Sender:
    """What the steps work with."""

    store: Store
    connect: Connect = nowhere
    stalled_after: timedelta = watching.STALLED_AFTER
    monotonic: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random_jitter
    works_on: float = WORKS_ON
    send_within: float = SEND_WITHIN
    answered_within: float = ANSWERED_WITHIN


def operation_lanes(sender: Sender) -> list[LaneKind]:
    """The kinds of lanes that operations have."""
    return [
        LaneKind(SENDING, sending_step(sender), LONGEST),
        LaneKind(LOOKING, looking_step(sender), LONGEST),
        LaneKind(WATCH, watch_step(sender), 60.0),
    ]


def sending_step(sender: Sender) -> Step:
    """The step of lanes of kind SENDING. Raises Unavailable where the database is away."""
    return partial(_send, sender)


def _send(sender: Sender, held: Held) -> None:
    seller_id, operation = sent_in(held.lane)
    marketplace = sender.connect(seller_id)
    if marketplace is None:
        sender.store.do(lambda tx: tx.release(held, WITHOUT_MARKETPLACE))
        return
    plan = marketplace.plan(kinds_carried_by(operation)[0])
    wait = sender.store.do(partial(_take_over, sender, held))
    if wait:
        return
    until = sender.monotonic() + sender.works_on
    begun = sender.monotonic()
    turn = sender.store.do(partial(_take, sender, held, plan))
    while turn.calls:
        outcomes = marketplace.send(turn.calls, sender.send_within - (sender.monotonic() - begun))
        goes_on = sender.monotonic() < until
        begun = sender.monotonic()
        work = partial(_record, sender, held, turn, outcomes, plan, goes_on)
        turn = sender.store.do(work)


def _take_over(sender: Sender, held: Held, tx: Transaction) -> float:
    """What a dead worker left; the lane is given back while that can still be answered."""
    wait = sending.take_over(tx, tx.now, *sent_in(held.lane), sender.answered_within)
    if wait:
        tx.release(held, wait)
    else:
        tx.fence(held)
    return wait


def _take(sender: Sender, held: Held, plan: Plan, tx: Transaction) -> Turn:
    turn = sending.take(tx, tx.now, *sent_in(held.lane), plan, sender.send_within)
    if turn.calls:
        tx.fence(held)
    else:
        tx.release(held, turn.wait)
    return turn


def _record(
    sender: Sender,
    held: Held,
    turn: Turn,
    outcomes: Mapping[str, Outcome],
    plan: Plan,
    goes_on: bool,
    tx: Transaction,
) -> Turn:
    seller_id, _ = sent_in(held.lane)
    sending.record(tx, tx.now, turn, outcomes, seller_id, plan, sender.jitter())
    if goes_on:
        return _take(sender, held, plan, tx)
    tx.release(held, 0.0)
    return Turn()


def looking_step(sender: Sender) -> Step:
    """The step of lanes of kind LOOKING."""
    return partial(_look, sender)


def _look(sender: Sender, held: Held) -> None:
    seller_id = held.lane.key
    marketplace = sender.connect(seller_id)
    if marketplace is None:
        sender.store.do(lambda tx: tx.release(held, WITHOUT_MARKETPLACE))
        return
    plan = marketplace.look_plan()
    look = sender.store.do(partial(_to_look_at, held, plan, marketplace.honours_keys))
    if not look.calls:
        return
    begun = sender.monotonic()
    standings: list[tuple[Operation, Standing]] = []
    for operation, call in look.calls:
        if sender.monotonic() - begun > sender.send_within:
            break  # the others stay due
        standings.append((operation, marketplace.read_back(call)))
        if _is_vain(standings[-1][1]):
            break
    sender.store.do(partial(_record_looks, held, look, standings, plan, sender.jitter()))


def _is_vain(standing: Standing) -> bool:
    """Whether no further look would find anything now."""
    return isinstance(standing, Throttled) or is_away(standing)


def _to_look_at(held: Held, plan: Plan, honours_keys: bool, tx: Transaction) -> Look:
    look = looking.to_look_at(tx, tx.now, held.lane.key, plan, honours_keys=honours_keys)
    if look.calls:
        tx.fence(held)
    else:
        tx.release(held, look.wait)
    return look


def _record_looks(
    held: Held,
    look: Look,
    standings: Sequence[tuple[Operation, Standing]],
    plan: Plan,
    jitter: float,
    tx: Transaction,
) -> None:
    looking.record_looks(tx, tx.now, look, standings, plan, jitter)
    tx.release(held, 0.0)


def watch_step(sender: Sender) -> Step:
    """The step of lanes of kind WATCH: flags batches without progress."""

    def step(held: Held) -> None:
        sender.store.do(partial(_watch, held, sender.stalled_after))

    return step


def _watch(held: Held, after: timedelta, tx: Transaction) -> None:
    tx.release(held, watching.watch(tx, tx.now, held.lane.key, after))
