"""What Walmart's answers about a report mean, in the words of notifications/inbound/asking.py.

200 with a requestStatus      READY, ERROR, or any other word: it goes on
200 that cannot be read       as if away: another report may be told better
400                           this one cannot be told; why is shown
401, 403                      the credentials are not good, for no report
404                           it knows no such report
429, 500 and above            away
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from daybook.client.calls.retries import retry_after
from daybook.client.wire.messages import SUCCESS, Incoming
from daybook.notifications.inbound.asking import Answer, Away, NotKnown, Told
from daybook.notifications.inbound.status import FollowedStatus
from daybook.shapes import decode

THROTTLED_FOR = 60.0
"""Seconds for which nothing is asked after 429: Walmart promises no Retry-After, and gives calls back bit by bit."""
_UNKNOWN, _TOO_OFTEN, _WRONG = 404, 429, 400
_WORDS = {"READY": FollowedStatus.READY, "ERROR": FollowedStatus.FAILED}
_SHOWN = 300


class Request(msgspec.Struct):
    """A report request, as GET /v3/reports/reportRequests/{requestId} tells it."""

    requestStatus: str  # noqa: N815  Walmart's word
    requestId: str = ""  # noqa: N815
    reportType: str = ""  # noqa: N815
    errorDescription: str = ""  # noqa: N815


class Download(msgspec.Struct):
    """Where it can be downloaded, as GET /v3/reports/downloadReport tells it."""

    downloadURL: str  # noqa: N815
    downloadURLExpirationTime: str = ""  # noqa: N815


def told(report_id: str, got: Incoming) -> Answer:
    """How it is with the report."""
    if got.status == _UNKNOWN:
        return NotKnown(f"Walmart knows no such report. {words(got.body)}".strip())
    if got.status == _TOO_OFTEN:
        return Away("Walmart answered 429: too many calls.", retry_after(got.headers) or THROTTLED_FOR)
    if got.status not in SUCCESS:
        said = f"Walmart answered {got.status}. {words(got.body)}".strip()
        return Away(said, retry_after(got.headers), whole=got.status != _WRONG)
    try:
        request = decode(got.body, Request)
    except msgspec.DecodeError as error:
        return Away(f"Walmart's answer cannot be read: {error}.", whole=False)
    if request.requestId not in ("", report_id):
        return Away(f"Walmart answered about another report: {request.requestId[:_SHOWN]}.", whole=False)
    status = _WORDS.get(request.requestStatus, FollowedStatus.WAITING)
    return Told(status, request.requestStatus, request.reportType, request.errorDescription)


def words(body: bytes) -> str:
    """What an error says; Walmart writes errors in several shapes, and sometimes none."""
    try:
        content = decode(body, object)
    except msgspec.DecodeError:
        return ""
    listed = content.get("errors") or content.get("error") if isinstance(content, dict) else None
    first = listed[0] if isinstance(listed, list) and listed else listed
    return _sentence(first)[:_SHOWN] if isinstance(first, Mapping) else ""


def _sentence(error: Mapping[str, Any]) -> str:
    parts = (error.get(name) for name in ("code", "description", "message", "info"))
    return " ".join(dict.fromkeys(part for part in parts if isinstance(part, str) and part))
