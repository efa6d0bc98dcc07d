"""Lanes: the only way work is run.

A lane is a line of work that goes one step at a time: one report type's production for a seller, the schedules of a
seller, the sweep. A room wakes a lane in the same transaction as the change that gives it work; a worker claims due
lanes, runs one bounded step of each, and releases each with the time of its next step. Wakes are level-triggered: a
step reads the tables and does what is due, so running it twice is harmless. docs/lanes.md tells the rules and why.

The port has six verbs. Three belong to a transaction (`LaneNotes`), three to the store (`LanePort`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Protocol


class WorkClass(IntEnum):
    """Who waits for the work. Slots are kept for the first."""

    INTERACTIVE = 0
    NORMAL = 1
    BULK = 2


class Lane(NamedTuple):
    """A line of work, named by its kind and a key within the kind; lanes have an order."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


class Held(NamedTuple):
    """A lane that a worker holds: the token is current until the lane is released, reaped, or claimed again."""

    lane: Lane
    token: int
    failures: int


@dataclass(frozen=True, slots=True)
class LaneState:
    """How it is with a lane: seconds until it is due (None: nothing is asked of it), who holds it, its failures."""

    due_in: float | None
    worker: str | None
    failures: int


class LaneLost(Exception):
    """The fence found another token: the lease lapsed and the lane is another worker's.

    The transaction is rolled back.
    """


class LaneNotes(Protocol):
    """What a transaction takes down about lanes and does as its last statements before COMMIT, sorted by lane."""

    def wake(self, lane: Lane, work_class: WorkClass, delay: float = 0.0) -> None:
        """Ask for a step of the lane, `delay` seconds from the commit (never a time: clocks differ)."""

    def fence(self, held: Held) -> None:
        """Commit only while `held` is current; LaneLost otherwise."""

    def release(self, held: Held, next_in: float | None) -> None:
        """Commit only while `held` is current, and give the lane back.

        Next step in `next_in` seconds, or when woken.
        """


Woken = tuple[WorkClass, str]
"""The class and kind of a lane that was woken and is due."""


class LanePort(Protocol):
    """What a worker asks of the store, each in a transaction of its own."""

    def claim(self, worker: str, work_class: WorkClass, kinds: Collection[str], limit: int, lease: float) -> list[Held]:
        """Take up to `limit` due lanes of the class and kinds for `lease` seconds, and consume their wakes."""

    def renew(self, held: Sequence[Held], lease: float) -> set[Held]:
        """Lengthen the leases; the answer holds those that are still ours."""

    def reap(self, *, everything: bool = False) -> int:
        """Free the lanes whose lease has lapsed (all held ones, at the start of an only worker).

        How many were freed.
        """

    def put_back(self, held: Held, failures: int, delay: float) -> None:
        """Release after a failed step; nothing wakes the lane before `delay` seconds have passed."""

    def next_dues(self, kinds: Mapping[WorkClass, Collection[str]]) -> dict[WorkClass, float]:
        """Seconds until the next lane of each class, of the kinds asked for, is due.

        Negative where one is late; a class of which none waits is left out.
        """

    def on_release(self, told: Callable[[Held], None]) -> None:
        """Tell `told` of every lane that this process releases, once the release is committed."""


class Step(Protocol):
    """One bounded step of a lane. It ends with a transaction that has `release` noted for `held`."""

    def __call__(self, held: Held) -> None: ...


@dataclass(frozen=True, slots=True)
class LaneKind:
    """A kind of lane, as a worker knows it."""

    name: str
    step: Step
    longest: float
    """Seconds a step may take; past them its lease is no longer renewed, and it lapses."""
    at_once: int | None = None
    """How many of the kind one worker runs at the same time; None is as many as there are slots."""
    apart: bool = False
    """Whether it has those slots for itself, beside all others: for steps that wait for somebody outside."""


LEASE = 30.0
RENEW_EVERY = 10.0
REAP_EVERY = 7.5
DEADLINE_MARGIN = 5.0
PARK_AFTER = 5
PARK_FOR = 3600.0
BACK_OFF_CAP = 600.0
LAPSE_CAP = 3600.0
"""The longest wait after a lapsed lease: none after the first, then 2 s, moved by up to a quarter, and always twice."""
LAPSES_TO_CAP = 12
"""2 s to that power, and with it every later wait, is above the cap."""
SLOTS = 8
SLOTS_FOR_INTERACTIVE = 2


def doubling(failures: int, jitter: float = 0.0) -> float:
    """Seconds to wait after that many failures in a row: doubling from 1 s to 10 min, moved by up to a quarter.

    `jitter` lies in -1..1.
    """
    return min(BACK_OFF_CAP, 2.0 ** (failures - 1)) * (1 + 0.25 * jitter)


def back_off(failures: int, jitter: float) -> float:
    """Seconds for which a lane waits after that many failures in a row: `doubling`, until it is parked.

    A lane whose step raises is parked for an hour from its fifth failure in a row on. One whose
    lease lapses is not, since its worker may have died of another: the reaper has a ladder of its own, LAPSE_CAP.
    """
    if failures >= PARK_AFTER:
        return PARK_FOR
    return doubling(failures, jitter)
