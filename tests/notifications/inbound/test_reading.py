"""What notifications say, in each of the shapes that are sent."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.errors import InvalidInput
from daybook.notifications.inbound.reading import LONGEST, Shape, read

READY: dict[str, Any] = {
    "source": {
        "eventType": "REPORT_STATUS",
        "eventTime": "2020-07-03T14:12:42.913Z",
        "eventId": "03d34580-61d4-11ea-9e23-cd38810ff7cd",
    },
    "payload": {
        "partnerId": "10902014482",
        "requestId": "6da7357b-1c3b-4c1d-9685-ca2931eb96b4",
        "requestStatus": "READY",
        "requestSubmissionDate": "2020-12-10T07:08:35.393Z",
        "reportGenerationDate": "2020-12-10T07:21:34.473Z",
        "reportType": "ITEM",
        "reportVersion": "v1",
    },
}
SAID = "Your report request has resulted in error. Please try creating a new request."
ERROR: dict[str, Any] = {
    "source": {**READY["source"], "eventId": "e435c380-fbe6-11ea-bc39-c314c32822dc"},
    "payload": {**READY["payload"], "requestStatus": "ERROR", "errorDescription": SAID},
}
AMAZON: dict[str, Any] = {
    "notificationVersion": "2020-09-04",
    "notificationType": "REPORT_PROCESSING_FINISHED",
    "payloadVersion": "2020-09-04",
    "eventTime": "2026-11-21T12:00:00.000Z",
    "payload": {
        "reportProcessingFinishedNotification": {
            "sellerId": "A1SHOP",
            "accountId": "amzn1.merchant.o.A1",
            "reportId": "54517018502",
            "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
            "processingStatus": "DONE",
            "reportDocumentId": "amzn1.tortuga.3.d.T",
        }
    },
    "notificationMetadata": {
        "applicationId": "app",
        "subscriptionId": "sub",
        "publishTime": "2026-11-21T12:00:01.000Z",
        "notificationId": "n-1",
    },
}


def body(content: object) -> bytes:
    return json.dumps(content).encode()


@pytest.mark.requirement("R002-009", "R002-011", "R002-014", "R002-015", "R002-021", "R002-027")
def test_the_first_sample_of_a_report_status_is_read_although_its_times_are_in_no_order() -> None:
    reading = read(body(READY), {})
    assert reading.shape is Shape.WALMART
    assert reading.event_id == "03d34580-61d4-11ea-9e23-cd38810ff7cd"
    assert (reading.event_type, reading.event_time) == ("REPORT_STATUS", "2020-07-03T14:12:42.913Z")
    assert (reading.subject, reading.subject_id) == ("report", "6da7357b-1c3b-4c1d-9685-ca2931eb96b4")
    assert (reading.status, reading.report_type, reading.seller) == ("READY", "ITEM", "10902014482")
    assert reading.description == ""


@pytest.mark.requirement("R002-020")
def test_the_second_sample_tells_its_error() -> None:
    reading = read(body(ERROR), {})
    assert (reading.status, reading.description) == ("ERROR", SAID)


@pytest.mark.requirement("R002-028", "R002-029")
def test_ids_are_opaque_and_a_status_that_nobody_knows_is_kept_as_it_is() -> None:
    payload = {**READY["payload"], "partnerId": "00109", "requestStatus": "INPROGRESS"}
    reading = read(body({**READY, "payload": payload}), {})
    assert (reading.seller, reading.status) == ("00109", "INPROGRESS")


def test_a_suppliers_report_has_a_vendor() -> None:
    payload = {name: value for name, value in READY["payload"].items() if name != "partnerId"}
    source = {**READY["source"], "eventType": "REPORT_STATUS_SUPPLIER"}
    reading = read(body({"source": source, "payload": {**payload, "vendorId": 77, "channelType": "DSV"}}), {})
    assert (reading.shape, reading.seller, reading.status) == (Shape.WALMART_SUPPLIER, "77", "READY")


def test_the_guides_form_is_read_with_its_headers_and_its_link_is_passed_over() -> None:
    told = {"event": "report.failed", "requestId": "r-1", "status": "FAILED", "downloadUrl": "https://evil.example/"}
    reading = read(body({**told, "error": {"code": "E1", "message": "No."}}), {"x-event-id": "e-1"})
    assert (reading.shape, reading.event_id, reading.event_type) == (Shape.WALMART_GUIDE, "e-1", "report.failed")
    assert (reading.subject_id, reading.status, reading.description) == ("r-1", "FAILED", "E1 No.")
    assert "evil" not in repr(reading)


def test_a_feed_that_is_labelled_a_report_is_a_feed() -> None:
    payload = {"partnerId": "1", "feedId": "f@1", "feedStatus": "PROCESSED", "itemsReceived": 5}
    reading = read(body({"source": READY["source"], "payload": payload}), {})
    assert (reading.shape, reading.subject, reading.subject_id) == (Shape.WALMART_FEED, "feed", "f@1")
    assert reading.status == "PROCESSED"


@pytest.mark.parametrize("wrapped", [AMAZON, {"version": "0", "detail-type": "x", "detail": AMAZON}])
def test_amazons_notification_is_read_by_itself_and_as_eventbridge_wraps_it(wrapped: object) -> None:
    reading = read(body(wrapped), {})
    assert (reading.shape, reading.event_id, reading.seller) == (Shape.AMAZON, "n-1", "A1SHOP")
    assert (reading.subject_id, reading.status) == ("54517018502", "DONE")


def test_standard_webhooks_are_known_by_their_header() -> None:
    data = {"sellerId": "A1", "resource": "REPORTS", "resourceId": "9", "processingStatus": "FATAL"}
    reading = read(body({"type": "report.ended", "timestamp": "t", "data": data}), {"webhook-id": "msg_1"})
    assert (reading.shape, reading.event_id) == (Shape.STANDARD, "msg_1")
    assert (reading.subject, reading.subject_id, reading.status) == ("report", "9", "FATAL")


@pytest.mark.parametrize(
    ("resource", "subject"), [("BATCHES", "batch"), ("SCHEDULES", "schedule"), ("INBOUND", "inbound")]
)
def test_what_a_standard_message_is_about_is_called_by_one_of_its_resource(resource: str, subject: str) -> None:
    data = {"sellerId": "A1", "resource": resource, "resourceId": "9"}
    reading = read(body({"type": "x", "timestamp": "t", "data": data}), {"webhook-id": "msg_1"})
    assert (reading.subject, reading.subject_id) == (subject, "9")


def test_what_nobody_knows_is_known_by_its_digest() -> None:
    reading = read(b'{"hello": 1}', {})
    assert reading.shape is Shape.UNKNOWN
    assert reading.event_id == read(b'{"hello": 1}', {}).event_id != read(b'{"hello": 2}', {}).event_id


@pytest.mark.requirement("R002-031")
@pytest.mark.parametrize("content", [b"", b"x", b"[]", b"1", b'"READY"', b"\xff\xfe", b"[" * 100_000, b'{"a": \xff}'])
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match="The body is not"):
        read(content, {})


_NAMES = st.sampled_from([
    "source", "payload", "eventId", "requestId", "feedId", "partnerId", "event", "error", "code", "detail", "type",
    "notificationType", "notificationMetadata", "reportProcessingFinishedNotification", "data", "status", "x",
])  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_NAMES, _JSON, max_size=5))
def test_any_object_can_be_read_and_what_it_says_can_be_stored(content: dict[str, Any]) -> None:
    reading = read(body(content), {})
    assert reading.event_id
    texts = (reading.event_id, reading.event_type, reading.subject_id, reading.status, reading.description)
    assert all(len(text) <= 3 * LONGEST + 2 and "\0" not in text for text in texts)
    assert "".join(texts).encode()
