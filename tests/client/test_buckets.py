"""The client's usage plans, beside the rule that servers keep."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.client.calls.buckets import SLOWER, Bucket, Buckets
from daybook.contract.operations import CREATE_REPORT, GET_REPORT, GET_REPORTS, OPERATIONS


class ServerBucket:
    """A server's: full at first, refilled with time, a token for each call."""

    def __init__(self, rate: float, burst: int) -> None:
        self.rate, self.burst, self.tokens, self.at = rate, burst, float(burst), 0.0

    def admits(self, at: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (at - self.at) * self.rate)
        self.at = at
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def test_a_burst_goes_at_once_and_then_one_call_for_each_token() -> None:
    bucket = Bucket(rate=0.5, burst=3)
    opens = [bucket.opens(bucket.take(100.0)) for _ in range(5)]
    assert [at <= 100.0 for at in opens[:3]] == [True] * 3
    assert opens[3:] == pytest.approx([100 + 2 * SLOWER, 100 + 4 * SLOWER])


def test_a_bucket_is_full_again_after_its_time_and_never_fuller() -> None:
    bucket = Bucket(rate=1.0, burst=2)
    for _ in range(2):
        bucket.take(0.0)
        bucket.answered(bucket.sent(0.0), 0.0)
    assert bucket.level(1.0) == pytest.approx(1.0, abs=0.001)
    assert bucket.level(1000.0) == 2
    opens = [bucket.opens(bucket.take(1000.0)) for _ in range(3)]
    assert opens[2] == pytest.approx(1000 + SLOWER)


def test_a_rate_that_is_learned_moves_the_calls_that_still_wait() -> None:
    bucket = Bucket(rate=0.0167, burst=1)
    bucket.take(0.0)
    bucket.answered(bucket.sent(0.0), 0.0)
    waiting = bucket.take(0.0)
    assert bucket.opens(waiting) == pytest.approx(59.88, abs=0.01)
    bucket.learn(2.0, 0.0)
    assert bucket.opens(waiting) == pytest.approx(0.5, abs=0.01)
    assert bucket.rate == 2.0


@pytest.mark.parametrize("rate", [0.0, -1.0])
def test_a_rate_that_is_none_is_not_learned(rate: float) -> None:
    bucket = Bucket(rate=2.0, burst=1)
    bucket.learn(rate, 0.0)
    assert bucket.rate == 2.0


def test_after_a_refusal_the_bucket_is_empty_whatever_was_thought() -> None:
    bucket = Bucket(rate=0.5, burst=15)
    bucket.take(0.0)
    bucket.answered(bucket.sent(0.0), 0.0)
    bucket.refused(0.0)
    assert bucket.opens(bucket.take(0.0)) == pytest.approx(2 * SLOWER)


def test_the_last_slot_can_be_given_back() -> None:
    bucket = Bucket(rate=1.0, burst=1)
    bucket.take(0.0)
    second = bucket.take(0.0)
    bucket.give_back(second)
    assert bucket.take(0.0) == second


def test_what_a_full_bucket_cannot_take_in_while_a_call_is_on_its_way_is_not_counted_on() -> None:
    bucket = Bucket(rate=1.0, burst=1)
    bucket.take(0.0)
    bucket.answered(bucket.sent(0.0), 0.4)
    assert bucket.opens(bucket.take(0.4)) == pytest.approx(0.4 + SLOWER)


@given(
    seed=st.integers(0, 10_000),
    rate=st.sampled_from([0.0167, 0.0222, 2.0, 5.0]),
    burst=st.integers(1, 15),
    slowest=st.sampled_from([0.0, 0.05, 0.4]),
)
def test_a_server_of_the_same_plan_never_refuses_a_client_that_keeps_to_its_buckets(
    seed: int, rate: float, burst: int, slowest: float
) -> None:
    """Calls one after the other, each with its own time of travel there and back."""
    chance = random.Random(seed)  # noqa: S311  drawn by hypothesis
    bucket, server, now = Bucket(rate, burst), ServerBucket(rate, burst), 0.0
    for _ in range(3 * burst + 5):
        now += chance.choice([0.0, 0.0, 0.0, 1.0 / rate, burst / rate])
        now = max(now, bucket.opens(bucket.take(now)))
        departure = bucket.sent(now)
        now += chance.uniform(0, slowest)
        assert server.admits(now)
        now += chance.uniform(0, slowest)
        bucket.answered(departure, now)


@pytest.mark.requirement("R004-278", "R004-279")
def test_every_operation_begins_on_its_documented_plan() -> None:
    buckets = Buckets()
    plans = {one.name: (buckets.of("app", "A1", one).rate, buckets.of("app", "A1", one).burst) for one in OPERATIONS}
    rare = (0.0222, 10)
    assert plans == {
        "getReports": rare,
        "createReport": (0.0167, 15),
        "getReport": (2.0, 15),
        "cancelReport": rare,
        "getReportSchedules": rare,
        "createReportSchedule": rare,
        "getReportSchedule": rare,
        "cancelReportSchedule": rare,
        "getReportDocument": (0.0167, 15),
    }


@pytest.mark.requirement("R004-278")
def test_each_seller_operation_and_application_has_a_bucket_of_its_own() -> None:
    buckets = Buckets()
    one = buckets.of("app", "A1", GET_REPORT)
    assert one is buckets.of("app", "A1", GET_REPORT)
    others = (("app", "A2", GET_REPORT), ("app", "A1", GET_REPORTS), ("other", "A1", CREATE_REPORT))
    assert all(buckets.of(*other) is not one for other in others)
