"""A DuckDB of one report's own, which reads that report's sources, and can neither read, write nor load anything else.

Extensions are loaded from their wheels and sources opened first, as views and read-only databases. Then access to all
other files is taken away, and the settings are locked.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import duckdb

from daybook.kernel.errors import Misconfigured, Unavailable
from daybook.report_types.sql.faults import said, without
from daybook.report_types.sql.settings import Limits
from daybook.report_types.sql.sources import Source, files_of, read_only_address

EXTENSIONS = {"sqlite": "sqlite_scanner", "postgresql": "postgres_scanner", "xlsx": "excel"}
_READERS = {"csv": "read_csv", "parquet": "read_parquet", "json": "read_json", "xlsx": "read_xlsx"}
_MOST_THREADS = 4
_NOT_FOR_LACK_OF_IT = "FATAL:"
"""What a PostgreSQL server says itself, rather than that it cannot be reached."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """An open DuckDB, and what its messages must not tell, with what is told instead."""

    connection: duckdb.DuckDBPyConnection
    hidden: Mapping[str, str]


@contextmanager
def open_sandbox(
    sources: Mapping[str, Source], limits: Limits, folder: Path, *, writes_xlsx: bool = False
) -> Iterator[Sandbox]:
    """A DuckDB with these sources, which may write within the folder alone: there it spills.

    Raises Misconfigured where a source is not what the settings say, and Unavailable where its server is away.
    """
    kinds = {source.kind for source in sources.values()} | ({"xlsx"} if writes_xlsx else set())
    with duckdb.connect(":memory:", config=_config(limits, folder)) as connection:
        for extension in sorted(EXTENSIONS[kind] for kind in kinds if kind in EXTENSIONS):
            _load(connection, extension)
        opening = _Opening(connection, limits)
        for name, source in sources.items():
            opening.open(name, source)
        _shut(connection, opening.paths)
        yield Sandbox(connection, opening.hidden | {str(folder): "the report's own folder"})


def _config(limits: Limits, folder: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "allow_community_extensions": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "errors_as_json": "true",
        "memory_limit": f"{limits.memory_mb}MB",
        "python_enable_replacements": "false",
        "secret_directory": str(folder),  # none are there
        "temp_directory": str(folder),
        "threads": str(min(_MOST_THREADS, os.cpu_count() or 1)),
    }


def _shut(connection: duckdb.DuckDBPyConnection, paths: list[Path]) -> None:
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET allowed_paths = {literal([str(path) for path in paths])}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _load(connection: duckdb.DuckDBPyConnection, extension: str) -> None:
    module = f"duckdb_extension_{extension}"
    try:
        wheel = files(module) / "extensions" / f"v{duckdb.__version__}" / f"{extension}.duckdb_extension"
        connection.load_extension(str(wheel))
    except (ModuleNotFoundError, duckdb.Error) as error:
        raise Misconfigured(
            f"DuckDB's extension {extension} cannot be loaded.",
            f"Install {module.replace('_', '-')}=={duckdb.__version__}, the version of duckdb itself.",
        ) from error


class _Opening:
    """Sources as they are opened: the files that stay readable, and the texts to be hidden."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self.paths: list[Path] = []
        self.hidden: dict[str, str] = {}

    def open(self, name: str, source: Source) -> None:
        if source.kind == "postgresql":
            self._attach(name, source, read_only_address(source, self._limits.seconds), "postgres")
            return
        paths = files_of(name, source)
        self.hidden |= {str(path): f"the source {name}" for path in paths}
        if source.kind == "sqlite":
            self._attach(name, source, str(paths[0]), "sqlite")
        else:
            self.paths += paths
            self._view(name, source, paths)

    def _attach(self, name: str, source: Source, address: str, kind: str) -> None:
        self.hidden |= {address: f"the source {name}", source.location: f"the source {name}"}
        self._run(name, f"ATTACH {literal(address)} AS {identifier(name)} (TYPE {kind}, READ_ONLY)")

    def _view(self, name: str, source: Source, paths: list[Path]) -> None:
        read = [_call(source, part) for part in (paths if source.kind == "xlsx" else [paths])]
        self._run(name, f"CREATE VIEW {identifier(name)} AS " + " UNION ALL BY NAME ".join(f"FROM {r}" for r in read))

    def _run(self, name: str, statement: str) -> None:
        try:
            self._connection.execute(statement)
        except duckdb.Error as error:
            raise self._told(name, without(self.hidden, said(error).message)) from None  # the error names the address

    def _told(self, name: str, reason: str) -> Exception:
        if "Unable to connect" in reason and _NOT_FOR_LACK_OF_IT not in reason:
            return Unavailable(f"The source {name} cannot be reached.", reason)
        return Misconfigured(f"The source {name} cannot be opened.", reason)


def _call(source: Source, paths: Path | list[Path]) -> str:
    found = [str(path) for path in paths] if isinstance(paths, list) else str(paths)
    options = "".join(f", {identifier(name)} = {literal(value)}" for name, value in sorted(source.options.items()))
    return f"{_READERS[source.kind]}({literal(found)}{options})"


def identifier(name: str) -> str:
    """The name as SQL has it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | float | list[str]) -> str:
    """The value as SQL has it, whatever it holds."""
    if isinstance(value, list):
        return f"[{', '.join(literal(part) for part in value)}]"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower()
