"""A report, its ledger and what it waits for, as JSON has them: on the command line and in support packs."""

from datetime import datetime

from daybook.activity import Event
from daybook.documents.documents import Document
from daybook.reports.reports import Report
from daybook.reports.status import SENTENCES
from daybook.reports.waiting import Usual, Waiting

Json = dict[str, object]


def iso(at: datetime | None) -> str | None:
    """An instant."""
    return None if at is None else at.isoformat()


def report(one: Report) -> Json:
    """A report; what is not known of it is null."""
    return {
        "sellerId": one.seller_id,
        "reportId": one.report_id,
        "reportType": one.report_type,
        "status": one.status,
        "outcome": one.outcome,
        "evidence": one.evidence,
        "marketplaceIds": one.marketplace_ids,
        "reportOptions": one.options,
        "dataStartTime": iso(one.data_start),
        "dataEndTime": iso(one.data_end),
        "createdAt": iso(one.created_at),
        "startedAt": iso(one.started_at),
        "finishedAt": iso(one.finished_at),
        "attempts": one.attempts,
        "reportScheduleId": one.schedule_id,
        "clientId": one.client_id,
        "reportDocumentId": one.document_id,
    }


def explained(one: Report, document: Document | None, why: Waiting | None, history: list[Event]) -> Json:
    """A report, whole."""
    return report(one) | {
        "statusMeaning": SENTENCES[one.status],
        "outcomeMeaning": SENTENCES[one.outcome] if one.outcome else None,
        "waiting": waiting(why) if why else None,
        "document": of_document(document) if document else None,
        "history": [event(line) for line in history],
    }


def waiting(why: Waiting) -> Json:
    """Why a report has not ended."""
    return {
        "sentence": why.sentence,
        "place": why.place,
        "stalled": why.stalled,
        "blockedBy": why.blocked_by,
        "nextRunTime": iso(why.next_run_at),
        "expectedEndTime": iso(why.expected_at),
        "waitedSeconds": why.waited,
        "usualInQueue": usual(why.in_queue),
        "usualInProgress": usual(why.in_progress),
        "usualInAll": usual(why.in_all),
        "failures": why.failures,
    }


def usual(one: Usual | None) -> Json | None:
    """How long reports of the type take, in seconds."""
    return None if one is None else {"p50": one.p50, "p95": one.p95, "p99": one.p99, "reports": one.reports}


def of_document(document: Document) -> Json:
    """What is known of a document besides its bytes."""
    return {
        "reportDocumentId": document.document_id,
        "contentType": document.content_type,
        "compression": document.compression,
        "size": document.size,
        "contentSize": document.content_size,
        "sha256": document.sha256,
        "expiresAt": iso(document.expires_at),
    }


def event(line: Event) -> Json:
    """One line of the ledger."""
    return {
        "from": line.from_status,
        "to": line.to_status,
        "actor": line.actor,
        "at": iso(line.at),
        "evidence": line.evidence,
    }
