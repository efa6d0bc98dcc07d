"""GET /daybook/v1/reports/{reportId}: a report with its outcome, its history, and why it is still waiting."""

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import UNSET, UnsetType

from daybook.activity import Event
from daybook.api.door import AnyRequest, door_of
from daybook.api.paths import litestar_path
from daybook.api.reports import report_on_the_wire
from daybook.contract.daybook import EXPLAIN_REPORT, ExplainedReport, Step, UsualTime, Waiting
from daybook.contract.times import emit, emit_optional
from daybook.reports import reports, waiting
from daybook.reports.reports import SUBJECT, Report
from daybook.reports.status import SENTENCES
from daybook.reports.waiting import Usual
from daybook.store.transaction import Transaction

Found = tuple[Report, list[Event], waiting.Waiting | None]


@get(litestar_path(EXPLAIN_REPORT))
async def explain_report(request: AnyRequest, reportId: FromPath[str]) -> ASGIApp:
    """One report, explained."""
    call = await door_of(request).admit(request, EXPLAIN_REPORT)
    report, history, why = await call.door.read(lambda tx: _found(tx, call.seller_id, reportId))
    return call.answer(
        ExplainedReport(
            report=report_on_the_wire(report),
            statusMeaning=SENTENCES[report.status],
            attempts=report.attempts,
            history=[_step(event) for event in history],
            outcome=report.outcome.value if report.outcome else UNSET,
            outcomeMeaning=SENTENCES[report.outcome] if report.outcome else UNSET,
            evidence=report.evidence or UNSET,
            waiting=_waiting(why) if why else UNSET,
        )
    )


def _found(tx: Transaction, seller_id: str, report_id: str) -> Found:
    report = reports.find(tx, tx.now, seller_id, report_id)
    return report, tx.events_of(seller_id, SUBJECT, report_id), waiting.explain(tx, tx.now, report)


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
        failures=why.failures,
    )


def _usual(usual: Usual | None) -> UsualTime | UnsetType:
    return UNSET if usual is None else UsualTime(usual.p50, usual.p95, usual.p99, usual.reports)


HANDLERS = [explain_report]
