"""/daybook/v1/price-guards and /daybook/v1/sending: a seller reaches its own, an operator says whose."""

import json
from typing import Any

import pytest

from tests.api.serving import US, Client, Daybook

GUARDS = "/daybook/v1/price-guards"
SENDING = "/daybook/v1/sending"
PRICES = f"/daybook/v1/batches?operation=set_price&marketplaceId={US}"


def put(client: Client, query: str = "", **guard: Any) -> Any:
    body = {"content-type": "application/json"}
    return client.send("PUT", f"{GUARDS}{query}", json.dumps(guard).encode(), body)


def told(client: Client, path: str) -> Any:
    answer = client.send("GET", path)
    assert answer.status == 200, answer
    return answer.json


def test_a_guard_holds_prices_and_is_taken_away(first: Client, second: Client) -> None:
    guard: dict[str, Any] = {"currency": "USD", "floor": "5", "ceiling": "500", "change": None}
    assert put(first, **guard).json == {"priceGuards": [guard]}
    assert told(first, GUARDS) == {"priceGuards": [guard]}
    assert told(second, GUARDS) == {"priceGuards": []}

    made = first.send("POST", PRICES, b"sku,price\nA,4.99\nB,5\n", {"content-type": "text/csv"}).json

    assert (made["statuses"], made["held"][0]["code"]) == ({"held": 1, "queued": 1}, "PriceBelowFloor")
    assert second.send("DELETE", f"{GUARDS}?currency=usd").refusal == (404, "NotFound")
    assert first.send("DELETE", f"{GUARDS}?currency=usd").status == 200
    assert told(first, GUARDS) == {"priceGuards": []}


@pytest.mark.parametrize(
    "guard", [{}, {"floor": "x"}, {"floor": "-1"}, {"floor": "2", "ceiling": "1"}, {"floor": "1", "currency": "EURO"}]
)
def test_a_guard_that_is_none_is_refused(first: Client, guard: dict[str, str]) -> None:
    assert put(first, **guard).refusal == (400, "InvalidInput")
    assert told(first, GUARDS) == {"priceGuards": []}


def test_sending_is_stopped_and_goes_on(first: Client, second: Client) -> None:
    stopped = first.send("POST", f"{SENDING}/stop").json
    assert (stopped["stopped"], stopped["changed"], stopped["stoppedBy"][:12]) == (True, True, "application ")
    assert first.send("POST", f"{SENDING}/stop").json["changed"] is False
    assert told(second, SENDING)["stopped"] is False
    assert told(first, SENDING)["stoppedAt"] == stopped["stoppedAt"]
    assert first.send("POST", f"{SENDING}/go").json["changed"] is True
    assert told(first, SENDING)["stopped"] is False
    assert first.send("POST", f"{SENDING}/explode").refusal == (400, "InvalidInput")


def test_an_operator_says_whose_and_a_seller_only_its_own(daybook: Daybook, first: Client) -> None:
    operator, query = daybook.operator(), f"?sellerId={daybook.first}"
    assert operator.send("POST", f"{SENDING}/stop{query}").json["sellerId"] == daybook.first
    assert told(first, SENDING)["stopped"] is True
    assert put(operator, query, floor="5").status == 200
    assert len(told(first, GUARDS)["priceGuards"]) == 1
    assert operator.send("POST", f"{SENDING}/go").refusal == (400, "InvalidInput")
    assert operator.send("POST", f"{SENDING}/go?sellerId=NOBODY").refusal == (404, "NotFound")
    for path in (SENDING, GUARDS):
        assert first.send("GET", f"{path}?sellerId={daybook.second}").refusal == (403, "Unauthorized")
