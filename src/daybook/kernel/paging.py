"""Page tokens: opaque to clients, tamper-proof, and bound to whom they were given.

A token carries the whole query of its first page beside the position, because the next call may send nothing but the
token (seed 004, getReports). It is authenticated together with its scope (operation and seller), so a token shown by
another seller, or to another operation, is as good as a forged one.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any, TypeVar

from daybook.kernel.errors import InvalidInput

_TAG_BYTES = 16

T = TypeVar("T")


def seal_page(key: bytes, scope: str, page: dict[str, Any]) -> str:
    """The token for a page; `scope` names the operation and the seller."""
    body = json.dumps(page, separators=(",", ":")).encode()
    return _text(_tag(key, scope, body) + body)


def open_page(key: bytes, scope: str, token: str) -> dict[str, Any]:
    """The page that `seal_page` made the token for. Raises InvalidInput for any other token, without saying why."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise _forged() from error
    tag, body = sealed[:_TAG_BYTES], sealed[_TAG_BYTES:]
    # The decoder passes over strange characters and spare bits: a token is taken only as it was written.
    if not hmac.compare_digest(tag, _tag(key, scope, body)) or _text(sealed) != token:
        raise _forged()
    page: dict[str, Any] = json.loads(body)
    return page


def page_of(found: list[T], size: int, seal: Callable[[T], str]) -> tuple[list[T], str | None]:
    """The page, and the token of the next one where there is more. `found` has one more than a page holds, if any.

    `seal` makes the token from the last of the page.
    """
    page = found[:size]
    return page, seal(page[-1]) if len(found) > size else None


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _tag(key: bytes, scope: str, body: bytes) -> bytes:
    return hmac.digest(key, scope.encode() + b"\0" + body, hashlib.sha256)[:_TAG_BYTES]


def _forged() -> InvalidInput:
    return InvalidInput("Invalid Input", "nextToken is not one that this operation gave to this selling partner.")
