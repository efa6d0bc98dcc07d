"""A seller whose reports are followed, in virtual time, on each database."""

from collections.abc import Iterator

import pytest

from daybook.store.opening import open_store
from tests.notifications.inbound.following import Following
from tests.notifications.virtual.daybooks import Clock


@pytest.fixture
def following(database_url: str) -> Iterator[Following]:
    """A seller and nothing else."""
    clock = Clock()
    store = open_store(database_url, clock)
    yield Following(store, clock).begin()
    store.close()
