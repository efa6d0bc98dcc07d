"""Reports: asked for, queued, produced, ended.

Every change of status is guarded by the status before, and told to the ledger.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from daybook.activity import Event, known
from daybook.kernel.errors import TOLD, Conflict, InvalidInput, NotFound
from daybook.kernel.ids import Ids
from daybook.kernel.keeping import SERVED
from daybook.lanes import Lane, WorkClass
from daybook.reports.admitting import admitted, own_marketplaces
from daybook.reports.ports import ReportsPort
from daybook.reports.report_types import ReportTypes
from daybook.reports.rules.checking import in_request, range_of
from daybook.reports.rules.dates import END, START
from daybook.reports.status import MOVES, Outcome, Status

RETENTION = SERVED
"""How long a report is served (seed 001, and seed 004, createdSince)."""

PRODUCTION = "production"
SUBJECT = "report"


class Report(NamedTuple):
    """A report request and what became of it. The id is unique only together with the seller's.

    Every poll makes one; a frozen dataclass of so many fields would cost six times as much.
    """

    seller_id: str
    report_id: str
    report_type: str
    status: Status
    marketplace_ids: tuple[str, ...]
    options: Mapping[str, str]
    data_start: datetime
    data_end: datetime
    created_at: datetime
    client_id: str | None = None
    schedule_id: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    evidence: str | None = None
    document_id: str | None = None
    attempts: int = 0


class Polled(NamedTuple):
    """What a poll is told of a report. Polls are most of all calls, and each column more is a fiftieth of one."""

    report_id: str
    report_type: str
    status: Status
    marketplace_ids: tuple[str, ...]
    data_start: datetime
    data_end: datetime
    created_at: datetime
    schedule_id: str | None
    started_at: datetime | None
    finished_at: datetime | None
    document_id: str | None


R = TypeVar("R", Report, Polled)


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody asks a report to be."""

    seller_id: str
    report_type: str
    marketplace_ids: tuple[str, ...]
    options: Mapping[str, str]
    data_start: datetime | None = None
    data_end: datetime | None = None
    client_id: str | None = None
    request_id: str = ""

    @property
    def given(self) -> frozenset[str]:
        """Which ends of the range it gives."""
        ends = ((START, self.data_start), (END, self.data_end))
        return frozenset(name for name, at in ends if at is not None)


def production_lane(seller_id: str, report_type: str) -> Lane:
    """One report of a type is in progress per seller; the others wait in its lane."""
    return Lane(PRODUCTION, f"{seller_id}/{report_type}")


def produced_by(lane: Lane) -> tuple[str, str]:
    """The seller and the report type of a production lane."""
    seller_id, _, report_type = lane.key.rpartition("/")
    return seller_id, report_type


def request(tx: ReportsPort, now: datetime, ids: Ids, types: ReportTypes, ask: Ask) -> Report:
    """Queues a report.

    Raises InvalidInput where the type, the marketplaces, the dates or the options forbid it; it tells every reason.
    """
    report_type = types.find(ask.report_type)
    marketplace_ids, wrong = own_marketplaces(tx, ask.seller_id, ask.marketplace_ids)
    start, end = data_range(now, ask.data_start, ask.data_end)
    backwards = wrong_range(now, start, end, ask.given)
    asked = None if backwards else range_of(report_type, (start, end), now, ask.given, ask.options)
    broken = in_request(report_type, marketplace_ids, ask.options, asked)
    warnings = admitted(tx, ask.client_id, [*wrong, *backwards], broken)
    report = Report(
        seller_id=ask.seller_id,
        report_id=ids.timed(now),
        report_type=ask.report_type,
        status=Status.IN_QUEUE,
        marketplace_ids=marketplace_ids,
        options=ask.options,
        data_start=start,
        data_end=end,
        created_at=now,
        client_id=ask.client_id,
    )
    return enqueue(tx, report, WorkClass.INTERACTIVE, requestId=ask.request_id, warnings=warnings)


def enqueue(tx: ReportsPort, report: Report, work_class: WorkClass, **evidence: Any) -> Report:
    """Writes a new report down, tells the ledger, and wakes its lane, all in one transaction."""
    tx.add_report(report)
    asker = f"application {report.client_id}" if report.client_id else "operator"
    actor = f"schedule {report.schedule_id}" if report.schedule_id else asker
    _tell(tx, report, None, actor, known(reportType=report.report_type, **evidence))
    tx.wake(production_lane(report.seller_id, report.report_type), work_class)
    return report


