"""Items' rows, on both databases, and how their hot statement finds them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from daybook.catalog.items import Item
from daybook.report_types.listings import PRODUCERS
from daybook.report_types.listings.producer import ListingReport
from daybook.store.listings import lines_statement
from daybook.store.store import Store
from tests.report_types.catalogs import CA, OTHER_SELLER, SELLER, US, item, stock

BY_KEY = {
    "sqlite": "SEARCH item USING PRIMARY KEY (seller_id=? AND marketplace_id=? AND sku>?)",
    "postgresql": "Index Scan using item_pk on item",
}


def found(store: Store, sku: str) -> Item | None:
    with store.reading() as tx:
        return tx.item(SELLER, US, sku)


def test_an_item_comes_back_as_it_was_put(store: Store) -> None:
    whole, bare = item("A", name="Größe 🧵"), item("B", price=None, quantity=None, description="", asin="")

    stock(store, whole, bare)

    assert (found(store, "A"), found(store, "B"), found(store, "C")) == (whole, bare, None)


def test_an_item_that_is_put_again_changes_but_for_the_day_it_was_opened(store: Store) -> None:
    first, later = item("A"), timedelta(days=9)
    again = replace(
        item("A", name="Another", price="1.00", quantity=0, status="Inactive"),
        opened_at=first.opened_at + later,
        updated_at=first.updated_at + later,
    )
    stock(store, first, item("B"))

    stock(store, again)

    assert found(store, "A") == replace(again, opened_at=first.opened_at)
    assert found(store, "B") == item("B")


def test_items_are_counted_by_seller_and_marketplace(store: Store) -> None:
    stock(store, item("A"), item("B"), item("A", marketplace_id=CA), item("A", seller_id=OTHER_SELLER))

    with store.reading() as tx:
        assert [tx.items_count(SELLER, US), tx.items_count(SELLER, CA), tx.items_count(OTHER_SELLER, CA)] == [2, 1, 0]


@pytest.mark.parametrize("producer", PRODUCERS, ids=lambda producer: producer.report_type)
def test_a_slice_of_a_listing_report_is_found_by_the_key_and_sorted_by_nothing(
    store: Store, producer: ListingReport
) -> None:
    stock(store, *(item(f"{number:06}") for number in range(4000)))
    dialect = store.engine.dialect
    statement = lines_statement(dialect.name, producer.layout, scrub=False).params(
        seller_id=SELLER, marketplace_id=US, after="002000", limit=500
    )
    text = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"

    with store.transaction() as tx:
        tx.connection.exec_driver_sql("ANALYZE")
        rows = tx.connection.exec_driver_sql(f"{explain} {text}").all()

    plan = "\n".join(str(row[-1]) for row in rows)
    assert BY_KEY[dialect.name] in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
