"""What an endpoint's answers tell of a report, in the shape of daybook.reports.as_json; what they do not is None."""

from datetime import UTC, datetime
from typing import Any

from msgspec import UNSET, UnsetType, to_builtins

from daybook.cli.reports.places import Sight, Told
from daybook.client.answers import ExplainedReport, Report
from daybook.client.errors import (
    AskedTooSoon,
    CancelledByRequest,
    CancelledUnexplained,
    NoData,
    ReportFatal,
    ReportNotDone,
)
from daybook.client.requests.requests import Part
from daybook.client.requests.waiting import Look
from daybook.reports.as_json import iso
from daybook.reports.status import SENTENCES, Outcome, Status

OUTCOMES: dict[type[ReportNotDone], Outcome | None] = {
    NoData: Outcome.NO_DATA,
    CancelledByRequest: Outcome.CANCELLED_BY_REQUEST,
    AskedTooSoon: Outcome.TOO_SOON,
    CancelledUnexplained: None,
    ReportFatal: Outcome.FAILED,
}
"""What the client's kinds of ends are called in a report's outcome."""
_MEANINGS: dict[str, str] = {word.value: sentence for word, sentence in SENTENCES.items()}


def report(seller: str, one: Report, explained: ExplainedReport | None = None) -> Told:
    """A report."""
    return {
        "sellerId": seller or None,
        "reportId": one.reportId,
        "reportType": one.reportType,
        "status": one.processingStatus,
        "outcome": _known(explained, "outcome") or (Outcome.DATA if one.processingStatus == Status.DONE else None),
        "evidence": _known(explained, "evidence"),
        "marketplaceIds": one.marketplaceIds or [],
        "reportOptions": _known(explained, "reportOptions"),
        "dataStartTime": iso(one.data_start),
        "dataEndTime": iso(one.data_end),
        "createdAt": iso(one.created_at),
        "startedAt": iso(one.started_at),
        "finishedAt": iso(one.ended_at),
        "attempts": _known(explained, "attempts"),
        "reportScheduleId": one.reportScheduleId or None,
        "clientId": _known(explained, "clientId"),
        "reportDocumentId": one.document_id or None,
    }


def warnings_of(explained: ExplainedReport | None) -> list[str]:
    """With what the report was taken: the rules of its type that it breaks."""
    history = explained.history if explained else []
    return [str(one) for step in history if step.evidence for one in step.evidence.get("warnings", ())]


def just_asked(part: Part) -> Report:
    """A report that the endpoint has taken, and does not show yet."""
    return Report(
        reportId=part.report_id,
        reportType=part.report_type,
        createdTime=part.asked_at.isoformat(timespec="seconds"),
        processingStatus=Status.IN_QUEUE,
        marketplaceIds=list(part.marketplace_ids),
    )


def first_sight(part: Part) -> Sight:
    """What is known before the first look."""
    waited = (datetime.now(UTC) - part.asked_at).total_seconds()
    return Sight(part.report_id, "", max(0.0, waited))


def whole(seller: str, one: Report, explained: ExplainedReport | None) -> Told:
    """A report with all that the endpoint tells of it."""
    told = report(seller, one, explained) | nothing_more(one)
    if explained is None:
        return told
    raw = to_builtins(explained)
    return told | {
        "statusMeaning": explained.statusMeaning,
        "outcomeMeaning": raw.get("outcomeMeaning"),
        "waiting": _WAITING | raw["waiting"] if "waiting" in raw else None,
        "document": _document(raw["document"]) if "document" in raw else None,
        "history": [_step(step) for step in raw["history"]],
    }


def nothing_more(one: Report) -> Told:
    """What stands where an endpoint tells no more than the contract has: the meaning of the status, and no history."""
    meaning = _MEANINGS.get(one.processingStatus)
    return {"statusMeaning": meaning, "outcomeMeaning": None, "waiting": None, "document": None, "history": []}


def ended(told: Told, error: ReportNotDone) -> Told:
    """A report that ended without data, as the client found out why, unless the endpoint has told."""
    kind = next((known for known in OUTCOMES if isinstance(error, known)), ReportNotDone)
    explanation = error.explanation if isinstance(error, ReportFatal) else ""
    return told | {
        "outcome": told["outcome"] or OUTCOMES.get(kind),
        "evidence": told["evidence"] or error.evidence,
        "explanation": explanation or None,
    }


def sight(look: Look, explained: ExplainedReport | None) -> Sight:
    """How it is with a report that is waited for: by the endpoint's own word, or else by the client's experience."""
    why = explained.waiting if explained else UNSET
    usual = look.usual
    if isinstance(why, UnsetType):
        p50, p95 = (usual.p50, usual.p95) if usual else (None, None)
        return Sight(look.report_id, look.status, look.age, p50, p95)
    known = usual if isinstance(why.usualInAll, UnsetType) else why.usualInAll
    p50, p95 = (known.p50, known.p95) if known else (None, None)
    return Sight(look.report_id, look.status, why.waitedSeconds, p50, p95, why.sentence)


_WAITING: Told = {
    "sentence": "",
    "place": 0,
    "stalled": False,
    "blockedBy": None,
    "nextRunTime": None,
    "expectedEndTime": None,
    "waitedSeconds": 0.0,
    "usualInQueue": None,
    "usualInProgress": None,
    "usualInAll": None,
    "failures": 0,
}


def _step(step: Told) -> Told:
    return {
        "from": step.get("fromStatus"),
        "to": step["toStatus"],
        "actor": step["actor"],
        "at": step["time"],
        "evidence": step.get("evidence", {}),
    }


def _document(document: Told) -> Told:
    expires = document.pop("expirationTime")
    return {"compression": None, **document, "expiresAt": expires}


def _known(explained: ExplainedReport | None, name: str) -> Any:
    value = getattr(explained, name, UNSET)
    return None if value is UNSET else value
