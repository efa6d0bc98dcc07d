"""The registry of report types: what may be asked for, what may be scheduled, and in which format it comes.

The facts stand in report_types.csv, a transcription of Amazon's pages, so a refusal names the row that it rests on. What
a row does not know, it does not forbid.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import msgspec

from daybook.kernel.errors import InvalidInput, Misconfigured

Answer = Literal["yes", "no", "unknown"]
Format = Literal["TSV", "CSV", "XML", "JSON", "XLSX", "PDF"]

CONTENT_TYPES: Mapping[Format, str] = {
    "TSV": "text/plain; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8",
    "XML": "text/xml; charset=UTF-8",
    "JSON": "application/json; charset=UTF-8",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "PDF": "application/pdf",
}
_TOLD = 100  # characters of a name that is told back


@dataclass(frozen=True, slots=True)
class ReportType:
    """A report type and its rules. `row` is its line in report_types.csv; 0 for a type that is not from there.

    Types of one `schedule_group` share one schedule; most are a group of their own.
    """

    name: str
    category: str
    format: Format
    requestable: Answer
    schedulable: Answer
    schedule_group: str
    audience: str
    restricted: Literal["no", "role", "token"]
    marketplace_rule: str
    marketplaces: str
    roles: str
    date_range_rule: str
    options: str
    row: int

    @property
    def content_type(self) -> str:
        """The Content-Type of its documents."""
        return CONTENT_TYPES[self.format]


class ReportTypes:
    """Every report type there is, by name."""

    def __init__(self, types: Iterable[ReportType]) -> None:
        self._types = {report_type.name: report_type for report_type in types}

    def __iter__(self) -> Iterator[ReportType]:
        return iter(sorted(self._types.values(), key=lambda report_type: report_type.name))

    def search(self, text: str) -> list[ReportType]:
        """The types whose name or category holds the text, in any case."""
        sought = text.lower()
        return [found for found in self if sought in found.name.lower() or sought in found.category.lower()]

    def find(self, name: str) -> ReportType:
        """The type of that name. Raises InvalidInput."""
        found = self._types.get(name)
        if found is None:
            raise InvalidInput(
                f"Invalid Report Type {name[:_TOLD]}", "No current row of report_types.csv has this report type."
            )
        return found

    def requestable(self, name: str) -> ReportType:
        """The type, if createReport may ask for it. Raises InvalidInput."""
        found = self.find(name)
        if found.requestable == "no":
            raise InvalidInput(
                f"Request for report type {name} is not allowed at this time",
                f"{_row(found)} says that it cannot be requested; look for it with getReports.",
            )
        return found

    def schedulable(self, name: str) -> ReportType:
        """The type, if createReportSchedule may schedule it. Raises InvalidInput."""
        found = self.find(name)
        if found.schedulable == "no":
            raise InvalidInput(
                f"Creation of report schedule type {name} is not allowed at this time",
                f"{_row(found)} says that it cannot be scheduled; ask for it with createReport.",
            )
        return found


def _row(report_type: ReportType) -> str:
    return f"Line {report_type.row} of report_types.csv"


def report_types(more: Iterable[ReportType] = ()) -> ReportTypes:
    """The types of report_types.csv, and more. Raises Misconfigured where the file is malformed."""
    text = files("daybook.reports").joinpath("report_types.csv").read_text("utf-8")
    return ReportTypes([*read_report_types(text), *more])


def read_report_types(text: str) -> list[ReportType]:
    """The types of a table with a header. Raises Misconfigured naming the line that is malformed."""
    return [_report_type(values, line) for line, values in enumerate(csv.DictReader(text.splitlines()), start=2)]


def _report_type(values: Mapping[str, str], line: int) -> ReportType:
    name = values.get("report_type", "")
    try:
        return msgspec.convert(
            {**values, "name": name, "schedule_group": values.get("schedule_group") or name, "row": line}, ReportType
        )
    except msgspec.ValidationError as error:
        raise Misconfigured(f"Line {line} of report_types.csv is malformed: {error}.") from error
