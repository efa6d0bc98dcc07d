"""What an outcome means for an operation: its next status, its last error, and when it is tried or looked at again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from daybook.lanes import doubling
from daybook.operations.batches import Attempt, Operation
from daybook.operations.calls import (
    Fault,
    Issue,
    Outcome,
    Reply,
    ReplyStatus,
    Throttled,
    Uncertain,
    Unreachable,
    Unsent,
)
from daybook.operations.codes import Code
from daybook.operations.status import Status

SAME_ERROR = 3
"""So often in a row, and an operation is not tried again before somebody approves it."""
SETTLES_AFTER = timedelta(seconds=10)
"""How long after a call without an answer the marketplace is first looked at."""
LOOKS = (5.0, 20.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds before each look whether what was accepted is in effect; the last counts for all that follow."""
_KEPT = 2000
_MOST_ISSUES = 20


class Answered(NamedTuple):
    """An operation as it was, where it goes with which changes, its attempt, and when to look at it."""

    operation: Operation
    to: Status
    changes: Mapping[str, Any]
    attempt: Attempt | None = None
    look_in: float | None = None


@dataclass(frozen=True, slots=True)
class _Error:
    code: str
    message: str


def answered(
    operation: Operation, outcome: Outcome, now: datetime, blocked_until: datetime | None, *, away: bool
) -> Answered:
    """What becomes of an operation that was sent. `away`: the marketplace itself failed, so no fault counts."""
    at = max(now, operation.attempted_at or now)
    if isinstance(outcome, Reply):
        return _replied(operation, outcome, at)
    if isinstance(outcome, Unsent):
        return _unsent(operation)
    if isinstance(outcome, Throttled):
        error = _Error(Code.THROTTLED, "The marketplace refused the call for its usage plan.")
        return _again(operation, error, "throttled", at, blocked_until or at, outcome)
    if isinstance(outcome, Unreachable):
        error = _Error(Code.UNREACHABLE, outcome.message)
        return _again(operation, error, "unreachable", at, blocked_until or at, outcome)
    if isinstance(outcome, Uncertain):
        return _uncertain(operation, outcome, at)
    return _faulted(operation, outcome, at, blocked_until, away=away)


def _replied(operation: Operation, reply: Reply, at: datetime) -> Answered:
    if reply.status is ReplyStatus.INVALID:
        return rejected(operation, reply, at, _attempt(operation, at, "invalid", first_error(reply.issues), reply))
    attempt = _attempt(operation, at, reply.status.value, None, reply)
    if reply.status is ReplyStatus.LIVE:
        return Answered(operation, Status.SUCCESS, succeeded(at), attempt)
    due_at = at + timedelta(seconds=LOOKS[0])
    changes = {"code": None, "message": None, "repeats": 0, "due_at": due_at}
    return Answered(operation, Status.ACCEPTED, changes, attempt, LOOKS[0])


def succeeded(at: datetime) -> dict[str, Any]:
    """What changes with a success."""
    return {"code": None, "message": None, "repeats": 0, "completed_at": at, "due_at": None}


def rejected(operation: Operation, reply: Reply, at: datetime, attempt: Attempt | None = None) -> Answered:
    """The marketplace's no: final, until somebody retries it."""
    error = first_error(reply.issues)
    changes = {
        "code": error.code,
        "message": error.message[:_KEPT],
        "repeats": _repeats(operation, error.code),
        "completed_at": at,
        "due_at": None,
    }
    return Answered(operation, Status.REJECTED, changes, attempt)


def first_error(issues: Sequence[Issue]) -> _Error:
    """The issue that stopped the change, in a sentence that names the attributes; the others are with the attempt."""
    stopping = [issue for issue in issues if issue.severity == "ERROR"] or list(issues)
    if not stopping:
        return _Error(Code.MARKETPLACE_FAULT, "The marketplace refused it and did not say why.")
    first = stopping[0]
    about = f" ({', '.join(first.attribute_names)})" if first.attribute_names else ""
    more = f" And {len(stopping) - 1} more." if len(stopping) > 1 else ""
    return _Error(first.code or Code.MARKETPLACE_FAULT, f"{first.message}{about}{more}")


def _unsent(operation: Operation) -> Answered:
    """It never left: as if the turn had not been."""
    earlier = operation.attempts - 1
    changes: dict[str, Any] = {"attempts": earlier}
    if earlier == 0:
        changes["attempted_at"] = None
    return Answered(operation, Status.QUEUED, changes)


def _again(
    operation: Operation, error: _Error, outcome: str, at: datetime, due_at: datetime, told: Outcome, repeats: int = 0
) -> Answered:
    changes = {"code": error.code, "message": error.message[:_KEPT], "repeats": repeats, "due_at": max(due_at, at)}
    return Answered(operation, Status.THROTTLED, changes, _attempt(operation, at, outcome, error, told))


def _faulted(
    operation: Operation, fault: Fault, at: datetime, blocked_until: datetime | None, *, away: bool
) -> Answered:
    error = _Error(fault.code or Code.MARKETPLACE_FAULT, fault.message)
    if away or fault.whole:
        return _again(operation, error, "fault", at, blocked_until or at, fault)
    repeats = _repeats(operation, error.code)
    if repeats < SAME_ERROR:
        due_at = at + timedelta(seconds=doubling(repeats))
        return _again(operation, error, "fault", at, due_at, fault, repeats)
    changes = {
        "code": Code.SAME_ERROR_AGAIN,
        "message": f"{error.code}, {SAME_ERROR} times in a row: {error.message}"[:_KEPT],
        "repeats": repeats,
        "due_at": None,
    }
    return Answered(operation, Status.HELD, changes, _attempt(operation, at, "fault", error, fault))


def _repeats(operation: Operation, code: str) -> int:
    """How often in a row the error has come now."""
    return operation.repeats + 1 if operation.code == code else 1


def _uncertain(operation: Operation, outcome: Uncertain, at: datetime) -> Answered:
    error = _Error(Code.NO_ANSWER, outcome.message)
    changes = {
        "code": error.code,
        "message": error.message[:_KEPT],
        "repeats": 0,
        "due_at": at + SETTLES_AFTER,
    }
    attempt = _attempt(operation, at, "uncertain", error, outcome)
    return Answered(operation, Status.UNCERTAIN, changes, attempt, SETTLES_AFTER.total_seconds())


def _attempt(operation: Operation, at: datetime, outcome: str, error: _Error | None, told: Outcome) -> Attempt:
    issues: Sequence[Issue] = getattr(told, "issues", ())
    return Attempt(
        operation.number,
        operation.line,
        operation.attempts,
        operation.attempted_at or at,
        at,
        outcome,
        error.code if error else None,
        error.message[:_KEPT] if error else None,
        getattr(told, "http_status", 0),
        getattr(told, "request_id", ""),
        getattr(told, "submission_id", ""),
        msgspec.json.encode(issues[:_MOST_ISSUES]).decode() if issues else None,
    )
