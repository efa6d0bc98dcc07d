"""Uploads that come slowly, beside everything else that is asked of a Daybook."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from litestar.types import Message, Receive, Scope, Send

from daybook.api.server import create_api
from daybook.api.uploads import MOST_OF_ONE, Uploads
from daybook.kernel.errors import QuotaExceeded
from tests.api.serving import US, Client, Daybook
from tests.api.wire import scope_of

TARGET = f"/daybook/v1/batches?operation=set_price&marketplaceId={US}"


class Slow:
    """A caller who sends the beginning of a file, and goes on when it is let."""

    def __init__(self, token: str) -> None:
        self.waits, self.goes_on, self.status = asyncio.Event(), asyncio.Event(), 0
        self._pieces = iter([b"sku,price\n", b"A,1\n"])
        self._token = token

    async def call(self, app: object) -> None:
        scope = scope_of("POST", TARGET, {"x-amz-access-token": self._token}, 14)
        await app(cast("Scope", scope), cast("Receive", self._receive), cast("Send", self._send))  # type: ignore[operator]

    async def _receive(self) -> dict[str, object]:
        piece = next(self._pieces, None)
        if piece == b"A,1\n":
            self.waits.set()
            await self.goes_on.wait()
        if piece is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": piece, "more_body": piece != b"A,1\n"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]


@pytest.fixture
def one_thread(runner: asyncio.Runner) -> Iterator[None]:
    """The event loop has one thread for all that waits for a disk."""
    runner.get_loop().set_default_executor(ThreadPoolExecutor(1))
    yield
    runner.get_loop().set_default_executor(ThreadPoolExecutor())


@pytest.mark.usefixtures("one_thread")
def test_a_slow_upload_holds_up_no_other_call(daybook: Daybook, second: Client, runner: asyncio.Runner) -> None:
    slow, app, loop = Slow(daybook.access_token()), create_api(daybook.door), runner.get_loop()
    upload = loop.create_task(slow.call(app))
    runner.run(slow.waits.wait())

    assert second.send("POST", "/daybook/v1/receivers", b"{}").status == 201

    loop.call_soon(slow.goes_on.set)
    runner.run(asyncio.wait_for(upload, None))
    assert slow.status == 202


def test_an_application_has_so_many_uploads_under_way_and_no_more(runner: asyncio.Runner) -> None:
    async def told() -> None:
        uploads, goes_on = Uploads(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def waits() -> str:
            asyncio.run_coroutine_threadsafe(goes_on.wait(), loop).result()
            return "whole"

        under_way = [asyncio.create_task(uploads.read("A1", "app", waits)) for _ in range(MOST_OF_ONE)]
        await asyncio.sleep(0)
        with pytest.raises(QuotaExceeded):
            await uploads.read("A1", "app", lambda: "one more")
        assert await uploads.read("B2", "app", lambda: "another's") == "another's"
        goes_on.set()
        assert await asyncio.gather(*under_way) == ["whole"] * MOST_OF_ONE
        assert await uploads.read("A1", "app", lambda: "the next") == "the next"

    runner.run(told())
