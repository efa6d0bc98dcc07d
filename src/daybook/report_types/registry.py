"""Every report type and every producer, those of the operator's SQL files among them."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daybook.report_types.producers import Producer, producers
from daybook.report_types.sql.settings import SqlSettings
from daybook.reports.added import AddedTypes
from daybook.reports.report_types import ReportTypes, report_types
from daybook.reports.rows import ReportType


class Joined(Mapping[str, Producer]):
    """Producers that stay, and then those that come and go."""

    def __init__(self, staying: Mapping[str, Producer], changing: Mapping[str, Producer]) -> None:
        self._staying = staying
        self._changing = changing

    def __getitem__(self, report_type: str) -> Producer:
        return self._staying.get(report_type) or self._changing[report_type]

    def __iter__(self) -> Iterator[str]:
        yield from self._staying
        yield from self._changing

    def __len__(self) -> int:
        return len(self._staying) + len(self._changing)


@dataclass(frozen=True, slots=True)
class Taken(Container[str]):
    """Names that are taken for good, and those that are taken now."""

    names: Container[str]
    now: Callable[[], Container[str]]

    def __contains__(self, name: object) -> bool:
        return name in self.names or name in self.now()


@dataclass(frozen=True, slots=True)
class Registry:
    """`check` raises Misconfigured where a file of the operator's is wrong that never was right.

    `stale` tells what is wrong with files of which an earlier version holds.
    """

    types: ReportTypes
    producers: Mapping[str, Producer]
    check: Callable[[], None] = lambda: None
    stale: Callable[[], Sequence[str]] = tuple


def registry(sql: SqlSettings, added: Path | None = None) -> Registry:
    """What there is, now and whenever it is asked: an operator's files are read when they are first asked for.

    `added` is where the report types stand that an operator adds to the table, a file or a folder; None where nowhere.
    """
    staying, table = producers(), report_types()
    names = {each.name for each in table}
    rows = AddedTypes(added, names) if added else None
    if sql.types is None:
        return Registry(report_types(changing=rows.types), staying, rows.check) if rows else Registry(table, staying)
    from daybook.report_types.sql.types import SqlTypes  # noqa: PLC0415  DuckDB takes time and memory to load

    own = SqlTypes(sql.types, sql, taken=Taken(names, rows.types) if rows else names)

    def types() -> Mapping[str, ReportType]:
        return {**own.types(), **(rows.types() if rows else {})}

    def check() -> None:
        if rows:
            rows.check()
        own.check()

    return Registry(report_types(changing=types), Joined(staying, own), check, own.stale)
