"""Who waits for whom on PostgreSQL: lanes come last in a transaction, and sorted, so that nobody waits in a circle."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from daybook.lanes import LEASE, Held, Lane, WorkClass
from daybook.store.lanes_postgres import PostgresLanes
from daybook.store.schema import seller
from daybook.store.store import Store
from daybook.store.transaction import Transaction

A, B = Lane("work", "A"), Lane("work", "B")
PROMPT = 10.0


@pytest.fixture
def store(postgres_store: Store) -> Store:
    """Where A and B are held, and a seller is there to be changed."""
    with postgres_store.transaction() as tx:
        tx.wake(A, WorkClass.NORMAL)
        tx.wake(B, WorkClass.NORMAL)
        tx.connection.execute(seller.insert().values(seller_id="S", name="S", created_at=0))
    return postgres_store


@pytest.fixture
def held(store: Store) -> dict[Lane, Held]:
    return {one.lane: one for one in store.claim("W", WorkClass.NORMAL, ["work"], 2, LEASE)}


@pytest.fixture
def watcher(postgres_url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with psycopg.connect(postgres_url) as connection:
        yield connection


def rename_seller(tx: Transaction, name: str) -> None:
    """Locks the row, as cancelReport locks its report's."""
    tx.connection.execute(seller.update().where(seller.c.seller_id == "S").values(name=name))


def wait_until_waiting(watcher: psycopg.Connection[Any], processes: int) -> None:
    """Until so many wait for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while watcher.execute(waiting).fetchone() != (processes,):
        watcher.rollback()


def run_beside(first: Callable[[], None], watcher: psycopg.Connection[Any], second: Callable[[], None]) -> None:
    """Begins the first, which is to wait for a lock, then does the second, and waits for both to end."""
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(first)
        wait_until_waiting(watcher, 1)
        second()
        begun.result(PROMPT)


def test_two_that_wake_each_other_lock_the_lanes_in_the_same_order(
    store: Store, held: dict[Lane, Held], postgres_url: str, watcher: psycopg.Connection[Any]
) -> None:
    def finish(mine: Lane, other: Lane) -> Callable[[], None]:
        def step() -> None:
            with store.transaction() as tx:
                tx.release(held[mine], None)
                tx.wake(other, WorkClass.NORMAL)

        return step

    with ThreadPoolExecutor(2) as pool, psycopg.connect(postgres_url) as blocker:
        blocker.execute("SELECT 1 FROM lane WHERE key = 'A' FOR UPDATE")
        steps = [pool.submit(finish(A, B)), pool.submit(finish(B, A))]
        wait_until_waiting(watcher, 2)
        blocker.execute("SELECT 1 FROM lane WHERE key = 'B' FOR UPDATE NOWAIT")  # nobody has B who waits for A
        blocker.rollback()
        for step in steps:
            step.result(PROMPT)

    assert {one.lane for one in store.claim("W", WorkClass.NORMAL, ["work"], 2, LEASE)} == {A, B}


def test_two_that_lock_their_own_lane_first_wait_for_each_other(
    postgres_url: str, held: dict[Lane, Held], watcher: psycopg.Connection[Any]
) -> None:
    lanes = PostgresLanes()
    quick = "-c deadlock_timeout=10ms"
    with (
        psycopg.connect(postgres_url, options=quick) as first,
        psycopg.connect(postgres_url, options=quick) as second,
    ):
        lanes.release(first, held[A], None)
        lanes.release(second, held[B], None)

        def wake_b() -> None:
            lanes.wake(first, B, WorkClass.NORMAL, 0.0)
            first.commit()

        def wake_a() -> None:
            lanes.wake(second, A, WorkClass.NORMAL, 0.0)
            second.commit()

        with pytest.raises(psycopg.errors.DeadlockDetected):
            run_beside(wake_b, watcher, wake_a)


def test_a_step_and_a_cancellation_of_the_same_row_do_not_deadlock(
    store: Store, held: dict[Lane, Held], watcher: psycopg.Connection[Any]
) -> None:
    def step() -> None:
        with store.transaction() as tx:
            tx.fence(held[A])
            rename_seller(tx, "step")

    with ThreadPoolExecutor(1) as pool:
        with store.transaction() as cancellation:
            rename_seller(cancellation, "cancellation")
            cancellation.wake(A, WorkClass.NORMAL)
            begun = pool.submit(step)
            wait_until_waiting(watcher, 1)
        begun.result(PROMPT)

    with store.reading() as tx:
        assert [found.name for found in tx.sellers()] == ["step"]


def test_with_the_fence_first_they_do(
    postgres_url: str, held: dict[Lane, Held], watcher: psycopg.Connection[Any]
) -> None:
    lanes = PostgresLanes()
    quick = "-c deadlock_timeout=10ms"
    rename = "UPDATE seller SET name = 'x' WHERE seller_id = 'S'"
    with (
        psycopg.connect(postgres_url, options=quick) as step,
        psycopg.connect(postgres_url, options=quick) as cancellation,
    ):
        lanes.fence(step, held[A])
        cancellation.execute(rename)

        def write() -> None:
            step.execute(rename)
            step.commit()

        def wake() -> None:
            lanes.wake(cancellation, A, WorkClass.NORMAL, 0.0)
            cancellation.commit()

        with pytest.raises(psycopg.errors.DeadlockDetected):
            run_beside(write, watcher, wake)


def test_a_long_transaction_that_wakes_a_lane_keeps_nobody_from_it_until_its_end(
    store: Store, held: dict[Lane, Held]
) -> None:
    with store.transaction() as long:
        long.wake(A, WorkClass.NORMAL)

        assert store.renew([held[A]], LEASE) == {held[A]}
        with store.transaction() as tx:
            tx.release(held[A], None)

    assert [one.lane for one in store.claim("W", WorkClass.NORMAL, ["work"], 2, LEASE)] == [A]


def test_a_lane_whose_row_is_locked_keeps_no_claim_no_heartbeat_and_no_reaper_waiting(
    store: Store, held: dict[Lane, Held], watcher: psycopg.Connection[Any]
) -> None:
    with store.transaction() as tx:
        tx.release(held[B], 0)
    watcher.execute("SELECT 1 FROM lane FOR UPDATE")

    assert store.claim("W", WorkClass.NORMAL, ["work"], 2, LEASE) == []
    assert store.renew([held[A]], LEASE) == set()
    assert store.reap(everything=True) == 0

    watcher.rollback()
    assert store.renew([held[A]], LEASE) == {held[A]}
    assert store.reap(everything=True) == 1


def test_a_machine_that_falls_silent_in_a_transaction_does_not_keep_its_lane_locked(store: Store) -> None:
    with store.transaction() as tx:
        timeout = tx.connection.execute(sa.text("SHOW idle_in_transaction_session_timeout")).scalar_one()

    assert timeout == "1min"
