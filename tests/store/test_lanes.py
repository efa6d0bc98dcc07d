"""The verbs of the lane port, one by one, on both databases."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest

from daybook.lanes import LAPSE_CAP, LEASE, Held, Lane, LaneLost, WorkClass
from daybook.store.schema import seller
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from tests.databases import OpenAnother, lane_row, let_pass, next_due

KINDS = ("production", "sweep")
A = Lane("production", "A")
B = Lane("production", "B")


def wake(store: Store, lane: Lane, work_class: WorkClass = WorkClass.NORMAL, delay: float = 0.0) -> None:
    with store.transaction() as tx:
        tx.wake(lane, work_class, delay)


def claim(store: Store, limit: int = 10, work_class: WorkClass = WorkClass.NORMAL) -> list[Held]:
    return store.claim("a worker", work_class, KINDS, limit, LEASE)


def claimed(store: Store, lane: Lane) -> Held:
    """The lane, woken and held."""
    wake(store, lane)
    [held] = claim(store)
    return held


def release(store: Store, held: Held, next_in: float | None = None) -> None:
    with store.transaction() as tx:
        tx.release(held, next_in)


def due_in(store: Store) -> float | None:
    return next_due(store, WorkClass.NORMAL, KINDS)


def sellers(store: Store) -> set[str]:
    with store.reading() as tx:
        return {found.seller_id for found in tx.sellers()}


def run_step(store: Store, name: str, held: Held, ending: str) -> None:
    """A step that writes a seller, wakes B, and ends with a fence or a release."""
    with store.transaction() as tx:
        tx.connection.execute(seller.insert().values(seller_id=name, name=name, created_at=0))
        tx.wake(B, WorkClass.NORMAL)
        if ending == "fence":
            tx.fence(held)
        else:
            tx.release(held, None)


class Undone(Exception):
    """Ends a transaction by an error."""


def undo(store: Store, note: Callable[[Transaction], None]) -> None:
    """A transaction that notes something and does not come to its end."""
    with pytest.raises(Undone), store.transaction() as tx:
        raise_after(note, tx)


def raise_after(note: Callable[[Transaction], None], tx: Transaction) -> None:
    note(tx)
    raise Undone


# Wake and claim


def test_a_lane_that_was_woken_is_claimed_once(store: Store) -> None:
    wake(store, A)

    assert claim(store) == [Held(A, token=1, failures=0)]
    assert claim(store) == []


def test_a_transaction_that_is_undone_wakes_nothing(store: Store) -> None:
    undo(store, lambda tx: tx.wake(A, WorkClass.NORMAL))

    assert claim(store) == []


def test_the_lane_that_has_been_due_for_longest_is_claimed_first(store: Store) -> None:
    for key, delay in (("30", 30), ("10", 10), ("20", 20)):
        wake(store, Lane("production", key), delay=delay)
    let_pass(store, 60)

    assert [held.lane.key for _ in range(3) for held in claim(store, limit=1)] == ["10", "20", "30"]


def test_a_claim_takes_no_more_lanes_than_its_limit(store: Store) -> None:
    for key in "abcde":
        wake(store, Lane("production", key))

    assert len(claim(store, limit=3)) == 3
    assert len(claim(store, limit=3)) == 2


def test_a_claim_takes_lanes_of_its_class_and_kinds_alone(store: Store) -> None:
    wake(store, A, WorkClass.INTERACTIVE)
    wake(store, Lane("import", "A"))
    wake(store, B)

    assert [held.lane for held in claim(store)] == [B]


def test_a_delayed_wake_is_due_when_its_delay_has_passed(store: Store) -> None:
    wake(store, A, delay=60)
    assert claim(store) == []
    assert due_in(store) == pytest.approx(60, abs=5)

    let_pass(store, 61)

    assert [held.lane for held in claim(store)] == [A]


def test_an_earlier_wake_counts_and_a_later_one_does_not(store: Store) -> None:
    wake(store, A, delay=60)
    wake(store, A, delay=10)
    wake(store, A, delay=600)

    assert due_in(store) == pytest.approx(10, abs=5)


def test_of_several_wakes_in_a_transaction_the_most_urgent_counts(store: Store) -> None:
    with store.transaction() as tx:
        tx.wake(A, WorkClass.BULK, 60)
        tx.wake(A, WorkClass.INTERACTIVE, 10)
        tx.wake(A, WorkClass.NORMAL, 600)

    assert next_due(store, WorkClass.INTERACTIVE, KINDS) == pytest.approx(10, abs=5)


def test_the_next_due_lane_is_asked_for_by_class_and_kind(store: Store) -> None:
    wake(store, A, WorkClass.BULK, 60)
    wake(store, Lane("import", "A"), delay=10)

    assert due_in(store) is None
    assert next_due(store, WorkClass.BULK, KINDS) == pytest.approx(60, abs=5)
    assert next_due(store, WorkClass.BULK, ["sweep"]) is None


def test_a_lane_that_is_late_is_due_in_less_than_no_time(store: Store) -> None:
    wake(store, A)
    let_pass(store, 30)

    late = due_in(store)
    assert late is not None
    assert late < -25


def test_an_idle_lane_takes_the_class_of_whoever_wakes_it(store: Store) -> None:
    wake(store, A, WorkClass.INTERACTIVE)
    [held] = claim(store, work_class=WorkClass.INTERACTIVE)
    release(store, held)

    wake(store, A, WorkClass.NORMAL)

    assert [held.lane for held in claim(store)] == [A]


def test_a_lane_that_is_due_already_keeps_the_more_urgent_class(store: Store) -> None:
    wake(store, A, WorkClass.NORMAL)
    wake(store, A, WorkClass.INTERACTIVE)
    wake(store, A, WorkClass.BULK)

    assert [held.lane for held in claim(store, work_class=WorkClass.INTERACTIVE)] == [A]


def test_a_person_who_wakes_a_lane_that_is_held_by_bulk_work_is_served_in_the_interactive_class(store: Store) -> None:
    wake(store, A, WorkClass.BULK)
    [held] = claim(store, work_class=WorkClass.BULK)
    wake(store, A, WorkClass.INTERACTIVE)
    release(store, held, next_in=0)

    assert [held.lane for held in claim(store, work_class=WorkClass.INTERACTIVE)] == [A]


def test_two_workers_never_claim_the_same_lane(open_another: OpenAnother) -> None:
    stores = [open_another(), open_another()]
    lanes = [Lane("production", str(n)) for n in range(60)]
    with stores[0].transaction() as tx:
        for lane in lanes:
            tx.wake(lane, WorkClass.NORMAL)
    taken: list[list[Held]] = [[], []]

    def take(number: int) -> None:
        while held := claim(stores[number], limit=3):
            taken[number].extend(held)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(held.lane for held in taken[0] + taken[1]) == Counter(lanes)


# Fence and release


def test_a_released_lane_is_idle_until_it_is_woken(store: Store) -> None:
    release(store, claimed(store, A))
    assert claim(store) == []
    assert due_in(store) is None

    wake(store, A)

    assert claim(store) == [Held(A, token=2, failures=0)]


def test_a_released_lane_is_due_when_its_step_said(store: Store) -> None:
    release(store, claimed(store, A), next_in=60)

    assert due_in(store) == pytest.approx(60, abs=5)


def test_a_wake_while_the_lane_is_held_is_kept_by_its_release(store: Store) -> None:
    held = claimed(store, A)
    wake(store, A)
    assert claim(store) == []

    release(store, held)

    assert [held.lane for held in claim(store)] == [A]


def test_a_release_takes_the_earlier_of_a_wake_and_its_own_next(store: Store) -> None:
    held = claimed(store, A)
    wake(store, A, delay=10)
    release(store, held, next_in=60)
    assert due_in(store) == pytest.approx(10, abs=5)

    let_pass(store, 11)
    [held] = claim(store)
    wake(store, A, delay=60)
    release(store, held, next_in=10)
    assert due_in(store) == pytest.approx(10, abs=5)


def test_a_step_may_wake_its_own_lane(store: Store) -> None:
    held = claimed(store, A)
    with store.transaction() as tx:
        tx.release(held, None)
        tx.wake(A, WorkClass.NORMAL)

    assert [held.lane for held in claim(store)] == [A]


@pytest.mark.parametrize("ending", ["fence", "release"])
def test_what_a_step_writes_is_kept_while_its_lane_is_held(store: Store, ending: str) -> None:
    held = claimed(store, A)
    run_step(store, "kept", held, ending)

    assert sellers(store) == {"kept"}
    assert [held.lane for held in claim(store)] == [B]


@pytest.mark.parametrize("ending", ["fence", "release"])
def test_what_a_step_writes_is_undone_when_its_lane_is_another_workers(store: Store, ending: str) -> None:
    stale = claimed(store, A)
    let_pass(store, LEASE + 1)
    store.reap()
    [current] = claim(store)

    with pytest.raises(LaneLost):
        run_step(store, "undone", stale, ending)

    assert sellers(store) == set()
    assert claim(store) == []
    assert store.renew([current], LEASE) == {current}


def test_a_lane_that_was_released_cannot_be_fenced_or_released_again(store: Store) -> None:
    held = claimed(store, A)
    release(store, held)

    with pytest.raises(LaneLost):
        release(store, held)
    with pytest.raises(LaneLost), store.transaction() as tx:
        tx.fence(held)


def test_a_transaction_that_fences_and_releases_releases(store: Store) -> None:
    held = claimed(store, A)
    with store.transaction() as tx:
        tx.release(held, 0)
        tx.fence(held)

    assert [held.lane for held in claim(store)] == [A]


def test_whoever_asked_hears_of_a_release_once_it_is_committed(store: Store) -> None:
    heard: list[Held] = []
    store.on_release(heard.append)
    held = claimed(store, A)

    with store.transaction() as tx:
        tx.fence(held)
    undo(store, lambda tx: tx.release(held, None))
    assert heard == []

    with store.transaction() as tx:
        tx.release(held, None)
        assert heard == []
    assert heard == [held]


# Renew and reap


def test_a_renewed_lease_does_not_lapse(store: Store) -> None:
    held = claimed(store, A)
    let_pass(store, LEASE - 1)

    assert store.renew([held], LEASE) == {held}
    let_pass(store, LEASE - 1)

    assert store.reap() == 0


def test_a_renewal_answers_with_those_that_are_still_held(store: Store) -> None:
    lapsed = claimed(store, A)
    let_pass(store, LEASE + 1)
    store.reap()
    [current] = claim(store)
    released = claimed(store, B)
    release(store, released)

    assert store.renew([lapsed, released, current], LEASE) == {current}


def test_a_late_heartbeat_does_not_lease_a_lane_that_was_released(store: Store) -> None:
    held = claimed(store, A)
    release(store, held)

    assert store.renew([held], LEASE) == set()

    assert lane_row(store, *_key(A)).lease_until is None
    wake(store, A)
    assert [held.lane for held in claim(store)] == [A]


def test_a_lane_whose_lease_lapsed_is_free_and_due_at_once(store: Store) -> None:
    held = claimed(store, A)
    assert store.reap() == 0
    let_pass(store, LEASE + 1)

    assert store.reap() == 1
    assert store.reap() == 0

    assert claim(store) == [Held(A, token=held.token + 2, failures=1)]


def test_a_lane_that_lapses_again_and_again_waits_twice_as_long_each_time_up_to_an_hour(store: Store) -> None:
    delays = []
    wake(store, A)
    for failures in range(15):
        assert [held.failures for held in claim(store)] == [failures]
        let_pass(store, LEASE + 1)
        store.reap()
        delays.append(due_in(store))
        let_pass(store, LAPSE_CAP + 1)

    assert delays[0] == pytest.approx(0, abs=1.5)
    for failures, delay in enumerate(delays[1:], 1):
        assert delay == pytest.approx(min(LAPSE_CAP, 2**failures), rel=0.25, abs=1.5)
        assert delay is not None
        assert delay <= LAPSE_CAP


def test_a_wake_does_not_shorten_the_back_off_of_a_lane_that_lapsed(store: Store) -> None:
    wake(store, A)
    for _ in range(7):
        claim(store)
        let_pass(store, LEASE + 1)
        store.reap()
        let_pass(store, 80)
    claim(store)
    let_pass(store, LEASE + 1)
    store.reap()
    before = due_in(store)

    wake(store, A)

    assert before is not None
    assert before > 90
    assert due_in(store) == pytest.approx(before, abs=1.5)


def test_lanes_that_lapsed_together_are_not_due_together_again(store: Store) -> None:
    for number in range(20):
        wake(store, Lane("production", str(number)))
    for _ in range(6):
        assert len(claim(store, limit=20)) == 20
        let_pass(store, LEASE + 1)
        store.reap()
        let_pass(store, LAPSE_CAP)
    let_pass(store, -LAPSE_CAP)

    due = [lane_row(store, "production", str(number)).due_at for number in range(20)]
    floors = [lane_row(store, "production", str(number)).not_before for number in range(20)]

    assert len(set(due)) == 20
    assert due == floors


def test_a_lane_that_kills_its_worker_comes_to_rest_and_takes_no_other_with_it(store: Store) -> None:
    """One worker dies of A whatever else it holds; a moment later there is another, as a supervisor would have it."""
    others = [Lane("production", str(number)) for number in range(8)]
    for lane in (A, *others):
        wake(store, lane)
    passed, deaths, done = 0.0, 0, {}
    while passed < 2 * LAPSE_CAP:
        claimed = claim(store)
        if any(held.lane == A for held in claimed):
            deaths += 1
            store.reap(everything=True)
            claimed = []
        for held in claimed:
            release(store, held)
            done[held.lane] = passed
        waits = max(1.0, due_in(store) or 0.0)
        let_pass(store, waits)
        passed += waits

    assert done.keys() == set(others)
    assert max(done.values()) < 60
    assert deaths <= 16
    assert lane_row(store, *_key(A)).failures == deaths


def test_an_only_worker_frees_every_lane_whatever_its_lease(store: Store) -> None:
    claimed(store, A)

    assert store.reap(everything=True) == 1

    assert claim(store) == [Held(A, token=3, failures=1)]


# Put back


def test_a_lane_that_is_put_back_is_due_after_its_delay(store: Store) -> None:
    store.put_back(claimed(store, A), 3, 60)
    assert due_in(store) == pytest.approx(60, abs=5)

    let_pass(store, 61)

    assert claim(store) == [Held(A, token=2, failures=3)]


def test_a_wake_does_not_shorten_a_back_off(store: Store) -> None:
    held = claimed(store, A)
    wake(store, A)
    store.put_back(held, 3, 60)
    wake(store, A)
    assert due_in(store) == pytest.approx(60, abs=5)

    let_pass(store, 30)
    wake(store, A)
    assert due_in(store) == pytest.approx(30, abs=5)


def test_after_a_success_a_wake_is_served_at_once_and_failures_count_from_none(store: Store) -> None:
    store.put_back(claimed(store, A), 3, 60)
    let_pass(store, 61)
    [held] = claim(store)
    release(store, held)

    wake(store, A)

    assert claim(store) == [Held(A, token=3, failures=0)]


def test_a_lane_that_is_no_longer_ours_is_not_put_back(store: Store) -> None:
    stale = claimed(store, A)
    let_pass(store, LEASE + 1)
    store.reap()
    [current] = claim(store)

    store.put_back(stale, 1, 60)

    assert store.renew([current], LEASE) == {current}


def _key(lane: Lane) -> tuple[str, str]:
    return lane.kind, lane.key
