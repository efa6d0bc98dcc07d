"""The nine operations as seed 004 has them, typed from it by hand: what contract/operations.py must agree with.

The numbers are those of the requirement lines (R004-...) that each fact proves.
"""

from dataclasses import dataclass

import pytest

ROOT = "/reports/2021-06-30"


@dataclass(frozen=True, slots=True)
class Lines:
    """Where an operation's lines are: path, rate, burst; then success, its two headers, 403, its answer, and 429."""

    path: int
    rate: int
    success: int
    also_success: int | None = None

    @property
    def headers(self) -> tuple[int, int]:
        return self.success + 1, self.success + 2

    @property
    def forbidden(self) -> tuple[int, int]:
        return self.success + 3, self.success + 4

    @property
    def throttled(self) -> int:
        return self.success + 5


@dataclass(frozen=True, slots=True)
class Fact:
    """One operation."""

    name: str
    method: str
    path: str
    success: int
    rate: str
    burst: int
    answer: str | None
    lines: Lines


FACTS = (
    Fact("getReports", "GET", f"{ROOT}/reports", 200, "0.0222", 10, "GetReportsResponse", Lines(13, 15, 49)),
    Fact("createReport", "POST", f"{ROOT}/reports", 202, "0.0167", 15, "CreateReportResponse", Lines(55, 57, 62, 60)),
    Fact("getReport", "GET", f"{ROOT}/reports/{{reportId}}", 200, "2.0", 15, "Report", Lines(68, 70, 74)),
    Fact("cancelReport", "DELETE", f"{ROOT}/reports/{{reportId}}", 200, "0.0222", 10, None, Lines(80, 82, 90)),
    Fact("getReportSchedules", "GET", f"{ROOT}/schedules", 200, "0.0222", 10, "ReportScheduleList",
         Lines(96, 98, 104)),
    Fact("createReportSchedule", "POST", f"{ROOT}/schedules", 201, "0.0222", 10, "CreateReportScheduleResponse",
         Lines(110, 112, 119, 115)),
    Fact("getReportSchedule", "GET", f"{ROOT}/schedules/{{reportScheduleId}}", 200, "0.0222", 10, "ReportSchedule",
         Lines(125, 127, 131)),
    Fact("cancelReportSchedule", "DELETE", f"{ROOT}/schedules/{{reportScheduleId}}", 200, "0.0222", 10, None,
         Lines(137, 139, 143)),
    Fact("getReportDocument", "GET", f"{ROOT}/documents/{{reportDocumentId}}", 200, "0.0167", 15, "ReportDocument",
         Lines(149, 151, 156)),
)  # fmt: skip


def cases(*numbers: str) -> list[object]:
    """A case for each operation, each marked with its own lines: `path`, `rate`, `headers`, `forbidden`, ..."""
    return [pytest.param(fact, id=fact.name, marks=_proves(fact, numbers)) for fact in FACTS]


def _proves(fact: Fact, names: tuple[str, ...]) -> pytest.MarkDecorator:
    lines: list[int] = []
    for name in names:
        number = fact.lines.rate + 1 if name == "burst" else getattr(fact.lines, name)
        lines += number if isinstance(number, tuple) else [number] if number else []
    return pytest.mark.requirement(*(f"R004-{number:03}" for number in lines))
