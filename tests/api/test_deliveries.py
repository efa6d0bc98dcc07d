"""/daybook/v1/deliveries."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from daybook.lanes import LEASE, WorkClass
from daybook.notifications.destinations import DELIVERIES as LANE
from daybook.notifications.fan_out import fan_out
from daybook.worker.deliveries import Post, deliveries_step
from tests.api.notifying import DELIVERIES, DESTINATIONS, add, end_report, subscribe
from tests.api.serving import DECODING, Client, Daybook
from tests.databases import let_pass


@pytest.fixture
def destination(first: Client) -> str:
    made = add(first)
    subscribe(first, made["destinationId"])
    return str(made["destinationId"])


@pytest.fixture
def answering(daybook: Daybook) -> Iterator[Daybook]:
    """A Daybook whose receivers answer what the test sets; they are well again after it."""
    yield daybook
    daybook.outside.status = 200


def work(daybook: Daybook) -> None:
    """What the workers do now."""
    daybook.store.do(lambda tx: fan_out(tx, tx.now, daybook.door.ids, daybook.first))
    step = deliveries_step(Post(daybook.store, daybook.door.courier, draw=lambda: 0.0))
    let_pass(daybook.store, 400 * 86_400)
    for held in daybook.store.claim("a worker", WorkClass.INTERACTIVE, [LANE], 100, LEASE):
        step(held)


def listed(client: Client, **query: object) -> list[dict[str, Any]]:
    answer = client.get(DELIVERIES, **query)
    assert answer.status == 200, answer.body
    return list(answer.json["deliveries"])


@pytest.mark.usefixtures("destination")
def test_a_delivery_is_told_with_its_body_and_every_attempt(answering: Daybook, first: Client) -> None:
    answering.outside.status = 503
    end_report(answering, "R1")
    work(answering)
    [delivery] = listed(first)
    whole = first.get(f"{DELIVERIES}/{delivery['deliveryId']}").json
    assert whole["delivery"] == delivery
    assert (delivery["status"], delivery["attemptCount"]) == ("WAITING", 1)
    assert delivery["nextAttemptTime"] == "2026-11-21T12:01:00+00:00"
    assert json.loads(whole["body"])["payload"]["requestId"] == "R1"
    [attempt] = whole["attempts"]
    assert (attempt["httpStatus"], attempt["error"], attempt["answer"]) == (503, "broken", "seen")
    assert attempt["errorMeaning"].startswith("The receiver failed")


@pytest.mark.usefixtures("destination")
def test_one_delivery_is_sent_again_with_the_same_id_and_body(answering: Daybook, first: Client) -> None:
    end_report(answering, "R1")
    work(answering)
    [delivery] = listed(first)
    answer = first.send("POST", f"{DELIVERIES}/{delivery['deliveryId']}/replay")
    assert (answer.status, answer.json["status"]) == (200, "WAITING")
    work(answering)
    (before, _), (after, _) = answering.outside.received[-2:]
    assert (before.headers["webhook-id"], before.body) == (after.headers["webhook-id"], after.body)
    assert listed(first)[0]["attemptCount"] == 2


def test_what_failed_is_sent_again_and_nothing_else(answering: Daybook, first: Client, destination: str) -> None:
    end_report(answering, "R1")
    work(answering)
    answering.outside.status = 400
    answering.clock.advance(seconds=1)
    end_report(answering, "R2")
    work(answering)
    while "nextAttemptTime" in (delivery := listed(first)[0]):
        answering.clock.now = datetime.fromisoformat(delivery["nextAttemptTime"]) + timedelta(seconds=1)
        work(answering)
    answering.outside.status = 200
    assert [(one["resourceId"], one["status"]) for one in listed(first)] == [("R2", "FAILED"), ("R1", "DELIVERED")]
    replayed = first.post(f"{DELIVERIES}/replay", {"destinationId": destination, "statuses": ["FAILED"]})
    assert (replayed.status, replayed.json) == (200, {"deliveries": 1})
    work(answering)
    assert [(one["resourceId"], one["status"]) for one in listed(first)] == [("R2", "DELIVERED"), ("R1", "DELIVERED")]
    every = first.send("POST", f"{DELIVERIES}/replay")
    assert every.json == {"deliveries": 2}


def test_deliveries_are_found_by_what_is_known_of_them(answering: Daybook, first: Client, destination: str) -> None:
    other = add(first, "https://other.example/")["destinationId"]
    subscription = subscribe(first, other, reportStatuses=["FATAL"])["subscriptionId"]
    for number in range(5):
        end_report(answering, f"R{number}", status="FATAL" if number == 4 else "DONE")
        work(answering)
        answering.clock.advance(minutes=1)
    assert len(listed(first)) == 6
    assert len(listed(first, destinationId=destination)) == 5
    assert len(listed(first, destinationId=destination, statuses="DELIVERED,FAILED")) == 5
    assert listed(first, statuses="FAILED") == []
    assert [one["resourceId"] for one in listed(first, subscriptionId=subscription)] == ["R4"]
    assert len(listed(first, resourceId="R4")) == 2
    assert listed(first, resourceId="R4", statuses="WAITING") == []
    assert len(listed(first, reportType="GET_X", eventType="REPORT_STATUS")) == 6
    since = (answering.clock.now - timedelta(minutes=2)).isoformat()
    assert len(listed(first, createdSince=since)) == 3
    assert len(listed(first, createdUntil=since)) == 3


@pytest.mark.usefixtures("destination")
def test_pages_follow_each_other_to_the_end(answering: Daybook, first: Client) -> None:
    for number in range(7):
        end_report(answering, f"R{number}")
        work(answering)
        answering.clock.advance(seconds=1)
    found, query = [], {"pageSize": 3}
    while query:
        answer = first.get(DELIVERIES, **query).json
        found += [one["resourceId"] for one in answer["deliveries"]]
        query = {"nextToken": answer["nextToken"]} if "nextToken" in answer else {}
    assert found == [f"R{number}" for number in reversed(range(7))]


@DECODING
@pytest.mark.parametrize(
    "query", [{"statuses": "LOST"}, {"pageSize": 0}, {"createdSince": "yesterday"}, {"nextToken": "forged"}]
)
def test_a_search_that_cannot_be_is_refused(first: Client, query: dict[str, object]) -> None:
    assert first.get(DELIVERIES, **query).refusal == (400, "InvalidInput")


def test_a_replay_of_what_waits_for_a_url_that_is_unsafe_by_now_is_refused(
    answering: Daybook, first: Client, destination: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_report(answering, "R1")
    work(answering)
    [delivery] = listed(first)
    monkeypatch.setattr(answering.door.courier.guard, "_resolver", lambda name, port: ["10.0.0.1"])
    for path in (f"{DELIVERIES}/{delivery['deliveryId']}/replay", f"{DELIVERIES}/replay"):
        assert first.send("POST", path).refusal == (400, "InvalidInput")
    assert listed(first)[0]["status"] == "DELIVERED"
    assert first.get(f"{DESTINATIONS}/{destination}").status == 200


@pytest.mark.usefixtures("destination")
def test_another_sellers_delivery_is_as_good_as_none(answering: Daybook, first: Client, second: Client) -> None:
    end_report(answering, "R1")
    work(answering)
    path = f"{DELIVERIES}/{listed(first)[0]['deliveryId']}"
    assert {second.get(path).refusal, second.send("POST", f"{path}/replay").refusal} == {(404, "NotFound")}
    assert listed(second) == []
    assert answering.operator().get(DELIVERIES).refusal == (400, "InvalidInput")
    assert len(listed(answering.operator(), sellerId=answering.first)) == 1
