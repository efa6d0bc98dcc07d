"""The Reports API v2021-06-30 as its reference has it, typed by hand: what the server's own table is held against.

`lines` are the first and the last line of an operation's block in docs/requirements.md. Every block begins with the
path, what it does, the rate and the burst, and ends with success, two headers of it, two lines on 403, and 429.
"""

from dataclasses import dataclass
from typing import Literal

STATUSES = ("CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; `lines` are the requirement lines on it."""

    name: str
    kind: Literal["string", "strings", "integer", "time", "boolean"]
    lines: tuple[int, ...]
    least: int | None = None
    most: int | None = None
    default: int | None = None
    allowed: tuple[str, ...] = ()
    required: bool = False
    place: Literal["query", "path"] = "query"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation and where its lines are."""

    name: str
    method: str
    path: str
    success: int
    rate: float
    burst: int
    answer: str
    lines: tuple[int, int]
    parameters: tuple[Parameter, ...] = ()
    body: str = ""

    def line(self, offset: int) -> str:
        """The id of a line of the block: 0 is the first, -1 the last."""
        return id_of(self.lines[0] + offset if offset >= 0 else self.lines[1] + offset + 1)


def id_of(number: int) -> str:
    """The id of a line of the reference."""
    return f"R004-{number:03d}"


PATH, RATE, BURST = 0, 2, 3
SUCCESS, RATE_HEADER, REQUEST_ID, FORBIDDEN, FORBIDDEN_ANSWER, THROTTLED = range(-6, 0)


def _id(name: str, *lines: int) -> Parameter:
    return Parameter(name, "string", lines, required=True, place="path")


_ROOT = "/reports/2021-06-30"

OPERATIONS = (
    Operation(
        "getReports", "GET", f"{_ROOT}/reports", 200, 0.0222, 10, "GetReportsResponse", (13, 54),
        (
            Parameter("reportTypes", "strings", (17, 18, 19, 20), least=1, most=10),
            Parameter("processingStatuses", "strings", (23, 24, 25), least=1, allowed=STATUSES),
            Parameter("marketplaceIds", "strings", (27, 28, 29), least=1, most=10),
            Parameter("pageSize", "integer", (31, 32, 33, 34), least=1, most=100, default=10),
            Parameter("createdSince", "time", (36,)),
            Parameter("createdUntil", "time", (39,)),
            Parameter("nextToken", "string", (42,)),
        ),
    ),
    Operation(
        "createReport", "POST", f"{_ROOT}/reports", 202, 0.0167, 15, "CreateReportResponse", (55, 67),
        body="CreateReportSpecification",
    ),
    Operation(
        "getReport", "GET", f"{_ROOT}/reports/{{reportId}}", 200, 2.0, 15, "Report", (68, 79),
        (_id("reportId", 72),),
    ),
    Operation(
        "cancelReport", "DELETE", f"{_ROOT}/reports/{{reportId}}", 200, 0.0222, 10, "Nothing", (80, 95),
        (_id("reportId", 84),),
    ),
    Operation(
        "getReportSchedules", "GET", f"{_ROOT}/schedules", 200, 0.0222, 10, "ReportScheduleList", (96, 109),
        (Parameter("reportTypes", "strings", (100, 101, 102), least=1, most=10, required=True),),
    ),
    Operation(
        "createReportSchedule", "POST", f"{_ROOT}/schedules", 201, 0.0222, 10, "CreateReportScheduleResponse",
        (110, 124), body="CreateReportScheduleSpecification",
    ),
    Operation(
        "getReportSchedule", "GET", f"{_ROOT}/schedules/{{reportScheduleId}}", 200, 0.0222, 10, "ReportSchedule",
        (125, 136), (_id("reportScheduleId", 129),),
    ),
    Operation(
        "cancelReportSchedule", "DELETE", f"{_ROOT}/schedules/{{reportScheduleId}}", 200, 0.0222, 10, "Nothing",
        (137, 148), (_id("reportScheduleId", 141),),
    ),
    Operation(
        "getReportDocument", "GET", f"{_ROOT}/documents/{{reportDocumentId}}", 200, 0.0167, 15, "ReportDocument",
        (149, 161), (_id("reportDocumentId", 153), Parameter("enableContentEncodingUrlHeader", "boolean", ())),
    ),
)  # fmt: skip
BY_NAME = {operation.name: operation for operation in OPERATIONS}


@dataclass(frozen=True, slots=True)
class ErrorStatus:
    """A status of the table of errors; its lines are what it means, its body, its request id, its rate."""

    status: int
    code: str
    first_line: int
    tells_rate: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """The four lines on it, and the one that says that it is the same in every operation."""
        return (*(id_of(self.first_line + offset) for offset in range(4)), id_of(12))


ERRORS = {
    error.status: error
    for error in (
        ErrorStatus(400, "InvalidInput", 162, tells_rate=True),
        ErrorStatus(401, "Unauthorized", 166),
        ErrorStatus(404, "NotFound", 170, tells_rate=True),
        ErrorStatus(415, "UnsupportedMediaType", 174),
        ErrorStatus(429, "QuotaExceeded", 178),
        ErrorStatus(500, "InternalFailure", 182),
        ErrorStatus(503, "ServiceUnavailable", 186),
    )
}
