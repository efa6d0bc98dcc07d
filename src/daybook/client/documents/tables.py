"""Text of lines and cells, as rows: a dictionary for each, its keys the header's.

Tab-separated documents mostly know no quotes: a quotation mark is a letter. One whose header begins with a quote knows
them, and so does one with commas. A row that lacks cells at its end has empty ones there; one with more than the header
is an error, and of two columns with one name the second is called `name (2)`.
"""

import csv
from collections import Counter
from collections.abc import Iterable
from io import StringIO
from itertools import repeat

from daybook.client.errors import MalformedRow

Row = dict[str, str]
Cells = list[str]

QUOTE = '"'
LONGEST_ROW = 16 * 1024 * 1024
"""Letters of one row: beyond, something else than a table was sent."""


class Table:
    """Rows of cells from text that comes in pieces; the first of them is the header, and not among those given out.

    Give it a piece, read the block that comes of it, and only then give it the next: a row that does not end in its
    block is put back, and comes with the next one.
    """

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.quoted: bool | None = None
        self.header: Cells = []
        self._left: list[str] = []
        self._length = 0
        self._rows = 0

    def block(self, text: str) -> str:
        """The whole lines that are here now; often none. Raises MalformedRow where a row does not end."""
        if self.quoted is None and text:
            self.quoted = self.delimiter == "," or text.startswith(QUOTE)
        end = text.rfind("\n") + 1
        whole = ["".join([*self._left, text[:end]])] if end else []
        self._left = [] if end else self._left
        self._length = 0 if end else self._length
        self._keep(text[end:])
        return "".join(whole)

    def last_block(self) -> str:
        """What is left at the end: a line without an end, or a row whose quotes do not close."""
        left, self._left = "".join(self._left), []
        return left

    def rows(self, block: str, *, last: bool = False) -> Iterable[Row]:
        """The block's rows, each made when it is taken. Raises MalformedRow."""
        records = self.records(block, last=last)
        fit = set(map(len, records)) == {len(self.header)}
        return self._named(records if fit else self.fitted(records))

    def _named(self, records: Iterable[Cells]) -> Iterable[Row]:
        """Rows of lists of cells that are as wide as the header; all of it in C, for there are millions."""
        return map(dict, map(zip, repeat(self.header), records))

    def records(self, block: str, *, last: bool = False) -> list[Cells]:
        """The block's rows as lists of cells, as they come; the header is taken off."""
        if not block:
            return []
        records = (
            self._quoted(block, last=last) if self.quoted else [line.split(self.delimiter) for line in _lines(block)]
        )
        self._rows += len(records)
        if not self.header and records:
            self.header = _distinct(records.pop(0))
        return records

    def fitted(self, records: list[Cells]) -> list[Cells]:
        """The rows that `records` gave, each as wide as the header; empty lines are none. Raises MalformedRow."""
        width, first = len(self.header), self._rows - len(records) + 1
        empty: list[Cells] = [[]] if width == 1 else [[], [""]]
        rows = [cells for cells in records if cells not in empty]
        self._rows -= len(records) - len(rows)
        return [_fit(cells, width, row) for row, cells in enumerate(rows, first)]

    def passed(self, rows: int) -> None:
        """Another has read so many rows."""
        self._rows += rows

    def _quoted(self, block: str, *, last: bool) -> list[Cells]:
        """Rows in which a quoted cell may hold new lines: one that does not end in this block waits for the next."""
        lines = list(StringIO(block, newline="\n"))
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        records: list[Cells] = []
        whole = 0
        try:
            for cells in reader:
                records.append(cells)
                whole = reader.line_num
        except csv.Error as error:
            if last or reader.line_num < len(lines):
                row = self._rows + sum(map(bool, records)) + 1
                raise MalformedRow(row, f"Row {row} cannot be read.", f"Of its quotes: {error}.") from error
            after, self._left, self._length = self._left, [], 0
            for text in (*lines[whole:], *after):
                self._keep(text)
        return records

    def _keep(self, text: str) -> None:
        if text:
            self._left.append(text)
            self._length += len(text)
        if self._length > LONGEST_ROW:
            row = self._rows + 1
            raise MalformedRow(row, f"Row {row} has no end within {LONGEST_ROW:,} letters.", "This is no table.")


def _lines(block: str) -> list[str]:
    text = block.replace("\r\n", "\n") if "\r" in block else block
    return text.removesuffix("\n").split("\n")


def _fit(cells: Cells, width: int, row: int) -> Cells:
    while len(cells) > width and not cells[-1]:
        cells.pop()
    if len(cells) > width:
        told = f"It has {len(cells)} cells, and the header {width}; its first is {cells[0]!r}."
        raise MalformedRow(row, f"Row {row} does not fit the header.", told)
    return cells + [""] * (width - len(cells))


def _distinct(header: Cells) -> Cells:
    """The header with names of which each is there once."""
    seen: Counter[str] = Counter()
    names = []
    for name in header:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
