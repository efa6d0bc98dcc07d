"""How reports and report types are shown."""

from typing import TYPE_CHECKING

from rich.text import Text

from daybook.accounts.marketplaces import country
from daybook.activity import Event
from daybook.cli.call import Call
from daybook.cli.screen import STYLES, facts, iso, listing, when, when_here
from daybook.documents.documents import Document
from daybook.report_types.registry import registry
from daybook.reports import waiting
from daybook.reports.report_types import ReportType
from daybook.reports.reports import SUBJECT, Report
from daybook.reports.status import SENTENCES
from daybook.reports.waiting import Waiting

if TYPE_CHECKING:
    from daybook.store.transaction import Transaction


def content(report: Report) -> dict[str, object]:
    """A report as JSON has it."""
    return {
        "sellerId": report.seller_id,
        "reportId": report.report_id,
        "reportType": report.report_type,
        "status": report.status,
        "outcome": report.outcome,
        "evidence": report.evidence,
        "marketplaceIds": report.marketplace_ids,
        "reportOptions": report.options,
        "dataStartTime": iso(report.data_start),
        "dataEndTime": iso(report.data_end),
        "createdAt": iso(report.created_at),
        "startedAt": iso(report.started_at),
        "finishedAt": iso(report.finished_at),
        "attempts": report.attempts,
        "reportScheduleId": report.schedule_id,
        "clientId": report.client_id,
        "reportDocumentId": report.document_id,
    }


def state(report: Report) -> Text:
    """Its status, and where that does not tell, its outcome."""
    text = Text(report.status, STYLES.get(report.status, ""))
    return text.append(f" {report.outcome}") if report.outcome and report.outcome != "data" else text


def sentence(report: Report) -> Text:
    """How it is with a report, in a line or two."""
    text = Text(f"Report {report.report_id} is ").append(state(report)).append(". ")
    text.append(SENTENCES[report.outcome or report.status])
    return text.append(f" {report.evidence}") if report.evidence else text


def show(call: Call, tx: "Transaction", report: Report) -> None:
    """One report, whole."""
    document = tx.document(report.seller_id, report.document_id) if report.document_id else None
    history = tx.events_of(report.seller_id, SUBJECT, report.report_id)
    why = waiting.explain(tx, tx.now, report)
    told = content(report) | {
        "statusMeaning": SENTENCES[report.status],
        "outcomeMeaning": SENTENCES[report.outcome] if report.outcome else None,
        "waiting": _waiting(why) if why else None,
        "document": _document(document) if document else None,
        "history": [_event(event) for event in history],
    }
    rows = [(when(event.at), event.from_status or "", event.to_status, event.actor) for event in history]
    pairs = [*_facts(report), *_waiting_facts(why), *_document_facts(report, document)]
    call.screen.answer(told, facts(pairs), "", listing(("WHEN, UTC", "FROM", "TO", "BY"), rows))


def _facts(report: Report) -> list[tuple[str, object]]:
    return [
        ("Report", report.report_id),
        ("Type", report.report_type),
        ("Seller", report.seller_id),
        ("Marketplaces", ", ".join(country(name) for name in report.marketplace_ids)),
        ("Options", ", ".join(f"{name}={value}" for name, value in report.options.items())),
        ("Data from", when_here(report.data_start)),
        ("Data to", when_here(report.data_end)),
        ("Status", report.status.value),
        ("", SENTENCES[report.status]),
        ("Outcome", report.outcome.value if report.outcome else None),
        ("", SENTENCES[report.outcome] if report.outcome else None),
        ("Evidence", report.evidence),
        ("Attempts", report.attempts),
        ("Created", when_here(report.created_at)),
        ("Started", when_here(report.started_at) if report.started_at else None),
        ("Finished", when_here(report.finished_at) if report.finished_at else None),
        ("Schedule", report.schedule_id),
        ("Asked by", report.client_id),
    ]


def _waiting_facts(why: Waiting | None) -> list[tuple[str, object]]:
    if why is None:
        return []
    return [
        ("Waits", why.sentence),
        ("Next try", when_here(why.next_run_at) if why.next_run_at else None),
        ("Expected", when_here(why.expected_at) if why.expected_at else None),
    ]


def _waiting(why: Waiting) -> dict[str, object]:
    return {
        "sentence": why.sentence,
        "place": why.place,
        "stalled": why.stalled,
        "blockedBy": why.blocked_by,
        "nextRunTime": iso(why.next_run_at),
        "expectedEndTime": iso(why.expected_at),
        "failures": why.failures,
    }


def _document_facts(report: Report, document: Document | None) -> list[tuple[str, object]]:
    if document is None:
        return [("Document", f"{report.document_id} is no longer kept" if report.document_id else None)]
    unpacked = f" ({document.content_size:,} unpacked)" if document.compression else ""
    return [
        ("Document", document.document_id),
        ("Size", f"{document.size:,} bytes{unpacked}"),
        ("SHA-256", document.sha256),
        ("Kept until", when_here(document.expires_at)),
    ]


def _document(document: Document) -> dict[str, object]:
    return {
        "reportDocumentId": document.document_id,
        "contentType": document.content_type,
        "compression": document.compression,
        "size": document.size,
        "contentSize": document.content_size,
        "sha256": document.sha256,
        "expiresAt": iso(document.expires_at),
    }


def _event(event: Event) -> dict[str, object]:
    return {
        "from": event.from_status,
        "to": event.to_status,
        "actor": event.actor,
        "at": iso(event.at),
        "evidence": event.evidence,
    }


def show_types(call: Call, text: str) -> None:
    """The report types whose name or category holds the text."""
    known = registry(call.settings().sql)
    found, made = known.types.search(text), known.producers
    rows = [
        (one.name, one.format, one.requestable, one.schedulable, "yes" if one.name in made else "") for one in found
    ]
    heads = ("TYPE", "FORMAT", "REQUEST", "SCHEDULE", "MADE HERE")
    shown = listing(heads, rows) if rows else f"No report type has {text!r} in its name or category."
    call.screen.answer([_report_type(one, made=one.name in made) for one in found], shown)


def _report_type(one: ReportType, *, made: bool) -> dict[str, object]:
    return {
        "reportType": one.name,
        "category": one.category,
        "format": one.format,
        "requestable": one.requestable,
        "schedulable": one.schedulable,
        "scheduleGroup": one.schedule_group,
        "options": one.options,
        "madeHere": made,
    }
