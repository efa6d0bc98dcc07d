"""/daybook/v1/operations: what an operation report shows, as pages with filters."""

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp

from daybook.api.decoding import id_of, query_of
from daybook.api.door import AnyRequest, Call, door_of
from daybook.api.paths import litestar_path
from daybook.contract import batches as wire
from daybook.contract.decoding import Values
from daybook.contract.error_codes import link_of
from daybook.kernel.errors import InvalidInput, NotFound
from daybook.operations import as_json, pages
from daybook.operations.batches import find_batch
from daybook.operations.error_codes import error_codes
from daybook.operations.kinds.registry import find_kind
from daybook.operations.pages import Filters, Row, Sort
from daybook.operations.status import Shown, Status, statuses_shown
from daybook.shapes import convert
from daybook.store.transaction import Transaction

_LARGEST = 2**31 - 1


@get(litestar_path(wire.GET_OPERATIONS))
async def get_operations(request: AnyRequest) -> ASGIApp:
    """A page of them."""
    call = await door_of(request).admit(request, wire.GET_OPERATIONS)
    asked = query_of(request, wire.GET_OPERATIONS)
    rows, token = await call.door.read(lambda tx: _page(tx, call, asked))
    now = as_json.iso(call.door.clock()) or ""
    return call.answer(wire.OperationList([_line(row) for row in rows], token, now))


def _page(tx: Transaction, call: Call, asked: Values) -> tuple[list[Row], str | None]:
    key = call.door.keys.of("pages")
    if "nextToken" in asked:
        return pages.next_page(tx, key, call.seller_id, asked["nextToken"])
    return pages.first_page(tx, key, call.seller_id, _filters(asked))


def _filters(asked: Values) -> Filters:
    return Filters(
        statuses=_statuses(asked),
        batch_id=asked.get("batchId", ""),
        reference=asked.get("reference", ""),
        kinds=tuple(find_kind(name).name for name in asked.get("operations", ())),
        code=asked.get("code", ""),
        queued=(asked.get("queuedSince"), asked.get("queuedUntil")),
        attempted=(asked.get("attemptedSince"), asked.get("attemptedUntil")),
        completed=(asked.get("completedSince"), asked.get("completedUntil")),
        page_size=asked["pageSize"],
        sort=Sort(asked["sort"]) if "sort" in asked else None,
        descending=asked.get("order") != "ascending",
    )


def _statuses(asked: Values) -> tuple[Status, ...]:
    """The statuses that are shown as one of the words, and of them those that are named, where any is."""
    words = asked.get("operationStatuses", ())
    shown = {status for word in words for status in statuses_shown(Shown(word))} if words else set(Status)
    strange = [name for name in asked.get("statuses", ()) if name not in set(Status)]
    if strange:
        hint = "operationStatuses has that word. " if strange[0] in set(Shown) else ""
        raise InvalidInput(f"There is no status {strange[0][:50]!r}.", f"{hint}Statuses: {', '.join(Status)}.")
    named = {Status(name) for name in asked.get("statuses", ())} or set(Status)
    both = tuple(status for status in Status if status in shown & named)
    if not both:
        raise InvalidInput("No status is shown as that word.", "operationStatuses; statuses;")
    return both if len(both) < len(Status) else ()


def _line(row: Row) -> wire.OperationLine:
    told = as_json.operation(row)
    if row.operation.code is not None:
        code = row.operation.code
        link = link_of(code) if code in error_codes() else None
        told["lastError"] = {**as_json.last_error(row.operation), "link": link}
    return convert(told, wire.OperationLine)


@get(litestar_path(wire.GET_OPERATION))
async def get_operation(request: AnyRequest, batchId: FromPath[str], line: FromPath[str]) -> ASGIApp:
    """One, with every attempt at it."""
    call = await door_of(request).admit(request, wire.GET_OPERATION)
    return call.answer(await call.door.read(lambda tx: _explained(tx, call.seller_id, id_of(batchId), line)))


def _explained(tx: Transaction, seller_id: str, batch_id: str, line: str) -> wire.ExplainedOperation:
    batch = find_batch(tx, seller_id, batch_id)
    number = int(line) if line.isascii() and line.isdigit() and len(line) < 11 else 0  # noqa: PLR2004
    found = tx.operations_at(batch.number, [number]) if 0 < number <= _LARGEST else []
    if not found:
        raise NotFound("There is no such operation in the batch.", f"line: {line[:50]}")
    attempts = tx.attempts_of(batch.number, number)
    row = Row(found[0], batch.batch_id, batch.queued_at, attempts[-1].request_id if attempts else None)
    return wire.ExplainedOperation(_line(row), [as_json.attempt(one) for one in attempts])


HANDLERS = [get_operations, get_operation]
