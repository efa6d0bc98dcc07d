"""Rules about ranges of data."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.reports.rules.answers import Answer
from daybook.reports.rules.calendar import Calendar, begins, count, ends
from daybook.reports.rules.dates import END, START, Range, needs_given_ends, read_dates

NOW = datetime(2026, 11, 21, 12, 30, 15, tzinfo=UTC)
BOTH = frozenset({START, END})
PAST = st.timedeltas(timedelta(0), timedelta(days=2500)).map(lambda ago: NOW - ago)
RANGES = st.tuples(PAST, PAST).map(sorted).map(tuple)


def asked(start: datetime, end: datetime, given: frozenset[str] = BOTH, **options: str) -> Range:
    return Range(start, end, NOW, given, options)


def broken(text: str, of: Range) -> str | None:
    """What the one rule of the text has against the range."""
    [rule] = read_dates(text)
    return rule.rule.broken(of)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(RANGES, st.integers(1, 800))
def test_a_range_is_too_long_where_its_end_is_beyond_the_longest(ends: tuple[datetime, datetime], days: int) -> None:
    too_long = ends[1] - ends[0] > timedelta(days=days)
    assert (broken(f"at most {days} days", asked(*ends)) is not None) is too_long


def test_the_longest_range_is_taken_and_one_second_more_is_not_and_says_how_to_part_it() -> None:
    start = at("2026-09-01")
    assert broken("at most 60 days", asked(start, at("2026-10-31"))) is None
    told = broken("at most 60 days", asked(start, at("2026-10-31T00:00:01")))
    assert told == (
        "It is 2026-09-01T00:00:00+00:00 to 2026-10-31T00:00:01+00:00. "
        "Ask for it in parts, the first until 2026-10-31T00:00:00+00:00."
    )


def test_a_month_is_as_long_as_it_is() -> None:
    assert broken("at most 1 month", asked(at("2026-02-01"), at("2026-03-01"))) is None
    assert broken("at most 1 month", asked(at("2026-02-01"), at("2026-03-02"))) is not None


@given(PAST, st.integers(1, 2000))
def test_a_range_begins_too_early_where_its_start_is_before_the_first_instant(start: datetime, days: int) -> None:
    too_early = start < NOW - timedelta(days=days)
    assert (broken(f"not before {days} days", asked(start, NOW)) is not None) is too_early


def test_how_far_back_is_told_by_the_instant() -> None:
    told = broken("not before 2 years", asked(at("2024-11-21T12:30:14"), NOW))
    assert told is not None
    assert told.endswith("Begin at 2024-11-21T12:30:15+00:00 or later.")
    assert broken("not before 2 years", asked(at("2024-11-21T12:30:15"), NOW)) is None


@given(PAST, st.integers(1, 600))
def test_a_range_is_not_over_for_long_enough_where_its_end_is_too_near(end: datetime, minutes: int) -> None:
    rule = f"over for {minutes} minutes"
    near = end > NOW - timedelta(minutes=minutes)
    assert (broken(rule, asked(end, end)) is not None) is near
    assert broken(rule, asked(end, end, frozenset({START}))) is None


@given(RANGES)
def test_whole_hours_are_those_without_a_rest(ends: tuple[datetime, datetime]) -> None:
    uneven = any((each.minute, each.second, each.microsecond) != (0, 0, 0) for each in ends)
    assert (broken("whole hours", asked(*ends)) is not None) is uneven
    even = [each.replace(minute=0, second=0, microsecond=0) for each in ends]
    assert broken("whole hours", asked(even[0], even[1])) is None


def test_of_whole_hours_the_uneven_end_is_named_and_one_that_was_not_given_does_not_count() -> None:
    told = broken("whole hours", asked(at("2026-11-20T08:00:00"), at("2026-11-20T09:00:01")))
    assert told is not None
    assert told.endswith("Set dataEndTime to a full hour.")
    assert broken("whole hours", asked(NOW, NOW, frozenset())) is None


@given(RANGES, st.sampled_from(list(Calendar)))
def test_periods_are_whole_from_first_day_to_last_whatever_the_time_of_day(
    ends_: tuple[datetime, datetime], period: Calendar
) -> None:
    first, last = ends_[0].date(), ends_[1].date()
    whole = begins(period, first) and ends(period, last)
    of = asked(*ends_, reportperiod=period.value)
    assert (broken("whole periods", of) is None) is whole
    assert (broken("one period", of) is None) is (whole and count(period, first, last) == 1)


@pytest.mark.parametrize("options", [{}, {"reportperiod": "FORTNIGHT"}])
def test_without_a_period_its_rules_cannot_be_judged(options: dict[str, str]) -> None:
    of = Range(at("2026-11-01"), at("2026-11-02"), NOW, BOTH, options)
    rules = ("whole periods", "one period", "at most 1 DAY")
    assert [broken(rule, of) for rule in rules] == [None, None, None]


def test_a_week_that_begins_on_monday_is_told_the_latest_one() -> None:
    of = asked(at("2026-11-09"), at("2026-11-15"), reportperiod="WEEK")
    told = broken("one period", of)
    assert told is not None
    assert told.endswith("The latest WEEK that is over is 2026-11-08 to 2026-11-14.")


@given(st.dates(date(2020, 1, 5), date(2025, 1, 1)), st.integers(0, 30), st.integers(1, 30))
def test_so_many_periods_are_allowed_and_no_more(day: date, more: int, most: int) -> None:
    start = datetime.combine(day, time(), UTC)
    of = asked(start, start + timedelta(days=more), reportperiod="DAY")
    assert (broken(f"at most {most} DAY 1 WEEK", of) is not None) is (more + 1 > most)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (frozenset(), "Give dataStartTime and dataEndTime."),
        (frozenset({START}), "Give dataEndTime."),
        (frozenset({END}), "Give dataStartTime."),
        (BOTH, None),
    ],
)
def test_of_both_ends_the_missing_ones_are_named(given: frozenset[str], told: str | None) -> None:
    assert broken("both ends", asked(NOW, NOW, given)) == told


def test_a_range_needs_an_end_after_its_start() -> None:
    assert broken("a range", asked(at("2026-11-20"), NOW, frozenset({START}))) is None
    assert broken("a range", asked(NOW, NOW)) is not None


def test_a_months_data_is_there_on_that_day_of_the_next() -> None:
    rule = "ready on day 3"
    assert broken(rule, asked(at("2026-10-01"), at("2026-10-31"))) is None
    told = broken(rule, asked(at("2026-11-20"), NOW))
    assert told is not None
    assert told.endswith("Ask for it at 2026-12-03T00:00:00+00:00 or later.")
    assert broken(rule, asked(NOW, NOW, frozenset())) is None
    december = Range(at("2026-12-05"), at("2026-12-06"), at("2027-01-02"), BOTH, {})
    assert broken(rule, december) is not None


def test_a_rule_with_an_option_is_for_requests_with_it_alone() -> None:
    rule = "with all=true at most 30 days"
    long = at("2026-01-01"), at("2026-06-01")
    assert broken(rule, asked(*long, all="true")) is not None
    assert broken(rule, asked(*long, all="false")) is None
    assert broken(rule, asked(*long)) is None


def test_a_row_has_several_rules_each_with_an_answer_of_its_own() -> None:
    first, second = read_dates(" both ends ;; not before 2 years = CANCELLED ")
    assert (first.text, first.answer) == ("both ends", None)
    assert (second.text, second.answer) == ("not before 2 years", Answer.CANCELLED)
    assert [needs_given_ends(rule.rule) for rule in (first, second)] == [True, False]
    [within] = read_dates("with all=true both ends")
    assert needs_given_ends(within.rule)
    assert read_dates("") == ()


@pytest.mark.parametrize(
    "text",
    ["sometimes", "at most", "at most 5 FORTNIGHT", "both ends = perhaps", "ready on day 31", "with all both ends"],
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no rule|no span|no answer"):
        read_dates(text)


def test_every_rule_reads_as_a_sentence() -> None:
    told = [rule.rule.sentence for rule in read_dates("at most 1 month; not before 45 days; at most 15 DAY 7 WEEK")]
    assert told == [
        "the range of data is 1 month at most",
        "the data begins 45 days ago at most",
        "the range of data holds so many periods at most: 15 by DAY, 7 by WEEK",
    ]


def test_a_range_at_the_edge_of_time_is_judged() -> None:
    edge = datetime(1, 1, 1, tzinfo=UTC)
    of = asked(edge, NOW, reportperiod="WEEK")
    rules = ("at most 60 days", "not before 18 months", "one period", "at most 2 WEEK")
    assert [broken(rule, of) is not None for rule in rules] == [True] * 4
