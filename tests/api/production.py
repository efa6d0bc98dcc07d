"""Moves reports as a worker does, through the rooms' own verbs."""

from datetime import timedelta

from daybook.documents import documents
from daybook.documents.documents import Document
from daybook.documents.names import object_name
from daybook.documents.writing import Compression, DocumentWriter
from daybook.reports import reports, schedules
from daybook.reports.reports import RETENTION, Report, production_lane
from tests.api.serving import ALL_LISTINGS, Daybook

TEXT = "text/plain; charset=UTF-8"
WORKER = "worker 1"
ROWS = b"item-name\tseller-sku\nA lamp\tLAMP-1\n"


def begin(daybook: Daybook, report_type: str = ALL_LISTINGS, seller_id: str = "") -> Report:
    """The oldest report in the queue, now IN_PROGRESS."""
    with daybook.store.transaction() as tx:
        report = reports.begin(tx, tx.now, production_lane(seller_id or daybook.first, report_type), WORKER)
    assert report is not None
    return report


def finish(daybook: Daybook, report: Report, content: bytes = ROWS, compression: Compression | None = "GZIP") -> str:
    """DONE, with a document of that content; answers the document's id."""
    document = store_document(daybook, report, content, compression)
    with daybook.store.transaction() as tx:
        documents.keep(tx, document)
        assert reports.finish_with_document(tx, tx.now, report, document.document_id, WORKER)
    return document.document_id


def finish_without_data(daybook: Daybook, report: Report) -> None:
    """CANCELLED, for there was nothing to report."""
    with daybook.store.transaction() as tx:
        assert reports.finish_without_data(tx, tx.now, report, "0 rows", WORKER)


def fail(daybook: Daybook, report: Report, explanation: bytes | None = None) -> str | None:
    """FATAL, with a document that explains it where there is an explanation."""
    document = None if explanation is None else store_document(daybook, report, explanation, None)
    with daybook.store.transaction() as tx:
        if document is not None:
            documents.keep(tx, document)
        document_id = document.document_id if document is not None else None
        assert reports.fail(tx, tx.now, report, "the producer raised", document_id, WORKER)
    return document_id


def store_document(daybook: Daybook, report: Report, content: bytes, compression: Compression | None) -> Document:
    """The document, its object written and its row not yet."""
    document_id = daybook.door.ids.document(report.attempts)
    with DocumentWriter(daybook.door.objects, object_name(report.seller_id, document_id), compression) as writer:
        writer.write(content)
        written = writer.close()
    return Document(
        seller_id=report.seller_id,
        document_id=document_id,
        report_id=report.report_id,
        object_name=written.object_name,
        content_type=TEXT,
        compression=written.compression,
        size=written.size,
        content_size=written.content_size,
        sha256=written.sha256,
        created_at=daybook.clock.now,
        expires_at=report.created_at + RETENTION,
    )


def done(daybook: Daybook, report_id: str, report_type: str = ALL_LISTINGS, content: bytes = ROWS) -> str:
    """Takes the queue up to the report, which ends DONE; answers its document's id."""
    while (report := begin(daybook, report_type)).report_id != report_id:
        finish_without_data(daybook, report)
    return finish(daybook, report, content)


def fire(daybook: Daybook, after: timedelta = timedelta(0), seller_id: str = "") -> None:
    """Fires the seller's schedules that are due once the clock has moved on."""
    daybook.clock.now += after
    with daybook.store.transaction() as tx:
        schedules.fire_due(tx, tx.now, daybook.door.ids, seller_id or daybook.first)
