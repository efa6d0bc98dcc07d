"""Pages of operations: what an operation report shows, newest batch first and in it in the order of lines.

A page of the SKUs that begin with something is in the order of SKUs instead, so that no other SKU is looked at. A page
may be sorted by a time or by status besides; what lacks the time comes last. A page of what was attempted or completed
between two times is in the order of that time, the latest first, where it is not sorted otherwise.

The first page fixes the filters and the newest batch that it looks at; the token carries both, with the position, so
operations that are submitted meanwhile move nothing. Statuses are read as they are now.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from daybook.kernel.clock import from_micros, to_micros
from daybook.kernel.paging import open_page, page_of, seal_page
from daybook.operations.batches import Operation
from daybook.operations.ports import ReadingPort
from daybook.operations.status import Shown, Status, statuses_shown


class Sort(StrEnum):
    """What operations can be sorted by."""

    QUEUED = "queuedAt"
    ATTEMPTED = "lastAttempted"
    COMPLETED = "completedAt"
    STATUS = "operationStatus"


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
    sort: Sort | None = None
    descending: bool = True
    never: Sort | None = None
    """Only operations that lack this time; whoever sorts by it lists them last."""


def in_order(descending: bool) -> list[Status]:
    """The statuses as they are sorted: by the words that readers see, the one that waits first."""
    order = [status for word in Shown for status in statuses_shown(word)]
    return order[::-1] if descending else order


ANSWERED = frozenset({Status.SUCCESS, Status.REJECTED})
"""The statuses in which an operation has a time of completion."""
_TRIED = ANSWERED | {Status.THROTTLED, Status.SENDING, Status.UNCERTAIN, Status.ACCEPTED}


def untimed(filters: Filters) -> tuple[Status, ...]:
    """Those of the filters' statuses in which an operation may lack the time that it is sorted by."""
    timed = _TRIED if filters.sort is Sort.ATTEMPTED else ANSWERED
    return tuple(status for status in filters.statuses or Status if status not in timed)


class Position(NamedTuple):
    """The last operation of a page: its batch's number, its line, and what else a page may be ordered by: its SKU, the
    time in microseconds (None where it has none), its status."""

    number: int
    line: int
    reference: str = ""
    at: int | None = None
    status: str = ""


class Row(NamedTuple):
    """A line of an operation report: the operation, its batch's id and time, and its last attempt's request id."""

    operation: Operation
    batch_id: str
    queued_at: datetime
    request_id: str | None


def first_page(tx: ReadingPort, key: bytes, seller_id: str, filters: Filters) -> tuple[list[Row], str | None]:
    """The first operations that match, and the token of the next page where there are more."""
    return _page(tx, key, seller_id, _ordered(filters), None)


def next_page(tx: ReadingPort, key: bytes, seller_id: str, token: str) -> tuple[list[Row], str | None]:
    """The page that the token was given for. Raises InvalidInput for a token that was not given to this seller."""
    filters, position = _opened(open_page(key, _scope(seller_id), token))
    return _page(tx, key, seller_id, filters, position)


def _page(
    tx: ReadingPort, key: bytes, seller_id: str, filters: Filters, after: Position | None
) -> tuple[list[Row], str | None]:
    def seal(last: Row) -> str:
        return seal_page(key, _scope(seller_id), _sealed(filters, _position(filters, last.operation)))

    return page_of(tx.operations_page(seller_id, filters, after), filters.page_size, seal)


def _ordered(filters: Filters) -> Filters:
    """What lies between two times is found in their order; in any other, all that lies outside would be looked at."""
    if filters.sort or filters.reference:
        return filters
    if any(filters.completed):
        return replace(filters, sort=Sort.COMPLETED)
    return replace(filters, sort=Sort.ATTEMPTED) if any(filters.attempted) else filters


def _position(filters: Filters, last: Operation) -> Position:
    at = {Sort.ATTEMPTED: last.attempted_at, Sort.COMPLETED: last.completed_at}.get(filters.sort or Sort.QUEUED)
    return Position(last.number, last.line, last.reference, None if at is None else to_micros(at), last.status.value)


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
        "o": [filters.sort, filters.descending],
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
        sort=Sort(page["o"][0]) if page["o"][0] else None,
        descending=bool(page["o"][1]),
    )
    return filters, Position(*page["p"])
