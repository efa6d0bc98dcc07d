"""Every report type and every producer, those of the operator's SQL files among them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from daybook.report_types.producers import Producer, producers
from daybook.report_types.sql.settings import SqlSettings
from daybook.reports.report_types import ReportTypes, report_types


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
class Registry:
    """`check` raises Misconfigured where a SQL file is wrong that never was right."""

    types: ReportTypes
    producers: Mapping[str, Producer]
    check: Callable[[], None] = lambda: None


def registry(sql: SqlSettings) -> Registry:
    """What there is, now and whenever it is asked: SQL files are read when they are first asked for."""
    staying, table = producers(), report_types()
    if sql.types is None:
        return Registry(table, staying)
    from daybook.report_types.sql.types import SqlTypes  # noqa: PLC0415  DuckDB takes time and memory to load

    own = SqlTypes(sql.types, sql, taken={each.name for each in table})
    return Registry(report_types(changing=own.types), Joined(staying, own), own.check)
