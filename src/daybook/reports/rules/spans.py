"""Spans of time as a row has them: `60 days`, `18 months`, `24 hours`."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from daybook.reports.periods import Period, slot

_LENGTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_MONTHS = {"month": 1, "year": 12}
_SPAN = re.compile(rf"([1-9][0-9]{{0,4}}) ({'|'.join([*_LENGTHS, *_MONTHS])})s?")


@dataclass(frozen=True, slots=True)
class Span:
    """So many minutes, hours, days, weeks, months or years. A month later is the same day, or the month's last."""

    number: int
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"

    @property
    def length(self) -> timedelta:
        """How long it lasts at least."""
        return self.number * (_MONTHS[self.unit] * timedelta(days=28) if self.unit in _MONTHS else _LENGTHS[self.unit])

    def after(self, instant: datetime) -> datetime | None:
        """So long after the instant; None beyond what a date can say."""
        return self._moved(instant, self.number)

    def before(self, instant: datetime) -> datetime | None:
        """So long before it; None before what a date can say."""
        return self._moved(instant, -self.number)

    def _moved(self, instant: datetime, number: int) -> datetime | None:
        try:
            if self.unit in _MONTHS:
                return slot(instant, Period.P1M, number * _MONTHS[self.unit])
            return instant + number * _LENGTHS[self.unit]
        except (OverflowError, ValueError):
            return None


def read_span(text: str) -> Span:
    """A span. Raises ValueError with the reason."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no span of time, such as 60 days, 24 hours or 18 months")
    return Span(int(found[1]), found[2])
