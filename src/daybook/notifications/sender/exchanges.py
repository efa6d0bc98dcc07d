"""One request and its answer over HTTP/1.1, on a connection that is kept for the next one to the same host.

httpcore2 does the speaking. A connection is used again only while its address is among those vetted for the attempt. A
kept connection that the receiver closes just as it is used again has carried nothing: the request is then sent anew.
"""

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import httpcore2

from daybook.notifications.answers import ErrorClass
from daybook.notifications.guard import Vetted
from daybook.notifications.outgoing import Outgoing
from daybook.notifications.sender.lines import Dialler, Failed

AGENT = "Daybook"
_TOO_LARGE = 431
_QUOTED = ": bytearray("
"""Before what came, where an error quotes it. Of a machine inside nothing is kept, and anywhere it may be a secret."""
Origin = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect in, TLS included; seconds for the whole answer; how many bytes of its body are read.

    Connections stay open for `idle` seconds after they were used, so many for each host.
    """

    connect: float = 5.0
    whole: float = 15.0
    body: int = 16 * 1024
    idle: float = 15.0
    idle_per_host: int = 4


@dataclass(slots=True)
class Told:
    """What is known of an attempt, as it goes on."""

    address: str = ""
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    start: bytearray = field(default_factory=bytearray)


@dataclass(slots=True, eq=False)
class _Kept:
    origin: Origin
    dialler: Dialler
    http: httpcore2.AsyncHTTPConnection
    used: bool = False
    expiry: asyncio.TimerHandle | None = None


class Exchanges:
    """Connections to receivers; all of one event loop's."""

    def __init__(self, limits: Limits, trust: ssl.SSLContext | None = None) -> None:
        self._limits = limits
        self._trust = trust or httpcore2.default_ssl_context()
        self._idle: dict[Origin, list[_Kept]] = {}

    async def exchange(self, vetted: Vetted, outgoing: Outgoing, told: Told) -> None:
        """Sends the request and reads the answer, telling what is known on the way. Raises Failed."""
        kept = self._take(vetted)
        again = kept.used
        try:
            await self._speak(kept, vetted, outgoing, told)
        except Failed as failed:
            if not again or failed.error is not ErrorClass.RESET or told.status is not None:
                raise
            await self._speak(self._new(vetted), vetted, outgoing, told)

    def close(self) -> None:
        """Hangs up everywhere."""
        for kept in [kept for many in self._idle.values() for kept in many]:
            self._expire(kept)

    async def _speak(self, kept: _Kept, vetted: Vetted, outgoing: Outgoing, told: Told) -> None:
        try:
            kept.dialler.begin_answer()
            answer = await kept.http.handle_async_request(_request(vetted, outgoing, self._limits.connect))
            told.status, told.headers = answer.status, _texts(answer.headers)
            await self._read(answer, told)
        except (httpcore2.ProtocolError, httpcore2.NetworkError) as error:
            raise _failed(error, kept.dialler) from error
        finally:
            told.address = kept.dialler.address
            self._keep(kept)

    async def _read(self, answer: httpcore2.Response, told: Told) -> None:
        """The body up to the limit; a longer one is left unread, which ends the connection."""
        try:
            async with aclosing(answer.aiter_stream()) as pieces:
                async for piece in pieces:
                    told.start += piece[: self._limits.body - len(told.start)]
                    if len(told.start) >= self._limits.body:
                        break
        finally:
            await answer.aclose()

    def _take(self, vetted: Vetted) -> _Kept:
        """A kept connection to a vetted address, or else a new one."""
        for kept in reversed(self._idle.get(_origin(vetted), [])):
            self._forget(kept)
            if kept.dialler.dialled in vetted.addresses and not kept.http.has_expired():
                return kept
            kept.dialler.hang_up()
        return self._new(vetted)

    def _new(self, vetted: Vetted) -> _Kept:
        dialler = Dialler(vetted.addresses)
        http = httpcore2.AsyncHTTPConnection(_url(vetted).origin, ssl_context=self._trust, network_backend=dialler)
        return _Kept(_origin(vetted), dialler, http)

    def _keep(self, kept: _Kept) -> None:
        """For the next request, where the connection is still good for one."""
        many = self._idle.setdefault(kept.origin, [])
        if kept.http.is_available() and len(many) < self._limits.idle_per_host:
            kept.used = True
            kept.expiry = asyncio.get_running_loop().call_later(self._limits.idle, self._expire, kept)
            many.append(kept)
        else:
            kept.dialler.hang_up()

    def _forget(self, kept: _Kept) -> None:
        if kept.expiry is not None:
            kept.expiry.cancel()
        self._idle[kept.origin].remove(kept)
        if not self._idle[kept.origin]:
            del self._idle[kept.origin]

    def _expire(self, kept: _Kept) -> None:
        self._forget(kept)
        kept.dialler.hang_up()


def _origin(vetted: Vetted) -> Origin:
    return vetted.parsed.scheme, vetted.parsed.host, vetted.parsed.port


def _url(vetted: Vetted) -> httpcore2.URL:
    scheme, host, port = _origin(vetted)
    return httpcore2.URL(scheme=scheme.encode(), host=host.encode(), port=port, target=vetted.parsed.target.encode())


def _request(vetted: Vetted, outgoing: Outgoing, connect: float) -> httpcore2.Request:
    own = {
        "host": vetted.parsed.authority,
        "content-length": str(len(outgoing.body)),
        "accept-encoding": "identity",  # what is packed small can be large
        "user-agent": AGENT,
    }
    headers = [(name.encode("ascii"), value.encode("utf-8")) for name, value in (own | dict(outgoing.headers)).items()]
    extensions = {"timeout": {"connect": connect}}
    return httpcore2.Request(b"POST", _url(vetted), headers=headers, content=outgoing.body, extensions=extensions)


def _texts(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _failed(error: Exception, dialler: Dialler) -> Failed:
    said = str(error).partition(_QUOTED)[0]
    if getattr(error.__cause__, "error_status_hint", None) == _TOO_LARGE:
        return Failed(ErrorClass.TOO_MANY_HEADERS, said)
    return Failed(ErrorClass.RESET if dialler.ended else ErrorClass.PROTOCOL, said)
