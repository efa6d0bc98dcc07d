"""A server that answers what a test has written for it, and keeps what it was asked."""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from daybook.contract.events import EVENTS
from daybook.contract.operations import OPERATIONS
from tests.client.virtual import VirtualTime

ENDPOINT = "https://reports.example"
TOKENS = "https://tokens.example/auth/o2/token"
RESTRICTED = "https://restricted.example/tokens/2021-03-01/restrictedDataToken"
STORE = "https://store.example"
LINK = f"{STORE}/%2FNinetyDays/doc-1?X-Amz-Signature=secret&X-Amz-Expires=300"

Answer = httpx2.Response | Exception
Script = Answer | Callable[[httpx2.Request], Answer]


@dataclass(frozen=True)
class Asked:
    """A request that came in, and when."""

    operation: str
    at: float
    request: httpx2.Request

    @property
    def token(self) -> str:
        """The token that it shows."""
        return str(self.request.headers.get("x-amz-access-token", ""))

    @property
    def body(self) -> Any:
        """Its body, from JSON."""
        return json.loads(self.request.content)

    @property
    def query(self) -> dict[str, str]:
        """Its query; each name is there once."""
        return {name: value for name, [value] in parse_qs(self.request.url.query.decode()).items()}


@dataclass
class Server:
    """Answers each operation with the scripts given for it, one after the other; the last one stays.

    An operation without a script, the token endpoint included, is answered as a server would that has one report.
    """

    time: VirtualTime
    asked: list[Asked] = field(default_factory=list)
    travel: float = 0.0
    """Seconds that each request and each answer is on its way."""
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  the same in every run
    """What its clients take for chance."""
    _scripts: defaultdict[str, list[Script]] = field(default_factory=lambda: defaultdict(list))

    def on(self, operation: str, *scripts: Script) -> None:
        """What the operation's next calls are answered with."""
        self._scripts[operation] = list(scripts)

    def of(self, *operations: str) -> list[Asked]:
        """What the operations were asked."""
        return [one for one in self.asked if one.operation in operations]

    def count(self, operation: str) -> int:
        """How often it was called."""
        return len(self.of(operation))

    def transport(self) -> httpx2.MockTransport:
        """What a client of either kind connects through."""
        return httpx2.MockTransport(self._answer)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        operation = operation_of(request)
        self.time.passed += self.travel
        self.asked.append(Asked(operation, self.time.passed, request))
        scripts = self._scripts[operation] or [USUAL[operation]]
        script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        answer = script if isinstance(script, httpx2.Response | Exception) else script(request)
        self.time.passed += self.travel
        if isinstance(answer, Exception):
            raise answer
        answer = copied(answer)
        answer.headers.setdefault("x-amzn-RequestId", f"request-{len(self.asked)}")
        return answer


def copied(answer: httpx2.Response) -> httpx2.Response:
    """The same answer, to be read anew."""
    if isinstance(answer.stream, Body):
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=answer.stream)
    return httpx2.Response(answer.status_code, headers=answer.headers, stream=Body(answer.content))


def operation_of(request: httpx2.Request) -> str:
    """The name of the operation, `token`, `createRestrictedDataToken`, or `download`."""
    url = str(request.url)
    if request.url.host == urlsplit(STORE).hostname:
        return "download"
    if url == TOKENS:
        return "token"
    if request.url.path == EVENTS:
        return "listenEvents"
    if url == RESTRICTED:
        return "createRestrictedDataToken"
    parts = request.url.raw_path.decode().partition("?")[0].removeprefix("/reports/2021-06-30/").split("/")
    [found] = [
        operation.name
        for operation in OPERATIONS
        if operation.method == request.method and _fits(operation.path, parts)
    ]
    return found


def _fits(path: str, parts: list[str]) -> bool:
    pattern = path.removeprefix("/reports/2021-06-30/").split("/")
    return len(pattern) == len(parts) and pattern[0] == parts[0]


class Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body in pieces, of which one may be a fault: there the connection breaks."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def __aiter__(self):  # type: ignore[no-untyped-def]  # the two sides have one body
        for piece in self:
            yield piece


def answer(body: object, status: int = 200, **headers: str) -> httpx2.Response:
    """An answer as JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, json=body, headers=named)


def refusal(status: int, code: str, message: str = "no", details: str = "") -> httpx2.Response:
    """An ErrorList."""
    return answer({"errors": [{"code": code, "message": message, "details": details}]}, status)


def report(status: str = "DONE", report_id: str = "R1", **members: object) -> httpx2.Response:
    """getReport's answer."""
    return answer(report_body(status, report_id, **members))


def report_body(status: str = "DONE", report_id: str = "R1", **members: object) -> dict[str, object]:
    """A report, asked for at the beginning."""
    body: dict[str, object] = {
        "reportId": report_id,
        "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
        "createdTime": "2026-11-21T12:00:00+00:00",
        "processingStatus": status,
        "marketplaceIds": ["ATVPDKIKX0DER"],
        **({"reportDocumentId": "doc-1"} if status == "DONE" else {}),
        **members,
    }
    return {name: value for name, value in body.items() if value is not None}


def document(content: bytes, content_type: str = "text/plain; charset=UTF-8", **headers: str) -> httpx2.Response:
    """A download's answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(200, content=content, headers={"Content-Type": content_type, **named})


def streamed(*pieces: bytes | Exception, status: int = 200, **headers: str) -> httpx2.Response:
    """A download's answer in pieces."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers={"Content-Type": "text/plain; charset=UTF-8", **named}, stream=Body(*pieces))


def link(url: str = LINK, **members: str) -> httpx2.Response:
    """getReportDocument's answer."""
    return answer({"reportDocumentId": "doc-1", "url": url, **members})


def grant(token: str = "Atza|1", expires_in: int = 3600) -> httpx2.Response:
    """The token endpoint's answer."""
    return answer({"access_token": token, "token_type": "bearer", "expires_in": expires_in, "refresh_token": "r"})


EXPIRED = refusal(
    403, "Unauthorized", "Access to requested resource is denied.", "The access token you provided has expired."
)
TOO_OFTEN = refusal(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")
FAILED = refusal(500, "InternalFailure", "We encountered an internal error. Please try again.")
AWAY = httpx2.Response(503, content=b"<html><body><h1>Service Unavailable</h1></body></html>")
MISSING = refusal(404, "NotFound", "One or more of the provided ReportRequestIds could not be found.")

USUAL: Mapping[str, Script] = {
    "token": grant(),
    "createRestrictedDataToken": answer({"restrictedDataToken": "Atz.sprdt|1", "expiresIn": 3600}),
    "createReport": answer({"reportId": "R1"}, 202),
    "getReport": report(),
    "getReports": answer({"reports": []}),
    "cancelReport": answer({}),
    "createReportSchedule": answer({"reportScheduleId": "S1"}, 201),
    "getReportSchedule": answer({"reportScheduleId": "S1", "reportType": "T", "period": "P1D"}),
    "getReportSchedules": answer({"reportSchedules": [{"reportScheduleId": "S1", "reportType": "T", "period": "P1D"}]}),
    "cancelReportSchedule": answer({}),
    "getReportDocument": link(compressionAlgorithm="GZIP"),
    "download": document(b"sku\tprice\nA\t1\n"),
}
