"""A Walmart on loopback: what it was asked, and answers that a test writes down."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

CLIENT = {"client_id": "c", "client_secret": "s"}
_BASIC = "Basic " + base64.b64encode(b"c:s").decode()


class Walmart:
    """`requests` are report requests by id, as they are told; `answers` are statuses and bodies that come first."""

    def __init__(self) -> None:
        self.requests: dict[str, dict[str, object]] = {}
        self.answers: list[tuple[int, bytes, dict[str, str]]] = []
        self.calls: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.tokens = 0
        self.good_tokens: set[str] = set()
        self.expires_in: object = 900
        self.refuses = False
        self.url = ""

    def put(self, report_id: str, status: str, **more: object) -> None:
        """A report request has that status."""
        self.requests[report_id] = {"requestId": report_id, "requestStatus": status, "reportType": "ITEM", **more}

    def asked(self) -> list[str]:
        """The calls that were no requests for tokens."""
        return [call for call in self.calls if "/v3/token" not in call]

    def answer(self, method: str, target: str, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        """What a request is answered."""
        parts = urlsplit(target)
        self.calls.append(f"{method} {target}")
        self.headers.append(headers)
        if parts.path == "/v3/token":
            return self._token(headers)
        if self.answers:
            return self.answers.pop(0)
        if headers.get("wm_sec.access_token") not in self.good_tokens:
            return 401, b'{"error":[{"code":"UNAUTHORIZED.GMP_GATEWAY_API","description":"Unauthorized"}]}', {}
        if parts.path == "/v3/reports/downloadReport":
            report_id = parse_qs(parts.query)["requestId"][0]
            url = f"https://download.example/{report_id}"
            return 200, _json({"downloadURL": url, "downloadURLExpirationTime": "2026-11-22T00:00:00Z"}), {}
        found = self.requests.get(unquote(parts.path.rpartition("/")[2]))
        return (200, _json(found), {}) if found else (404, b'{"errors":[{"code":"NOT_FOUND"}]}', {})

    def _token(self, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        if self.refuses or headers.get("authorization") != _BASIC:
            return 401, b'{"errors":[{"code":"INVALID","description":"Client is not known"}]}', {}
        self.tokens += 1
        self.good_tokens = {f"token-{self.tokens}"}
        return 200, _json({"access_token": f"token-{self.tokens}", "expires_in": self.expires_in}), {}


def _json(content: object) -> bytes:
    return json.dumps(content).encode()


@contextmanager
def served() -> Iterator[Walmart]:
    """It answers while the block lasts."""
    walmart = Walmart()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, body, more = walmart.answer(self.command, self.path, headers)
            self.send_response(status)
            for name, value in {**more, "Content-Length": str(len(body)), "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    walmart.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield walmart
    server.shutdown()
    thread.join()
    server.server_close()
