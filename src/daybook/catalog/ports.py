"""What this room asks of the store."""

from collections.abc import Sequence
from typing import Protocol

from daybook.catalog.items import Item


class Items(Protocol):
    """The items of sellers' catalogs; one row per seller, marketplace and SKU."""

    def put_items(self, items: Sequence[Item]) -> None:
        """Adds the items, or overwrites those of the same seller, marketplace and SKU, which occur once in a call.

        The `opened_at` of an item that is there is kept, so that importing a file again does not make old offers new.
        """

    def items_count(self, seller_id: str, marketplace_id: str) -> int:
        """How many items the seller has in the marketplace."""
