"""Workers that end with their test."""

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from daybook.lanes import LaneKind
from daybook.worker.pace import Pace
from daybook.worker.ports import LaneStore
from daybook.worker.worker import Worker
from tests.worker.watching import Ticks

Logs = list[MutableMapping[str, Any]]
Work = Callable[..., Worker]


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def pace(ticks: Ticks) -> Pace:
    """Lanes keep their times; the worker looks seldom, so that a test sees what tells it to look."""
    return Pace(renew_every=0.01, reap_every=0.01, look_every=60.0, monotonic=ticks, jitter=lambda: 0.0)


@pytest.fixture
def logs() -> Iterator[Logs]:
    with capture_logs() as captured:
        yield captured


@pytest.fixture
def work(pace: Pace, logs: Logs) -> Iterator[Work]:
    """Starts workers; none may have died by the end."""
    workers: list[Worker] = []
    deaths: list[str] = []

    def start(store: LaneStore, *kinds: LaneKind, name: str = "worker", **changes: Any) -> Worker:
        own = {name: changes.pop(name) for name in ("slots", "reserved", "only_worker") if name in changes}
        paced = replace(pace, **changes)
        worker = Worker(store, kinds, name, pace=paced, ends=lambda: deaths.append(name), **own)
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        worker.stop(0.0 if deaths else 5.0)
    assert deaths == [], [log for log in logs if log["log_level"] == "critical"]
