"""The eighteen periods, by their lengths, and the slots of schedules."""

import calendar
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.reports.periods import Period, latest_slot, slot

# Each period's length as the reference gives it, and the line that it is.
LENGTHS = {
    "PT5M": (timedelta(minutes=5), "R004-256"),
    "PT15M": (timedelta(minutes=15), "R004-257"),
    "PT30M": (timedelta(minutes=30), "R004-258"),
    "PT1H": (timedelta(hours=1), "R004-259"),
    "PT2H": (timedelta(hours=2), "R004-260"),
    "PT4H": (timedelta(hours=4), "R004-261"),
    "PT8H": (timedelta(hours=8), "R004-262"),
    "PT12H": (timedelta(hours=12), "R004-263"),
    "P1D": (timedelta(days=1), "R004-264"),
    "P2D": (timedelta(days=2), "R004-265"),
    "P3D": (timedelta(days=3), "R004-266"),
    "PT84H": (timedelta(hours=84), "R004-267"),
    "P7D": (timedelta(days=7), "R004-268"),
    "P14D": (timedelta(days=14), "R004-269"),
    "P15D": (timedelta(days=15), "R004-270"),
    "P18D": (timedelta(days=18), "R004-271"),
    "P30D": (timedelta(days=30), "R004-272"),
}
ANCHORS = st.datetimes(datetime(2000, 1, 1), datetime(8999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
NUMBERS = st.integers(-1, 1000)
PERIODS = st.sampled_from(Period)


@pytest.mark.parametrize(
    ("name", "length"),
    [pytest.param(name, length, marks=pytest.mark.requirement(id), id=name) for name, (length, id) in LENGTHS.items()],
)
def test_a_period_is_as_long_as_its_name_says(name: str, length: timedelta) -> None:
    anchor = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)
    assert slot(anchor, Period(name), 1) - anchor == length
    assert slot(anchor, Period(name), 7) - anchor == 7 * length


@pytest.mark.requirement("R004-273", "R004-274")
def test_there_are_eighteen_periods_and_the_last_is_the_month() -> None:
    assert {period.value for period in Period} == {*LENGTHS, "P1M"}
    assert len(Period) == 18


@pytest.mark.requirement("R004-273", "R004-275")
@pytest.mark.parametrize(
    ("anchor", "slots"),
    [
        ("2026-01-31", ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        ("2027-12-30", ["2028-01-30", "2028-02-29", "2028-03-30"]),
        ("2026-01-29", ["2026-02-28", "2026-03-29"]),
        ("2026-11-15", ["2026-12-15", "2027-01-15"]),
    ],
)
def test_a_month_ends_where_the_calendars_month_ends_and_the_day_comes_back(anchor: str, slots: list[str]) -> None:
    at = datetime.fromisoformat(f"{anchor}T08:30:00+00:00")
    found = [slot(at, Period.P1M, number) for number in range(1, len(slots) + 1)]
    assert [f"{each:%Y-%m-%d}" for each in found] == slots
    assert {each.timetz() for each in found} == {at.timetz()}


@pytest.mark.requirement("R004-275")
@given(anchor=ANCHORS, number=NUMBERS)
def test_a_month_later_is_the_same_day_of_the_next_month_or_its_last(anchor: datetime, number: int) -> None:
    found = slot(anchor, Period.P1M, number)
    months = (found.year - anchor.year) * 12 + found.month - anchor.month
    last = calendar.monthrange(found.year, found.month)[1]
    assert (months, found.day) == (number, min(anchor.day, last))


@pytest.mark.requirement("R004-275")
def test_thirty_days_are_not_a_month() -> None:
    anchor = datetime(2026, 1, 31, tzinfo=UTC)
    assert slot(anchor, Period.P30D, 1) == datetime(2026, 3, 2, tzinfo=UTC)
    assert slot(anchor, Period.P1M, 1) == datetime(2026, 2, 28, tzinfo=UTC)


@given(anchor=ANCHORS, period=PERIODS, number=NUMBERS)
def test_slots_follow_each_other_and_the_anchor_is_the_first(anchor: datetime, period: Period, number: int) -> None:
    assert slot(anchor, period, 0) == anchor
    assert slot(anchor, period, number) < slot(anchor, period, number + 1)


@given(anchor=ANCHORS, period=PERIODS, later=st.timedeltas(timedelta(days=-400), timedelta(days=4000)))
def test_the_latest_slot_has_come_and_the_next_has_not(anchor: datetime, period: Period, later: timedelta) -> None:
    now = anchor + later
    number = latest_slot(anchor, period, now)
    assert slot(anchor, period, number) <= now < slot(anchor, period, number + 1)


@given(anchor=ANCHORS, period=PERIODS, number=NUMBERS)
def test_a_slot_counts_from_its_own_microsecond(anchor: datetime, period: Period, number: int) -> None:
    at = slot(anchor, period, number)
    assert latest_slot(anchor, period, at) == number
    assert latest_slot(anchor, period, at - timedelta(microseconds=1)) == number - 1
