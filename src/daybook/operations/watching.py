"""Is it stuck? Why a batch waits, when it may be expected, and whether it makes no progress for too long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from daybook import stalled
from daybook.operations import plans
from daybook.operations.batches import SUBJECT, Batch, Progress, progress_of
from daybook.operations.calls import Plan
from daybook.operations.guards import Stop
from daybook.operations.kinds.registry import all_kinds
from daybook.operations.plans import Sending
from daybook.operations.ports import ReadingPort, SendingPort
from daybook.operations.status import MOVING, BatchStatus, Status
from daybook.stalled import Silence, Stuck

STALLED_AFTER = timedelta(hours=3)
"""A batch without progress for so long may have met a problem with the queue (seed 000, Execution times)."""


@dataclass(frozen=True, slots=True)
class LaneOutlook:
    """How it is with the calls to one operation of the marketplace."""

    operation: str
    tokens: float
    rate: float
    burst: int
    next_call_in: float
    failures: int
    reason: str


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits, and since when the oldest of it does."""

    operations: int
    statuses: Mapping[Status, int]
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Why a batch has not ended. `sentence` says it; `expected_at` is when it may have, by its own pace so far."""

    sentence: str
    progress: Progress
    everybody: Depth
    seller: Depth
    lanes: Sequence[LaneOutlook]
    stalled: bool
    expected_at: datetime | None
    stopped: Stop | None


def explain(tx: ReadingPort, now: datetime, batch: Batch, plan_of: Mapping[str, Plan]) -> Outlook:
    """What there is to know of the batch's waiting; `plan_of` has the usage plans by the marketplace's operations."""
    progress = progress_of(tx.counts_of(batch.number))
    stopped = tx.stop_of(batch.seller_id)
    states = {sending.operation: sending for sending in tx.sendings_of(batch.seller_id)}
    lanes = [_lane(states.get(name), plan, batch.seller_id, now) for name, plan in sorted(plan_of.items())]
    return Outlook(
        sentence=_sentence(batch, progress, stopped, lanes, now),
        progress=progress,
        everybody=depth(tx, None),
        seller=depth(tx, batch.seller_id),
        lanes=lanes,
        stalled=batch.stalled_at is not None,
        expected_at=None if stopped else expected_at(batch, progress, now, plan_of),
        stopped=stopped,
    )


def depth(tx: ReadingPort, seller_id: str | None) -> Depth:
    """How much waits, of a seller or of all."""
    statuses = tx.depth_of(seller_id)
    return Depth(sum(statuses.values()), statuses, tx.oldest_waiting(seller_id) if statuses else None)


def _lane(sending: Sending | None, plan: Plan, seller_id: str, now: datetime) -> LaneOutlook:
    state = plans.filled(sending or plans.unused(seller_id, plan, now), plan, now)
    wait = max(plans.blocked_for(state, now), (1.0 - state.tokens) / plan.rate, 0.0)
    return LaneOutlook(plan.operation, state.tokens, plan.rate, plan.burst, wait, state.failures, state.reason)


def _sentence(
    batch: Batch, progress: Progress, stopped: Stop | None, lanes: Sequence[LaneOutlook], now: datetime
) -> str:
    if progress.unfinished == 0:
        return "Every operation has its final status."
    return _waits_for_somebody(batch, progress, stopped, now) or _on_its_way(progress, lanes)


def _waits_for_somebody(batch: Batch, progress: Progress, stopped: Stop | None, now: datetime) -> str:
    if batch.status is BatchStatus.PAUSED:
        return "The batch is paused; `daybook batches resume` lets it go on."
    if stopped is not None:
        return f"All sending for this seller was stopped by {stopped.stopped_by}; `daybook batches go` lets it go on."
    if batch.start_at is not None and batch.start_at > now:
        return f"It begins at {batch.start_at.isoformat(timespec='seconds')}."
    if progress.moving == 0:
        return f"{_operations(progress.unfinished)} held; `daybook batches approve` lets them be sent."
    return ""


def _on_its_way(progress: Progress, lanes: Sequence[LaneOutlook]) -> str:
    failing = next((lane for lane in lanes if lane.failures), None)
    if failing is not None:
        return f"Sending waits, and tries again in {failing.next_call_in:.0f} s: {failing.reason}"
    return f"{_operations(progress.moving)} on their way, as fast as the marketplace's usage plan allows."


def _operations(count: int) -> str:
    return "1 operation is" if count == 1 else f"{count:,} operations are"


def expected_at(batch: Batch, progress: Progress, now: datetime, plan_of: Mapping[str, Plan]) -> datetime | None:
    """When the batch may end: by its own pace where it has one, else by the usage plan; None where nobody can say."""
    if progress.moving == 0 or batch.status is not BatchStatus.RUNNING:
        return None
    begun = max(batch.queued_at, batch.start_at or batch.queued_at)
    ended = sum(progress.statuses.values()) - progress.unfinished - progress.statuses.get(Status.INVALID, 0)
    if ended > 0 and now > begun:
        return now + (now - begun) / ended * progress.moving
    rate = max((plan.rate * plan.chunk for plan in plan_of.values()), default=0.0)
    return max(now, begun) + timedelta(seconds=progress.moving / rate) if rate else None


def watch(tx: SendingPort, now: datetime, seller_id: str, after: timedelta = STALLED_AFTER) -> float | None:
    """Flags the seller's batches that made no progress for so long, and tells the ledger, once for each time.

    Seconds until the next look; None where nothing is left to watch.
    """
    looks: list[float] = []
    stopped = tx.stop_of(seller_id) is not None
    for batch in tx.unended_batches(seller_id):
        silence = Silence(max(batch.progress_at, batch.start_at or batch.progress_at), after)
        if silence.too_long(now) and batch.stalled_at is None and not stopped and batch.status is BatchStatus.RUNNING:
            _flag(tx, now, batch, silence)
        looks.append(after.total_seconds() if silence.too_long(now) else silence.left(now))
    return min(looks) if looks else None


def _flag(tx: SendingPort, now: datetime, batch: Batch, silence: Silence) -> None:
    progress = progress_of(tx.counts_of(batch.number))
    if progress.moving == 0 or not tx.move_batch(batch, batch.status, stalled_at=now):
        return
    waiting = {status.value: count for status, count in progress.statuses.items() if status in MOVING}
    stalled.tell(tx, now, Stuck(batch.seller_id, SUBJECT, batch.batch_id, batch.status), silence, **waiting)


def default_plans() -> dict[str, Plan]:
    """The usage plans as the kinds have them, by the marketplace's operations."""
    return {kind.plan.operation: kind.plan for kind in all_kinds().values()}
