"""The contract is checked on the Daybook that the API's tests are served by."""

import pytest

from tests.api.conftest import daybook, first, postgres_served, runner, second, sqlite_served
from tests.api.serving import Daybook, with_new_sellers

__all__ = ["daybook", "first", "postgres_served", "runner", "second", "sqlite_served"]


@pytest.fixture
def exact(sqlite_served: Daybook) -> Daybook:
    """A Daybook whose buckets keep the test's own time; PostgreSQL's keep the server's, as tests/api shows."""
    return with_new_sellers(sqlite_served)
