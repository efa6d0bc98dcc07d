"""A store by a clock that runs fast: what is asked of lanes and buckets passes as fast, leases keep to the machine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from daybook.kernel.clock import FastClock
from daybook.lanes import LEASE, Held, Lane, WorkClass
from daybook.store.opening import open_store
from daybook.store.sqlite import SqliteStore
from daybook.store.store import Store
from tests.databases import next_due

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LANE = Lane("work", "A")


class Machine:
    """The machine's clock, and its monotonic one."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return (self.now - NOON).total_seconds()

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def store(sqlite_url: str, machine: Machine) -> Iterator[Store]:
    """A store that runs sixty times as fast as the machine, and an hour ahead of it."""
    clock = FastClock(60, machine, machine.seconds)
    clock.go_on_from(NOON + timedelta(hours=1))
    store = open_store(sqlite_url, clock)
    yield store
    store.close()


def claim(store: Store) -> list[Held]:
    return store.claim("W", WorkClass.NORMAL, ["work"], 1, LEASE)


def test_a_delay_passes_as_fast_as_the_clock(store: Store, machine: Machine) -> None:
    with store.transaction() as tx:
        tx.wake(LANE, WorkClass.NORMAL, 120.0)
    machine.pass_by(1.9)
    before = claim(store)
    machine.pass_by(0.1)
    assert before == []
    assert [held.lane for held in claim(store)] == [LANE]


def test_so_does_the_time_until_a_lanes_next_step(store: Store, machine: Machine) -> None:
    with store.transaction() as tx:
        tx.wake(LANE, WorkClass.NORMAL)
    [held] = claim(store)
    with store.transaction() as tx:
        tx.release(held, 600.0)
    with store.reading() as tx:
        state = tx.lane_state(LANE)
    assert next_due(store, WorkClass.NORMAL, ["work"]) == pytest.approx(10)
    assert state is not None
    assert state.due_in == pytest.approx(600)


def test_a_lease_and_a_back_off_keep_the_machines_time(store: Store, machine: Machine) -> None:
    with store.transaction() as tx:
        tx.wake(LANE, WorkClass.NORMAL)
    [held] = claim(store)
    machine.pass_by(LEASE - 1)
    assert store.reap() == 0
    assert store.renew([held], LEASE) == {held}
    store.put_back(held, 1, 5.0)
    assert next_due(store, WorkClass.NORMAL, ["work"]) == pytest.approx(5)


def test_a_bucket_fills_as_fast_as_the_clock(store: Store, machine: Machine) -> None:
    def take() -> bool:
        with store.reading() as tx:
            return store.buckets.take(tx.connection, "createReport", "A", "C", 1 / 60, 1)

    taken = [take(), take()]
    machine.pass_by(0.9)
    taken.append(take())
    machine.pass_by(0.1)
    taken.append(take())
    assert taken == [True, False, False, True]


def test_what_is_written_has_the_clocks_time(store: Store, machine: Machine) -> None:
    machine.pass_by(1)
    with store.reading() as tx:
        assert tx.now == NOON + timedelta(hours=1, minutes=1)
    assert isinstance(store, SqliteStore)
