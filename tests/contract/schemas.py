"""The schemas of seed 004, typed by hand, and what an answer has against them."""

import re
from collections.abc import Callable
from typing import Any

STATUSES = {"CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")

Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str)


def time(value: Any) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def options(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def status(value: Any) -> bool:
    return value in STATUSES


def gzip(value: Any) -> bool:
    return bool(value == "GZIP")


def each(schema: str) -> Check:
    """A list, each of whose members has the schema."""
    return lambda value: isinstance(value, list) and all(faults(schema, one) == [] for one in value)


# Required members, and then optional ones.
SCHEMAS: dict[str, tuple[dict[str, Check], dict[str, Check]]] = {
    "ErrorList": ({"errors": each("Error")}, {}),
    "Error": ({"code": text, "message": text}, {"details": text}),
    "Report": (
        {"reportId": text, "reportType": text, "createdTime": time, "processingStatus": status},
        {
            "marketplaceIds": texts,
            "dataStartTime": time,
            "dataEndTime": time,
            "reportScheduleId": text,
            "processingStartTime": time,
            "processingEndTime": time,
            "reportDocumentId": text,
        },
    ),
    "ReportSchedule": (
        {"reportScheduleId": text, "reportType": text, "period": text},
        {"marketplaceIds": texts, "reportOptions": options, "nextReportCreationTime": time},
    ),
    "ReportScheduleList": ({"reportSchedules": each("ReportSchedule")}, {}),
    "CreateReportResponse": ({"reportId": text}, {}),
    "GetReportsResponse": ({"reports": each("Report")}, {"nextToken": text}),
    "CreateReportScheduleResponse": ({"reportScheduleId": text}, {}),
    "ReportDocument": ({"reportDocumentId": text, "url": text}, {"compressionAlgorithm": gzip}),
}


def faults(schema: str | None, answer: Any) -> list[str]:
    """What is wrong with the answer; an operation without a schema answers an empty object."""
    if not isinstance(answer, dict):
        return [f"not an object: {answer!r}"]
    required, optional = SCHEMAS[schema] if schema else ({}, {})
    known = required | optional
    missing = [f"{name} is missing" for name in required if name not in answer]
    wrong = [f"{name}: {value!r}" for name, value in answer.items() if name not in known or not known[name](value)]
    return missing + wrong
