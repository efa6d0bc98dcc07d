"""One document being read: transferred, unpacked, decoded, in pieces."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import BinaryIO

from daybook.client.documents.charsets import LONGEST_MARK, Charset, Decoder, Encoder, decide
from daybook.client.documents.sources import Wanted
from daybook.client.documents.transfers import Transfer
from daybook.client.documents.unpacking import Unpacker
from daybook.client.errors import UndecodableText
from daybook.client.report_types import report_type


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found of a document: what its transfer called it, whether it was gzip, and its charset and who told it.

    `charset` is None where it has a name that is not known here.
    """

    document_id: str
    content_type: str
    packed: bool
    charset: Charset | None


@dataclass(frozen=True, slots=True)
class How:
    """How a caller wants documents read.

    `charset` is the caller's word on it, `raw` takes the bytes as they came, and `told` is told of the reading once the
    beginning is here.
    """

    charset: str = ""
    raw: BinaryIO | None = None
    told: Callable[[Reading], None] | None = None


AS_IT_IS = How()


class Document:
    """A document, read once, from its beginning to its end."""

    def __init__(self, wanted: Wanted, transfer: Transfer, how: How) -> None:
        self._wanted = wanted
        self._transfer = transfer
        self._how = how
        self._unpacker = Unpacker()
        self._unknown: UndecodableText | None = None
        self.charset: Charset | None = None

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Its bytes, unpacked. Raises DocumentFault, Refused, Unavailable."""
        async with aclosing(self._unpacked()) as unpacked:
            first = await _beginning(unpacked)
            self._decide(first)
            yield first
            async for piece in unpacked:
                yield piece

    async def text(self) -> AsyncGenerator[str, None]:
        """Its text. Raises UndecodableText beside what `pieces` raises."""
        decoder: Decoder | None = None
        async with aclosing(self.pieces()) as pieces:
            async for piece in pieces:
                decoder = decoder or self._decoder()
                yield decoder.feed(piece)
        yield decoder.feed(b"", last=True) if decoder else ""

    async def encoded(self, encoding: str) -> AsyncGenerator[bytes, None]:
        """Its text, written in an encoding; or its bytes as `pieces` has them, where none is named.

        Raises InvalidInput for an encoding that is none, or that does not have a letter of the text.
        """
        if not encoding:
            async with aclosing(self.pieces()) as pieces:
                async for piece in pieces:
                    yield piece
            return
        write = Encoder(encoding)
        async with aclosing(self.text()) as texts:
            async for text in texts:
                yield write(text)

    async def _unpacked(self) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._transfer.pieces()) as pieces:
            async for piece in pieces:
                if self._how.raw is not None:
                    self._how.raw.write(piece)
                for unpacked in self._unpacker.feed(piece):
                    yield unpacked
        for unpacked in self._unpacker.end():
            yield unpacked

    def _decide(self, beginning: bytes) -> None:
        rule = report_type(self._wanted.report_type).charset
        try:
            self.charset = decide(beginning, self._transfer.content_type, rule, self._how.charset)
        except UndecodableText as unknown:
            self._unknown = unknown
        if self._how.told is not None:
            packed = bool(self._unpacker.packed)
            self._how.told(Reading(self._wanted.document_id, self._transfer.content_type, packed, self.charset))

    def _decoder(self) -> Decoder:
        if self.charset is None:
            raise self._unknown or AssertionError("the charset is decided with the first piece")
        return Decoder(self.charset)


async def _beginning(pieces: AsyncGenerator[bytes, None]) -> bytes:
    """As many of the first pieces as a byte order mark may need."""
    beginning = b""
    async for piece in pieces:
        beginning += piece
        if len(beginning) >= LONGEST_MARK:
            break
    return beginning
