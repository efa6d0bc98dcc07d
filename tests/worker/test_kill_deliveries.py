"""Workers that deliver, killed with -9 and paused: the short form of the soak's trial."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.delivering import Delivering
from tests.soak.killer import Blows, torment

SEED = 20_261_123


@pytest.fixture(params=["sqlite", "postgresql"])
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Delivering]:
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_own_url")
    trial = Delivering(url, tmp_path)
    yield trial
    trial.close()


def test_nothing_is_lost_and_what_comes_twice_is_the_same_under_the_same_id(trial: Delivering) -> None:
    torment(
        trial.start,
        Blows(kills=10, pauses=2),
        random.Random(SEED),  # noqa: S311  the same blows each time
        workers=2,
        meanwhile=trial.feed,
        finished=trial.is_done,
        patience=90,
    )
    assert trial.faults() == []
    assert trial.figures()["uncertain"] > 0, "no blow struck a call"
