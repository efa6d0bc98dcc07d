"""What listing reports need of the store, and the words in which they say what a line holds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from daybook.catalog.items import Status


class Missing(StrEnum):
    """What an item lacks that a listing needs."""

    NAME = "name"
    PRICE = "price"
    QUANTITY = "quantity"
    """Not asked of goods in Amazon's own warehouses (fulfilment channel AMAZON...): only Amazon knows theirs."""
    IMAGE = "image"
    PRODUCT_ID = "product id"
    """Neither an ASIN nor another product id."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same text on every line."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the item, by its name; nothing where the item has none."""

    name: str


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant of the item: `2026-11-21 09:30:00 UTC`."""

    name: str


@dataclass(frozen=True, slots=True)
class Day:
    """The day in UTC of an instant of the item: `Nov 21, 2026`."""

    name: str


@dataclass(frozen=True, slots=True)
class Faults:
    """The texts of what the item lacks, with `; ` between."""

    texts: tuple[tuple[Missing, str], ...]


Value = Fixed | Field | Instant | Day | Faults


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report: its name, and what stands in it."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Layout:
    """Which items a report lists, and the columns of their lines.

    All items, or those of one status; all, or only those that lack something.
    """

    columns: tuple[Column, ...]
    status: Status | None = None
    lacking: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines, in UTF-8, of the items up to and including `last_sku`; none where no item of them is listed."""

    text: bytes
    last_sku: str


class ListingsPort(Protocol):
    """A catalog, read in slices, so that no report holds one view of the database for long."""

    def items_up_to(self, seller_id: str, marketplace_id: str, limit: int) -> int:
        """How many items there are, counted no further than `limit`."""

    def listing_lines(
        self, seller_id: str, marketplace_id: str, layout: Layout, after: str, limit: int
    ) -> Lines | None:
        """The lines of the next `limit` items behind the SKU `after`, in the order of SKUs; None after the last."""
