"""Submission: a file becomes a batch, a chunk of lines at a time, and counts only once its last line is here.

What is received is nobody's to send. The last transaction makes the batch run, wakes its lanes, and tells the ledger; a
submission that breaks off leaves a batch that was abandoned, whose lines the sweep removes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, Protocol, TypeVar

from daybook.activity import Event
from daybook.kernel.errors import Conflict, InvalidInput
from daybook.kernel.ids import Ids
from daybook.lanes import Lane, WorkClass
from daybook.operations.batches import SUBJECT, WATCH, Batch, Counts, MadeBy, Operation, sending_lane
from daybook.operations.drafting import Draft
from daybook.operations.duplicates import Duplicates, Filter
from daybook.operations.guards import Guard
from daybook.operations.judging import operations_of
from daybook.operations.kinds.registry import all_kinds
from daybook.operations.ports import BatchesPort
from daybook.operations.status import ENDED, BatchStatus, Status

CHUNK = 1000
"""Lines that one transaction keeps."""
KEPT = 20
"""Refused lines, and held ones, that the answer to a submission names; the rest are only counted."""
_BEHIND_ALL = 1 << 62
FURTHEST_START = timedelta(days=366)
"""From now to a batch's start. What is further off is a slip of the pen; near the last year there is, no time can be
added to another."""
SILENCE = timedelta(minutes=1)
"""A submission of which nothing came for so long has broken off; its key may be used again."""

T = TypeVar("T")


class Transact(Protocol):
    """Runs work in a transaction."""

    def __call__(self, work: Callable[[Any], T], /) -> T: ...


@dataclass(frozen=True, slots=True)
class Submission:
    """Who submits what. `start_at` is when the first operation may be sent at the earliest."""

    seller_id: str
    name: str
    actor: str
    idempotency_key: str | None = None
    start_at: datetime | None = None
    made_by: MadeBy = MadeBy.SUBMISSION
    parent_id: str | None = None
    digest: Callable[[], str | None] = field(default=lambda: None)
    """Names the content, once it has been read to its end."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of a submission. `repeated`: the key was known, and this is the batch that it made then.

    Without a batch it was a dry run. `refused` and `held` are the first of them.
    """

    batch: Batch | None
    counts: Counts
    refused: Sequence[Operation] = ()
    held: Sequence[Operation] = ()
    repeated: bool = False


def submit(transact: Transact, ids: Ids, submission: Submission, drafts: Iterable[Draft]) -> Submitted:
    """Keeps the drafts as a new batch, and lets it run.

    Raises InvalidInput for a file that cannot be read to its end or holds nothing, or a start too far off; Conflict for
    a key that was used for another file or is being used; then nothing was submitted.
    """
    transact(partial(_check_start, submission))
    known = transact(partial(_repeated, submission))
    if known is not None:
        return _again(transact, submission, known, drafts)
    batch = transact(partial(_begin, ids, submission))
    try:
        tally = _Tally()
        duplicates = Duplicates(lambda skus: transact(lambda tx: tx.lines_of(batch, skus)), Filter())
        guards = transact(lambda tx: tx.guards_of(batch.seller_id))
        for chunk in _chunks(drafts):
            repeats = duplicates.of(chunk)
            operations = transact(partial(_keep, batch, chunk, repeats, guards))
            tally.add(operations)
        return transact(partial(_run, batch, submission, tally))
    except BaseException:
        transact(partial(_abandon, batch))
        raise


def try_out(transact: Transact, submission: Submission, drafts: Iterable[Draft]) -> Submitted:
    """What `submit` would do, without doing it. Raises InvalidInput as it does."""
    transact(partial(_check_start, submission))
    tally = _Tally()
    seen: dict[str, list[tuple[str, str, str, int]]] = {}
    batch = replace(_new(submission, "", transact(lambda tx: tx.now)), number=_BEHIND_ALL)
    duplicates = Duplicates(lambda skus: [row for sku in skus for row in seen.get(sku, ())], Filter())
    guards = transact(lambda tx: tx.guards_of(submission.seller_id))
    for chunk in _chunks(drafts):
        repeats = duplicates.of(chunk)
        operations = transact(partial(operations_of, batch, chunk, repeats, guards))
        tally.add(operations)
        for draft in chunk:
            if draft.code is None:
                row = (draft.reference, draft.kind, draft.marketplace_id, draft.line)
                seen.setdefault(draft.reference, []).append(row)
    _require_some(tally.counts)
    return Submitted(None, tally.counts, tally.refused, tally.held)


def _check_start(submission: Submission, tx: BatchesPort) -> None:
    start = submission.start_at
    if start is not None and start - tx.now > FURTHEST_START:
        raise InvalidInput(
            f"The start {start.isoformat(timespec='seconds')} is too far off.", "It may be a year from now at most."
        )


def _chunks(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    rest = iter(drafts)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


class _Tally:
    """What was kept so far."""

    def __init__(self) -> None:
        self.counts: Counts = Counter()
        self.refused: list[Operation] = []
        self.held: list[Operation] = []

    def add(self, operations: Sequence[Operation]) -> None:
        self.counts.update(counted(operations))
        self._keep(self.refused, Status.INVALID, operations)
        self._keep(self.held, Status.HELD, operations)

    def _keep(self, kept: list[Operation], status: Status, operations: Sequence[Operation]) -> None:
        if len(kept) < KEPT:
            kept.extend([each for each in operations if each.status is status][: KEPT - len(kept)])


def counted(operations: Iterable[Operation]) -> Counts:
    """How many there are of each kind, status and code."""
    return Counter([(each.kind, each.status, each.code or "") for each in operations])


def _repeated(submission: Submission, tx: BatchesPort) -> Batch | None:
    """The batch that the key made before; a submission of the key that broke off is given up first."""
    if submission.idempotency_key is None:
        return None
    known = tx.batch_of_key(submission.seller_id, submission.idempotency_key)
    if known is None or known.status is not BatchStatus.RECEIVING:
        return known
    if tx.now - known.progress_at < SILENCE:
        raise Conflict("A submission with this idempotency key is being received.", "Ask again in a minute.")
    _abandon(known, tx)
    return None


def _again(transact: Transact, submission: Submission, known: Batch, drafts: Iterable[Draft]) -> Submitted:
    for _ in drafts:  # to the end: only the whole content has a digest
        pass
    digest = submission.digest()
    if digest != known.digest:
        raise Conflict(
            "This idempotency key was used for another content.",
            f"It made batch {known.batch_id}. Use a new key for a new submission.",
        )
    return Submitted(known, transact(lambda tx: tx.counts_of(known.number)), repeated=True)


def _new(submission: Submission, batch_id: str, now: datetime) -> Batch:
    return Batch(
        seller_id=submission.seller_id,
        batch_id=batch_id,
        status=BatchStatus.RECEIVING,
        name=submission.name[:200],
        submitted_by=submission.actor,
        queued_at=now,
        progress_at=now,
        served_at=now,
        made_by=submission.made_by,
        parent_id=submission.parent_id,
        idempotency_key=submission.idempotency_key,
        start_at=submission.start_at,
    )


def _begin(ids: Ids, submission: Submission, tx: BatchesPort) -> Batch:
    batch = _new(submission, ids.timed(tx.now), tx.now)
    return replace(batch, number=tx.add_batch(batch))


def _keep(
    batch: Batch, chunk: Sequence[Draft], repeats: Mapping[int, int], guards: Mapping[str, Guard], tx: BatchesPort
) -> list[Operation]:
    operations = operations_of(batch, chunk, repeats, guards, tx)
    tx.add_operations(operations)
    if not tx.move_batch(batch, BatchStatus.RECEIVING, progress_at=max(tx.now, batch.queued_at)):
        raise Conflict("The submission was given up meanwhile: it had been silent for too long.")
    return operations


def _require_some(counts: Counts) -> None:
    if not counts:
        raise InvalidInput("There is no operation in the file.", "Below the header there is no line with text.")


def _run(batch: Batch, submission: Submission, tally: _Tally, tx: BatchesPort) -> Submitted:
    """The last line is here: from now on the batch is to be sent."""
    _require_some(tally.counts)
    waits = any(status not in ENDED for _, status, _ in tally.counts)
    now = max(tx.now, batch.queued_at)
    running = replace(
        batch,
        status=BatchStatus.RUNNING if waits else BatchStatus.ENDED,
        operations=tally.counts.total(),
        digest=submission.digest(),
        progress_at=now,
        ended_at=None if waits else now,
    )
    names = ("status", "operations", "digest", "progress_at", "ended_at")
    if not tx.move_batch(batch, BatchStatus.RECEIVING, **{name: getattr(running, name) for name in names}):
        raise Conflict("The submission was given up meanwhile: it had been silent for too long.")
    tx.add_counts(batch.number, tally.counts)
    counts = Counter[str]()
    for (_, status, _), count in tally.counts.items():
        counts[status.value] += count
    evidence = {"operations": running.operations, **counts, "name": batch.name, "madeBy": batch.made_by.value}
    tx.add_event(
        Event(batch.seller_id, SUBJECT, batch.batch_id, None, running.status, batch.submitted_by, evidence, now)
    )
    if waits:
        wake_batch(tx, running, tally.counts, now)
    return Submitted(running, tally.counts, tally.refused, tally.held)


def wake_batch(tx: BatchesPort, batch: Batch, counts: Counts, now: datetime) -> None:
    """The lanes of what the batch has, at its start time; and the one that notices when nothing moves."""
    delay = max(0.0, (batch.start_at - now).total_seconds()) if batch.start_at else 0.0
    kinds = {kind for kind, status, _ in counts if status not in ENDED}
    for operation in {all_kinds()[kind].plan.operation for kind in kinds}:
        tx.wake(sending_lane(batch.seller_id, operation), WorkClass.NORMAL, delay)
    tx.wake(Lane(WATCH, batch.seller_id), WorkClass.NORMAL)


def _abandon(batch: Batch, tx: BatchesPort) -> None:
    now = max(tx.now, batch.queued_at)
    tx.move_batch(batch, BatchStatus.RECEIVING, status=BatchStatus.ABANDONED, ended_at=now, idempotency_key=None)
