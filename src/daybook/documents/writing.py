"""Documents as they are written: compressed, measured and hashed on their way into an object."""

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from isal import isal_zlib

from daybook.documents.objects import Objects

Compression = Literal["GZIP"]
"""Amazon's CompressionAlgorithm: the only one there is (seed 004)."""

_LEVEL = 1  # level 0 writes a quarter more and level 2 a little less, neither faster; level 3 takes three times as long
_GZIP_FORMAT = 31
_BLOCK = 256 * 1024  # below this, igzip slows down


@dataclass(frozen=True, slots=True)
class Written:
    """A finished object: size in bytes and SHA-256 (lower-case hexadecimal) as it is stored, and its content's size."""

    object_name: str
    size: int
    content_size: int
    sha256: str
    compression: Compression | None


class DocumentWriter:
    """Writes one document into the object of that name, in memory that does not grow with it.

    A context manager: leaving the block closes the document; an exception leaves nothing behind. Each method raises
    Unavailable if the store is full or away.
    """

    def __init__(self, objects: Objects, object_name: str, compression: Compression | None = "GZIP") -> None:
        self._objects = objects
        self._object_name = object_name
        self._compression = compression
        self._deflate = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP_FORMAT) if compression else None
        self._open = ExitStack()
        self._block = bytearray()
        self._digest = hashlib.sha256()
        self._size = self._content_size = 0
        self._written: Written | None = None

    def __enter__(self) -> Self:
        self._object = self._open.enter_context(self._objects.writer(self._object_name))
        return self

    def write(self, content: bytes) -> None:
        """Add the bytes to the content."""
        self._block += content
        if len(self._block) >= _BLOCK:
            self._pass_on()

    def close(self) -> Written:
        """Finish the document, make it visible, and say what was written; again, says the same."""
        if self._written is None:
            with self._open:
                self._pass_on()
                self._store(self._deflate.flush() if self._deflate else b"")
            self._written = Written(
                self._object_name, self._size, self._content_size, self._digest.hexdigest(), self._compression
            )
        return self._written

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self._open.__exit__(kind, error, trace)

    def _pass_on(self) -> None:
        block, self._block = bytes(self._block), bytearray()
        self._content_size += len(block)
        self._store(self._deflate.compress(block) if self._deflate else block)

    def _store(self, piece: bytes) -> None:
        self._size += len(piece)
        self._digest.update(piece)
        self._object.write(piece)
