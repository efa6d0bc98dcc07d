"""A terminal in which commands are typed, in this process, and a shop to type them about."""

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
import structlog

from tests.cli.typing_in import Shop, Terminal


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A command sets up the log of its process, which here is that of the tests."""
    root = logging.getLogger()
    handlers, level, settings = root.handlers[:], root.level, structlog.get_config()
    root.handlers = []
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**settings)


@pytest.fixture
def nowhere(tmp_path: Path) -> Terminal:
    """A terminal on a machine where Daybook never was."""
    return Terminal(tmp_path / "data", {})


@pytest.fixture
def terminal(nowhere: Terminal, sqlite_template: Path) -> Terminal:
    """A terminal on a machine with an empty Daybook."""
    nowhere.data.mkdir()
    shutil.copy(sqlite_template, nowhere.data / "daybook.sqlite")
    return nowhere


@pytest.fixture(scope="session")
def shop_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop, to be copied."""
    data = tmp_path_factory.mktemp("shop") / "data"
    data.mkdir()
    shutil.copy(sqlite_template, data / "daybook.sqlite")
    return Shop.open(Terminal(data, {}))


@pytest.fixture
def shop(nowhere: Terminal, shop_template: Shop) -> Shop:
    """A shop of the test's own."""
    return shop_template.copied(nowhere.data)


@pytest.fixture
def new_postgres(postgres_server: str, postgres_admin: psycopg.Connection) -> Iterator[Callable[[], str]]:
    """Makes PostgreSQL databases without any schema; they go with the test."""
    names: list[str] = []

    def new() -> str:
        names.append(f"cli_{uuid4().hex}")
        postgres_admin.execute(f"CREATE DATABASE {names[-1]}")
        return sa.make_url(postgres_server).set(database=names[-1]).render_as_string(hide_password=False)

    yield new
    for name in names:
        postgres_admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
