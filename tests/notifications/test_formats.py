"""The bodies that receivers get, byte by byte."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from daybook.kernel.errors import InvalidInput
from daybook.notifications.formats import find_format, formats
from daybook.notifications.news import SENTENCES, EndedReport, EventType, News

READY = News(
    event_id="03d34580-61d4-11ea-9e23-cd38810ff7cd",
    type=EventType.REPORT_ENDED,
    at=datetime(2020, 7, 3, 14, 12, 42, 913_000, UTC),
    seller_id="10902014482",
    resource="report",
    resource_id="6da7357b-1c3b-4c1d-9685-ca2931eb96b4",
    sequence=1,
    report=EndedReport(
        report_type="ITEM",
        version="v1",
        status="DONE",
        outcome="data",
        created_at=datetime(2020, 12, 10, 7, 8, 35, 393_000, UTC),
        ended_at=datetime(2020, 12, 10, 7, 21, 34, 473_000, UTC),
        document_id="amzn1.spdoc.1",
        application_id="amzn1.application-oa2-client.1",
    ),
)
BATCH = News(
    event_id="e1",
    type=EventType.BATCH_FINISHED,
    at=READY.at,
    seller_id="S1",
    resource="batch",
    resource_id="B1",
    sequence=3,
    facts={"operations": 2, "errors": 1},
)
SAMPLE_1 = (
    b'{"source":{"eventType":"REPORT_STATUS","eventTime":"2020-07-03T14:12:42.913Z",'
    b'"eventId":"03d34580-61d4-11ea-9e23-cd38810ff7cd"},'
    b'"payload":{"partnerId":"10902014482","requestId":"6da7357b-1c3b-4c1d-9685-ca2931eb96b4","requestStatus":"READY",'
    b'"requestSubmissionDate":"2020-12-10T07:08:35.393Z","reportGenerationDate":"2020-12-10T07:21:34.473Z",'
    b'"reportType":"ITEM","reportVersion":"v1"}}'
)
SAMPLE_2 = (
    b'{"source":{"eventType":"REPORT_STATUS","eventTime":"2020-07-03T14:12:42.913Z",'
    b'"eventId":"e435c380-fbe6-11ea-bc39-c314c32822dc"},'
    b'"payload":{"partnerId":"10902014482","requestId":"6da7357b-1c3b-4c1d-9685-ca2931eb96b4","requestStatus":"ERROR",'
    b'"requestSubmissionDate":"2020-12-10T07:08:35.393Z","reportGenerationDate":"2020-12-10T07:21:34.473Z",'
    b'"reportType":"ITEM","reportVersion":"v1",'
    b'"errorDescription":"Your report request has resulted in error. Please try creating a new request."}}'
)


def ended(**facts: Any) -> News:
    """The same news of a report that ended otherwise."""
    assert READY.report is not None
    return replace(READY, report=replace(READY.report, **facts))


def body(name: str, news: News) -> Any:
    encoded = find_format(name).encode(news, "subscription-1")
    return None if encoded is None else json.loads(encoded)


@pytest.mark.requirement(
    "R002-004",
    "R002-007",
    "R002-008",
    "R002-009",
    "R002-010",
    "R002-011",
    "R002-012",
    "R002-013",
    "R002-014",
    "R002-015",
)
def test_the_first_sample_of_the_seed_is_reproduced_exactly_from_a_ready_report() -> None:
    assert find_format("walmart").encode(READY, "") == SAMPLE_1


@pytest.mark.requirement("R002-016", "R002-017", "R002-018", "R002-019", "R002-020", "R002-027", "R002-028")
def test_the_second_sample_of_the_seed_is_reproduced_exactly_from_an_error_report() -> None:
    failed = replace(ended(status="FATAL", outcome="failed"), event_id="e435c380-fbe6-11ea-bc39-c314c32822dc")
    assert find_format("walmart").encode(failed, "") == SAMPLE_2


@pytest.mark.requirement("R002-021")
def test_a_report_that_is_ready_has_no_error_description() -> None:
    assert "errorDescription" not in body("walmart", ended(error_description="never shown"))["payload"]


def test_an_error_says_why_where_the_report_knows() -> None:
    told = body("walmart", ended(status="FATAL", outcome="failed", error_description="The disk is full."))
    assert told["payload"]["errorDescription"] == "The disk is full."


@pytest.mark.parametrize("outcome", ["no_data", "cancelled_upstream", "too_soon"])
def test_a_cancelled_report_is_an_error_that_says_the_outcome(outcome: str) -> None:
    payload = body("walmart", ended(status="CANCELLED", outcome=outcome, error_description="Seen at 12:00."))["payload"]
    assert payload["requestStatus"] == "ERROR"
    assert f"({outcome})" in payload["errorDescription"]
    assert payload["errorDescription"].endswith(" Seen at 12:00.")


def test_of_a_report_that_its_application_cancelled_walmarts_format_says_nothing() -> None:
    cancelled = ended(status="CANCELLED", outcome="cancelled_by_request", document_id=None)
    assert body("walmart", cancelled) is None
    assert body("standard", cancelled)["data"]["outcome"] == "cancelled_by_request"


@pytest.mark.requirement("R002-028")
def test_times_have_milliseconds_and_a_z_and_a_sellers_leading_zeros_stay() -> None:
    news = replace(READY, at=datetime(2026, 1, 2, 3, 4, 5, 999_999, UTC), seller_id="0012")
    told = body("walmart", news)
    assert told["source"]["eventTime"] == "2026-01-02T03:04:05.999Z"
    assert told["payload"]["partnerId"] == "0012"


def test_other_events_have_walmarts_two_objects_too() -> None:
    assert body("walmart", BATCH) == {
        "source": {"eventType": "BATCH_FINISHED", "eventTime": "2020-07-03T14:12:42.913Z", "eventId": "e1"},
        "payload": {
            "partnerId": "S1", "resourceName": "batch", "resourceId": "B1", "sequence": 3, "operations": 2, "errors": 1
        },
    }  # fmt: skip


def test_the_standard_format_has_type_timestamp_and_data() -> None:
    assert body("standard", READY) == {
        "type": "report.ended",
        "timestamp": "2020-07-03T14:12:42.913Z",
        "data": {
            "sellerId": "10902014482",
            "resource": "report",
            "resourceId": "6da7357b-1c3b-4c1d-9685-ca2931eb96b4",
            "sequence": 1,
            "reportType": "ITEM",
            "reportVersion": "v1",
            "processingStatus": "DONE",
            "outcome": "data",
            "createdTime": "2020-12-10T07:08:35.393Z",
            "processingEndTime": "2020-12-10T07:21:34.473Z",
            "reportDocumentId": "amzn1.spdoc.1",
            "applicationId": "amzn1.application-oa2-client.1",
        },
    }
    assert body("standard", BATCH)["data"] == {
        "sellerId": "S1", "resource": "batch", "resourceId": "B1", "sequence": 3, "operations": 2, "errors": 1
    }  # fmt: skip


def test_amazons_format_is_its_own_notification() -> None:
    assert body("amazon", READY) == {
        "notificationVersion": "2020-09-04",
        "notificationType": "REPORT_PROCESSING_FINISHED",
        "payloadVersion": "2020-09-04",
        "eventTime": "2020-07-03T14:12:42.913Z",
        "payload": {
            "reportProcessingFinishedNotification": {
                "sellerId": "10902014482",
                "accountId": "10902014482",
                "reportId": "6da7357b-1c3b-4c1d-9685-ca2931eb96b4",
                "reportType": "ITEM",
                "processingStatus": "DONE",
                "reportDocumentId": "amzn1.spdoc.1",
            }
        },
        "notificationMetadata": {
            "applicationId": "amzn1.application-oa2-client.1",
            "subscriptionId": "subscription-1",
            "publishTime": "2020-07-03T14:12:42.913Z",
            "notificationId": "03d34580-61d4-11ea-9e23-cd38810ff7cd",
        },
    }


def test_amazons_format_leaves_out_a_document_that_is_not_there_and_tells_reports_alone() -> None:
    told = body("amazon", ended(status="CANCELLED", outcome="no_data", document_id=None))
    assert "reportDocumentId" not in told["payload"]["reportProcessingFinishedNotification"]
    assert body("amazon", BATCH) is None


@pytest.mark.parametrize("name", ["amazon", "standard", "walmart"])
def test_a_format_tells_what_it_says_it_tells_as_compact_json_and_always_the_same(name: str) -> None:
    found = find_format(name)
    assert found.sentence.endswith(".")
    for type_ in EventType:
        news = READY if type_ is EventType.REPORT_ENDED else replace(BATCH, type=type_)
        encoded = found.encode(news, "subscription-1")
        assert (encoded is not None) == (type_ in found.events)
        if encoded is not None:
            compact = json.dumps(json.loads(encoded), separators=(",", ":"), ensure_ascii=False).encode()
            assert encoded == compact == found.encode(news, "subscription-1")


def test_every_type_of_event_has_a_sentence() -> None:
    assert set(SENTENCES) == set(EventType)


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    assert list(formats()) == ["amazon", "standard", "walmart"]
    with pytest.raises(InvalidInput, match="no format 'ebay'") as refused:
        find_format("ebay")
    assert refused.value.details == "Formats: amazon, standard, walmart."
