"""How every noun of the store reads and writes rows."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from daybook.kernel.clock import from_micros, to_micros

# The drivers are spoken to in their own named style: `:name` and `%(name)s`.
_DIALECTS: Mapping[str, sa.Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.dialect(paramstyle="pyformat"),  # type: ignore[no-untyped-call]
}


class Hot:
    """A statement that every request runs: written in Core, compiled once for each database, run on the driver itself.

    Core's own execution costs three times as much as the statement (67 against 20 microseconds for a row by its key).
    """

    def __init__(self, statement: sa.ClauseElement) -> None:
        self._texts = {name: str(statement.compile(dialect=dialect)) for name, dialect in _DIALECTS.items()}

    def text(self, dialect: str) -> str:
        """The SQL for `sqlite` or `postgresql`."""
        return self._texts[dialect]


def hot_update(table: sa.Table, key: Sequence[str], names: Sequence[str], *guards: sa.ColumnElement[bool]) -> Hot:
    """An update of the columns `names` in the rows that have a key, and pass the guards; compiled for its columns."""
    # A parameter with the name of a column would be taken for a new value of it.
    same = [table.c[name] == sa.bindparam(f"of_{name}", type_=table.c[name].type) for name in key]
    changes = {name: sa.bindparam(f"to_{name}", type_=table.c[name].type) for name in names}
    return Hot(table.update().where(*same, *guards).values(changes))


def hot_values(key: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """The values of a `hot_update`."""
    return {f"of_{name}": value for name, value in key.items()} | {f"to_{name}": v for name, v in changes.items()}


class Opened(NamedTuple):
    """An open connection: SQLAlchemy's, the driver's own beneath it, and the database's name."""

    connection: sa.Connection
    driver: Any
    dialect: str


def opened(connection: sa.Connection) -> Opened:
    """What statements run on, looked up once."""
    return Opened(connection, connection.connection.driver_connection, connection.dialect.name)


class Rows:
    """An open connection, and the one instant that everything in the transaction happens at."""

    def __init__(self, on: Opened, now: datetime) -> None:
        self.connection, self.driver, self.dialect = on
        self.now = now

    def _hot(self, hot: Hot, values: Mapping[str, object]) -> Sequence[Any] | None:
        row: Sequence[Any] | None = self.driver.execute(hot.text(self.dialect), values).fetchone()
        return row

    def _hot_rows(self, hot: Hot, values: Mapping[str, object]) -> Sequence[Sequence[Any]]:
        rows: Sequence[Sequence[Any]] = self.driver.execute(hot.text(self.dialect), values).fetchall()
        return rows

    def _hot_changed(self, hot: Hot, values: Mapping[str, object]) -> int:
        """How many rows the statement changed."""
        changed: int = self.driver.execute(hot.text(self.dialect), values).rowcount
        return changed

    def _one(self, statement: sa.Select[Any]) -> sa.Row[Any] | None:
        return self.connection.execute(statement).one_or_none()

    def _all(self, statement: sa.Select[Any] | sa.CompoundSelect[Any]) -> Sequence[sa.Row[Any]]:
        return self.connection.execute(statement).all()

    def _changed(self, statement: sa.Update | sa.Delete | sa.Insert) -> int:
        """How many rows the statement changed; a guarded update is mine where it is one."""
        return self.connection.execute(statement).rowcount

    def _insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that can say what is to be done where the row is there already."""
        return sqlite.insert(table) if self.dialect == "sqlite" else postgresql.insert(table)

    def _put(self, table: sa.Table, values: Mapping[str, Any], key: Sequence[str]) -> None:
        """Adds the row, or changes the one that has the key."""
        insert = self._insert(table).values(**values)
        changed = {name: insert.excluded[name] for name in values if name not in key}
        self.connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=changed))


def instant(micros: int | None) -> datetime | None:
    """A stored instant; NULL stays None."""
    return None if micros is None else from_micros(micros)


def micros(at: datetime | None) -> int | None:
    """An instant to be stored; None becomes NULL."""
    return None if at is None else to_micros(at)


def stored(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as their columns take them: instants as whole microseconds, words as text."""
    return {name: stored_value(value) for name, value in fields.items()}


def stored_value(value: Any) -> Any:
    """One of them."""
    if isinstance(value, datetime):
        return to_micros(value)
    return value.value if isinstance(value, Enum) else value


def ids_text(ids: Sequence[str]) -> str:
    """Ids as one text with a comma before and after each, so that one can be looked for."""
    return f",{','.join(ids)},"


def ids_of(text: str) -> tuple[str, ...]:
    """The ids that `ids_text` put together."""
    return tuple(text[1:-1].split(","))


def object_text(value: Mapping[str, Any]) -> str:
    """An object as JSON text, its members in order of their names: equal objects are equal text."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def object_of(text: str) -> dict[str, Any]:
    """The object that `object_text` wrote."""
    value: dict[str, Any] = json.loads(text)
    return value
