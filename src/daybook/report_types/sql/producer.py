"""The producer of a SQL report type."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daybook.report_types.sql.definition import Definition
from daybook.report_types.sql.files import FILE_FORMATS, file_pieces
from daybook.report_types.sql.query import Query
from daybook.report_types.sql.sandbox import open_sandbox
from daybook.report_types.sql.scratch import scratch_folder
from daybook.report_types.sql.settings import SqlSettings
from daybook.report_types.sql.texts import text_pieces
from daybook.reports.reports import Report


@dataclass(frozen=True, slots=True)
class SqlReport:
    """The producer of one SQL report type."""

    definition: Definition
    settings: SqlSettings

    @property
    def report_type(self) -> str:
        """The report type's name."""
        return self.definition.header.report_type

    def rows_up_to(self, source: Any, report: Report, limit: int) -> int:
        """The limit: nobody knows what a query will take, so each runs in a child process."""
        del source, report
        return limit

    def produce(self, source: Any, report: Report) -> Iterator[bytes]:
        """The rows of the SELECT, in the format and charset of its header; nothing where there is no row.

        Raises InvalidInput where the request lacks what the type needs, Misconfigured, with line and reason, where the
        SELECT or a source fails, and Unavailable where a source's server is away.
        """
        del source
        values = self.definition.values(report)
        form = FILE_FORMATS.get(self.definition.header.format)
        with self._query(values) as (query, folder), query.within_its_time():
            yield from text_pieces(query, self.definition) if form is None else file_pieces(query, form, folder)

    @contextmanager
    def _query(self, values: Mapping[str, object]) -> Iterator[tuple[Query, Path]]:
        definition, limits = self.definition, self.settings.limits
        used = {name: self.settings.sources[name] for name in sorted(definition.statement.sources)}
        xlsx = definition.header.format == "XLSX"
        with (
            scratch_folder(self.settings.work / "scratch") as folder,
            open_sandbox(used, limits, folder, writes_xlsx=xlsx) as sandbox,
        ):
            yield Query(sandbox, definition, values, limits), folder
