"""x-amzn-RequestId on every answer, whatever made it."""

from collections.abc import Awaitable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from daybook.kernel.ids import Ids

REQUEST_ID = "daybook.request_id"
"""Where a request's scope keeps its id."""

_HTTP = ScopeType.HTTP  # to look up a member of an enumeration costs more than to compare it


class RequestIds:
    """Names each request, around the whole application."""

    def __init__(self, app: ASGIApp, ids: Ids) -> None:
        self._app = app
        self._ids = ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != _HTTP:
            await self._app(scope, receive, send)
            return
        request_id = self._ids.request()
        scope.setdefault("state", {})[REQUEST_ID] = request_id
        header = (b"x-amzn-RequestId", request_id.encode())

        def named(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], header]
            return send(message)

        await self._app(scope, receive, named)
