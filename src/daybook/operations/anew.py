"""Batches that are made from batches: one that brings earlier values back, and one that sends the present ones."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from daybook.kernel.errors import Conflict
from daybook.kernel.ids import Ids
from daybook.operations.batches import Batch, MadeBy, Operation, find_batch
from daybook.operations.codes import Code
from daybook.operations.drafting import Draft
from daybook.operations.kinds.kind import NOTHING_KNOWN, Body, Known
from daybook.operations.kinds.registry import all_kinds
from daybook.operations.ports import BatchesPort, Sku
from daybook.operations.status import Status
from daybook.operations.submitting import Submission, Submitted, Transact, submit, try_out

SLICE = 500
"""Operations that are read at once."""

_Made = tuple[str, Body] | None


def undo(
    transact: Transact,
    ids: Ids,
    seller_id: str,
    batch_id: str,
    actor: str,
    *,
    dry_run: bool = False,
    key: str | None = None,
) -> Submitted:
    """The batch that restores what was in effect before each operation that succeeded.

    What was in effect is known by earlier batches and by the catalog; where nothing is known, the new batch has an
    invalid operation that says so. The same `key` finds the batch that it made. Raises NotFound, and Conflict where
    nothing of the batch succeeded, or the key was used for something else.
    """

    def restored(operation: Operation, known: Known) -> _Made:
        return all_kinds()[operation.kind].restore(known)

    def before(tx: BatchesPort, batch: Batch, skus: set[Sku]) -> Mapping[Sku, Known]:
        return tx.known_of(seller_id, skus, batch.number)

    remake = _Remake(Status.SUCCESS, MadeBy.UNDO, "Undo of", Code.NOTHING_TO_RESTORE, before, restored)
    return remake.run(transact, ids, (seller_id, batch_id), actor, key, dry_run=dry_run)


def rebuild(
    transact: Transact,
    ids: Ids,
    seller_id: str,
    batch_id: str,
    actor: str,
    *,
    dry_run: bool = False,
    key: str | None = None,
) -> Submitted:
    """The batch that sends what was rejected once more, as the catalog has it now.

    As `undo` with its key. Raises NotFound, and Conflict where nothing was rejected.
    """

    def rebuilt(operation: Operation, known: Known) -> _Made:
        body = all_kinds()[operation.kind].rebuild(json.loads(operation.body), known)
        return None if body is None else (operation.kind, body)

    def present(tx: BatchesPort, batch: Batch, skus: set[Sku]) -> Mapping[Sku, Known]:
        del batch
        return tx.catalog_of(seller_id, skus)

    remake = _Remake(Status.REJECTED, MadeBy.REBUILD, "Rebuild of", Code.NOT_IN_CATALOG, present, rebuilt)
    return remake.run(transact, ids, (seller_id, batch_id), actor, key, dry_run=dry_run)


class _Remake:
    """Makes a batch from the operations of another that have a status."""

    def __init__(
        self,
        status: Status,
        made_by: MadeBy,
        title: str,
        unknown: Code,
        know: Callable[[BatchesPort, Batch, set[Sku]], Mapping[Sku, Known]],
        make: Callable[[Operation, Known], _Made],
    ) -> None:
        self._status = status
        self._made_by = made_by
        self._title = title
        self._unknown = unknown
        self._know = know
        self._make = make

    def run(
        self, transact: Transact, ids: Ids, of: tuple[str, str], actor: str, key: str | None, *, dry_run: bool
    ) -> Submitted:
        seller_id, batch_id = of
        batch: Batch = transact(lambda tx: find_batch(tx, seller_id, batch_id))
        counts = transact(lambda tx: tx.counts_of(batch.number))
        if not any(count for (_, status, _), count in counts.items() if status is self._status):
            raise Conflict(f"No operation of this batch is {self._status}.", f"batchId: {batch_id}")
        name = f"{self._title} {batch.batch_id}"
        submission = Submission(
            seller_id, name, actor, key, made_by=self._made_by, parent_id=batch.batch_id, digest=lambda: name
        )
        drafts = self._drafts(transact, batch)
        return try_out(transact, submission, drafts) if dry_run else submit(transact, ids, submission, drafts)

    def _drafts(self, transact: Transact, batch: Batch) -> Iterator[Draft]:
        after = 0
        while True:
            operations, known = transact(partial(self._read, batch, after))
            for operation in operations:
                yield self._draft(operation, known.get((operation.marketplace_id, operation.reference), NOTHING_KNOWN))
            if len(operations) < SLICE:
                return
            after = operations[-1].line

    def _read(self, batch: Batch, after: int, tx: BatchesPort) -> tuple[list[Operation], Mapping[Sku, Known]]:
        operations = tx.operations_in(batch.number, self._status, (), after, SLICE)
        return operations, self._know(tx, batch, {(each.marketplace_id, each.reference) for each in operations})

    def _draft(self, operation: Operation, known: Known) -> Draft:
        made = self._make(operation, known)
        line, where, reference = operation.line, operation.marketplace_id, operation.reference
        if made is None:
            message = f"line {line}, sku: {reference!r}: nothing is known that could be sent in its place."
            return Draft(line, operation.kind, where, reference, "{}", None, self._unknown, message)
        kind, body = made
        price = body.get("price")
        return Draft(line, kind, where, reference, json.dumps(body, ensure_ascii=False), price)
