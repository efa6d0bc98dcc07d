"""The worker at work, on both databases."""

import threading
from collections.abc import Collection, Mapping

import pytest

from daybook.kernel.errors import Unavailable
from daybook.lanes import LEASE, PARK_FOR, Held, Lane, LaneKind, WorkClass
from daybook.store.schema import seller
from daybook.store.store import Store
from daybook.worker.pace import Pace
from daybook.worker.worker import Worker
from tests.databases import OpenAnother, PostgresDoor, lane_row, let_pass, next_due
from tests.worker.conftest import Logs, Work
from tests.worker.watching import PROMPT, Fragile, Ticks, Watched, eventually, wake

INTERACTIVE, NORMAL, BULK = WorkClass


def is_idle(store: Store, kind: str, key: str) -> bool:
    row = lane_row(store, kind, key)
    return row.worker is None and row.due_at is None


# Which lanes run


def test_a_lane_that_is_woken_is_run_and_released(store: Store, work: Work) -> None:
    step = Watched(store)
    work(store, step.kind("work"))

    wake(store, "work", "A")

    assert step.begins().lane.key == "A"
    eventually(lambda: is_idle(store, "work", "A"))


def test_what_this_process_woke_is_claimed_without_a_look(store: Store, pace: Pace, logs: Logs) -> None:
    class Blind(Fragile):
        def next_dues(self, kinds: Mapping[WorkClass, Collection[str]]) -> dict[WorkClass, float]:
            return {}

    step = Watched(store)
    worker = Worker(Blind(store), [step.kind("other"), step.kind("work")], "worker", pace=pace)
    worker.start()
    wake(store, "work", "later", delay=60)
    wake(store, "work", "now")

    assert step.begins().lane.key == "now"
    assert worker.stop(PROMPT)


def test_a_delayed_wake_is_run_when_it_is_due(store: Store, work: Work) -> None:
    step = Watched(store)
    work(store, step.kind("work"))

    wake(store, "work", "A", delay=0.05)

    assert step.begins().lane.key == "A"


def test_a_wake_in_another_process_is_heard(open_another: OpenAnother, work: Work) -> None:
    step = Watched(store := open_another())
    work(store, step.kind("work"))
    wake(store, "work", "first")
    step.begins()

    wake(open_another(), "work", "second")

    assert step.begins().lane.key == "second"


def test_a_step_is_run_again_as_soon_as_it_asks(store: Store, work: Work) -> None:
    step = Watched(store, next_in=0)
    work(store, step.kind("work"))

    wake(store, "work", "A")

    assert [step.begins().token for _ in range(5)] == [1, 2, 3, 4, 5]


def test_a_wake_during_a_step_is_not_lost(store: Store, work: Work) -> None:
    step = Watched(store, waits=True)
    work(store, step.kind("work"))
    wake(store, "work", "A")
    first = step.begins()

    wake(store, "work", "A")
    step.may_end.set()

    assert step.begins().token == first.token + 1


def test_some_slots_are_kept_for_people(store: Store, work: Work) -> None:
    bulk, people = Watched(store, waits=True), Watched(store, waits=True)
    work(store, bulk.kind("bulk"), people.kind("people"), slots=3, reserved=2)
    wake(store, "bulk", "1", "2", "3", "4", work_class=BULK)
    bulk.begins()

    wake(store, "people", "1", "2", "3", "4", work_class=INTERACTIVE)
    people.begins()
    people.begins()
    bulk.may_end.set()
    people.may_end.set()
    eventually(lambda: bulk.runs.total() == 4 and people.runs.total() == 4)

    assert bulk.most_at_once == 1
    assert people.most_at_once >= 2


def test_of_a_limited_kind_no_more_run_than_it_says(store: Store, work: Work) -> None:
    production, sweep = Watched(store, waits=True), Watched(store, waits=True)
    work(store, production.kind("production", at_once=2), sweep.kind("sweep"), slots=6, reserved=0)
    wake(store, "production", *"123456")
    wake(store, "sweep", *"1234")
    for step, count in ((production, 2), (sweep, 4)):
        for _ in range(count):
            step.begins()

    production.may_end.set()
    sweep.may_end.set()
    eventually(lambda: production.runs.total() == 6 and sweep.runs.total() == 4)

    assert production.most_at_once == 2


