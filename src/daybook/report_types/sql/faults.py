"""What is told of a file that is wrong, and of a query that fails: the file, the line and the reason.

DuckDB's own messages may name paths of the machine and addresses of databases; neither is told.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from daybook.kernel.errors import Misconfigured


class FaultyFile(Misconfigured):
    """A SQL file is refused: which one, the line in it, and why."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}")


class Fault(Exception):
    """A line of a SQL file is wrong. Whoever knows the file's name makes a FaultyFile of it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class Said:
    """What DuckDB said: its kind of error, its message in one line, and the byte of the text that it is about."""

    kind: str
    message: str
    position: int | None


def said(error: duckdb.Error) -> Said:
    """Reads an error of a connection that tells errors as JSON."""
    text = str(error)
    try:
        told: dict[str, Any] = json.loads(text[text.index("{") :])
    except ValueError:
        told = {"exception_message": text}
    return said_in(told, "exception_type", "exception_message")


def said_in(told: Mapping[str, Any], kind: str, message: str) -> Said:
    """Reads DuckDB's own account of an error; `kind` and `message` are its names for those two."""
    position = told.get("position")
    return Said(
        kind=str(told.get(kind, "")),
        message=" ".join(str(told[message]).split()),
        position=None if position is None else int(position),
    )


def line_at(text: str, position: int) -> int:
    """The line, from 1, in which that byte of the text is."""
    return 1 + text.encode()[:position].count(b"\n")


def without(hidden: Mapping[str, str], message: str) -> str:
    """The message with each hidden text replaced by what may be told instead of it."""
    for text in sorted(hidden, key=len, reverse=True):
        message = message.replace(text, hidden[text])
    return message
