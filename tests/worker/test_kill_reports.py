"""Workers that make reports and fire schedules, killed with -9 and paused: the short form of the soak's trial."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.killer import Blows, torment
from tests.soak.reporting import Reporting

SEED = 20_261_122


@pytest.fixture(params=["sqlite", "postgresql"])
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reporting]:
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_own_url")
    trial = Reporting(url, tmp_path)
    yield trial
    trial.close()


@pytest.mark.requirement("R001-019", "R001-021", "R004-142")
def test_every_report_and_slot_is_there_once_whatever_happens_to_the_workers(trial: Reporting) -> None:
    torment(
        trial.start,
        Blows(kills=5, pauses=2),
        random.Random(SEED),  # noqa: S311  the same blows each time
        workers=2,
        meanwhile=trial.feed,
        finished=trial.is_done,
        patience=90,
    )
    assert trial.faults() == []
