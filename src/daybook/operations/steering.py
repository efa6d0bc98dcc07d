"""What people do with a batch once it is there: approve, cancel, retry, pause, resume."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from daybook.kernel.errors import Conflict
from daybook.lanes import WorkClass
from daybook.operations.answers import SAME_ERROR
from daybook.operations.batches import Batch, Operation, find_batch, progress_of, sending_lane
from daybook.operations.codes import Code
from daybook.operations.kinds.registry import all_kinds
from daybook.operations.moves import Moves, move_batch, settle
from daybook.operations.ports import BatchesPort
from daybook.operations.status import SENDABLE, BatchStatus, Status
from daybook.operations.submitting import Transact, wake_batch

SLICE = 1000
"""Operations that one transaction moves."""


class Steered(NamedTuple):
    """How many operations were moved, and how many were left where they are because the same error came too often."""

    moved: int
    left: int = 0


Change = Callable[[Operation], dict[str, Any] | None]
"""What changes with an operation that is moved; None leaves it."""


def approve(transact: Transact, seller_id: str, batch_id: str, actor: str) -> Steered:
    """Lets what was held be sent. Raises NotFound, and Conflict where nothing is held."""
    change: Change = lambda _: {"code": None, "message": None, "repeats": 0}  # noqa: E731  a policy, beside the others
    done = _steer(transact, seller_id, batch_id, actor, (Status.HELD,), Status.QUEUED, change)
    if not done.moved:
        raise Conflict("Nothing of this batch is held.", f"batchId: {batch_id}")
    return done


def cancel(transact: Transact, seller_id: str, batch_id: str, actor: str) -> Steered:
    """Ends what has not been sent yet; what is being sent, or was, comes to its own end. Raises NotFound, and Conflict
    where nothing is left to cancel."""
    changes = {"code": Code.CANCELLED_BY_USER, "message": f"Cancelled by {actor}.", "due_at": None}
    waiting = (Status.QUEUED, Status.HELD, Status.THROTTLED)
    done = _steer(transact, seller_id, batch_id, actor, waiting, Status.CANCELLED, lambda _: changes)
    if not done.moved:
        raise Conflict("Nothing of this batch is waiting any more, so there is nothing to cancel.")
    return done


def retry(transact: Transact, seller_id: str, batch_id: str, actor: str, *, force: bool = False) -> Steered:
    """Sends what the marketplace rejected once more, the same bytes with the same keys.

    An operation that came back with the same error three times in a row is left, unless forced. Raises NotFound, and
    Conflict where nothing was rejected.
    """

    def change(operation: Operation) -> dict[str, Any] | None:
        if operation.repeats >= SAME_ERROR and not force:
            return None
        return {"completed_at": None} | ({"repeats": 0} if force else {})

    done = _steer(transact, seller_id, batch_id, actor, (Status.REJECTED,), Status.QUEUED, change)
    if not done.moved and not done.left:
        raise Conflict("The marketplace has rejected nothing of this batch.", f"batchId: {batch_id}")
    return done


def retryable(transact: Transact, seller_id: str, batch_id: str) -> Steered:
    """What `retry` would move and leave, without doing it. Raises NotFound."""
    batch, rejected = transact(partial(_rejected, seller_id, batch_id))
    left = after = 0
    while found := transact(lambda tx: tx.operations_in(batch.number, Status.REJECTED, (), after, SLICE)):  # noqa: B023
        left += sum(each.repeats >= SAME_ERROR for each in found)
        after = found[-1].line
    return Steered(rejected - left, left)


def _rejected(seller_id: str, batch_id: str, tx: BatchesPort) -> tuple[Batch, int]:
    batch = find_batch(tx, seller_id, batch_id)
    return batch, progress_of(tx.counts_of(batch.number)).statuses.get(Status.REJECTED, 0)


def pause(tx: BatchesPort, now: datetime, seller_id: str, batch_id: str, actor: str) -> Steered:
    """Nothing more of the batch is sent until it is resumed; `moved` is how many operations wait for that.

    Raises NotFound, and Conflict where it is paused already or has ended.
    """
    batch = _running(tx, seller_id, batch_id)
    if not move_batch(tx, now, batch, BatchStatus.PAUSED, actor):
        _running(tx, seller_id, batch_id)  # says what another made of it meanwhile
        raise _changed()
    return _sendable(tx, batch)


def _running(tx: BatchesPort, seller_id: str, batch_id: str) -> Batch:
    batch = find_batch(tx, seller_id, batch_id)
    if batch.status is BatchStatus.PAUSED:
        raise Conflict("The batch is paused already.", f"batchId: {batch_id}")
    if batch.status is not BatchStatus.RUNNING:
        raise Conflict("The batch has ended, so there is nothing to pause.", f"batchId: {batch_id}")
    return batch


def resume(tx: BatchesPort, now: datetime, seller_id: str, batch_id: str, actor: str) -> Steered:
    """The batch goes on, and `moved` operations of it with it. Raises NotFound, and Conflict where it is not paused."""
    batch = _paused(tx, seller_id, batch_id)
    if not move_batch(tx, now, batch, BatchStatus.RUNNING, actor, progress_at=max(now, batch.queued_at)):
        _paused(tx, seller_id, batch_id)
        raise _changed()
    wake_batch(tx, replace(batch, status=BatchStatus.RUNNING), tx.counts_of(batch.number), now)
    return _sendable(tx, batch)


def _paused(tx: BatchesPort, seller_id: str, batch_id: str) -> Batch:
    batch = find_batch(tx, seller_id, batch_id)
    if batch.status is not BatchStatus.PAUSED:
        raise Conflict("The batch is not paused.", f"It is {batch.status}.")
    return batch


def _sendable(tx: BatchesPort, batch: Batch) -> Steered:
    """What a pause concerns: what was sent comes to its own end, and what is held waits for a person as it is."""
    statuses = progress_of(tx.counts_of(batch.number)).statuses
    return Steered(sum(statuses.get(status, 0) for status in SENDABLE))


def _changed() -> Conflict:
    return Conflict("The batch changed at the same moment.", "Try it again.")


def _steer(
    transact: Transact,
    seller_id: str,
    batch_id: str,
    actor: str,
    statuses: tuple[Status, ...],
    to: Status,
    change: Change,
) -> Steered:
    """Moves all operations of the statuses, a slice at a time, so that others write in between."""
    batch = transact(lambda tx: find_batch(tx, seller_id, batch_id))
    moved = left = 0
    for status in statuses:
        after = 0
        while after >= 0:
            after, done, kept = transact(
                partial(_slice, batch.seller_id, batch.batch_id, actor, status, to, change, after)
            )
            moved, left = moved + done, left + kept
    return Steered(moved, left)


def _slice(
    seller_id: str, batch_id: str, actor: str, status: Status, to: Status, change: Change, after: int, tx: BatchesPort
) -> tuple[int, int, int]:
    """The line up to which was moved (negative at the end), how many were, and how many were left."""
    batch = find_batch(tx, seller_id, batch_id)
    found = tx.operations_in(batch.number, status, (), after, SLICE)
    changed = [(each, changes) for each in found if (changes := change(each)) is not None]
    moves = Moves()
    for each, changes in changed:
        moves.add(each, to, **changes)
    if changed and batch.status is BatchStatus.ENDED:
        batch = _reopened(tx, batch, actor)
    moved = moves.write(tx, tx.now, {batch.number: batch}, actor)
    if moved:
        settle(tx, tx.now, batch, actor)
        _wake(tx, batch, [each for each, _ in changed], to)
    return (found[-1].line if len(found) == SLICE else -1), len(moved), len(found) - len(changed)


def _reopened(tx: BatchesPort, batch: Batch, actor: str) -> Batch:
    """A retry makes an ended batch run again."""
    now = max(tx.now, batch.queued_at)
    if not move_batch(tx, now, batch, BatchStatus.RUNNING, actor, ended_at=None, progress_at=now):
        raise _changed()
    return replace(batch, status=BatchStatus.RUNNING, ended_at=None, progress_at=now)


def _wake(tx: BatchesPort, batch: Batch, operations: list[Operation], to: Status) -> None:
    if to is Status.QUEUED:
        delay = max(0.0, (batch.start_at - tx.now).total_seconds()) if batch.start_at else 0.0
        for operation in _carried(operations):
            tx.wake(sending_lane(batch.seller_id, operation), WorkClass.NORMAL, delay)


def _carried(operations: list[Operation]) -> Iterator[str]:
    yield from {all_kinds()[each.kind].plan.operation for each in operations}
