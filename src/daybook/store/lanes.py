"""The lanes' SQL. docs/lanes.md says why each statement is as it is; change one only together with the explorer."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from daybook.lanes import Held, Lane, LaneLost, LaneState, WorkClass

Values = dict[str, Any]


class LaneTable(ABC):
    """The verbs that run inside an open transaction; `driver` is the database driver's own connection.

    Leases, back-off and a worker's waits keep the machine's time. What a step asks for is in seconds of the store's
    clock, of which `speed` pass in one of the machine's.
    """

    WAKE: ClassVar[str]
    FENCE: ClassVar[str]
    RELEASE: ClassVar[str]
    PUT_BACK: ClassVar[str]
    CLAIM: ClassVar[str]
    REAP: ClassVar[str]
    NEXT_DUE: ClassVar[str]
    STATE: ClassVar[str]
    speed: float = 1.0

    @abstractmethod
    def at(self) -> Values:
        """The present instant as the statements take it; nothing where the database has its own clock."""

    @abstractmethod
    def names(self, kinds: Collection[str]) -> object:
        """A list of kinds as a statement takes it."""

    @abstractmethod
    def renew(self, driver: Any, held: Sequence[Held], lease: float) -> set[Held]:
        """Lengthen the leases of those that are still held with the same token."""

    def wake(self, driver: Any, lane: Lane, work_class: WorkClass, delay: float) -> None:
        """Always writes the lane's row: a wake that is skipped because the lane is due or held can be lost.

        An idle lane takes the class of the wake; one that is due or held keeps the more urgent of the two.
        """
        driver.execute(self.WAKE, _key(lane) | self.at() | {"class": int(work_class), "delay": delay / self.speed})

    def fence(self, driver: Any, held: Held) -> None:
        """Locks the lane's row until COMMIT, with the token."""
        if driver.execute(self.FENCE, held_values(held)).fetchone() is None:
            raise LaneLost(held)

    def release(self, driver: Any, held: Held, next_in: float | None) -> None:
        """Gives the lane back; due at the earlier of a wake that came meanwhile and `next_in` seconds."""
        next_due = None if next_in is None else next_in / self.speed
        if driver.execute(self.RELEASE, held_values(held) | self.at() | {"next": next_due}).rowcount != 1:
            raise LaneLost(held)

    def put_back(self, driver: Any, held: Held, failures: int, delay: float) -> None:
        """Gives the lane back after a failure; a wake must not defeat the back-off."""
        values = held_values(held) | self.at() | {"failures": failures, "delay": delay}
        if driver.execute(self.PUT_BACK, values).rowcount != 1:
            raise LaneLost(held)

    def claim(
        self, driver: Any, worker: str, work_class: WorkClass, kinds: Collection[str], limit: int, lease: float
    ) -> list[Held]:
        """Takes due lanes and consumes their wakes, before anything of them is read."""
        values = {"worker": worker, "class": int(work_class), "kinds": self.names(kinds), "limit": limit}
        rows = driver.execute(self.CLAIM, values | {"lease": lease} | self.at()).fetchall()
        return [Held(Lane(kind, key), token, failures) for kind, key, token, failures in rows]

    def reap(self, driver: Any, *, everything: bool) -> int:
        """Frees lapsed leases (all leases with `everything`), moves their tokens, and counts a failure."""
        changed: int = driver.execute(self.REAP, self.at() | {"everything": everything}).rowcount
        return changed

    def next_dues(self, driver: Any, kinds: Mapping[WorkClass, Collection[str]]) -> dict[WorkClass, float]:
        """Seconds until the next lane of each class, of the kinds asked for, is due; negative where one is late."""
        values = {f"kinds_{work_class:d}": self.names(kinds.get(work_class, ())) for work_class in WorkClass}
        row = driver.execute(self._next_dues, values | self.at()).fetchone()
        return {work_class: float(due) for work_class, due in zip(WorkClass, row, strict=True) if due is not None}

    @cached_property
    def _next_dues(self) -> str:
        each = (f"({self.NEXT_DUE.format(number=int(work_class))})" for work_class in WorkClass)
        return f"SELECT {', '.join(each)}"

    def state(self, driver: Any, lane: Lane) -> LaneState | None:
        """How it is with a lane; None where it has no row."""
        row = driver.execute(self.STATE, _key(lane) | self.at()).fetchone()
        if row is None:
            return None
        due_in, worker, failures = row
        return LaneState(None if due_in is None else float(due_in) * self.speed, worker, failures)


def _key(lane: Lane) -> Values:
    return {"kind": lane.kind, "key": lane.key}


def held_values(held: Held) -> Values:
    """The lane and its token, as every statement of a holder takes them."""
    return _key(held.lane) | {"token": held.token}
