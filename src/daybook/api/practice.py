"""What a practice scenario does to a call: it answers in the operation's place, hides a report, cuts a download.

A handler asks with the report types that it is about. Where no scenario concerns the seller, nothing is looked up.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

from litestar import Response
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send

from daybook.accounts.tokens import EXPIRED
from daybook.api.door import AnyRequest, Call, Door
from daybook.api.errors import INTERNAL, error_body
from daybook.documents.documents import Document
from daybook.documents.links import LIFETIME
from daybook.kernel.errors import QuotaExceeded, Unauthorized
from daybook.reports import reports, schedules
from daybook.reports.reports import Polled
from daybook.reports.scenarios.rules import Rules
from daybook.reports.scenarios.snapshot import Entry, Snapshot
from daybook.store.transaction import Transaction

HTML = """<html>
<head><title>503 Service Temporarily Unavailable</title></head>
<body><center><h1>503 Service Temporarily Unavailable</h1></center></body>
</html>
"""


class Forced(Exception):
    """The call is answered with the status, though nothing is wrong."""

    def __init__(self, status: int) -> None:
        super().__init__(f"A practice scenario answers {status}.")
        self.status = status


def forced(request: AnyRequest, error: Forced) -> Response[bytes]:
    """500 as an error of ours; 503 as something on the way would answer, in HTML."""
    del request
    if error.status == 503:  # noqa: PLR2004
        return Response(HTML.encode(), status_code=503, media_type="text/html")
    return Response(error_body(INTERNAL), status_code=error.status, media_type="application/json")


async def practise(call: Call, *report_types: str) -> None:
    """Returns where the operation is to be served.

    Raises Unauthorized for a token that a scenario lets expire early, QuotaExceeded or Forced where one answers.
    """
    if call.scenarios is None:
        return
    found = (call.scenarios.find(call.seller_id, report_type) for report_type in report_types)
    for entry in {entry.edition: entry for entry in found if entry is not None}.values():
        await _practise(call, entry)


async def _practise(call: Call, entry: Entry) -> None:
    lifetime = entry.scenario.access_token_seconds
    if lifetime is not None and call.token_age >= timedelta(seconds=lifetime):
        raise Unauthorized(EXPIRED)
    if all(answer.operation != call.operation.name for answer in entry.scenario.answers):
        return
    answer = await call.door.write(lambda tx: Rules(tx, entry).forced(call.operation.name, call.seller_id))
    if answer is not None:
        raise QuotaExceeded if answer.status == 429 else Forced(answer.status)  # noqa: PLR2004


async def practise_on_report(call: Call, report_id: str) -> None:
    """As `practise`, for an operation on a report. Raises NotFound where there is none."""
    if call.scenarios is not None:
        report = await call.door.read(lambda tx: reports.find(tx, tx.now, call.seller_id, report_id))
        await practise(call, report.report_type)


async def practise_on_schedule(call: Call, schedule_id: str) -> None:
    """As `practise`, for an operation on a schedule. Raises NotFound where there is none."""
    if call.scenarios is not None:
        schedule = await call.door.read(lambda tx: schedules.find(tx, call.seller_id, schedule_id))
        await practise(call, schedule.report_type)


async def practise_on_found(call: Call, report: Polled) -> None:
    """As `practise`, for getReport. Raises NotFound for a report that is too new to be known."""
    await practise(call, report.report_type)
    entry = _entry(call.scenarios, call.seller_id, report.report_type)
    if entry and call.door.clock() < report.created_at + timedelta(seconds=entry.scenario.unknown_seconds):
        raise reports.missing(report.report_id)


def require_admissible(tx: Transaction, call: Call, report_type: str) -> None:
    """Raises QuotaExceeded where a scenario lets the type be asked for no more."""
    entry = _entry(call.scenarios, call.seller_id, report_type)
    if entry is not None:
        Rules(tx, entry).require_admissible(tx.now, call.seller_id, report_type)


def document_type(tx: Transaction, scenarios: Snapshot | None, document: Document) -> str:
    """The type of the document's report; empty where nobody needs to know."""
    report = tx.report(document.seller_id, document.report_id) if scenarios else None
    return report.report_type if report else ""


async def link_lifetime(call: Call, document: Document, report_type: str) -> timedelta:
    """How long the link that is given out now lives."""
    entry = _entry(call.scenarios, call.seller_id, report_type)
    rule = entry.scenario.link if entry else None
    if entry is None or rule is None:
        return LIFETIME
    subject = f"link {document.document_id}"
    short = await call.door.write(lambda tx: Rules(tx, entry).counted((rule,), subject, call.seller_id))
    return timedelta(seconds=short.seconds) if short else LIFETIME


async def cut_at(door: Door, document: Document, entry: Entry | None, size: int) -> int | None:
    """After how many of so many bytes the download that begins now is cut; None where it is not."""
    rule = entry.scenario.cut if entry else None
    if entry is None or rule is None:
        return None
    subject = f"download {document.document_id}"
    cut = await door.write(lambda tx: Rules(tx, entry).counted((rule,), subject, document.seller_id))
    return int(size * cut.at) if cut else None


def _entry(scenarios: Snapshot | None, seller_id: str, report_type: str) -> Entry | None:
    return scenarios.find(seller_id, report_type) if scenarios else None


class CutShort:
    """An answer that ends before its Content-Length; the HTTP server closes the connection."""

    def __init__(self, pieces: AsyncIterator[bytes], left: int, status: int, headers: Mapping[str, str]) -> None:
        self._pieces = pieces
        self._left = left
        self._status = status
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the beginning of the answer."""
        del scope, receive
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self._headers.items()]
        start: HTTPResponseStartEvent = {"type": "http.response.start", "status": self._status, "headers": headers}
        await send(start)
        async for piece in self._pieces:
            if self._left <= 0:
                return
            body: HTTPResponseBodyEvent = {
                "type": "http.response.body",
                "body": piece[: self._left],
                "more_body": True,
            }
            self._left -= len(piece)
            await send(body)
