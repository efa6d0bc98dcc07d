"""Moves of many operations at once: the rows, the counts and the ledger's lines, in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from daybook.activity import Event
from daybook.kernel.errors import Conflict
from daybook.operations.batches import MOVED, SUBJECT, Batch, Counts, Operation, progress_of
from daybook.operations.ports import BatchesPort
from daybook.operations.status import BATCH_MOVES, MOVES, BatchStatus, Status

_Group = tuple[int, Status, Status, tuple[tuple[str, Any], ...]]


class Moves:
    """Takes down which operation moves where, and writes those that move alike together."""

    def __init__(self) -> None:
        self._groups: dict[_Group, list[Operation]] = defaultdict(list)

    def add(self, operation: Operation, to: Status, **changes: Any) -> None:
        """The operation, as it was read, moves. Raises Conflict for a move that there is not."""
        if to not in MOVES[operation.status]:
            raise Conflict(f"An operation that is {operation.status} never becomes {to}.", f"line {operation.line}")
        self._groups[operation.number, operation.status, to, tuple(changes.items())].append(operation)

    def write(self, tx: BatchesPort, now: datetime, batches: Mapping[int, Batch], actor: str) -> set[tuple[int, int]]:
        """Writes all of them; the number and line of those that had not been moved by another meanwhile."""
        moved: set[tuple[int, int]] = set()
        counts: dict[int, Counts] = defaultdict(Counter)
        told: dict[tuple[int, Status, Status], list[int]] = defaultdict(list)
        for (number, before, to, changes), operations in self._groups.items():
            lines = [each.line for each in operations]
            done = tx.move_operations(number, before, lines, status=to, **dict(changes))
            moved.update([(number, line) for line in done])
            told[number, before, to].extend(done)
            gone = operations if len(done) == len(lines) else [each for each in operations if each.line in set(done)]
            _recount(counts[number], gone, to, dict(changes))
        for number, changed in counts.items():
            tx.add_counts(number, changed)
        for (number, before, to), lines in told.items():
            if lines:
                tx.add_event(_event(batches[number], before, to, lines, actor, now))
        return moved


def _recount(counts: Counts, operations: Iterable[Operation], to: Status, changes: Mapping[str, Any]) -> None:
    for kind, before, code in [(each.kind, each.status, each.code or "") for each in operations]:
        counts[kind, before, code] -= 1
        counts[kind, to, changes.get("code", code) or ""] += 1


def _event(batch: Batch, before: Status, to: Status, lines: list[int], actor: str, now: datetime) -> Event:
    evidence = {"operations": len(lines), "lines": ranges(lines)}
    return Event(batch.seller_id, MOVED, batch.batch_id, before, to, actor, evidence, now)


def ranges(numbers: Iterable[int]) -> str:
    """Numbers as text, those in a row together: `2-1001,1003`."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in parts)


def move_batch(tx: BatchesPort, now: datetime, batch: Batch, to: BatchStatus, actor: str, **changes: Any) -> bool:
    """Moves the batch, and tells the ledger. False where another did so meanwhile. Raises Conflict for no such move."""
    if to not in BATCH_MOVES[batch.status]:
        raise Conflict(f"A batch that is {batch.status} never becomes {to}.", f"batchId: {batch.batch_id}")
    if not tx.move_batch(batch, batch.status, status=to, **changes):
        return False
    tx.add_event(Event(batch.seller_id, SUBJECT, batch.batch_id, batch.status, to, actor, {}, now))
    return True


def settle(tx: BatchesPort, now: datetime, batch: Batch, actor: str) -> None:
    """An operation of the batch moved: it made progress, and has ended where that was the last."""
    at = max(now, batch.queued_at)
    progress = progress_of(tx.counts_of(batch.number))
    if progress.unfinished == 0 and batch.status in (BatchStatus.RUNNING, BatchStatus.PAUSED):
        move_batch(tx, now, batch, BatchStatus.ENDED, actor, ended_at=at, progress_at=at, stalled_at=None)
    else:
        tx.move_batch(batch, batch.status, progress_at=at, stalled_at=None)
