"""GET /daybook/v1/reports/{reportId}: a report with its outcome, its history, and why it is still waiting."""

from typing import NamedTuple

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import UNSET, UnsetType

from daybook.activity import Event
from daybook.api.decoding import id_of
from daybook.api.door import AnyRequest, Call, door_of
from daybook.api.paths import litestar_path
from daybook.api.reports import report_on_the_wire
from daybook.contract.daybook import EXPLAIN_REPORT, ExplainedReport, KeptDocument, Step, UsualTime, Waiting
from daybook.contract.times import emit, emit_optional
from daybook.documents.documents import Document
from daybook.reports import reports, waiting
from daybook.reports.reports import SUBJECT, Report
from daybook.reports.scenarios.rules import rules_for
from daybook.reports.scenarios.snapshot import Snapshot
from daybook.reports.status import SENTENCES
from daybook.reports.waiting import Usual
from daybook.store.transaction import Transaction


class Found(NamedTuple):
    """All that is known of a report."""

    report: Report
    document: Document | None
    why: waiting.Waiting | None
    history: list[Event]


@get(litestar_path(EXPLAIN_REPORT))
async def explain_report(request: AnyRequest, reportId: FromPath[str]) -> ASGIApp:
    """One report, explained."""
    call = await door_of(request).admit(request, EXPLAIN_REPORT)
    return call.answer(_explained(await call.door.read(lambda tx: _found(tx, call, id_of(reportId)))))


def _found(tx: Transaction, call: Call, report_id: str) -> Found:
    return all_of(tx, call.door.scenarios.current(tx), call.seller_id, report_id)


def all_of(tx: Transaction, scenarios: Snapshot, seller_id: str, report_id: str) -> Found:
    """All that is known of the seller's report. Raises NotFound."""
    report = reports.find(tx, tx.now, seller_id, report_id)
    document = tx.document(seller_id, report.document_id) if report.document_id else None
    why = waiting.explain(tx, tx.now, report, rules_for(tx, scenarios, seller_id, report.report_type))
    return Found(report, document, why, tx.events_of(seller_id, SUBJECT, report_id))


def _explained(found: Found) -> ExplainedReport:
    report = found.report
    return ExplainedReport(
        report=report_on_the_wire(report),
        statusMeaning=SENTENCES[report.status],
        attempts=report.attempts,
        history=[_step(event) for event in found.history],
        outcome=report.outcome.value if report.outcome else UNSET,
        outcomeMeaning=SENTENCES[report.outcome] if report.outcome else UNSET,
        evidence=report.evidence or UNSET,
        waiting=_waiting(found.why) if found.why else UNSET,
        document=_document(found.document) if found.document else UNSET,
        reportOptions=dict(report.options),
        clientId=report.client_id or UNSET,
    )


def _step(event: Event) -> Step:
    return Step(
        toStatus=event.to_status,
        actor=event.actor,
        time=emit(event.at),
        fromStatus=event.from_status or UNSET,
        evidence=dict(event.evidence) or UNSET,
    )


def _waiting(why: waiting.Waiting) -> Waiting:
    return Waiting(
        sentence=why.sentence,
        place=why.place,
        stalled=why.stalled,
        blockedBy=why.blocked_by or UNSET,
        nextRunTime=emit_optional(why.next_run_at),
        expectedEndTime=emit_optional(why.expected_at),
        usualInQueue=_usual(why.in_queue),
        usualInProgress=_usual(why.in_progress),
        usualInAll=_usual(why.in_all),
        waitedSeconds=why.waited,
        failures=why.failures,
    )


def _usual(usual: Usual | None) -> UsualTime | UnsetType:
    return UNSET if usual is None else UsualTime(usual.p50, usual.p95, usual.p99, usual.reports)


def _document(document: Document) -> KeptDocument:
    return KeptDocument(
        reportDocumentId=document.document_id,
        contentType=document.content_type,
        size=document.size,
        contentSize=document.content_size,
        sha256=document.sha256,
        expirationTime=emit(document.expires_at),
        compression=document.compression or UNSET,
    )


HANDLERS = [explain_report]
