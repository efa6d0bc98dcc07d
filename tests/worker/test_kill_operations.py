"""Workers that send operations, killed with -9 and paused: the short form of the soak's trial."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.killer import Blows, torment
from tests.soak.sending import Sending

SEED = 20_261_123
BLOWS = Blows(kills=10, pauses=1)
A_KILL = 20
"""Operations for each kill."""
LEASE = 2.0


@pytest.fixture(params=["sqlite", "postgresql"])
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sending]:
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_own_url")
    trial = Sending(url, tmp_path, BLOWS, A_KILL, LEASE)
    yield trial
    trial.close()


def test_every_operation_is_done_once_whatever_happens_to_the_workers(trial: Sending) -> None:
    torment(
        trial.start,
        BLOWS,
        random.Random(SEED),  # noqa: S311  the same blows each time
        workers=2,
        meanwhile=trial.feed,
        finished=trial.is_done,
        patience=90,
    )
    assert trial.faults() == []
