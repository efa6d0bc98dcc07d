"""Drafts become operations: queued, or invalid, or held by a price guard."""

from collections.abc import Mapping, Sequence

from daybook.accounts import marketplaces
from daybook.operations.batches import Batch, Operation
from daybook.operations.codes import Code
from daybook.operations.drafting import Draft
from daybook.operations.guards import EVERY_CURRENCY, Guard, judged
from daybook.operations.kinds.kind import NOTHING_KNOWN, Known
from daybook.operations.ports import BatchesPort, Sku
from daybook.operations.status import Status


def operations_of(
    batch: Batch, drafts: Sequence[Draft], repeats: Mapping[int, int], guards: Mapping[str, Guard], tx: BatchesPort
) -> list[Operation]:
    """The drafts as operations of the batch.

    `repeats` has the earlier line for each that says the same as one, `guards` the seller's price guards by currency.
    """
    operations = [_operation(batch, draft, repeats.get(draft.line)) for draft in drafts]
    priced = zip(drafts, operations, strict=True) if guards else ()
    prices = {draft.line: draft.price for draft, each in priced if draft.price and not each.code}
    if not prices:
        return operations
    skus = {(each.marketplace_id, each.reference) for each in operations if each.line in prices}
    known = tx.known_of(batch.seller_id, skus, batch.number)
    return [_guarded(each, prices[each.line], guards, known) if each.line in prices else each for each in operations]


def _operation(batch: Batch, draft: Draft, repeats: int | None) -> Operation:
    line, kind, where, reference, body, _, code, message = draft
    if repeats is not None:
        code, message = Code.DUPLICATE_REFERENCE, f"line {line}, sku: {reference!r}: line {repeats} changes the same."
    status = Status.QUEUED if code is None else Status.INVALID
    return Operation(
        batch.number, line, batch.seller_id, where, kind, reference, body, None, status, code, message or None
    )


def _guarded(operation: Operation, price: str, guards: Mapping[str, Guard], known: Mapping[Sku, Known]) -> Operation:
    """The operation, held where a guard of its currency, or else that of all others, does not let its price pass."""
    currency = marketplaces.currency(operation.marketplace_id)
    guard = guards.get(currency) or guards.get(EVERY_CURRENCY)
    if guard is None:
        return operation
    earlier = known.get((operation.marketplace_id, operation.reference), NOTHING_KNOWN).price
    verdict = judged(guard._replace(currency=currency), price, earlier)
    if verdict is None:
        return operation
    code, message = verdict
    return operation._replace(status=Status.HELD, code=code, message=message, before=earlier)
