"""Transactions: what undoes them, what is tried again, and what is said of a database that is away."""

import sqlite3
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from daybook.kernel.errors import Unavailable
from daybook.lanes import LEASE, Lane, WorkClass
from daybook.store.lanes_sqlite import SqliteLanes
from daybook.store.postgres import ANNOUNCE_EVERY, CHANNEL
from daybook.store.schema import seller
from daybook.store.sqlite import FifoLock
from daybook.store.store import Store, unavailable_if_away
from daybook.store.transaction import Transaction
from tests.databases import PostgresDoor, next_due
from tests.worker.watching import PROMPT, eventually


def add(tx: Transaction, seller_id: str) -> None:
    tx.connection.execute(seller.insert().values(seller_id=seller_id, name="", created_at=0))


def sellers(store: Store) -> list[str]:
    with store.reading() as tx:
        return [found.seller_id for found in tx.sellers()]


class Attempts:
    """Work that another transaction's rights undo the first few times, as the database reports it."""

    def __init__(self, undone: int, code: str) -> None:
        self.made = 0
        self._undone = undone
        self._code = code

    def __call__(self, tx: Transaction) -> str:
        self.made += 1
        add(tx, f"attempt {self.made}")
        if self.made <= self._undone:
            statement = f"DO $$ BEGIN RAISE EXCEPTION 'undone' USING ERRCODE = '{self._code}'; END $$"
            driver = tx.connection.connection.driver_connection
            assert driver is not None
            driver.execute(statement)  # as the lanes' notes run, past SQLAlchemy
        return "done"


def test_what_a_transaction_wrote_is_undone_by_any_error(store: Store) -> None:
    def work(tx: Transaction) -> None:
        add(tx, "S")
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        store.do(work)

    assert sellers(store) == []
    store.do(lambda tx: add(tx, "S"))
    assert sellers(store) == ["S"]


@pytest.mark.parametrize("code", ["40P01", "40001", "23505"], ids=["deadlock", "serialization", "same key"])
def test_work_is_done_again_that_was_undone_for_the_sake_of_another(postgres_store: Store, code: str) -> None:
    attempts = Attempts(undone=4, code=code)

    assert postgres_store.do(attempts) == "done"

    assert sellers(postgres_store) == ["attempt 5"]


def test_work_that_is_always_undone_fails_in_the_end(postgres_store: Store) -> None:
    attempts = Attempts(undone=99, code="40P01")

    with pytest.raises(psycopg.errors.DeadlockDetected):
        postgres_store.do(attempts)

    assert attempts.made == 5


def test_work_that_is_wrong_is_not_done_again(postgres_store: Store) -> None:
    attempts = Attempts(undone=99, code="22012")

    with pytest.raises(psycopg.errors.DivisionByZero):
        postgres_store.do(attempts)

    assert attempts.made == 1


