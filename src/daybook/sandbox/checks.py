"""What the sandbox finds wrong with a submission, as issues: some rules of the kind that Amazon has, all told at once.

The product types' own definitions are not here; what they demand beyond these rules is not asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from daybook.accounts.marketplaces import currency
from daybook.contract.listings import Issue, ListingsItemPatchRequest, ListingsItemPutRequest
from daybook.kernel.errors import NotFound
from daybook.operations.error_codes import find_code

_PRODUCT_TYPE = re.compile(r"[A-Z][A-Z0-9_]*")
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "LISTING": ("item_name",),
    "LISTING_PRODUCT_ONLY": ("item_name",),
    "LISTING_OFFER_ONLY": ("purchasable_offer",),
}
_LONGEST_NAME = 200
_HIGHEST_PRICE = 1_000_000_000
_MISSING, _EMPTY, _TOO_MANY, _WRONG, _NO_TYPE, _CATCH_ALL, _UNLISTED = (
    "90220", "99022", "99016", "4000001", "4000003", "4000004", "90244",
)  # fmt: skip
_TOO_HIGH, _TOO_LOW = "90113", "90114"
_CATEGORIES = {_MISSING: "MISSING_ATTRIBUTE", _EMPTY: "MISSING_ATTRIBUTE"}


def issue(code: str, attributes: Sequence[str] = (), severity: str = "ERROR") -> Issue:
    """An issue in the catalogue's words."""
    try:
        message = find_code(code).meaning
    except NotFound:
        message = "An issue of a practice scenario."
    names: list[str] | UnsetType = list(attributes) or UNSET
    return Issue(code, message, severity, names, [_CATEGORIES.get(code, "INVALID_ATTRIBUTE")])


def issues_of_put(put: ListingsItemPutRequest, marketplace_id: str) -> list[Issue]:
    """All that is wrong with an item."""
    requirements = "LISTING" if isinstance(put.requirements, UnsetType) else put.requirements
    missing = [name for name in _REQUIRED[requirements] if not put.attributes.get(name)]
    found = list(_of_type(put.productType))
    if put.productType == "PRODUCT" and requirements != "LISTING_OFFER_ONLY":
        found.append(issue(_CATCH_ALL))
    found += [issue(_MISSING, [name]) for name in missing]
    for name, value in put.attributes.items():
        if name not in missing:
            found += _of_attribute(name, value, marketplace_id)
    return found


def issues_of_patch(patch: ListingsItemPatchRequest, marketplace_id: str) -> list[Issue]:
    """All that is wrong with the new values."""
    found = list(_of_type(patch.productType))
    for one in patch.patches:
        if one.op != "delete" and not isinstance(one.value, UnsetType):
            found += _of_attribute(one.path.rpartition("/")[2], one.value, marketplace_id, merged=one.op == "merge")
    return found


def _of_type(product_type: str) -> Iterator[Issue]:
    if not _PRODUCT_TYPE.fullmatch(product_type):
        yield issue(_NO_TYPE)


def _of_attribute(name: str, value: object, marketplace_id: str, *, merged: bool = False) -> Iterator[Issue]:
    if not isinstance(value, list) or not all(isinstance(instance, dict) for instance in value):
        yield issue(_WRONG, [name])
    elif not value:
        yield issue(_EMPTY, [name])
    else:
        check = _of_quantity if merged else _CHECKS.get(name, _nothing)
        codes = {code for instance in value for code in check(instance, marketplace_id)}
        yield from (issue(code, [name]) for code in sorted(codes))


def _nothing(instance: Mapping[str, Any], marketplace_id: str) -> Iterator[str]:
    del instance, marketplace_id
    return iter(())


def _of_name(instance: Mapping[str, Any], marketplace_id: str) -> Iterator[str]:
    del marketplace_id
    value = instance.get("value")
    if not isinstance(value, str):
        yield _WRONG
    elif not value.strip():
        yield _MISSING
    elif len(value) > _LONGEST_NAME:
        yield _TOO_MANY


def _of_offer(instance: Mapping[str, Any], marketplace_id: str) -> Iterator[str]:
    expected = currency(marketplace_id)
    if expected and instance.get("currency", expected) != expected:
        yield _UNLISTED
    prices = instance.get("our_price")
    if not isinstance(prices, list) or not prices:
        yield _EMPTY
        return
    for price in prices:
        schedule = price.get("schedule") if isinstance(price, dict) else None
        if not isinstance(schedule, list) or not schedule:
            yield _EMPTY
            continue
        for slot in schedule:
            yield from _of_number(slot.get("value_with_tax") if isinstance(slot, dict) else None, lowest=0.01)


def _of_number(value: object, lowest: float) -> Iterator[str]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield _WRONG
    elif value < lowest:
        yield _TOO_LOW
    elif value > _HIGHEST_PRICE:
        yield _TOO_HIGH


def _of_quantity(instance: Mapping[str, Any], marketplace_id: str) -> Iterator[str]:
    del marketplace_id
    quantity = instance.get("quantity")
    if isinstance(quantity, float):
        yield _WRONG
    elif quantity is not None:
        yield from _of_number(quantity, lowest=0)


_CHECKS = {"item_name": _of_name, "purchasable_offer": _of_offer, "fulfillment_availability": _of_quantity}
