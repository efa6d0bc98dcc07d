"""Time that passes only when somebody sleeps."""

import bisect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

BEGINNING = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class VirtualTime:
    """Clocks and sleeps of one time line, for a client that blocks or one task of one that awaits."""

    passed: float = 0.0
    naps: list[float] = field(default_factory=list)

    def clock(self) -> datetime:
        """The time of day."""
        return BEGINNING + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        """The time that passes."""
        return self.passed

    def sleep(self, seconds: float) -> None:
        """Passes the time."""
        assert seconds >= 0
        self.naps.append(seconds)
        self.passed += seconds

    async def asleep(self, seconds: float) -> None:
        """Passes the time, likewise."""
        self.sleep(seconds)

    def text(self, seconds: float = 0.0) -> str:
        """A time of day, that many seconds after the present, as it is on the wire."""
        return (self.clock() + timedelta(seconds=seconds)).isoformat(timespec="seconds")


@dataclass
class Agenda:
    """What happens when, while somebody waits on one of its bells."""

    time: VirtualTime
    _planned: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    def at(self, passed: float, happens: Callable[[], object]) -> None:
        """It happens when so much time has passed."""
        bisect.insort(self._planned, (passed, happens), key=lambda one: one[0])

    def bell(self) -> "AgendaBell":
        """What a client is given as its `bell`."""
        return AgendaBell(self)

    def go_on(self, until: float, rung: Callable[[], bool]) -> None:
        """Passes the time, and does what is planned, until it rings."""
        while not rung() and self._planned and self._planned[0][0] <= until:
            at, happens = self._planned.pop(0)
            self.time.passed = max(self.time.passed, at)
            happens()
        if not rung():
            self.time.passed = until


class AgendaBell:
    """A bell in virtual time."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._rung = False

    def ring(self) -> None:
        self._rung = True

    async def wait(self, seconds: float) -> None:
        self._agenda.go_on(self._agenda.time.passed + seconds, lambda: self._rung)
        self._rung = False
