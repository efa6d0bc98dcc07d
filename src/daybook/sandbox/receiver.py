"""A receiver of notifications to practise on: it verifies each, tells of it, and answers as a good receiver does.

A notification that is verified is answered 204, or as the URL answers that it is forwarded to; one whose signature is
refused 401 with the reason, and it is not forwarded.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, post
from litestar.datastructures import State
from litestar.types import ASGIApp

from daybook.kernel.clock import Clock
from daybook.notifications.answers import Answer
from daybook.notifications.guard import HIGHEST_PORT, Guard, Policy
from daybook.notifications.outgoing import Outgoing
from daybook.notifications.sender.sender import Sender
from daybook.notifications.signing import ID, refusal

MAX_BODY = 1024 * 1024
"""Bytes of a notification; Daybook's own are a few hundred."""
REMEMBERED = 10_000
"""The last ids that are known again."""
_NOT_FORWARDED = frozenset({
    "accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer",
    "transfer-encoding", "upgrade", "user-agent",
})  # fmt: skip

Forward = Callable[[bytes, Mapping[str, str]], Awaitable[Answer]]
"""Sends a body with its headers on, and answers what came of it."""


@dataclass(frozen=True, slots=True)
class Received:
    """One attempt that arrived. `refusal` is empty where its signature is good; `again` where its id came before."""

    at: datetime
    message_id: str
    headers: Mapping[str, str]
    body: bytes
    refusal: str
    again: bool = False
    forwarded: Answer | None = None


class Receiver:
    """Judges what arrives by the secrets of a destination, and tells of it."""

    def __init__(
        self, clock: Clock, secrets: Sequence[str], tell: Callable[[Received], None], forward: Forward | None = None
    ) -> None:
        self._clock = clock
        self._secrets = tuple(secrets)
        self._tell = tell
        self._forward = forward
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def receive(self, headers: Mapping[str, str], body: bytes) -> Response[bytes]:
        """The answer to one attempt; `headers` has its names in lower case."""
        now, message_id = self._clock(), headers.get(ID, "")
        why = refusal(self._secrets, headers, body, now)
        if why:
            self._tell(Received(now, message_id, headers, body, why))
            return _answer(401, why)
        forwarded = await self._forward(body, _to_forward(headers)) if self._forward else None
        self._tell(Received(now, message_id, headers, body, "", self._is_again(message_id), forwarded))
        if forwarded is None:
            return _answer(204)
        return _answer(forwarded.status or 502, forwarded.detail)

    def _is_again(self, message_id: str) -> bool:
        again = message_id in self._seen
        self._seen[message_id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return again


def create_receiver(receiver: Receiver) -> ASGIApp:
    """The ASGI application: whatever is posted to any path is the receiver's."""
    return Litestar(
        [_posted],
        state=State({"receiver": receiver}),
        request_max_body_size=MAX_BODY,
        openapi_config=None,
        logging_config=None,
    )


@post(["/", "/{rest:path}"])
async def _posted(request: Request[Any, Any, Any]) -> Response[bytes]:
    receiver: Receiver = request.app.state["receiver"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}
    return await receiver.receive(headers, await request.body())


def anywhere() -> Guard:
    """A guard that lets through whatever is a URL: what a developer has forwarded is the developer's to choose."""
    networks = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    return Guard(Policy(networks, frozenset(range(1, HIGHEST_PORT + 1))))


def forwarding(sender: Sender, url: str) -> Forward:
    """Forwards to a URL."""

    async def forward(body: bytes, headers: Mapping[str, str]) -> Answer:
        return await asyncio.wrap_future(sender.submit(Outgoing(url, body, headers)))

    return forward


def _to_forward(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in _NOT_FORWARDED}


def _answer(status: int, reason: str = "") -> Response[bytes]:
    body = msgspec.json.encode({"reason": reason}) if reason and status >= 400 else b""  # noqa: PLR2004
    return Response(body, status_code=status, media_type="application/json")
