"""Listens to a Daybook's events, so that a wait ends as soon as its report does. Polling goes on as it would without.

A server that has no such stream, as Amazon has none, is asked once and left alone.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import NamedTuple

import msgspec

from daybook.client.calls.retries import RetryPlan
from daybook.client.calls.sending import USER_AGENT, Sender
from daybook.client.calls.tokens import Tokens
from daybook.client.requests.news import News
from daybook.client.surroundings import Surroundings
from daybook.client.wire.messages import SUCCESS, NoAnswer, Outgoing, Stream, Wire
from daybook.contract.events import ENDED, EVENTS, LISTEN_EVENTS, MEDIA_TYPE
from daybook.kernel.errors import DaybookError
from daybook.shapes import decode

LONGEST_LINE = 1024 * 1024
"""Bytes; a stream with a longer line is none of ours."""
_DENIED = (401, 403)
_PASSES = (429, *range(500, 600))
_MOST_FAILURES = 6


class Ended(msgspec.Struct):
    """What of an event is news here."""

    resourceId: str
    toStatus: str


class Message(NamedTuple):
    """One message of a stream; of an event that is not known the id alone counts."""

    id: str
    event: str
    data: bytes


class Listening:
    """One client's listening: `run` goes on until the server has no such stream, or `close`."""

    def __init__(
        self,
        endpoint: str,
        news: News,
        tokens: Tokens,
        sender: Sender,
        wire: Wire,
        retries: RetryPlan,
        around: Surroundings,
    ) -> None:
        self._url = f"{endpoint.rstrip('/')}{EVENTS}?resources=report"
        self._news = news
        self._tokens = tokens
        self._sender = sender
        self._wire = wire
        self._retries = retries
        self._around = around
        self._cursor = ""
        self._began = self._closed = False
        self._stop = wire.bell()
        self._failures = 0
        self._denied = False

    def begin(self) -> None:
        """Listens from now on, beside whatever else is done; once."""
        if not self._began:
            self._began = True
            self._wire.spawn(self.run())

    def close(self) -> None:
        """Comes again no more; the wire hangs up."""
        self._closed = True
        self._stop.ring()

    async def run(self) -> None:
        """Listens, and comes again where the stream breaks off."""
        while await self._listened() and not self._closed:
            await self._stop.wait(self._retries.pause(max(1, self._failures), self._around.randomness))

    async def _listened(self) -> bool:
        """One stream from its beginning to its end; whether to come again."""
        if self._closed:
            return False
        try:
            token = await self._tokens.current()
            async with self._sender.stream(self._request(token), LISTEN_EVENTS.name) as stream:
                if stream.status in SUCCESS:
                    self._failures, self._denied = 0, False
                    await self._hear(stream)
                    return True
                return self._comes_again(stream.status, token)
        except NoAnswer as lost:
            self._failures = min(self._failures + 1, _MOST_FAILURES)
            return not lost.lasting
        except DaybookError:  # no token: the wait's own calls tell why
            self._failures = min(self._failures + 1, _MOST_FAILURES)
            return self._failures < _MOST_FAILURES

    def _comes_again(self, status: int, token: str) -> bool:
        """A token that is not good any more is renewed once; what else is refused is refused for good."""
        self._failures = min(self._failures + 1, _MOST_FAILURES)
        if status in _DENIED and not self._denied:
            self._denied = True
            self._tokens.expired(token)
            return True
        return status in _PASSES

    async def _hear(self, stream: Stream) -> None:
        async with aclosing(messages(stream)) as heard:
            async for message in heard:
                if message.id and not self._cursor:
                    self._news.tell_all()  # what ended before the stream began
                self._cursor = message.id or self._cursor
                if message.event == "report":
                    self._tell(message.data)

    def _tell(self, data: bytes) -> None:
        try:
            moved = decode(data, Ended)
        except (msgspec.DecodeError, UnicodeDecodeError):  # somebody's later version: the wait polls
            return
        if moved.toStatus in ENDED:
            self._news.tell(moved.resourceId)

    def _request(self, token: str) -> Outgoing:
        headers = {"x-amz-access-token": token, "Accept": MEDIA_TYPE, "User-Agent": USER_AGENT}
        return Outgoing("GET", self._url, headers | ({"Last-Event-ID": self._cursor} if self._cursor else {}))


async def messages(stream: Stream) -> AsyncGenerator[Message, None]:
    """The messages of a stream of server-sent events (WHATWG HTML, 9.2.6), as they come. Raises NoAnswer."""
    fields: dict[str, bytes] = {}
    rest = b""
    async with aclosing(stream.pieces()) as pieces:
        async for piece in pieces:
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > LONGEST_LINE:
                raise NoAnswer("A line of the stream has no end.", sent=True)
            for line in lines:
                name, _, value = line.removesuffix(b"\r").partition(b":")
                if line.strip():
                    fields[name.decode("ascii", "replace")] = value.removeprefix(b" ")
                elif fields:
                    yield _message(fields)
                    fields = {}


def _message(fields: dict[str, bytes]) -> Message:
    return Message(
        fields.get("id", b"").decode("ascii", "replace"),
        fields.get("event", b"").decode("ascii", "replace"),
        fields.get("data", b""),
    )
