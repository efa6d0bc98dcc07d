"""Instants as whole microseconds."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.clock import EPOCH, FastClock, from_micros, machine_clock, speed_of, system_clock, to_micros

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


class Ticks:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_fast_clock_begins_at_the_machines_present_and_runs_so_many_times_as_fast() -> None:
    ticks = Ticks()
    clock = FastClock(60, lambda: NOON, ticks)
    before = clock()
    ticks.now += 1.5
    assert (before, clock()) == (NOON, NOON + timedelta(seconds=90))


def test_a_fast_clock_goes_on_from_what_has_happened_and_never_back() -> None:
    ticks = Ticks()
    clock = FastClock(60, lambda: NOON, ticks)
    clock.go_on_from(NOON - timedelta(days=1))
    before = clock()
    clock.go_on_from(NOON + timedelta(days=1))
    ticks.now += 1
    assert (before, clock()) == (NOON, NOON + timedelta(days=1, minutes=1))


def test_what_must_keep_the_machines_time_can_ask_for_it() -> None:
    fast = FastClock(60, system_clock)
    assert (speed_of(fast), machine_clock(fast)) == (60, system_clock)
    assert (speed_of(system_clock), machine_clock(system_clock)) == (1.0, system_clock)
