"""How much may be sent now: the bucket of a lane, and until when it waits after the marketplace failed.

A lane goes one step at a time, so its bucket is a row of its own that the recording transaction writes; no other knows
it. A bucket holds `burst` tokens and gains `rate` a second; a call of the marketplace takes one and carries a chunk.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from daybook.lanes import doubling
from daybook.operations.calls import Plan

FEWEST_AT_ONCE = 0.5
"""A lane that has nothing to spend waits so many seconds' worth of tokens, and sends them together."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How it is with a seller's calls to one operation of the marketplace.

    `send_by` is until when what is being sent now may be begun; `failures` counts the answers in a row that were the
    marketplace's own failing, and `reason` is the last one's sentence.
    """

    seller_id: str
    operation: str
    tokens: float
    filled_at: datetime
    blocked_until: datetime | None = None
    send_by: datetime | None = None
    failures: int = 0
    reason: str = ""


def unused(seller_id: str, plan: Plan, now: datetime) -> Sending:
    """A bucket that nobody has taken from yet: full."""
    return Sending(seller_id, plan.operation, float(plan.burst), now)


def filled(sending: Sending, plan: Plan, now: datetime) -> Sending:
    """The bucket with what it has gained since; nothing before the marketplace's own pause is over."""
    if now <= sending.filled_at:
        return sending
    seconds = (now - sending.filled_at).total_seconds()
    return replace(sending, tokens=min(float(plan.burst), sending.tokens + seconds * plan.rate), filled_at=now)


def affordable(sending: Sending, plan: Plan) -> int:
    """How many changes the tokens pay for; after a failure one call alone tries whether the marketplace is back."""
    calls = int(sending.tokens + 1e-6)
    return (min(calls, 1) if sending.failures else calls) * plan.chunk


def spent(sending: Sending, plan: Plan, changes: int) -> Sending:
    """The bucket after so many changes were sent."""
    return replace(sending, tokens=max(0.0, sending.tokens - -(-changes // plan.chunk)))


def seconds_until_affordable(sending: Sending, plan: Plan) -> float:
    """Until there are tokens for a worthwhile turn."""
    wanted = max(1.0, min(float(plan.burst), plan.rate * FEWEST_AT_ONCE))
    return max(0.0, (wanted - sending.tokens) / plan.rate)


def blocked_for(sending: Sending, now: datetime) -> float:
    """Seconds until the marketplace is tried again."""
    return max(0.0, (sending.blocked_until - now).total_seconds()) if sending.blocked_until else 0.0


def throttled(sending: Sending, plan: Plan, now: datetime, retry_after: float | None) -> Sending:
    """The marketplace says that the bucket is empty: it knows better."""
    wait = retry_after if retry_after is not None else max(1.0, 2.0 / plan.rate)
    until = now + timedelta(seconds=wait)
    return replace(sending, tokens=0.0, filled_at=until, blocked_until=until, reason="The marketplace throttles.")


def failed(sending: Sending, now: datetime, reason: str, jitter: float) -> Sending:
    """The marketplace itself failed: everything waits, longer each time, up to ten minutes."""
    failures = sending.failures + 1
    wait = doubling(failures, jitter)
    return replace(sending, failures=failures, blocked_until=now + timedelta(seconds=wait), reason=reason)


def answered(sending: Sending) -> Sending:
    """The marketplace is there."""
    return replace(sending, failures=0, blocked_until=None, reason="")
