"""Pages of deliveries: the newest first, by any of what is known of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from daybook.kernel.clock import from_micros, to_micros
from daybook.kernel.paging import open_page, page_of, seal_page
from daybook.notifications.deliveries import Delivery
from daybook.notifications.ports import DeliveriesPort
from daybook.notifications.status import DeliveryStatus


@dataclass(frozen=True, slots=True)
class Search:
    """Which deliveries of a seller somebody looks for. What is None or empty lets all through."""

    destination_id: str | None = None
    subscription_id: str | None = None
    event_type: str | None = None
    subject_id: str | None = None
    report_type: str | None = None
    statuses: tuple[DeliveryStatus, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    page_size: int = 20


def first_page(tx: DeliveriesPort, key: bytes, seller_id: str, search: Search) -> tuple[list[Delivery], str | None]:
    """The newest deliveries of a search, and the token of the next page where there are more."""
    return _page(tx, key, seller_id, search, None)


def next_page(tx: DeliveriesPort, key: bytes, seller_id: str, token: str) -> tuple[list[Delivery], str | None]:
    """The page that the token was given for. Raises InvalidInput for a token that was not given to this seller."""
    page = open_page(key, _scope(seller_id), token)
    return _page(tx, key, seller_id, _opened(page), str(page["p"]))


def _page(
    tx: DeliveriesPort, key: bytes, seller_id: str, search: Search, before: str | None
) -> tuple[list[Delivery], str | None]:
    def seal(last: Delivery) -> str:
        return seal_page(key, _scope(seller_id), _sealed(search, last.delivery_id))

    return page_of(tx.delivery_page(seller_id, search, before), search.page_size, seal)


def _scope(seller_id: str) -> str:
    return f"listDeliveries/{seller_id}"


def _sealed(search: Search, before: str) -> dict[str, Any]:
    about = [search.destination_id, search.subscription_id, search.event_type, search.subject_id, search.report_type]
    between = [None if at is None else to_micros(at) for at in (search.since, search.until)]
    return {"w": about, "s": search.statuses, "b": between, "n": search.page_size, "p": before}


def _opened(page: dict[str, Any]) -> Search:
    destination_id, subscription_id, event_type, subject_id, report_type = page["w"]
    since, until = (from_micros(int(at)) if at is not None else None for at in page["b"])
    return Search(
        destination_id=destination_id,
        subscription_id=subscription_id,
        event_type=event_type,
        subject_id=subject_id,
        report_type=report_type,
        statuses=tuple(DeliveryStatus(word) for word in page["s"]),
        since=since,
        until=until,
        page_size=int(page["n"]),
    )
