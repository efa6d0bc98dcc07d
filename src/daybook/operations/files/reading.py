"""From a file or a stream to rows, whatever their format."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from daybook.kernel.files.faults import Fault
from daybook.kernel.files.limits import Limits
from daybook.kernel.files.tables import Table
from daybook.kernel.files.texts import delimiter_of, from_first_text, open_text
from daybook.operations.files.objects import Row, json_rows, ndjson_rows

__all__ = ["Format", "Row", "read_rows"]


class Format(StrEnum):
    """The formats that batches are read from."""

    CSV = "csv"
    TSV = "tsv"
    NDJSON = "ndjson"
    JSON = "json"


def read_rows(
    source: Path | BinaryIO,
    *,
    name: str = "",
    format: Format | None = None,  # noqa: A002  the word of the field
    encoding: str = "utf-8",
    limits: Limits | None = None,
) -> Iterator[Row | Fault]:
    """The rows of a file, and the faults of those that cannot be read.

    Raises InvalidInput, at once or on the way, for a file that cannot be read at all or to its end.
    """
    limits = limits or Limits()
    text = open_text(source, encoding, limits)
    lines, number = from_first_text(iter(text), text.bad)
    first = next(lines)
    lines = chain([first], lines)
    found = format or _looks_like(name, first)
    if found is Format.NDJSON:
        return ndjson_rows(lines, text.bad, limits, number)
    if found is Format.JSON:
        return json_rows(lines, text.bad, limits, number)
    delimiter = "\t" if found is Format.TSV else delimiter_of(name, first)
    return _table_rows(Table(lines, text.bad, delimiter, limits, number))


def _looks_like(name: str, first_line: str) -> Format:
    begin = first_line.lstrip()
    if begin.startswith("["):
        return Format.JSON
    if begin.startswith("{"):
        return Format.NDJSON
    return Format.TSV if delimiter_of(name, first_line) == "\t" else Format.CSV


def _table_rows(table: Table) -> Iterator[Row | Fault]:
    header = tuple(table.header)
    for row in table:
        yield row if isinstance(row, Fault) else (row[0], header, row[1])
