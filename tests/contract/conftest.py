"""A Daybook on SQLite, whose clock the test moves: what is on the wire does not depend on the database."""

import pytest

from tests.api.conftest import runner, sqlite_served
from tests.api.serving import Client, Daybook, with_new_sellers

__all__ = ["runner", "sqlite_served"]


@pytest.fixture
def daybook(sqlite_served: Daybook) -> Daybook:
    """A Daybook with sellers of the test's own."""
    return with_new_sellers(sqlite_served)


@pytest.fixture
def newcomer(daybook: Daybook) -> Client:
    """An application of the first seller's, on the default usage plans."""
    return daybook.client("newcomer")


@pytest.fixture
def first(daybook: Daybook) -> Client:
    """An application of the first seller's that may call as often as it likes."""
    return daybook.client()
