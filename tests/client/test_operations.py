"""The nine operations as they are on the wire."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import httpx2
import pytest

from daybook.client.errors import AccessDenied, NoSuchThing, Refused, WrongAnswer
from daybook.kernel.errors import InvalidInput
from tests.client.driven import Driven
from tests.client.scripted import (
    EXPIRED,
    FAILED,
    MISSING,
    RESTRICTED,
    Server,
    answer,
    link,
    refusal,
    report,
    report_body,
)

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
ROOT = "/reports/2021-06-30"
INVOICES = "GET_FLAT_FILE_ORDER_REPORT_DATA_INVOICING"
"""A type with people's data in it."""


def sent(server: Server, operation: str) -> tuple[str, str]:
    """The method and the target of the last call of the operation, as it was sent."""
    request = server.of(operation)[-1].request
    return request.method, request.url.raw_path.decode()


def test_every_operation_is_sent_as_the_contract_has_it(client: Driven, server: Server) -> None:
    client.get_reports(["A", "B"], statuses=["DONE"], marketplace_ids=["M1", "M2"], page_size=7, created_since=NOON)
    client.get_report("R/1")
    client.cancel_report("R1")
    client.get_report_schedules(["A", "B"])
    client.get_report_schedule("S1")
    client.cancel_report_schedule("S1")
    client.get_report_document("amzn1.spdoc.1.4.na.x.T1.2")
    client.create_report("T", ["M"])
    client.create_report_schedule("T", ["M"], "P1D")
    listed = (
        "reportTypes=A%2CB&processingStatuses=DONE&marketplaceIds=M1%2CM2&pageSize=7"
        "&createdSince=2026-11-01T12%3A00%3A00%2B00%3A00"
    )
    assert {operation: sent(server, operation) for operation in {asked.operation for asked in server.asked}} == {
        "token": ("POST", "/auth/o2/token"),
        "getReports": ("GET", f"{ROOT}/reports?{listed}"),
        "createReport": ("POST", f"{ROOT}/reports"),
        "getReport": ("GET", f"{ROOT}/reports/R%2F1"),
        "cancelReport": ("DELETE", f"{ROOT}/reports/R1"),
        "getReportSchedules": ("GET", f"{ROOT}/schedules?reportTypes=A%2CB"),
        "createReportSchedule": ("POST", f"{ROOT}/schedules"),
        "getReportSchedule": ("GET", f"{ROOT}/schedules/S1"),
        "cancelReportSchedule": ("DELETE", f"{ROOT}/schedules/S1"),
        "getReportDocument": ("GET", f"{ROOT}/documents/amzn1.spdoc.1.4.na.x.T1.2"),
    }


def test_a_call_shows_its_token_and_who_it_is_and_nothing_of_its_secrets(client: Driven, server: Server) -> None:
    client.create_report("T", ["M"])
    headers = server.of("createReport")[0].request.headers
    assert headers["x-amz-access-token"] == "Atza|1"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("daybook/")
    assert len(headers["user-agent"]) <= 500
    assert "authorization" not in headers


def test_bodies_hold_what_was_given_and_nothing_else(client: Driven, server: Server) -> None:
    client.create_report("T", ["M"])
    client.create_report("T", ("M", "N"), options={"a": "b"}, data_start=NOON, data_end=NOON + timedelta(seconds=1.25))
    client.create_report_schedule("T", ["M"], "P1D")
    client.create_report_schedule("T", ["M"], "PT5M", options={"a": "b"}, next_at=NOON)
    assert [asked.body for asked in server.of("createReport", "createReportSchedule")] == [
        {"reportType": "T", "marketplaceIds": ["M"]},
        {
            "reportType": "T",
            "marketplaceIds": ["M", "N"],
            "reportOptions": {"a": "b"},
            "dataStartTime": "2026-11-01T12:00:00+00:00",
            "dataEndTime": "2026-11-01T12:00:01.250+00:00",
        },
        {"reportType": "T", "marketplaceIds": ["M"], "period": "P1D"},
        {
            "reportType": "T",
            "marketplaceIds": ["M"],
            "period": "PT5M",
            "reportOptions": {"a": "b"},
            "nextReportCreationTime": "2026-11-01T12:00:00+00:00",
        },
    ]


def test_a_time_of_any_zone_is_sent_as_the_same_instant(client: Driven, server: Server) -> None:
    client.create_report("T", ["M"], data_start=datetime(2026, 11, 1, 4, 0, tzinfo=timezone(timedelta(hours=-8))))
    assert server.of("createReport")[0].body["dataStartTime"] == "2026-11-01T12:00:00+00:00"


