"""What is answered before there is a request: to what is not HTTP, and to a head that is too long.

uvicorn's own reader of HTTP has no end to a head, and is slow over a long one.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from daybook.api.errors import error_body
from daybook.contract.errors import Error
from daybook.kernel.ids import Ids

MAX_HEAD = 64 * 1024
"""Bytes of a request's line and headers; Amazon's tokens have up to 2,048, and no client sends much else."""
HANG_UP = "daybook.hang_up"
"""The extension of a request's scope that ends its connection at once: no answer can, whose reader takes nothing."""
_REFUSAL = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


_NOT_HTTP = error_body(Error("InvalidInput", "Invalid Input", "The request is not HTTP/1.1, or its head is malformed."))


class BoundedHeads(HttpToolsProtocol):
    """Ends a connection whose request's head goes on beyond the limit, with a bare 431.

    What is not HTTP is answered as any bad input is, with a request id.
    """

    ids: Ids

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._head: int | None = 0
        """Bytes of the head that is being read; None within a body."""

    def data_received(self, data: bytes) -> None:
        """A chunk came; it may end a head, or a message."""
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > MAX_HEAD and not self.transport.is_closing():
            self.transport.write(_REFUSAL)
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """The head cannot be read."""
        del msg
        named = f"x-amzn-RequestId: {self.ids.request()}\r\ncontent-length: {len(_NOT_HTTP)}\r\n"
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n{named}connection: close\r\n\r\n"
        self.transport.write(head.encode() + _NOT_HTTP)
        self.transport.close()

    def on_headers_complete(self) -> None:
        """The head has ended."""
        self._head = None
        self.scope["extensions"] = {HANG_UP: {HANG_UP: self.transport.abort}}
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next head begins."""
        self._head = 0
        super().on_message_complete()


def named_heads(names: Ids) -> type[BoundedHeads]:
    """The protocol, with the source of its request ids."""

    class NamedHeads(BoundedHeads):
        ids = names

    return NamedHeads
