"""The nine operations of the Reports API v2021-06-30, as data.

The handlers' decoding, the usage plans, the OpenAPI document and the contract tests all read this one table, so that a
bound or a rate stands in one place. Rates and bursts are the documented defaults (seed 004, "Usage Plan").
"""

from typing import Literal, get_args

from msgspec import Struct

from daybook.contract import reports

Kind = Literal["string", "strings", "integer", "time", "boolean"]
_ROOT = f"/reports/{reports.VERSION}"


class Parameter(Struct, frozen=True):
    """One query or path parameter, with its bounds; `most` counts a list's members, or bounds an integer."""

    name: str
    kind: Kind
    about: str
    least: int | None = None
    most: int | None = None
    allowed: tuple[str, ...] = ()
    default: int | None = None
    required: bool = False
    place: Literal["query", "path"] = "query"


class Operation(Struct, frozen=True):
    """One operation: where it is, what it takes, what it answers, how often it may be called."""

    name: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    success: int
    rate: float
    burst: int
    about: str
    answer: type | None
    parameters: tuple[Parameter, ...] = ()
    body: type | None = None
    media_type: str = "application/json"
    takes_file: bool = False
    """Whether the body is a file, which is read as it comes."""


def _path(name: str, about: str) -> Parameter:
    return Parameter(name, "string", about, required=True, place="path")


GET_REPORTS = Operation(
    "getReports", "GET", f"{_ROOT}/reports", 200, 0.0222, 10,
    "Lists the seller's reports that match the filters, newest first.",
    reports.GetReportsResponse,
    (
        Parameter("reportTypes", "strings", "Report types; required unless nextToken is given.", least=1, most=10),
        Parameter("processingStatuses", "strings", "Processing statuses; all where absent.", least=1,
                  allowed=get_args(reports.ProcessingStatus)),
        Parameter("marketplaceIds", "strings", "Reports of at least one of these marketplaces.", least=1, most=10),
        Parameter("pageSize", "integer", "The most reports that one answer holds.", least=1, most=100, default=10),
        Parameter("createdSince", "time", "The earliest creation; 90 days ago where absent."),
        Parameter("createdUntil", "time", "The latest creation; now where absent."),
        Parameter("nextToken", "string", "The next page, as the one before named it; goes alone."),
    ),
)  # fmt: skip

CREATE_REPORT = Operation(
    "createReport", "POST", f"{_ROOT}/reports", 202, 0.0167, 15, "Asks for a report.",
    reports.CreateReportResponse, body=reports.CreateReportSpecification,
)  # fmt: skip

GET_REPORT = Operation(
    "getReport", "GET", f"{_ROOT}/reports/{{reportId}}", 200, 2.0, 15,
    "Tells a report's status, and its document where there is one.",
    reports.Report, (_path("reportId", "The report."),),
)  # fmt: skip

CANCEL_REPORT = Operation(
    "cancelReport", "DELETE", f"{_ROOT}/reports/{{reportId}}", 200, 0.0222, 10,
    "Cancels a report that is still IN_QUEUE.", None, (_path("reportId", "The report."),),
)  # fmt: skip

GET_REPORT_SCHEDULES = Operation(
    "getReportSchedules", "GET", f"{_ROOT}/schedules", 200, 0.0222, 10,
    "Lists every schedule of the given report types.",
    reports.ReportScheduleList,
    (Parameter("reportTypes", "strings", "Report types.", least=1, most=10, required=True),),
)  # fmt: skip

CREATE_REPORT_SCHEDULE = Operation(
    "createReportSchedule", "POST", f"{_ROOT}/schedules", 201, 0.0222, 10,
    "Makes a schedule, and cancels the one it replaces: same report type, same marketplaces.",
    reports.CreateReportScheduleResponse, body=reports.CreateReportScheduleSpecification,
)  # fmt: skip

GET_REPORT_SCHEDULE = Operation(
    "getReportSchedule", "GET", f"{_ROOT}/schedules/{{reportScheduleId}}", 200, 0.0222, 10,
    "Tells one schedule.", reports.ReportSchedule, (_path("reportScheduleId", "The schedule."),),
)  # fmt: skip

CANCEL_REPORT_SCHEDULE = Operation(
    "cancelReportSchedule", "DELETE", f"{_ROOT}/schedules/{{reportScheduleId}}", 200, 0.0222, 10,
    "Ends a schedule; the reports it made stay.", None, (_path("reportScheduleId", "The schedule."),),
)  # fmt: skip

GET_REPORT_DOCUMENT = Operation(
    "getReportDocument", "GET", f"{_ROOT}/documents/{{reportDocumentId}}", 200, 0.0167, 15,
    "Tells where a report document can be downloaded.",
    reports.ReportDocument,
    (
        _path("reportDocumentId", "The document."),
        Parameter("enableContentEncodingUrlHeader", "boolean",
                  "Whether the download of a compressed document is to say Content-Encoding: gzip."),
    ),
)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
    GET_REPORTS, CREATE_REPORT, GET_REPORT, CANCEL_REPORT, GET_REPORT_SCHEDULES, CREATE_REPORT_SCHEDULE,
    GET_REPORT_SCHEDULE, CANCEL_REPORT_SCHEDULE, GET_REPORT_DOCUMENT,
)  # fmt: skip
