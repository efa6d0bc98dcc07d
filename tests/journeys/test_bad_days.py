"""What a marketplace's bad day may be, over HTTP: all of it is on record, and all of it is recovered from.

Daybook and the sandbox have one clock, so an hour passes at once. Each day is judged by the sandbox's own record.
"""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from daybook.operations.batches import Batch
from daybook.operations.status import Status
from daybook.sandbox.record import Line
from tests.journeys.selling import Selling, listings, made_up_products, selling
from tests.operations.driving import BEGIN

COUNT = 40
HOUR = timedelta(hours=1)
DOWN = """
[[scenario]]
[scenario.down]
seconds = 3600
"""
HTML = """
[[scenario]]
answers = [{first = 8, answer = 503}]
"""
HALF = """
[[scenario]]
answers = [
  {firstOfItem = 1, answer = "half", acts = false, operation = "putListingsItem"},
  {first = 4, answer = "half", operation = "getListingsItem"},
]
"""
HALF_OF_WHAT_WAS_DONE = """
[[scenario]]
answers = [{firstOfItem = 1, answer = "half", operation = "putListingsItem"}]
"""
THROTTLED = """
[[scenario]]
answers = [{first = 30, answer = 429}]
"""
FAILING = """
[[scenario]]
answers = [{firstOfItem = 2, answer = 500, operation = "putListingsItem"}]
"""


@pytest.mark.parametrize(
    ("scenario", "outcomes", "least"),
    [
        pytest.param(DOWN, {"fault", "accepted"}, HOUR, id="down for an hour"),
        pytest.param(HTML, {"fault", "accepted"}, timedelta(minutes=1), id="a page of HTML to every call"),
        pytest.param(HALF, {"uncertain", "accepted"}, timedelta(seconds=10), id="half a body, and nothing done"),
        pytest.param(HALF_OF_WHAT_WAS_DONE, {"uncertain"}, timedelta(seconds=10), id="half a body of what was done"),
        pytest.param(THROTTLED, {"throttled", "accepted"}, timedelta(seconds=30), id="every call throttled"),
        pytest.param(FAILING, {"fault", "accepted"}, timedelta(seconds=1), id="every call fails twice"),
    ],
)
def test_a_bad_day_is_on_record_and_recovered_from(
    tmp_path: Path, sqlite_url: str, scenario: str, outcomes: set[str], least: timedelta
) -> None:
    with selling(tmp_path, sqlite_url, scenario) as shop:
        batch = shop.sold(listings(made_up_products(COUNT)))
        judgement = shop.judged(batch)
        ended = ended_at(shop, batch)
        lines = shop.sandbox.lines()
    assert judgement.differences == []
    assert judgement.statuses == {Status.SUCCESS: COUNT}
    assert judgement.outcomes.keys() == outcomes
    assert BEGIN + least <= ended <= BEGIN + least + timedelta(hours=1)
    assert done_once(lines)


def ended_at(shop: Selling, batch: Batch) -> datetime:
    ended = shop.book.batch(batch).ended_at
    assert ended is not None
    return ended


def done_once(lines: list[Line]) -> bool:
    """Whether the sandbox made every change, and none a second time."""
    acted = Counter(line.key for line in lines if line.acted)
    return len(acted) == COUNT and set(acted.values()) == {1}


def test_an_hour_without_a_connection_is_on_record_and_recovered_from(tmp_path: Path, sqlite_url: str) -> None:
    """Nobody listens: no call arrives, so none can have been done."""
    with selling(tmp_path, sqlite_url, away=HOUR) as shop:
        batch = shop.sold(listings(made_up_products(COUNT)))
        judgement = shop.judged(batch)
        ended = ended_at(shop, batch)
    assert judgement.differences == []
    assert judgement.statuses == {Status.SUCCESS: COUNT}
    assert judgement.outcomes.keys() == {"unreachable", "accepted"}
    assert BEGIN + HOUR <= ended <= BEGIN + HOUR + HOUR / 2
