"""A document's content, read again: unpacked as it comes, in memory that does not grow with it."""

from collections.abc import Iterator

from isal import isal_zlib

from daybook.documents.objects import Objects
from daybook.documents.writing import Written

_GZIP_FORMAT = 31


def content(objects: Objects, written: Written) -> Iterator[bytes]:
    """The bytes that a `DocumentWriter` was given. Raises NotFound or Unavailable as `Objects.read` does."""
    pieces = objects.read(written.object_name, 0, written.size)
    if written.compression is None:
        yield from pieces
        return
    inflate = isal_zlib.decompressobj(_GZIP_FORMAT)
    for piece in pieces:
        yield inflate.decompress(piece)
    yield inflate.flush()
