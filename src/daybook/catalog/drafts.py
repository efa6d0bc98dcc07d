"""What reading a catalog file gives: drafts of items, and faults."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from daybook.catalog.items import Status

_SHOWN = 60


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


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a row of a file: where, what, and what to do.

    A `refused` row gives no item. One that is not refused was taken, but for the value named here.
    """

    row: int
    problem: str
    column: str = ""
    value: str = ""
    remedy: str = ""
    refused: bool = True

    def __str__(self) -> str:
        column = f", {self.column}" if self.column else ""
        cut = self.value if len(self.value) <= _SHOWN else self.value[:_SHOWN] + "..."
        value = f" {cut!r}:" if self.value else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"line {self.row}{column}:{value} {self.problem}{remedy}"
