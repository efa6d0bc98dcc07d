"""Why a report ended without data: the reason, and how it is known.

Of CANCELLED the contract tells no reason. What tells them apart:

    our own cancelReport of it succeeded             CancelledByRequest
    the same was asked for shortly before            AskedTooSoon
    its processing had begun                         NoData: only a report in the queue can be cancelled by request
    else                                             CancelledUnexplained

FATAL tells its reason in a document, where it has one. Asked too soon once more is a FATAL without; so what was asked
for shortly before is told with it, for the types of which that is known to matter.
"""

from datetime import UTC, datetime, timedelta

import msgspec

from daybook.client.answers import Report
from daybook.client.documents.documents import Documents
from daybook.client.errors import (
    AskedTooSoon,
    CancelledByRequest,
    CancelledUnexplained,
    DocumentFault,
    NoData,
    Refused,
    ReportCancelled,
    ReportFatal,
    WrongAnswer,
)
from daybook.client.operations import Operations
from daybook.client.report_types import report_type
from daybook.client.requests.journal import Journal
from daybook.client.requests.waiting import Ended
from daybook.kernel.errors import Unavailable

SUSPICIOUS = timedelta(minutes=30)
"""After how short a time another report is suspected of standing in the way, where the type has no known rule."""
MOST_OF_AN_EXPLANATION = 64 * 1024
"""Bytes of a FATAL report's document that are read."""
NO_EXPLANATION = "no explanation document supplied"

_REASONS = ("errorDetails", "reportRequestError")
_NOT_TAKEN = frozenset({"CANCELLED", "FATAL"})


class Endings:
    """Tells how a seller's reports ended."""

    def __init__(self, seller: str, operations: Operations, documents: Documents, journal: Journal) -> None:
        self._seller = seller
        self._operations = operations
        self._documents = documents
        self._journal = journal

    async def explain(self, ended: Ended) -> ReportCancelled | ReportFatal | None:
        """The error that the end comes to; None where the report is DONE. Raises WrongAnswer for DONE with nothing."""
        report = ended.report
        if report.processingStatus == "FATAL":
            return await self._fatal(ended)
        if report.processingStatus == "CANCELLED":
            return await self._cancelled(ended)
        if not report.document_id:
            raise WrongAnswer(f"Report {report.reportId} is DONE without a document.", "DONE means that there is one.")
        return None

    async def _fatal(self, ended: Ended) -> ReportFatal:
        report = ended.report
        if not report.document_id:
            return ReportFatal(report, await self._unexplained(ended))
        try:
            content = await self._documents.beginning(report, MOST_OF_AN_EXPLANATION)
        except (Refused, Unavailable, WrongAnswer, DocumentFault) as error:
            return ReportFatal(report, f"its document {report.document_id} cannot be read: {error}")
        explanation = explained(content)
        return ReportFatal(report, explanation, explanation)

    async def _unexplained(self, ended: Ended) -> str:
        """What can be said of a failure that has no document."""
        rule = report_type(ended.part.report_type).again_after
        earlier = await self._earlier(ended, rule) if rule else None
        return f"{NO_EXPLANATION}. {_so_soon(earlier, ended.report, rule)}" if earlier else NO_EXPLANATION

    async def _cancelled(self, ended: Ended) -> ReportCancelled:
        report = ended.report
        ours = self._journal.cancellation(self._seller, report.reportId)
        if ours is not None:
            return CancelledByRequest(report, f"cancelReport succeeded at {ours.at} (request id {ours.requestId}).")
        began = ended.began or report.started_at is not None
        rule = report_type(ended.part.report_type).again_after
        if rule is not None or not began:
            earlier = await self._earlier(ended, rule or SUSPICIOUS)
            if earlier is not None:
                return AskedTooSoon(report, _so_soon(earlier, report, rule))
        if began:
            since = f"at {report.processingStartTime}" if report.processingStartTime else "and was seen in progress"
            return NoData(report, f"Its processing began {since}, and then nothing can cancel it but a lack of data.")
        return CancelledUnexplained(report, "It was cancelled before its processing began, and not by this client.")

    async def _earlier(self, ended: Ended, window: timedelta) -> Report | None:
        """The newest report of the same that was asked for within the window before, by whomever, and was taken."""
        report = ended.report
        before = self._operations.reports(
            [ended.part.report_type], created_since=_before(report.created_at, window), created_until=report.created_at
        )
        try:
            async for other in before:
                if other.reportId != report.reportId and _taken(other, report):
                    return other
        except (Refused, Unavailable, WrongAnswer):
            return None  # what getReports would tell is a hint, and no more
        return None


def explained(content: bytes) -> str:
    """What a FATAL report's document says: its errorDetails, its reportRequestError, or the whole of it."""
    text = content.decode("utf-8-sig", errors="backslashreplace").strip()
    try:
        told = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
    reasons = [told.get(name) for name in _REASONS] if isinstance(told, dict) else []
    return next((str(reason) for reason in reasons if reason), text)


def _before(at: datetime, window: timedelta) -> datetime:
    """So long before; at the beginning of all time, where there is no such instant."""
    return max(at, datetime.min.replace(tzinfo=UTC) + window) - window


def _taken(other: Report, report: Report) -> bool:
    """Whether the other is of the same marketplaces and got further than this one."""
    same = set(other.marketplaceIds or ()) == set(report.marketplaceIds or ())
    return same and other.processingStatus not in _NOT_TAKEN


def _so_soon(earlier: Report, report: Report, rule: timedelta | None) -> str:
    seconds = (report.created_at - earlier.created_at).total_seconds()
    known = f"the type allows one in {rule.total_seconds() / 60:.0f} minutes" if rule else "which is a likely reason"
    return f"Report {earlier.reportId} of the same was asked for {seconds:.0f} seconds before; {known}."
