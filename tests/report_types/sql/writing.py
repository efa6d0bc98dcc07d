"""SQL files and sources that a test writes, and the reports that come of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from daybook.report_types.sql.settings import Limits, SqlSettings
from daybook.report_types.sql.sources import Kind, Source, Value
from daybook.report_types.sql.types import SqlTypes
from daybook.reports.report_types import report_types
from daybook.reports.reports import Report
from daybook.reports.status import Status

NAME = "GET_A_REPORT"
HEADER = f"-- report type: {NAME}\n-- format: TSV\n"
SELLER = "A1EXAMPLE"
US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 11, 21, tzinfo=UTC)
TAKEN = frozenset(each.name for each in report_types())


@dataclass
class Folder:
    """A folder of SQL files, and another of what they read."""

    path: Path
    limits: Limits = field(default_factory=Limits)
    sources: dict[str, Source] = field(default_factory=dict)

    @property
    def types(self) -> Path:
        return self.path / "types"

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def settings(self) -> SqlSettings:
        return SqlSettings(self.types, self.sources, self.limits, self.path / "work")

    def write(self, text: str, file: str = "a.sql") -> Path:
        """A SQL file."""
        self.types.mkdir(exist_ok=True)
        path = self.types / file
        path.write_text(text, "utf-8")
        return path

    def add(self, name: str, content: str | bytes, **options: Value) -> Path:
        """A file with that content, a source by its name; the kind is the name's ending."""
        self.data.mkdir(exist_ok=True)
        path = self.data / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        source, _, kind = name.partition(".")
        self.sources[source] = Source(cast("Kind", kind), str(path), options)
        return path

    def open(self) -> SqlTypes:
        """The report types, as a process that starts finds them."""
        return SqlTypes(self.types, self.settings, TAKEN)

    def make(self, select: str, header: str = "", form: str = "TSV", **changes: Any) -> bytes:
        """The document of a report over the sources."""
        return b"".join(self.pieces(select, header, form, **changes))

    def pieces(self, select: str, header: str = "", form: str = "TSV", **changes: Any) -> list[bytes]:
        self.write(f"-- report type: {NAME}\n-- format: {form}\n{header}\n{select}")
        types = self.open()
        types.check()
        return list(types[NAME].produce(None, request(**changes)))

    def rows(self, select: str, header: str = "", **changes: Any) -> list[dict[str, object]]:
        """The rows of a report, as JSON has them."""
        found: list[dict[str, object]] = json.loads(self.make(select, header, "JSON", **changes) or b"[]")
        return found


def request(
    options: Mapping[str, str] | None = None,
    start: datetime = START,
    end: datetime = END,
    seller: str = SELLER,
    marketplaces: tuple[str, ...] = (US, CA),
    report_type: str = NAME,
) -> Report:
    """A report in progress."""
    return Report(
        seller_id=seller,
        report_id="1",
        report_type=report_type,
        status=Status.IN_PROGRESS,
        marketplace_ids=marketplaces,
        options=options or {},
        data_start=start,
        data_end=end,
        created_at=END,
    )
