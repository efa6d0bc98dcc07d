"""Why a report ended without data, told apart with the evidence."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx2
import pytest

from daybook.client import Request, Result
from daybook.client.errors import (
    AskedTooSoon,
    CancelledByRequest,
    CancelledUnexplained,
    NoData,
    ReportCancelled,
    ReportFatal,
)
from tests.client.driven import Driven
from tests.client.scripted import AWAY, MISSING, Answer, Server, answer, document, link, report, report_body
from tests.client.virtual import VirtualTime

TYPE, US, CA = "GET_MERCHANT_LISTINGS_ALL_DATA", "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
SHIPMENTS = "GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_SALES_DATA"
"""A type that is made anew every 30 minutes at most."""
STARTED = {"processingStartTime": "2026-11-21T12:00:05+00:00", "processingEndTime": "2026-11-21T12:00:09+00:00"}


def ended(client: Driven, report_type: str = TYPE) -> Result:
    """What a request came to."""
    result: Result = client.wait(client.request(report_type, [US]))
    return result


@pytest.mark.requirement("R001-012", "R001-013")
def test_a_report_that_we_cancelled_is_told_with_the_call_that_did_it(
    client: Driven, server: Server, time: VirtualTime
) -> None:
    server.on("getReport", report("IN_QUEUE"), report("CANCELLED"))
    request = client.request(TYPE, [US])
    client.cancel_report("R1")
    with pytest.raises(CancelledByRequest) as cancelled:
        client.wait(request)
    assert "2026-11-21T12:00:00+00:00" in cancelled.value.evidence
    assert "request-3" in cancelled.value.evidence
    assert cancelled.value.report.reportId == "R1"


@pytest.mark.requirement("R001-012", "R001-013", "R001-014")
@pytest.mark.parametrize("sign", ["told", "seen"])
def test_a_report_that_was_processed_and_then_cancelled_found_no_data(
    client: Driven, server: Server, sign: str
) -> None:
    """Only a report in the queue can be cancelled by request."""
    looks = [report("CANCELLED", **STARTED)] if sign == "told" else [report("IN_PROGRESS"), report("CANCELLED")]
    server.on("getReport", *looks)
    with pytest.raises(NoData) as found:
        ended(client)
    assert "began" in found.value.evidence
    assert server.count("createReport") == 1


def test_a_report_that_never_began_and_that_we_did_not_cancel_is_unexplained(client: Driven, server: Server) -> None:
    server.on("getReport", report("CANCELLED"))
    with pytest.raises(CancelledUnexplained) as cancelled:
        ended(client)
    assert "before its processing began" in cancelled.value.evidence


@pytest.mark.parametrize("looks", [[report("CANCELLED")], [report("CANCELLED", **STARTED)]], ids=["queued", "begun"])
def test_a_type_that_is_made_anew_at_intervals_was_asked_for_too_soon(
    client: Driven, server: Server, looks: list[Answer]
) -> None:
    other = report_body("DONE", "R0", reportType=SHIPMENTS, createdTime="2026-11-21T11:40:00+00:00")
    server.on("getReport", *looks)
    server.on("getReports", answer({"reports": [report_body("CANCELLED", "R1"), other]}))
    with pytest.raises(AskedTooSoon) as soon:
        ended(client, SHIPMENTS)
    assert "R0" in soon.value.evidence
    assert "1200 seconds" in soon.value.evidence
    assert "30 minutes" in soon.value.evidence
    asked = server.of("getReports")[0].query
    assert (asked["createdSince"], asked["createdUntil"]) == ("2026-11-21T11:30:00+00:00", "2026-11-21T12:00:00+00:00")


@pytest.mark.parametrize(
    "other",
    [
        {"marketplaceIds": [CA]},
        {"processingStatus": "CANCELLED", "reportDocumentId": None},
        {"processingStatus": "FATAL", "reportDocumentId": None},
    ],
    ids=["another marketplace", "one that was cancelled", "one that failed"],
)
def test_what_gave_no_report_of_the_same_stands_in_nobodys_way(
    client: Driven, server: Server, other: dict[str, object]
) -> None:
    server.on("getReport", report("CANCELLED", **STARTED))
    server.on("getReports", answer({"reports": [report_body("DONE", "R0", **other)]}))
    with pytest.raises(NoData):
        ended(client, SHIPMENTS)


def test_a_type_without_a_known_interval_is_suspected_only_where_it_never_began(client: Driven, server: Server) -> None:
    earlier = report_body("DONE", "R0", createdTime="2026-11-21T11:59:00+00:00")
    server.on("getReports", answer({"reports": [earlier]}))
    server.on("getReport", report("CANCELLED"))
    with pytest.raises(AskedTooSoon, match="R1"):
        ended(client)
    server.on("getReport", report("CANCELLED", **STARTED))
    with pytest.raises(NoData):
        ended(client)


def test_a_list_that_cannot_be_had_leaves_the_reason_open(client: Driven, server: Server) -> None:
    server.on("getReport", report("CANCELLED"))
    server.on("getReports", AWAY)
    with pytest.raises(CancelledUnexplained):
        ended(client)


@pytest.mark.requirement("R001-017")
@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"errorDetails": "Date range exceeded."}).encode(),
        json.dumps({"reportRequestError": "Date range exceeded."}).encode(),
        b"Date range exceeded.",
        b"\xef\xbb\xbfDate range exceeded.\n",
        gzip.compress(json.dumps({"errorDetails": "Date range exceeded."}).encode()),
    ],
    ids=["errorDetails", "reportRequestError", "a sentence", "a marked sentence", "gzip"],
)
def test_a_failed_reports_document_is_read_and_raised_as_the_reason(
    client: Driven, server: Server, content: bytes
) -> None:
    """Whatever is said of its compression."""
    server.on("getReport", report("FATAL", reportDocumentId="doc-1"))
    server.on("getReportDocument", link(compressionAlgorithm="GZIP"))
    server.on("download", document(content))
    with pytest.raises(ReportFatal) as fatal:
        ended(client)
    assert fatal.value.explanation == "Date range exceeded."
    assert fatal.value.details == "Date range exceeded."


@pytest.mark.requirement("R001-016", "R001-018")
def test_a_failed_report_without_a_document_is_told_as_that(client: Driven, server: Server) -> None:
    server.on("getReport", report("FATAL"))
    with pytest.raises(ReportFatal) as fatal:
        ended(client)
    assert (fatal.value.explanation, fatal.value.evidence) == ("", "no explanation document supplied")
    assert server.count("getReportDocument") == 0


def test_a_failure_without_a_document_is_told_with_what_was_asked_for_shortly_before(
    client: Driven, server: Server
) -> None:
    """Asked too soon again and again, a report is CANCELLED, and then FATAL."""
    earlier = report_body("DONE", "R0", reportType=SHIPMENTS, createdTime="2026-11-21T11:40:00+00:00")
    server.on("getReport", report("FATAL"))
    server.on("getReports", answer({"reports": [earlier]}))
    with pytest.raises(ReportFatal) as fatal:
        ended(client, SHIPMENTS)
    assert fatal.value.explanation == ""
    assert fatal.value.evidence == (
        "no explanation document supplied. Report R0 of the same was asked for 1200 seconds before; "
        "the type allows one in 30 minutes."
    )


def test_a_failed_reports_document_that_cannot_be_had_does_not_hide_the_failure(client: Driven, server: Server) -> None:
    server.on("getReport", report("FATAL", reportDocumentId="doc-1"))
    server.on("getReportDocument", MISSING)
    with pytest.raises(ReportFatal) as fatal:
        ended(client)
    assert "doc-1 cannot be read" in fatal.value.evidence


def test_bytes_that_are_no_text_are_shown_as_bytes(client: Driven, server: Server) -> None:
    server.on("getReport", report("FATAL", reportDocumentId="doc-1"))
    server.on("download", document(b"D\xe9sol\xe9"))
    with pytest.raises(ReportFatal) as fatal:
        ended(client)
    assert fatal.value.explanation == "D\\xe9sol\\xe9"


def test_of_an_explanation_without_end_the_beginning_is_read(client: Driven, server: Server) -> None:
    server.on("getReport", report("FATAL", reportDocumentId="doc-1"))
    server.on("download", document(b"x" * 1_000_000))
    with pytest.raises(ReportFatal) as fatal:
        ended(client)
    assert len(fatal.value.explanation) == 64 * 1024


def parts_ending(*endings: Answer) -> Callable[[httpx2.Request], Answer]:
    """The reports R1, R2, ... of a split request, which end so."""
    return lambda request: endings[int(request.url.path[-1]) - 1]


ORDERS = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE"


def split_request(client: Driven, server: Server) -> Request:
    """A request of two parts, R1 and R2."""
    server.on("createReport", answer({"reportId": "R1"}, 202), answer({"reportId": "R2"}, 202))
    range_ = {"data_start": datetime(2026, 8, 1, tzinfo=UTC), "data_end": datetime(2026, 10, 1, tzinfo=UTC)}
    request: Request = client.request(ORDERS, [US], **range_)
    assert request.report_ids == ("R1", "R2")
    return request


def test_a_part_without_data_leaves_the_others(client: Driven, server: Server) -> None:
    request = split_request(client, server)
    server.on("getReport", parts_ending(report("CANCELLED", "R1", **STARTED), report("DONE", "R2")))
    result: Result = client.wait(request)
    assert [one.reportId for one in result.reports] == ["R2"]
    assert [one.report.reportId for one in result.without_data] == ["R1"]


def test_parts_of_which_none_has_data_are_no_data(client: Driven, server: Server) -> None:
    request = split_request(client, server)
    server.on("getReport", parts_ending(report("CANCELLED", "R1", **STARTED), report("CANCELLED", "R2", **STARTED)))
    with pytest.raises(NoData):
        client.wait(request)


def test_a_part_that_failed_is_the_failure_of_the_request(client: Driven, server: Server) -> None:
    request = split_request(client, server)
    server.on("getReport", parts_ending(report("DONE", "R1"), report("FATAL", "R2")))
    with pytest.raises(ReportFatal, match="R2"):
        client.wait(request)


def test_every_kind_of_cancellation_can_be_caught_as_one() -> None:
    kinds = (CancelledByRequest, NoData, AskedTooSoon, CancelledUnexplained)
    assert all(issubclass(kind, ReportCancelled) for kind in kinds)
    assert len({kind.code for kind in kinds}) == 4


def test_a_report_from_the_beginning_of_all_time_is_told_too(client: Driven, server: Server) -> None:
    server.on("getReport", report("CANCELLED", createdTime="0001-01-01T00:00:00Z"))
    with pytest.raises(ReportCancelled):
        ended(client)
