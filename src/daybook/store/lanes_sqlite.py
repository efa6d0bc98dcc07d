"""Lanes on SQLite. Every transaction is IMMEDIATE, so a SELECT of the lane's row is already a lock on it."""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

from daybook.lanes import LAPSE_CAP, LAPSES_TO_CAP, Held, WorkClass
from daybook.store.lanes import LaneTable, Values, held_values

_MINE = "kind = :kind AND key = :key AND token = :token AND worker IS NOT NULL"
_DUE = """FROM lane WHERE worker IS NULL AND class = :class AND due_at <= :now
           AND instr(:kinds, ',' || kind || ',')"""

_SPREAD = "(0.75 + 0.5 * abs(random() % 1000000) / 1000000.0)"
_WAIT = f"min({LAPSE_CAP}, (1 << min(failures, {LAPSES_TO_CAP})) * {_SPREAD})"


class SqliteLanes(LaneTable):
    """The statements; `seconds` answers the present instant in seconds since 1970."""

    # min() and max() of SQLite are NULL where any argument is: without coalesce a wake would vanish.
    WAKE = """
        INSERT INTO lane (kind, key, class, due_at) VALUES (:kind, :key, :class, :now + :delay)
        ON CONFLICT (kind, key) DO UPDATE
        SET due_at = max(min(coalesce(due_at, excluded.due_at), excluded.due_at), coalesce(not_before, 0)),
          class = CASE WHEN worker IS NULL AND due_at IS NULL THEN excluded.class
                       ELSE min(class, excluded.class) END"""
    FENCE = f"SELECT 1 FROM lane WHERE {_MINE}"  # noqa: S608
    RELEASE = f"""
        UPDATE lane SET worker = NULL, lease_until = NULL, failures = 0, not_before = NULL,
          due_at = CASE WHEN :next IS NULL THEN due_at ELSE min(coalesce(due_at, :now + :next), :now + :next) END
        WHERE {_MINE}"""  # noqa: S608
    PUT_BACK = f"""
        UPDATE lane SET worker = NULL, lease_until = NULL, failures = :failures,
          not_before = :now + :delay, due_at = :now + :delay
        WHERE {_MINE}"""  # noqa: S608
    # Looking first costs 5 microseconds; an UPDATE that finds nothing still takes the one write lock.
    LOOK = f"SELECT 1 {_DUE} LIMIT 1"
    # Found, then taken: nobody else writes in between, and one UPDATE with RETURNING costs twice as much.
    CLAIM = f"SELECT kind, key, token + 1, failures {_DUE} ORDER BY due_at LIMIT :limit"
    TAKE = """
        UPDATE lane SET worker = :worker, token = :token, lease_until = :now + :lease, due_at = NULL
        WHERE kind = :kind AND key = :key"""
    RENEW = f"UPDATE lane SET lease_until = :now + :lease WHERE {_MINE}"  # noqa: S608
    # It begins with UPDATE: the driver counts no rows of a statement that begins with WITH.
    REAP = f"""
        UPDATE lane SET worker = NULL, lease_until = NULL, token = token + 1, failures = failures + 1,
          due_at = coalesce(lapsed.until, :now), not_before = lapsed.until
        FROM (WITH one AS MATERIALIZED (
          SELECT kind, key, CASE WHEN failures > 0 THEN :now + {_WAIT} END AS until
          FROM lane WHERE worker IS NOT NULL AND (:everything OR lease_until <= :now)) SELECT * FROM one) AS lapsed
        WHERE lane.kind = lapsed.kind AND lane.key = lapsed.key"""  # noqa: S608
    STATE = "SELECT due_at - :now, worker, failures FROM lane WHERE kind = :kind AND key = :key"
    NEXT_DUE = """
        SELECT due_at - :now FROM lane WHERE worker IS NULL AND due_at IS NOT NULL
          AND class = {number} AND instr(:kinds_{number}, ',' || kind || ',')
        ORDER BY due_at LIMIT 1"""

    def __init__(self, seconds: Callable[[], float], speed: float) -> None:
        self._seconds = seconds
        self.speed = speed

    def at(self) -> Values:
        return {"now": self._seconds()}

    def names(self, kinds: Collection[str]) -> object:
        return _listed(frozenset(kinds))

    def anything_due(self, driver: Any, work_class: WorkClass, kinds: Collection[str]) -> bool:
        """Whether a claim would find a lane: a read, which waits for no writer."""
        values = {"class": int(work_class), "kinds": self.names(kinds)} | self.at()
        return driver.execute(self.LOOK, values).fetchone() is not None

    def claim(
        self, driver: Any, worker: str, work_class: WorkClass, kinds: Collection[str], limit: int, lease: float
    ) -> list[Held]:
        held = super().claim(driver, worker, work_class, kinds, limit, lease)
        for one in held:
            driver.execute(self.TAKE, held_values(one) | self.at() | {"worker": worker, "lease": lease})
        return held

    def renew(self, driver: Any, held: Sequence[Held], lease: float) -> set[Held]:
        return {one for one in held if self._renew_one(driver, one, lease)}

    def _renew_one(self, driver: Any, held: Held, lease: float) -> bool:
        values = held_values(held) | self.at() | {"lease": lease}
        return bool(driver.execute(self.RENEW, values).rowcount == 1)


@lru_cache(maxsize=256)
def _listed(kinds: frozenset[str]) -> str:
    return f",{','.join(sorted(kinds))},"
