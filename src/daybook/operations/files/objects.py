"""NDJSON and JSON: objects as rows, each with its own header."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.faults import Fault
from daybook.kernel.files.limits import Limits

Row = tuple[int, tuple[str, ...], list[str]]
"""The line on which a row begins, the names of its cells, and the cells."""

_decode = msgspec.json.Decoder().decode
_array = json.JSONDecoder()
_BETWEEN = " \t\r\n"


def ndjson_rows(lines: Iterator[str], bad: dict[int, Fault], limits: Limits, first: int) -> Iterator[Row | Fault]:
    """A row for each line's object; `first` is the number of the first line."""
    for number, line in enumerate(lines, first):
        fault = bad.pop(number, None)
        if fault:
            yield fault
        elif not line.isspace():
            yield _row(number, line, limits)


def json_rows(lines: Iterator[str], bad: dict[int, Fault], limits: Limits, first: int) -> Iterator[Row | Fault]:
    """A row for each object of one JSON array. Raises InvalidInput where the array is broken: nobody can tell what
    stands behind that."""
    for number, found in _elements(_Text(lines, bad, limits, first)):
        yield _shaped(number, found, limits)


class _Text:
    """The text of a JSON array that has not been read yet, and the line on which it begins."""

    def __init__(self, lines: Iterator[str], bad: dict[int, Fault], limits: Limits, first: int) -> None:
        self._lines = lines
        self._bad = bad
        self._longest = limits.line
        self._next = first
        self.number = first
        self.text = ""

    def more(self) -> bool:
        """One line more; False at the end. Raises InvalidInput for a line that cannot be read or never ends."""
        line = next(self._lines, None)
        if line is None:
            return False
        fault = self._bad.pop(self._next, None)
        if fault:
            raise InvalidInput("The JSON array cannot be read.", str(fault))
        if len(self.text) > self._longest:
            raise self.broken(f"an element is longer than {self._longest:,} characters")
        self._next += 1
        self.text += line
        return True

    def skip(self, characters: str) -> str:
        """The first character that is none of these; empty at the end. What is before it is dropped."""
        while True:
            rest = self.text.lstrip(characters)
            self._drop(len(self.text) - len(rest))
            if rest or not self.more():
                return rest[:1] or self.text[:1]

    def take(self, length: int) -> None:
        """So much was read."""
        self._drop(length)

    def _drop(self, length: int) -> None:
        self.number += self.text.count("\n", 0, length)
        self.text = self.text[length:]

    def broken(self, problem: str) -> InvalidInput:
        return InvalidInput("The JSON array cannot be read.", f"line {self.number}: {problem}.")


def _elements(source: _Text) -> Iterator[tuple[int, Any]]:
    if source.skip(_BETWEEN) != "[":
        raise source.broken("it does not begin with [")
    source.take(1)
    if source.skip(_BETWEEN) == "]":
        source.take(1)
        return
    while True:
        source.skip(_BETWEEN)
        yield source.number, _element(source)
        after = source.skip(_BETWEEN)
        source.take(1)
        if after == "]":
            break
        if after != ",":
            raise source.broken("a comma or ] is missing")
    if source.skip(_BETWEEN):
        raise source.broken("something stands behind the last ]")


def _element(source: _Text) -> Any:
    while True:
        try:
            found, end = _array.raw_decode(source.text)
        except (json.JSONDecodeError, RecursionError) as error:
            if not source.more():
                raise source.broken(f"{error}") from error
        else:
            source.take(end)
            return found


def _row(number: int, line: str, limits: Limits) -> Row | Fault:
    try:
        found = _decode(line)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        return Fault(number, f"this is not JSON: {error}.")
    return _shaped(number, found, limits)


def _shaped(number: int, found: Any, limits: Limits) -> Row | Fault:
    if not isinstance(found, dict):
        return Fault(number, "this is not a JSON object.", remedy="Write one object for each operation.")
    if len(found) > limits.columns:
        return Fault(number, f"there are {len(found):,} members; the limit is {limits.columns:,}.")
    cells = [value if isinstance(value, str) else _text(value) for value in found.values()]
    longest = max(map(len, cells), default=0)
    if longest > limits.cell:
        return Fault(number, f"a value has {longest:,} characters; the limit is {limits.cell:,}.")
    if "\0" in "".join(cells):
        return Fault(number, "there is a NUL character (\\u0000).")
    return number, tuple(found), cells


def _text(value: object) -> str:
    """A number as it is written, an object or a list as JSON."""
    return "" if value is None else msgspec.json.encode(value).decode()
