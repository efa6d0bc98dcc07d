"""Connections to PostgreSQL that lie ready for the next who asks."""

from contextlib import ExitStack

import psycopg

from daybook.store.opening import open_store
from daybook.store.postgres import BESIDE_SLOTS
from daybook.store.store import Store
from daybook.store.transaction import Transaction


def backend(tx: Transaction) -> int:
    """The server's process behind the connection."""
    return int(tx.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def test_a_connection_is_used_again(postgres_store: Store) -> None:
    assert postgres_store.read(backend) == postgres_store.read(backend)


def test_a_connection_that_the_server_ended_is_replaced_before_anybody_notices(
    postgres_store: Store, postgres_admin: psycopg.Connection
) -> None:
    ended = postgres_store.read(backend)
    postgres_admin.execute("SELECT pg_terminate_backend(%s, 10000)", [ended])
    with postgres_store.transaction() as tx:
        assert backend(tx) != ended


def test_every_slot_finds_a_connection_and_the_api_besides(postgres_url: str) -> None:
    store = open_store(postgres_url, slots=12)
    with ExitStack() as held:
        for _ in range(12 + BESIDE_SLOTS):
            held.enter_context(store.transaction())
            held.enter_context(store.reading())
    store.close()


def test_one_that_the_program_closed_is_replaced_too(postgres_store: Store) -> None:
    with postgres_store.reading() as tx:
        tx.driver.close()
    assert postgres_store.read(backend)
