"""The side that awaits: httpx2's AsyncClient, in whatever event loop runs."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpx2

from daybook.client.wire.faults import answering
from daybook.client.wire.messages import Incoming, Outgoing, Stream


class AsyncWire:
    """Carries requests without blocking; any number of tasks of one event loop may share it."""

    def __init__(self, http: httpx2.AsyncClient, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._http = http
        self._sleep = sleep

    async def send(self, request: Outgoing) -> Incoming:
        with answering():
            got = await self._http.request(
                request.method, request.url, content=request.body or None, headers=dict(request.headers)
            )
        return Incoming(got.status_code, got.headers, got.content)

    @asynccontextmanager
    async def stream(self, request: Outgoing) -> AsyncIterator[Stream]:
        with answering():
            async with self._http.stream(request.method, request.url, headers=dict(request.headers)) as got:
                yield _AsyncStream(got)

    async def sleep(self, seconds: float) -> None:
        await self._sleep(seconds)

    def gate(self) -> asyncio.Lock:
        return asyncio.Lock()

    async def close(self) -> None:
        await self._http.aclose()


class _AsyncStream:
    def __init__(self, got: httpx2.Response) -> None:
        self._got = got
        self.status: int = got.status_code
        self.headers: Mapping[str, str] = got.headers

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        with answering():
            async for piece in self._got.aiter_raw():
                yield piece
