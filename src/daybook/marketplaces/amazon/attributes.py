"""The attributes and patches that a change becomes. Pure functions."""

from collections.abc import Mapping
from typing import Any

import msgspec

from daybook.accounts.marketplaces import currency
from daybook.contract.listings import ListingsItemPatchRequest, ListingsItemPutRequest, PatchOp, PatchOperation
from daybook.operations.calls import Call
from daybook.shapes import convert

OFFER, AVAILABILITY = "purchasable_offer", "fulfillment_availability"
_ANY_PRODUCT_TYPE = "PRODUCT"
_OWN_CHANNEL = "DEFAULT"


def put_of(call: Call) -> ListingsItemPutRequest:
    """All of an item; its price and quantity, where they are given by themselves, become attributes."""
    body = call.body
    attributes = dict(body.get("attributes", {}))
    if "price" in body:
        attributes[OFFER] = [offer(call)]
    if "quantity" in body:
        attributes[AVAILABILITY] = [availability(body["quantity"])]
    return ListingsItemPutRequest(body["productType"], attributes, body.get("requirements", msgspec.UNSET))


def patch_of(call: Call) -> ListingsItemPatchRequest:
    """Some attributes of an item.

    A price replaces the marketplace's whole offer: Amazon documents merge for the quantity, and of offers for the
    quantity discounts alone. A quantity is merged, so that the handling time beside it stays.
    """
    if call.kind == "set_price":
        return _one("replace", OFFER, offer(call))
    if call.kind == "set_quantity":
        return _one("merge", AVAILABILITY, availability(call.body["quantity"]))
    patches = convert(call.body["patches"], list[PatchOperation])
    return ListingsItemPatchRequest(call.body["productType"], patches)


def offer(call: Call) -> dict[str, Any]:
    """A price, as the offer to everybody in the call's marketplace. The number is the text, digit by digit."""
    price = msgspec.Raw(str(call.body["price"]).encode())
    return {
        "marketplace_id": call.marketplace_id,
        "currency": call.body.get("currency") or currency(call.marketplace_id),
        "audience": "ALL",
        "our_price": [{"schedule": [{"value_with_tax": price}]}],
    }


def availability(quantity: int) -> dict[str, Any]:
    """How many the seller sends by itself."""
    return {"fulfillment_channel_code": _OWN_CHANNEL, "quantity": quantity}


def _one(op: PatchOp, attribute: str, instance: Mapping[str, Any]) -> ListingsItemPatchRequest:
    patch = PatchOperation(op, f"/attributes/{attribute}", [dict(instance)])
    return ListingsItemPatchRequest(_ANY_PRODUCT_TYPE, [patch])
