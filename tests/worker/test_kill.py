"""Real worker processes, killed with -9 and paused at random, judged by a log that the store does not write."""

import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import let_pass
from tests.soak.killer import Blows, torment
from tests.worker.counting import PACE
from tests.worker.trial import Trial
from tests.worker.watching import eventually

SEED = 20_261_121
LAST_OF_ITS_LINE = "abc1"
"""A unit that brings no other: nothing but the fence stands in the way of counting it twice."""


@pytest.fixture(params=["sqlite", "postgresql"])
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trial]:
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_own_url")
    trial = Trial(url, tmp_path)
    yield trial
    trial.close()


def test_workers_that_are_killed_and_paused_lose_nothing_and_do_nothing_twice(trial: Trial) -> None:
    trial.bring_some(10)

    started = torment(
        trial.start,
        Blows(kills=10, pauses=5),
        random.Random(SEED),  # noqa: S311  the same blows each time
        workers=2,
        meanwhile=trial.feed,
        finished=trial.is_done,
        patience=60,
    )

    assert trial.faults() == []
    assert started == 12
    assert trial.figures()["begun again"] > 0, "no blow struck a step"


def paused_past_its_lease(trial: Trial, fence: str) -> subprocess.Popen[bytes]:
    """A worker that stood still in the middle of a step, while another took its lane and did the step."""
    first = trial.start(fence=fence, seconds=3)
    trial.bring(LAST_OF_ITS_LINE)
    eventually(lambda: trial.has_said("begin", first))
    first.send_signal(signal.SIGSTOP)
    let_pass(trial.store, PACE.lease + 1)
    second = trial.start(seconds=0.01)
    eventually(lambda: trial.has_said("commit", second))
    first.send_signal(signal.SIGCONT)
    return first


def test_a_worker_that_was_paused_past_its_lease_finds_its_commit_undone(trial: Trial) -> None:
    paused_past_its_lease(trial, "fenced")

    eventually(lambda: "a lane was lost" in trial.said.read_text())
    eventually(trial.is_done)

    assert trial.faults() == []


def test_without_the_fence_the_log_shows_that_it_was_done_twice(trial: Trial) -> None:
    first = paused_past_its_lease(trial, "unfenced")
    eventually(lambda: trial.has_said("commit", first))

    assert trial.faults() == ["abc1 was counted 2 times", "abc1 was committed 2 times"]