def test_a_lane_that_is_always_due_starves_no_other(store: Store, work: Work) -> None:
    class Counts(Watched):
        """Notes how often the lane that is always due was run before it."""

        def ends(self, held: Held) -> None:
            hot_runs.append(hot.runs["A"])
            super().ends(held)

    hot_runs: list[int] = []
    hot, others = Watched(store, next_in=0), Counts(store)
    wake(store, "hot", "A")
    wake(store, "other", *map(str, range(100)))

    work(store, hot.kind("hot"), others.kind("other"), slots=1)
    eventually(lambda: others.runs.total() == 100)

    assert set(others.runs.values()) == {1}
    assert max(hot_runs) <= 2


@pytest.mark.parametrize("flood", [INTERACTIVE, NORMAL])
def test_a_flood_of_an_urgent_class_starves_no_other(store: Store, work: Work, flood: WorkClass) -> None:
    hot, bulk = Watched(store, next_in=0), Watched(store)
    wake(store, "hot", *"123", work_class=flood)
    wake(store, "bulk", "A", work_class=BULK)

    work(store, hot.kind("hot"), bulk.kind("bulk"), slots=1)

    assert bulk.begins().lane.key == "A"


def test_a_flood_of_wakes_of_this_process_starves_no_other(store: Store, work: Work) -> None:
    class WakesItself(Watched):
        def ends(self, held: Held) -> None:
            with self.store.transaction() as tx:
                tx.wake(held.lane, INTERACTIVE)
                tx.release(held, None)

    hot, bulk = WakesItself(store), Watched(store)
    wake(store, "hot", *"123", work_class=INTERACTIVE)
    wake(store, "bulk", "A", work_class=BULK)

    work(store, hot.kind("hot"), bulk.kind("bulk"), slots=1)

    assert bulk.begins().lane.key == "A"


@pytest.mark.parametrize("limited", ["hot", "other"])
def test_a_flood_of_a_limited_kind_starves_no_other_nor_is_it_starved(store: Store, work: Work, limited: str) -> None:
    hot, other = Watched(store, next_in=0), Watched(store)
    wake(store, "hot", *"123")
    wake(store, "other", "A")

    kinds = [step.kind(name, at_once=1 if name == limited else None) for name, step in (("hot", hot), ("other", other))]
    work(store, *kinds, slots=1)

    assert other.begins().lane.key == "A"


def test_the_lanes_of_kinds_that_a_worker_does_not_know_are_left_alone(store: Store, work: Work) -> None:
    step = Watched(store)
    wake(store, "unknown", "A")
    wake(store, "work", "A")
    work(store, step.kind("work"))

    step.begins()

    assert lane_row(store, "unknown", "A").token == 0


# Steps that fail


def test_a_lane_whose_step_fails_is_put_back_and_tried_again_later(store: Store, work: Work, logs: Logs) -> None:
    step = Watched(store)
    step.fails = ValueError("out of paper")
    work(store, step.kind("work"))
    wake(store, "work", "A")
    step.begins()
    eventually(lambda: lane_row(store, "work", "A").failures == 1)
    wake(store, "work", "A")
    assert next_due(store, NORMAL, ["work"]) == pytest.approx(1, abs=0.9)
    step.fails = None

    again = step.begins()

    assert (again.token, again.failures) == (2, 1)
    eventually(lambda: is_idle(store, "work", "A"))
    assert lane_row(store, "work", "A").failures == 0
    [told] = [log for log in logs if log["log_level"] == "error"]
    assert told["exc_info"]
    assert told["event"] == "a step failed"
    assert (told["lane"], told["token"], told["failures"], told["parked"]) == ("work/A", 1, 1, False)


def test_a_slot_is_taken_again_as_soon_as_its_step_has_failed(store: Store, work: Work) -> None:
    step = Watched(store)
    step.fails = ValueError("out of paper")
    wake(store, "work", *"123456")

    work(store, step.kind("work"), slots=1)

    assert sorted(step.begins().lane.key for _ in range(6)) == list("123456")


def test_a_lane_that_fails_five_times_in_a_row_is_parked(store: Store, work: Work, logs: Logs) -> None:
    step = Watched(store)
    step.fails = ValueError("out of paper")
    work(store, step.kind("work"))
    wake(store, "work", "A")
    for failures in range(1, 6):
        step.begins()
        eventually(lambda failures=failures: lane_row(store, "work", "A").failures == failures)  # type: ignore[misc]
        if failures < 5:
            let_pass(store, 600)
            store.ring()

    assert next_due(store, NORMAL, ["work"]) == pytest.approx(PARK_FOR, abs=5)
    assert [log["parked"] for log in logs if log["log_level"] == "error"] == [False] * 4 + [True]


