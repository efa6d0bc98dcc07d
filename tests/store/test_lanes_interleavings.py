"""Bad moments, replayed on a real PostgreSQL with a connection for each process that takes part.

Each story is told twice: with the lanes as they are, and with one statement or one habit changed, to see that the story
is one that matters. The explorer in tests/lanes found the stories.
"""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from daybook.lanes import LEASE, Held, Lane, LaneLost, WorkClass
from daybook.store.lanes_postgres import PostgresLanes
from daybook.store.store import Store

LANE = Lane("work", "A")

Connection = psycopg.Connection[tuple[Any, ...]]
Connect = Callable[[], Connection]


class Skips(PostgresLanes):
    """Wakes a lane only if its row said so when the waker looked."""

    unless: str

    def look(self, driver: Connection) -> None:
        row = driver.execute(f"SELECT 1 FROM lane WHERE {self.unless}").fetchone()
        self.skips = row is not None

    def wake(self, driver: Any, lane: Lane, work_class: WorkClass, delay: float) -> None:
        if not self.skips:
            super().wake(driver, lane, work_class, delay)


class SkipsDueLanes(Skips):
    unless = "due_at IS NOT NULL"


class SkipsHeldLanes(Skips):
    unless = "worker IS NOT NULL"


class OverwritesDue(PostgresLanes):
    RELEASE = PostgresLanes.RELEASE.replace("LEAST(due_at, clock_timestamp()", "(clock_timestamp()")


class LeavesDue(PostgresLanes):
    """The claim does not consume the wake, so that the release cannot tell a new one from it, and clears it."""

    CLAIM = PostgresLanes.CLAIM.replace("due_at = NULL,", "")
    RELEASE = OverwritesDue.RELEASE


class OneColumn(PostgresLanes):
    """A lane that is held is one that is due later: what queues call a visibility timeout."""

    CLAIM = PostgresLanes.CLAIM.replace("worker IS NULL AND ", "").replace(
        "due_at = NULL", "due_at = now() + interval '30 s'"
    )


class RenewsByToken(PostgresLanes):
    RENEW = PostgresLanes.RENEW.replace("WHERE l.worker IS NOT NULL ", "")


class Cast:
    """Who takes part: a waker K, workers W1 and W2, each with a connection; and what they do."""

    def __init__(self, connect: Connect, lanes: PostgresLanes) -> None:
        self.lanes = lanes
        self.k, self.w1, self.w2 = connect(), connect(), connect()
        self._own = connect()
        self._own.autocommit = True

    def brings_work(self, name: str) -> None:
        """K writes a row of work; it will wake the lane and commit."""
        self.k.execute("INSERT INTO seller (seller_id, name, created_at) VALUES (%s, 'waits', 0)", [name])
        if isinstance(self.lanes, Skips):
            self.lanes.look(self.k)

    def wakes(self) -> None:
        self.lanes.wake(self.k, LANE, WorkClass.NORMAL, 0.0)
        self.k.commit()

    def claims(self, worker: Connection) -> list[Held]:
        held = self.lanes.claim(worker, "W", WorkClass.NORMAL, ["work"], 1, LEASE)
        worker.commit()
        return held

    def does_all_work(self, worker: Connection) -> None:
        worker.execute("UPDATE seller SET name = 'done' WHERE name = 'waits'")

    def writes(self, worker: Connection, name: str, where: str = "true") -> None:
        """A line that says who wrote it."""
        worker.execute(f"INSERT INTO seller (seller_id, name, created_at) SELECT '{name}', 'w', 0 WHERE {where}")

    def releases(self, worker: Connection, held: Held) -> None:
        self.lanes.release(worker, held, None)
        worker.commit()

    def fenced_commit(self, worker: Connection, held: Held) -> None:
        self.lanes.fence(worker, held)
        worker.commit()

    def lease_lapses(self) -> None:
        """Time passes, and a reaper comes by."""
        free = "SELECT key FROM lane WHERE worker IS NOT NULL FOR UPDATE SKIP LOCKED"
        self._own.execute(f"UPDATE lane SET lease_until = now() - interval '1 s' WHERE key IN ({free})")
        self.lanes.reap(self._own, everything=False)

    def written(self) -> set[str]:
        return {name for (name,) in self._own.execute("SELECT seller_id FROM seller WHERE name = 'w'")}

    def work_is_lost(self) -> bool:
        """There is work, and nothing will ever look for it."""
        waits = self._own.execute("SELECT count(*) FROM seller WHERE name = 'waits'").fetchone()
        due = self._own.execute("SELECT count(*) FROM lane WHERE due_at IS NOT NULL OR worker IS NOT NULL").fetchone()
        assert waits is not None
        assert due is not None
        return bool(waits[0] > 0 and due[0] == 0)


