"""/daybook/v1/events: a seller's lines of the ledger as they are written, as server-sent events (WHATWG HTML, 9.2).

The cursor is the number of a line: a seller's lines commit in the order of their numbers, so that whoever goes on from
the last one that it saw misses none. A stream holds one page of lines, and a reader that is slow is waited for.
"""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from litestar import get
from litestar.types import ASGIApp, HTTPResponseBodyEvent, Receive, Scope, Send
from msgspec import UNSET

from daybook.accounts.tokens import admit
from daybook.activity import Event
from daybook.api.answers import encoded
from daybook.api.decoding import query_of
from daybook.api.door import RATE_HEADER, AnyRequest, Call, header_of, shown_token
from daybook.api.headers import HANG_UP
from daybook.api.listeners import Listeners, Who
from daybook.api.operators import admit_anyone
from daybook.api.paths import litestar_path
from daybook.contract.events import LISTEN_EVENTS, MEDIA_TYPE, LedgerEvent
from daybook.contract.times import emit_milliseconds
from daybook.kernel.clock import speed_of
from daybook.kernel.errors import InvalidInput, Unauthorized, Unavailable
from daybook.notifications.kinds import event_id
from daybook.store.transaction import Transaction

PAGE = 100
TAKEN_WITHIN = 60.0
"""Seconds for which a listener that takes nothing is borne."""
_HANGS_UP_WITHIN = 5.0
_BEHIND = ThreadPoolExecutor(2, "daybook-events")  # pages of a backlog, one after the other, would hold up all others
_CURSOR = re.compile(r"[0-9]{1,18}", re.ASCII)
_BEGIN = b"retry: 1000\n"
_STILL = b": nothing new\n\n"
_TOKEN_ENDED = b": the access token has ended; come again with a new one\n\n"
_CLOSING = b": the server is ending; come again\n\n"


@get(litestar_path(LISTEN_EVENTS))
async def listen_events(request: AnyRequest) -> ASGIApp:
    """The stream."""
    call = await admit_anyone(request, LISTEN_EVENTS)
    query = query_of(request, LISTEN_EVENTS)
    last = header_of(request, b"last-event-id")
    given = last if last is not None else query.get("since")
    cursor = None if given is None else _cursor(given)
    listeners: Listeners = request.app.state["listeners"]
    return EventStream(listeners, call, shown_token(request), frozenset(query.get("resources", ())), cursor)


class _Page(NamedTuple):
    """Some lines as they are told, the cursor behind them, whether there may be more at once."""

    told: bytes
    cursor: int
    more: bool
    token_ends: datetime


