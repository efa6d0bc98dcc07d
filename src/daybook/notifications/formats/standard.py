"""Standard Webhooks: `type`, `timestamp` and `data`, which has Amazon's own names for what a report has.

Source: Standard Webhooks 1.0.0, "Payload structure". `timestamp` is when the event happened; it is the same on every
try.
"""

from typing import Any

import msgspec

from daybook.contract.times import emit_milliseconds
from daybook.notifications.news import EndedReport, EventType, News

EVENTS = frozenset(EventType)


def encode(news: News, subscription_id: str) -> bytes | None:
    """The body as compact JSON."""
    del subscription_id
    about = {"sellerId": news.seller_id, "resource": news.resource, "resourceId": news.resource_id}
    told = _report(news.report) if news.report is not None else {}
    data = {**about, "sequence": news.sequence, **told, **news.facts}
    return msgspec.json.encode({"type": news.type.value, "timestamp": emit_milliseconds(news.at), "data": data})


def _report(report: EndedReport) -> dict[str, Any]:
    told = {
        "reportType": report.report_type,
        "reportVersion": report.version,
        "processingStatus": report.status,
        "outcome": report.outcome,
        "errorDescription": report.error_description or None,
        "createdTime": emit_milliseconds(report.created_at),
        "processingEndTime": emit_milliseconds(report.ended_at),
        "reportDocumentId": report.document_id,
        "applicationId": report.application_id,
    }
    return {name: value for name, value in told.items() if value is not None}
