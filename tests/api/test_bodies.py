"""How long a body is waited for, in a time that passes only when nothing else is left to do."""

import asyncio
import json
import selectors
from collections.abc import Iterable
from typing import Any, cast

import pytest
from litestar.types import Message, Receive, Scope

from daybook.api.bodies import LEAST_RATE, timed
from daybook.api.server import create_api
from daybook.kernel.errors import RequestTimeout
from tests.api.serving import ALL_LISTINGS, DECODING, REPORTS, TOKENS, US, Daybook

WAIT = 30.0
Sent = list[tuple[float, bytes]]
"""Pieces of a body, each after so many seconds; nothing comes after the last."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose clock is moved to the next thing that is due, at once."""

    def __init__(self) -> None:
        self.passed = 0.0
        super().__init__(Moving(self))

    def time(self) -> float:
        return self.passed


class Moving(selectors.SelectSelector):
    """Waits for nothing: it moves the loop's clock."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(0.001 if timeout is None else 0)
        if not found and timeout:
            self._loop.passed += timeout
        return found


def receiving(sent: Iterable[tuple[float, bytes]], *, ends: bool) -> Receive:
    """The caller, who sends so; where it does not end, nothing more comes, ever."""
    coming = iter(sent)

    async def receive() -> dict[str, object]:
        piece = next(coming, None)
        if piece is None:
            if not ends:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": b"", "more_body": False}
        await passed(piece[0])
        return {"type": "http.request", "body": piece[1], "more_body": True}

    return cast("Receive", receive)


async def passed(seconds: float) -> None:
    """Returns once so many seconds of the loop's own time have passed."""
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, over.set)
    await over.wait()


def read(sent: Iterable[tuple[float, bytes]], *, ends: bool = True) -> tuple[int, float]:
    """How many bytes were read, and how many seconds that took."""

    async def reading() -> tuple[int, float]:
        receive, size = timed(receiving(sent, ends=ends), WAIT), 0
        while True:
            message = cast("dict[str, Any]", await receive())
            size += len(message["body"])
            if not message["more_body"]:
                return size, asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(reading())


def test_a_body_that_comes_in_time_is_read() -> None:
    assert read([(10, b"ab"), (19, b"c")]) == (3, 29)


@pytest.mark.parametrize("sent", [[], [(29, b"x")], [(1, b"x")] * 1000])
def test_a_body_that_does_not_end_in_time_is_given_up(sent: Sent) -> None:
    """Drop by drop is no faster than nothing."""
    with pytest.raises(RequestTimeout) as given_up:
        read(sent, ends=False)
    assert "30 s" in given_up.value.details


def test_a_long_body_that_keeps_coming_has_the_time_it_needs() -> None:
    pieces = [(0.9, bytes(LEAST_RATE))] * 100
    size, seconds = read(pieces)
    assert (size, round(seconds)) == (100 * LEAST_RATE, 90)
    with pytest.raises(RequestTimeout):
        read([(1.5, bytes(LEAST_RATE))] * 100)


@DECODING
@pytest.mark.parametrize("path", [REPORTS, TOKENS])
def test_it_is_answered_408_and_the_connection_closed(daybook: Daybook, path: str) -> None:
    app, answered = create_api(daybook.door, body_seconds=WAIT), cast("list[dict[str, Any]]", [])
    headers = {
        "content-type": "application/json",
        "content-length": "100",
        "x-amz-access-token": daybook.access_token(),
    }
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()], "state": {}, "extensions": {},
        "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "http_version": "1.1",
    }  # fmt: skip
    body = json.dumps({"reportType": ALL_LISTINGS, "marketplaceIds": [US]}).encode()

    async def send(message: Message) -> None:
        answered.append(cast("dict[str, Any]", message))

    async def called() -> None:
        await app(cast("Scope", scope), receiving([(1, body[:9])], ends=False), send)

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(called())

    named = {name.decode().lower(): value.decode() for name, value in answered[0]["headers"]}
    told = json.loads(b"".join(message.get("body", b"") for message in answered[1:]))
    assert (answered[0]["status"], named["connection"]) == (408, "close")
    assert named["x-amzn-requestid"]
    assert told["error"] == "invalid_request" if path == TOKENS else told["errors"][0]["code"] == "RequestTimeout"
