"""What an operator looks over, and no program asks in a hurry."""

import sqlalchemy as sa

from daybook.store.schema import item
from daybook.store.transaction import Transaction

# One step along the index report_page for each type that there is, however many reports there are of it.
_TYPES = sa.text("""
    WITH RECURSIVE used(name) AS (
      SELECT min(report_type) FROM report WHERE seller_id = :seller
      UNION ALL
      SELECT (SELECT min(report_type) FROM report WHERE seller_id = :seller AND report_type > used.name)
      FROM used WHERE used.name IS NOT NULL)
    SELECT name FROM used WHERE name IS NOT NULL""")


def items_by_status(tx: Transaction, seller_id: str, marketplace_id: str) -> dict[str, int]:
    """How many items the seller has in the marketplace, of each status."""
    counting = (
        sa.select(item.c.status, sa.func.count())
        .where(item.c.seller_id == seller_id, item.c.marketplace_id == marketplace_id)
        .group_by(item.c.status)
        .order_by(item.c.status)
    )
    return {row.status: int(row[1]) for row in tx.connection.execute(counting)}


def report_types_of(tx: Transaction, seller_id: str) -> tuple[str, ...]:
    """The types of which the seller has any report."""
    return tuple(tx.connection.execute(_TYPES, {"seller": seller_id}).scalars())
