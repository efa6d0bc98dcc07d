"""The bytes of a document as they are stored, by a link that is fetched just before it is used.

    403                     the link has expired: another one, a few times
    cut                     on from where it was cut (Range), or begun anew and compared with what came before
    429, 500 and above      again after a pause
    anything else           refused

A link's query is its secret: no error and no record has it.
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import urlsplit

from isal import isal_zlib

from daybook.client.calls.retries import RetryPlan
from daybook.client.calls.sending import USER_AGENT, Sender
from daybook.client.errors import AccessDenied, DocumentChanged, DocumentCut, Refused, ServerFailed, Throttled, refusal
from daybook.client.surroundings import Surroundings
from daybook.client.wire.messages import SUCCESS, NoAnswer, Outgoing, Stream, Wire
from daybook.kernel.errors import Unavailable

MOST_LINKS = 3
"""How many links may be refused one after the other."""
_PARTIAL = 206
_MOST_OF_A_REFUSAL = 4096
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-")

Links = Callable[[], Awaitable[str]]
"""Answers a new link to the document."""


class _Cut(Exception):
    """The transfer broke off; it may be gone on with."""


@dataclass(slots=True)
class _Course:
    """How far a transfer has come, and how it has fared since it last came any farther."""

    received: int = 0
    checksum: int = 0
    total: int | None = None
    version: str = ""
    failures: int = 0
    refused_links: int = 0


class Transfer:
    """One document's bytes. `content_type` is known once the first of them are here."""

    def __init__(
        self, links: Links, url: str, wire: Wire, sender: Sender, retries: RetryPlan, around: Surroundings
    ) -> None:
        self.content_type = ""
        self._links = links
        self._url = url
        self._wire = wire
        self._sender = sender
        self._retries = retries
        self._around = around

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The bytes, as they come. Raises AccessDenied, Refused, DocumentCut, DocumentChanged, Unavailable."""
        course = _Course()
        while True:
            try:
                async with aclosing(self._attempt(course)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except (_Cut, NoAnswer, ServerFailed, Throttled) as error:
                await self._again(course, error)
            except AccessDenied:
                course.refused_links += 1
                if course.refused_links >= MOST_LINKS:
                    raise
                self._url = ""

    async def _again(self, course: _Course, error: Exception) -> None:
        """Waits before the next attempt. Raises where there shall be none."""
        course.failures += 1
        if course.failures < self._retries.tries and not (isinstance(error, NoAnswer) and error.lasting):
            await self._wire.sleep(self._retries.pause(course.failures, self._around.randomness))
            return
        if isinstance(error, Refused):
            raise error
        if course.received:
            raise DocumentCut(f"The document was cut after {course.received} bytes.", str(error)) from error
        raise Unavailable(f"{_host(self._url)} does not answer.", str(error)) from error

    async def _attempt(self, course: _Course) -> AsyncGenerator[bytes, None]:
        self._url = self._url or await self._links()
        async with self._sender.stream(self._request(course), "download") as stream:
            if stream.status not in SUCCESS:
                raise refusal(stream.status, await _beginning(stream))
            here = self._begin(course, stream)
            async with aclosing(stream.pieces()) as pieces:
                async for piece in pieces:
                    new = here.pass_over(piece) if here.left else piece
                    if new:
                        course.checksum = isal_zlib.crc32(new, course.checksum)
                        course.received += len(new)
                        course.failures = course.refused_links = 0
                        yield new
        if course.total is not None and course.received < course.total:
            raise _Cut(f"{course.total} were announced")

    def _request(self, course: _Course) -> Outgoing:
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
        if course.received:
            headers["Range"] = f"bytes={course.received}-"
        if course.received and course.version:
            headers["If-Range"] = course.version
        return Outgoing("GET", self._url, headers)

    def _begin(self, course: _Course, stream: Stream) -> "_Here":
        """What the headers tell; answers which of the coming bytes are here already."""
        self.content_type = self.content_type or stream.headers.get("Content-Type", "")
        partial = stream.status == _PARTIAL
        if partial and not _starts_at(stream.headers, course.received):
            raise _Cut("another range came than was asked for")
        length = stream.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit():
            course.total = int(length) + (course.received if partial else 0)
        if partial:
            return _Here(0, 0)
        course.version = _strong(stream.headers.get("ETag", ""))
        return _Here(course.received, course.checksum)


@dataclass(slots=True)
class _Here:
    """The first bytes of a transfer that was begun anew, which are here already and must be the same."""

    left: int
    expected: int
    checksum: int = 0

    def pass_over(self, piece: bytes) -> bytes:
        """What is new in the piece. Raises DocumentChanged where what was here is not the same."""
        known, new = piece[: self.left], piece[self.left :]
        self.checksum = isal_zlib.crc32(known, self.checksum)
        self.left -= len(known)
        if not self.left and self.checksum != self.expected:
            raise DocumentChanged(
                "The document was cut, and another try gave other bytes.", "Begin the download again."
            )
        return new


def _starts_at(headers: Mapping[str, str], received: int) -> bool:
    found = _CONTENT_RANGE.match(headers.get("Content-Range", ""))
    return found is not None and int(found[1]) == received


def _strong(tag: str) -> str:
    """An entity tag that If-Range may use; a weak one may not be."""
    return "" if tag.startswith("W/") else tag


async def _beginning(stream: Stream) -> bytes:
    content = b""
    async for piece in stream.pieces():
        content += piece
        if len(content) >= _MOST_OF_A_REFUSAL:
            break
    return content


def _host(url: str) -> str:
    """The host, without what may stand before it: a link's user and password are secrets."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or "The document's host"
    except ValueError:
        return "The document's host"
