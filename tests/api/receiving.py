"""What tests of receivers do before they look: the two samples of the notification, and how they are posted."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.api.serving import JSON, PUBLIC_URL, Client
from tests.api.wire import Answer, Wire

RECEIVERS, INBOUND, FOLLOWED = (f"/daybook/v1/{noun}" for noun in ("receivers", "inbound", "followed-reports"))
REQUEST = "6da7357b-1c3b-4c1d-9685-ca2931eb96b4"
WORDS = "Your report request has resulted in error. Please try creating a new request."


def sample(status: str = "READY", event_id: str = "03d34580-61d4-11ea-9e23-cd38810ff7cd", **changes: object) -> bytes:
    """The first sample of Walmart's page (seed 002), or the second, or one like them."""
    payload: dict[str, object] = {
        "partnerId": "10902014482",
        "requestId": REQUEST,
        "requestStatus": status,
        "requestSubmissionDate": "2020-12-10T07:08:35.393Z",
        "reportGenerationDate": "2020-12-10T07:21:34.473Z",
        "reportType": "ITEM",
        "reportVersion": "v1",
    }
    if status == "ERROR":
        payload["errorDescription"] = WORDS
    source = {"eventType": "REPORT_STATUS", "eventTime": "2020-07-03T14:12:42.913Z", "eventId": event_id}
    return json.dumps({"source": source, "payload": payload | changes}).encode()


FIRST = sample()
SECOND = sample("ERROR", "e435c380-fbe6-11ea-bc39-c314c32822dc")


def add(client: Client, **members: object) -> dict[str, Any]:
    """A new receiver, as it is answered."""
    answer = client.post(RECEIVERS, members)
    assert answer.status == 201, answer.body
    return dict(answer.json)


def path_of(url: str) -> str:
    """Where on this server a receiver's URL is."""
    assert url.startswith(PUBLIC_URL)
    return urlsplit(url).path


def deliver(wire: Wire, path: str, body: bytes = FIRST, headers: Mapping[str, str] | None = None) -> Answer:
    """As Walmart posts a notification."""
    return wire.send("POST", path, {**JSON, **(headers or {})}, body)


def listed(client: Client, **query: object) -> list[dict[str, Any]]:
    """One page of what came in."""
    answer = client.get(INBOUND, **query)
    assert answer.status == 200, answer.body
    return list(answer.json["inbound"])
