"""Answers as they come, whole: also what no contract foresaw."""

import json

import msgspec
import pytest

from daybook.client.answers import (
    ExplainedReport,
    GetReportsResponse,
    Nothing,
    Report,
    ReportDocument,
    ReportSchedule,
    ReportScheduleList,
    read,
)

SAMPLE = {
    "reportId": "ID323",
    "dataStartTime": "2019-12-11T13:47:20.677Z",
    "dataEndTime": "2019-12-12T13:47:20.677Z",
    "createdTime": "2019-12-10T13:47:20.677Z",
    "processingStatus": "DONE",
    "processingStartTime": "2019-12-10T13:47:20.677Z",
    "processingEndTime": "2019-12-12T13:47:20.677Z",
    "reportDocumentId": "DOC-b8b0-4226-b4b9-0ee058ea5760",
}
"""getReport's answer in Amazon's "Verify that the report processing is complete"."""


def text(body: object) -> bytes:
    return json.dumps(body).encode()


@pytest.mark.requirement(
    "R001-024", "R001-026", "R001-027", "R001-028", "R001-029", "R001-030", "R001-031", "R001-032", "R001-033"
)
def test_the_sample_answer_is_read_whole_out_of_its_payload() -> None:
    report = read(text({"payload": SAMPLE}), Report)
    assert {name: getattr(report, name) for name in SAMPLE} == SAMPLE
    times = (report.data_start, report.data_end, report.created_at, report.started_at, report.ended_at)
    assert [at.isoformat(timespec="milliseconds") for at in times if at] == [
        "2019-12-11T13:47:20.677+00:00",
        "2019-12-12T13:47:20.677+00:00",
        "2019-12-10T13:47:20.677+00:00",
        "2019-12-10T13:47:20.677+00:00",
        "2019-12-12T13:47:20.677+00:00",
    ]
    assert report.unknown == {}


@pytest.mark.requirement("R001-025", "R001-034", "R001-036")
def test_the_bare_answer_and_the_wrapped_one_read_the_same_and_neither_needs_a_type() -> None:
    assert read(text(SAMPLE), Report) == read(text({"payload": SAMPLE}), Report)
    assert read(text(SAMPLE), Report).reportType == ""
    assert read(text(SAMPLE | {"reportId": "a-B-3", "reportDocumentId": "0-x"}), Report).document_id == "0-x"


@pytest.mark.requirement("R001-037")
def test_data_after_the_report_and_days_of_processing_are_as_they_come() -> None:
    report = read(text(SAMPLE), Report)
    assert report.data_end is not None
    assert report.data_end > report.created_at
    assert report.ended_at is not None
    assert report.started_at is not None
    assert (report.ended_at - report.started_at).days == 2


@pytest.mark.requirement("R001-035")
@pytest.mark.parametrize(
    "told",
    [
        "2026-11-21T11:59:33+00:00",
        "2026-11-21T11:59:33Z",
        "2026-11-21T11:59:33.000Z",
        "2026-11-21T03:59:33-08:00",
        "2026-11-21T11:59:33.000000+00:00",
    ],
)
def test_a_time_is_read_with_any_offset_and_fraction_and_kept_as_it_came(told: str) -> None:
    report = read(text(SAMPLE | {"createdTime": told}), Report)
    assert report.created_at.isoformat() == "2026-11-21T11:59:33+00:00"
    assert report.createdTime == told


@pytest.mark.requirement("R004-241")
def test_members_that_nobody_knows_are_kept_beside_the_others_wherever_they_are() -> None:
    page = {"reports": [SAMPLE | {"colour": "blue", "unknown": 3}], "nextToken": "t", "total": {"of": 1}}
    read_page = read(text(page), GetReportsResponse)
    assert read_page.unknown == {"total": {"of": 1}}
    assert read_page.reports[0].unknown == {"colour": "blue", "unknown": 3}
    assert (read_page.nextToken, read_page.reports[0].reportId) == ("t", "ID323")


@pytest.mark.requirement("R001-038")
def test_a_status_of_tomorrow_is_kept_verbatim_and_is_no_end() -> None:
    report = read(text(SAMPLE | {"processingStatus": "IN_TRANSIT"}), Report)
    assert (report.processingStatus, report.ended) == ("IN_TRANSIT", False)


@pytest.mark.requirement("R004-243")
def test_a_schedules_period_is_any_text() -> None:
    schedule = {"reportScheduleId": "S", "reportType": "T", "period": "P3W", "tomorrow": 1}
    [read_schedule] = read(text({"reportSchedules": [schedule]}), ReportScheduleList).reportSchedules
    assert read_schedule == ReportSchedule(reportScheduleId="S", reportType="T", period="P3W", unknown={"tomorrow": 1})


def test_a_null_is_as_good_as_absent() -> None:
    report = read(text(SAMPLE | {"reportDocumentId": None, "marketplaceIds": None, "tomorrow": None}), Report)
    assert (report.document_id, report.marketplaceIds, report.unknown) == ("", msgspec.UNSET, {"tomorrow": None})


def test_a_compression_that_is_not_known_is_no_reason_to_fail() -> None:
    document = read(b'{"reportDocumentId": "D", "url": "u", "compressionAlgorithm": "ZSTD"}', ReportDocument)
    assert document.compressionAlgorithm == "ZSTD"


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"<html>"])
def test_of_an_answer_without_content_only_the_success_counts(body: bytes) -> None:
    assert read(body, Nothing) == Nothing()


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[]", b'{"reportId": 3}'])
def test_what_is_no_report_is_told(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        read(body, Report)


@pytest.mark.parametrize("name", ["createdTime", "dataStartTime", "processingEndTime"])
@pytest.mark.parametrize("time", ["yesterday", "2026-99-99", "0001-01-01T00:00:00+23:59", ""])
def test_a_time_that_is_none_is_told_with_its_name(name: str, time: str) -> None:
    with pytest.raises(msgspec.DecodeError, match=f"{name} is .* no time"):
        read(text(SAMPLE | {name: time}), Report)
    with pytest.raises(msgspec.DecodeError, match=f"{name} is .* no time"):
        read(text({"reports": [SAMPLE, SAMPLE | {name: time}]}), GetReportsResponse)


def test_the_times_of_an_explanation_are_times_too() -> None:
    told = {"report": SAMPLE, "statusMeaning": "s", "attempts": 1, "history": []}
    step = {"toStatus": "DONE", "actor": "worker", "time": "now"}
    why = {"sentence": "s", "place": 1, "stalled": False, "nextRunTime": "soon"}
    read(text(told), ExplainedReport)
    for member in ({"history": [step]}, {"waiting": why}):
        with pytest.raises(msgspec.DecodeError, match="no time"):
            read(text(told | member), ExplainedReport)


@pytest.mark.parametrize("depth", [10, 1_000, 100_000])
def test_an_answer_of_any_depth_is_read_or_is_none(depth: int) -> None:
    nested = json.dumps(SAMPLE)[:-1].encode() + b', "more": ' + b"[" * depth + b"]" * depth + b"}"
    try:
        assert read(nested, Report).reportId == "ID323"
    except msgspec.DecodeError:
        assert depth > 10
