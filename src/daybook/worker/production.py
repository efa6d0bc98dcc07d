"""The step of a production lane: begins a report, makes its document, and ends it, exactly once.

Nothing is kept of an attempt but by its last transaction, which the lane's fence guards. An object is named for its
attempt, so of one that was lost nobody ever hears; the sweep removes it.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Protocol

from daybook.documents.names import object_name
from daybook.documents.objects import Objects
from daybook.documents.writing import Compression, DocumentWriter, Written
from daybook.kernel.charsets import codec_of
from daybook.kernel.errors import Unavailable
from daybook.kernel.ids import Ids
from daybook.kernel.keeping import KEEP
from daybook.lanes import Held, Step
from daybook.report_types.producers import Producer
from daybook.reports import admitting, reports
from daybook.reports.report_types import ReportTypes
from daybook.reports.reports import Report, produced_by
from daybook.reports.rules.answers import Answer
from daybook.reports.scenarios.current import Scenarios
from daybook.reports.scenarios.rules import Rules
from daybook.reports.status import Outcome, Status
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from daybook.worker.endings import Data, Ending, Failed, Made, NoData, end
from daybook.worker.making import AttemptDied, ProducerFailed, Producers, make_document, rows_up_to
from daybook.worker.practice import Done, Fatal, Told, Verdict, held_up, reshaped, rules_of, verdict

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
class Production:
    """What a step works with.

    `child` makes large reports in processes of their own; without it this one makes all. `scenarios` are for practice.
    `kept` is how long a document is.
    """

    store: Store
    objects: Objects
    producers: Producers
    types: ReportTypes
    ids: Ids
    worker: str
    child: Maker | None = None
    scenarios: Scenarios = field(default_factory=Scenarios)
    kept: timedelta = KEEP.documents


def production_step(production: Production) -> Step:
    """The step of lanes of kind `reports.PRODUCTION`.

    It raises Unavailable where the database or the document store is away, and AttemptDied; then the report is still in
    progress, and a later step begins it anew.
    """
    return partial(_step, production)


def _step(production: Production, held: Held) -> None:
    report = production.store.do(partial(_begin, production, held))
    if report is None:
        return
    try:
        ending = _ending(production, report)
    except Unavailable:
        production.store.do(partial(_forget_attempt, held, report))
        raise
    production.store.do(partial(_end, production, held, report, ending))


def _begin(production: Production, held: Held, tx: Transaction) -> Report | None:
    rules = rules_of(production.scenarios, tx, *produced_by(held.lane))
    if _waits(rules, held, tx):
        return None
    report = reports.begin(tx, tx.now, held.lane, production.worker)
    if report is None:
        _release(tx, held)
        return None
    tx.fence(held)
    if not _waits(rules, held, tx):
        return report
    _uncount_attempt(report, tx)
    return None


def _waits(rules: Rules | None, held: Held, tx: Transaction) -> bool:
    """Whether a scenario holds the lane up; then it is given back until the scenario does so no more."""
    wait = held_up(rules, tx, held.lane) if rules else 0.0
    if wait:
        tx.release(held, wait)
    return wait > 0


def _forget_attempt(held: Held, report: Report, tx: Transaction) -> None:
    """An outage is not the report's doing, and may last longer than its attempts would."""
    _uncount_attempt(report, tx)
    tx.fence(held)


def _uncount_attempt(report: Report, tx: Transaction) -> None:
    tx.move_report(report, Status.IN_PROGRESS, attempts=report.attempts - 1)


def _ending(production: Production, report: Report) -> Ending:
    told = production.store.read(partial(_verdict, production, report))
    ending = _told(production, report, told.ending) if told.ending else _produced(production, report)
    if ending.made is None:
        return ending
    return replace(ending, made=reshaped(production.objects, report, ending.made, told.form))


def _verdict(production: Production, report: Report, tx: Transaction) -> Verdict:
    """What a scenario says of the report's end or, where it says nothing, the rules of the report's type."""
    told = verdict(production.scenarios, report, tx)
    return told if told.ending else replace(told, ending=_ruled(production, report, tx))


def _ruled(production: Production, report: Report, tx: Transaction) -> Told | None:
    """The ending that the rules of the report's type demand, as Amazon ends what it took and should not have."""
    if report.report_type not in production.types:
        return None
    found = admitting.verdict(tx, production.types.find(report.report_type), report)
    if found is None:
        return None
    answer, reason = found
    if answer is Answer.CANCELLED:
        return NoData(reason, Outcome.CANCELLED_UPSTREAM)
    if answer is Answer.DONE:
        return Done(reason)
    return Fatal(reason, _error_details(reason))


def _told(production: Production, report: Report, told: Told) -> Ending:
    """The ending that a scenario has chosen."""
    if isinstance(told, Done):
        content_type = production.types.find(report.report_type).content_type
        return Data(_written(production, report, told.text, content_type, "GZIP"))
    if isinstance(told, Fatal):
        made = None if told.text is None else _explained(production, report, told.text)
        return Failed(told.reason, made, told.outcome)
    return told


def _produced(production: Production, report: Report) -> Ending:
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


def _no_rows(report: Report, marketplace_rule: str) -> str:
    """Names only the marketplaces that were looked into."""
    one_of_many = marketplace_rule == "first" and len(report.marketplace_ids) > 1
    asked = report.marketplace_ids[:1] if one_of_many else report.marketplace_ids
    sentence = f"The producer of {report.report_type} found no rows for {', '.join(asked)}."
    return f"{sentence} Of several marketplaces only the first counts: name another first." if one_of_many else sentence


def _made(production: Production, producer: Producer, report: Report) -> Ending:
    store, objects, child = production.store, production.objects, production.child
    document_id = production.ids.document(report.attempts)
    name = object_name(report.seller_id, document_id)
    if child is not None and rows_up_to(store, producer, report, LARGE) >= LARGE:
        written = child.make(report, name)
    else:
        written = make_document(store, objects, producer, report, name)
    if written is None:
        return NoData(_no_rows(report, production.types.find(report.report_type).marketplace_rule))
    return Data(Made(document_id, production.types.find(report.report_type).content_type, written))


def _failed(production: Production, report: Report, reason: str) -> Failed:
    return Failed(reason, _explained(production, report, _error_details(reason)))


def _error_details(reason: str) -> str:
    return json.dumps({"errorDetails": reason}, ensure_ascii=False)


def _explained(production: Production, report: Report, text: str) -> Made:
    """The document of a report that is FATAL."""
    return _written(production, report, text, FAILURE_TYPE, None)


def _written(
    production: Production, report: Report, text: str, content_type: str, compression: Compression | None
) -> Made:
    document_id = production.ids.document(report.attempts)
    with DocumentWriter(production.objects, object_name(report.seller_id, document_id), compression) as writer:
        writer.write(text.encode(codec_of(content_type), errors="replace"))
    return Made(document_id, content_type, writer.close())


def _worn_out(report: Report) -> str:
    return (
        f"The report was begun {MOST_ATTEMPTS} times, and each time the process that made it ended before it was done. "
        f"The log of the server that ran the producer of {report.report_type} may say why."
    )


def _end(production: Production, held: Held, report: Report, ending: Ending, tx: Transaction) -> None:
    end(tx, production.worker, report, ending, production.kept)
    _release(tx, held)


def _release(tx: Transaction, held: Held) -> None:
    """Another report of the type may wait for this one's end."""
    seller_id, report_type = produced_by(held.lane)
    waits = tx.report_next_in_queue(seller_id, report_type) is not None
    tx.release(held, 0.0 if waits else None)
