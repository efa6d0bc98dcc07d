"""Clients of a Daybook in this process: its clock is theirs, and moves when they sleep."""

import asyncio
from collections.abc import Callable

import httpx2

from tests.api.serving import Daybook

ENDPOINT = "https://reports.example"
Answered = Callable[[httpx2.Request, httpx2.Response], httpx2.Response]


class InProcess(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Carries requests to the application. `answered` may put another answer in the place of the application's."""

    def __init__(self, daybook: Daybook, answered: Answered = lambda request, answer: answer) -> None:
        self._daybook = daybook
        self._answered = answered

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        got = self._daybook.wire.send(
            request.method, request.url.raw_path.decode(), dict(request.headers), request.read()
        )
        return self._answered(request, httpx2.Response(got.status, headers=dict(got.headers), stream=Once(got.body)))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        return await asyncio.to_thread(self.handle_request, request)


class Once(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body in one piece."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self):  # type: ignore[no-untyped-def]  # the two sides have one body
        yield self._content

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        yield self._content
