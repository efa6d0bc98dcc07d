"""The registry of report types: what may be asked for, what may be scheduled, and in which format it comes.

The facts stand in report_types.csv, a transcription of Amazon's pages (developer-docs.amazon.com/sp-api, "Report Type
Values"), so a refusal names the row that it rests on. What a row does not know, it does not forbid.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from importlib.resources import files
from typing import Literal

import msgspec

from daybook.kernel.errors import InvalidInput, Misconfigured

Answer = Literal["yes", "no", "unknown"]
Format = Literal["TSV", "CSV", "XML", "JSON", "XLSX", "PARQUET", "PDF", "unknown"]

CONTENT_TYPES: Mapping[Format, str] = {
    "TSV": "text/plain; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8",
    "XML": "text/xml; charset=UTF-8",
    "JSON": "application/json; charset=UTF-8",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "PARQUET": "application/vnd.apache.parquet",
    "PDF": "application/pdf",
    "unknown": "application/octet-stream",
}
"""Text names its charset, since clients that find none take ISO-8859-1; tab-separated text is plain, as Amazon's is."""

_FILE = "report_types.csv"
_TOLD = 100  # characters of a name that is told back


@dataclass(frozen=True, slots=True)
class ReportType:
    """A report type and its rules. `row` is its line in `file`; 0 for a type that is from no file.

    `made_by` is who begins such a report: whoever requests or schedules it, Amazon by itself, or the seller in Seller
    Central. Types of one `schedule_group` share one schedule; most are a group of their own.
    `marketplace_rule` is which of the marketplace ids count: 1-25 of them, exactly-1, the first alone, none but that in
    an option, or none at all (ignored). `restricted` is whether Amazon asks for a restricted data token to fetch it, or
    for a restricted role.
    `options` are its reportOptions, parted by spaces: NAME=VALUES, or NAME!=VALUES where one must be given; of values
    between bars the first is the default, and words in capitals such as LIST or INSTANT say what else may stand there.
    """

    name: str
    category: str
    format: Format
    requestable: Answer
    schedulable: Answer
    made_by: Literal["request", "amazon", "seller"]
    schedule_group: str
    audience: Literal["seller", "vendor", "seller+vendor"]
    restricted: Literal["no", "role", "token"]
    marketplace_rule: Literal["1-25", "exactly-1", "first", "option", "ignored"]
    marketplaces: str
    roles: str
    date_range_rule: str
    options: str
    row: int = 0
    file: str = _FILE
    charset: str = "UTF-8"

    @property
    def content_type(self) -> str:
        """The Content-Type of its documents."""
        return CONTENT_TYPES[self.format].replace("UTF-8", self.charset)


class ReportTypes:
    """Every report type there is, by name. Raises Misconfigured, when made, for a name that comes twice.

    `changing` tells those that may change at any time; names of the others come first.
    """

    def __init__(
        self, types: Iterable[ReportType], changing: Callable[[], Mapping[str, ReportType]] = dict[str, ReportType]
    ) -> None:
        self._changing = changing
        self._types: dict[str, ReportType] = {}
        for report_type in types:
            known = self._types.setdefault(report_type.name, report_type)
            if known is not report_type:
                raise Misconfigured(
                    f"There are two report types {report_type.name}.",
                    f"One is {_place(known)}, the other {_place(report_type)}: rename or remove one.",
                )

    def __iter__(self) -> Iterator[ReportType]:
        everything = {**self._changing(), **self._types}
        return iter(sorted(everything.values(), key=lambda report_type: report_type.name))

    def __contains__(self, name: str) -> bool:
        return name in self._types or name in self._changing()

    def search(self, text: str) -> list[ReportType]:
        """The types whose name and category hold each word of the text, in any case."""
        words = text.lower().split()
        return [found for found in self if all(word in f"{found.name} {found.category}".lower() for word in words)]

    def find(self, name: str) -> ReportType:
        """The type of that name. Raises InvalidInput."""
        found = self._types.get(name) or self._changing().get(name)
        if found is None:
            raise InvalidInput(
                f"Invalid Report Type {name[:_TOLD]}",
                f"No row of {_FILE} has this report type.{self._nearest(name[:_TOLD])}",
            )
        return found

    def requestable(self, name: str) -> ReportType:
        """The type, if createReport may ask for it. Raises InvalidInput."""
        found = self.find(name)
        if found.requestable == "no":
            raise InvalidInput(
                f"Request for report type {name} is not allowed at this time",
                f"Line {found.row} of {found.file} says that it cannot be requested; {_instead(found)}",
            )
        return found

    def schedulable(self, name: str) -> ReportType:
        """The type, if createReportSchedule may schedule it. Raises InvalidInput."""
        found = self.find(name)
        if found.schedulable == "no":
            raise InvalidInput(
                f"Creation of report schedule type {name} is not allowed at this time",
                f"Line {found.row} of {found.file} says that it cannot be scheduled; {_instead(found)}",
            )
        return found

    def _nearest(self, name: str) -> str:
        near = get_close_matches(name, [report_type.name for report_type in self], n=1)
        return f" Did you mean {near[0]}?" if near else ""


def _instead(report_type: ReportType) -> str:
    if report_type.made_by == "amazon":
        return "Amazon makes it by itself: look for it with getReports."
    if report_type.made_by == "seller":
        return "the seller asks for it in Seller Central: look for it with getReports."
    return "schedule it." if report_type.requestable == "no" else "request it with createReport."


def _place(report_type: ReportType) -> str:
    return f"on line {report_type.row} of {report_type.file}" if report_type.row else "an added one"


def report_types(
    more: Iterable[ReportType] = (), changing: Callable[[], Mapping[str, ReportType]] = dict[str, ReportType]
) -> ReportTypes:
    """The types of report_types.csv, and more, and those that may change.

    Raises Misconfigured for a malformed file or a name twice.
    """
    text = files("daybook.reports").joinpath(_FILE).read_text("utf-8")
    return ReportTypes([*read_report_types(text), *more], changing)


_GIVEN = ("name", "row", "file", "charset")  # what a row of the table does not say
_COLUMNS = ["report_type", *(field.name for field in fields(ReportType) if field.name not in _GIVEN)]


def read_report_types(text: str) -> list[ReportType]:
    """The types of a table with a header. Raises Misconfigured naming the line that is malformed."""
    rows = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        if next(rows, None) != _COLUMNS:
            raise _malformed(1, f"the header must be {','.join(_COLUMNS)}")
        return [_report_type(cells, rows.line_num) for cells in rows]
    except csv.Error as error:
        raise _malformed(rows.line_num, str(error)) from error


def _report_type(cells: list[str], line: int) -> ReportType:
    if len(cells) != len(_COLUMNS):
        raise _malformed(line, f"there are {len(cells)} cells for {len(_COLUMNS)} columns")
    name = cells[0]
    if not name.replace("_", "").isalnum() or not name.isupper():
        raise _malformed(line, f"{name!r} is not a report type's name")
    values: dict[str, object] = {**dict(zip(_COLUMNS, cells, strict=True)), "name": name, "row": line}
    values["schedule_group"] = values["schedule_group"] or name
    try:
        return msgspec.convert(values, ReportType)
    except msgspec.ValidationError as error:
        raise _malformed(line, str(error)) from error


def _malformed(line: int, why: str) -> Misconfigured:
    return Misconfigured(f"Line {line} of {_FILE} is malformed: {why.removesuffix('.')}.")
