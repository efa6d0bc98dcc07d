"""The one SELECT of a SQL file, as DuckDB's own parser sees it: what it reads, and which values it asks for.

What is not allowed is refused here, before there is a connection that could run it: any other statement, functions that
reach beyond the sources, tables that are no source's. The connection refuses most of it once more; but it would let a
SELECT open another SQLite file or PostgreSQL server (both read past DuckDB's own file system), and a COPY overwrite a
source. So neither may rest on the connection alone.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

from daybook.report_types.sql.faults import Fault, line_at, said_in
from daybook.report_types.sql.sources import Source

TABLE_FUNCTIONS = frozenset(
    {"generate_series", "generate_subscripts", "json_each", "json_tree", "range", "repeat", "repeat_row", "unnest"}
)
"""The functions that may stand in a FROM: those that make rows of values, and read nothing."""
FORBIDDEN = frozenset({"current_setting", "getenv", "getvariable", "write_log"})
"""Functions of values that reach beyond the values."""
_CATALOGS = frozenset({"information_schema", "pg_catalog"})

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """A SELECT that was checked: its text from the file's first line on, so that lines count as they do there.

    `parameters` are the names of the values that it asks for, as it spells them; `sources` the names of what it reads.
    """

    text: str
    line: int
    parameters: frozenset[str]
    sources: frozenset[str]


def read_statement(text: str, sources: Mapping[str, Source]) -> Statement:
    """The one SELECT of the text. Raises Fault."""
    reading = _Reading(text, sources)
    tree = reading.tree()
    parameters = frozenset(str(entry["key"]) for entry in tree.get("named_param_map", ()))
    return Statement(reading.without_semicolon(), reading.first_line, parameters, reading.sources_of(tree))


class _Reading:
    def __init__(self, text: str, sources: Mapping[str, Source]) -> None:
        self._text = text
        self._sources = sources
        tokens = duckdb.tokenize(text)
        self.first_line = line_at(text, tokens[0][0]) if tokens else 1
        self._ends = [at for at, kind in tokens if kind == duckdb.token_type.operator and self._is_semicolon(at)]

    def _is_semicolon(self, at: int) -> bool:
        return self._text.encode()[at : at + 1] == b";"

    def without_semicolon(self) -> str:
        """The text up to the end of its one statement; what follows are comments."""
        return self._text.encode()[: self._ends[0]].decode() if self._ends else self._text

    def tree(self) -> Node:
        """The one statement, which is a SELECT, as DuckDB's parser has it."""
        told = _parsed(self._text)
        if told["error"] and told["error_type"] == "parser":
            said = said_in(told, "error_type", "error_message")
            raise Fault(self._line(said.position), f"{said.message}.")
        if told["error"] or len(told["statements"]) != 1:
            there = _kinds(self._text)
            raise Fault(self.first_line, f"there must be one SELECT and nothing else, and there is: {there}.")
        tree: Node = told["statements"][0]
        return tree

    def sources_of(self, tree: Node) -> frozenset[str]:
        """The names of the sources that the statement reads."""
        ctes = _common_tables(tree)
        if shadowing := sorted(ctes & _system_views()):
            raise Fault(self.first_line, f"WITH may not name a table {shadowing[0]}, as one of DuckDB's own is.")
        found = set()
        for node in _nodes(tree):
            self._check(node)
            if node.get("type") == "BASE_TABLE":
                found.add(self._source(node, ctes))
        return frozenset(found - {""})

    def _check(self, node: Node) -> None:
        name = str(node.get("function_name", "")).lower()
        if name in FORBIDDEN:
            raise self._fault(node, f"the function {name} is not for reports.")
        if node.get("type") == "SHOW_REF":
            raise self._fault(node, "a report selects rows; SHOW, DESCRIBE and SUMMARIZE are not for reports.")
        if node.get("type") == "TABLE_FUNCTION":
            self._check_table_function(node)

    def _check_table_function(self, node: Node) -> None:
        name = str(node["function"].get("function_name", ""))
        if name.lower() not in TABLE_FUNCTIONS:
            allowed = ", ".join(sorted(TABLE_FUNCTIONS))
            raise self._fault(node, f"{name}() may not stand in FROM; a source may, and {allowed}.")

    def _source(self, node: Node, ctes: frozenset[str]) -> str:
        """The source that the table is of; empty for a table of WITH."""
        catalog, schema, table = (str(node.get(f"{part}_name", "")) for part in ("catalog", "schema", "table"))
        if not schema and table.lower() in ctes:
            return ""
        name = (catalog or schema or table).lower()
        source = self._sources.get(name)
        if source is None:
            known = ", ".join(sorted(self._sources)) or "none"
            raise self._fault(node, f"there is no source {name!r}; the settings have: {known}.")
        if source.has_tables != bool(schema):
            what = f"holds tables: write {name}.TABLE" if source.has_tables else f"is a table: write {name}"
            raise self._fault(node, f"{name} {what}.")
        if schema.lower() in _CATALOGS:
            raise self._fault(node, f"{schema} is not for reports.")
        return name

    def _fault(self, node: Node, reason: str) -> Fault:
        return Fault(self._line(node.get("query_location")), reason)

    def _line(self, position: int | None) -> int:
        return self.first_line if position is None else line_at(self._text, position)


def _parsed(text: str) -> dict[str, Any]:
    """What DuckDB's parser makes of the text, or its error."""
    ask = "SELECT json_serialize_sql($text::VARCHAR, skip_null := true, skip_empty := true, skip_default := true)"
    with _parser().cursor() as cursor:
        parsed: dict[str, Any] = json.loads(cursor.execute(ask, {"text": text}).fetchall()[0][0])
    return parsed


def _kinds(text: str) -> str:
    """The statements of the text, in words."""
    try:
        with _parser().cursor() as cursor:
            found = [statement.type.name for statement in cursor.extract_statements(text)]
    except duckdb.Error:  # of some that read a file to say what they are
        found = ["a statement that reaches for a file"]
    return ", ".join(found) or "nothing"


def _nodes(tree: object) -> Iterator[Node]:
    """Every node of the tree."""
    if isinstance(tree, list):
        for part in tree:
            yield from _nodes(part)
    elif isinstance(tree, dict):
        yield tree
        for part in tree.values():
            yield from _nodes(part)


def _common_tables(tree: Node) -> frozenset[str]:
    maps = (node["cte_map"].get("map", ()) for node in _nodes(tree) if "cte_map" in node)
    return frozenset(str(entry["key"]).lower() for entries in maps for entry in entries)


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """A connection that only ever parses."""
    return duckdb.connect(":memory:", config={"threads": "1", "enable_external_access": "false"})


@cache
def _system_views() -> frozenset[str]:
    with _parser().cursor() as cursor:
        return frozenset(name for (name,) in cursor.execute("SELECT view_name FROM duckdb_views()").fetchall())
