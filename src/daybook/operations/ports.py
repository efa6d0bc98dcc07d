"""What operations need of the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from daybook.activity import Ledger
from daybook.lanes import LaneNotes

if TYPE_CHECKING:  # the nouns import their port
    from daybook.operations.batches import Attempt, Batch, Counts, Operation
    from daybook.operations.guards import Guard, Stop
    from daybook.operations.kinds.kind import Known
    from daybook.operations.pages import Filters, Position, Row
    from daybook.operations.plans import Sending
    from daybook.operations.report import Cells
    from daybook.operations.status import BatchStatus, Status

Sku = tuple[str, str]
"""A marketplace id and a SKU in it."""


class BatchesPort(Ledger, LaneNotes, Protocol):
    """Batches and their operations."""

    @property
    def now(self) -> datetime:
        """The one time of the transaction."""

    def seller_marketplaces(self, seller_id: str) -> tuple[str, ...]: ...
    def add_batch(self, batch: Batch, /) -> int:
        """Keeps the batch; answers its number."""

    def batch(self, seller_id: str, batch_id: str) -> Batch | None: ...
    def batch_of_key(self, seller_id: str, idempotency_key: str) -> Batch | None: ...
    def move_batch(self, batch: Batch, from_status: BatchStatus, /, **changes: Any) -> bool:
        """Change the batch only if its status is still `from_status`; whether this transaction was the one."""

    def add_operations(self, operations: Sequence[Operation]) -> None: ...
    def lines_of(self, batch: Batch, references: Collection[str]) -> list[tuple[str, str, str, int]]:
        """Reference, kind, marketplace id and line of the batch's operations on these SKUs that are not invalid."""

    def operations_at(self, number: int, lines: Sequence[int]) -> list[Operation]:
        """The operations on these lines, in the order of lines."""

    def operations_in(
        self, number: int, status: Status, kinds: Sequence[str], after: int, limit: int
    ) -> list[Operation]:
        """The batch's operations of a status behind a line, in the order of lines; of all kinds where none is named."""

    def move_operations(
        self, number: int, from_status: Status, lines: Sequence[int], /, **changes: Any
    ) -> Sequence[int]:
        """Changes those of the lines whose status is still `from_status`, all alike; answers which.

        `tried=True` counts an attempt besides.
        """

    def counts_of(self, number: int) -> Counts: ...
    def add_counts(self, number: int, changes: Counts) -> None:
        """Adds to the counts, in the transaction that makes the change."""

    def known_of(self, seller_id: str, skus: Collection[Sku], before_number: int) -> Mapping[Sku, Known]:
        """What was last in effect, by batches before that one, or else what the catalog has."""

    def catalog_of(self, seller_id: str, skus: Collection[Sku]) -> Mapping[Sku, Known]:
        """What the catalog has now."""

    def guards_of(self, seller_id: str) -> Mapping[str, Guard]:
        """The seller's price guards by currency; that of the empty one is for all others."""

    def put_guard(self, seller_id: str, guard: Guard) -> None: ...
    def remove_guard(self, seller_id: str, currency: str) -> bool: ...
    def stop_of(self, seller_id: str) -> Stop | None: ...
    def put_stop(self, seller_id: str, stop: Stop) -> None: ...
    def remove_stop(self, seller_id: str) -> bool: ...


class SendingPort(BatchesPort, Protocol):
    """What sends, and what looks."""

    def sending(self, seller_id: str, operation: str) -> Sending | None: ...
    def put_sending(self, sending: Sending, /) -> None: ...
    def batches_to_serve(
        self, seller_id: str, now: datetime, kinds: Sequence[str], statuses: Sequence[Status], limit: int
    ) -> list[Batch]:
        """Running batches that have begun and have such operations, the one that was served longest ago first."""

    def next_start(self, seller_id: str, now: datetime) -> datetime | None:
        """When the next batch begins that is running and has a start time ahead."""

    def operations_due(
        self, number: int, status: Status, kinds: Sequence[str], due_at: datetime, limit: int
    ) -> list[Operation]:
        """Operations that wait for a time that has come, the earliest first."""

    def next_due_of(self, seller_id: str, status: Status, kinds: Sequence[str]) -> datetime | None:
        """The earliest such time in the seller's running batches."""

    def add_attempts(self, attempts: Sequence[Attempt]) -> None: ...
    def unended_batches(self, seller_id: str) -> list[Batch]:
        """Batches that run or are paused."""


class ReadingPort(BatchesPort, Protocol):
    """What reads batches for people."""

    def batches_page(self, seller_id: str, statuses: Sequence[BatchStatus], before: str, limit: int) -> list[Batch]:
        """Batches, newest first, from before a batch id (empty: from the newest); no abandoned ones."""

    def operations_page(self, seller_id: str, filters: Filters, after: Position | None) -> list[Row]:
        """One row more than a page holds: the newest batch first, and in it the order of lines."""

    def report_lines(self, batch: Batch, after: int, limit: int, statuses: Sequence[Status]) -> Sequence[Cells]:
        """The batch's operations behind a line, in the order of lines, for a report; of all statuses where none is
        named."""

    def attempts_of(self, number: int, line: int) -> list[Attempt]: ...
    def sendings_of(self, seller_id: str) -> list[Sending]: ...
    def depth_of(self, seller_id: str | None) -> Mapping[Status, int]:
        """How many operations of batches that have not ended there are by status, of a seller or of all."""

    def oldest_waiting(self, seller_id: str | None) -> datetime | None:
        """When the oldest batch was queued that has not ended, of a seller or of all."""
