"""The hot statements on items: how both databases find their rows."""

import pytest

from daybook.report_types.listings import PRODUCERS
from daybook.report_types.listings.producer import ListingReport
from daybook.store.listings import lines_statement
from daybook.store.store import Store
from tests.report_types.catalogs import SELLER, US, item, stock

BY_KEY = {
    "sqlite": "SEARCH item USING PRIMARY KEY (seller_id=? AND marketplace_id=? AND sku>?)",
    "postgresql": "Index Scan using item_pk on item",
}


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
