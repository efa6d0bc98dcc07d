"""Documents of text: how DuckDB is asked for each row's line, and what stands around and between lines.

DuckDB makes the lines, many rows at a time; nothing of a row is ever put together in Python.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from daybook.report_types.sql.query import Column
from daybook.report_types.sql.sandbox import literal

_PLAIN = frozenset(
    {"bigint", "boolean", "date", "decimal", "double", "float", "hugeint", "integer", "smallint", "tinyint", "ubigint"}
    | {"uhugeint", "uinteger", "usmallint", "utinyint", "uuid"}
)
"""Kinds whose text holds nothing that a format would have to escape."""
_NESTED = frozenset({"array", "list", "map", "struct", "union", "variant"})
_CONTROLS = r"[\x00-\x1f]"


def text_of(name: str, kind: str) -> str:
    """A column as text; lists and structures are JSON."""
    return f"CAST(to_json({name}) AS VARCHAR)" if kind in _NESTED else f"CAST({name} AS VARCHAR)"


def without_controls(name: str, kind: str) -> str:
    """A column as text in which tabs, line breaks and other control characters are a space each."""
    text = text_of(name, kind)
    return text if kind in _PLAIN else f"regexp_replace({text}, '{_CONTROLS}', ' ', 'g')"


def _quoted(name: str, kind: str) -> str:
    text = text_of(name, kind)
    if kind in _PLAIN:
        return text
    quoted = f"""'"' || replace({text}, '"', '""') || '"'"""
    return f"""CASE WHEN regexp_matches({text}, '[",\\r\\n]') THEN {quoted} ELSE {text} END"""


def _member(name: str, kind: str) -> str:
    """A column as a member's value: JSON has no word for what is not a finite number."""
    return f"CASE WHEN isfinite({name}) THEN {name} END" if kind in ("float", "double") else name


def _joined(cell: Callable[[str, str], str], separator: str) -> Callable[[tuple[Column, ...]], str]:
    def line(columns: tuple[Column, ...]) -> str:
        cells = (f"coalesce({cell(f'c{number}', column.kind)}, '')" for number, column in enumerate(columns))
        return f"concat_ws({separator}, {', '.join(cells)})"

    return line


def _json_object(columns: tuple[Column, ...]) -> str:
    members = (f"{literal(column.name)}, {_member(f'c{number}', column.kind)}" for number, column in enumerate(columns))
    return f"CAST(json_object({', '.join(members)}) AS VARCHAR)"


@dataclass(frozen=True, slots=True)
class TextFormat:
    """`line` is the SQL of a row's line; the rest stands around the lines, a header in the place of the opening."""

    line: Callable[[tuple[Column, ...]], str]
    has_header: bool
    opening: str = ""
    separator: str = "\n"
    closing: str = "\n"


TEXT_FORMATS: Mapping[str, TextFormat] = {
    "TSV": TextFormat(_joined(without_controls, "chr(9)"), has_header=True),
    "CSV": TextFormat(_joined(_quoted, "','"), has_header=True),
    "JSON": TextFormat(_json_object, has_header=False, opening="[\n", separator=",\n", closing="\n]\n"),
}
"""TSV is unquoted, as Amazon's flat files are; CSV is RFC 4180's, but for LF; JSON is an array with an object a row."""
