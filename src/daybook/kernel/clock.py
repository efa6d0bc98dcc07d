"""Time, as an argument. Every instant in Daybook is an aware datetime in UTC, to the microsecond."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Answers the present instant, in UTC."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def system_clock() -> datetime:
    """The machine's own clock."""
    return datetime.now(UTC)


def to_micros(at: datetime) -> int:
    """An instant as whole microseconds since 1970-01-01T00:00:00Z; exact, unlike a float of seconds."""
    return (at - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The instant that `to_micros` made the number from."""
    return EPOCH + _MICROSECOND * micros
