"""An item as getListingsItem tells it."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from daybook.accounts.marketplaces import currency
from daybook.contract import listings as wire
from daybook.contract.times import emit
from daybook.sandbox.listings import Item, Key


def view(key: Key, item: Item, parts: Collection[str]) -> wire.Item:
    """The parts that were asked for."""
    return wire.Item(key.sku, **{part: _PARTS[part](key, item) for part in parts})


def _summaries(key: Key, item: Item) -> list[wire.ItemSummary]:
    if not item.attributes:
        return []
    name, condition = _first(item, "item_name"), _first(item, "condition_type")
    told = {"itemName": name, "conditionType": condition}
    return [
        wire.ItemSummary(
            marketplaceId=key.marketplace_id,
            productType=item.product_type,
            status=_status(key, item),
            createdDate=emit(item.created_at),
            lastUpdatedDate=emit(item.updated_at),
            asin=key.asin,
            **{member: value for member, value in told.items() if isinstance(value, str)},
        )
    ]


def _first(item: Item, attribute: str) -> object:
    return next((instance.get("value") for instance in item.attributes.get(attribute, ())), None)


def _status(key: Key, item: Item) -> list[str]:
    """DISCOVERABLE is what can be found, BUYABLE what has a price and is there besides."""
    if item.stopped:
        return []
    stock = any(one.quantity for one in _availability(key, item))
    return ["BUYABLE", "DISCOVERABLE"] if stock and _offers(key, item) else ["DISCOVERABLE"]


def _offers(key: Key, item: Item) -> list[wire.ItemOffer]:
    return [
        wire.ItemOffer(
            key.marketplace_id,
            "B2B" if offer.get("audience") == "B2B" else "B2C",
            wire.Money(str(offer.get("currency", currency(key.marketplace_id))), str(slot["value_with_tax"])),
        )
        for offer in item.attributes.get("purchasable_offer", ())
        for price in offer.get("our_price", ())[:1]
        for slot in price["schedule"][:1]
    ]


def _availability(key: Key, item: Item) -> list[wire.FulfillmentAvailability]:
    del key
    return [
        wire.FulfillmentAvailability(
            str(one.get("fulfillment_channel_code", "DEFAULT")), *([one["quantity"]] if "quantity" in one else [])
        )
        for one in item.attributes.get("fulfillment_availability", ())
    ]


_PARTS: Mapping[str, Callable[[Key, Item], Any]] = {
    "summaries": _summaries,
    "attributes": lambda _, item: dict(item.attributes),
    "issues": lambda _, item: list(item.issues),
    "offers": _offers,
    "fulfillmentAvailability": _availability,
    "procurement": lambda _, __: [],
    "relationships": lambda key, _: [{"marketplaceId": key.marketplace_id, "relationships": []}],
    "productTypes": lambda key, item: [{"marketplaceId": key.marketplace_id, "productType": item.product_type}],
}