class EventStream:
    """One stream: an ASGI application of its own. Without a cursor it begins behind the last line that there is."""

    def __init__(
        self, listeners: Listeners, call: Call, token: str | None, resources: frozenset[str], cursor: int | None
    ) -> None:
        self._listeners = listeners
        self._call = call
        self._token = token
        self._resources = resources
        self._cursor = cursor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends until the caller goes, the token ends, or the server does. Raises QuotaExceeded before it begins."""
        with self._listeners.joined(self._call.door, Who(self._call.seller_id, self._call.client_id)) as news:
            cursor = await self._call.door.read(self._beginning)
            await self._start(send)
            gone = asyncio.create_task(_gone(receive))
            gone.add_done_callback(lambda _: news.set())
            try:
                await self._send(send, _BEGIN + b"id: %d\n\n" % cursor)
                await self._tell(send, cursor, news, gone)
                await send(_body(b"", more=False))
            except TimeoutError:
                await hang_up(scope, gone)
            finally:
                gone.cancel()

    async def _tell(self, send: Send, cursor: int, news: asyncio.Event, gone: "asyncio.Task[None]") -> None:
        door, seller_id, behind = self._call.door, self._call.seller_id, self._cursor is not None
        while not gone.done():
            if self._listeners.closed:
                await self._send(send, _CLOSING)
                return
            try:
                page = await self._read(cursor, behind=behind)
            except (Unauthorized, Unavailable) as error:
                await self._send(send, _TOKEN_ENDED if isinstance(error, Unauthorized) else _CLOSING)
                return
            cursor, behind = page.cursor, page.more
            if page.told:
                await self._send(send, page.told)
                continue
            left = (page.token_ends - door.clock()).total_seconds() / speed_of(door.clock)
            silence = self._listeners.heartbeat
            if not await self._listeners.wait(seller_id, cursor, news, min(silence, left)) and silence < left:
                await self._send(send, _STILL)

    def _beginning(self, tx: Transaction) -> int:
        """The cursor; a ledger that was put back from a backup may end before it."""
        last = tx.last_events([self._call.seller_id]).get(self._call.seller_id, 0)
        return last if self._cursor is None else min(self._cursor, last)

    async def _read(self, cursor: int, *, behind: bool) -> _Page:
        door, work = self._call.door, partial(self._page, cursor)
        if behind:
            return await asyncio.get_running_loop().run_in_executor(_BEHIND, door.store.read, work)
        return await door.read(work)

    def _page(self, cursor: int, tx: Transaction) -> _Page:
        """The next lines. Raises Unauthorized where the token has ended or was revoked meanwhile."""
        admission = admit(tx, tx.now, self._token, LISTEN_EVENTS.name)
        events = tx.events_since(self._call.seller_id, cursor, PAGE)
        last = events[-1].sequence if events else cursor
        return _Page(b"".join(map(self._told, events)), last, len(events) == PAGE, admission.expires_at)

    def _told(self, event: Event) -> bytes:
        """A line; of one that is not asked for the cursor alone, which no listener is told of."""
        if self._resources and event.subject not in self._resources:
            return b"id: %d\n\n" % event.sequence
        head = f"id: {event.sequence}\nevent: {event.subject}\n".encode()
        return head + b"data: " + encoded(_on_the_wire(event)) + b"\n\n"

    async def _start(self, send: Send) -> None:
        headers = {
            "content-type": MEDIA_TYPE,
            "cache-control": "no-store",
            "x-accel-buffering": "no",  # a proxy before this server hands on what comes, as it comes
            RATE_HEADER: str(self._call.plan.rate),
        }
        told = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": LISTEN_EVENTS.success, "headers": told})

    async def _send(self, send: Send, piece: bytes) -> None:
        """Raises TimeoutError where the listener takes nothing."""
        async with asyncio.timeout(TAKEN_WITHIN):
            await send(_body(piece, more=True))


async def hang_up(scope: Scope, gone: "asyncio.Task[None]") -> None:
    """Lets go of a listener that takes nothing, with what still waits to be taken."""
    extension: Any = (scope.get("extensions") or {}).get(HANG_UP)
    if extension is not None:
        extension[HANG_UP]()
        with suppress(TimeoutError):
            await asyncio.wait_for(gone, _HANGS_UP_WITHIN)


async def _gone(receive: Receive) -> None:
    message: Any = {}
    while message.get("type") != "http.disconnect":
        message = await receive()


def _body(piece: bytes, *, more: bool) -> HTTPResponseBodyEvent:
    return {"type": "http.response.body", "body": piece, "more_body": more}


def _cursor(text: str) -> int:
    if not _CURSOR.fullmatch(text):
        where = f"since, Last-Event-ID: {text[:40]!r} is no event's id; 0 is the beginning."
        raise InvalidInput("Invalid Input", where)
    return int(text)


def _on_the_wire(event: Event) -> LedgerEvent:
    return LedgerEvent(
        eventId=event_id(event),
        sellerId=event.seller_id,
        resource=event.subject,
        resourceId=event.subject_id,
        toStatus=event.to_status,
        actor=event.actor,
        time=emit_milliseconds(event.at),
        fromStatus=event.from_status or UNSET,
        evidence=dict(event.evidence) or UNSET,
    )


HANDLERS = [listen_events]
