"""Databases that live as long as a measurement, with every promise of durability that they make when Daybook runs."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daybook.store.opening import migrate, open_store
from daybook.store.store import Store
from tests.databases import running_postgres

SQLITE, POSTGRES = "SQLite", "PostgreSQL"


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of a migrated database; gone with the block."""
    if kind == SQLITE:
        with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder:
            yield _migrated(f"sqlite:///{Path(folder) / 'daybook.sqlite'}")
    else:
        with running_postgres() as url:
            yield _migrated(url)


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The database, open."""
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def _migrated(url: str) -> str:
    with opened(url) as store:
        migrate(store)
    return url
