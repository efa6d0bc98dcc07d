"""python-amazon-sp-api, unchanged but for its endpoint, speaks to the sandbox as it does to Amazon."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sp_api.api import ListingsItems
from sp_api.auth import AccessTokenClient
from sp_api.base import SellingApiException
from sp_api.base.exceptions import SellingApiNotFoundException, SellingApiRequestThrottledException

from tests.sandbox.practising import SELLER, SHIRT, US
from tests.sandbox.served import Sandbox, sandbox

SKU = "SHIRT/1 Ä"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox on Amazon's usage plan."""
    with sandbox(tmp_path, usage_plan_times=1.0) as running:
        yield running


@pytest.fixture
def client(served: Sandbox) -> Iterator[Any]:
    """The library, with the endpoint and the token host of the sandbox."""
    scheme, _, host = served.url.partition("://")
    token_client = type("TokenClient", (AccessTokenClient,), {"scheme": f"{scheme}://", "host": host})
    marketplace: Any = SimpleNamespace(endpoint=served.url, marketplace_id=US, region="us-east-1")
    made: Any = ListingsItems(
        marketplace,
        refresh_token=f"Atzr|{SELLER}",
        credentials={"lwa_app_id": "books", "lwa_client_secret": "s"},
        auth_token_client_class=token_client,
    )
    yield made
    for part in (made, made._auth):  # noqa: SLF001  the library leaves its connections to the garbage collector
        part._transport._client.close()  # noqa: SLF001


def test_an_item_is_put_changed_told_and_deleted(served: Sandbox, client: Any) -> None:
    put = client.put_listings_item(SELLER, SKU, marketplaceIds=[US], body=dict(SHIRT))
    assert (put.payload["status"], put.payload["sku"]) == ("ACCEPTED", SKU)
    quantity = [{"fulfillment_channel_code": "DEFAULT", "quantity": 9}]
    patch = {"op": "replace", "path": "/attributes/fulfillment_availability", "value": quantity}
    body = {"productType": "SHIRT", "patches": [patch]}
    assert client.patch_listings_item(SELLER, SKU, marketplaceIds=[US], body=body).payload["status"] == "ACCEPTED"
    got = client.get_listings_item(
        SELLER, SKU, marketplaceIds=[US], includedData=["summaries", "fulfillmentAvailability", "issues"]
    ).payload
    assert got["fulfillmentAvailability"] == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 9}]
    assert got["summaries"][0]["itemName"] == "A shirt"
    gone = client.delete_listings_item(SELLER, SKU, marketplaceIds=[US])
    assert gone.payload["status"] == "ACCEPTED"
    with pytest.raises(SellingApiNotFoundException):
        client.get_listings_item(SELLER, SKU, marketplaceIds=[US])
    assert [line.operation for line in served.lines()] == [
        "putListingsItem",
        "patchListingsItem",
        "getListingsItem",
        "deleteListingsItem",
        "getListingsItem",
    ]
    assert put.headers["x-amzn-RateLimit-Limit"] == "5.0"


def test_a_preview_and_an_invalid_item_are_told_with_200(client: Any) -> None:
    preview = client.put_listings_item(
        SELLER, SKU, marketplaceIds=[US], mode="VALIDATION_PREVIEW", includedData="issues", body=dict(SHIRT)
    )
    assert preview.payload["status"] == "VALID"
    invalid = client.put_listings_item(
        SELLER, SKU, marketplaceIds=[US], body={"productType": "SHIRT", "attributes": {"brand": [{"value": "x"}]}}
    )
    assert (invalid.payload["status"], invalid.payload["issues"][0]["code"]) == ("INVALID", "90220")


def test_refusals_are_the_librarys_own_errors(client: Any) -> None:
    for _ in range(5):
        client.delete_listings_item(SELLER, SKU, marketplaceIds=[US])
    with pytest.raises(SellingApiRequestThrottledException) as throttled:
        client.delete_listings_item(SELLER, SKU, marketplaceIds=[US])
    assert throttled.value.amzn_code == "QuotaExceeded"
    with pytest.raises(SellingApiException) as refused:
        client.put_listings_item(SELLER, SKU, marketplaceIds=[US], body={"productType": "SHIRT"})
    assert (refused.value.code, refused.value.amzn_code) == (400, "InvalidInput")
    with pytest.raises(SellingApiException) as denied:
        client.get_listings_item("A2OTHER", SKU, marketplaceIds=[US])
    assert (denied.value.code, denied.value.amzn_code) == (403, "Unauthorized")
