"""A served Daybook on each database, and the programs that call it.

A server lives as long as the tests; each test has sellers of its own, and whatever it sees of others is a fault.
"""

import asyncio
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa

from daybook.store.opening import migrate, open_store
from tests.api.serving import Client, Daybook, ManualClock, serve, with_new_sellers


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """The event loop in which every application runs."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def sqlite_served(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daybook]:
    """A Daybook on SQLite."""
    yield from serving(f"sqlite:///{tmp_path_factory.mktemp('served') / 'daybook.sqlite'}", runner)


@pytest.fixture(scope="session")
def postgres_served(
    runner: asyncio.Runner, postgres_server: str, postgres_admin: psycopg.Connection
) -> Iterator[Daybook]:
    """A Daybook on PostgreSQL."""
    postgres_admin.execute("CREATE DATABASE served")
    yield from serving(sa.make_url(postgres_server).set(database="served").render_as_string(False), runner)


def serving(url: str, runner: asyncio.Runner) -> Iterator[Daybook]:
    """A Daybook over an empty database."""
    clock = ManualClock()
    store = open_store(url, clock)
    migrate(store)
    yield serve(store, clock, runner)
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def daybook(request: pytest.FixtureRequest) -> Daybook:
    """A Daybook on each database, with sellers of the test's own."""
    name = "sqlite_served" if request.param == "sqlite" else "postgres_served"
    return with_new_sellers(request.getfixturevalue(name))


@pytest.fixture
def first(daybook: Daybook) -> Client:
    """The agency, acting for the first seller."""
    return daybook.client()


@pytest.fixture
def second(daybook: Daybook) -> Client:
    """The agency, acting for the second seller."""
    return daybook.client(seller_id=daybook.second)


@pytest.fixture
def newcomer(daybook: Daybook) -> Client:
    """An application of the first seller's, on the default usage plans."""
    return daybook.client("newcomer")
