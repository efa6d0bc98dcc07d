"""Days, weeks, months, quarters and years, as analytics count them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.reports.rules.calendar import Calendar, begins, count, ends, latest

DAY = timedelta(days=1)
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
PERIODS = st.sampled_from(list(Calendar))


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Calendar.DAY, date(2026, 11, 20), date(2026, 11, 20)),
        (Calendar.WEEK, date(2026, 11, 8), date(2026, 11, 14)),
        (Calendar.MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (Calendar.QUARTER, date(2026, 7, 1), date(2026, 9, 30)),
        (Calendar.YEAR, date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_the_latest_that_is_over_on_a_saturday_in_november(period: Calendar, first: date, last: date) -> None:
    assert latest(period, date(2026, 11, 21)) == (first, last)


@given(PERIODS, DAYS)
def test_each_begins_the_day_after_another_ends(period: Calendar, day: date) -> None:
    assert ends(period, day) == begins(period, day + DAY)


@given(PERIODS, DAYS)
def test_the_latest_is_one_and_over_and_the_next_is_not(period: Calendar, today: date) -> None:
    first, last = latest(period, today)
    assert begins(period, first)
    assert ends(period, last)
    assert count(period, first, last) == 1
    assert last < today
    assert not any(ends(period, last + number * DAY) for number in range(1, (today - last).days))


@given(PERIODS, DAYS, st.integers(1, 40))
def test_so_many_are_counted_as_there_are(period: Calendar, today: date, number: int) -> None:
    first, last = latest(period, today)
    for _ in range(number - 1):
        first, _ = latest(period, first)
    assert count(period, first, last) == number


def test_nothing_lies_beyond_the_last_day_there_is() -> None:
    assert ends(Calendar.YEAR, date.max)
