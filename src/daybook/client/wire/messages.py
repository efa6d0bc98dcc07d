"""What goes over the wire and what comes back, and the port that carries it.

All of the client's logic is written against `Wire`, once. Its methods are coroutines; those of the blocking side never
wait for an event loop, so that `drive` (in wire/blocking.py) can run any of that logic to its end without one.
"""

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from daybook.client.surroundings import Monotonic

SUCCESS = range(200, 300)
MOST_OF_AN_ANSWER = 32 * 1024 * 1024
"""Bytes, unpacked, of an answer that is read whole; none of the contract's comes near."""
LONGEST_ANSWER = 120.0
"""Seconds in which such an answer comes, from its first byte to its last."""


Upload = Callable[[], Iterable[bytes]]
"""A body that is sent as it is read; each call begins it anew, for another try."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request. Its URL is sent as it stands."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Upload = b""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An answer that was read whole. The headers' names are found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):
    """Nothing came back, or not all of it.

    `sent` tells whether the server may have acted on the request all the same; `lasting` that another try would fare
    no better (a certificate that is not trusted, a URL that is none).
    """

    def __init__(self, reason: str, *, sent: bool, lasting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.lasting = lasting


class Whole:
    """An answer's body while it is gathered: whoever sends it without end, or drop by drop, is not heard to the end."""

    def __init__(self, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._until = monotonic() + LONGEST_ANSWER
        self._body = bytearray()

    def add(self, piece: bytes) -> None:
        """What came next. Raises NoAnswer where it is too much, or too late."""
        self._body += piece
        if len(self._body) > MOST_OF_AN_ANSWER:
            raise NoAnswer(f"the answer is longer than {MOST_OF_AN_ANSWER >> 20} MiB", sent=True, lasting=True)
        if self._monotonic() > self._until:
            raise NoAnswer(f"the answer did not come to its end in {LONGEST_ANSWER:g} s", sent=True)

    def body(self) -> bytes:
        """All of it."""
        return bytes(self._body)


class Stream(Protocol):
    """An answer whose body is read in pieces, as they come and as they are: nothing is unpacked."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    def pieces(self) -> AsyncGenerator[bytes, None]:
        """The body. Raises NoAnswer where it is cut."""
        ...


class Bell(Protocol):
    """Ends a wait before its time."""

    def ring(self) -> None:
        """From any thread. A ring while nobody waits is kept for the next who does."""
        ...

    async def wait(self, seconds: float) -> None:
        """Passes the time, or as much of it as until it rings."""
        ...


class Wire(Protocol):
    """Sends, sleeps and takes turns, in the way of its side."""

    async def send(self, request: Outgoing) -> Incoming:
        """The answer. Raises NoAnswer."""
        ...

    def stream(self, request: Outgoing) -> AbstractAsyncContextManager[Stream]:
        """The answer, its body still to be read. Raises NoAnswer."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Passes the time."""
        ...

    def gate(self) -> AbstractAsyncContextManager[object]:
        """A lock: who holds it is alone behind it."""
        ...

    def bell(self) -> Bell:
        """A bell for one who waits."""
        ...

    def spawn(self, logic: Coroutine[Any, Any, None]) -> None:
        """Runs logic beside all else, until it ends or the wire is closed."""
        ...

    async def close(self) -> None:
        """Ends what was spawned, and gives back the connections."""
        ...
