"""Chance by a seed."""

from math import log
from statistics import median, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.reports.scenarios.draws import fraction, happens, seconds
from daybook.reports.scenarios.scenario import Calls, Time


def test_the_same_seed_and_names_give_the_same_draw_on_every_machine() -> None:
    assert fraction(7, "inQueue", "A1SELLER", 1) == fraction(7, "inQueue", "A1SELLER", 1) == 0.9035869167624754


def test_another_seed_or_name_gives_another_draw() -> None:
    draws = [fraction(7, "a", 1), fraction(8, "a", 1), fraction(7, "b", 1), fraction(7, "a", 2), fraction(7, "a1")]
    assert len(set(draws)) == 5


def test_draws_lie_between_0_and_1_each_as_likely_as_the_next() -> None:
    draws = [fraction(1, number) for number in range(10_000)]
    tenths = [sum(tenth <= draw * 10 < tenth + 1 for draw in draws) for tenth in range(10)]
    assert all(0 < draw < 1 for draw in draws)
    assert all(900 < count < 1100 for count in tenths)


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_a_time_between_two_lies_between_them(drawn: float) -> None:
    assert 5 <= seconds(Time(between=(5, 50)), drawn) <= 50


def test_log_normal_times_have_their_median_and_sigma() -> None:
    time = Time(median=180, sigma=1.0)
    times = [seconds(time, fraction(3, number)) for number in range(5000)]
    assert median(times) == pytest.approx(180, rel=0.05)
    assert pstdev([log(one) for one in times]) == pytest.approx(1.0, rel=0.05)


def test_log_normal_times_are_cut_where_it_is_said() -> None:
    assert seconds(Time(median=180, sigma=1.0, most=200), 0.999) == 200
    assert seconds(12.5, 0.999) == 12.5


@pytest.mark.parametrize(
    ("calls", "number", "drawn", "expected"),
    [
        (Calls(), 99, 0.99, True),
        (Calls(first=2), 2, 0.99, True),
        (Calls(first=2), 3, 0.01, False),
        (Calls(share=0.3), 99, 0.29, True),
        (Calls(share=0.3), 1, 0.3, False),
    ],
)
def test_something_happens_to_all_to_the_first_or_to_a_share(
    calls: Calls, number: int, drawn: float, expected: bool
) -> None:
    assert happens(calls, number, drawn) is expected
