"""A server of one document: tokens, getReportDocument, and the bytes of a file, as fast as the kernel sends them.

`python -m bench.client_server FILE` prints its port first, and ends with its input.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LINK = "/document"


class OneDocument(BaseHTTPRequestHandler):
    """Every getReportDocument answers the same link."""

    protocol_version = "HTTP/1.1"
    path_of_file = Path()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer({"access_token": "Atza|1", "token_type": "bearer", "expires_in": 3600, "refresh_token": "Atzr|1"})

    def do_GET(self) -> None:
        if self.path == LINK:
            self._send_file()
        else:
            url = f"http://127.0.0.1:{self.connection.getsockname()[1]}{LINK}"
            self._answer({"reportDocumentId": "doc-1", "url": url, "compressionAlgorithm": "GZIP"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's word
        """Nothing: what this prints is its port."""

    def _answer(self, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_file(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=UTF-8")
        self.send_header("Content-Length", str(self.path_of_file.stat().st_size))
        self.end_headers()
        self.wfile.flush()
        with self.path_of_file.open("rb") as file:
            self.connection.sendfile(file)


def main(path: Path) -> None:
    """Serves until the input ends."""
    OneDocument.path_of_file = path
    server = ThreadingHTTPServer(("127.0.0.1", 0), OneDocument)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
