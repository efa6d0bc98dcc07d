"""A report's SELECT as it runs: with the request's values bound, in a sandbox, within its time."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from daybook.kernel.errors import Misconfigured
from daybook.report_types.sql.definition import Definition
from daybook.report_types.sql.faults import FaultyFile, Said, line_at, said, without
from daybook.report_types.sql.sandbox import Sandbox, literal
from daybook.report_types.sql.settings import Limits

_LINES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the result: its name, and the kind of its type in DuckDB's small letters."""

    name: str
    kind: str


class Query:
    """The SELECT of a definition. Its methods raise FaultyFile, with the line and the reason, where it fails."""

    def __init__(self, sandbox: Sandbox, definition: Definition, values: Mapping[str, object], limits: Limits) -> None:
        self._sandbox = sandbox
        self._definition = definition
        self._values = values
        self._limits = limits
        self._late = threading.Event()

    @contextmanager
    def within_its_time(self) -> Iterator[None]:
        """While the block lasts, the query is ended once its time is over."""
        timer = threading.Timer(self._limits.seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def columns(self) -> tuple[Column, ...]:
        """The columns of the result; of two with one name the second has another."""
        with self._told("SELECT * FROM (\n", ") LIMIT 0") as connection:
            return tuple(Column(name, kind.id) for name, kind, *_ in connection.description or ())

    def lines(self, columns: tuple[Column, ...], expression: str) -> Iterator[list[str]]:
        """The text that the expression makes of each row, in the order of the rows, some thousand at once.

        The expression knows the columns as c0, c1 ...
        """
        names = ", ".join(f"c{number}" for number in range(len(columns)))
        before = f"SELECT {expression} FROM (\n"  # noqa: S608  the expression is ours
        with self._told(before, f") AS report({names})") as connection:
            while rows := connection.fetchmany(_LINES_AT_ONCE):
                yield [line for (line,) in rows]

    def header(self, columns: tuple[Column, ...], expression: str) -> str:
        """The text that the expression makes of the columns' names."""
        names = ", ".join(f"{literal(column.name)} AS c{number}" for number, column in enumerate(columns))
        statement = f"SELECT {expression} FROM (SELECT {names})"  # noqa: S608  the expression is ours
        return str(self._sandbox.connection.execute(statement).fetchall()[0][0])

    def copy(self, columns: tuple[Column, ...], selection: str, path: Path, options: str) -> int:
        """Writes what is selected of the rows into the file, and says how many rows there were."""
        names = ", ".join(f"c{number}" for number in range(len(columns)))
        before = f"COPY (SELECT {selection} FROM (\n"  # noqa: S608  the selection is ours
        after = f") AS report({names})) TO {literal(str(path))} ({options}, USE_TMP_FILE false)"
        with self._told(before, after) as connection:
            return int(connection.fetchall()[0][0])

    def _end(self) -> None:
        self._late.set()
        self._sandbox.connection.interrupt()

    @contextmanager
    def _told(self, before: str, after: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Runs the SELECT within the other text; an error while the block lasts is told as one of the file."""
        connection, text = self._sandbox.connection, self._definition.statement.text
        try:
            yield connection.execute(f"{before}{text}\n{after}", dict(self._values))
        except duckdb.Error as error:
            raise self._failed(said(error), len(before.encode())) from None  # it names paths and addresses

    def _failed(self, told: Said, before: int) -> Misconfigured:
        statement = self._definition.statement
        line = statement.line
        if told.position is not None and 0 <= told.position - before < len(statement.text.encode()):
            line = line_at(statement.text, told.position - before)
        return FaultyFile(self._definition.file, line, self._reason(told))

    def _reason(self, told: Said) -> str:
        if self._late.is_set():
            return f"The query took longer than {self._limits.seconds} s, which is all that it may take."
        if told.kind == "Out of Memory":
            return f"The query needs more than the {self._limits.memory_mb} MB of memory that it may take."
        reason = without(self._sandbox.hidden, told.message)
        return reason if reason.endswith((".", "?", "!")) else f"{reason}."
