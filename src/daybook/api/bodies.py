"""How long a request's body is waited for: whoever sends one drop by drop holds up nothing but themselves."""

import asyncio
from collections.abc import Awaitable
from typing import cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPRequestEvent, HTTPScope, Receive, Scope, Send

from daybook.kernel.errors import RequestTimeout

SECONDS = 30.0
"""For a body to begin and end; one that keeps coming has longer."""
LEAST_RATE = 32 * 1024
"""Bytes of a body that earn it a second more."""
_HTTP = ScopeType.HTTP
_WITHOUT = frozenset({"GET", "HEAD", "DELETE"})
"""Methods of which no handler reads a body."""


class TimedBodies:
    """Ends the wait for a body, around the whole application."""

    def __init__(self, app: ASGIApp, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == _HTTP and cast("HTTPScope", scope)["method"] not in _WITHOUT:
            receive = timed(receive, self._seconds)
        return self._app(scope, receive, send)


def timed(receive: Receive, seconds: float) -> Receive:
    """Receives until the body's time is over, which begins with the first look; then raises RequestTimeout."""
    until: float | None = None
    whole = False

    async def received() -> HTTPReceiveMessage:
        nonlocal until, whole
        if whole:  # what comes now is that the caller has gone
            return await receive()  # type: ignore[return-value]
        if until is None:
            until = asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(until):
                message = cast("HTTPRequestEvent", await receive())
        except TimeoutError as error:
            raise RequestTimeout(
                "The request body did not arrive in time.", f"It is waited for {seconds:g} s, or longer if it is long."
            ) from error
        until += len(message.get("body", b"")) / LEAST_RATE
        whole = not message.get("more_body", False)
        return message

    return received
