"""A stream whose content is named while it is read."""

import hashlib
import io
from typing import BinaryIO, cast


class Hashed(io.RawIOBase):
    """Gives on what it reads; `digest` names all of it, once it was read to its end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._hash.update(piece)
        return piece

    def digest(self) -> str:
        """SHA-256, in hexadecimal."""
        return self._hash.hexdigest()

    def stream(self) -> BinaryIO:
        """Itself, as those who read files want it."""
        return cast("BinaryIO", self)
