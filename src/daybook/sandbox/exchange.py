"""A request and an answer, apart from how they travel."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from daybook.accounts.tokens import GrantRefused
from daybook.contract.errors import Error, ErrorList
from daybook.contract.listings import LISTINGS_OPERATIONS
from daybook.contract.operations import Operation
from daybook.kernel import errors
from daybook.sandbox.record import Sent

TOKEN_PATH = "/auth/o2/token"  # noqa: S105  a path
RATE_HEADER = "x-amzn-RateLimit-Limit"
NOTHING: Mapping[str, str] = {}
JSON = "application/json"
HTML = """<html>
<head><title>503 Service Temporarily Unavailable</title></head>
<body><center><h1>503 Service Temporarily Unavailable</h1></center></body>
</html>
"""
_ITEM = re.compile(r"/listings/2021-08-01/items/([^/]+)/([^/]+)")
_STATUS: Mapping[type[errors.DaybookError], int] = {
    errors.InvalidInput: 400,
    errors.Unauthorized: 403,
    errors.NotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.RequestTooLarge: 413,
    errors.UnsupportedMediaType: 415,
    errors.QuotaExceeded: 429,
}
_FAILURE = Error("InternalFailure", "We encountered an internal error. Please try again.")
_TELLS_RATE = (200, 400, 404)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. The path is as it came, percent-encoded; headers have lower-case names."""

    method: str
    path: str
    query: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    too_large: bool = False


class Told(NamedTuple):
    """An answer, and how much of it is sent."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = NOTHING
    sent: Sent = "whole"


class Route(NamedTuple):
    """Which operation is called, of which item."""

    operation: Operation
    seller_id: str
    sku: str


AWAY = Told(503, HTML.encode(), "text/html")
FAILED = Told(500, msgspec.json.encode(ErrorList([_FAILURE])))


def route(asked: Asked) -> Route:
    """What is called. Raises Unauthorized for a path that nothing has, as Amazon answers; MethodNotAllowed."""
    found = _ITEM.fullmatch(asked.path)
    if found is None:
        raise errors.Unauthorized(f"No operation has the path {asked.path[:200]}.")
    for operation in LISTINGS_OPERATIONS:
        if operation.method == asked.method:
            return Route(operation, unquote(found[1]), unquote(found[2]))
    raise errors.MethodNotAllowed(f"{asked.method} is not allowed here.")


def answered(content: msgspec.Struct) -> Told:
    """Success."""
    return Told(200, msgspec.json.encode(content))


def refused(error: errors.DaybookError, code: str = "") -> Told:
    """An ErrorList; with a code where Amazon has another one than Daybook."""
    body = ErrorList([Error(code or error.code, error.message, error.details)])
    return Told(_STATUS[type(error)], msgspec.json.encode(body))


def no_grant(error: GrantRefused) -> Told:
    """A token request that is refused, in OAuth's own shape."""
    told = {"error": error.error, "error_description": error.message}
    return Told(error.status, msgspec.json.encode(told))


def with_rate(told: Told, rate: float) -> Told:
    """The same with the rate of the usage plan, where Amazon tells it."""
    return told._replace(headers={RATE_HEADER: str(rate)}) if told.status in _TELLS_RATE else told
