"""Reads what a request holds, with the contract's decoding."""

from datetime import datetime
from typing import TypeVar

import msgspec

from daybook.api.door import AnyRequest
from daybook.contract import decoding, times
from daybook.contract.decoding import MISSING, Values
from daybook.contract.operations import Operation
from daybook.kernel.charsets import storable
from daybook.kernel.errors import InvalidInput, UnsupportedMediaType

__all__ = ["MISSING", "body_of", "id_of", "json_of", "optional_body_of", "query_of", "require_json", "time_of"]

S = TypeVar("S", bound=msgspec.Struct)


def query_of(request: AnyRequest, operation: Operation) -> Values:
    """The operation's query parameters, decoded: those that were sent, and defaults.

    Raises InvalidInput naming a wrong one.
    """
    return decoding.query_of(request.scope["query_string"], operation)


async def body_of(request: AnyRequest, shape: type[S]) -> S:
    """The body as the shape. Raises UnsupportedMediaType, or InvalidInput naming the member that is wrong."""
    require_json(request)
    return decoding.body_of(await request.body(), shape)


async def optional_body_of(request: AnyRequest, shape: type[S]) -> S:
    """As `body_of`; without a body, the shape as it is by default."""
    return await body_of(request, shape) if await request.body() else shape()


async def json_of(request: AnyRequest) -> object:
    """The body as JSON, whatever it holds. Raises UnsupportedMediaType, InvalidInput."""
    require_json(request)
    return decoding.json_of(await request.body())


def require_json(request: AnyRequest) -> None:
    """Raises UnsupportedMediaType where the body is said to be anything but JSON."""
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(
            "The Content-Type header is invalid.", f"Send application/json, not {content_type[:100] or 'nothing'}."
        )


def id_of(segment: str) -> str:
    """The id that a path names. A database cannot even look for one with a NUL: as good as any id that is unknown."""
    return storable(segment)


def time_of(name: str, text: str | msgspec.UnsetType) -> datetime | None:
    """A body's date-time member; None where it is absent. Raises InvalidInput."""
    if isinstance(text, msgspec.UnsetType):
        return None
    try:
        return times.parse(text)
    except ValueError as error:
        raise InvalidInput("Invalid Input", f"{name}: {text[:50]!r} is not an ISO 8601 date-time.") from error
