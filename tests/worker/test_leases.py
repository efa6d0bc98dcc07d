"""The heartbeat: which leases it renews, and which it leaves to lapse."""

import pytest

from daybook.lanes import LEASE, Held, Lane, WorkClass
from daybook.store.store import Store
from daybook.worker.leases import Leases
from daybook.worker.pace import Pace
from tests.databases import let_pass
from tests.worker.conftest import Logs
from tests.worker.watching import Ticks, wake


@pytest.fixture
def leases(store: Store, pace: Pace) -> Leases:
    return Leases(store, pace)


def held_for(store: Store, leases: Leases, ticks: Ticks, longest: float = 60.0, key: str = "A") -> Held:
    """A lane that was claimed and taken into the heartbeat's care."""
    wake(store, "work", key)
    [held] = store.claim("W", WorkClass.NORMAL, ["work"], 1, LEASE)
    leases.hold(held, longest, ticks())
    return held


def later(store: Store, ticks: Ticks, seconds: float) -> None:
    ticks.now += seconds
    let_pass(store, seconds)


def test_a_lane_that_waits_for_its_step_is_renewed_too(store: Store, leases: Leases, ticks: Ticks) -> None:
    held_for(store, leases, ticks)
    for _ in range(5):
        later(store, ticks, 10)
        leases.beat()

    assert store.reap() == 0


def test_a_step_is_renewed_as_long_as_it_may_take_and_then_lapses(
    store: Store, leases: Leases, ticks: Ticks, logs: Logs
) -> None:
    held = held_for(store, leases, ticks, longest=60)
    assert leases.begin(held)
    for _ in range(6):
        later(store, ticks, 10)
        leases.beat()
    later(store, ticks, LEASE - 1)
    assert store.reap() == 0

    leases.beat()
    leases.beat()
    later(store, ticks, 2)

    assert store.reap() == 1
    [told] = logs
    assert told["event"] == "a step takes longer than its kind may; its lease is left to lapse"
    assert (told["lane"], told["token"], told["longest"]) == ("work/A", 1, 60)


def test_a_step_does_not_begin_once_its_lease_may_be_over(
    store: Store, leases: Leases, ticks: Ticks, pace: Pace
) -> None:
    early, late = held_for(store, leases, ticks), held_for(store, leases, ticks, key="B")

    ticks.now += pace.lease - pace.margin - 0.001
    assert leases.begin(early)
    ticks.now += 0.001
    assert not leases.begin(late)


def test_a_renewal_moves_the_time_until_which_a_step_may_begin(store: Store, leases: Leases, ticks: Ticks) -> None:
    held = held_for(store, leases, ticks)
    later(store, ticks, 20)
    leases.beat()
    later(store, ticks, 20)

    assert leases.begin(held)


def test_a_lane_that_could_not_be_renewed_in_time_is_told_once(
    store: Store, leases: Leases, ticks: Ticks, logs: Logs
) -> None:
    held = held_for(store, leases, ticks)
    store.reap(everything=True)

    leases.beat()
    assert logs == []
    ticks.now += LEASE
    leases.beat()
    leases.beat()

    assert [log["event"] for log in logs] == ["a lease could not be renewed in time; another worker may take the lane"]
    assert not leases.begin(held)


def test_a_lane_is_renewed_no_more_once_its_release_is_committed(store: Store, leases: Leases, ticks: Ticks) -> None:
    held = held_for(store, leases, ticks)
    assert leases.holds(held)

    with store.transaction() as tx:
        tx.release(held, None)

    assert not leases.holds(held)


def test_the_lanes_of_others_are_no_concern(store: Store, leases: Leases, ticks: Ticks) -> None:
    leases.forget(Held(Lane("work", "never held"), 1, 0))

    assert leases.beat() == 0.01
