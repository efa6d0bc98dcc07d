"""An answer whose bytes are ready: the shortest way from a handler to the wire."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send

_encoder = msgspec.json.Encoder()
_JSON = (b"content-type", b"application/json")
NOTHING: Mapping[str, str] = {}


class Answer:
    """JSON, with a status and headers; an ASGI application of its own."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, body: bytes, status: int = 200, headers: Mapping[str, str] = NOTHING) -> None:
        self.body = body
        self.status = status
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer."""
        del scope, receive
        told = [_header(name, value) for name, value in self.headers.items()]
        length = (b"content-length", str(len(self.body)).encode())
        start: HTTPResponseStartEvent = {
            "type": "http.response.start",
            "status": self.status,
            "headers": [_JSON, length, *told],
        }
        body: HTTPResponseBodyEvent = {"type": "http.response.body", "body": self.body, "more_body": False}
        await send(start)
        await send(body)


@lru_cache(maxsize=1024)
def _header(name: str, value: str) -> tuple[bytes, bytes]:
    return name.encode("latin-1"), value.encode("latin-1")


def encoded(content: object) -> bytes:
    """A wire shape as JSON."""
    return _encoder.encode(content)
