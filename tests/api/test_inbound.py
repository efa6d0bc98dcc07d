"""/daybook/v1/inbound."""

import pytest

from tests.api.receiving import INBOUND, REQUEST, add, deliver, listed, path_of, sample
from tests.api.serving import DECODING, Client, Daybook


def fill(daybook: Daybook, client: Client) -> None:
    """Seven notifications: five about one request, one about another, one of another type."""
    path = path_of(add(client)["url"])
    for number in range(5):
        deliver(daybook.wire, path, sample("READY", f"e{number}"))
        daybook.clock.advance(1)
    deliver(daybook.wire, path, sample("READY", "other", requestId="another"))
    deliver(daybook.wire, path, b'{"source":{"eventType":"PO_CREATED","eventId":"p"},"payload":{}}')


def test_pages_are_the_newest_first_and_miss_nothing(daybook: Daybook, first: Client) -> None:
    fill(daybook, first)
    whole = listed(first)
    assert len(whole) == 7
    assert [one["inboundId"] for one in whole] == sorted((one["inboundId"] for one in whole), reverse=True)
    seen, page = [], first.get(INBOUND, pageSize=3).json
    while True:
        seen += page["inbound"]
        if "nextToken" not in page:
            break
        page = first.get(INBOUND, nextToken=page["nextToken"]).json
    assert seen == whole


def test_what_is_looked_for_is_found(daybook: Daybook, first: Client) -> None:
    fill(daybook, first)
    assert {one["subjectId"] for one in listed(first, reportId=REQUEST)} == {REQUEST}
    assert len(listed(first, reportId=REQUEST, status="UNMATCHED", eventType="REPORT_STATUS")) == 5
    assert [one["eventId"] for one in listed(first, status="KEPT")] == ["p"]
    assert [one["eventId"] for one in listed(first, eventType="PO_CREATED")] == ["p"]
    assert listed(first, status="MATCHED") == []


def test_a_page_token_is_its_sellers(daybook: Daybook, first: Client, second: Client) -> None:
    fill(daybook, first)
    token = first.get(INBOUND, pageSize=1).json["nextToken"]
    assert second.get(INBOUND, nextToken=token).status == 400
    assert first.get(INBOUND, nextToken=token[:-1]).status == 400


@DECODING
@pytest.mark.parametrize("query", [{"status": "LOUD"}, {"pageSize": 101}, {"pageSize": 0}])
def test_a_search_that_cannot_be_is_refused(first: Client, query: dict[str, object]) -> None:
    assert first.get(INBOUND, **query).status == 400


@DECODING
def test_a_notification_that_is_not_there_is_not_found(first: Client) -> None:
    assert first.get(f"{INBOUND}/1").status == 404
    assert first.get(f"{INBOUND}/%00").status == 404