def test_a_step_that_forgets_to_release_its_lane_has_failed(store: Store, work: Work, logs: Logs) -> None:
    work(store, LaneKind("work", lambda held: None, 60))
    wake(store, "work", "A")

    eventually(lambda: lane_row(store, "work", "A").failures == 1)

    [told] = [log for log in logs if log["log_level"] == "error"]
    assert told["event"] == "a step ended without having released its lane"
    assert told["lane"] == "work/A"


def test_a_step_that_fails_after_its_release_is_told_of_and_its_lane_stays_released(
    store: Store, work: Work, logs: Logs
) -> None:
    def step(held: Held) -> None:
        with store.transaction() as tx:
            tx.release(held, None)
        raise ValueError("too late to matter")

    work(store, LaneKind("work", step, 60))
    wake(store, "work", "A")

    eventually(lambda: any(log["event"] == "a step failed" for log in logs))

    assert is_idle(store, "work", "A")


def test_a_step_that_finds_something_away_is_tried_again_and_nothing_is_counted_against_it(
    store: Store, work: Work, logs: Logs
) -> None:
    step = Watched(store)
    step.fails = Unavailable("The document store is away.", "connection refused")
    work(store, step.kind("work"))
    wake(store, "work", "A")
    step.begins()
    eventually(lambda: lane_row(store, "work", "A").worker is None)

    assert lane_row(store, "work", "A").failures == 0
    assert next_due(store, NORMAL, ["work"]) == pytest.approx(5, abs=4)
    [told] = [log for log in logs if log["log_level"] == "warning"]
    assert told["details"] == "connection refused"


def test_a_step_does_not_begin_when_the_answer_to_its_claim_came_too_late(
    store: Store, work: Work, ticks: Ticks, logs: Logs
) -> None:
    class Slow(Fragile):
        def claim(self, *args: object) -> list[Held]:
            held = super().claim(*args)  # type: ignore[arg-type]
            ticks.now += LEASE if held else 0
            return held

    step = Watched(store)
    wake(store, "work", "A")
    work(Slow(store), step.kind("work"), renew_every=60.0)

    eventually(lambda: any("before its step began" in log["event"] for log in logs))

    assert step.runs.total() == 0


# Workers that hang or die


def test_a_hung_step_loses_its_lane_to_another_worker_and_its_late_commit_is_undone(
    open_another: OpenAnother, work: Work, ticks: Ticks, pace: Pace, logs: Logs
) -> None:
    class Signs(Watched):
        """Writes who it was, and releases."""

        def ends(self, held: Held) -> None:
            with self.store.transaction() as tx:
                tx.connection.execute(seller.insert().values(seller_id=str(held.token), name="", created_at=0))
                tx.release(held, None)

    hangs, other = Signs(open_another(), waits=True), Signs(open_another())
    work(hangs.store, hangs.kind("work", longest=60), name="hangs", slots=1)
    wake(hangs.store, "work", "A")
    stale = hangs.begins()

    ticks.now += 61
    eventually(lambda: any("takes longer" in log["event"] for log in logs))
    let_pass(other.store, LEASE + 1)
    work(other.store, other.kind("work"), name="other")
    current = other.begins()
    eventually(lambda: is_idle(other.store, "work", "A"))
    hangs.may_end.set()
    eventually(lambda: hangs.runs.total() == 1)
    eventually(lambda: any("a lane was lost" in log["event"] for log in logs))

    assert (stale.token, current.token, current.failures) == (1, 3, 1)
    with other.store.reading() as tx:
        assert [found.seller_id for found in tx.sellers()] == ["3"]
    assert lane_row(other.store, "work", "A").failures == 0
    assert [log for log in logs if log["log_level"] == "error"] == []


def test_an_only_worker_takes_over_at_once_what_a_dead_one_held(store: Store, work: Work) -> None:
    step = Watched(store)
    wake(store, "work", "A")
    store.claim("dead", NORMAL, ["work"], 1, 3600)

    work(store, step.kind("work"), only_worker=True, reap_every=3600)

    assert step.begins() == Held(Lane("work", "A"), token=3, failures=1)


def test_a_worker_among_others_waits_for_the_lease_to_lapse(store: Store, work: Work) -> None:
    step = Watched(store)
    wake(store, "work", "A")
    store.claim("slow", NORMAL, ["work"], 1, 3600)
    wake(store, "work", "B")

    work(store, step.kind("work"))

    assert step.begins().lane.key == "B"
    assert lane_row(store, "work", "A").worker == "slow"
    let_pass(store, 3601)
    assert step.begins().lane.key == "A"


