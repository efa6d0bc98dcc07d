"""Reads what put, patch and delete submit, and says what is wrong with it."""

from collections.abc import Sequence
from typing import NamedTuple

from daybook.accounts.marketplaces import MARKETPLACES
from daybook.contract.decoding import body_of
from daybook.contract.listings import (
    DELETE_LISTINGS_ITEM,
    PUT_LISTINGS_ITEM,
    Issue,
    ListingsItemPatchRequest,
    ListingsItemPutRequest,
)
from daybook.kernel.errors import InvalidInput, UnsupportedMediaType
from daybook.sandbox.checks import issue, issues_of_patch, issues_of_put
from daybook.sandbox.exchange import JSON, Asked
from daybook.sandbox.listings import Key, Submission
from daybook.sandbox.patches import BadPatch, patched
from daybook.shapes import decode

_NO_SUCH_ITEM = "13013"


class Checked(NamedTuple):
    """A submission, and all that is wrong with it."""

    submission: Submission
    issues: Sequence[Issue]


def check(operation: str, asked: Asked, key: Key, *, expected: bool) -> Checked:
    """The submission; `expected` says whether the item is there. Raises InvalidInput, UnsupportedMediaType."""
    if key.marketplace_id not in MARKETPLACES.values():
        raise InvalidInput("Invalid 'sellerId' and 'marketplaceId' combination provided.", key.marketplace_id)
    if operation == DELETE_LISTINGS_ITEM.name:
        return Checked(None, ())
    if asked.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise UnsupportedMediaType("The Content-Type header is invalid.", f"Send {JSON}.")
    if operation == PUT_LISTINGS_ITEM.name:
        put = body_of(asked.body, ListingsItemPutRequest)
        return Checked(put, issues_of_put(put, key.marketplace_id))
    patch = body_of(asked.body, ListingsItemPatchRequest)
    _require_sound(patch, key)
    missing = [] if expected else [issue(_NO_SUCH_ITEM)]
    return Checked(patch, [*missing, *issues_of_patch(patch, key.marketplace_id)])


def _require_sound(patch: ListingsItemPatchRequest, key: Key) -> None:
    if not patch.patches:
        raise InvalidInput("Invalid Input", "patches; (it has no member)")
    try:
        patched({}, patch.patches, key.marketplace_id)
    except BadPatch as error:
        raise InvalidInput(str(error)) from error


def recorded(operation: str, body: bytes) -> Submission:
    """A submission that was taken once, out of the record."""
    if operation == DELETE_LISTINGS_ITEM.name:
        return None
    if operation == PUT_LISTINGS_ITEM.name:
        return decode(body, ListingsItemPutRequest)
    return decode(body, ListingsItemPatchRequest)
