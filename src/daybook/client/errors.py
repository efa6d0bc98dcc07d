"""Every error that the client raises, beside InvalidInput (what the caller gave cannot be) and Unavailable (no answer).

DaybookError
├── Refused                       the server said no: `status`, `error`, `details`, `request_id`
│   ├── AccessDenied              401 or 403, after one fresh token where the old one had expired
│   ├── NoSuchThing               404
│   ├── Throttled                 429, after the retries
│   └── ServerFailed              500 and above, after the retries
├── WrongAnswer                   an answer that the contract does not allow
├── UncertainRequest              whether the server made the report is not known; nothing was asked for twice
├── StillWaiting                  the deadline has passed; the report goes on and can be resumed by its id
├── ReportNotDone                 the report ended without data: `report`, `evidence`
│   ├── ReportCancelled
│   │   ├── CancelledByRequest    we cancelled it
│   │   ├── NoData                it was processed, and there was nothing to report
│   │   ├── AskedTooSoon          the same was asked for shortly before
│   │   └── CancelledUnexplained  nothing known tells why
│   └── ReportFatal               `explanation` is what its document says
└── DocumentFault
    ├── DocumentCut               fewer bytes came than there are
    ├── DocumentCorrupt           gzip that cannot be unpacked
    ├── DocumentChanged           another try gave other bytes
    ├── UndecodableText           bytes that are no text in the charset: `offset`, `charset`
    └── MalformedRow              cells that do not fit the header: `row`
"""

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from daybook.client.answers import Report
from daybook.contract.errors import ErrorList
from daybook.kernel.errors import DaybookError
from daybook.shapes import decode

_SHOWN = 200
_FAILED = 500


class Refused(DaybookError):
    """The server answered, and its answer is not success.

    `status` is HTTP's, `error` the code of the first error in the body (empty where there is none), `request_id` what
    to name when asking the server's operator. `after_lost` tells that an earlier try of the same call brought no
    answer, so that the server may have acted on it.
    """

    code = "Refused"
    after_lost = False

    def __init__(self, status: int, error: str, message: str, details: str = "", request_id: str = "") -> None:
        super().__init__(message, details)
        self.status = status
        self.error = error
        self.request_id = request_id


class AccessDenied(Refused):
    """The credentials, the role or the token do not allow it. A fresh token was tried where the old one had expired."""

    code = "AccessDenied"


class NoSuchThing(Refused):
    """There is none of that id for this seller."""

    code = "NoSuchThing"


class Throttled(Refused):
    """Too often, and still so after the retries: the type may have a limit of its own."""

    code = "Throttled"


class ServerFailed(Refused):
    """The server could not, and still cannot after the retries."""

    code = "ServerFailed"


class WrongAnswer(DaybookError):
    """The server answered success with something that the contract does not allow."""

    code = "WrongAnswer"


class UncertainRequest(DaybookError):
    """createReport's answer was lost, and getReports does not tell whether the report was made.

    Nothing was asked for again. A client with a journal takes the request up where it stands.
    """

    code = "UncertainRequest"


class StillWaiting(DaybookError):
    """The deadline has passed before the reports of `report_ids` ended. They go on."""

    code = "StillWaiting"

    def __init__(self, report_ids: Sequence[str], details: str) -> None:
        super().__init__(f"Not ended in time: report {', '.join(report_ids)}.", details)
        self.report_ids = tuple(report_ids)


class ReportNotDone(DaybookError):
    """The report has ended, and there are no data. `evidence` says how that is known."""

    code = "ReportNotDone"
    told: ClassVar[str] = "ended without data"

    def __init__(self, report: Report, evidence: str) -> None:
        super().__init__(f"Report {report.reportId} {self.told}.", evidence)
        self.report = report
        self.evidence = evidence


class ReportCancelled(ReportNotDone):
    """CANCELLED; the kinds below say why."""

    code = "ReportCancelled"
    told = "was cancelled"


class CancelledByRequest(ReportCancelled):
    """This client, or one with the same journal, cancelled it."""

    code = "CancelledByRequest"
    told = "was cancelled as we asked"


class NoData(ReportCancelled):
    """It was processed and there was nothing to report. Asking again at once would find the same."""

    code = "NoData"
    told = "found no data"


class AskedTooSoon(ReportCancelled):
    """The same was asked for so shortly before that the server gives no new one yet."""

    code = "AskedTooSoon"
    told = "was asked for too soon after another"


class CancelledUnexplained(ReportCancelled):
    """Cancelled before it began, and not by us: by another application, or for a reason that nothing tells."""

    code = "CancelledUnexplained"
    told = "was cancelled, and nothing tells why"


class ReportFatal(ReportNotDone):
    """FATAL. `explanation` is what its document says; empty where there is none."""

    code = "ReportFatal"
    told = "failed"

    def __init__(self, report: Report, evidence: str, explanation: str = "") -> None:
        super().__init__(report, evidence)
        self.explanation = explanation


class DocumentFault(DaybookError):
    """What came is not the document, whole."""

    code = "DocumentFault"


class DocumentCut(DocumentFault):
    """The transfer, or the gzip in it, ended before its end."""

    code = "DocumentCut"


class DocumentCorrupt(DocumentFault):
    """The gzip cannot be unpacked, or its check sum is wrong."""

    code = "DocumentCorrupt"


class DocumentChanged(DocumentFault):
    """A transfer that was begun anew gave other bytes than the first."""

    code = "DocumentChanged"


class UndecodableText(DocumentFault):
    """The byte at `offset` of the unpacked document begins nothing that is text in `charset`."""

    code = "UndecodableText"

    def __init__(self, message: str, details: str, charset: str, offset: int) -> None:
        super().__init__(message, details)
        self.charset = charset
        self.offset = offset


class MalformedRow(DocumentFault):
    """The row (1 is the header, an empty line is none) has more cells than the header, or its quotes do not close."""

    code = "MalformedRow"

    def __init__(self, row: int, message: str, details: str = "") -> None:
        super().__init__(message, details)
        self.row = row


class OAuthError(msgspec.Struct):
    """How a token endpoint refuses (RFC 6749, 5.2)."""

    error: str
    error_description: str = ""


_KINDS = {401: AccessDenied, 403: AccessDenied, 404: NoSuchThing, 429: Throttled}


def refusal(status: int, body: bytes, request_id: str = "") -> Refused:
    """The error that an unsuccessful answer tells of, whatever stands in its body: JSON, HTML or nothing."""
    kind = ServerFailed if status >= _FAILED else _KINDS.get(status, Refused)
    try:
        first = decode(body, ErrorList).errors[0]
    except (msgspec.DecodeError, IndexError):
        text = body[:_SHOWN].decode(errors="replace").strip()
        return kind(status, "", f"The server answered {status}.", text, request_id)
    return kind(status, first.code, first.message, first.details, request_id)


_GRANT_HINTS = {
    "invalid_grant": "See the refresh token: it may be another application's, or its authorisation was revoked.",
    "invalid_client": "See the client id and the client secret.",
}


def grant_refusal(status: int, body: bytes) -> Refused:
    """The error that a token endpoint's answer tells of."""
    try:
        told = decode(body, OAuthError)
    except msgspec.DecodeError:
        return refusal(status, body)
    kind = ServerFailed if status >= _FAILED else AccessDenied
    return kind(status, told.error, told.error_description or told.error, _GRANT_HINTS.get(told.error, ""))
