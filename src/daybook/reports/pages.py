"""Pages of a seller's reports: newest first, stable while new reports arrive.

The first page fixes the filters and the instant up to which it looks; the token carries both, with the position, so
every report that matched then is listed once, however many are made meanwhile.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from daybook.kernel.clock import from_micros, to_micros
from daybook.kernel.paging import open_page, page_of, seal_page
from daybook.reports.ports import ReportsPort
from daybook.reports.reports import RETENTION, Report
from daybook.reports.status import Status


@dataclass(frozen=True, slots=True)
class Filters:
    """What getReports looks for. Empty statuses or marketplaces mean all."""

    report_types: tuple[str, ...]
    statuses: tuple[Status, ...]
    marketplace_ids: tuple[str, ...]
    created_since: datetime
    created_until: datetime
    page_size: int


@dataclass(frozen=True, slots=True)
class Position:
    """The last report of a page."""

    created_at: datetime
    report_id: str


def first_page(
    tx: ReportsPort, now: datetime, key: bytes, seller_id: str, filters: Filters
) -> tuple[list[Report], str | None]:
    """The newest reports that match, and the token of the next page where there are more."""
    within = replace(
        filters,
        created_since=max(filters.created_since, now - RETENTION),
        created_until=min(filters.created_until, now),
    )
    return _page(tx, key, seller_id, within, None)


def next_page(
    tx: ReportsPort, now: datetime, key: bytes, seller_id: str, token: str
) -> tuple[list[Report], str | None]:
    """The page that the token was given for. Raises InvalidInput for a token that was not given to this seller."""
    filters, position = _opened(open_page(key, _scope(seller_id), token))
    kept = replace(filters, created_since=max(filters.created_since, now - RETENTION))
    return _page(tx, key, seller_id, kept, position)


def _page(
    tx: ReportsPort, key: bytes, seller_id: str, filters: Filters, after: Position | None
) -> tuple[list[Report], str | None]:
    def seal(last: Report) -> str:
        return seal_page(key, _scope(seller_id), _sealed(filters, Position(last.created_at, last.report_id)))

    return page_of(tx.report_page(seller_id, filters, after), filters.page_size, seal)


def _scope(seller_id: str) -> str:
    return f"getReports/{seller_id}"


def _sealed(filters: Filters, position: Position) -> dict[str, object]:
    return {
        "t": filters.report_types,
        "s": filters.statuses,
        "m": filters.marketplace_ids,
        "a": to_micros(filters.created_since),
        "b": to_micros(filters.created_until),
        "n": filters.page_size,
        "p": [to_micros(position.created_at), position.report_id],
    }


def _opened(page: dict[str, Any]) -> tuple[Filters, Position]:
    created_at, report_id = page["p"]
    filters = Filters(
        report_types=tuple(page["t"]),
        statuses=tuple(Status(word) for word in page["s"]),
        marketplace_ids=tuple(page["m"]),
        created_since=from_micros(int(page["a"])),
        created_until=from_micros(int(page["b"])),
        page_size=int(page["n"]),
    )
    return filters, Position(from_micros(int(created_at)), report_id)
