"""Gzip, told by its first bytes: what a server says of a document is not always so.

igzip reads three times as fast as zlib (docs/decisions/0009). Pieces that come out are bounded, whatever goes in.
"""

from collections.abc import Iterator

from isal import igzip_lib

from daybook.client.errors import DocumentCorrupt, DocumentCut

MAGIC = b"\x1f\x8b"
_ISAL_ERROR: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # its stubs take it for an instance

LARGEST = 256 * 1024
"""Bytes of one piece that comes out."""


class Unpacker:
    """Takes a document as it comes and gives it as it is meant: unpacked where it is gzip, else the same.

    `packed` is known once something was fed. Gzip may have several members, and zeros after the last.
    """

    def __init__(self) -> None:
        self.packed: bool | None = None
        self._begun = b""
        self._member: igzip_lib.IgzipDecompressor | None = None

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What comes of the piece. Raises DocumentCorrupt."""
        if self.packed is None:
            piece, self._begun = self._begun + piece, b""
            if MAGIC.startswith(piece):
                self._begun = piece
                return
            self.packed = piece.startswith(MAGIC)
        if self.packed:
            yield from self._unpack(piece)
        elif piece:
            yield piece

    def end(self) -> Iterator[bytes]:
        """There is no more: what was held back. Raises DocumentCut where gzip has not ended."""
        if self.packed is None:
            self.packed = False
            if self._begun:
                yield self._begun
        elif self._member is not None or self._begun:
            raise DocumentCut(
                "The document's gzip ends before its end.", "It was cut on its way, or when it was stored."
            )

    def _unpack(self, piece: bytes) -> Iterator[bytes]:
        while piece or self._begun:
            if self._member is None:
                piece = self._next_member(piece)
            if self._member is None:
                return
            yield from _unpacked(self._member, piece)
            if not self._member.eof:
                return
            piece, self._member = self._member.unused_data, None

    def _next_member(self, piece: bytes) -> bytes:
        """The piece from where the next member begins; there is none in zeros, nor in less than its first bytes."""
        piece, self._begun = (self._begun + piece).lstrip(b"\0"), b""
        if len(piece) < len(MAGIC) and MAGIC.startswith(piece):
            self._begun = piece
        elif piece.startswith(MAGIC):
            self._member = igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_GZIP)
        else:
            raise _corrupt("after its gzip come other bytes")
        return piece


def _unpacked(member: igzip_lib.IgzipDecompressor, piece: bytes) -> Iterator[bytes]:
    more = True
    while more:
        try:
            unpacked = member.decompress(piece, LARGEST)
        except _ISAL_ERROR as error:
            raise _corrupt(str(error)) from error
        if unpacked:
            yield unpacked
        piece, more = b"", not (member.eof or member.needs_input)


def _corrupt(reason: str) -> DocumentCorrupt:
    return DocumentCorrupt("The document's gzip cannot be unpacked.", reason)
