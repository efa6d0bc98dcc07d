"""Documents of one request's parts as one: the header once, and every part's rows after it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from daybook.client.documents.reading import Document
from daybook.client.errors import DocumentFault

_NEW_LINE = b"\n"


class Joiner:
    """Takes documents one after the other and gives their bytes as those of one, in an encoding where one is named."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._charset = ""
        self._header: bytes | None = None
        self._ends_in_line = True
        self._between = b""

    async def join(self, document: Document) -> AsyncGenerator[bytes, None]:
        """What of the document goes on. Raises DocumentFault where it cannot be joined to those before."""
        beginning: bytes | None = b""
        async with aclosing(document.encoded(self._encoding)) as pieces:
            async for piece in pieces:
                if beginning is None:
                    yield self._passed(piece)
                elif _NEW_LINE in piece:
                    yield self._passed(self._begin(document, beginning + piece))
                    beginning = None
                else:
                    beginning += piece
        if beginning:
            yield self._passed(self._begin(document, beginning))

    def _begin(self, document: Document, beginning: bytes) -> bytes:
        """The first document's beginning as it is; of another, what comes after the header."""
        charset = self._encoding or (document.charset.name if document.charset else "")
        mark = document.charset.mark if document.charset and not self._encoding else 0
        header, _, rows = beginning[mark:].partition(_NEW_LINE)
        header = header.rstrip(b"\r")
        if self._header is None:
            self._header, self._charset = header, charset
            return beginning
        if charset != self._charset or charset.startswith("utf-16"):
            told = (
                f"One is in {charset or 'none that is known'}, the first in {self._charset or 'none that is known'}. "
            )
            raise DocumentFault(
                "The parts cannot be joined in their charsets.",
                f"{told}Save them with encoding='utf-8', or each by itself.",
            )
        if header != self._header:
            told = f"{header!r} is not {self._header!r}. Save each by itself."
            raise DocumentFault("The parts have different columns.", told)
        self._between = b"" if self._ends_in_line else _NEW_LINE
        return rows

    def _passed(self, piece: bytes) -> bytes:
        if not piece:
            return piece
        between, self._between = self._between, b""
        self._ends_in_line = piece.endswith(_NEW_LINE)
        return between + piece
