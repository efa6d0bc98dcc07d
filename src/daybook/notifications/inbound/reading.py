"""What a notification says, whichever of the known shapes it has. Nothing of it is believed: it is a hint.

Sources: seed 002 (Walmart's `source` and `payload`); Walmart's pages for suppliers (vendorId in the place of partnerId;
a feed's status under the event type of a report's) and its guide (`event`, `requestId`, `status` at the top); Amazon's
model `ReportProcessingFinishedNotification`, by itself or in EventBridge's `detail`; Standard Webhooks 1.0.0. What a
body is goes by the members that it has, not by its event type alone. No order of its times is assumed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import msgspec

from daybook.kernel.charsets import storable
from daybook.kernel.errors import InvalidInput
from daybook.shapes import decode

LONGEST = 500
"""Characters of a member that are kept of what nobody has vouched for."""
_EVENT_ID, _EVENT_TYPE, _WEBHOOK_ID = "x-event-id", "x-event-type", "webhook-id"

Members = Mapping[str, Any]
Headers = Mapping[str, str]


class Shape(StrEnum):
    """The shapes that are known."""

    WALMART = "walmart"
    WALMART_SUPPLIER = "walmart-supplier"
    WALMART_GUIDE = "walmart-guide"
    WALMART_FEED = "walmart-feed"
    AMAZON = "amazon"
    STANDARD = "standard"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a body says, in its own words; what it does not say is empty.

    `event_id` is never empty: without one of its own, an event is known by the digest of its body. `subject` is
    `report` or `feed`, or what the body calls it.
    """

    shape: Shape
    event_id: str
    event_type: str = ""
    event_time: str = ""
    subject: str = ""
    subject_id: str = ""
    status: str = ""
    report_type: str = ""
    seller: str = ""
    description: str = ""


def read(body: bytes, headers: Headers) -> Reading:
    """What the body says; `headers` has its names in lower case. Raises InvalidInput where it is no JSON object."""
    try:
        content = decode(body, object)
    except msgspec.DecodeError as error:
        raise InvalidInput("The body is not JSON.", str(error)[:LONGEST]) from error
    if not isinstance(content, dict):
        raise InvalidInput("The body is not a JSON object.")
    known = _amazon(content) or _walmart(content) or _guide(content, headers) or _standard(content, headers)
    reading = known or Reading(Shape.UNKNOWN, _text(headers, _EVENT_ID), _text(headers, _EVENT_TYPE))
    return reading if reading.event_id else replace(reading, event_id=f"sha256:{hashlib.sha256(body).hexdigest()}")


def _walmart(content: Members) -> Reading | None:
    source, payload = content.get("source"), content.get("payload")
    if not isinstance(source, dict) or not isinstance(payload, dict):
        return None
    about = {
        "event_id": _text(source, "eventId"),
        "event_type": _text(source, "eventType"),
        "event_time": _text(source, "eventTime"),
        "seller": _text(payload, "partnerId") or _text(payload, "vendorId"),
        "description": _text(payload, "errorDescription"),
    }
    if "requestId" not in payload and "feedId" in payload:
        subject_id, status = _text(payload, "feedId"), _text(payload, "feedStatus")
        return Reading(Shape.WALMART_FEED, subject="feed", subject_id=subject_id, status=status, **about)
    if "requestId" not in payload:
        return Reading(Shape.UNKNOWN, **about)
    supplier = "vendorId" in payload and "partnerId" not in payload
    return Reading(
        Shape.WALMART_SUPPLIER if supplier else Shape.WALMART,
        subject="report",
        subject_id=_text(payload, "requestId"),
        status=_text(payload, "requestStatus"),
        report_type=_text(payload, "reportType"),
        **about,
    )


def _guide(content: Members, headers: Headers) -> Reading | None:
    """Its downloadUrl is passed over: whoever could write one here could have anything fetched."""
    if "requestId" not in content or not ("event" in content or _EVENT_TYPE in headers):
        return None
    error = content.get("error")
    return Reading(
        Shape.WALMART_GUIDE,
        event_id=_text(headers, _EVENT_ID) or _text(content, "eventId"),
        event_type=_text(content, "event") or _text(headers, _EVENT_TYPE),
        event_time=_text(content, "eventTime") or _text(content, "timestamp"),
        subject="report",
        subject_id=_text(content, "requestId"),
        status=_text(content, "status"),
        report_type=_text(content, "reportType"),
        description=_said(error) if isinstance(error, dict) else "",
    )


def _amazon(content: Members) -> Reading | None:
    message = content if "notificationType" in content else content.get("detail")
    if not isinstance(message, dict) or "notificationType" not in message:
        return None
    about = _within(message, "notificationMetadata")
    report = _within(_within(message, "payload"), "reportProcessingFinishedNotification")
    return Reading(
        Shape.AMAZON,
        event_id=_text(about, "notificationId"),
        event_type=_text(message, "notificationType"),
        event_time=_text(message, "eventTime"),
        subject="report" if report else "",
        subject_id=_text(report, "reportId"),
        status=_text(report, "processingStatus"),
        report_type=_text(report, "reportType"),
        seller=_text(report, "sellerId") or _text(report, "accountId"),
    )


def _standard(content: Members, headers: Headers) -> Reading | None:
    data = content.get("data")
    if not isinstance(content.get("type"), str) or not isinstance(data, dict):
        return None
    return Reading(
        Shape.STANDARD,
        event_id=_text(headers, _WEBHOOK_ID),
        event_type=_text(content, "type"),
        event_time=_text(content, "timestamp"),
        subject=_one_of(_text(data, "resource").lower()),
        subject_id=_text(data, "resourceId"),
        status=_text(data, "processingStatus"),
        report_type=_text(data, "reportType"),
        seller=_text(data, "sellerId"),
        description=_text(data, "errorDescription"),
    )


def _one_of(resources: str) -> str:
    """`report` of reports, `batch` of batches; what has no plural as it is."""
    return resources.removesuffix("es") if resources.endswith("ches") else resources.removesuffix("s")


def _within(content: Members, name: str) -> Members:
    inner = content.get(name)
    return inner if isinstance(inner, dict) else {}


def _text(content: Members, name: str) -> str:
    """A member as text: ids are opaque, and some send numbers. Anything else, a list or an object, is none."""
    value = content.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return storable(str(value)[:LONGEST])


def _said(error: Members) -> str:
    return " ".join(text for name in ("code", "message", "description") if (text := _text(error, name)))
