"""The sandbox over HTTP."""

from typing import Any

from litestar import HttpMethod, Litestar, Request, route
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send

from daybook.sandbox.exchange import Asked, Told
from daybook.sandbox.marketplace import Marketplace

MAX_BODY = 5 * 1024 * 1024
"""Bytes of a request's body."""
_METHODS = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE]


def create_sandbox(marketplace: Marketplace) -> ASGIApp:
    """The ASGI application: every path and method is the marketplace's to answer."""
    return Litestar(
        [answer],
        state=State({"marketplace": marketplace}),
        request_max_body_size=MAX_BODY,
        openapi_config=None,
        logging_config=None,
    )


@route(["/", "/{rest:path}"], http_method=_METHODS, status_code=200)
async def answer(request: Request[Any, Any, Any]) -> ASGIApp:
    """One request and its answer."""
    marketplace: Marketplace = request.app.state["marketplace"]
    try:
        body, too_large = await request.body(), False
    except HTTPException:
        body, too_large = b"", True
    scope = request.scope
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    path = raw_path.decode("latin-1").partition("?")[0]
    asked = Asked(request.method, path, scope["query_string"], headers, body, too_large)
    return _Answer(marketplace.answer(asked))


class _Answer:
    """An answer, as far as it is to be sent; one that is not sent whole ends with the connection."""

    def __init__(self, told: Told) -> None:
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        if self._told.sent == "nothing":
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        await send(self._start())
        part = self._told.body[: len(self._told.body) // 2] if self._told.sent == "half" else self._told.body
        body: HTTPResponseBodyEvent = {
            "type": "http.response.body",
            "body": part,
            "more_body": self._told.sent == "half",
        }
        await send(body)

    def _start(self) -> HTTPResponseStartEvent:
        told = {
            "content-type": self._told.content_type,
            "content-length": str(len(self._told.body)),
            **self._told.headers,
        }
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told.items()]
        return {"type": "http.response.start", "status": self._told.status, "headers": headers}
