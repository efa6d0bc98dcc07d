"""What tests of the notifications' API do before they look."""

from typing import Any

from daybook.activity import Event
from tests.api.serving import Client, Daybook

DESTINATIONS, SUBSCRIPTIONS, DELIVERIES = (
    f"/daybook/v1/{noun}" for noun in ("destinations", "subscriptions", "deliveries")
)
URL = "https://hooks.example/daybook"


def add(client: Client, url: str = URL, **more: object) -> dict[str, Any]:
    """A new destination, as it is answered."""
    answer = client.post(DESTINATIONS, {"url": url, **more})
    assert answer.status == 201, answer.body
    return dict(answer.json)


def subscribe(client: Client, destination_id: str, **more: object) -> dict[str, Any]:
    """A new subscription, as it is answered."""
    answer = client.post(SUBSCRIPTIONS, {"destinationId": destination_id, **more})
    assert answer.status == 201, answer.body
    return dict(answer.json)


def end_report(daybook: Daybook, report_id: str, seller_id: str = "", status: str = "DONE") -> None:
    """As the reports room tells the ledger that a report ended."""
    told = {"reportType": "GET_X", "outcome": "data", "createdTime": daybook.clock.now.isoformat()}
    whose = seller_id or daybook.first
    event = Event(whose, "report", report_id, "IN_PROGRESS", status, "a worker", told, daybook.clock.now)
    daybook.store.do(lambda tx: tx.add_event(event))
