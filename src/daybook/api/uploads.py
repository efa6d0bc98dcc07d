"""A body that is read as it comes, by code that waits: a batch may have gigabytes."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import BinaryIO, cast


class Upload(io.RawIOBase):
    """The pieces of a body as a stream, for a thread beside the event loop that receives them."""

    def __init__(self, pieces: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._pieces = pieces
        self._loop = loop
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, none at the end. Raises what receiving raises: the caller may have gone."""
        while not self._rest:
            piece = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            if piece is None:
                return b""
            self._rest = piece
        taken, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return taken

    async def _next(self) -> bytes | None:
        async for piece in self._pieces:
            return piece
        return None

    def stream(self) -> BinaryIO:
        """Itself, as those who read files want it."""
        return cast("BinaryIO", self)
