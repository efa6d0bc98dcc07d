"""NDJSON and JSON: objects as rows, each with its own header."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.faults import Fault
from daybook.kernel.files.limits import Limits

Row = tuple[int, tuple[str, ...], list[str]]
"""The line on which a row begins (an array's object has its place there), the names of its cells, and the cells."""

_decode = msgspec.json.Decoder().decode
_lenient = json.JSONDecoder(parse_int=str)
_PIECE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[{}\[\],]|[^"{}\[\],]+')
_OPENING, _CLOSING, _ENDS = frozenset("{["), frozenset("}]"), frozenset(",]")


def ndjson_rows(lines: Iterator[str], bad: dict[int, Fault], limits: Limits, first: int) -> Iterator[Row | Fault]:
    """A row for each line's object; `first` is the number of the first line."""
    for number, line in enumerate(lines, first):
        fault = bad.pop(number, None)
        if fault:
            yield fault
        elif not line.isspace():
            yield _row(number, line, limits)


def json_rows(lines: Iterator[str], bad: dict[int, Fault], limits: Limits, first: int) -> Iterator[Row | Fault]:
    """A row for each object of one JSON array, numbered by its place there: all of it may be one line of text.

    Raises InvalidInput where the array is broken: nobody can tell what stands behind that.
    """
    for place, (number, text) in enumerate(_elements(_pieces(lines, bad, first), limits.line), 1):
        yield _element(place, number, text, limits)


def _pieces(lines: Iterator[str], bad: dict[int, Fault], first: int) -> Iterator[tuple[int, str]]:
    """The text, cut at the marks that make its structure, and the line of each piece; a string is one piece."""
    for number, line in enumerate(lines, first):
        fault = bad.pop(number, None)
        if fault:
            raise InvalidInput("The JSON array cannot be read.", str(fault))
        for piece in _PIECE.findall(line):
            yield number, piece


class _Element:
    """One of the array while it is read: the line on which it begins, and what of its text is here."""

    def __init__(self, longest: int) -> None:
        self.begin = 0
        self.held: list[str] = []
        self._longest = longest
        self._length = 0
        self._depth = 0

    def takes(self, number: int, piece: str) -> bool:
        """Whether the piece is the element's, and not the mark behind it. Raises InvalidInput for one without end."""
        if self._depth == 0 and piece in _ENDS:
            return False
        self._depth += (piece in _OPENING) - (piece in _CLOSING)
        self._length += len(piece)
        if self._length > self._longest:
            raise _broken(self.begin or number, f"an element is longer than {self._longest:,} characters")
        if self.held or not piece.isspace():
            self.begin = self.begin or number
            self.held.append(piece)
        return True


def _elements(pieces: Iterator[tuple[int, str]], longest: int) -> Iterator[tuple[int, str]]:
    """The line on which each element of the array begins, and its text. Every piece is looked at once: the time that
    a file takes is that of its length, however it is laid out."""
    inside, before, mark = _opened(pieces), "[", ""
    while mark != "]":
        element = _Element(longest)
        number, mark = _filled(element, inside)
        if element.held or "," in (before, mark):
            yield element.begin or number, "".join(element.held)
        before = mark
    for number, piece in pieces:
        if not piece.isspace():
            raise _broken(number, "something stands behind the last ]")


def _filled(element: _Element, pieces: Iterator[tuple[int, str]]) -> tuple[int, str]:
    """Reads the element, and answers the mark behind it and its line."""
    number = element.begin
    for number, piece in pieces:
        if not element.takes(number, piece):
            return number, piece
    raise _broken(number, "it has no end")


def _opened(pieces: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """What stands behind the first bracket."""
    for number, piece in pieces:
        if piece == "[":
            return pieces
        if not piece.isspace():
            raise _broken(number, "it does not begin with [")
    raise _broken(1, "it does not begin with [")


def _element(place: int, number: int, text: str, limits: Limits) -> Row | Fault:
    try:
        found = _decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        if _is_whole(text):
            return Fault(place, f"this cannot be taken: {error}.")
        raise _broken(number, f"{error}") from error
    return _shaped(place, found, limits)


def _is_whole(text: str) -> bool:
    """Whether it is JSON but for a value that cannot be kept: half a surrogate pair, NaN, a number without end."""
    try:
        _lenient.decode(text)
    except ValueError:
        return False
    except RecursionError:  # its brackets were counted
        return True
    return True


def _broken(number: int, problem: str) -> InvalidInput:
    return InvalidInput("The JSON array cannot be read.", f"line {number}: {problem}.")


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
    if "\0" in "".join(cells) or "\0" in "".join(found):
        return Fault(number, "there is a NUL character (\\u0000).")
    return number, tuple(found), cells


def _text(value: object) -> str:
    """A number as it is written, an object or a list as JSON."""
    return "" if value is None else msgspec.json.encode(value).decode()