@pytest.mark.requirement("R004-234")
@pytest.mark.parametrize("options", [{"a": True}, {"a": 1}, {"a": None}, {1: "a"}, {"a": ["b"]}])
def test_an_option_that_is_no_text_is_refused_before_anything_is_sent(
    client: Driven, server: Server, options: dict[object, object]
) -> None:
    with pytest.raises(InvalidInput, match="option"):
        client.create_report("T", ["M"], options=options)
    with pytest.raises(InvalidInput, match="option"):
        client.create_report_schedule("T", ["M"], "P1D", options=options)
    assert server.asked == []


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda client: client.create_report("T", []), id="no marketplaces"),
        pytest.param(lambda client: client.create_report("T", "ATVPDKIKX0DER"), id="one text for a list"),
        pytest.param(lambda client: client.create_report_schedule("T", [], "P1D"), id="no marketplaces of a schedule"),
        pytest.param(
            lambda client: client.create_report("T", ["M"], data_start=NOON.replace(tzinfo=None)),
            id="a start without a zone",
        ),
        pytest.param(
            lambda client: client.request("T", ["M"], data_end=NOON.replace(tzinfo=None)), id="an end without a zone"
        ),
        pytest.param(
            lambda client: client.get_reports(["T"], created_since=NOON.replace(tzinfo=None)),
            id="a since without a zone",
        ),
        pytest.param(
            lambda client: client.create_report_schedule("T", ["M"], "P1D", next_at=NOON.replace(tzinfo=None)),
            id="a time without a zone",
        ),
        pytest.param(lambda client: client.get_reports(["T"], next_token="t"), id="a token beside types"),
        pytest.param(lambda client: client.get_reports(page_size=5, next_token="t"), id="a token beside a size"),
    ],
)
def test_what_a_server_would_refuse_or_take_for_something_else_is_refused_here(
    client: Driven, server: Server, call: Callable[[Driven], object]
) -> None:
    with pytest.raises(InvalidInput):
        call(client)
    assert server.asked == []


@pytest.mark.requirement("R004-243")
def test_a_schedule_is_asked_for_with_a_period_of_the_contract_alone(client: Driven, server: Server) -> None:
    with pytest.raises(InvalidInput, match="P3W") as refused:
        client.create_report_schedule("T", ["M"], "P3W")
    assert "PT84H" in refused.value.details
    assert server.asked == []


def test_pages_are_followed_by_the_token_alone_to_the_last(client: Driven, server: Server) -> None:
    server.on(
        "getReports",
        answer({"reports": [report_body(report_id="1"), report_body(report_id="2")], "nextToken": "a+/= b"}),
        answer({"reports": [], "nextToken": "c"}),
        answer({"reports": [report_body(report_id="3")]}),
    )
    assert [report.reportId for report in client.reports(["T"], statuses=["DONE"])] == ["1", "2", "3"]
    assert [asked.query for asked in server.of("getReports")] == [
        {"reportTypes": "T", "processingStatuses": "DONE", "pageSize": "100"},
        {"nextToken": "a+/= b"},
        {"nextToken": "c"},
    ]


def test_a_cancellation_whose_answer_was_lost_is_found_done(client: Driven, server: Server) -> None:
    server.on("cancelReport", httpx2.ReadTimeout("timed out"), refusal(400, "InvalidInput"))
    server.on("getReport", report("CANCELLED"))
    client.cancel_report("R1")
    server.on("cancelReportSchedule", FAILED, MISSING)
    client.cancel_report_schedule("S1")


def test_a_cancellation_that_was_refused_from_the_first_is_told(client: Driven, server: Server) -> None:
    server.on("cancelReport", refusal(400, "InvalidInput", "Only a report that is IN_QUEUE can be cancelled"))
    with pytest.raises(Refused, match="IN_QUEUE"):
        client.cancel_report("R1")
    server.on("cancelReportSchedule", MISSING)
    with pytest.raises(NoSuchThing):
        client.cancel_report_schedule("S1")
    server.on("cancelReport", FAILED, refusal(400, "InvalidInput"))
    with pytest.raises(Refused):
        client.cancel_report("R1")


def test_a_restricted_type_gets_a_restricted_data_token_for_its_document_alone(
    make: Callable[..., Driven], server: Server
) -> None:
    client = make(restricted_tokens=RESTRICTED)
    client.get_report_document("doc-1", INVOICES)
    client.get_report_document("doc-2", "GET_MERCHANT_LISTINGS_ALL_DATA")
    client.get_report_document("doc-3")
    [asked] = server.of("createRestrictedDataToken")
    resource = {"method": "GET", "path": "/reports/2021-06-30/documents/doc-1"}
    assert (asked.token, asked.body) == ("Atza|1", {"restrictedResources": [resource]})
    assert [one.token for one in server.of("getReportDocument")] == ["Atz.sprdt|1", "Atza|1", "Atza|1"]


def test_a_server_that_knows_no_restricted_data_tokens_is_not_asked_for_one(client: Driven, server: Server) -> None:
    client.get_report_document("doc-1", INVOICES)
    assert server.count("createRestrictedDataToken") == 0


def test_a_restricted_data_token_that_expired_is_replaced_once(make: Callable[..., Driven], server: Server) -> None:
    client = make(restricted_tokens=RESTRICTED)
    tokens = [answer({"restrictedDataToken": name, "expiresIn": 1}) for name in ("one", "two", "three")]
    server.on("createRestrictedDataToken", *tokens)
    server.on("getReportDocument", EXPIRED, link())
    client.get_report_document("doc-1", INVOICES)
    assert [one.token for one in server.of("getReportDocument")] == ["one", "two"]
    server.on("createRestrictedDataToken", refusal(403, "Unauthorized", "Application does not have access"))
    with pytest.raises(AccessDenied, match="does not have access"):
        client.get_report_document("doc-1", INVOICES)


def test_pages_that_go_round_in_a_circle_are_left(client: Driven, server: Server) -> None:
    pages = [answer({"reports": [report_body(report_id="1")], "nextToken": token}) for token in ("a", "b", "a")]
    server.on("getReports", *pages)
    with pytest.raises(WrongAnswer, match="gave before"):
        client.reports(["GET_MERCHANT_LISTINGS_ALL_DATA"])
    assert server.count("getReports") == 3
