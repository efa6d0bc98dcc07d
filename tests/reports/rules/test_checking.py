"""The whole catalogue: every type can be asked for in some way, and no row binds that is not current."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.accounts.marketplaces import MARKETPLACES
from daybook.reports.periods import Period
from daybook.reports.report_types import report_types
from daybook.reports.rows import ReportType
from daybook.reports.rules.answers import Answer, Broken, Kind
from daybook.reports.rules.checking import at_the_end, given_ends, in_request, in_schedule, range_of
from daybook.reports.rules.dates import END, START
from daybook.reports.rules.marketplaces import read_marketplaces

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BOTH = frozenset({START, END})
TYPES = list(report_types())
RANGES = (
    (datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)),
    (datetime(2026, 11, 20, 8, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC)),
    (datetime(2026, 11, 8, tzinfo=UTC), datetime(2026, 11, 14, tzinfo=UTC)),
    (datetime(2026, 10, 5, tzinfo=UTC), datetime(2026, 10, 10, tzinfo=UTC)),
)
OPTIONS = st.dictionaries(st.sampled_from(["reportPeriod", "custom", "asins", "colour"]), st.text(max_size=5))
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=2000)).map(lambda ago: NOW - ago)


def somewhere(of: ReportType) -> tuple[str, ...]:
    """A marketplace where the type is."""
    return (min(read_marketplaces(of.marketplaces) or MARKETPLACES.values()),)


def good_options(of: ReportType) -> dict[str, str]:
    """Those that must be given, each with a value that it may have; periods are weeks."""
    required = [option for option in of.options if option.required]
    values = {option.name: (option.allowed or (NOW.isoformat(),))[0] for option in required}
    return {name: "WEEK" if name == "reportPeriod" else value for name, value in values.items()}


def asked(of: ReportType, ends: tuple[datetime, datetime], options: dict[str, str]) -> list[Broken]:
    return in_request(of, somewhere(of), options, range_of(of, ends, NOW, BOTH, options))


@pytest.mark.parametrize("of", [one for one in TYPES if one.requestable != "no"], ids=lambda of: of.name)
def test_every_type_that_may_be_requested_can_be(of: ReportType) -> None:
    found = [asked(of, ends, good_options(of)) for ends in RANGES]
    assert [] in found, found


@pytest.mark.parametrize("of", [one for one in TYPES if one.schedulable == "yes"], ids=lambda of: of.name)
def test_every_type_that_may_be_scheduled_can_be(of: ReportType) -> None:
    assert in_schedule(of, somewhere(of), good_options(of), Period.P1D) == []


@given(st.sampled_from(TYPES), OPTIONS, st.tuples(INSTANTS, INSTANTS), st.sets(st.sampled_from([START, END])))
def test_whatever_is_asked_is_judged_and_what_is_unsure_only_warns(
    of: ReportType, options: dict[str, str], ends: tuple[datetime, datetime], told: set[str]
) -> None:
    range_ = range_of(of, (min(ends), max(ends)), NOW, frozenset(told), options)
    broken = in_request(of, tuple(MARKETPLACES.values()), options, range_)
    answers = {fault.answer for fault in broken if "is empty" not in fault.message}
    assert of.status == "current" or answers <= {Answer.WARNING}
    for fault in broken:
        assert fault.message.endswith(".") or fault.kind in (Kind.TYPE, Kind.MARKETPLACES)
        assert fault.details.endswith((".", ".)"))


@given(st.sampled_from(TYPES), OPTIONS, st.tuples(INSTANTS, INSTANTS))
def test_what_shows_at_the_end_is_of_one_answer_and_was_told_when_it_was_asked_for(
    of: ReportType, options: dict[str, str], ends: tuple[datetime, datetime]
) -> None:
    range_ = range_of(of, (min(ends), max(ends)), NOW, BOTH, options)
    late = at_the_end(of, tuple(MARKETPLACES.values()), options, range_)
    assert len({fault.answer for fault in late}) <= 1
    assert not {fault.answer for fault in late} & {Answer.REFUSED, Answer.WARNING}
    assert set(late) <= set(in_request(of, tuple(MARKETPLACES.values()), options, range_))


def test_which_ends_were_given_still_shows_in_a_report() -> None:
    at = NOW + timedelta(milliseconds=300)
    assert given_ends(NOW, NOW, at) == frozenset()
    assert given_ends(NOW - timedelta(1), NOW, at) == {START}
    assert given_ends(NOW - timedelta(2), NOW - timedelta(1), at) == BOTH
