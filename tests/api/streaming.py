"""Listens to an ASGI application in this process, piece by piece."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from litestar.types import ASGIApp, Receive, Scope, Send

from tests.api.wire import NO_HEADERS, scope_of
from tests.worker.watching import PROMPT


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a stream: an event, an id alone, or a comment."""

    id: str = ""
    event: str = ""
    data: Any = None
    comment: str = ""


class Stream:
    """One request whose answer goes on. With `stopped` it takes nothing until it is let."""

    def __init__(
        self, app: ASGIApp, runner: asyncio.Runner, target: str, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        self._runner = runner
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()
        self._started: asyncio.Future[dict[str, Any]] = runner.get_loop().create_future()
        self._gone = asyncio.Event()
        self.takes = asyncio.Event()
        self.takes.set()
        self._rest = b""
        self._task = runner.get_loop().create_task(self._listen(app, target, headers))

    @property
    def status(self) -> int:
        return int(self._start()["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode().lower(): value.decode() for name, value in self._start()["headers"]}

    def next(self) -> Message:
        """The next message; a comment of the beginning is passed over."""
        while b"\n\n" not in self._rest:
            self._rest += self._run(self._pieces.get())
        text, _, self._rest = self._rest.partition(b"\n\n")
        fields = dict(line.split(": ", 1) for line in text.decode().splitlines())
        data = json.loads(fields["data"]) if "data" in fields else None
        return Message(fields.get("id", ""), fields.get("event", ""), data, fields.get("", ""))

    def events(self, count: int) -> list[Message]:
        """The next events; what is no event is passed over."""
        found: list[Message] = []
        while len(found) < count:
            message = self.next()
            found += [message] if message.event else []
        return found

    def comments(self) -> list[str]:
        """Every comment up to the end of the stream, which comes by itself."""
        self._run(asyncio.wait_for(asyncio.shield(self._task), PROMPT))
        said = []
        while self._rest or not self._pieces.empty():
            if (message := self.next()).comment:
                said.append(message.comment)
        return said

    def leave(self) -> None:
        """Hangs up, and waits until the application has seen it."""
        self._gone.set()
        self.takes.set()
        self._run(asyncio.wait_for(asyncio.shield(self._task), PROMPT))

    def _start(self) -> dict[str, Any]:
        return dict(self._run(asyncio.shield(self._started)))

    def _run(self, waited: Any) -> Any:
        async def within() -> Any:
            async with asyncio.timeout(PROMPT):
                return await waited

        return self._runner.run(within())

    async def _listen(self, app: ASGIApp, target: str, headers: Mapping[str, str]) -> None:
        async def receive() -> dict[str, object]:
            if not asked:
                asked.append(True)
                return {"type": "http.request", "body": b"", "more_body": False}
            await self._gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                self._started.set_result(message)
                return
            await self.takes.wait()
            if message.get("body"):
                self._pieces.put_nowait(message["body"])

        asked: list[bool] = []
        scope = scope_of("GET", target, headers, 0)
        await app(cast("Scope", scope), cast("Receive", receive), cast("Send", send))
