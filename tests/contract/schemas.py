"""The schemas of the Reports API v2021-06-30 as JSON Schemas, typed by hand: what real answers are held against.

A member that the reference does not have is a fault here: a server that tells more than its reference is no longer
what clients were generated from.
"""

from typing import Any

import jsonschema_rs

from tests.contract.facts import STATUSES

Schema = dict[str, Any]

STRING: Schema = {"type": "string", "minLength": 1}
STRINGS: Schema = {"type": "array", "items": STRING}
TIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?\+00:00$"}
STATUS: Schema = {"enum": list(STATUSES)}
OPTIONS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
ALGORITHM: Schema = {"enum": ["GZIP"]}
PERIODS = (
    "PT5M", "PT15M", "PT30M", "PT1H", "PT2H", "PT4H", "PT8H", "PT12H", "P1D", "P2D", "P3D", "PT84H", "P7D", "P14D",
    "P15D", "P18D", "P30D", "P1M",
)  # fmt: skip


def _object(required: Schema, **optional: Schema) -> Schema:
    return {
        "type": "object",
        "properties": required | optional,
        "required": list(required),
        "additionalProperties": False,
    }


ERROR = _object({"code": STRING, "message": STRING}, details={"type": "string"})
REPORT = _object(
    {"reportId": STRING, "reportType": STRING, "createdTime": TIME, "processingStatus": STATUS},
    marketplaceIds=STRINGS,
    dataStartTime=TIME,
    dataEndTime=TIME,
    reportScheduleId=STRING,
    processingStartTime=TIME,
    processingEndTime=TIME,
    reportDocumentId=STRING,
)
SCHEDULE = _object(
    {"reportScheduleId": STRING, "reportType": STRING, "period": STRING},
    marketplaceIds=STRINGS,
    reportOptions=OPTIONS,
    nextReportCreationTime=TIME,
)

SCHEMAS: dict[str, Schema] = {
    "ErrorList": _object({"errors": {"type": "array", "items": ERROR, "minItems": 1}}),
    "Error": ERROR,
    "Report": REPORT,
    "GetReportsResponse": _object({"reports": {"type": "array", "items": REPORT}}, nextToken=STRING),
    "CreateReportResponse": _object({"reportId": STRING}),
    "ReportSchedule": SCHEDULE,
    "ReportScheduleList": _object({"reportSchedules": {"type": "array", "items": SCHEDULE}}),
    "CreateReportScheduleResponse": _object({"reportScheduleId": STRING}),
    "ReportDocument": _object({"reportDocumentId": STRING, "url": STRING}, compressionAlgorithm=ALGORITHM),
    "Nothing": _object({}),
}


def faults(schema: str, value: object) -> list[str]:
    """What in the value the schema does not allow."""
    return [str(error) for error in jsonschema_rs.iter_errors(SCHEMAS[schema], value)]
