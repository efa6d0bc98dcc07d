"""The step of a production lane: begins a report, makes its document, and ends it, exactly once.

Nothing is kept of an attempt but by its last transaction, which the lane's fence guards. An object is named for its
attempt, so of one that was lost nobody ever hears; the sweep removes it.
"""

import json
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from daybook.documents.documents import Document, keep
from daybook.documents.names import object_name
from daybook.documents.objects import Objects
from daybook.documents.writing import DocumentWriter, Written
from daybook.kernel.errors import Unavailable
from daybook.kernel.ids import Ids
from daybook.lanes import Held, Step
from daybook.report_types.producers import Producer
from daybook.reports import reports
from daybook.reports.report_types import ReportTypes
from daybook.reports.reports import RETENTION, Report, produced_by
from daybook.reports.status import Status
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from daybook.worker.making import AttemptDied, ProducerFailed, Producers, make_document, rows_up_to

LONGEST = 3600.0
"""Seconds that one production may take."""
AT_ONCE = 2
"""Productions that one worker runs at the same time."""
LARGE = 50_000
"""A report of so many rows is made in a child process: it takes half a second or more."""
MOST_ATTEMPTS = 5
"""A report whose producer takes its process down each time is FATAL after so many."""
FAILURE_TYPE = "text/plain; charset=UTF-8"
"""The content type of the documents of FATAL reports: JSON, of which every client can show the text."""


class Maker(Protocol):
    """Makes a report's document in a process of its own."""

    def make(self, report: Report, name: str) -> Written | None:
        """As `make_document`, into the object of that name; raises AttemptDied besides."""


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
class NoData:
    """There was nothing to report, and how that is known."""

    evidence: str
    made: None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The report cannot be made: the reason, and a document that tells it."""

    reason: str
    made: Made


Ending = Data | NoData | Failed


@dataclass(frozen=True, slots=True)
class Production:
    """What a step works with. `child` makes large reports in processes of their own; without it this one makes all."""

    store: Store
    objects: Objects
    producers: Producers
    types: ReportTypes
    ids: Ids
    worker: str
    child: Maker | None = None


def production_step(production: Production) -> Step:
    """The step of lanes of kind `reports.PRODUCTION`.

    It raises Unavailable where the database or the document store is away, and AttemptDied; then the report is still in
    progress, and a later step begins it anew.
    """
    return partial(_step, production)


def _step(production: Production, held: Held) -> None:
    report = production.store.do(partial(_begin, production.worker, held))
    if report is None:
        return
    try:
        ending = _ending(production, report)
    except Unavailable:
        production.store.do(partial(_forget_attempt, held, report))
        raise
    production.store.do(partial(_end, production.worker, held, report, ending))


def _begin(worker: str, held: Held, tx: Transaction) -> Report | None:
    report = reports.begin(tx, tx.now, held.lane, worker)
    if report is None:
        _release(tx, held)
    else:
        tx.fence(held)
    return report


def _forget_attempt(held: Held, report: Report, tx: Transaction) -> None:
    """An outage is not the report's doing, and may last longer than its attempts would."""
    tx.move_report(report, Status.IN_PROGRESS, attempts=report.attempts - 1)
    tx.fence(held)


def _ending(production: Production, report: Report) -> Ending:
    producer = production.producers.get(report.report_type)
    if producer is None:
        return NoData(f"No producer makes {report.report_type} here, so there is no data of this type.")
    if report.attempts > MOST_ATTEMPTS:
        return _failed(production, report, _worn_out(report))
    try:
        return _made(production, producer, report)
    except ProducerFailed as failure:
        return _failed(production, report, str(failure))
    except AttemptDied:
        if report.attempts < MOST_ATTEMPTS:
            raise
        return _failed(production, report, _worn_out(report))


def _made(production: Production, producer: Producer, report: Report) -> Ending:
    store, objects, child = production.store, production.objects, production.child
    document_id = production.ids.document(report.attempts)
    name = object_name(report.seller_id, document_id)
    if child is not None and rows_up_to(store, producer, report, LARGE) >= LARGE:
        written = child.make(report, name)
    else:
        written = make_document(store, objects, producer, report, name)
    if written is None:
        return NoData(f"The producer of {report.report_type} found no rows for {', '.join(report.marketplace_ids)}.")
    return Data(Made(document_id, production.types.find(report.report_type).content_type, written))


def _failed(production: Production, report: Report, reason: str) -> Failed:
    document_id = production.ids.document(report.attempts)
    name = object_name(report.seller_id, document_id)
    with DocumentWriter(production.objects, name, compression=None) as writer:
        writer.write(json.dumps({"errorDetails": reason}, ensure_ascii=False).encode())
    return Failed(reason, Made(document_id, FAILURE_TYPE, writer.close()))


def _worn_out(report: Report) -> str:
    return (
        f"The report was begun {MOST_ATTEMPTS} times, and each time the process that made it ended before it was done. "
        f"The log of the server that ran the producer of {report.report_type} may say why."
    )


def _end(worker: str, held: Held, report: Report, ending: Ending, tx: Transaction) -> None:
    ended = _ended(tx, worker, report, ending)
    if ended is not None and ending.made is not None:
        keep(tx, _document(tx, report, ending.made))
    _release(tx, held)


def _ended(tx: Transaction, worker: str, report: Report, ending: Ending) -> Report | None:
    """The report as it ended; None where it was not in progress any more, and whatever was made of it is an orphan."""
    match ending:
        case Data(made):
            return reports.finish_with_document(tx, tx.now, report, made.document_id, worker)
        case NoData(evidence):
            return reports.finish_without_data(tx, tx.now, report, evidence, worker)
        case Failed(reason, made):
            return reports.fail(tx, tx.now, report, reason, made.document_id, worker)


def _document(tx: Transaction, report: Report, made: Made) -> Document:
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
        expires_at=tx.now + RETENTION,
    )


def _release(tx: Transaction, held: Held) -> None:
    """Another report of the type may wait for this one's end."""
    seller_id, report_type = produced_by(held.lane)
    waits = tx.report_next_in_queue(seller_id, report_type) is not None
    tx.release(held, 0.0 if waits else None)