# A database that goes away


def test_a_worker_outlives_the_absence_of_its_database(store: Store, work: Work, logs: Logs) -> None:
    fragile = Fragile(store)
    step = Watched(store)
    fragile.away.set()
    work(fragile, step.kind("work"))
    wake(store, "work", "A")
    for _ in range(5):
        assert fragile.asked.acquire(timeout=PROMPT)
    assert step.runs.total() == 0

    fragile.away.clear()

    assert step.begins().lane.key == "A"
    told = [log["thread"] for log in logs if log["event"].startswith("the database is away")]
    assert sorted(told) == ["daybook-claims", "daybook-reaper"]


def test_a_lane_that_cannot_be_put_back_waits_for_its_lease_to_lapse(store: Store, work: Work, logs: Logs) -> None:
    fragile = Fragile(store)
    step = Watched(store, waits=True)
    step.fails = ValueError("out of paper")
    work(fragile, step.kind("work"))
    wake(store, "work", "A")
    step.begins()
    fragile.away.set()
    step.may_end.set()
    eventually(lambda: any(log["event"] == "a lane waits for its lease to lapse" for log in logs))
    step.fails = None

    fragile.away.clear()

    def lapses() -> bool:
        let_pass(store, LEASE + 1)
        return not step.began.empty()

    eventually(lapses)
    assert step.begins().failures >= 1


def test_a_worker_outlives_a_postgresql_that_refuses_connections(
    postgres_store: Store, postgres_door: PostgresDoor, work: Work, logs: Logs
) -> None:
    step = Watched(postgres_store)
    work(postgres_store, step.kind("work"))
    wake(postgres_store, "work", "A")
    step.begins()

    postgres_door.shut()
    with pytest.raises(Unavailable):
        wake(postgres_store, "work", "lost")
    eventually(lambda: any(log["event"].startswith("the database is away") for log in logs))
    postgres_door.open()
    eventually(lambda: any(log["event"] == "the database is back" for log in logs))
    wake(postgres_store, "work", "B")

    assert step.begins().lane.key == "B"


# The end of a worker


def test_a_worker_that_is_stopped_ends_its_steps_and_begins_no_other(store: Store, work: Work) -> None:
    step = Watched(store, waits=True)
    worker = work(store, step.kind("work"), slots=1)
    wake(store, "work", "A")
    step.begins()
    wake(store, "work", "B")
    stopped: list[bool] = []
    stopping = threading.Thread(target=lambda: stopped.append(worker.stop(PROMPT)))
    stopping.start()
    eventually(lambda: not any(thread.name == "daybook-claims" for thread in threading.enumerate()))

    step.may_end.set()
    stopping.join(PROMPT)

    assert stopped == [True]
    assert is_idle(store, "work", "A")
    assert lane_row(store, "work", "B").token == 0
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("daybook-step")] == []


def test_a_worker_does_not_wait_for_ever_for_a_hung_step(store: Store, work: Work) -> None:
    step = Watched(store, waits=True)
    worker = work(store, step.kind("work"))
    wake(store, "work", "A")
    step.begins()

    assert not worker.stop(0.05)

    assert lane_row(store, "work", "A").worker == "worker"
    step.may_end.set()


def test_running_ends_when_the_worker_is_stopped(store: Store, pace: Pace, logs: Logs) -> None:
    step = Watched(store)
    worker = Worker(store, [step.kind("work")], "worker", pace=pace)
    running = threading.Thread(target=worker.run)
    running.start()
    wake(store, "work", "A")
    step.begins()

    assert worker.stop(PROMPT)
    running.join(PROMPT)

    assert not running.is_alive()


def test_a_worker_whose_heartbeat_dies_ends_its_process(store: Store, pace: Pace, logs: Logs) -> None:
    class Broken(Fragile):
        def renew(self, *args: object) -> set[Held]:
            raise AssertionError("a violated CHECK")

    step = Watched(store, waits=True)
    died = threading.Event()
    worker = Worker(Broken(store), [step.kind("work")], "worker", pace=pace, ends=died.set)
    worker.start()
    wake(store, "work", "A")
    step.begins()

    assert died.wait(PROMPT)

    step.may_end.set()
    worker.stop(PROMPT)
    [told] = [log for log in logs if log["log_level"] == "critical"]
    assert told["thread"] == "daybook-heartbeat"
