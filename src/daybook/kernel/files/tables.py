"""CSV and TSV: lines as rows of cells, so that a bad row never takes another with it.

The quoting is read strictly. Where it does not add up, the row's first line alone is given up, and reading begins
anew with the line after it: a stray quote cannot swallow the rows below. In TSV, where many programs write quotes
without meaning them, such a line is read once more with its quotes as plain text.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator

from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.faults import Fault
from daybook.kernel.files.limits import Limits

TAB = "\t"


Row = tuple[int, list[str]]
"""The line on which a row begins, and its cells."""


class Table:
    """Rows of a delimited file below its header. Rows without any text are left out.

    `lines` come with their line ends; `bad` holds the faults of those that could not be decoded; the first line has
    the number `first`. Raises InvalidInput, when made, where the header cannot be read.
    """

    def __init__(self, lines: Iterator[str], bad: dict[int, Fault], delimiter: str, limits: Limits, first: int) -> None:
        self._lines = lines
        self._bad = bad
        self._delimiter = delimiter
        self._limits = limits
        self._number = first
        self._again: deque[str] = deque()
        self._record: list[str] = []
        self._width = -1  # the header's own, once it is known
        self._rows = self._parsed()
        self.header = self._header()

    def __iter__(self) -> Iterator[Row | Fault]:
        return self._rows

    def _header(self) -> list[str]:
        first = next(self._rows, None)
        if first is None:
            raise InvalidInput("The file holds no text.")
        if isinstance(first, Fault):
            raise InvalidInput(f"The header cannot be read: {first}")
        cells = first[1]
        if len(cells) > self._limits.columns:
            raise InvalidInput(f"The header has {len(cells):,} columns; the limit is {self._limits.columns:,}.")
        self._width = len(cells)
        return _unlike([name.strip() for name in cells])

    def _parsed(self) -> Iterator[Row | Fault]:
        record, bad, longest = self._record, self._bad, self._limits.cell
        while True:
            try:
                for cells in csv.reader(self._feed(), delimiter=self._delimiter, strict=True):
                    row: Row | Fault | None
                    number = self._number
                    plain = len(cells) == self._width and len(record) == 1 and cells[0] != "" and not bad
                    row = (number, cells) if plain and len(record[0]) <= longest else self._checked(cells)
                    self._number = number + len(record)
                    record.clear()
                    if row:
                        yield row
            except csv.Error as error:
                row = self._given_up(str(error))
                if row:
                    yield row
            else:
                return

    def _feed(self) -> Iterator[str]:
        record = self._record
        while self._again:
            record.append(self._again.popleft())
            yield record[-1]
        for line in self._lines:
            record.append(line)
            yield line

    def _checked(self, cells: list[str]) -> Row | Fault | None:
        """The row, if its cells fit the header; None if there is no text in it. Raises csv.Error for a stray quote."""
        number, width = self._number, len(cells) if self._width < 0 else self._width
        if len(self._record) > 1 and len(cells) != width:
            raise csv.Error("a quote opens here and closes on a later line, but the cells do not fit the header.")
        fault = self._take_bad(len(self._record))
        if fault:
            return fault
        if not any(map(str.strip, cells)):
            return None
        if any(cells[width:]):
            problem = f"there are {len(cells):,} cells, but the header has {width:,}."
            return Fault(number, problem, remedy="Is there a delimiter in a cell that is not quoted?")
        cells = cells[:width] + [""] * (width - len(cells))
        longest = max(map(len, cells))
        if longest > self._limits.cell:
            return Fault(number, f"a cell has {longest:,} characters; the limit is {self._limits.cell:,}.")
        return number, cells

    def _given_up(self, problem: str) -> Row | Fault | None:
        """What is left of a record whose quoting is wrong; its lines but the first will be read again."""
        line, *rest = self._record
        self._again.extendleft(reversed(rest))
        self._record[:] = [line]
        if self._delimiter == TAB:
            row = self._checked(line.rstrip("\r\n").split(TAB))
        else:
            row = self._take_bad(1) or Fault(self._number, f"the quoting is wrong: {problem}", remedy=_QUOTING)
        self._number += 1
        self._record.clear()
        return row

    def _take_bad(self, lines: int) -> Fault | None:
        faults = [self._bad.pop(number, None) for number in range(self._number, self._number + lines)]
        return next((fault for fault in faults if fault), None)


def plain_name(name: str) -> str:
    """A column's name without what differs between programs: capitals, blanks, underscores and hyphens."""
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


def _unlike(header: list[str]) -> list[str]:
    """The names, none of which is another's. Raises InvalidInput naming two columns of which nobody could tell which
    is meant; columns without a name are nobody's.
    """
    places: dict[str, int] = {}
    for place, name in enumerate(header, 1):
        earlier = places.setdefault(plain_name(name), place)
        if name and earlier != place:
            raise InvalidInput(
                f"Two columns have the same name: column {earlier} is {header[earlier - 1]!r}, and column {place} is "
                f"{name!r}.",
                "Rename one of them, or take it out.",
            )
    return header


_QUOTING = 'Inside a quoted cell, write a quote twice: "".'
