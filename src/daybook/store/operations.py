"""Operations' rows and those of their attempts; what has millions of them goes to the driver itself."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from daybook.kernel.clock import from_micros, to_micros
from daybook.operations.batches import Attempt, Batch, Operation
from daybook.operations.status import Status
from daybook.store.rows import Rows, instant, micros, stored_value
from daybook.store.schema_operations import attempt, batch, operation

OPERATION_COLUMNS = Operation._fields
_ATTEMPT_COLUMNS = Attempt._fields
_SELECT = sa.select(*(operation.c[name] for name in OPERATION_COLUMNS))
_STATUSES = {status.value: status for status in Status}

_MARK = {"sqlite": "?", "postgresql": "%s"}
_IN_LINES = {"sqlite": "line IN (SELECT value FROM json_each(?))", "postgresql": "line = ANY(%s)"}
# The plus keeps SQLite from going through all operations of the status to find those of the lines.
_STATUS = {"sqlite": "+status", "postgresql": "status"}
_COPY = 200
"""Rows from which PostgreSQL takes a COPY sooner than single inserts."""


class Operations(Rows):
    """Adds, finds and moves operations, and keeps their attempts."""

    def add_operations(self, operations: Sequence[Operation]) -> None:
        """Keeps new operations, which nobody has attempted."""
        self._add_rows("operation", OPERATION_COLUMNS[:13], [_new_columns(one) for one in operations])

    def add_attempts(self, attempts: Sequence[Attempt]) -> None:
        """Keeps what came of attempts."""
        self._add_rows("attempt", _ATTEMPT_COLUMNS, [_attempt_columns(one) for one in attempts])

    def _add_rows(self, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        cursor = self.driver.cursor()
        names = ", ".join(columns)
        if self.dialect == "postgresql" and len(rows) >= _COPY:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join([_MARK[self.dialect]] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608  names of the schema

    def lines_of(self, of: Batch, references: Collection[str]) -> list[tuple[str, str, str, int]]:
        """By the index operation_reference."""
        statement = sa.select(
            operation.c.reference, operation.c.kind, operation.c.marketplace_id, operation.c.line
        ).where(
            operation.c.seller_id == of.seller_id,
            operation.c.reference.in_(set(references)),
            operation.c.number == of.number,
            operation.c.status != Status.INVALID.value,
        )
        return [tuple(row) for row in self._all(statement)]

    def operations_at(self, number: int, lines: Sequence[int]) -> list[Operation]:
        """By the table's key."""
        statement = _SELECT.where(operation.c.number == number, operation.c.line.in_(lines)).order_by(operation.c.line)
        return [operation_of(row) for row in self._all(statement)]

    def operations_in(
        self, number: int, status: Status, kinds: Sequence[str], after: int, limit: int
    ) -> list[Operation]:
        """By the index operation_state, a branch for each kind; in the order of lines."""
        found: list[Operation] = []
        for kind in kinds or self._kinds_of(number, status):
            statement = in_state(_SELECT, number, status.value, kind, after)
            found += [operation_of(row) for row in self._all(statement.limit(limit))]
        return sorted(found, key=lambda each: each.line)[:limit]

    def _kinds_of(self, number: int, status: Status) -> list[str]:
        statement = sa.text("SELECT DISTINCT kind FROM batch_count WHERE number = :n AND status = :s AND count > 0")
        return list(self.connection.execute(statement, {"n": number, "s": status.value}).scalars())

    def operations_due(
        self, number: int, status: Status, kinds: Sequence[str], due_at: datetime, limit: int
    ) -> list[Operation]:
        """By the index operation_due."""
        if limit <= 0:
            return []
        statement = _SELECT.where(
            operation.c.number == number, operation.c.status == status.value, operation.c.due_at <= to_micros(due_at)
        )
        if kinds:
            statement = statement.where(_of_kinds(kinds))
        return [operation_of(row) for row in self._all(statement.order_by(operation.c.due_at).limit(limit))]

    def next_due_of(self, seller_id: str, status: Status, kinds: Sequence[str]) -> datetime | None:
        """By the index operation_due of each of the seller's batches that run."""
        due = (
            sa.select(sa.func.min(operation.c.due_at))
            .where(operation.c.number == batch.c.number, operation.c.status == status.value)
            .where(operation.c.due_at.is_not(None))
        )
        if kinds:
            due = due.where(_of_kinds(kinds))
        first = sa.select(due.scalar_subquery().label("due_at")).where(
            batch.c.seller_id == seller_id, batch.c.status == "running"
        )
        return instant(self.connection.execute(sa.select(sa.func.min(first.subquery().c.due_at))).scalar_one())

    def move_operations(self, number: int, from_status: Status, lines: Sequence[int], /, **changes: Any) -> list[int]:
        """Changes those of the lines whose status is still `from_status`, all alike, at once; answers which."""
        mark = _MARK[self.dialect]
        tried = changes.pop("tried", False)
        parts = [f"{name} = {mark}" for name in changes] + (["attempts = attempts + 1"] if tried else [])
        values = [_plain(value) for value in changes.values()]
        given: object = f"[{','.join(map(str, lines))}]" if self.dialect == "sqlite" else list(lines)
        statement = (
            f"UPDATE operation SET {', '.join(parts)} WHERE number = {mark} AND {_STATUS[self.dialect]} = {mark}"  # noqa: S608
            f" AND {_IN_LINES[self.dialect]} RETURNING line"
        )
        rows = self.driver.execute(statement, [*values, number, from_status.value, given]).fetchall()
        return [line for (line,) in rows]

    def attempts_of(self, number: int, line: int) -> list[Attempt]:
        """By the key of attempt."""
        statement = sa.select(*(attempt.c[name] for name in _ATTEMPT_COLUMNS)).where(
            attempt.c.number == number, attempt.c.line == line
        )
        return [_attempt(row) for row in self._all(statement.order_by(attempt.c.attempt))]


