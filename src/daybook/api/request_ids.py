"""x-amzn-RequestId on every answer, whatever made it; and an answer to a call that the end of the server cuts off."""

import asyncio
from collections.abc import Awaitable

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from daybook.api.answers import Answer, encoded
from daybook.contract.errors import AWAY, ErrorList
from daybook.kernel.ids import Ids

log = structlog.get_logger()

REQUEST_ID = "daybook.request_id"
"""Where a request's scope keeps its id."""

_STOPPING = Answer(encoded(ErrorList([AWAY])), 503)
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
        begun = False

        def named(message: Message) -> Awaitable[None]:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message["headers"], header]
            return send(message)

        try:
            await self._app(scope, receive, named)
        except asyncio.CancelledError:
            # By the server, which is being stopped and has waited for its calls as long as it may.
            log.warning("a call was cut off: the server is being stopped", path=scope["path"], request=request_id)
            if not begun:
                await _STOPPING(scope, receive, named)
