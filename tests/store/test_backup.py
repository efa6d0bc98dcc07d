"""The snapshot that a backup reads, on both databases."""

from datetime import timedelta

from daybook.accounts.sellers import add_seller
from daybook.lanes import Lane, WorkClass
from daybook.store.backup import TABLES, is_expired, refill, snapshot
from daybook.store.schema import metadata
from daybook.store.store import Store
from tests.databases import lane_row, next_due

US = ("ATVPDKIKX0DER",)


def add(store: Store, seller_id: str) -> None:
    with store.transaction() as tx:
        add_seller(tx, tx.now, seller_id, seller_id, US)


def test_a_snapshot_is_of_one_instant_whatever_is_written_meanwhile(store: Store) -> None:
    add(store, "BEFORE")
    with snapshot(store) as shot:
        assert [row["seller_id"] for row in shot.rows("seller")] == ["BEFORE"]
        add(store, "MEANWHILE")
        assert [row["seller_id"] for row in shot.rows("seller")] == ["BEFORE"]
        assert [row["seller_id"] for row in shot.rows("seller_marketplace")] == ["BEFORE"]


def test_every_table_but_that_of_access_tokens_is_in_a_backup_after_those_it_refers_to() -> None:
    assert {*TABLES, "access_token"} == set(metadata.tables)
    for name in TABLES:
        referred = {key.column.table.name for key in metadata.tables[name].foreign_keys}
        assert all(TABLES.index(other) < TABLES.index(name) for other in referred)


def test_an_expired_document_is_not_in_a_backup(store: Store) -> None:
    with snapshot(store) as shot:
        assert list(shot.rows("document")) == []
    now = store.clock()
    row = {"expires_at": int((now - timedelta(days=1)).timestamp() * 1_000_000)}
    assert is_expired(row, store)


def test_lanes_are_due_and_nobodys_after_a_refill(store: Store) -> None:
    with store.transaction() as tx:
        tx.wake(Lane("sweep", "all"), WorkClass.BULK)
    with refill(store) as database:
        database.put("lane", [{"kind": "production", "key": "A/B", "class": 0, "token": 7}])
    row = lane_row(store, "production", "A/B")
    assert (row.worker, row.failures, row.token) == (None, 0, 7)
    assert (next_due(store, WorkClass.INTERACTIVE, ["production"]) or 0.0) <= 0.0
    with store.reading() as tx:
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM lane").scalar_one() == 1
