"""Spans of time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.reports.rules.spans import Span, read_span

START = datetime(1900, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 10**10).map(lambda seconds: START + timedelta(seconds=seconds))
SPANS = st.builds(Span, st.integers(1, 400), st.sampled_from(["minute", "hour", "day", "week", "month", "year"]))


@given(SPANS)
def test_a_span_is_read_as_it_is_written(span: Span) -> None:
    assert read_span(str(span)) == span


@given(SPANS, INSTANTS)
def test_what_is_after_is_later_by_its_length_at_least(span: Span, at: datetime) -> None:
    after, before = span.after(at), span.before(at)
    assert after is not None
    assert before is not None
    assert after - at >= span.length
    assert at - before >= span.length


def test_a_month_later_is_the_months_last_day_at_most() -> None:
    assert Span(1, "month").after(datetime(2026, 1, 31, 5, tzinfo=UTC)) == datetime(2026, 2, 28, 5, tzinfo=UTC)
    assert Span(2, "year").before(datetime(2024, 2, 29, tzinfo=UTC)) == datetime(2022, 2, 28, tzinfo=UTC)
    assert Span(24, "hour").length == timedelta(days=1)


def test_there_is_nothing_beyond_what_a_date_can_say() -> None:
    assert Span(1, "year").before(datetime(1, 6, 1, tzinfo=UTC)) is None
    assert Span(1, "day").before(datetime(1, 1, 1, tzinfo=UTC)) is None
    assert Span(1, "month").after(datetime(9999, 12, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("text", ["", "days", "0 days", "-1 day", "1.5 days", "60days", "60 moons", "999999 days"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no span of time, such as 60 days"):
        read_span(text)
