"""NDJSON: one JSON object on a line. Numbers stay the text that they were."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from daybook.catalog.drafts import Fault
from daybook.catalog.files.mapping import Pick, picker
from daybook.kernel.files.limits import Limits
from daybook.kernel.files.tables import Row

_AHEAD = 100
"""Objects read ahead, to know which columns there are."""

_PICKS = 1_000
"""Different sets of columns that are remembered."""

_LONGEST_EXPONENT = 20

_Object = tuple[int, dict[str, Any]]


class Objects:
    """The rows of an NDJSON file, with their cells picked already.

    Raises InvalidInput, at the first row, where the mapping names a column that the first 100 objects lack.
    """

    def __init__(
        self, lines: Iterator[str], bad: dict[int, Fault], mapping: Mapping[str, str], limits: Limits, first: int
    ) -> None:
        self._lines = enumerate(lines, first)
        self._bad = bad
        self._mapping = mapping
        self._limits = limits
        self._picks: dict[tuple[str, ...], Pick] = {}

    def __iter__(self) -> Iterator[Row | Fault]:
        objects = self._objects()
        ahead = list(islice(objects, _AHEAD))
        keys = dict.fromkeys(key for each in ahead if not isinstance(each, Fault) for key in each[1])
        if keys:
            picker(self._mapping, list(keys))
        for each in chain(ahead, objects):
            if isinstance(each, Fault):
                yield each
            else:
                yield from self._row(*each)

    def _objects(self) -> Iterator[_Object | Fault]:
        for number, line in self._lines:
            fault = self._bad.pop(number, None)
            if fault:
                yield fault
            elif not line.isspace():
                yield self._parsed(number, line)

    def _parsed(self, number: int, line: str) -> _Object | Fault:
        try:
            found = _decode(line)
        except ValueError as error:
            return Fault(number, f"this is not JSON: {error}.")
        except RecursionError:
            return Fault(number, "this JSON is nested too deeply.")
        if not isinstance(found, dict):
            return Fault(number, "this is not a JSON object.", remedy="Write one object on each line.")
        if len(found) > self._limits.columns:
            return Fault(number, f"there are {len(found):,} members; the limit is {self._limits.columns:,}.")
        return number, found

    def _row(self, number: int, found: dict[str, Any]) -> Iterator[Row | Fault]:
        cells: list[Any] = list(self._pick(tuple(found))([*found.values(), ""]))
        for at, value in enumerate(cells):
            if not isinstance(value, str):
                cells[at] = _text(value)
                if isinstance(value, list | dict):
                    problem = "a list or an object stands where one text or number is wanted; it was left out."
                    yield Fault(number, problem, value=json.dumps(value), refused=False)
        fault = self._unstorable(number, cells)
        yield fault or (number, cells)

    def _pick(self, keys: tuple[str, ...]) -> Pick:
        pick = self._picks.get(keys)
        if pick is None:
            if len(self._picks) == _PICKS:
                self._picks.clear()
            pick = self._picks[keys] = picker(self._mapping, keys, complete=False)
        return pick

    def _unstorable(self, number: int, cells: list[str]) -> Fault | None:
        longest = max(map(len, cells))
        if longest > self._limits.cell:
            return Fault(number, f"a text has {longest:,} characters; the limit is {self._limits.cell:,}.")
        text = "".join(cells)
        if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
            return Fault(number, "half of a surrogate pair is not a character.", remedy="Look for \\ud8 to \\udf.")
        return Fault(number, "there is a NUL character (\\u0000).") if "\0" in text else None


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ""


def _plain(number: str) -> str:
    """A JSON number without an exponent, as prices are written; a huge one stays as it is, to be refused."""
    exact = Decimal(number)
    return format(exact, "f") if abs(exact.adjusted()) <= _LONGEST_EXPONENT else number


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


_decode = json.JSONDecoder(parse_float=_plain, parse_int=str, parse_constant=_no_number).decode
