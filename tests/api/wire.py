"""Calls an ASGI application in this process, byte by byte: nothing between a test and the server mends a request."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote

from litestar.types import ASGIApp, Message, Receive, Scope, Send

NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the headers' names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, str]:
        """The one error of an ErrorList."""
        [error] = self.json["errors"]
        return cast("dict[str, str]", error)

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code of an error."""
        return self.status, self.error["code"]


class Wire:
    """An application, called over no network at all."""

    def __init__(self, app: ASGIApp, runner: asyncio.Runner) -> None:
        self._app = app
        self._runner = runner

    def send(self, method: str, target: str, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b"") -> Answer:
        """The answer to a request for `target`: a path and a query, as they stand in a request line."""
        return self._runner.run(self._sent(method, target, headers, body))

    async def _sent(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        started: dict[str, Any] = {}
        pieces: list[bytes] = []
        pending: list[dict[str, object]] = [{"type": "http.request", "body": body, "more_body": False}]

        complete = asyncio.Event()

        async def receive() -> dict[str, object]:
            if pending:
                return pending.pop()
            await complete.wait()  # until then the client stays, and says no more
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                assert not started, "a second answer to one request"
                started.update(cast("dict[str, Any]", message))
            else:
                piece = cast("dict[str, Any]", message)
                pieces.append(piece.get("body", b""))
                complete.set() if not piece.get("more_body") else None

        scope = scope_of(method, target, headers, len(body))
        await self._app(cast("Scope", scope), cast("Receive", receive), cast("Send", send))
        names = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in started["headers"]}
        return Answer(started["status"], names, b"".join(pieces))


def scope_of(method: str, target: str, headers: Mapping[str, str], size: int) -> dict[str, object]:
    """As uvicorn makes it."""
    path, _, query = target.partition("?")
    sent = {"host": "127.0.0.1", **headers} | ({"content-length": str(size)} if size else {})
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "root_path": "",
        "query_string": query.encode("latin-1"),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        "state": {},
        "extensions": {},
    }
