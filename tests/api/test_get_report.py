"""getReport: a report in each status, for ninety days."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.api.production import ROWS, begin, fail, finish, finish_without_data, fire
from tests.api.serving import FAULTY_LISTINGS, REPORTS, US, Client, Daybook

NOON = "2026-11-21T12:00:00+00:00"
ONE_O_CLOCK = "2026-11-21T13:00:00+00:00"
TWO_O_CLOCK = "2026-11-21T14:00:00+00:00"


@pytest.mark.requirement("R004-069", "R004-248", "R001-016", "R001-022", "R001-034")
def test_a_report_in_the_queue_has_no_processing_times_and_no_document(first: Client) -> None:
    report_id = first.ask()
    assert first.report(report_id) == {
        "reportId": report_id,
        "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
        "createdTime": NOON,
        "processingStatus": "IN_QUEUE",
        "marketplaceIds": [US],
        "dataStartTime": NOON,
        "dataEndTime": NOON,
    }


@pytest.mark.requirement("R004-205", "R004-247")
def test_a_report_in_progress_tells_when_it_was_started(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    daybook.clock.advance(hours=1)
    begin(daybook)
    report = first.report(report_id)
    assert (report["processingStatus"], report["processingStartTime"]) == ("IN_PROGRESS", ONE_O_CLOCK)
    assert report.keys() & {"processingEndTime", "reportDocumentId"} == set()


@pytest.mark.requirement("R004-069", "R004-206", "R004-207", "R004-245", "R001-003", "R001-015")
def test_a_report_that_is_done_names_its_document(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    daybook.clock.advance(hours=1)
    report = begin(daybook)
    daybook.clock.advance(hours=1)
    document_id = finish(daybook, report, ROWS)
    told = first.report(report_id)
    assert (told["processingStatus"], told["reportDocumentId"]) == ("DONE", document_id)
    assert (told["processingStartTime"], told["processingEndTime"]) == (ONE_O_CLOCK, TWO_O_CLOCK)


@pytest.mark.requirement("R004-244", "R001-012", "R001-013", "R001-014", "R001-016")
def test_a_report_without_data_is_cancelled_after_its_start_and_has_no_document(
    daybook: Daybook, first: Client
) -> None:
    report_id = first.ask()
    daybook.clock.advance(hours=1)
    finish_without_data(daybook, begin(daybook))
    told = first.report(report_id)
    assert (told["processingStatus"], told["processingStartTime"]) == ("CANCELLED", ONE_O_CLOCK)
    assert "reportDocumentId" not in told
    assert outcome(daybook, report_id) == "no_data"
    with daybook.store.reading() as tx:
        assert tx.report_next_in_queue(daybook.first, told["reportType"]) is None


@pytest.mark.requirement("R004-244", "R001-012", "R001-013")
def test_a_report_cancelled_on_request_is_told_apart_from_one_without_data(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    assert first.delete(f"{REPORTS}/{report_id}").status == 200
    told = first.report(report_id)
    assert (told["processingStatus"], told["processingEndTime"]) == ("CANCELLED", NOON)
    assert "processingStartTime" not in told
    assert outcome(daybook, report_id) == "cancelled_by_request"


@pytest.mark.requirement("R004-246", "R001-016")
@pytest.mark.parametrize("explanation", [None, b'{"errorDetails": "..."}'])
def test_a_report_that_failed_is_fatal_with_a_document_only_where_one_explains_it(
    daybook: Daybook, first: Client, explanation: bytes | None
) -> None:
    report_id = first.ask()
    document_id = fail(daybook, begin(daybook), explanation)
    told = first.report(report_id)
    assert told["processingStatus"] == "FATAL"
    assert told.get("reportDocumentId") == document_id


@pytest.mark.requirement("R001-015")
def test_a_report_is_never_done_without_a_document(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    report = begin(daybook)
    with pytest.raises(Exception, match="done_has_document"), daybook.store.transaction() as tx:
        tx.move_report(report, report.status, status="DONE", finished_at=tx.now, outcome="data")
    assert first.report(report_id)["processingStatus"] == "IN_PROGRESS"


@pytest.mark.requirement("R004-202", "R004-284")
def test_a_report_of_a_schedule_names_the_schedule(daybook: Daybook, first: Client) -> None:
    schedule_id = first.plan(period="PT1H")
    fire(daybook, after=timedelta(hours=1))
    [report_id] = first.listed(reportTypes=FAULTY_LISTINGS)
    assert first.report(report_id)["reportScheduleId"] == schedule_id


def by_request(daybook: Daybook, client: Client) -> str:
    return client.ask()


def by_schedule(daybook: Daybook, client: Client) -> str:
    client.plan(nextReportCreationTime=NOON)
    fire(daybook)
    [report_id] = client.listed(reportTypes=FAULTY_LISTINGS)
    return report_id


@pytest.mark.requirement("R001-019", "R004-283")
@pytest.mark.parametrize(
    "made",
    [
        pytest.param(by_request, marks=pytest.mark.requirement("R001-020")),
        pytest.param(by_schedule, marks=pytest.mark.requirement("R001-021")),
    ],
)
def test_a_report_is_told_for_ninety_days_and_then_only_the_ledger_knows_it(
    daybook: Daybook, made: Callable[[Daybook, Client], str]
) -> None:
    report_id = made(daybook, daybook.client())
    daybook.clock.advance(days=90)
    assert daybook.client().report(report_id)["createdTime"] == NOON
    daybook.clock.advance(0.000001)
    answer = daybook.client().get(f"{REPORTS}/{report_id}")
    assert answer.refusal == (404, "NotFound")
    with daybook.store.reading() as tx:
        assert [event.to_status for event in tx.events_of(daybook.first, "report", report_id)] == ["IN_QUEUE"]


@pytest.mark.requirement("R004-073")
@pytest.mark.parametrize(
    "id", ["0", "ID323", "-1", "9" * 400, "%00", "a%00b", "%FF", "..%2e", "null", "é", "%F0%9F%92%A9"]
)
def test_an_unknown_id_is_not_found(first: Client, id: str) -> None:
    first.ask()
    answer = first.send("GET", f"{REPORTS}/{id}".encode().decode("latin-1"))
    assert answer.refusal == (404, "NotFound")
    assert answer.error["message"] == "One or more of the provided ReportRequestIds could not be found."


def test_a_query_and_a_body_that_nobody_asked_for_are_ignored(first: Client) -> None:
    report_id = first.ask()
    extras = "MarketplaceId=A&MarketplaceIds=A&marketplace_ids=A&marketplaceIds=A&x=%00"
    answer = first.send("GET", f"{REPORTS}/{report_id}?{extras}", b"{not json")
    assert answer.json == first.report(report_id)


def outcome(daybook: Daybook, report_id: str) -> str | None:
    """Why the report ended."""
    with daybook.store.reading() as tx:
        report = tx.report(daybook.first, report_id)
    assert report is not None
    return report.outcome and report.outcome.value
