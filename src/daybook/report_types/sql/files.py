"""Workbooks and Parquet: DuckDB writes the file into the report's own folder, from which it is read.

That folder is the only place where the report's DuckDB may write, and the COPY is ours.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from daybook.report_types.sql.formats import without_controls
from daybook.report_types.sql.query import Column, Query
from daybook.report_types.sql.sandbox import identifier, literal

_PIECE = 1024 * 1024
_LONGEST_CELL = 32_767  # of a workbook: beyond, spreadsheets call it damaged
_NUMBERS = frozenset(
    {"bigint", "boolean", "decimal", "hugeint", "integer", "smallint", "time", "tinyint"}
    | {"ubigint", "uhugeint", "uinteger", "usmallint", "utinyint"}
)
_PERHAPS_INFINITE = frozenset({"date", "double", "float", "timestamp", "timestamp with time zone"})


def _as_it_is(name: str, column: Column) -> str:
    del column
    return name


def _sheet_cell(name: str, column: Column) -> str:
    """A workbook has cells for numbers and for instants that are finite; all else is text."""
    if column.kind in _NUMBERS:
        return name
    if column.kind in _PERHAPS_INFINITE:
        return f"CASE WHEN isfinite({name}) THEN {name} END"
    text = without_controls(name, column.kind)
    reason = literal(f"A cell of the column {column.name} is longer than the {_LONGEST_CELL} letters of a workbook.")
    return f"CASE WHEN length({text}) > {_LONGEST_CELL} THEN error({reason}) ELSE {text} END"


@dataclass(frozen=True, slots=True)
class FileFormat:
    """The options of its COPY, and the SQL of a cell."""

    options: str
    cell: Callable[[str, Column], str]


FILE_FORMATS: Mapping[str, FileFormat] = {
    "XLSX": FileFormat("FORMAT xlsx, HEADER true", _sheet_cell),
    "PARQUET": FileFormat("FORMAT parquet", _as_it_is),
}


def file_pieces(query: Query, form: FileFormat, folder: Path) -> Iterator[bytes]:
    """The file, piece by piece; nothing where there is no row. Raises Misconfigured."""
    columns = query.columns()
    path = folder / "document"
    if query.copy(columns, _selection(columns, form), path, form.options) == 0:
        return
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _selection(columns: tuple[Column, ...], form: FileFormat) -> str:
    cells = (f"{form.cell(f'c{number}', column)} AS {identifier(column.name)}" for number, column in enumerate(columns))
    return ", ".join(cells)
