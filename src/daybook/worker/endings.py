"""How a report ends: what each ending carries, and the one transaction that makes it so."""

from dataclasses import dataclass
from datetime import timedelta

from daybook.documents.documents import Document, keep
from daybook.documents.writing import Written
from daybook.reports import reports
from daybook.reports.reports import Report
from daybook.reports.status import Outcome
from daybook.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Made:
    """A document whose object is whole, but which no row names yet."""

    document_id: str
    content_type: str
    written: Written


@dataclass(frozen=True, slots=True)
class Data:
    """The report's document."""

    made: Made


@dataclass(frozen=True, slots=True)
class Shared:
    """A document that another report of the seller's has already."""

    document_id: str
    made: None = None


@dataclass(frozen=True, slots=True)
class NoData:
    """There was nothing to report, and how that is known."""

    evidence: str
    outcome: Outcome = Outcome.NO_DATA
    made: None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The report cannot be made: the reason, and the document that tells it, where there is one."""

    reason: str
    made: Made | None
    outcome: Outcome = Outcome.FAILED


Ending = Data | Shared | NoData | Failed


def end(tx: Transaction, worker: str, report: Report, ending: Ending, kept: timedelta) -> None:
    """Ends the report and keeps its document so long; where it was not in progress any more, it is an orphan."""
    ended = _ended(tx, worker, report, ending)
    if ended is not None and ending.made is not None:
        keep(tx, _document(tx, report, ending.made, kept))


def _ended(tx: Transaction, worker: str, report: Report, ending: Ending) -> Report | None:
    match ending:
        case Data(made):
            return reports.finish_with_document(tx, tx.now, report, made.document_id, worker)
        case Shared(document_id):
            return reports.finish_with_document(tx, tx.now, report, document_id, worker)
        case NoData(evidence, outcome):
            return reports.finish_without_data(tx, tx.now, report, evidence, worker, outcome)
        case Failed(reason, made, outcome):
            return reports.fail(tx, tx.now, report, reason, made.document_id if made else None, worker, outcome)


def _document(tx: Transaction, report: Report, made: Made, kept: timedelta) -> Document:
    written = made.written
    return Document(
        seller_id=report.seller_id,
        document_id=made.document_id,
        report_id=report.report_id,
        object_name=written.object_name,
        content_type=made.content_type,
        compression=written.compression,
        size=written.size,
        content_size=written.content_size,
        sha256=written.sha256,
        created_at=tx.now,
        expires_at=tx.now + kept,
    )
