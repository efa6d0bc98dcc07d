"""Time, as an argument. Every instant in Daybook is an aware datetime in UTC, to the microsecond."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Answers the present instant, in UTC."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def system_clock() -> datetime:
    """The machine's own clock."""
    return datetime.now(UTC)


class FastClock:
    """Runs so many times as fast as time itself, from the machine's present on: for practice.

    Announced delays pass as fast. What must keep the machine's time (leases, the age of files) asks `machine_clock`.
    """

    def __init__(
        self, speed: float, machine: Clock = system_clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.speed = speed
        self.machine = machine
        self._monotonic = monotonic
        self._start, self._began = machine(), monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=(self._monotonic() - self._began) * self.speed)

    def go_on_from(self, at: datetime) -> None:
        """Do not begin before an instant at which something has happened already."""
        self._start = max(self._start, at)


def clock_at(speed: float) -> Clock:
    """The machine's own clock, or one that runs so many times as fast."""
    return system_clock if speed == 1 else FastClock(speed)


def speed_of(clock: Clock) -> float:
    """How many times as fast as time itself the clock runs."""
    return clock.speed if isinstance(clock, FastClock) else 1.0


def machine_clock(clock: Clock) -> Clock:
    """The clock that the clock is derived from; itself, unless it runs fast."""
    return clock.machine if isinstance(clock, FastClock) else clock


def seconds_of(clock: Clock) -> Callable[[], float]:
    """The clock as seconds since 1970; the machine's own is asked without the detour through a datetime."""
    return time.time if clock is system_clock else lambda: clock().timestamp()


def to_micros(at: datetime) -> int:
    """An instant as whole microseconds since 1970-01-01T00:00:00Z; exact, unlike a float of seconds."""
    return (at - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The instant that `to_micros` made the number from."""
    return EPOCH + _MICROSECOND * micros
