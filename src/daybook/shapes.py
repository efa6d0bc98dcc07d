"""Bytes and plain values read into typed shapes, from any thread.

msgspec finds out about a struct when something is first read into it, and shows others what it has found before it
is whole: two threads that do so at once can end the process (a null pointer in msgspec 0.22). Here each shape is made
ready by one thread at a time, before it is used.
"""

from collections.abc import Callable, Hashable
from functools import cache
from threading import Lock
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")
_making = Lock()


def decode(body: bytes | str, shape: type[T]) -> T:
    """The JSON text as the shape. Raises msgspec.DecodeError: also for no Unicode, and for what is nested too deep."""
    try:
        found: T = _decoder(cast(Hashable, shape)).decode(body)
    except (UnicodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error
    return found


def convert(value: object, shape: type[T], *, strict: bool = True, dec_hook: Callable[..., Any] | None = None) -> T:
    """Plain values, as JSON or TOML has them, as the shape. Raises msgspec.ValidationError."""
    _decoder(cast(Hashable, shape))
    return msgspec.convert(value, shape, strict=strict, dec_hook=dec_hook)


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    with _making:
        return msgspec.json.Decoder(shape)