@pytest.fixture
def connect(postgres_url: str) -> Iterator[Connect]:
    opened: list[Connection] = []

    def open_one() -> Connection:
        opened.append(psycopg.connect(postgres_url, options="-c lock_timeout=5s"))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.close()


@pytest.fixture
def cast(connect: Connect) -> Cast:
    """The lanes as they are."""
    return Cast(connect, PostgresLanes())


# Wakes that are lost


def woken_while_held(cast: Cast) -> None:
    cast.brings_work("first")
    cast.wakes()
    [held] = cast.claims(cast.w1)
    cast.does_all_work(cast.w1)
    cast.brings_work("second")
    cast.wakes()
    cast.releases(cast.w1, held)


def woken_when_due_already(cast: Cast) -> None:
    cast.brings_work("first")
    cast.wakes()
    cast.brings_work("second")
    [held] = cast.claims(cast.w1)
    cast.does_all_work(cast.w1)
    cast.wakes()
    cast.releases(cast.w1, held)


def woken_while_held_and_committed_late(cast: Cast) -> None:
    cast.brings_work("first")
    cast.wakes()
    [held] = cast.claims(cast.w1)
    cast.brings_work("second")
    cast.does_all_work(cast.w1)
    cast.wakes()
    cast.releases(cast.w1, held)


@pytest.mark.parametrize("story", [woken_while_held, woken_when_due_already, woken_while_held_and_committed_late])
def test_no_wake_is_lost(cast: Cast, story: Callable[[Cast], None]) -> None:
    story(cast)

    assert not cast.work_is_lost()


@pytest.mark.parametrize(
    ("story", "lanes"),
    [
        (woken_while_held, OverwritesDue()),
        (woken_while_held, LeavesDue()),
        (woken_when_due_already, SkipsDueLanes()),
        (woken_while_held_and_committed_late, SkipsHeldLanes()),
    ],
    ids=["release overwrites due_at", "claim leaves due_at", "due lanes are not woken", "held lanes are not woken"],
)
def test_with_another_statement_the_wake_is_lost(
    connect: Connect, story: Callable[[Cast], None], lanes: PostgresLanes
) -> None:
    cast = Cast(connect, lanes)

    story(cast)

    assert cast.work_is_lost()


def test_a_wake_that_is_committed_before_its_work_is_lost(cast: Cast) -> None:
    cast.wakes()
    cast.brings_work("first")
    [held] = cast.claims(cast.w1)
    cast.does_all_work(cast.w1)
    cast.releases(cast.w1, held)
    cast.k.commit()

    assert cast.work_is_lost()


def test_work_that_is_committed_before_its_wake_is_lost_with_its_waker(cast: Cast) -> None:
    cast.brings_work("first")
    cast.k.commit()
    cast.k.close()

    assert cast.work_is_lost()


@pytest.mark.parametrize(
    ("isolation", "lost"),
    [(psycopg.IsolationLevel.READ_COMMITTED, False), (psycopg.IsolationLevel.REPEATABLE_READ, True)],
)
def test_a_step_must_see_what_was_committed_before_its_claim(
    cast: Cast, isolation: psycopg.IsolationLevel, lost: bool
) -> None:
    cast.w1.isolation_level = isolation
    cast.w1.execute("SELECT 1 FROM seller")  # a snapshot older than the claim, if the level keeps one
    cast.brings_work("first")
    cast.wakes()
    [held] = cast.claims(cast.w2)
    cast.does_all_work(cast.w1)
    cast.w1.commit()
    cast.releases(cast.w2, held)

    assert cast.work_is_lost() is lost


