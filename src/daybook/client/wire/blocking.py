"""The side that blocks: httpx2's Client, and what runs the client's logic without an event loop."""

import socket
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import httpx2

from daybook.client.surroundings import Monotonic
from daybook.client.wire.faults import answering
from daybook.client.wire.messages import Bell, Incoming, Outgoing, Stream, Whole

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


END_WITHIN = 5.0
"""Seconds for which what was spawned is waited for at the end; it holds nobody up after that."""


class BlockingWire:
    """Carries requests in the calling thread; any number of threads may share it."""

    def __init__(
        self,
        http: httpx2.Client,
        sleep: Callable[[float], object],
        bell: Callable[[], Bell] | None = None,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._http = http
        self._sleep = sleep
        self._bell = bell
        self._monotonic = monotonic
        self._spawned: list[threading.Thread] = []
        self._heard: dict[threading.Thread, httpx2.Response] = {}

    async def send(self, request: Outgoing) -> Incoming:
        with answering():
            headers, body = dict(request.headers), request.body
            content = body() if callable(body) else body or None
            with self._http.stream(request.method, request.url, content=content, headers=headers) as got:
                whole = Whole(self._monotonic)
                for piece in got.iter_bytes():
                    whole.add(piece)
        return Incoming(got.status_code, got.headers, whole.body())

    @asynccontextmanager
    async def stream(self, request: Outgoing) -> AsyncIterator[Stream]:
        me = threading.current_thread()
        with answering(), self._http.stream(request.method, request.url, headers=dict(request.headers)) as got:
            self._heard[me] = got
            try:
                yield _BlockingStream(got)
            finally:
                del self._heard[me]

    async def sleep(self, seconds: float) -> None:
        self._sleep(seconds)

    def gate(self) -> "_ThreadGate":
        return _ThreadGate()

    def bell(self) -> Bell:
        return self._bell() if self._bell is not None else SleptBell(self._sleep)

    def spawn(self, logic: Coroutine[Any, Any, None]) -> None:
        thread = threading.Thread(target=drive, args=[logic], name="daybook-client", daemon=True)
        self._spawned.append(thread)
        thread.start()

    async def close(self) -> None:
        for thread in self._spawned:
            _hang_up(self._heard.get(thread))
            thread.join(END_WITHIN)
        self._http.close()


def _hang_up(heard: httpx2.Response | None) -> None:
    """Ends an answer that another thread reads: closing it here would not wake that thread."""
    network = heard.extensions.get("network_stream") if heard is not None else None
    if network is not None:
        with suppress(OSError):  # the other side was first
            network.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


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


class ThreadBell:
    """A bell for a thread."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        self._rung.wait(seconds)
        self._rung.clear()


class SleptBell:
    """A bell for a thread that sleeps in a way of its own: what rings meanwhile is heard when it wakes."""

    def __init__(self, sleep: Callable[[float], object]) -> None:
        self._sleep = sleep
        self._rung = False

    def ring(self) -> None:
        self._rung = True

    async def wait(self, seconds: float) -> None:
        if not self._rung:
            self._sleep(seconds)
        self._rung = False
