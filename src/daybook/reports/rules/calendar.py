"""The periods of analytics: a day, a week that begins on Sunday, a month, a quarter, a year."""

from datetime import date, timedelta
from enum import StrEnum

_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6


class Calendar(StrEnum):
    """A value of the option reportPeriod."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


_MONTHS = {Calendar.MONTH: 1, Calendar.QUARTER: 3, Calendar.YEAR: 12}


def begins(period: Calendar, day: date) -> bool:
    """Whether the day is the first of one."""
    if period is Calendar.DAY:
        return True
    if period is Calendar.WEEK:
        return day.weekday() == _SUNDAY
    return day.day == 1 and (day.month - 1) % _MONTHS[period] == 0


def ends(period: Calendar, day: date) -> bool:
    """Whether the day is the last of one."""
    if period is Calendar.DAY:
        return True
    if period is Calendar.WEEK:
        return day.weekday() == _SATURDAY
    return day == date.max or begins(period, day + _DAY)


def count(period: Calendar, first: date, last: date) -> int:
    """How many there are from one's first day to one's last."""
    if period is Calendar.DAY:
        return (last - first).days + 1
    if period is Calendar.WEEK:
        return ((last - first).days + 1) // 7
    return ((last.year - first.year) * 12 + last.month - first.month + 1) // _MONTHS[period]


def latest(period: Calendar, today: date) -> tuple[date, date]:
    """The first and the last day of the latest one that is over."""
    last = today - _DAY
    while not ends(period, last):
        last -= _DAY
    first = last
    while not begins(period, first):
        first -= _DAY
    return first, last
