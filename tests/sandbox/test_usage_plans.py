"""Usage plans by the sandbox's clock."""

import pytest

from tests.sandbox.practising import SHIRT, Practice, error

PLANS = [("PUT", 10, 5.0), ("PATCH", 5, 5.0), ("DELETE", 5, 5.0), ("GET", 10, 5.0)]


@pytest.mark.parametrize(("method", "burst", "rate"), PLANS)
def test_a_burst_is_taken_and_then_as_many_as_the_rate_allows(
    practice: Practice, method: str, burst: int, rate: float
) -> None:
    taken = [practice.call(method, body=SHIRT).status != 429 for _ in range(burst + 3)]
    assert taken == [True] * burst + [False] * 3
    for _ in range(3):
        practice.passes(seconds=1 / rate)
        assert [practice.call(method, body=SHIRT).status != 429 for _ in range(2)] == [True, False]
    practice.passes(minutes=1)
    assert [practice.call(method, body=SHIRT).status != 429 for _ in range(burst + 1)] == [True] * burst + [False]
    assert error(practice.call(method, body=SHIRT)) == (429, "QuotaExceeded")


def test_a_refused_call_tells_no_rate_costs_nothing_and_does_nothing(practice: Practice) -> None:
    for _ in range(5):
        practice.call("DELETE")
    told = practice.call("DELETE")
    assert set(told.headers) == {"x-amzn-RequestId"}
    last = practice.lines()[-1]
    assert (last.status, last.acted, last.call, last.scenario) == (429, False, 0, "")


def test_each_seller_and_each_operation_has_a_bucket_of_its_own(practice: Practice) -> None:
    assert [practice.call("DELETE").status for _ in range(6)] == [200] * 5 + [429]
    assert practice.call("PUT", body=SHIRT).status == 200
    practice.with_token("A2OTHER")
    assert practice.call("DELETE", seller_id="A2OTHER").status == 200


def test_a_setting_multiplies_them(practice: Practice) -> None:
    practice.options = {"usage_plan_times": 3}
    again = practice.again()
    assert [again.call("DELETE").status for _ in range(16)] == [200] * 15 + [429]
    assert again.call("GET").headers["x-amzn-RateLimit-Limit"] == "15.0"
