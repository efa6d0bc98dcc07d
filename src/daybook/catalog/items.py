"""An item of a catalog, with the columns that Amazon's listing reports need."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SKU_LENGTH = 40
"""Characters that Amazon allows in a SKU."""

Status = Literal["Active", "Inactive"]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a seller offers in one marketplace, known by its SKU.

    Text that nobody gave is "". `price` is an exact decimal as text ("12.50"), never a float; None is no price.
    `quantity` None is not known, as for goods that lie in Amazon's own warehouses.
    """

    seller_id: str
    marketplace_id: str
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
    status: Status
    brand: str
    category: str
    opened_at: datetime
    updated_at: datetime


def status_of(said: Status | None, price: str | None, quantity: int | None) -> Status:
    """What the file said, if it said anything; else Inactive without a price or with a quantity of 0, else Active.

    An unknown quantity leaves an item Active: Amazon's own listing reports leave it blank for what Amazon fulfils.
    """
    if said is not None:
        return said
    return "Inactive" if price is None or quantity == 0 else "Active"
