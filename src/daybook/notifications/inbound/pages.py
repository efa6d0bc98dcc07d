"""Pages of what came in and of what is followed: the newest first."""

from dataclasses import asdict, dataclass
from datetime import datetime

from daybook.kernel.clock import from_micros, to_micros
from daybook.kernel.paging import open_page, page_of, seal_page
from daybook.notifications.inbound.events import InboundEvent
from daybook.notifications.inbound.followed_reports import FollowedReport
from daybook.notifications.inbound.ports import FollowedReportsPort, InboundPort
from daybook.notifications.inbound.status import FollowedStatus, InboundStatus


@dataclass(frozen=True, slots=True)
class Search:
    """Which notifications of a seller somebody looks for. What is None lets all through."""

    status: InboundStatus | None = None
    report_id: str | None = None
    event_type: str | None = None
    page_size: int = 20


def first_page(tx: InboundPort, key: bytes, seller_id: str, search: Search) -> tuple[list[InboundEvent], str | None]:
    """The newest of a search, and the token of the next page where there are more."""
    return _page(tx, key, seller_id, search, None)


def next_page(tx: InboundPort, key: bytes, seller_id: str, token: str) -> tuple[list[InboundEvent], str | None]:
    """The page that the token was given for. Raises InvalidInput for a token that was not given to this seller."""
    page = open_page(key, _scope(seller_id), token)
    status = page["s"]["status"]
    search = Search(**{**page["s"], "status": InboundStatus(status) if status else None})
    return _page(tx, key, seller_id, search, str(page["p"]))


def _page(
    tx: InboundPort, key: bytes, seller_id: str, search: Search, before: str | None
) -> tuple[list[InboundEvent], str | None]:
    def seal(last: InboundEvent) -> str:
        return seal_page(key, _scope(seller_id), {"s": asdict(search), "p": last.inbound_id})

    return page_of(tx.inbound_page(seller_id, search, before), search.page_size, seal)


def _scope(seller_id: str) -> str:
    return f"listInbound/{seller_id}"


def first_followed(
    tx: FollowedReportsPort, key: bytes, seller_id: str, status: FollowedStatus | None, page_size: int
) -> tuple[list[FollowedReport], str | None]:
    """The reports that were followed last, and the token of the next page where there are more."""
    return _followed(tx, key, seller_id, status, page_size, None)


def next_followed(
    tx: FollowedReportsPort, key: bytes, seller_id: str, token: str
) -> tuple[list[FollowedReport], str | None]:
    """The page that the token was given for. Raises InvalidInput for a token that was not given to this seller."""
    page = open_page(key, _scope_of_followed(seller_id), token)
    status = FollowedStatus(page["s"]) if page["s"] else None
    at, report_id = page["p"]
    return _followed(tx, key, seller_id, status, int(page["n"]), (from_micros(int(at)), str(report_id)))


def _followed(
    tx: FollowedReportsPort,
    key: bytes,
    seller_id: str,
    status: FollowedStatus | None,
    page_size: int,
    before: tuple[datetime, str] | None,
) -> tuple[list[FollowedReport], str | None]:
    def seal(last: FollowedReport) -> str:
        position = [to_micros(last.created_at), last.report_id]
        return seal_page(key, _scope_of_followed(seller_id), {"s": status, "n": page_size, "p": position})

    return page_of(tx.followed_report_page(seller_id, status, before, page_size + 1), page_size, seal)


def _scope_of_followed(seller_id: str) -> str:
    return f"listFollowedReports/{seller_id}"
