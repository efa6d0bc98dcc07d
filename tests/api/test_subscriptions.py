"""/daybook/v1/subscriptions."""

import pytest

from daybook.notifications.fan_out import fan_out
from tests.api.notifying import DELIVERIES, SUBSCRIPTIONS, add, end_report, subscribe
from tests.api.serving import DECODING, Client, Daybook


@pytest.fixture
def destination(first: Client) -> str:
    return str(add(first)["destinationId"])


@pytest.mark.requirement("R002-004", "R002-005", "R002-006", "R002-034")
def test_a_subscription_has_the_event_type_version_and_resource_of_the_seed(first: Client, destination: str) -> None:
    names = {"resourceName": "REPORTS", "eventType": "REPORT_STATUS", "eventVersion": "v1"}
    made = subscribe(first, destination, **names, reportTypes=["GET_X"], reportStatuses=["DONE"])
    assert made == {
        "subscriptionId": made["subscriptionId"],
        "sellerId": made["sellerId"],
        "destinationId": destination,
        "resourceName": "REPORTS",
        "eventType": "REPORT_STATUS",
        "eventVersion": "V1",
        "format": "walmart",
        "status": "ACTIVE",
        "reportTypes": ["GET_X"],
        "reportStatuses": ["DONE"],
        "createdTime": "2026-11-21T12:00:00+00:00",
        "changedTime": "2026-11-21T12:00:00+00:00",
    }
    assert first.get(f"{SUBSCRIPTIONS}/{made['subscriptionId']}").json == made
    assert first.get(SUBSCRIPTIONS).json == {"subscriptions": [made]}


@DECODING
@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"eventType": "ITEM_CHANGED"}, "There is no event type 'ITEM_CHANGED'."),
        ({"resourceName": "ORDERS"}, "REPORT_STATUS is an event of the resource REPORTS."),
        ({"eventVersion": "V2"}, "REPORT_STATUS has the version V1 alone."),
        ({"format": "xml"}, "There is no format 'xml'."),
        (
            {"format": "amazon", "eventType": "SCHEDULE_FIRED", "resourceName": "SCHEDULES"},
            "cannot tell SCHEDULE_FIRED",
        ),
        ({"reportStatuses": ["IN_QUEUE"]}, "'IN_QUEUE' is no status of REPORT_STATUS."),
        ({"destinationId": "UNKNOWN"}, "The destination could not be found."),
    ],
)
def test_what_is_wrong_with_a_subscription_is_told(
    first: Client, destination: str, members: dict[str, object], told: str
) -> None:
    answer = first.post(SUBSCRIPTIONS, {"destinationId": destination} | members)
    assert answer.status in (400, 404)
    assert told in answer.json["errors"][0]["message"]


def test_a_change_leaves_what_it_does_not_name(first: Client, destination: str) -> None:
    made = subscribe(first, destination, reportTypes=["GET_X"])
    path = f"{SUBSCRIPTIONS}/{made['subscriptionId']}"
    changed = first.patch(path, {"format": "standard", "status": "INACTIVE"}).json
    assert (changed["format"], changed["status"], changed["reportTypes"]) == ("standard", "INACTIVE", ["GET_X"])
    assert first.patch(path, {"format": "xml"}).refusal == (400, "InvalidInput")
    assert first.delete(path).status == 200
    assert first.get(path).refusal == (404, "NotFound")


def test_every_event_behind_a_cursor_is_told_again_or_for_the_first_time(
    daybook: Daybook, first: Client, destination: str
) -> None:
    end_report(daybook, "R1")  # before anybody had subscribed
    path = f"{SUBSCRIPTIONS}/{subscribe(first, destination)['subscriptionId']}"
    end_report(daybook, "R2")
    daybook.store.do(lambda tx: fan_out(tx, tx.now, daybook.door.ids, daybook.first))
    listed = first.get(DELIVERIES).json["deliveries"]
    assert [one["resourceId"] for one in listed] == ["R2"]
    assert first.post(f"{path}/replay", {"cursor": "0"}).json == {"deliveries": 2}
    listed = first.get(DELIVERIES).json["deliveries"]
    assert {one["resourceId"] for one in listed} == {"R1", "R2"}
    cursor = max(int(one["cursor"]) for one in listed)
    assert first.post(f"{path}/replay", {"cursor": str(cursor)}).json == {"deliveries": 0}


@DECODING
@pytest.mark.parametrize("cursor", ["", "-1", "x", "9" * 30, "²"])
def test_a_cursor_that_is_no_place_in_the_ledger_is_refused(first: Client, destination: str, cursor: str) -> None:
    path = f"{SUBSCRIPTIONS}/{subscribe(first, destination)['subscriptionId']}"
    assert first.post(f"{path}/replay", {"cursor": cursor}).refusal == (400, "InvalidInput")


def test_another_sellers_subscription_is_as_good_as_none(first: Client, second: Client, destination: str) -> None:
    path = f"{SUBSCRIPTIONS}/{subscribe(first, destination)['subscriptionId']}"
    tries = [
        second.get(path),
        second.patch(path, {}),
        second.delete(path),
        second.post(f"{path}/replay", {"cursor": "0"}),
    ]
    tries.append(second.post(SUBSCRIPTIONS, {"destinationId": destination}))
    assert {answer.refusal for answer in tries} == {(404, "NotFound")}
