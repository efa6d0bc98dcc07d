"""The side that awaits: httpx2's AsyncClient, in whatever event loop runs."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2

from daybook.client.surroundings import Monotonic
from daybook.client.wire.faults import answering
from daybook.client.wire.messages import Bell, Incoming, Outgoing, Stream, Upload, Whole


class AsyncWire:
    """Carries requests without blocking; any number of tasks of one event loop may share it."""

    def __init__(
        self,
        http: httpx2.AsyncClient,
        sleep: Callable[[float], Awaitable[object]],
        bell: Callable[[], Bell] | None = None,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._http = http
        self._sleep = sleep
        self._bell = bell
        self._monotonic = monotonic
        self._spawned: set[asyncio.Task[None]] = set()

    async def send(self, request: Outgoing) -> Incoming:
        with answering():
            headers, body = dict(request.headers), request.body
            content = _each(body) if callable(body) else body or None
            async with self._http.stream(request.method, request.url, content=content, headers=headers) as got:
                whole = Whole(self._monotonic)
                async for piece in got.aiter_bytes():
                    whole.add(piece)
        return Incoming(got.status_code, got.headers, whole.body())

    @asynccontextmanager
    async def stream(self, request: Outgoing) -> AsyncIterator[Stream]:
        with answering():
            async with self._http.stream(request.method, request.url, headers=dict(request.headers)) as got:
                yield _AsyncStream(got)

    async def sleep(self, seconds: float) -> None:
        await self._sleep(seconds)

    def gate(self) -> asyncio.Lock:
        return asyncio.Lock()

    def bell(self) -> Bell:
        return self._bell() if self._bell is not None else SleptAsyncBell(self._sleep)

    def spawn(self, logic: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(logic)
        self._spawned.add(task)
        task.add_done_callback(self._spawned.discard)

    async def close(self) -> None:
        spawned = list(self._spawned)
        for task in spawned:
            task.cancel()
        await asyncio.gather(*spawned, return_exceptions=True)
        await self._http.aclose()


async def _each(body: Upload) -> AsyncGenerator[bytes, None]:
    """The pieces of a body, read in a thread: files wait for the disk."""
    pieces = iter(body())
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


class AsyncBell:
    """A bell in the event loop in which it is waited for."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ring(self) -> None:
        if self._loop is None:
            self._rung.set()
        else:
            self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()


class SleptAsyncBell:
    """A bell for a task that sleeps in a way of its own: what rings meanwhile is heard when it wakes."""

    def __init__(self, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._sleep = sleep
        self._rung = False

    def ring(self) -> None:
        self._rung = True

    async def wait(self, seconds: float) -> None:
        if not self._rung:
            await self._sleep(seconds)
        self._rung = False


class _AsyncStream:
    def __init__(self, got: httpx2.Response) -> None:
        self._got = got
        self.status: int = got.status_code
        self.headers: Mapping[str, str] = got.headers

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        with answering():
            async for piece in self._got.aiter_raw():
                yield piece
