"""Times as they stand on the wire.

The Reports API emits `2025-12-02T11:59:33+00:00`: an offset, no fraction (strict clients know few shapes); only a time
that a client gave with a fraction is given back with one. It reads any ISO 8601 date-time, with `Z` or an offset, with
or without a fraction, and takes a bare date as midnight UTC.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated

import msgspec

WireTime = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]

# Every report that is answered has five times; put together from these, one costs a third of isoformat(), and one that
# was told before, as those of a report that is polled again, a tenth.
_TWO_DIGITS = tuple(f"{number:02}" for number in range(60))


@lru_cache(maxsize=1024)
def _day(day: date) -> str:
    return day.isoformat()


@lru_cache(maxsize=16384)
def emit(at: datetime) -> str:
    """An instant as the Reports API writes it, in UTC, cut to the second."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{_day(utc.date())}T{_TWO_DIGITS[utc.hour]}:{_TWO_DIGITS[utc.minute]}:{_TWO_DIGITS[utc.second]}+00:00"


def emit_given(at: datetime) -> str:
    """As `emit`, with milliseconds where there are any: for what a client gave, so that it comes back the same."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds") if at.microsecond else emit(at)


def emit_optional(at: datetime | None) -> str | msgspec.UnsetType:
    """As `emit`; nothing at all where there is no instant (absent members are left out, never null)."""
    return msgspec.UNSET if at is None else emit(at)


def emit_milliseconds(at: datetime) -> str:
    """An instant as notifications have it, Amazon's and Walmart's alike: `2020-07-03T14:12:42.913Z`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse(text: str) -> datetime:
    """The instant that a date-time names; one without an offset is taken as UTC.

    Raises ValueError for anything else.
    """
    if not text.isascii() or "W" in text:  # week dates are ISO 8601 too, but no client means one
        raise ValueError(text)
    at = datetime.fromisoformat(text)
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as error:  # the first and the last day there are, in a far offset
        raise ValueError(text) from error
