"""Long ranges in parts."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.client.report_types import known_types, report_type
from daybook.client.requests.ranges import RESOLUTION, parted

START = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=30)


@given(seconds=st.integers(0, 400 * 86_400), days=st.integers(1, 60))
def test_parts_cover_every_second_once_and_none_is_too_long(seconds: int, days: int) -> None:
    longest, end = timedelta(days=days), START + timedelta(seconds=seconds)
    parts = parted(START, end, longest)
    ends = [(start, end) for start, end in parts if start and end]
    assert (ends[0][0], ends[-1][1], len(ends)) == (START, end, len(parts))
    assert all(start <= end and end - start <= longest for start, end in ends)
    assert all(later - sooner == RESOLUTION for (_, sooner), (later, _) in itertools.pairwise(ends))


@pytest.mark.parametrize("longest", [MONTH, None])
def test_a_range_that_is_open_or_short_enough_stays_as_it_is(longest: timedelta | None) -> None:
    for start, end in ((None, None), (START, None), (None, START), (START, START + MONTH)):
        assert parted(start, end, longest) == [(start, end)]


def test_without_a_known_limit_a_range_is_not_parted() -> None:
    assert parted(START, START + 9 * MONTH, None) == [(START, START + 9 * MONTH)]


def test_a_type_of_which_nothing_is_known_is_the_most_usual() -> None:
    unknown = report_type("GET_WHATEVER_COMES")
    assert (unknown.restricted, unknown.longest, unknown.again_after, unknown.delimiter) == (False, None, None, "\t")


@pytest.mark.parametrize(
    ("name", "restricted", "days", "delimiter"),
    [
        ("GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL", False, 30, "\t"),
        ("GET_CSV_MFN_PRIME_RETURNS_REPORT", False, 60, ","),
        ("GET_ORDER_REPORT_DATA_TAX", True, None, ""),
        ("GET_SALES_AND_TRAFFIC_REPORT", False, None, ""),
    ],
)
def test_what_is_known_of_types(name: str, restricted: bool, days: int | None, delimiter: str) -> None:
    known = known_types()[name]
    longest = timedelta(days=days) if days else None
    assert (known.restricted, known.longest, known.delimiter) == (restricted, longest, delimiter)