def behind(select: sa.Select[Any], number: int, held: Mapping[sa.Column[str], str], after: int) -> sa.Select[Any]:
    """A batch's operations with these values that stand behind a line, in the order of lines.

    The values are asked for as a range, and are part of the order, so that only the index of these columns has that
    order: asked for as equal, PostgreSQL may go by the table's key instead, past all that has other values.
    """
    order = (*held, operation.c.line)
    values = tuple(held.values())
    first = sa.tuple_(*order) > sa.tuple_(*map(sa.literal, (*values, after)))
    last = sa.tuple_(*held) <= sa.tuple_(*map(sa.literal, values))
    return select.where(operation.c.number == number, first, last).order_by(*order)


def in_state(select: sa.Select[Any], number: int, status: str, kind: str, after: int) -> sa.Select[Any]:
    """As `behind`, by the index operation_state."""
    return behind(select, number, {operation.c.status: status, operation.c.kind: kind}, after)


def _of_kinds(kinds: Sequence[str]) -> sa.ColumnElement[bool]:
    """Not by the index operation_state, which SQLite takes for the better: it would sort all that wait."""
    return operation.c.kind.concat("").in_(kinds)


def _plain(value: object) -> object:
    """A changed value as the driver takes it; words are bound as plain text."""
    found = stored_value(value)
    return str(found) if isinstance(found, str) else found


def _new_columns(one: Operation) -> tuple[object, ...]:
    number, line, seller_id, marketplace_id, kind, reference, body, before, status, code, message, *_ = one
    said = str(code) if code else None
    return (
        number, line, seller_id, marketplace_id, kind, reference, body, before, status.value, said, message, 0, 0,
    )  # fmt: skip


def _attempt_columns(one: Attempt) -> tuple[object, ...]:
    return (
        one.number, one.line, one.attempt, micros(one.attempted_at), micros(one.answered_at), one.outcome,
        str(one.code) if one.code else None, one.message, one.http_status, one.request_id, one.submission_id,
        one.issues,
    )  # fmt: skip


def operation_of(row: Sequence[Any]) -> Operation:
    """An operation from the columns in the order of its fields."""
    (
        number, line, seller_id, marketplace_id, kind, reference, body, before, status, code, message, attempts,
        repeats, attempted_at, completed_at, due_at,
    ) = row  # fmt: skip
    return Operation(
        number, line, seller_id, marketplace_id, kind, reference, body, before, _STATUSES[status], code, message,
        attempts, repeats, instant(attempted_at), instant(completed_at), instant(due_at),
    )  # fmt: skip


def _attempt(row: Any) -> Attempt:
    values: Mapping[str, Any] = dict(zip(_ATTEMPT_COLUMNS, row, strict=True))
    times = {"attempted_at": from_micros(row.attempted_at), "answered_at": from_micros(row.answered_at)}
    return Attempt(**{**values, **times})
