"""Catalog items' rows."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from daybook.catalog.items import Item
from daybook.kernel.clock import from_micros, to_micros
from daybook.report_types.listings.ports import Layout, Lines
from daybook.store.listings import file_lines, lines_statement
from daybook.store.rows import Rows
from daybook.store.schema import item

_KEY = ("seller_id", "marketplace_id", "sku")
_KEPT = (
    *_KEY,
    "opened_at",
)  # an item that comes again keeps the day it was opened: a file imported again makes no old offer new
_NAMES = tuple(item.c.keys())
_fields = attrgetter(*_NAMES)


def _put() -> sa.ClauseElement:
    insert = postgresql.insert(item)
    changes = {name: insert.excluded[name] for name in _NAMES if name not in _KEPT}
    return insert.on_conflict_do_update(index_elements=_KEY, set_=changes)


# An item of an import, of which there may be millions: values by position are bound twice as fast as by name.
_PUT: Mapping[str, str] = {
    "sqlite": str(_put().compile(dialect=sqlite.dialect(paramstyle="qmark"))),
    "postgresql": str(_put().compile(dialect=postgresql.dialect(paramstyle="format"))),  # type: ignore[no-untyped-call]
}


class Items(Rows):
    """Puts, finds, counts and lists items."""

    def put_items(self, items: Sequence[Item]) -> None:
        """Adds the items, or changes those that are there; one statement for all, on the driver itself.

        No SKU of a seller's marketplace may come twice in a call.
        """
        self.driver.cursor().executemany(_PUT[self.dialect], [_columns(one) for one in items])

    def item(self, seller_id: str, marketplace_id: str, sku: str) -> Item | None:
        row = self._one(sa.select(item).where(_of(seller_id, marketplace_id), item.c.sku == sku))
        return None if row is None else _item(row)

    def items_count(self, seller_id: str, marketplace_id: str) -> int:
        statement = sa.select(sa.func.count()).where(_of(seller_id, marketplace_id))
        return int(self.connection.execute(statement).scalar_one())

    def items_up_to(self, seller_id: str, marketplace_id: str, limit: int) -> int:
        """How many items there are, counted no further than `limit`; by the table's key."""
        some = sa.select(sa.literal(1)).where(_of(seller_id, marketplace_id)).limit(limit).subquery()
        return int(self.connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())

    def listing_lines(
        self, seller_id: str, marketplace_id: str, layout: Layout, after: str, limit: int
    ) -> Lines | None:
        """The next slice of a listing report. Each is a statement of its own, so no snapshot is held for long."""
        values = {"seller_id": seller_id, "marketplace_id": marketplace_id, "after": after, "limit": limit}
        for scrub in (False, True):
            statement = lines_statement(self.dialect, layout, scrub=scrub)
            text, lines, last_sku = self.connection.execute(statement, values).one()
            if last_sku is None:
                return None
            written = file_lines(text or "", lines, len(layout.columns))
            if written is not None:
                return Lines(written, last_sku)
        raise ValueError(f"the lines behind {after!r} have columns that the layout has not")


def _of(seller_id: str, marketplace_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(item.c.seller_id == seller_id, item.c.marketplace_id == marketplace_id)


def _columns(one: Item) -> tuple[object, ...]:
    *values, opened_at, updated_at = _fields(one)
    return (*values, to_micros(opened_at), to_micros(updated_at))


def _item(row: sa.Row[Any]) -> Item:
    values = dict(zip(_NAMES, row, strict=True))
    return Item(**(values | {"opened_at": from_micros(row.opened_at), "updated_at": from_micros(row.updated_at)}))
