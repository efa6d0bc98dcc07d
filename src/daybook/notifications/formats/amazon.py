"""Amazon's REPORT_PROCESSING_FINISHED, version 2020-09-04, as its queues deliver it.

Source: Amazon's model `ReportProcessingFinishedNotification`. It is sent for DONE, CANCELLED and FATAL alike. A seller
has one id here, which stands as `sellerId` and, for readers that insist on it, as `accountId`.
"""

import msgspec

from daybook.contract.times import emit_milliseconds
from daybook.notifications.news import EventType, News

EVENTS = frozenset({EventType.REPORT_ENDED})

_VERSION = "2020-09-04"


def encode(news: News, subscription_id: str) -> bytes | None:
    """The body as compact JSON; None for whatever is not a report that ended."""
    if news.report is None:
        return None
    report = {
        "sellerId": news.seller_id,
        "accountId": news.seller_id,
        "reportId": news.resource_id,
        "reportType": news.report.report_type,
        "processingStatus": news.report.status,
    }
    if news.report.document_id is not None:
        report["reportDocumentId"] = news.report.document_id
    about = {
        "applicationId": news.report.application_id or "",
        "subscriptionId": subscription_id,
        "publishTime": emit_milliseconds(news.at),
        "notificationId": news.event_id,
    }
    message = {
        "notificationVersion": _VERSION,
        "notificationType": "REPORT_PROCESSING_FINISHED",
        "payloadVersion": _VERSION,
        "eventTime": emit_milliseconds(news.at),
        "payload": {"reportProcessingFinishedNotification": report},
        "notificationMetadata": about,
    }
    return msgspec.json.encode(message)
