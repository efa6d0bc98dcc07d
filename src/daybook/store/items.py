"""Catalog items' rows."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from daybook.catalog.items import Item
from daybook.kernel.clock import from_micros, to_micros
from daybook.store.rows import Rows
from daybook.store.schema import item

_KEY = ("seller_id", "marketplace_id", "sku")
_KEPT = (*_KEY, "opened_at")  # an item that comes again keeps the day it was opened


class Items(Rows):
    """Puts and counts items."""

    def put_items(self, items: Sequence[Item]) -> None:
        """Adds the items, or changes those that are there; one statement for all."""
        insert = (postgresql.insert if self.dialect == "postgresql" else sqlite.insert)(item)
        changes = {column.name: insert.excluded[column.name] for column in item.c if column.name not in _KEPT}
        upsert = insert.on_conflict_do_update(index_elements=_KEY, set_=changes)
        self.connection.execute(upsert, [_columns(one) for one in items])

    def item(self, seller_id: str, marketplace_id: str, sku: str) -> Item | None:
        row = self._one(
            sa.select(item).where(
                item.c.seller_id == seller_id, item.c.marketplace_id == marketplace_id, item.c.sku == sku
            )
        )
        return None if row is None else _item(row)

    def items_count(self, seller_id: str, marketplace_id: str) -> int:
        statement = sa.select(sa.func.count()).where(
            item.c.seller_id == seller_id, item.c.marketplace_id == marketplace_id
        )
        return int(self.connection.execute(statement).scalar_one())


def _columns(one: Item) -> dict[str, object]:
    values = {name: getattr(one, name) for name in item.c.keys()}  # noqa: SIM118  columns, not a dict
    return values | {"opened_at": to_micros(one.opened_at), "updated_at": to_micros(one.updated_at)}


def _item(row: sa.Row[Any]) -> Item:
    values = dict(row._mapping)  # noqa: SLF001  documented, in spite of its name
    return Item(**(values | {"opened_at": from_micros(row.opened_at), "updated_at": from_micros(row.updated_at)}))
