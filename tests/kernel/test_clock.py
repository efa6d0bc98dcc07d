"""Instants as whole microseconds."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.clock import EPOCH, from_micros, system_clock, to_micros

INSTANTS = st.datetimes(timezones=st.just(UTC))


@given(at=INSTANTS)
def test_an_instant_comes_back_from_its_microseconds_exactly(at: datetime) -> None:
    assert from_micros(to_micros(at)) == at
    assert from_micros(to_micros(at)).tzinfo is UTC


def test_microseconds_count_from_1970_in_utc_whatever_the_offset() -> None:
    assert to_micros(EPOCH + timedelta(microseconds=1)) == 1
    assert to_micros(datetime(1970, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))) == 0


def test_the_machines_clock_tells_utc() -> None:
    assert system_clock().utcoffset() == timedelta(0)
