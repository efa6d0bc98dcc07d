"""What reading a catalog file gives: drafts of items, and faults."""

from datetime import datetime
from typing import NamedTuple

from daybook.catalog.items import Status
from daybook.kernel.files.faults import Fault

__all__ = ["Draft", "Fault"]


class Draft(NamedTuple):
    """An item as one row of a file has it. A tuple, because files have millions of rows.

    `row` is the line of the file on which the row begins. "" and None mean that the file does not say.
    """

    row: int
    sku: str
    name: str
    description: str
    price: str | None
    currency: str
    quantity: int | None
    listing_id: str
    product_id: str
    product_id_type: str
    asin: str
    condition: str
    image_url: str
    fulfilment_channel: str
    shipping_group: str
    status: Status | None
    brand: str
    category: str
    opened_at: datetime | None
