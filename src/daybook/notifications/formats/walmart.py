"""Walmart's notifications: `source` and `payload`, as its REPORT_STATUS event V1 has them.

Source: seed 002. DONE is READY; FATAL is ERROR; a report that was cancelled is an ERROR that says how it ended, but
for one whose own application cancelled it: of that nothing is sent. Other events have the same two objects, with what
is particular to them in `payload`.
"""

from typing import Any

import msgspec

from daybook.contract.times import emit_milliseconds
from daybook.notifications.news import EndedReport, EventType, News

EVENTS = frozenset(EventType)

_NAMES = {EventType.REPORT_ENDED: "REPORT_STATUS"}
_STATUSES = {"DONE": "READY", "FATAL": "ERROR", "CANCELLED": "ERROR"}
_SILENT = "cancelled_by_request"
_OUTCOMES = {
    "no_data": "The report was cancelled because there was no data for it (no_data).",
    "cancelled_upstream": "The report was cancelled by the marketplace, which did not say why (cancelled_upstream).",
}
_ERROR = "Your report request has resulted in error. Please try creating a new request."


def encode(news: News, subscription_id: str) -> bytes | None:
    """The body as compact JSON; None for a report that its own application cancelled."""
    del subscription_id
    if news.report is not None and news.report.outcome == _SILENT:
        return None
    name = _NAMES.get(news.type) or news.type.replace(".", "_").upper()
    source = {"eventType": name, "eventTime": emit_milliseconds(news.at), "eventId": news.event_id}
    payload = _report(news, news.report) if news.report is not None else _particulars(news)
    return msgspec.json.encode({"source": source, "payload": {"partnerId": news.seller_id} | payload})


def _report(news: News, report: EndedReport) -> dict[str, Any]:
    payload = {
        "requestId": news.resource_id,
        "requestStatus": _STATUSES.get(report.status, report.status),
        "requestSubmissionDate": emit_milliseconds(report.created_at),
        "reportGenerationDate": emit_milliseconds(report.ended_at),
        "reportType": report.report_type,
        "reportVersion": report.version,
    }
    if payload["requestStatus"] == "ERROR":
        payload["errorDescription"] = _description(report)
    return payload


def _description(report: EndedReport) -> str:
    if report.status != "CANCELLED":
        return report.error_description or _ERROR
    outcome = _OUTCOMES.get(report.outcome, f"The report was cancelled ({report.outcome}).")
    return f"{outcome} {report.error_description}".rstrip()


def _particulars(news: News) -> dict[str, Any]:
    return {"resourceName": news.resource, "resourceId": news.resource_id, "sequence": news.sequence, **news.facts}
