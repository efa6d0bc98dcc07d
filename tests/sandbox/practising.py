"""A sandbox in this process, by a clock that the test moves, and what its record holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlencode

from daybook.accounts.marketplaces import MARKETPLACES
from daybook.sandbox.exchange import TOKEN_PATH, Asked, Told
from daybook.sandbox.marketplace import Marketplace
from daybook.sandbox.record import Line, Record, lines
from daybook.sandbox.scenario import read_scenarios
from tests.client.virtual import VirtualTime

US = MARKETPLACES["US"]
DE = MARKETPLACES["DE"]
SELLER = "A1SHOP"
ALL_PARTS = "summaries,attributes,issues,offers,fulfillmentAvailability,procurement,relationships,productTypes"


def offer(price: float, **members: Any) -> dict[str, Any]:
    """An offer, with a currency only where one is given."""
    return {"our_price": [{"schedule": [{"value_with_tax": price}]}], **members}


SHIRT: Mapping[str, Any] = {
    "productType": "SHIRT",
    "attributes": {
        "item_name": [{"value": "A shirt", "language_tag": "en_US"}],
        "purchasable_offer": [offer(20.5, currency="USD")],
        "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 4}],
    },
}


@dataclass
class Practice:
    """A sandbox, with a seller's token for it."""

    record: Path
    time: VirtualTime = field(default_factory=VirtualTime)
    scenarios: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    token: str = ""

    def __post_init__(self) -> None:
        self.marketplace = Marketplace(
            self.time.clock, Record(self.record), read_scenarios(self.scenarios), **self.options
        )
        for line in lines(self.record):
            self.marketplace.restore(line)

    @classmethod
    def scripted(cls, folder: Path, scenario: str, **options: Any) -> Self:
        """One with a scenario, in TOML."""
        file = folder / "scenarios.toml"
        file.write_text(scenario)
        return cls(folder / "record.jsonl", scenarios=file, options=options).with_token()

    def with_token(self, seller_id: str = SELLER) -> Self:
        """The same, with a new token."""
        told = self.grant(f"Atzr|{seller_id}")
        self.token = json.loads(told.body).get("access_token", "") if told.status == 200 else ""
        return self

    def grant(self, refresh_token: str = f"Atzr|{SELLER}", **form: str) -> Told:
        """The token endpoint's answer."""
        sent = {"grant_type": "refresh_token", "client_id": "books", "client_secret": "s", **form}
        body = urlencode({**sent, "refresh_token": refresh_token}).encode()
        return self.marketplace.answer(Asked("POST", TOKEN_PATH, body=body))

    def call(
        self, method: str, sku: str = "SHIRT-1", body: object = None, seller_id: str = SELLER, **query: str
    ) -> Told:
        """An operation's answer; `marketplaceIds` is the US unless it is given."""
        headers = {"x-amz-access-token": self.token, "content-type": "application/json", "idempotency-key": "key-1"}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        asked = urlencode({"marketplaceIds": US, **query}).encode()
        path = f"/listings/2021-08-01/items/{quote(seller_id, safe='')}/{quote(sku, safe='')}"
        return self.marketplace.answer(Asked(method, path, asked, headers, content))

    def put(self, sku: str = "SHIRT-1", body: object = SHIRT, **query: str) -> Any:
        """putListingsItem's content."""
        return json.loads(self.call("PUT", sku, body, **query).body)

    def patch(self, *patches: Mapping[str, Any], sku: str = "SHIRT-1", **query: str) -> Any:
        """patchListingsItem's content."""
        body = {"productType": "SHIRT", "patches": list(patches)}
        return json.loads(self.call("PATCH", sku, body, **query).body)

    def item(self, sku: str = "SHIRT-1", includedData: str = ALL_PARTS, **query: str) -> Any:  # noqa: N803
        """getListingsItem's content."""
        return json.loads(self.call("GET", sku, includedData=includedData, **query).body)

    def lines(self) -> list[Line]:
        """The record, without the tokens' lines."""
        return [line for line in lines(self.record) if line.operation != "token"]

    def passes(self, **time: float) -> None:
        """Time passes."""
        self.time.passed += timedelta(**time).total_seconds()

    def again(self) -> "Practice":
        """The sandbox after a restart: it knows what the record knows."""
        return Practice(self.record, self.time, self.scenarios, self.options).with_token()


def codes(told: Any) -> list[str]:
    """The codes of an answer's issues."""
    return [issue["code"] for issue in told["issues"]]


def error(told: Told) -> tuple[int, str]:
    """Status and first code of a refusal."""
    return told.status, json.loads(told.body)["errors"][0]["code"]
