"""The nine operations of the Reports API v2021-06-30, and the download of a document."""

import ssl
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar
from urllib.parse import quote, urlsplit

import httpx2
import msgspec

from daybook.client.errors import Refused, refusal
from daybook.client.tokens import Tokens
from daybook.contract import operations
from daybook.contract import reports as wire
from daybook.contract.operations import Operation
from daybook.contract.times import emit_optional
from daybook.kernel.clock import Clock, system_clock
from daybook.kernel.errors import Unavailable

A = TypeVar("A")

EXPIRED = "The access token you provided has expired."
_GZIP = b"\x1f\x8b"
_FORBIDDEN = 403
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


class Exchange(NamedTuple):
    """A request that was answered. The path has no query: a link's holds a secret."""

    method: str
    path: str
    status: int


class ReportsClient:
    """Calls one server for one application and seller. Close it when done, or use it in a `with` block.

    Every method raises Refused where the server says no, and Unavailable where it does not answer. An access token is
    asked for when needed, and once more where the server says that it has expired. Nothing else is tried again.
    `heard` is told of every answer. A server on this machine is not looked for behind the environment's proxies.
    """

    def __init__(
        self,
        endpoint: str,
        token_endpoint: str,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        *,
        verify: ssl.SSLContext | bool = True,
        clock: Clock = system_clock,
        heard: Callable[[Exchange], None] | None = None,
    ) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._heard = heard
        self._http = httpx2.Client(
            verify=verify,
            timeout=60.0,
            headers={"User-Agent": "daybook"},
            event_hooks={"response": [self._tell]},
            trust_env=urlsplit(endpoint).hostname not in _THIS_MACHINE,
        )
        credentials = {"client_id": client_id, "client_secret": client_secret, "refresh_token": refresh_token}
        self._tokens = Tokens(self._post_form, token_endpoint, credentials, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives back the connections."""
        self._http.close()

    def token(self) -> str:
        """The access token that the next call would show."""
        return self._tokens.current()

    def get_reports(
        self,
        report_types: Sequence[str] = (),
        *,
        statuses: Sequence[wire.ProcessingStatus] = (),
        marketplace_ids: Sequence[str] = (),
        page_size: int | None = None,
        next_token: str | None = None,
    ) -> wire.GetReportsResponse:
        """A page of reports, newest first; `next_token` goes alone."""
        query = {
            "reportTypes": ",".join(report_types),
            "processingStatuses": ",".join(statuses),
            "marketplaceIds": ",".join(marketplace_ids),
            "pageSize": page_size or "",
            "nextToken": next_token or "",
        }
        return self._call(operations.GET_REPORTS, wire.GetReportsResponse, query=query)

    def create_report(
        self,
        report_type: str,
        marketplace_ids: Sequence[str],
        *,
        options: Mapping[str, str] | None = None,
        data_start: datetime | None = None,
        data_end: datetime | None = None,
    ) -> str:
        """Asks for a report; its id."""
        specification = wire.CreateReportSpecification(
            reportType=report_type,
            marketplaceIds=list(marketplace_ids),
            reportOptions=dict(options) if options else msgspec.UNSET,
            dataStartTime=emit_optional(data_start),
            dataEndTime=emit_optional(data_end),
        )
        return self._call(operations.CREATE_REPORT, wire.CreateReportResponse, body=specification).reportId

    def get_report(self, report_id: str) -> wire.Report:
        """A report as it is now."""
        return self._call(operations.GET_REPORT, wire.Report, {"reportId": report_id})

    def cancel_report(self, report_id: str) -> None:
        """Cancels a report that is still IN_QUEUE."""
        self._call(operations.CANCEL_REPORT, Any, {"reportId": report_id})

    def get_report_schedules(self, report_types: Sequence[str]) -> wire.ReportScheduleList:
        """Every schedule of the types."""
        query = {"reportTypes": ",".join(report_types)}
        return self._call(operations.GET_REPORT_SCHEDULES, wire.ReportScheduleList, query=query)

    def create_report_schedule(
        self,
        report_type: str,
        marketplace_ids: Sequence[str],
        period: wire.Period,
        *,
        options: Mapping[str, str] | None = None,
        next_at: datetime | None = None,
    ) -> str:
        """Makes a schedule, in place of one of the same type and marketplaces; its id."""
        specification = wire.CreateReportScheduleSpecification(
            reportType=report_type,
            marketplaceIds=list(marketplace_ids),
            period=period,
            reportOptions=dict(options) if options else msgspec.UNSET,
            nextReportCreationTime=emit_optional(next_at),
        )
        answer = self._call(operations.CREATE_REPORT_SCHEDULE, wire.CreateReportScheduleResponse, body=specification)
        return answer.reportScheduleId

    def get_report_schedule(self, report_schedule_id: str) -> wire.ReportSchedule:
        """One schedule."""
        path = {"reportScheduleId": report_schedule_id}
        return self._call(operations.GET_REPORT_SCHEDULE, wire.ReportSchedule, path)

    def cancel_report_schedule(self, report_schedule_id: str) -> None:
        """Ends a schedule; the reports it made stay."""
        self._call(operations.CANCEL_REPORT_SCHEDULE, Any, {"reportScheduleId": report_schedule_id})

    def get_report_document(self, report_document_id: str) -> wire.ReportDocument:
        """Where the document can be downloaded, for the next five minutes."""
        path = {"reportDocumentId": report_document_id}
        return self._call(operations.GET_REPORT_DOCUMENT, wire.ReportDocument, path)

    def download(self, document: wire.ReportDocument) -> Iterator[bytes]:
        """The document's content in pieces, unpacked where it is gzip. No token is shown to where it lies."""
        with _answering(document.url), self._http.stream("GET", document.url) as answer:
            if answer.status_code != 200:  # noqa: PLR2004
                raise refusal(answer.status_code, answer.read())
            yield from _unpacked(answer.iter_bytes())

    def _call(
        self,
        operation: Operation,
        answer: type[A],
        path: dict[str, str] | None = None,
        *,
        query: dict[str, Any] | None = None,
        body: msgspec.Struct | None = None,
    ) -> A:
        url = self._endpoint + operation.path.format_map({k: quote(v, safe="") for k, v in (path or {}).items()})
        parameters = {name: value for name, value in (query or {}).items() if value != ""}
        token = self._tokens.current()
        try:
            return self._send(operation, answer, url, parameters, body, token)
        except Refused as refused:
            if refused.status != _FORBIDDEN or refused.details != EXPIRED:
                raise
        self._tokens.expired(token)
        return self._send(operation, answer, url, parameters, body, self._tokens.current())

    def _send(
        self,
        operation: Operation,
        answer: type[A],
        url: str,
        query: dict[str, Any],
        body: msgspec.Struct | None,
        token: str,
    ) -> A:
        headers = {"x-amz-access-token": token, "Accept": "application/json"}
        content = None
        if body is not None:
            headers["Content-Type"], content = "application/json", msgspec.json.encode(body)
        with _answering(url):
            got = self._http.request(operation.method, url, params=query, content=content, headers=headers)
        if got.status_code != operation.success:
            raise refusal(got.status_code, got.content, got.headers.get("x-amzn-RequestId", ""))
        try:
            return msgspec.json.decode(got.content or b"{}", type=answer)
        except msgspec.DecodeError as error:
            raise Unavailable(f"{operation.name} was answered with something else.", f"{url}: {error}") from error

    def _tell(self, answer: httpx2.Response) -> None:
        if self._heard:
            self._heard(Exchange(answer.request.method, answer.request.url.path, answer.status_code))

    def _post_form(self, url: str, form: dict[str, str]) -> tuple[int, bytes]:
        with _answering(url):
            answer = self._http.post(url, data=form)
        return answer.status_code, answer.content


@contextmanager
def _answering(url: str) -> Iterator[None]:
    """Turns a server that does not answer into an error for people; the query of a link is a secret."""
    try:
        yield
    except httpx2.HTTPError as error:
        where = url.partition("?")[0]
        raise Unavailable(f"{where} does not answer.", str(error) or type(error).__name__) from error


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Gzip is told by its first bytes: what a server says of a document is not always so."""
    first = next(pieces, b"")
    if not first.startswith(_GZIP):
        yield first
        yield from pieces
        return
    gzip = zlib.decompressobj(wbits=31)
    yield gzip.decompress(first)
    for piece in pieces:
        yield gzip.decompress(piece)
    yield gzip.flush()
    if not gzip.eof:
        raise Unavailable("The document was cut short on its way.", "Ask getReportDocument for a new link.")
