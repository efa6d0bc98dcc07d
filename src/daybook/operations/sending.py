"""Sending: a lane takes what is due of a seller's batches, sends it, and records what came back.

A call that leaves the house is intent (committed, with a last time to send), send, outcome (committed). After a crash
an intent without an outcome is uncertain: it is looked after before it is sent again, and always with the same key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeGuard

import msgspec

from daybook.lanes import Lane, WorkClass
from daybook.operations import plans
from daybook.operations.answers import Answered, answered
from daybook.operations.batches import LOOKING, Attempt, Batch, Operation
from daybook.operations.calls import (
    Absent,
    Call,
    Fault,
    Outcome,
    Plan,
    Reply,
    Standing,
    Throttled,
    Uncertain,
    Unreachable,
)
from daybook.operations.kinds.registry import all_kinds, kinds_carried_by
from daybook.operations.moves import Moves, settle
from daybook.operations.plans import Sending
from daybook.operations.ports import SendingPort
from daybook.operations.status import SENDABLE, Status

_decode = msgspec.json.Decoder(dict[str, Any]).decode

ACTOR = "sending lane"
BATCHES = 16
"""Batches that share one turn."""
SEND_WITHIN = 20.0
"""Seconds in which the calls of a turn are begun."""
ANSWERED_WITHIN = 60.0
"""Seconds after which a call that was begun has been answered or never will be."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a lane sends in one go; without calls, `wait` is in how many seconds there may be some, None when woken."""

    calls: Sequence[Call] = ()
    taken: Mapping[str, Operation] = field(default_factory=dict)
    """The operations as they are being sent, by attempt id."""
    batches: Mapping[int, Batch] = field(default_factory=dict)
    wait: float | None = None


def take(
    tx: SendingPort, now: datetime, seller_id: str, operation: str, plan: Plan, send_within: float = SEND_WITHIN
) -> Turn:
    """Marks what is due, as far as the plan allows and shared between batches, as being sent: the intent.

    `send_within` is in how many seconds the calls are begun.
    """
    if tx.stop_of(seller_id) is not None:
        return Turn()
    sending = plans.filled(tx.sending(seller_id, operation) or plans.unused(seller_id, plan, now), plan, now)
    blocked = plans.blocked_for(sending, now)
    kinds = kinds_carried_by(operation)
    if blocked:
        return _nothing(tx, sending, blocked)
    room = min(plans.affordable(sending, plan), *(all_kinds()[kind].chunk for kind in kinds))
    if room <= 0:
        return _nothing(tx, sending, plans.seconds_until_affordable(sending, plan))
    batches, operations = _due(tx, now, seller_id, kinds, room)
    if not operations:
        return _nothing(tx, sending, _until_due(tx, now, seller_id, kinds))
    send_by = now + timedelta(seconds=send_within)
    spent = replace(plans.spent(sending, plan, len(operations)), send_by=send_by)
    return _intent(tx, now, spent, batches, operations)


def _nothing(tx: SendingPort, sending: Sending, wait: float | None) -> Turn:
    tx.put_sending(replace(sending, send_by=None))
    return Turn(wait=wait)


