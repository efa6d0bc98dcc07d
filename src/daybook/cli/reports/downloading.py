"""A report's document, from the document store into a file."""

import hashlib
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from daybook.documents import documents
from daybook.documents.documents import Document
from daybook.kernel.errors import InvalidInput, Unavailable
from daybook.reports.reports import Report

if TYPE_CHECKING:
    from daybook.app import App


class Written(NamedTuple):
    """What is in a file now: its bytes, and the SHA-256 of the document as it is stored."""

    report_id: str
    file: str
    size: int
    sha256: str


def download(app: "App", report: Report, output: Path, *, raw: bool) -> Written:
    """Writes the document, checked against its SHA-256; a file is there whole or not at all. Raises Unavailable."""
    with app.store.reading() as tx:
        document = documents.find(tx, tx.now, report.seller_id, report.document_id or "")
    pieces = _checked(document, app.objects.read(document.object_name, 0, document.size))
    unpack = document.compression is not None and not raw
    written = 0
    with _target(output) as stream:
        for piece in _unpacked(document, pieces) if unpack else pieces:
            written += stream.write(piece)
    return Written(report.report_id, str(output), written, document.sha256)


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
def _target(output: Path) -> Iterator[BinaryIO]:
    """Standard output for `-`; else a draft beside the file, which takes its name once it is whole."""
    if str(output) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with draft.open("wb") as stream:
            yield stream
        draft.replace(output)
    except OSError as error:
        raise InvalidInput(f"The file {output} cannot be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
