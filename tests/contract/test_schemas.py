"""Every member of every schema, and every value of every enum, against real answers and real requests."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, get_args

import msgspec
import pytest

from daybook.contract import reports as ours
from daybook.contract.errors import Error, ErrorList
from tests.api.production import begin, fail, finish, finish_without_data, fire
from tests.api.serving import (
    ALL_LISTINGS,
    CA,
    DOCUMENTS,
    FAULTY_LISTINGS,
    REPORTS,
    SCHEDULES,
    US,
    Daybook,
    with_new_sellers,
)
from tests.contract.schemas import PERIODS, SCHEMAS, faults

Json = dict[str, Any]
REQUIRED, OPTIONAL = True, False
SHAPES: dict[str, type[msgspec.Struct]] = {
    shape.__name__: shape
    for shape in (
        ErrorList,
        Error,
        ours.Report,
        ours.GetReportsResponse,
        ours.CreateReportResponse,
        ours.ReportSchedule,
        ours.ReportScheduleList,
        ours.CreateReportScheduleResponse,
        ours.ReportDocument,
        ours.CreateReportSpecification,
        ours.CreateReportScheduleSpecification,
    )
}


def answered(daybook: Daybook) -> dict[str, list[Json]]:
    """Answers of each schema, of all the kinds that there are."""
    client = daybook.client()
    queued, made = [], []
    plain = partial(finish, compression=None)
    for end in (finish_without_data, finish, plain, fail, None):
        made.append(client.post(REPORTS, {"reportType": ALL_LISTINGS, "marketplaceIds": [US]}).json)
        queued.append(client.report(made[-1]["reportId"]))
        if end is not None:
            end(daybook, begin(daybook))
        daybook.clock.advance(1)
    begin(daybook)
    planned = [
        client.post(SCHEDULES, {"reportType": FAULTY_LISTINGS, "period": "P1D", **more}).json
        for more in ({"marketplaceIds": [US]}, {"marketplaceIds": [CA], "reportOptions": {"a": "b"}})
    ]
    listed = client.get(SCHEDULES, reportTypes=FAULTY_LISTINGS).json
    fire(daybook, timedelta(days=1))
    pages = [client.get(REPORTS, reportTypes=(ALL_LISTINGS, FAULTY_LISTINGS), pageSize=size).json for size in (3, 100)]
    reports = queued + pages[1]["reports"]
    documents = [report["reportDocumentId"] for report in reports if "reportDocumentId" in report]
    errors = [client.get(REPORTS).json, client.get(f"{REPORTS}/0").json]
    return {
        "Report": reports,
        "GetReportsResponse": pages,
        "CreateReportResponse": made,
        "ReportSchedule": [
            *listed["reportSchedules"],
            client.get(f"{SCHEDULES}/{planned[1]['reportScheduleId']}").json,
        ],
        "ReportScheduleList": [listed],
        "CreateReportScheduleResponse": planned,
        "ReportDocument": [client.get(f"{DOCUMENTS}/{id}").json for id in documents],
        "ErrorList": errors,
        "Error": [error for each in errors for error in each["errors"]],
    }


# Schema, member, whether it is required, its type in JSON Schema, its line.
ANSWERED = (
    ("ErrorList", "errors", REQUIRED, "array", "R004-193"),
    ("Error", "code", REQUIRED, "string", "R004-194"),
    ("Error", "message", REQUIRED, "string", "R004-195"),
    ("Error", "details", OPTIONAL, "string", "R004-196"),
    ("Report", "marketplaceIds", OPTIONAL, "array", "R004-197"),
    ("Report", "reportId", REQUIRED, "string", "R004-198"),
    ("Report", "reportType", REQUIRED, "string", "R004-199"),
    ("Report", "dataStartTime", OPTIONAL, "date-time", "R004-200"),
    ("Report", "dataEndTime", OPTIONAL, "date-time", "R004-201"),
    ("Report", "reportScheduleId", OPTIONAL, "string", "R004-202"),
    ("Report", "createdTime", REQUIRED, "date-time", "R004-203"),
    ("Report", "processingStatus", REQUIRED, "enum", "R004-204"),
    ("Report", "processingStartTime", OPTIONAL, "date-time", "R004-205"),
    ("Report", "processingEndTime", OPTIONAL, "date-time", "R004-206"),
    ("Report", "reportDocumentId", OPTIONAL, "string", "R004-207"),
    ("ReportSchedule", "reportScheduleId", REQUIRED, "string", "R004-218"),
    ("ReportSchedule", "reportType", REQUIRED, "string", "R004-219"),
    ("ReportSchedule", "marketplaceIds", OPTIONAL, "array", "R004-220"),
    ("ReportSchedule", "reportOptions", OPTIONAL, "object", "R004-221"),
    ("ReportSchedule", "period", REQUIRED, "string", "R004-222"),
    ("ReportSchedule", "nextReportCreationTime", OPTIONAL, "date-time", "R004-223"),
    ("ReportScheduleList", "reportSchedules", REQUIRED, "array", "R004-224"),
    ("CreateReportResponse", "reportId", REQUIRED, "string", "R004-225"),
    ("GetReportsResponse", "reports", REQUIRED, "array", "R004-226"),
    ("GetReportsResponse", "nextToken", OPTIONAL, "string", "R004-227"),
    ("CreateReportScheduleResponse", "reportScheduleId", REQUIRED, "string", "R004-228"),
    ("ReportDocument", "reportDocumentId", REQUIRED, "string", "R004-229"),
    ("ReportDocument", "url", REQUIRED, "string", "R004-230"),
    ("ReportDocument", "compressionAlgorithm", OPTIONAL, "enum", "R004-231"),
)
ALWAYS_THERE = {"marketplaceIds", "dataStartTime", "dataEndTime", "details", "nextReportCreationTime"}
"""Members that are optional for the reference, and that this server always sends."""


@pytest.fixture(scope="module")
def answers(sqlite_served: Daybook) -> dict[str, list[Json]]:
    """Answers of each schema."""
    return answered(with_new_sellers(sqlite_served))


@pytest.mark.parametrize(
    ("schema", "member", "required", "kind"),
    [
        pytest.param(*row[:4], id=f"{row[0]}.{row[1]}", marks=pytest.mark.requirement(row[4], "R004-232"))
        for row in ANSWERED
    ],
)
def test_a_member_is_answered_as_the_reference_has_it(
    answers: dict[str, list[Json]], schema: str, member: str, required: bool, kind: str
) -> None:
    there = [member in answer for answer in answers[schema]]
    assert any(there)
    assert all(there) == (required or member in ALWAYS_THERE)
    assert [fault for answer in answers[schema] for fault in faults(schema, answer)] == []
    assert (member in SCHEMAS[schema]["required"]) == required
    assert described(schema, member) == (required, kind)


def described(schema: str, member: str) -> tuple[bool, str]:
    """Whether our own description says that the member is required, and its type."""
    [top], components = msgspec.json.schema_components([SHAPES[schema]])
    shape = components[schema] if "$ref" in top else top
    described = shape["properties"][member]
    kind = "enum" if "enum" in described else described.get("format", described.get("type"))
    return member in shape.get("required", []), kind


# What is taken

SENT = (
    ("CreateReportScheduleSpecification", "reportType", REQUIRED, FAULTY_LISTINGS, "R004-208"),
    ("CreateReportScheduleSpecification", "marketplaceIds", REQUIRED, [US], "R004-209"),
    ("CreateReportScheduleSpecification", "reportOptions", OPTIONAL, {"a": "b"}, "R004-210"),
    ("CreateReportScheduleSpecification", "period", REQUIRED, "P1D", "R004-211"),
    ("CreateReportScheduleSpecification", "nextReportCreationTime", OPTIONAL, "2026-12-01T00:00:00Z", "R004-212"),
    ("CreateReportSpecification", "reportOptions", OPTIONAL, {"a": "b"}, "R004-213"),
    ("CreateReportSpecification", "reportType", REQUIRED, ALL_LISTINGS, "R004-214"),
    ("CreateReportSpecification", "dataStartTime", OPTIONAL, "2026-11-01T00:00:00Z", "R004-215"),
    ("CreateReportSpecification", "dataEndTime", OPTIONAL, "2026-11-01T00:00:00Z", "R004-216"),
    ("CreateReportSpecification", "marketplaceIds", REQUIRED, [US], "R004-217"),
)
WRONG_TYPES = (0, 1.5, 10**400, True, [1], [["x"]], {"a": 1}, {"a": {"b": "c"}})
PATHS = {"CreateReportSpecification": REPORTS, "CreateReportScheduleSpecification": SCHEDULES}


def body(schema: str, *, full: bool = True) -> Json:
    """A body with all members, or with the required ones alone."""
    return {row[1]: row[3] for row in SENT if row[0] == schema and (full or row[2])}


@pytest.mark.parametrize(
    ("schema", "member", "required"),
    [pytest.param(*row[:3], id=f"{row[0]}.{row[1]}", marks=pytest.mark.requirement(row[4])) for row in SENT],
)
def test_a_member_is_taken_as_the_reference_has_it(daybook: Daybook, schema: str, member: str, required: bool) -> None:
    client, path = daybook.client(), PATHS[schema]
    assert client.post(path, body(schema)).status < 300
    without = {name: value for name, value in body(schema).items() if name != member}
    assert client.post(path, without).status == (400 if required else client.post(path, body(schema)).status)
    for wrong in WRONG_TYPES:
        sent = json.dumps(body(schema) | {member: wrong}).encode()
        answer = client.send("POST", path, sent)
        assert answer.refusal == (400, "InvalidInput"), wrong
    assert described(schema, member)[0] == required


@pytest.mark.parametrize("schema", PATHS)
def test_the_required_members_are_enough(daybook: Daybook, schema: str) -> None:
    assert daybook.client().post(PATHS[schema], body(schema, full=False)).status in (201, 202)


@pytest.mark.parametrize("schema", SHAPES)
def test_there_is_no_member_that_the_reference_does_not_have(schema: str) -> None:
    names = {field.encode_name for field in msgspec.structs.fields(SHAPES[schema])}
    assert names == {row[1] for row in (*ANSWERED, *SENT) if row[0] == schema}


# Enums


@pytest.mark.requirement("R004-249")
def test_processing_status_has_five_values() -> None:
    assert set(get_args(ours.ProcessingStatus)) == {"CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE"}


@pytest.mark.parametrize(
    ("value", "move"),
    [
        pytest.param("CANCELLED", finish_without_data, marks=pytest.mark.requirement("R004-244")),
        pytest.param("DONE", finish, marks=pytest.mark.requirement("R004-245")),
        pytest.param("FATAL", fail, marks=pytest.mark.requirement("R004-246")),
        pytest.param("IN_PROGRESS", None, marks=pytest.mark.requirement("R004-247")),
    ],
)
def test_each_status_is_told_by_its_word(daybook: Daybook, value: str, move: Callable[..., object] | None) -> None:
    client = daybook.client()
    report_id, waiting = client.ask(), client.ask()
    report = begin(daybook)
    if move is not None:
        move(daybook, report)
    told = {id: client.report(id)["processingStatus"] for id in (report_id, waiting)}
    assert sorted(told.values()) == sorted([value, "IN_QUEUE"])


@pytest.mark.requirement("R004-274")
def test_period_has_eighteen_values() -> None:
    assert get_args(ours.Period) == PERIODS
    assert len(PERIODS) == 18


@pytest.mark.requirement("R004-276", "R004-277")
def test_gzip_is_the_one_compression_algorithm() -> None:
    assert get_args(ours.CompressionAlgorithm) == ("GZIP",)


def test_an_absent_member_is_left_out_and_never_null(answers: dict[str, list[Json]]) -> None:
    assert not [answer for kind in answers.values() for answer in kind if None in answer.values()]
