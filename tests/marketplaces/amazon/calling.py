"""Calls for the adapter, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from daybook.marketplaces.amazon.marketplace import AmazonMarketplace
from daybook.marketplaces.amazon.settings import AmazonSettings
from daybook.operations.calls import Call, Outcome, Standing
from tests.sandbox.practising import SELLER, US
from tests.sandbox.served import Sandbox

NAMED: Mapping[str, Any] = {"productType": "SHIRT", "attributes": {"item_name": [{"value": "A shirt"}]}}
FULL: Mapping[str, Any] = {**NAMED, "price": "20.50", "currency": "USD", "quantity": 4}
ENOUGH = 60.0


def settings(url: str, **options: Any) -> AmazonSettings:
    """The adapter's, for one seller."""
    given = {"client_id": "books", "client_secret": "s", "refresh_tokens": {SELLER: f"Atzr|{SELLER}"}, **options}
    return AmazonSettings(endpoint=url, **given)


def call(kind: str, sku: str = "SHIRT-1", seller_id: str = SELLER, **body: Any) -> Call:
    """A change; its key and its attempt are named for it."""
    return Call(seller_id, US, kind, sku, body, f"key of {kind} {sku}", f"{kind} {sku}")


@dataclass(frozen=True, slots=True)
class Shop:
    """A sandbox, and the adapter for it."""

    sandbox: Sandbox
    adapter: AmazonMarketplace

    def send(self, *calls: Call, seconds: float = ENOUGH) -> list[Outcome]:
        """What became of each."""
        outcomes = self.adapter.send(calls, seconds)
        return [outcomes[one.attempt_id] for one in calls]

    def one(self, kind: str, sku: str = "SHIRT-1", **body: Any) -> Outcome:
        """What became of one."""
        return self.send(call(kind, sku, **body))[0]

    def look(self, kind: str, sku: str = "SHIRT-1", **body: Any) -> Standing:
        """What a look finds of it."""
        return self.adapter.read_back(call(kind, sku, **body))