def test_every_transaction_of_the_store_reads_what_is_committed(postgres_store: Store) -> None:
    with postgres_store.transaction() as tx:
        level = tx.connection.exec_driver_sql("SHOW transaction_isolation").scalar_one()

    assert level == "read committed"


# Two workers at once


def claimed(cast: Cast) -> Held:
    """W1 holds the lane."""
    cast.brings_work("first")
    cast.wakes()
    [held] = cast.claims(cast.w1)
    return held


def test_the_fence_undoes_what_a_stale_worker_wrote(cast: Cast) -> None:
    stale = claimed(cast)
    cast.writes(cast.w1, "W1")
    cast.lease_lapses()
    [current] = cast.claims(cast.w2)

    with pytest.raises(LaneLost):
        cast.fenced_commit(cast.w1, stale)
    cast.w1.rollback()
    cast.writes(cast.w2, "W2")
    cast.fenced_commit(cast.w2, current)

    assert cast.written() == {"W2"}


def test_a_fence_that_is_locked_keeps_the_reaper_away_until_the_commit(cast: Cast) -> None:
    held = claimed(cast)
    cast.writes(cast.w1, "W1")
    cast.lanes.fence(cast.w1, held)

    cast.lease_lapses()
    assert cast.claims(cast.w2) == []

    cast.w1.commit()
    cast.lease_lapses()
    [next_held] = cast.claims(cast.w2)
    assert next_held.token == held.token + 2
    assert cast.written() == {"W1"}


@pytest.mark.parametrize(
    "way", ["SELECT the token, then write", "write WHERE EXISTS the token"], ids=["select", "exists"]
)
def test_a_fence_that_locks_nothing_lets_two_workers_write(cast: Cast, way: str) -> None:
    held = claimed(cast)
    current = f"EXISTS (SELECT 1 FROM lane WHERE token = {held.token} AND worker IS NOT NULL)"
    if way.startswith("SELECT"):
        assert cast.w1.execute(f"SELECT {current}").fetchone() == (True,)
        cast.writes(cast.w1, "W1")
    else:
        cast.writes(cast.w1, "W1", where=current)

    cast.lease_lapses()
    [now_held] = cast.claims(cast.w2)
    cast.writes(cast.w2, "W2")
    cast.fenced_commit(cast.w2, now_held)
    cast.w1.commit()

    assert cast.written() == {"W1", "W2"}


def test_a_release_before_the_write_lets_two_workers_write(cast: Cast) -> None:
    held = claimed(cast)
    cast.releases(cast.w1, held)
    cast.brings_work("second")
    cast.wakes()
    [next_held] = cast.claims(cast.w2)

    cast.writes(cast.w1, "W1")
    cast.w1.commit()
    cast.writes(cast.w2, "W2")
    cast.fenced_commit(cast.w2, next_held)

    assert cast.written() == {"W1", "W2"}


def woken_while_held_and_claimed_again(cast: Cast) -> int:
    """How many hold the lane, though no lease has lapsed."""
    cast.brings_work("first")
    cast.wakes()
    first = cast.claims(cast.w1)
    cast.brings_work("second")
    cast.wakes()
    return len(first + cast.claims(cast.w2))


def test_a_lane_that_is_woken_while_held_has_one_holder(cast: Cast) -> None:
    assert woken_while_held_and_claimed_again(cast) == 1


def test_with_one_column_for_due_and_leased_it_has_two(connect: Connect) -> None:
    assert woken_while_held_and_claimed_again(Cast(connect, OneColumn())) == 2


# A lease of nobody


def heartbeat_after_release(cast: Cast) -> set[Held]:
    held = claimed(cast)
    cast.releases(cast.w1, held)
    renewed = cast.lanes.renew(cast.w2, [held], LEASE)
    cast.w2.commit()
    return renewed


def test_a_heartbeat_that_comes_after_the_release_leases_nothing(cast: Cast) -> None:
    assert heartbeat_after_release(cast) == set()


def test_a_heartbeat_that_asks_for_the_token_alone_leases_a_free_lane(connect: Connect) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="lane_held_has_lease"):
        heartbeat_after_release(Cast(connect, RenewsByToken()))