def _due(
    tx: SendingPort, now: datetime, seller_id: str, kinds: Sequence[str], room: int
) -> tuple[dict[int, Batch], list[Operation]]:
    """Each batch has the same share; what one leaves is the others'."""
    batches = tx.batches_to_serve(seller_id, now, kinds, SENDABLE, BATCHES)
    found: list[Operation] = []
    for place, batch in enumerate(batches):
        share = -(-(room - len(found)) // (len(batches) - place))
        due = tx.operations_due(batch.number, Status.THROTTLED, kinds, now, share)
        found += due
        if len(due) < share:
            found += tx.operations_in(batch.number, Status.QUEUED, kinds, 0, share - len(due))
    return {batch.number: batch for batch in batches}, found


def _until_due(tx: SendingPort, now: datetime, seller_id: str, kinds: Sequence[str]) -> float | None:
    times = [tx.next_due_of(seller_id, Status.THROTTLED, kinds), tx.next_start(seller_id, now)]
    ahead = [(at - now).total_seconds() for at in times if at is not None]
    return max(0.0, min(ahead)) if ahead else None


def _intent(
    tx: SendingPort, now: datetime, sending: Sending, batches: Mapping[int, Batch], operations: Sequence[Operation]
) -> Turn:
    moves = Moves()
    for each in operations:
        moves.add(each, Status.SENDING, tried=True, attempted_at=now, due_at=None)
    moved = moves.write(tx, now, batches, ACTOR)
    tx.put_sending(sending)
    served = {number for number, _ in moved}
    for number in served:
        tx.move_batch(batches[number], batches[number].status, served_at=now)
    taken, calls = {}, []
    for each in operations:
        if (each.number, each.line) in moved:
            going = each._replace(status=Status.SENDING, attempts=each.attempts + 1, attempted_at=now, due_at=None)
            call = call_of(batches[each.number], going)
            taken[call.attempt_id] = going
            calls.append(call)
    return Turn(calls, taken, {number: batches[number] for number in served})


def call_of(batch: Batch, operation: Operation) -> Call:
    """What is sent for the operation; every attempt has the same key."""
    key = f"{batch.batch_id}-{operation.line}"
    return Call(
        operation.seller_id,
        operation.marketplace_id,
        operation.kind,
        operation.reference,
        _decode(operation.body),
        key,
        f"{key}-{operation.attempts}",
    )


_UNANSWERED = Uncertain("The marketplace's answer leaves this call out.")


def record(
    tx: SendingPort,
    now: datetime,
    turn: Turn,
    outcomes: Mapping[str, Outcome],
    seller_id: str,
    plan: Plan,
    jitter: float = 0.0,
) -> None:
    """Writes down what became of each call: its status, its attempt, and what that says of the marketplace."""
    told = [(each, outcomes.get(attempt_id, _UNANSWERED)) for attempt_id, each in turn.taken.items()]
    sending = tx.sending(seller_id, plan.operation) or plans.unused(seller_id, plan, now)
    sending = heeded(sending, plan, now, [outcome for _, outcome in told], jitter)
    away = sending.failures > 0
    found = [answered(each, outcome, now, sending.blocked_until, away=away) for each, outcome in told]
    write_answers(tx, now, found, turn.batches, ACTOR)
    tx.put_sending(replace(sending, send_by=None))


def write_answers(
    tx: SendingPort, now: datetime, found: Sequence[Answered], batches: Mapping[int, Batch], actor: str
) -> None:
    """Moves the operations, keeps their attempts, and lets their batches end."""
    moves = Moves()
    for each in found:
        moves.add(each.operation, each.to, **each.changes)
    moves.write(tx, now, batches, actor)
    attempts: list[Attempt] = [each.attempt for each in found if each.attempt is not None]
    if attempts:
        tx.add_attempts(attempts)
    looks = [each.look_in for each in found if each.look_in is not None]
    for number in {each.operation.number for each in found}:
        settle(tx, now, batches[number], actor)
    if looks:
        seller_id = found[0].operation.seller_id
        tx.wake(Lane(LOOKING, seller_id), WorkClass.NORMAL, min(looks))


def heeded(
    sending: Sending, plan: Plan, now: datetime, outcomes: Sequence[Outcome | Standing], jitter: float
) -> Sending:
    """What the answers say of the marketplace: it throttles, it is away, or it is there."""
    throttles = [outcome.retry_after for outcome in outcomes if isinstance(outcome, Throttled)]
    if any(isinstance(outcome, Reply | Absent) for outcome in outcomes):
        sending = plans.answered(sending)
    else:
        reason = _failing(outcomes)
        if reason:
            return plans.failed(sending, now, reason, jitter)
    if throttles:
        if len(throttles) == len(outcomes):
            sending = replace(sending, failures=sending.failures + 1)
        return plans.throttled(sending, plan, now, max((wait for wait in throttles if wait is not None), default=None))
    return sending


def is_away(outcome: Outcome | Standing) -> TypeGuard[Unreachable | Fault]:
    """Whether the marketplace itself is not there; the next call would fare no better."""
    return isinstance(outcome, Unreachable) or (isinstance(outcome, Fault) and outcome.whole)


def _failing(outcomes: Sequence[Outcome | Standing]) -> str:
    """Why nothing can be sent at all; empty where it is not that. One call's fault may be its own doing."""
    whole = [each for each in outcomes if is_away(each)]
    if whole:
        return whole[0].message
    faults = [each for each in outcomes if isinstance(each, Fault)]
    return faults[0].message if len(faults) > 1 and len(faults) == len(outcomes) else ""


def take_over(
    tx: SendingPort, now: datetime, seller_id: str, operation: str, answered_within: float = ANSWERED_WITHIN
) -> float:
    """What a worker that died was sending becomes uncertain, once it can no longer be answered.

    Seconds until then; 0 where nothing was left.
    """
    kinds = kinds_carried_by(operation)
    batches = {batch.number: batch for batch in tx.unended_batches(seller_id)}
    left = [each for number in batches for each in tx.operations_in(number, Status.SENDING, kinds, 0, 10_000)]
    if not left:
        return 0.0
    sending = tx.sending(seller_id, operation)
    if sending is not None and sending.send_by is not None:
        wait = (sending.send_by - now).total_seconds() + answered_within
        if wait > 0:
            return wait
    lost = Uncertain("The worker that sent it ended before it was answered.")
    found = [answered(each, lost, now, None, away=False) for each in left]
    write_answers(tx, now, found, batches, "take-over")
    return 0.0
