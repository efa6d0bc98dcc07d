"""What follows an attempt, and what that makes of an outage of three days."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.notifications.answers import MOST_ASKED, SENTENCES, Answer, ErrorClass, error_of
from daybook.notifications.ladder import (
    JITTER,
    LADDER,
    Again,
    Delivered,
    Disabled,
    GivenUp,
    Refused,
    what_next,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FINAL = {ErrorClass.GONE: Disabled(), ErrorClass.UNSAFE: Refused()}
PASSING = [error for error in ErrorClass if error not in FINAL]


def answer(error: ErrorClass | None, retry_after: int | None = None) -> Answer:
    return Answer(NOW, 12, error=error, retry_after=retry_after)


def test_the_ladder_is_seventy_five_hours_and_thirty_five_minutes_long() -> None:
    assert sum(LADDER, timedelta(0)) == timedelta(hours=75, minutes=35, seconds=5)
    assert len(LADDER) + 1 <= 11


def test_success_ends_a_delivery() -> None:
    assert what_next(answer(None), 1, 0.5) == Delivered()


@pytest.mark.parametrize("error", FINAL)
def test_gone_and_unsafe_end_it_after_one_attempt_whatever_else_is_asked(error: ErrorClass) -> None:
    assert what_next(answer(error, retry_after=60), 1, 0.5) == FINAL[error]


@pytest.mark.parametrize("error", PASSING)
def test_any_other_error_is_tried_again_until_the_ladder_ends(error: ErrorClass) -> None:
    following = [what_next(answer(error), attempts, 0.0) for attempts in range(1, len(LADDER) + 2)]
    assert [type(each) for each in following] == [Again] * len(LADDER) + [GivenUp]


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (ErrorClass.THROTTLED, 60),
        (ErrorClass.BROKEN, 60),
        (ErrorClass.TIMEOUT, 60),
        (ErrorClass.CONNECT_TIMEOUT, 60),
        (ErrorClass.REFUSED, 5),
        (ErrorClass.DNS, 5),
        (ErrorClass.REJECTED, 5),
    ],
)
def test_a_receiver_that_is_overloaded_has_a_minute_at_least(error: ErrorClass, seconds: int) -> None:
    assert what_next(answer(error), 1, 0.0) == Again(timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(1, timedelta(seconds=60)), (7200, timedelta(hours=2)), (10**12, MOST_ASKED), (0, timedelta(seconds=60))],
)
def test_retry_after_is_honoured_up_to_a_day(asked: int, wait: timedelta) -> None:
    assert what_next(answer(ErrorClass.THROTTLED, asked), 1, 0.0) == Again(wait)


@given(
    st.sampled_from(PASSING),
    st.integers(1, len(LADDER)),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.integers(0, 10**15),
)
def test_jitter_only_lengthens_and_by_a_fifth_at_most(
    error: ErrorClass, attempts: int, draw: float, asked: int | None
) -> None:
    plain = what_next(answer(error, asked), attempts, 0.0)
    drawn = what_next(answer(error, asked), attempts, draw)
    assert isinstance(plain, Again)
    assert isinstance(drawn, Again)
    assert plain.after <= drawn.after <= plain.after * (1 + JITTER)
    assert drawn.after >= LADDER[attempts - 1]
    assert drawn.after >= min(timedelta(seconds=min(asked or 0, 10**6)), MOST_ASKED)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, None), (202, None), (204, None), (299, None), (301, ErrorClass.REDIRECT), (304, ErrorClass.REDIRECT),
        (400, ErrorClass.REJECTED), (401, ErrorClass.REJECTED), (410, ErrorClass.GONE), (429, ErrorClass.THROTTLED),
        (500, ErrorClass.BROKEN), (503, ErrorClass.BROKEN), (101, ErrorClass.PROTOCOL), (600, ErrorClass.PROTOCOL),
    ],
)  # fmt: skip
def test_only_a_status_of_2xx_is_success(status: int, error: ErrorClass | None) -> None:
    assert error_of(status) is error


def test_every_class_of_error_has_a_sentence() -> None:
    assert set(SENTENCES) == set(ErrorClass)
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


def delivered_after(down: timedelta, wanted: timedelta, draw: random.Random) -> tuple[timedelta, int]:
    """When news that was first sent `wanted` into an outage arrives, and with which attempt."""
    at, attempts = wanted, 0
    while True:
        attempts += 1
        following = what_next(answer(ErrorClass.REFUSED if at < down else None), attempts, draw.random())
        if isinstance(following, Delivered):
            return at, attempts
        assert isinstance(following, Again), f"given up at {at}, with attempt {attempts}"
        at += following.after


def test_a_thousand_events_survive_three_days_of_refusal_without_a_hand_laid_on() -> None:
    down, draw = timedelta(hours=72), random.Random(72)  # noqa: S311  a test draws the same each time
    for _ in range(1000):
        at, attempts = delivered_after(down, down * draw.random(), draw)
        assert at - down <= LADDER[-1] * (1 + JITTER)
        assert attempts <= 11