def data_range(now: datetime, start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    """The range of data. With an end alone the start equals it; what else is missing is this second."""
    second = now.replace(microsecond=0)
    end_at = end or max(second, start or second)
    return start or end_at, end_at


def wrong_range(now: datetime, start: datetime, end: datetime, given: frozenset[str]) -> list[InvalidInput]:
    """What is wrong with a range in the future or one that ends before it starts (seed 004, CreateReportSpecification).

    `given` names the ends that were given; no other one can be wrong.
    """
    wrong = [
        InvalidInput(
            f"{name} is in the future",
            f"{name} is {at.isoformat()}; now it is {now.isoformat(timespec='seconds')}.",
        )
        for name, at in ((END, end), (START, start))
        if name in given and at > now
    ]
    if start > end:
        wrong.append(InvalidInput("dataStartTime is after dataEndTime", "dataStartTime;dataEndTime;"))
    return wrong


def find(tx: ReportsPort, now: datetime, seller_id: str, report_id: str) -> Report:
    """The seller's report. Raises NotFound where there is none, or it is older than 90 days."""
    return _kept(now, report_id, tx.report(seller_id, report_id))


def poll(tx: ReportsPort, now: datetime, seller_id: str, report_id: str) -> Polled:
    """As `find`, but only what a poll is told."""
    return _kept(now, report_id, tx.report_polled(seller_id, report_id))


def _kept(now: datetime, report_id: str, found: R | None) -> R:
    if found is None or found.created_at < now - RETENTION:
        raise missing(report_id)
    return found


def missing(report_id: str) -> NotFound:
    """The error that the seller has no such report."""
    return NotFound("One or more of the provided ReportRequestIds could not be found.", f"reportId: {report_id[:TOLD]}")


def cancel(tx: ReportsPort, now: datetime, seller_id: str, report_id: str, actor: str, request_id: str = "") -> Report:
    """Cancels a report that is still in the queue. Raises NotFound, or InvalidInput where it is no longer there."""
    report = find(tx, now, seller_id, report_id)
    if report.status is Status.IN_QUEUE:
        ending = _Ending(Status.CANCELLED, Outcome.CANCELLED_BY_REQUEST)
        cancelled = _end(tx, now, report, ending, actor, request_id)
        if cancelled is not None:
            return cancelled
        report = find(tx, now, seller_id, report_id)
    raise InvalidInput(
        "Only a report with processingStatus IN_QUEUE can be cancelled",
        f"reportId: {report_id}; its processingStatus is {report.status}.",
    )


def begin(tx: ReportsPort, now: datetime, lane: Lane, actor: str) -> Report | None:
    """The report that the lane is to produce now.

    The one that a dead worker left in progress, or else the oldest in the queue.

    None where nothing waits. Each beginning is an attempt, and counted.
    """
    seller_id, report_type = produced_by(lane)
    left = tx.report_in_progress(seller_id, report_type)
    if left is not None:
        return _attempt(tx, left)
    waiting = tx.report_next_in_queue(seller_id, report_type)
    if waiting is None:
        return None
    started = waiting._replace(status=Status.IN_PROGRESS, started_at=now, attempts=1)
    changes = {"status": started.status, "started_at": now, "attempts": 1}
    if not tx.move_report(waiting, Status.IN_QUEUE, **changes):
        return begin(tx, now, lane, actor)  # cancelled a moment ago: the next one
    _tell(tx, started, Status.IN_QUEUE, actor, {})
    return started


def _attempt(tx: ReportsPort, report: Report) -> Report | None:
    again = report._replace(attempts=report.attempts + 1)
    return again if tx.move_report(report, Status.IN_PROGRESS, attempts=again.attempts) else None


def finish_with_document(tx: ReportsPort, now: datetime, report: Report, document_id: str, actor: str) -> Report | None:
    """DONE: there is a document. None where the report was not in progress any more."""
    return _end(tx, now, report, _Ending(Status.DONE, Outcome.DATA, document_id=document_id), actor)


def finish_without_data(
    tx: ReportsPort, now: datetime, report: Report, evidence: str, actor: str, outcome: Outcome = Outcome.NO_DATA
) -> Report | None:
    """CANCELLED, as Amazon's reports without data end. None where it was not in progress any more."""
    return _end(tx, now, report, _Ending(Status.CANCELLED, outcome, evidence), actor)


def fail(
    tx: ReportsPort,
    now: datetime,
    report: Report,
    evidence: str,
    document_id: str | None,
    actor: str,
    outcome: Outcome = Outcome.FAILED,
) -> Report | None:
    """FATAL; the document, where there is one, says why. None where the report was not in progress any more."""
    return _end(tx, now, report, _Ending(Status.FATAL, outcome, evidence, document_id), actor)


class _Ending(NamedTuple):
    status: Status
    outcome: Outcome
    evidence: str = ""
    document_id: str | None = None


def _end(
    tx: ReportsPort, now: datetime, report: Report, ending: _Ending, actor: str, request_id: str = ""
) -> Report | None:
    status, outcome, evidence, document_id = ending
    if status not in MOVES[report.status]:
        raise Conflict(f"A report that is {report.status} never becomes {status}.", f"reportId: {report.report_id}")
    ended = report._replace(
        status=status, outcome=outcome, evidence=evidence or None, finished_at=now, document_id=document_id
    )
    changes: dict[str, Any] = {
        "status": status,
        "outcome": outcome,
        "evidence": ended.evidence,
        "finished_at": now,
        "document_id": document_id,
    }
    if not tx.move_report(report, report.status, **changes):
        return None
    told = known(
        outcome=outcome.value,
        evidence=evidence,
        documentId=document_id,
        requestId=request_id,
        reportType=report.report_type,
        createdTime=report.created_at.isoformat(),
        clientId=report.client_id,
    )
    _tell(tx, ended, report.status, actor, told)
    return ended


def _tell(tx: ReportsPort, report: Report, from_status: Status | None, actor: str, evidence: dict[str, Any]) -> None:
    at = report.finished_at or report.started_at or report.created_at
    tx.add_event(Event(report.seller_id, SUBJECT, report.report_id, from_status, report.status, actor, evidence, at))
