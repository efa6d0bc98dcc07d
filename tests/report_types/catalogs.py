"""Small catalogs, and the reports of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from daybook.accounts.sellers import Seller
from daybook.catalog.items import Item
from daybook.report_types.producers import producers
from daybook.reports.reports import Report
from daybook.reports.status import Status
from daybook.store.store import Store

SELLER = "SELLER-A"
OTHER_SELLER = "SELLER-B"
US = "ATVPDKIKX0DER"
CA = "A2EUQ1WTGCTBG2"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def item(sku: str, **changes: Any) -> Item:
    """An item that lacks nothing."""
    whole: dict[str, Any] = {
        "seller_id": SELLER,
        "marketplace_id": US,
        "sku": sku,
        "name": f"Name of {sku}",
        "description": f"About {sku}",
        "price": "12.50",
        "currency": "USD",
        "quantity": 7,
        "listing_id": f"L-{sku}",
        "product_id": f"P-{sku}",
        "product_id_type": "1",
        "asin": f"B-{sku}",
        "condition": "11",
        "image_url": f"https://images.example/{sku}.jpg",
        "fulfilment_channel": "DEFAULT",
        "shipping_group": "Standard",
        "status": "Active",
        "brand": "Brand",
        "category": "Category",
        "opened_at": datetime(2026, 3, 9, 8, 7, 6, 543210, tzinfo=UTC),
        "updated_at": datetime(2026, 11, 5, 23, 59, 59, tzinfo=UTC),
    }
    return Item(**(whole | changes))


def stock(store: Store, *items: Item) -> None:
    """Two sellers, and a catalog of these items."""
    with store.transaction() as tx:
        if not tx.sellers():
            for seller_id in (SELLER, OTHER_SELLER):
                tx.add_seller(Seller(seller_id, seller_id, (US, CA), NOON))
        if items:
            tx.put_items(items)


def report_of(report_type: str, *marketplace_ids: str) -> Report:
    """A report in progress, of the US unless others are named."""
    return Report(
        seller_id=SELLER,
        report_id="1",
        report_type=report_type,
        status=Status.IN_PROGRESS,
        marketplace_ids=marketplace_ids or (US,),
        options={},
        data_start=NOON,
        data_end=NOON,
        created_at=NOON,
    )


def produced(store: Store, report_type: str, *marketplace_ids: str) -> bytes:
    """What the producer of the type makes."""
    return b"".join(pieces(store, report_type, *marketplace_ids))


def pieces(store: Store, report_type: str, *marketplace_ids: str) -> Iterator[bytes]:
    """The same, piece by piece."""
    with store.reading() as tx:
        yield from producers()[report_type].produce(tx, report_of(report_type, *marketplace_ids))
