"""getReportDocument, and the download of what it points to."""

from collections.abc import AsyncIterator
from typing import cast

import structlog
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ASGIApp
from msgspec import UNSET

from daybook.api.decoding import id_of, query_of
from daybook.api.door import AnyRequest, Call, Door, door_of
from daybook.api.paths import litestar_path
from daybook.api.practice import CutShort, cut_at, document_type, link_lifetime, practise
from daybook.contract import reports as wire
from daybook.contract.operations import GET_REPORT_DOCUMENT
from daybook.documents import documents
from daybook.documents.documents import Document
from daybook.documents.links import Link, new_link, sign, verify
from daybook.documents.ranges import ByteRange, Unsatisfiable, parse_range
from daybook.kernel.errors import NotFound
from daybook.reports.scenarios.snapshot import Entry
from daybook.store.transaction import Transaction

log = structlog.get_logger()

KEY = "documents"
DOWNLOAD = "/documents/{seller_id:str}/{document_id:str}"


@get(litestar_path(GET_REPORT_DOCUMENT))
async def get_report_document(request: AnyRequest, reportDocumentId: FromPath[str]) -> ASGIApp:
    """A new link to the document, good for five minutes."""
    call = await door_of(request).admit(request, GET_REPORT_DOCUMENT)
    query = query_of(request, GET_REPORT_DOCUMENT)
    document, report_type = await call.door.read(lambda tx: _found(tx, call, id_of(reportDocumentId)))
    await practise(call, report_type)
    encoded = query.get("enableContentEncodingUrlHeader", False) and document.compression is not None
    lifetime = await link_lifetime(call, document, report_type)
    link = new_link(call.door.clock(), call.seller_id, document.document_id, encoded, lifetime)
    url = sign(call.door.keys.of(KEY), call.door.public_url(), link)
    return call.answer(wire.ReportDocument(document.document_id, url, document.compression or UNSET))


def _found(tx: Transaction, call: Call, document_id: str) -> tuple[Document, str]:
    document = documents.find(tx, tx.now, call.seller_id, document_id)
    return document, document_type(tx, call.scenarios, document)


@get(DOWNLOAD)
async def download(request: AnyRequest, seller_id: FromPath[str], document_id: FromPath[str]) -> ASGIApp:
    """The document's bytes, or a range of them, for whoever holds the link. No token and no cookie is looked at."""
    query, door = dict(request.query_params), door_of(request)
    link = verify(door.keys.of(KEY), seller_id, document_id, query, door.clock())
    return cast("ASGIApp", await _downloaded(request, door, link))  # the framework makes one of its own answers


async def _downloaded(request: AnyRequest, door: Door, link: Link) -> Response[bytes] | Stream | CutShort:
    document, entry = await door.read(lambda tx: _linked(tx, door, link))
    asked = parse_range(request.headers.get("range"), document.size)
    headers = _headers(document, link)
    if isinstance(asked, Unsatisfiable):
        return Response(b"", status_code=416, headers=headers | {"Content-Range": asked.content_range})
    start, end = (asked.start, asked.end) if asked else (0, document.size)
    headers["Content-Length"] = str(end - start)
    if isinstance(asked, ByteRange):
        headers["Content-Range"] = asked.content_range
    headers["Content-Type"] = document.content_type
    pieces = await _begun(door.objects.stream(document.object_name, start, end))
    status = 206 if asked else 200
    cut = await cut_at(door, document, entry, end - start)
    if cut is not None:
        return CutShort(pieces, cut, status, headers)
    return Stream(pieces, status_code=status, headers=headers)


def _linked(tx: Transaction, door: Door, link: Link) -> tuple[Document, Entry | None]:
    """The document, and the scenario for its report."""
    document = documents.find(tx, tx.now, link.seller_id, link.document_id)
    scenarios = door.scenarios.current(tx)
    if not scenarios.concerns(link.seller_id):
        return document, None
    return document, scenarios.find(link.seller_id, document_type(tx, scenarios, document))


async def _begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, the first of them read already.

    An object that cannot be read is told by the status, not by a cut.
    """
    try:
        first = await anext(pieces, b"")
    except NotFound as error:
        log.error("an object is missing", reason=error.message)
        raise NotFound("The content of the report document is not there.", "Ask for the report again.") from error

    async def all_of_them() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return all_of_them()


def _headers(document: Document, link: Link) -> dict[str, str]:
    """What keeps a browser from showing or keeping what a seller may have put there."""
    ending = ".gz" if document.compression and not link.encoded else ""
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{document.report_id}{ending}"',
        "X-Content-Type-Options": "nosniff",
    }
    return headers | {"Content-Encoding": "gzip"} if link.encoded else headers


HANDLERS = [get_report_document, download]
