"""The named sources of SQL reports: a file or files, a SQLite file, or a PostgreSQL database, each only ever read."""

import re
from collections.abc import Mapping
from glob import has_magic
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec

from daybook.kernel.errors import Misconfigured

Kind = Literal["csv", "parquet", "json", "xlsx", "sqlite", "postgresql"]
Value = str | int | float | bool

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset({"information_schema", "main", "memory", "pg_catalog", "system", "temp"})
_CONNECT_WITHIN = 10  # seconds

OPTIONS: Mapping[Kind, frozenset[str]] = {
    "csv": frozenset(
        {"all_varchar", "dateformat", "decimal_separator", "delim", "encoding", "escape", "header"}
        | {"nullstr", "quote", "skip", "timestampformat", "union_by_name"}
    ),
    "parquet": frozenset({"hive_partitioning", "union_by_name"}),
    "json": frozenset({"format", "maximum_object_size", "union_by_name"}),
    "xlsx": frozenset({"all_varchar", "header", "range", "sheet", "stop_at_empty"}),
    "sqlite": frozenset(),
    "postgresql": frozenset(),
}
"""How a file may be read: options of DuckDB's readers, by their own names."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a source is, of which kind, and how it is read.

    `location` is a file, a folder, a pattern such as `orders/*.csv`, or a `postgresql://` address.
    """

    kind: Kind
    location: str
    options: dict[str, Value] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := sorted(self.options.keys() - OPTIONS[self.kind]):
            raise ValueError(f"{self.kind} has no option {unknown[0]}")
        if self.kind == "postgresql" and not self.location.startswith(("postgresql://", "postgres://")):
            raise ValueError("the location of a PostgreSQL source begins with postgresql://")

    @property
    def has_tables(self) -> bool:
        """Whether it is a database, of which a report names a table; a file is a table itself."""
        return self.kind in ("sqlite", "postgresql")


def check_names(sources: Mapping[str, Source]) -> None:
    """Raises Misconfigured where a source has a name that SQL cannot use as it is."""
    for name in sources:
        if not _NAME.fullmatch(name) or name in _RESERVED:
            raise Misconfigured(
                f"A source cannot be named {name!r}.",
                "A name is small letters, digits and underscores, begins with a letter, and is none of "
                f"{', '.join(sorted(_RESERVED))}.",
            )


def files_of(name: str, source: Source) -> list[Path]:
    """The real paths of a source's files, in order.

    Raises Misconfigured where there is none, or a link among them leads out of the source's folder.
    """
    location = Path(source.location)
    if location.is_dir():
        location /= f"*.{source.kind}"
    if not has_magic(str(location)):
        return [_plain(name, _real(name, location))]
    folder, pattern = _parted(location)
    found = sorted(folder.glob(pattern))
    if not found:
        raise Misconfigured(f"The source {name} has no files.", "Its location in the settings matches none.")
    return [_within(name, folder, path) for path in found]


def _parted(location: Path) -> tuple[Path, str]:
    """The folder that a location is about, and the pattern of what is meant within it."""
    first = next(number for number, part in enumerate(location.parts) if has_magic(part))
    return Path(*location.parts[:first]).resolve(), str(Path(*location.parts[first:]))


def _within(name: str, folder: Path, path: Path) -> Path:
    real = _plain(name, _real(name, path))
    if not real.is_relative_to(folder):
        raise Misconfigured(
            f"The file {path.name} of the source {name} is a link that leads out of the source's folder.",
            "Put the file itself there, or make it a source of its own.",
        )
    return real


def _real(name: str, path: Path) -> Path:
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise Misconfigured(f"The file {path.name} of the source {name} cannot be found.") from error


def _plain(name: str, path: Path) -> Path:
    if not path.is_file():
        raise Misconfigured(f"{path.name} of the source {name} is not a file.")
    if has_magic(str(path)):
        raise Misconfigured(f"The file {path.name} of the source {name} has one of *?[ in its path: rename it.")
    return path


def read_only_address(source: Source, seconds: int) -> str:
    """The address of a PostgreSQL source for sessions that only read, and end a statement after so many seconds."""
    parts = urlsplit(source.location)
    query = dict(parse_qsl(parts.query))
    settings = f"-c default_transaction_read_only=on -c statement_timeout={seconds * 1000}"
    query["options"] = f"{query.get('options', '')} {settings}".strip()
    query.setdefault("connect_timeout", str(_CONNECT_WITHIN))
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode(query, quote_via=quote)}"
