"""A Reports API that is no Daybook: a server that knows the contract's paths and answers as it is told."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REPORTS = "/reports/2021-06-30/reports"
DOCUMENTS = "/reports/2021-06-30/documents"
Answer = tuple[int, bytes]


@dataclass
class Elsewhere:
    """What it answers, by method and path without a query; anything else is 403, as Amazon has it."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)

    def answer(self, request: str, content: object, status: int = 200) -> None:
        """Answers the request so."""
        self.answers[request] = status, content if isinstance(content, bytes) else json.dumps(content).encode()

    def report(self, status: str, **members: object) -> str:
        """There is a report; its id."""
        told: dict[str, object] = {
            "reportId": "17",
            "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
            "processingStatus": status,
            "createdTime": "2026-11-21T12:00:00+00:00",
            "marketplaceIds": ["ATVPDKIKX0DER"],
        }
        self.answer(f"GET {REPORTS}/17", told | members)
        self.answer(f"GET {REPORTS}", {"reports": []})
        return "17"

    def document(self, content: bytes) -> str:
        """There is a document; its id."""
        self.answer(f"GET {DOCUMENTS}/d1", {"reportDocumentId": "d1", "url": f"{self.url}/d1?X-Amz-Signature=hunter2"})
        self.answer("GET /d1", content)
        return "d1"


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """The server, listening while the block lasts."""
    told = Elsewhere("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            denied = json.dumps({"errors": [{"code": "Unauthorized", "message": "Access is denied."}]}).encode()
            status, body = told.answers.get(f"{self.command} {self.path.partition('?')[0]}", (403, denied))
            self.send_response(status)
            for name, value in _headers(body).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815  the base looks for these names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the signature of the base
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    told.answer("POST /auth/o2/token", {"access_token": "Atza|hunter2", "token_type": "bearer", "expires_in": 3600})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


def _headers(body: bytes) -> Mapping[str, str]:
    return {"Content-Length": str(len(body)), "x-amzn-RequestId": "request-of-theirs"}
