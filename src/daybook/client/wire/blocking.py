"""The side that blocks: httpx2's Client, and what runs the client's logic without an event loop."""

import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx2

from daybook.client.wire.faults import answering
from daybook.client.wire.messages import Incoming, Outgoing, Stream

R = TypeVar("R")


def drive(logic: Coroutine[Any, Any, R]) -> R:
    """Runs logic over a blocking wire to its end, in this thread."""
    try:
        logic.send(None)
    except StopIteration as ended:
        result: R = ended.value
        return result
    logic.close()
    raise RuntimeError("A blocking wire may not wait for an event loop.")


def drive_each(logic: AsyncGenerator[R, None]) -> Iterator[R]:
    """What the logic yields, one by one, as `drive` does."""
    try:
        while True:
            try:
                one = drive(logic.__anext__())
            except StopAsyncIteration:
                return
            yield one
    finally:
        drive(logic.aclose())


class BlockingWire:
    """Carries requests in the calling thread; any number of threads may share it."""

    def __init__(self, http: httpx2.Client, sleep: Callable[[float], object]) -> None:
        self._http = http
        self._sleep = sleep

    async def send(self, request: Outgoing) -> Incoming:
        with answering():
            got = self._http.request(
                request.method, request.url, content=request.body or None, headers=dict(request.headers)
            )
        return Incoming(got.status_code, got.headers, got.content)

    @asynccontextmanager
    async def stream(self, request: Outgoing) -> AsyncIterator[Stream]:
        with answering(), self._http.stream(request.method, request.url, headers=dict(request.headers)) as got:
            yield _BlockingStream(got)

    async def sleep(self, seconds: float) -> None:
        self._sleep(seconds)

    def gate(self) -> "_ThreadGate":
        return _ThreadGate()

    async def close(self) -> None:
        self._http.close()


class _BlockingStream:
    def __init__(self, got: httpx2.Response) -> None:
        self._got = got
        self.status: int = got.status_code
        self.headers: Mapping[str, str] = got.headers

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        with answering():
            for piece in self._got.iter_raw():
                yield piece


class _ThreadGate:
    def __init__(self) -> None:
        self._lock = threading.Lock()

    async def __aenter__(self) -> None:
        self._lock.acquire()

    async def __aexit__(self, *error: object) -> None:
        self._lock.release()
