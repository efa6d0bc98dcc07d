"""The eighteen periods of a schedule (seed 004, Period), and when the next report of one is due."""

import calendar
from datetime import datetime, timedelta
from enum import StrEnum


class Period(StrEnum):
    """How often a schedule asks for a report."""

    PT5M = "PT5M"
    PT15M = "PT15M"
    PT30M = "PT30M"
    PT1H = "PT1H"
    PT2H = "PT2H"
    PT4H = "PT4H"
    PT8H = "PT8H"
    PT12H = "PT12H"
    P1D = "P1D"
    P2D = "P2D"
    P3D = "P3D"
    PT84H = "PT84H"
    P7D = "P7D"
    P14D = "P14D"
    P15D = "P15D"
    P18D = "P18D"
    P30D = "P30D"
    P1M = "P1M"


_UNITS = {"M": timedelta(minutes=1), "H": timedelta(hours=1)}


def length(period: Period) -> timedelta | None:
    """The period's length; None for the calendar month, which has no one length."""
    if period is Period.P1M:
        return None
    if period.startswith("PT"):
        return int(period[2:-1]) * _UNITS[period[-1]]
    return timedelta(days=int(period[1:-1]))


def slot(anchor: datetime, period: Period, number: int) -> datetime:
    """The instant of a schedule's slot; slot 0 is the anchor itself, slot -1 the one before.

    Months are counted from the anchor and cut to the month's last day: 31 January, 28 February, 31 March.
    """
    step = length(period)
    if step is not None:
        return anchor + number * step
    months = anchor.year * 12 + anchor.month - 1 + number
    year, month = divmod(months, 12)
    day = min(anchor.day, calendar.monthrange(year, month + 1)[1])
    return anchor.replace(year=year, month=month + 1, day=day)


def latest_slot(anchor: datetime, period: Period, now: datetime) -> int:
    """The number of the last slot that is not after `now`; negative where even the anchor is."""
    step = length(period)
    if step is not None:
        return (now - anchor) // step
    number = (now.year - anchor.year) * 12 + now.month - anchor.month
    return number if slot(anchor, period, number) <= now else number - 1
