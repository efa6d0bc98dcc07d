"""Tells of every request which operation it was, and how it was answered."""

import re
from collections.abc import Awaitable, Callable
from typing import cast

from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

Told = Callable[[str, int], None]
"""Hears an operation's name and a status."""
NONE = "none"
"""What no operation has the path of."""
_HTTP = ScopeType.HTTP


class CountedRequests:
    """Around the whole application."""

    def __init__(self, app: ASGIApp, told: Told) -> None:
        self._app = app
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != _HTTP:
            await self._app(scope, receive, send)
            return
        status = 500

        def heard(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            return send(message)

        try:
            await self._app(scope, receive, heard)
        finally:
            self._told(operation_of(scope), status)


def operation_of(scope: Scope) -> str:
    """The operation that the router found, by its handler's name as the wire writes names: `getReport`."""
    handler = cast("BaseRouteHandler | None", scope.get("route_handler"))
    if handler is None:
        return NONE
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), handler.handler_name)
