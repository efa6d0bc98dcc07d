"""Batches, the operations in them, and the attempts at these, as they are kept."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from daybook.kernel.errors import TOLD, NotFound
from daybook.lanes import Lane
from daybook.operations.ports import BatchesPort
from daybook.operations.status import ENDED, MOVING, SHOWN, BatchStatus, Shown, Status

SUBJECT = "batch"
MOVED = "operations"
"""What the ledger calls a line that tells how many operations of a batch moved; its id is the batch's."""
SENDING = "sending"
"""The kind of the lanes that send: one for each seller and operation of the marketplace."""
LOOKING = "looking"
"""The kind of the lanes that look what became of what was sent: one for each seller."""
WATCH = "watch"
"""The kind of the lanes that notice a batch without progress: one for each seller."""


Counts = Counter[tuple[str, Status, str]]
"""How many operations of a batch there are, by kind, status and code (empty for none)."""


class MadeBy(StrEnum):
    """How a batch came to be."""

    SUBMISSION = "submission"
    UNDO = "undo"
    REBUILD = "rebuild"


@dataclass(frozen=True, slots=True)
class Batch:
    """Operations that were submitted together. `number` is 0 until the store has given it one.

    `queued_at` is when the user asked for it, and never changes; `progress_at` is when an operation of it last moved.
    `parent_id` is the batch that it undoes or makes anew.
    """

    seller_id: str
    batch_id: str
    status: BatchStatus
    name: str
    submitted_by: str
    queued_at: datetime
    progress_at: datetime
    served_at: datetime
    made_by: MadeBy = MadeBy.SUBMISSION
    parent_id: str | None = None
    idempotency_key: str | None = None
    digest: str | None = None
    operations: int = 0
    start_at: datetime | None = None
    ended_at: datetime | None = None
    stalled_at: datetime | None = None
    number: int = 0


class Operation(NamedTuple):
    """One record of a batch and what became of it. A tuple, because a batch has millions.

    `body` is JSON text: what is to be sent, or of an invalid line what stood in it. `before` is the earlier price of an
    operation that the price guard held.
    """

    number: int
    line: int
    seller_id: str
    marketplace_id: str
    kind: str
    reference: str
    body: str
    before: str | None
    status: Status
    code: str | None
    message: str | None
    attempts: int = 0
    repeats: int = 0
    attempted_at: datetime | None = None
    completed_at: datetime | None = None
    due_at: datetime | None = None


class Attempt(NamedTuple):
    """One time that an operation left the house, and the marketplace's answer. `issues` is JSON text."""

    number: int
    line: int
    attempt: int
    attempted_at: datetime
    answered_at: datetime
    outcome: str
    code: str | None = None
    message: str | None = None
    http_status: int = 0
    request_id: str = ""
    submission_id: str = ""
    issues: str | None = None


def sending_lane(seller_id: str, operation: str) -> Lane:
    """The lane of a seller's calls to one operation of the marketplace."""
    return Lane(SENDING, f"{seller_id}/{operation}")


def sent_in(lane: Lane) -> tuple[str, str]:
    """The seller and the marketplace's operation of a sending lane."""
    seller_id, _, operation = lane.key.rpartition("/")
    return seller_id, operation


def find_batch(tx: BatchesPort, seller_id: str, batch_id: str) -> Batch:
    """The seller's batch. Raises NotFound, as for one that is still being received or was abandoned."""
    batch = tx.batch(seller_id, batch_id)
    if batch is None or batch.status in (BatchStatus.RECEIVING, BatchStatus.ABANDONED):
        raise NotFound("There is no such batch.", f"batchId: {batch_id[:TOLD]}")
    return batch


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: by the three words, by status, and by what the errors are."""

    shown: Mapping[Shown, int]
    statuses: Mapping[Status, int]
    codes: Mapping[str, int]

    @property
    def unfinished(self) -> int:
        """How many operations have no final status yet."""
        return sum(count for status, count in self.statuses.items() if status not in ENDED)

    @property
    def moving(self) -> int:
        """How many of them wait for nobody but Daybook and the marketplace."""
        return sum(count for status, count in self.statuses.items() if status in MOVING)


def progress_of(counts: Counts) -> Progress:
    """The counts of a batch, added up."""
    statuses: Counter[Status] = Counter()
    codes: Counter[str] = Counter()
    for (_, status, code), count in counts.items():
        statuses[status] += count
        if code:
            codes[code] += count
    shown = Counter({word: sum(count for status, count in statuses.items() if SHOWN[status] is word) for word in Shown})
    return Progress(shown, +statuses, +codes)
