"""A Daybook in virtual time on each database, and the receivers that it sends to."""

from collections.abc import Iterator

import pytest

from daybook.store.opening import open_store
from tests.notifications.virtual.daybooks import Clock, Daybook, Receivers


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receivers(clock: Clock) -> Receivers:
    return Receivers(clock)


@pytest.fixture
def daybook(database_url: str, clock: Clock, receivers: Receivers) -> Iterator[Daybook]:
    """A Daybook with a seller and nothing else."""
    daybook = Daybook(open_store(database_url, clock), clock, receivers).begin()
    yield daybook
    daybook.store.close()
