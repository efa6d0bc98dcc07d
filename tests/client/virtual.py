"""Time that passes only when somebody sleeps."""

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
