"""A report's document, from the document store into a file."""

import hashlib
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from daybook.cli.reports.places import STANDARD_OUTPUT, Written
from daybook.client.documents.files import drafted
from daybook.documents import documents
from daybook.documents.documents import Document
from daybook.kernel.errors import Unavailable
from daybook.reports.reports import Report

if TYPE_CHECKING:
    from daybook.app import App


def download(app: "App", report: Report, output: Path, *, raw: bool) -> Written:
    """Writes the document, checked against its SHA-256; a file is there whole or not at all. Raises Unavailable."""
    with app.store.reading() as tx:
        document = documents.find(tx, tx.now, report.seller_id, report.document_id or "")
    pieces = _checked(document, app.objects.read(document.object_name, 0, document.size))
    unpack = document.compression is not None and not raw
    written = 0
    with target(output) as stream:
        for piece in _unpacked(document, pieces) if unpack else pieces:
            written += stream.write(piece)
    return Written(str(output), written, document.sha256)


def beginning(app: "App", report: Report, most: int) -> bytes:
    """The first bytes of the report's document, unpacked. Raises Unavailable, NotFound."""
    with app.store.reading() as tx:
        document = documents.find(tx, tx.now, report.seller_id, report.document_id or "")
    pieces = app.objects.read(document.object_name, 0, document.size)
    content = b""
    for piece in _unpacked(document, pieces) if document.compression else pieces:
        content += piece
        if len(content) >= most:
            break
    return content[:most]


def _checked(document: Document, pieces: Iterator[bytes]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    if digest.hexdigest() != document.sha256:
        raise _altered(document)


def _unpacked(document: Document, pieces: Iterator[bytes]) -> Iterator[bytes]:
    gzip = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            yield gzip.decompress(piece)
        yield gzip.flush()
    except zlib.error as error:
        raise _altered(document) from error


def _altered(document: Document) -> Unavailable:
    return Unavailable(
        f"The object of document {document.document_id} is not what was written.", "Restore it from a backup."
    )


@contextmanager
def target(output: Path) -> Iterator[BinaryIO]:
    """Standard output for `-`; else a draft beside the file, which takes its name once it is whole."""
    if str(output) == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with drafted(output) as stream:
        yield stream
