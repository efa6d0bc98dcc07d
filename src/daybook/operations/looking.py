"""Looking: what became of an operation whose answer was lost, and whether what was accepted is in effect.

A look is a read of the marketplace and changes nothing there, so it needs no intent; it has a usage plan of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daybook.lanes import WorkClass, doubling
from daybook.operations import plans
from daybook.operations.answers import LOOKS, Answered, rejected, succeeded
from daybook.operations.batches import Batch, Operation, sending_lane
from daybook.operations.calls import Absent, Call, Plan, Reply, ReplyStatus, Standing
from daybook.operations.codes import Code
from daybook.operations.kinds.registry import all_kinds
from daybook.operations.ports import SendingPort
from daybook.operations.sending import call_of, heeded, write_answers
from daybook.operations.status import Status

ACTOR = "looking lane"
MOST = 50
"""Looks of one turn."""
_WAITS = (Status.UNCERTAIN, Status.ACCEPTED)
_LOOKED_AGAIN_AFTER, _SLOWEST = 5.0, 4
"""Seconds after a look that found nothing out; doubled for each look before it, up to so many."""


@dataclass(frozen=True, slots=True)
class Look:
    """Operations to be looked at, and how; without any, `wait` is in how many seconds, None when woken."""

    calls: Sequence[tuple[Operation, Call]] = ()
    batches: dict[int, Batch] = field(default_factory=dict)
    wait: float | None = None


def to_look_at(tx: SendingPort, now: datetime, seller_id: str, plan: Plan, *, honours_keys: bool) -> Look:
    """What is due to be looked at. Where keys are honoured, what is uncertain is queued again at once, unlooked at."""
    batches = {batch.number: batch for batch in tx.unended_batches(seller_id)}
    if honours_keys:
        _queue_again(tx, now, batches)
    sending = plans.filled(tx.sending(seller_id, plan.operation) or plans.unused(seller_id, plan, now), plan, now)
    blocked = plans.blocked_for(sending, now)
    room = 0 if blocked else min(MOST, plans.affordable(sending, plan))
    due: list[Operation] = []
    for number in batches:
        for status in _WAITS:
            due += tx.operations_due(number, status, (), now, room - len(due)) if len(due) < room else []
    if due:
        tx.put_sending(plans.spent(sending, plan, len(due)))
        return Look([(each, call_of(batches[each.number], each)) for each in due], batches)
    tx.put_sending(sending)
    wait = _until_due(tx, now, seller_id)
    if wait is None:
        return Look()
    return Look(wait=max(wait, blocked, 0.0 if room else plans.seconds_until_affordable(sending, plan)))


def _until_due(tx: SendingPort, now: datetime, seller_id: str) -> float | None:
    times = [at for status in _WAITS if (at := tx.next_due_of(seller_id, status, ())) is not None]
    return max(0.0, (min(times) - now).total_seconds()) if times else None


def _queue_again(tx: SendingPort, now: datetime, batches: dict[int, Batch]) -> None:
    for number, batch in batches.items():
        uncertain = tx.operations_due(number, Status.UNCERTAIN, (), now + timedelta(days=1), 1000)
        found = [Answered(each, Status.QUEUED, {"due_at": None}) for each in uncertain]
        write_answers(tx, now, found, {number: batch}, ACTOR)
        _wake(tx, uncertain)


def _wake(tx: SendingPort, operations: Sequence[Operation]) -> None:
    for each in operations:
        tx.wake(sending_lane(each.seller_id, all_kinds()[each.kind].plan.operation), WorkClass.NORMAL)


def record_looks(
    tx: SendingPort,
    now: datetime,
    look: Look,
    standings: Sequence[tuple[Operation, Standing]],
    plan: Plan,
    jitter: float = 0.0,
) -> None:
    """Writes down what was found; what is still open is looked at again later, ever more seldom.

    While the marketplace is away, one look alone tries whether it is back, and waits longer each time.
    """
    found = [_found(each, standing, now) for each, standing in standings]
    write_answers(tx, now, [each for each in found if each.to is not each.operation.status], look.batches, ACTOR)
    for each in found:
        if each.to is each.operation.status:
            tx.move_operations(each.operation.number, each.to, [each.operation.line], **each.changes)
    _wake(tx, [each.operation for each in found if each.to is Status.QUEUED])
    if standings:
        seller_id = standings[0][0].seller_id
        sending = tx.sending(seller_id, plan.operation) or plans.unused(seller_id, plan, now)
        tx.put_sending(heeded(sending, plan, now, [standing for _, standing in standings], jitter))


def _found(operation: Operation, standing: Standing, now: datetime) -> Answered:
    at = max(now, operation.attempted_at or now)
    if isinstance(standing, Reply):
        return _standing(operation, standing, at)
    if isinstance(standing, Absent):
        return _absent(operation, at)
    wait = doubling(min(operation.repeats + 1, _SLOWEST)) * _LOOKED_AGAIN_AFTER
    return Answered(operation, operation.status, {"due_at": at + timedelta(seconds=wait)})


def _standing(operation: Operation, reply: Reply, at: datetime) -> Answered:
    if reply.status is ReplyStatus.LIVE:
        return Answered(operation, Status.SUCCESS, succeeded(at))
    if reply.status is ReplyStatus.INVALID:
        return rejected(operation, reply, at)
    looks = operation.repeats + 1
    due_at = at + timedelta(seconds=LOOKS[min(looks, len(LOOKS) - 1)])
    return Answered(operation, Status.ACCEPTED, {"code": None, "message": None, "repeats": looks, "due_at": due_at})


def _absent(operation: Operation, at: datetime) -> Answered:
    """No trace of it: what was uncertain certainly was not done, and is sent again with the same key; what was
    accepted may yet come."""
    if operation.status is Status.UNCERTAIN:
        message = "The marketplace showed no trace of it, so it is sent again."
        return Answered(operation, Status.QUEUED, {"code": Code.NO_ANSWER, "message": message, "due_at": None})
    looks = operation.repeats + 1
    due_at = at + timedelta(seconds=LOOKS[min(looks, len(LOOKS) - 1)])
    return Answered(operation, operation.status, {"repeats": looks, "due_at": due_at})
