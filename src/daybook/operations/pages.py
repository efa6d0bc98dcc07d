"""Pages of operations: what an operation report shows, newest batch first and in it in the order of lines.

A page of the SKUs that begin with something is in the order of SKUs instead, so that no other SKU is looked at.

The first page fixes the filters and the newest batch that it looks at; the token carries both, with the position, so
operations that are submitted meanwhile move nothing. Statuses are read as they are now.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from daybook.kernel.clock import from_micros, to_micros
from daybook.kernel.paging import open_page, seal_page
from daybook.operations.batches import Operation
from daybook.operations.ports import ReadingPort
from daybook.operations.status import Status

MOST = 1000
"""Operations of one page."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a page looks for. Empty means all; times are from, and up to but without.

    `queued` is the time of the batch; `attempted` and `completed` are the operation's own.
    """

    statuses: tuple[Status, ...] = ()
    batch_id: str = ""
    reference: str = ""
    """The beginning of a SKU, capitals as they are."""
    kinds: tuple[str, ...] = ()
    code: str = ""
    queued: tuple[datetime | None, datetime | None] = (None, None)
    attempted: tuple[datetime | None, datetime | None] = (None, None)
    completed: tuple[datetime | None, datetime | None] = (None, None)
    page_size: int = 100


class Position(NamedTuple):
    """The last operation of a page: its batch's number, its line, and its SKU, by which a page of SKUs is ordered."""

    number: int
    line: int
    reference: str = ""


class Row(NamedTuple):
    """A line of an operation report: the operation, its batch's id and time, and its last attempt's request id."""

    operation: Operation
    batch_id: str
    queued_at: datetime
    request_id: str | None


def first_page(tx: ReadingPort, key: bytes, seller_id: str, filters: Filters) -> tuple[list[Row], str | None]:
    """The first operations that match, and the token of the next page where there are more."""
    return _page(tx, key, seller_id, filters, None)


def next_page(tx: ReadingPort, key: bytes, seller_id: str, token: str) -> tuple[list[Row], str | None]:
    """The page that the token was given for. Raises InvalidInput for a token that was not given to this seller."""
    filters, position = _opened(open_page(key, _scope(seller_id), token))
    return _page(tx, key, seller_id, filters, position)


def _page(
    tx: ReadingPort, key: bytes, seller_id: str, filters: Filters, after: Position | None
) -> tuple[list[Row], str | None]:
    found = tx.operations_page(seller_id, filters, after)
    page = found[: filters.page_size]
    if len(found) <= filters.page_size:
        return page, None
    last = page[-1].operation
    return page, seal_page(key, _scope(seller_id), _sealed(filters, Position(last.number, last.line, last.reference)))


def _scope(seller_id: str) -> str:
    return f"getOperations/{seller_id}"


_TIMES = ("queued", "attempted", "completed")


def _sealed(filters: Filters, position: Position) -> dict[str, object]:
    times = {name: [None if at is None else to_micros(at) for at in getattr(filters, name)] for name in _TIMES}
    return {
        "s": filters.statuses,
        "b": filters.batch_id,
        "r": filters.reference,
        "k": filters.kinds,
        "c": filters.code,
        "n": filters.page_size,
        "t": times,
        "p": list(position),
    }


def _opened(page: dict[str, Any]) -> tuple[Filters, Position]:
    times = [[None if at is None else from_micros(at) for at in page["t"][name]] for name in _TIMES]
    queued, attempted, completed = ((since, until) for since, until in times)
    filters = Filters(
        statuses=tuple(Status(word) for word in page["s"]),
        batch_id=page["b"],
        reference=page["r"],
        kinds=tuple(page["k"]),
        code=page["c"],
        queued=queued,
        attempted=attempted,
        completed=completed,
        page_size=int(page["n"]),
    )
    return filters, Position(*page["p"])
