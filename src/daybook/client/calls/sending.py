"""Sends one request once, and keeps the record of it."""

import platform
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Protocol
from urllib.parse import urlsplit

from daybook.client.calls.exchanges import Exchange, Exchanges
from daybook.client.surroundings import Surroundings
from daybook.client.wire.messages import SUCCESS, Incoming, NoAnswer, Outgoing, Stream, Wire
from daybook.kernel.masking import redacted

REQUEST_ID = "x-amzn-RequestId"
STORE_REQUEST_ID = "x-amz-request-id"
"""What Amazon's document store calls it."""
USER_AGENT = f"daybook/{version('daybook')} (Language=Python/{platform.python_version()}; Platform={platform.system()})"

_SHOWN = 300  # bytes of a refusal


class Sender:
    """Sends what is given to it; every answer, and every lack of one, is in `exchanges`."""

    def __init__(self, wire: Wire, exchanges: Exchanges, around: Surroundings) -> None:
        self._wire = wire
        self._exchanges = exchanges
        self._around = around

    async def send(self, request: Outgoing, operation: str) -> Incoming:
        """The answer. Raises NoAnswer."""
        note = self._note(request, operation)
        try:
            got = await self._wire.send(request)
        except NoAnswer as lost:
            note(fault=lost.reason)
            raise
        note(got.status, got.headers, "" if got.status in SUCCESS else redacted(_beginning(got.body)))
        return got

    @asynccontextmanager
    async def stream(self, request: Outgoing, operation: str) -> AsyncGenerator[Stream, None]:
        """The answer, its body still to be read. Raises NoAnswer."""
        note = self._note(request, operation)
        try:
            async with self._wire.stream(request) as stream:
                note(stream.status, stream.headers)
                yield stream
        except NoAnswer as lost:
            note(fault=lost.reason)
            raise

    def _note(self, request: Outgoing, operation: str) -> "_Note":
        """What writes the exchange down, once it is known how it went."""
        at, began = self._around.now(), self._around.passed()

        def note(status: int = 0, headers: Mapping[str, str] | None = None, fault: str = "") -> None:
            path, seconds = _path(request.url), self._around.passed() - began
            request_id = (headers or {}).get(REQUEST_ID) or (headers or {}).get(STORE_REQUEST_ID, "")
            self._exchanges.add(Exchange(request.method, path, status, operation, request_id, at, seconds, fault))

        return note


def _path(url: str) -> str:
    """The path; empty where the URL is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _beginning(body: bytes) -> str:
    return body[:_SHOWN].decode(errors="replace")


class _Note(Protocol):
    def __call__(self, status: int = 0, headers: Mapping[str, str] | None = None, fault: str = "") -> None: ...
