"""Listings over HTTP: what Daybook says of each operation agrees with what the marketplace saw, on every line."""

from collections import Counter
from pathlib import Path

import pytest

from daybook.operations.status import Status
from tests.journeys.selling import PRODUCTS, listings, made_up_products, real_products, selling

REJECTED_AND_THROTTLED = """
[[scenario]]
seed = 20
rejections = [{share = 0.02, code = "18299"}]
answers = [{share = 0.01, answer = 429, operation = "putListingsItem"}]
"""
BAD_DAY = """
[[scenario]]
seed = 9
rejections = [{share = 0.05, code = "90117"}]
lateIssues = [{share = 0.05, code = "8541"}]
answers = [
  {share = 0.05, answer = "half"},
  {share = 0.05, answer = "half", acts = false},
  {share = 0.05, answer = 500},
  {share = 0.05, answer = 429},
  {share = 0.05, answer = 503},
]
[scenario.down]
afterSeconds = 20
seconds = 3600
"""

SLOW = """
[[scenario]]
seed = 4
processing = {between = [0, 2000]}
lateIssues = [{share = 0.1, code = "8541"}, {share = 0.2, code = "18448", severity = "WARNING"}]
"""


@pytest.mark.skipif(not PRODUCTS.exists(), reason="the real products stand beside the checkout, and here they do not")
@pytest.mark.requirement("R000-001", "R000-005", "R000-008", "R000-023", "R000-025", "R000-039")
def test_real_products_are_listed_and_each_line_agrees_with_the_marketplaces_own_record(
    tmp_path: Path, sqlite_url: str
) -> None:
    with selling(tmp_path, sqlite_url, REJECTED_AND_THROTTLED) as shop:
        batch = shop.sold(listings(real_products(400)))
        judgement = shop.judged(batch)
    assert judgement.differences == []
    assert sum(judgement.statuses.values()) == 400
    assert 2 <= judgement.statuses[Status.REJECTED] <= 20
    assert judgement.outcomes["throttled"] >= 1


def test_a_bad_day_loses_nothing_and_does_nothing_twice(tmp_path: Path, sqlite_url: str) -> None:
    with selling(tmp_path, sqlite_url, BAD_DAY, times=2.0) as shop:
        batch = shop.sold(listings(made_up_products(150)))
        judgement = shop.judged(batch)
        seen = Counter((line.status, line.sent, line.acted) for line in shop.sandbox.lines())
        away = [line for line in shop.sandbox.lines() if line.status == 503 and not line.scenario]
    looks = sum(line.operation == "getListingsItem" for line in away)
    assert judgement.differences == []
    assert judgement.statuses[Status.SUCCESS] + judgement.statuses[Status.REJECTED] == 150
    assert {(200, "half", True), (200, "half", False), (500, "whole", False), (429, "whole", False)} <= seen.keys()
    assert 1 <= looks <= 60  # while everything is away, one look at a time, ever more seldom
    assert {"uncertain", "fault", "throttled", "accepted", "invalid"} <= judgement.outcomes.keys()


def test_what_takes_long_to_be_in_effect_is_looked_at_until_it_is(tmp_path: Path, sqlite_url: str) -> None:
    with selling(tmp_path, sqlite_url, SLOW) as shop:
        batch = shop.sold(listings(made_up_products(60)))
        judgement = shop.judged(batch)
        due = {line.sku: line.due for line in shop.sandbox.lines() if line.acted}
        ended = {one.reference: one.completed_at for one in shop.book.operations(batch)}
    assert judgement.differences == []
    assert judgement.outcomes == {"accepted": 60}
    assert 1 <= judgement.statuses[Status.REJECTED] <= 15
    assert all(due[sku] <= at for sku, at in ended.items() if at is not None)  # type: ignore[operator]


def test_at_amazons_own_usage_plan_nothing_is_refused(tmp_path: Path, sqlite_url: str) -> None:
    with selling(tmp_path, sqlite_url, times=1.0) as shop:
        batch = shop.sold(listings(made_up_products(60)))
        sent = [line.at for line in shop.sandbox.lines() if line.operation == "putListingsItem"]
        assert shop.judged(batch).differences == []
        assert {line.status for line in shop.sandbox.lines()} == {200}
    assert len(sent) == 60
    assert 10.0 <= (sent[-1] - sent[0]).total_seconds() <= 12.0  # ten at once, then five a second


def test_whoever_calls_too_often_is_throttled_and_goes_on_at_the_marketplaces_pace(
    tmp_path: Path, sqlite_url: str
) -> None:
    with selling(tmp_path, sqlite_url, times=1.0, expected_times=4.0) as shop:
        batch = shop.sold(listings(made_up_products(60)))
        judgement = shop.judged(batch)
        refused = [line for line in shop.sandbox.lines() if line.status == 429]
    assert judgement.differences == []
    assert judgement.statuses == {Status.SUCCESS: 60}
    assert judgement.outcomes["throttled"] >= 1
    assert {line.scenario for line in refused} == {""}
