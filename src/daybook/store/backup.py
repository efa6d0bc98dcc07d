"""What a backup holds of the database, and how it is put back: every row, read in one snapshot, in either database.

Access tokens and buckets are left out: they are worth an hour. Of a lane only its name, class and token are kept; put
back, every lane is due and nobody's, so whatever was under way is looked at again.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa

from daybook.kernel.clock import to_micros
from daybook.kernel.errors import Conflict, InvalidInput
from daybook.store.schema import document, lane, metadata
from daybook.store.store import Store, unavailable_if_away
from daybook.store.transaction import Transaction

Row = dict[str, Any]

_LEFT_OUT = {"access_token"}
_REFILLED = {"lane"}
"""What a database that was only just opened holds already; it is emptied before it is filled."""
_AT_ONCE = 2000
_END = 1 << 63

TABLES = tuple(table.name for table in metadata.sorted_tables if table.name not in _LEFT_OUT)
"""Every table of a backup, each after those that it refers to."""


class Snapshot:
    """The database as it was at one instant, however long the reading takes."""

    def __init__(self, connection: sa.Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of one table; of the documents, those that have not expired."""
        columns = _columns(table)
        names, statement = [column.key for column in columns], sa.select(*columns)
        if table == document.name:
            statement = statement.where(document.c.expires_at > self._now)
        with self._connection.execute(statement.execution_options(yield_per=_AT_ONCE)) as result:
            for row in result:
                yield dict(zip(names, row, strict=True))


@contextmanager
def snapshot(store: Store) -> Iterator[Snapshot]:
    """One snapshot of the whole database; writers go on meanwhile."""
    now = to_micros(store.clock())
    with unavailable_if_away(), store.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield Snapshot(connection, now)
        connection.rollback()


def is_expired(row: Row, store: Store) -> bool:
    """Whether the document of that row expired since the snapshot was taken: then its object may be gone."""
    return bool(row["expires_at"] <= to_micros(store.clock()))


class Refill:
    """One transaction that fills an empty database."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def put(self, table: str, rows: Sequence[Row]) -> None:
        """Adds rows as a snapshot gave them. Raises InvalidInput for others."""
        kinds = {column.key: column.type.python_type for column in _columns(table)}
        add = _copy if self._tx.dialect == "postgresql" else _insert
        try:
            values = [tuple(_checked(row[name], kind) for name, kind in kinds.items()) for row in rows]
            add(self._tx.connection.connection.driver_connection, table, list(kinds), values)
        except KeyError as error:
            raise InvalidInput(f"A row of {table} has no {error}.") from error
        except TypeError as error:
            raise InvalidInput(f"A row of {table} is not one that Daybook writes.", f"{error}.") from error
        except (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.DataError) as error:
            raise InvalidInput(f"A row of {table} is not one that Daybook writes.", f"{error}") from error

    def object_of(self, name: str) -> tuple[int, str] | None:
        """Size and SHA-256 of an object, as its document's row has them."""
        statement = sa.select(document.c.size, document.c.sha256).where(document.c.object_name == name)
        row = self._tx.connection.execute(statement).one_or_none()
        return None if row is None else (row.size, row.sha256)

    def forget_documents(self, names: Sequence[str]) -> None:
        """Removes the rows of documents whose objects are lost."""
        self._tx.connection.execute(document.delete().where(document.c.object_name.in_(names)))


@contextmanager
def refill(store: Store) -> Iterator[Refill]:
    """A transaction for filling an empty database: all of it is committed at the end of the block, or nothing.

    Raises Conflict where the database holds anything.
    """
    with store.transaction() as tx:
        _require_empty(tx)
        yield Refill(tx)
        now = sa.func.now() if tx.dialect == "postgresql" else tx.now.timestamp()
        tx.connection.execute(lane.update().values(due_at=now))
        if tx.dialect == "postgresql":
            _set_sequences(tx)


def _require_empty(tx: Transaction) -> None:
    if tx.dialect == "postgresql":
        tx.connection.exec_driver_sql(f"LOCK TABLE {', '.join(TABLES)} IN EXCLUSIVE MODE")
    for name in TABLES:
        if name in _REFILLED:
            tx.connection.execute(metadata.tables[name].delete())
        elif tx.connection.execute(sa.select(sa.literal(1)).select_from(metadata.tables[name]).limit(1)).first():
            raise Conflict(
                f"The database is not empty: its table {name} has rows.",
                "Restore into a new folder (--data DIR) or a new database (DAYBOOK_DATABASE_URL).",
            )


def _columns(table: str) -> list[sa.Column[Any]]:
    if table == lane.name:
        return [lane.c.kind, lane.c.key, lane.c["class"], lane.c.token]
    return list(metadata.tables[table].c)


def _checked(value: Any, kind: type) -> Any:
    """The value, if it may stand in a column of that kind: SQLite would take whatever it is. Raises TypeError."""
    fits = value is None or type(value) is kind or (kind is float and type(value) is int)
    if not fits or (kind is int and value is not None and not -_END <= value < _END):
        raise TypeError(f"A value is not of its column's kind: {str(value)[:40]!r}")
    return value


def _insert(driver: Any, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" for _ in columns)
    driver.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)  # noqa: S608  names of the schema


def _copy(driver: Any, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _set_sequences(tx: Transaction) -> None:
    """COPY gives its own numbers; the next one of each table that counts comes after them."""
    for table in map(metadata.tables.__getitem__, TABLES):
        if (column := table.autoincrement_column) is not None:
            highest = sa.select(sa.func.max(column)).scalar_subquery()
            name = sa.func.pg_get_serial_sequence(table.name, column.name)
            tx.connection.execute(sa.select(sa.func.setval(name, sa.func.coalesce(highest, 1), highest.is_not(None))))
