"""A body that is read as it comes, by code that waits: a batch may have gigabytes.

Whoever sends it slowly holds a thread for as long. These threads are therefore not those in which every other call
writes, and one application has so many of them and no more.
"""

import asyncio
import io
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import BinaryIO, TypeVar, cast

from daybook.kernel.errors import QuotaExceeded

T = TypeVar("T")

MOST_OF_ONE = 5
"""Uploads that one application may have under way for one seller."""
_THREADS = 64


class Uploads:
    """Those of one process, called in the event loop that serves."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "daybook-upload")  # a thread is made when it is needed
        self._under_way: Counter[tuple[str, str]] = Counter()

    async def read(self, seller_id: str, client_id: str, work: Callable[[], T]) -> T:
        """What the work answers, which reads an upload. Raises QuotaExceeded where too many are under way."""
        who = seller_id, client_id
        if self._under_way[who] >= MOST_OF_ONE:
            raise QuotaExceeded
        self._under_way[who] += 1
        loop = asyncio.get_running_loop()
        running = self._threads.submit(work)
        running.add_done_callback(lambda _: _in(loop, lambda: self._end(who)))  # also where nobody waits any more
        return await asyncio.wrap_future(running)

    def _end(self, who: tuple[str, str]) -> None:
        self._under_way[who] -= 1
        if not self._under_way[who]:
            del self._under_way[who]


def _in(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop has ended, and its count with it
        loop.call_soon_threadsafe(call)


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