def test_the_time_of_a_transaction_stands_still(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.now is tx.now
        assert tx.now.utcoffset() is not None


# A database that is away


CALLS: list[Callable[[Store], object]] = [
    lambda store: store.do(lambda tx: add(tx, "S")),
    lambda store: store.check(),
    lambda store: store.claim("W", WorkClass.NORMAL, ["work"], 1, 30.0),
    lambda store: store.renew([], 30.0),
    lambda store: store.reap(),
    lambda store: next_due(store, WorkClass.NORMAL, ["work"]),
]


@pytest.mark.parametrize("call", CALLS, ids=["do", "check", "claim", "renew", "reap", "next_due"])
def test_a_postgresql_that_refuses_is_said_to_be_away(
    postgres_store: Store, postgres_door: PostgresDoor, call: Callable[[Store], object]
) -> None:
    postgres_store.check()
    postgres_door.shut()
    with pytest.raises(Unavailable) as refused:
        call(postgres_store)
    postgres_door.open()

    assert "PostgreSQL: " in refused.value.details
    call(postgres_store)


def test_a_connection_that_is_cut_in_a_transaction_undoes_it(
    postgres_store: Store, postgres_door: PostgresDoor
) -> None:
    def work(tx: Transaction) -> None:
        add(tx, "lost")
        postgres_door.shut()
        postgres_door.open()
        add(tx, "never")

    with pytest.raises(Unavailable):
        postgres_store.do(work)

    assert sellers(postgres_store) == []


def test_a_connection_that_is_cut_before_the_notes_of_lanes_undoes_the_transaction(
    postgres_store: Store, postgres_door: PostgresDoor
) -> None:
    def work(tx: Transaction) -> None:
        add(tx, "lost")
        tx.wake(Lane("work", "A"), WorkClass.NORMAL)
        postgres_door.shut()
        postgres_door.open()

    with pytest.raises(Unavailable):
        postgres_store.do(work)

    assert sellers(postgres_store) == []
    assert next_due(postgres_store, WorkClass.NORMAL, ["work"]) is None


def test_a_file_that_another_process_keeps_locked_is_said_to_be_away(sqlite_store: Store, sqlite_url: str) -> None:
    set_on_writer(sqlite_store, "PRAGMA busy_timeout = 1")
    other = sa.create_engine(sqlite_url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable) as refused:
            sqlite_store.do(lambda tx: add(tx, "S"))
        connection.exec_driver_sql("ROLLBACK")
    other.dispose()

    assert refused.value.details == "SQLite: database is locked."
    sqlite_store.do(lambda tx: add(tx, "S"))
    assert sellers(sqlite_store) == ["S"]


def test_a_disk_that_is_full_is_said_to_be_and_nothing_is_half_written(sqlite_store: Store) -> None:
    def much(tx: Transaction) -> None:
        add(tx, "first")
        add(tx, "x" * 100_000)

    set_on_writer(sqlite_store, "PRAGMA max_page_count = 1")  # as many as there are already, and no more
    with pytest.raises(Unavailable) as refused:
        sqlite_store.do(much)

    assert refused.value.details == "SQLite: database or disk is full."
    assert sellers(sqlite_store) == []
    set_on_writer(sqlite_store, "PRAGMA max_page_count = 1073741823")
    sqlite_store.do(much)
    assert len(sellers(sqlite_store)) == 2


def set_on_writer(store: Store, pragma: str) -> None:
    with store.transaction() as tx:
        tx.connection.exec_driver_sql(pragma)


def test_an_error_of_the_database_does_not_tell_the_values(store: Store) -> None:
    """They may be secrets, and errors are logged with their causes."""
    values = {"token": "Atzr|secret"}
    with pytest.raises((Unavailable, sa.exc.DBAPIError)) as failed, store.transaction() as tx:
        tx.connection.execute(sa.text("INSERT INTO nowhere VALUES (:token)"), values)

    told = "".join(traceback.format_exception(failed.value))
    assert "INSERT INTO nowhere" in told
    assert values["token"] not in told


def test_what_is_told_once_is_not_told_again_as_its_own_cause(sqlite_store: Store) -> None:
    away = sqlite3.OperationalError("disk I/O error")
    with pytest.raises(Unavailable) as refused, unavailable_if_away(), unavailable_if_away():
        raise away

    assert refused.value.__cause__ is away


# Writers and listeners


def test_writers_are_served_in_the_order_in_which_they_came() -> None:
    lock = FifoLock()
    served: list[int] = []

    def write(number: int) -> None:
        with lock:
            served.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(5)]
    with lock:
        for number, thread in enumerate(threads, 1):
            thread.start()
            eventually(lambda number=number: lock.waiting == number)  # type: ignore[misc]
    for thread in threads:
        thread.join(PROMPT)

    assert served == [0, 1, 2, 3, 4]


def test_announcements_are_sent_together_after_the_commits(postgres_store: Store, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        began = time.monotonic()
        for number in range(200):
            postgres_store.do(lambda tx, number=number: tx.wake(Lane("work", str(number)), WorkClass.NORMAL))  # type: ignore[misc]
        heard = list(listener.notifies(timeout=10 * ANNOUNCE_EVERY))
        took = time.monotonic() - began

    assert 1 <= len(heard) <= took / ANNOUNCE_EVERY + 1


def test_a_listener_that_is_cut_off_listens_again(
    postgres_store: Store, postgres_url: str, postgres_door: PostgresDoor
) -> None:
    postgres_store.wait(0)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        listens = f"SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN {CHANNEL}'"
        eventually(lambda: other.execute(listens).fetchone() == (1,))
    postgres_door.shut()
    postgres_door.open()
    with psycopg.connect(postgres_url, autocommit=True) as other:
        eventually(lambda: other.execute(listens).fetchone() == (1,))


FULL, NORMAL = 2, 1
"""As SQLite numbers them: a COMMIT that waits for the disk, and one that does not."""


def how_it_commits(driver: Any) -> int:
    setting: int = driver.execute("PRAGMA synchronous").fetchone()[0]
    return setting


def test_only_the_lanes_own_verbs_do_not_wait_for_the_disk(sqlite_store: Store) -> None:
    seen = []

    class Watched(SqliteLanes):
        def reap(self, driver: Any, *, everything: bool) -> int:
            seen.append(how_it_commits(driver))
            return super().reap(driver, everything=everything)

    sqlite_store.lanes = Watched(time.time, 1.0)
    sqlite_store.reap()

    assert seen == [NORMAL]
    assert sqlite_store.do(lambda tx: how_it_commits(tx.driver)) == FULL


def test_after_a_verb_that_fails_the_disk_is_waited_for_again(sqlite_store: Store) -> None:
    sqlite_store.do(lambda tx: tx.wake(Lane("work", "A"), WorkClass.NORMAL))
    (held,) = sqlite_store.claim("W", WorkClass.NORMAL, ["work"], 1, LEASE)
    sqlite_store.put_back(held, 1, 0.0)

    sqlite_store.put_back(held, 1, 0.0)

    assert sqlite_store.do(lambda tx: how_it_commits(tx.driver)) == FULL


def test_after_a_verb_that_could_not_begin_the_disk_is_waited_for_again(sqlite_store: Store, sqlite_url: str) -> None:
    set_on_writer(sqlite_store, "PRAGMA busy_timeout = 1")
    other = sa.create_engine(sqlite_url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable):
            sqlite_store.reap()
        connection.exec_driver_sql("ROLLBACK")
    other.dispose()

    assert sqlite_store.do(lambda tx: how_it_commits(tx.driver)) == FULL
