"""A change as an HTTP request."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from daybook.client.calls.sending import USER_AGENT
from daybook.client.wire.messages import Outgoing
from daybook.contract.listings import (
    DELETE_LISTINGS_ITEM,
    GET_LISTINGS_ITEM,
    IDEMPOTENCY_KEY,
    PATCH_LISTINGS_ITEM,
    PUT_LISTINGS_ITEM,
)
from daybook.contract.operations import Operation
from daybook.marketplaces.amazon.attributes import patch_of, put_of
from daybook.operations.calls import Call

OPERATIONS: Mapping[str, Operation] = {
    "put_listing": PUT_LISTINGS_ITEM,
    "patch_listing": PATCH_LISTINGS_ITEM,
    "set_price": PATCH_LISTINGS_ITEM,
    "set_quantity": PATCH_LISTINGS_ITEM,
    "delete_listing": DELETE_LISTINGS_ITEM,
}
"""By kind of operation: what of Amazon carries it."""
LOOKED_AT = "attributes,issues"


class Target(NamedTuple):
    """Where Amazon is, and the language that its issues are asked for in."""

    endpoint: str
    issue_locale: str


def submission(target: Target, call: Call, token: str) -> Outgoing:
    """The request that makes the change."""
    operation = OPERATIONS[call.kind]
    headers = {**_headers(token), IDEMPOTENCY_KEY: call.key}
    url = _url(target, operation, call, {})
    if operation is DELETE_LISTINGS_ITEM:
        return Outgoing(operation.method, url, headers)
    content = put_of(call) if operation is PUT_LISTINGS_ITEM else patch_of(call)
    headers["Content-Type"] = "application/json"
    return Outgoing(operation.method, url, headers, msgspec.json.encode(content))


def look(target: Target, call: Call, token: str) -> Outgoing:
    """The request that asks for the item as Amazon has it."""
    url = _url(target, GET_LISTINGS_ITEM, call, {"includedData": LOOKED_AT})
    return Outgoing(GET_LISTINGS_ITEM.method, url, _headers(token))


def _headers(token: str) -> dict[str, str]:
    return {"x-amz-access-token": token, "Accept": "application/json", "User-Agent": USER_AGENT}


def _url(target: Target, operation: Operation, call: Call, more: Mapping[str, str]) -> str:
    names = {"sellerId": quote(call.seller_id, safe=""), "sku": quote(call.sku, safe="")}
    query = {"marketplaceIds": call.marketplace_id, "issueLocale": target.issue_locale, **more}
    return f"{target.endpoint}{operation.path.format_map(names)}?{urlencode(query, quote_via=quote, safe=',')}"
